/** The Move packages of this repository, in the order they depend on each other. */
export const MOVE_PACKAGES = [
  'move/framework/move-stdlib',
  'move/framework/sui-framework',
  'move/wal',
  'move/wal_exchange',
  'move',
  'move/walrus_audit',
  'move/walrus_governance',
  'move/walrus_subsidies',
  'move/blob_bucket',
] as const;

/** Tests of cryptographic natives, which run on our VM only. */
export const CRYPTOGRAPHY_PACKAGE = 'move/framework/sui-framework/crypto-tests';
