// Makes the BLS keys and proofs of possession of the staking tests (contract specification, sections 5.2
// and 5.3). Every proof is bound to an epoch and to the sender of the tests' transactions.
// Run `node scripts/tables/bls_keys.mjs` to rewrite the key module.

import { writeFileSync } from 'node:fs';
import { bls12_381 } from '@noble/curves/bls12-381.js';

const target = new URL('../../move/tests/staking/bls_keys.move', import.meta.url);
const DOMAIN = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';
const SENDER = 0xa;
const N_KEYS = 3;
const N_EPOCHS = 4;
const INTENT = [0, 0, 3]; // proof of possession, version 0, storage protocol

const scheme = bls12_381.longSignatures;
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const secret = (index) => {
  const bytes = new Uint8Array(32);
  bytes[31] = index + 1;
  return bytes;
};

const keys = [];
const proofs = [];
for (let index = 0; index < N_KEYS; index++) {
  const key = scheme.getPublicKey(secret(index)).toBytes(true);
  keys.push(key);
  const row = [];
  for (let epoch = 0; epoch < N_EPOCHS; epoch++) {
    const sender = new Uint8Array(32);
    sender[31] = SENDER;
    const message = Uint8Array.from([...INTENT, epoch, 0, 0, 0, ...sender, ...key]);
    const point = scheme.hash(message, DOMAIN);
    const signature = scheme.sign(point, secret(index));
    if (!scheme.verify(signature, point, key)) throw new Error('a proof does not verify');
    row.push(signature.toBytes(true));
  }
  proofs.push(row);
}

writeFileSync(
  target,
  `/// BLS keys with proofs of possession, made by \`scripts/tables/bls_keys.mjs\`. Do not edit.
#[test_only]
module walrus::bls_keys;

/// The sender to whom the proofs are bound.
public fun sender(): address { @0x${SENDER.toString(16)} }

/// Compressed public keys.
public fun public_key(index: u64): vector<u8> {
    vector[
${keys.map((key) => `        x"${hex(key)}",`).join('\n')}
    ][index]
}

/// Proofs of possession of each key in the first epochs.
public fun proof(index: u64, epoch: u32): vector<u8> {
    vector[
${proofs
  .map((row) => `        vector[\n${row.map((p) => `            x"${hex(p)}",`).join('\n')}\n        ],`)
  .join('\n')}
    ][index][epoch as u64]
}
`,
);
