// Computes the reference tables of the staking tests, independently of the contracts: shard
// apportionment, exchange rate conversions and vote selection. The formulas are those of the contract
// specification (sections 8.3, 9.1 and 9.3). The references are naive on purpose: shards are handed out
// one by one from zero, quotients are compared as fractions, votes are tried one after another.
// Run `node scripts/tables/staking.mjs` to rewrite the table module.

import { writeFileSync } from 'node:fs';

const target = new URL('../../move/tests/staking/staking_tables.move', import.meta.url);
const U64_MAX = (1n << 64n) - 1n;
const WAL = 10n ** 9n;
const min = (a, b) => (a < b ? a : b);

/** A small linear congruential generator: the tables must not change from run to run. */
let state = 20260708n;
const random = (bound) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & U64_MAX;
  return (state >> 11n) % bound;
};
/** Spread over magnitudes, as stakes and prices are. */
const randomSpread = (bits) => random(1n << (1n + random(BigInt(bits))));

// --- Apportionment ---

function cap(m, n) {
  const limit = m >= 20n ? n / 10n : (20n * n + 10n * m - 1n) / (10n * m);
  return min(limit, n);
}

function dhondt(stakes, n) {
  const limit = cap(BigInt(stakes.length), n);
  const shards = stakes.map(() => 0n);
  for (let given = 0n; given < n; given++) {
    let best = -1;
    for (let i = 0; i < stakes.length; i++) {
      if (shards[i] >= limit) continue;
      // s_i / (k_i + 1) > s_best / (k_best + 1), in whole numbers; ties stay with the earlier node.
      if (best < 0 || stakes[i] * (shards[best] + 1n) > stakes[best] * (shards[i] + 1n)) best = i;
    }
    shards[best] += 1n;
  }
  return shards;
}

const apportionments = [];
const apportion = (n, stakes) =>
  apportionments.push([[n], stakes, dhondt(stakes, n), [cap(BigInt(stakes.length), n)]]);

apportion(10n, [7n, 5n, 3n]);
apportion(13n, [41n, 29n, 17n, 13n]);
apportion(5n, Array(7).fill(1n));
apportion(100n, [10n ** 15n, 7n * 10n ** 14n, 10n ** 14n, 10n ** 9n]);
apportion(1000n, [900n, 50n, 50n]);
apportion(1000n, [500n, ...Array(20).fill(25n)]);
apportion(1000n, [WAL]);
apportion(7n, [1n]);
apportion(10n, [3n, 3n]);
// The largest stakes possible: the whole supply with one node, or spread evenly.
apportion(1000n, [5n * 10n ** 18n, WAL, WAL]);
apportion(1000n, Array(19).fill(263157894736842105n));
apportion(1000n, Array(105).fill(47619047619047619n));
apportion(65535n, [3n, 2n, 1n]);
for (let i = 0; i < 12; i++) {
  const n = 10n + random(i < 8 ? 200n : 991n);
  const m = 1n + random(i % 3 === 0 ? 60n : 19n);
  apportion(n, Array.from({ length: Number(m) }, () => 1n + randomSpread(52)));
}
{
  const stakes = Array.from({ length: 105 }, () => WAL + random(10n ** 15n));
  apportion(1000n, stakes);
}

// --- Exchange rates ---

const rates = [];
const rate = (wal, shares, amount) => {
  const bought = wal === 0n || shares === 0n ? amount : (amount * shares) / wal;
  const worth = wal === 0n || shares === 0n ? amount : (amount * wal) / shares;
  if (bought <= U64_MAX && worth <= U64_MAX) rates.push([wal, shares, amount, bought, worth]);
};
rate(0n, 0n, 5n);
rate(7n, 0n, 5n);
rate(109n, 100n, 109n);
rate(236n, 200n, 100n);
rate(1n, 1n, U64_MAX);
rate(U64_MAX, U64_MAX, U64_MAX);
rate(5n * 10n ** 18n, 4999999999999999999n, 5n * 10n ** 18n);
rate(5n * 10n ** 18n, 1n, WAL);
while (rates.length < 40) {
  const wal = 1n + randomSpread(62);
  rate(wal, 1n + random(wal), randomSpread(62));
}

// --- Votes ---

const isQuorum = (weight, n) => 3n * weight >= 2n * n + 1n;
const weightOf = (voters, accepts) =>
  voters.reduce((sum, [value, weight]) => (accepts(value) ? sum + weight : sum), 0n);
const select = (voters, n) => {
  const values = voters.map(([value]) => value);
  const largest = values
    .filter((v) => isQuorum(weightOf(voters, (x) => x >= v), n))
    .reduce((a, b) => (a > b ? a : b));
  const smallest = values
    .filter((v) => isQuorum(weightOf(voters, (x) => x <= v), n))
    .reduce(min);
  return [largest, smallest];
};
const votes = [];
const vote = (n, voters) =>
  votes.push([[n], voters.map(([v]) => v), voters.map(([, w]) => w), select(voters, n)]);
vote(1000n, [[90n, 200n], [100n, 300n], [120n, 250n], [300n, 150n], [50n, 100n]]);
vote(1n, [[42n, 1n]]);
vote(3n, [[1n, 1n], [2n, 1n], [3n, 1n]]);
vote(4n, [[1n, 1n], [2n, 1n], [3n, 1n], [4n, 1n]]);
// Exactly a quorum of 1000, and one shard less.
vote(1000n, [[10n, 667n], [20n, 333n]]);
vote(1000n, [[10n, 666n], [20n, 334n]]);
vote(1000n, [[20n, 667n], [10n, 333n]]);
vote(1000n, [[20n, 666n], [10n, 334n]]);
vote(10n, [[0n, 4n], [U64_MAX, 6n]]);
vote(10n, [[0n, 7n], [U64_MAX, 3n]]);
vote(10n, [[5n, 3n], [5n, 3n], [5n, 4n]]);
for (let i = 0; i < 20; i++) {
  const m = 1 + Number(random(30n));
  const voters = Array.from({ length: m }, () => [randomSpread(i % 2 ? 8 : 62), 1n + random(60n)]);
  vote(voters.reduce((sum, [, w]) => sum + w, 0n), voters);
}

// --- Capacity votes ---

const capacities = [];
const capacity = (nodeCapacity, weight, n) =>
  capacities.push([nodeCapacity, weight, n, min((nodeCapacity * n) / weight, U64_MAX)]);
capacity(0n, 1n, 1000n);
capacity(1n, 1n, 1n);
capacity(10n, 3n, 10n);
capacity(U64_MAX, 1n, 1000n);
capacity(U64_MAX, 1000n, 1000n);
capacity(U64_MAX / 1000n, 1n, 1000n);
capacity(U64_MAX / 1000n + 1n, 1n, 1000n);
capacity(1n << 50n, 37n, 1000n);
capacity((1n << 63n) + 1n, 999n, 1000n);
capacity(U64_MAX, 65535n, 65535n);

// --- Output ---

const list = (values) => `vector[${values.join(', ')}]`;
const flat = (rows) => rows.map((row) => `        ${list(row)},`).join('\n');
const nested = (rows) => rows.map((row) => `        vector[${row.map(list).join(', ')}],`).join('\n');

writeFileSync(
  target,
  `/// Reference values of the staking side, computed by \`scripts/tables/staking.mjs\`. Do not edit.
#[test_only]
module walrus::staking_tables;

/// Number of shards; stakes; shards of each node; cap.
public fun apportionments(): vector<vector<vector<u64>>> {
    vector[
${nested(apportionments)}
    ]
}

/// WAL and shares of the pool, an amount, shares it buys as WAL, WAL it is worth as shares.
public fun rates(): vector<vector<u64>> {
    vector[
${flat(rates)}
    ]
}

/// Number of shards; votes; weights; largest and smallest value with a quorum.
public fun votes(): vector<vector<vector<u64>>> {
    vector[
${nested(votes)}
    ]
}

/// Capacity of a node, its shards, number of shards, its vote for the total capacity.
public fun capacities(): vector<vector<u64>> {
    vector[
${flat(capacities)}
    ]
}
`,
);
