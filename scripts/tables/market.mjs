// Computes the reference tables of the storage market's Move tests, independently of the contracts:
// encoded sizes, blob IDs, and the distribution of rewards. The formulas are those of the encoding
// specification (sections 1, 5 and 10) and of the contract specification (sections 6 and 9.6), over
// big integers. Run `node scripts/tables/market.mjs` to rewrite the table module.

import { writeFileSync } from 'node:fs';
import { blake2b } from '@noble/hashes/blake2.js';

const target = new URL('../../move/tests/system/market_tables.move', import.meta.url);
const UNIT = 1n << 20n;
const MAX_SYMBOL_SIZE = 65534n;

const ceilDiv = (a, b) => (a + b - 1n) / b;
const max = (a, b) => (a > b ? a : b);
const min = (a, b) => (a < b ? a : b);

/** A small linear congruential generator: the tables must not change from run to run. */
let state = 20260707n;
const random = (bound) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
  return (state >> 11n) % bound;
};

const shape = (n) => {
  const f = (n - 1n) / 3n;
  return { p: n - 2n * f, s: n - f };
};
const symbolSize = (length, n) => {
  const { p, s } = shape(n);
  return 2n * ceilDiv(max(length, 1n), 2n * p * s);
};
const encodedSize = (length, n) => {
  const { p, s } = shape(n);
  return n * ((p + s) * symbolSize(length, n) + 64n * n + 32n);
};

const sizeRows = [];
for (const n of [4n, 7n, 10n, 13n, 31n, 100n, 300n, 1000n]) {
  const { p, s } = shape(n);
  const step = 2n * p * s;
  const largest = p * s * MAX_SYMBOL_SIZE;
  const lengths = [0n, 1n, step, step + 1n, 7n * step - 1n, largest - 1n, largest];
  for (let i = 0; i < 3; i++) lengths.push(random(largest));
  for (const length of lengths) {
    const size = encodedSize(length, n);
    sizeRows.push([length, n, symbolSize(length, n), size, ceilDiv(size, UNIT)]);
  }
}

const littleEndian = (value, length) =>
  Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const fromLittleEndian = (bytes) =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
const blobId = (rootHash, encodingType, size) =>
  fromLittleEndian(
    blake2b(
      Uint8Array.from([encodingType, ...littleEndian(size, 8), ...littleEndian(rootHash, 32)]),
      { dkLen: 32 },
    ),
  );
const idRows = [];
for (let i = 0; i < 8; i++) {
  const rootHash = [0, 1, 2, 3].reduce((value) => (value << 64n) | (random(1n << 53n) * 2049n), 0n);
  const size = i === 0 ? 0n : i === 1 ? (1n << 64n) - 1n : random(1n << BigInt(5 * i));
  const encodingType = i % 3;
  idRows.push([rootHash, BigInt(encodingType), size, blobId(rootHash, encodingType, size)]);
}

const rewardRows = [];
const addRewardRow = (collected, used, weights, denied) => {
  const burned = (3n * collected) / 100n;
  const pot = collected - burned;
  const stored = weights.map((w, i) => w * (used - min(denied[i], used)));
  const total = max(1n, stored.reduce((a, b) => a + b, 0n));
  const rewards = stored.map((v) => (pot * v) / total);
  const carried = pot - rewards.reduce((a, b) => a + b, 0n);
  rewardRows.push({ collected, used, weights, denied, burned, rewards, carried });
};
addRewardRow(1000n, 1000n, [3n, 3n, 4n], [0n, 500n, 0n]);
addRewardRow(1000n, 0n, [3n, 3n, 4n], [0n, 0n, 0n]);
addRewardRow(0n, 1000n, [3n, 3n, 4n], [0n, 0n, 0n]);
addRewardRow(999n, 77n, [1n, 1n, 1n], [100n, 100n, 100n]);
addRewardRow((1n << 62n) - 1n, (1n << 63n) - 5n, [333n, 334n, 333n], [0n, 1n << 62n, 3n]);
for (let i = 0; i < 6; i++) {
  const m = 1 + Number(random(12n));
  const used = random(1n << 40n);
  addRewardRow(
    random(1n << 55n),
    used,
    Array.from({ length: m }, () => 1n + random(80n)),
    Array.from({ length: m }, () => (random(3n) === 0n ? random(used * 2n + 1n) : 0n)),
  );
}

const list = (values) => `vector[${values.join(', ')}]`;
const lines = [
  '/// Reference values of the storage market, computed by `scripts/tables/market.mjs`. Do not edit.',
  '#[test_only]',
  'module walrus::market_tables;',
  '',
  '/// Unencoded size, shards, symbol size, encoded size, storage units.',
  'public fun encoded_sizes(): vector<vector<u64>> {',
  '    vector[',
  ...sizeRows.map((row) => `        ${list(row)},`),
  '    ]',
  '}',
  '',
  '/// Root hash, encoding type, unencoded size, blob ID.',
  'public fun blob_ids(): vector<vector<u256>> {',
  '    vector[',
  ...idRows.map((row) => `        ${list(row)},`),
  '    ]',
  '}',
  '',
  '/// Rewards of an epoch: collected and burned amount, used capacity, amount carried forward.',
  'public fun reward_totals(): vector<vector<u64>> {',
  '    vector[',
  ...rewardRows.map((r) => `        ${list([r.collected, r.burned, r.used, r.carried])},`),
  '    ]',
  '}',
  '',
  '/// Shards of the members, row by row as in `reward_totals`.',
  'public fun reward_weights(): vector<vector<u16>> {',
  '    vector[',
  ...rewardRows.map((r) => `        ${list(r.weights)},`),
  '    ]',
  '}',
  '',
  '/// Deny-list sizes of the members.',
  'public fun reward_denied(): vector<vector<u64>> {',
  '    vector[',
  ...rewardRows.map((r) => `        ${list(r.denied)},`),
  '    ]',
  '}',
  '',
  '/// Rewards of the members.',
  'public fun rewards(): vector<vector<u64>> {',
  '    vector[',
  ...rewardRows.map((r) => `        ${list(r.rewards)},`),
  '    ]',
  '}',
  '',
];
writeFileSync(target, lines.join('\n'));
