/** Protocol limits and prices, protocol version 123, local network (sui-execution.md §1.1, sui-gas.md §1). */

export const PROTOCOL_VERSION = 123n;
export const REFERENCE_GAS_PRICE = 1000n;

export const limits = {
  transactionSizeBytes: 131_072,
  inputObjects: 2_048,
  pureArgumentSizeBytes: 16_384,
  /** Exclusive. */
  commands: 1_024,
  /** Exclusive. */
  argumentsPerCommand: 512,
  typeArguments: 16,
  typeArgumentDepth: 16,
  gasPaymentObjects: 256,
  /** Exclusive. */
  modulesPerPublish: 64,
  packageDependencies: 32,
  publishCommands: 5,
  moveObjectSizeBytes: 256_000,
  packageSizeBytes: 102_400,
  writtenObjectsSizeBytes: 5_000_000,
  effectsSizeBytes: 524_288,
  events: 1_024,
  eventSizeBytes: 256_000,
  eventsTotalSizeBytes: 65_536_000,
  newIds: 2_048,
  deletedIds: 2_048,
  transferredIds: 2_048,
  childObjectCacheEntries: 1_000,
} as const;

export const gasPrices = {
  /** Least computation of a transaction, gas units. */
  minimumUnits: 1_000n,
  maxBudget: 50_000_000_000_000n,
  maxPrice: 50_000_000_000n,
  /** Upper bound of metered computation, gas units. */
  maxComputationUnits: 5_000_000n,
  /** A failed transaction pays at most this many times the reference price per unit. */
  abortedPriceFactor: 100n,
  /** MIST per byte of stored objects: 100 units of 76 MIST. */
  storageMistPerByte: 7_600n,
  /** Share of the storage fee that is given back, in 1/10,000. */
  rebateRate: 9_900n,
  /** Internal units per byte of input objects. */
  readPerByte: 15,
  /** Internal units per byte of published modules. */
  publishPerByte: 80,
} as const;

/** Total supply: 10 billion SUI, MIST. */
export const TOTAL_SUPPLY_MIST = 10_000_000_000_000_000_000n;
