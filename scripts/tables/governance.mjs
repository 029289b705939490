// Computes the reference tables of the governance Move tests, independently of the contracts: shares of
// operators, thresholds, and histories of votes counted anew after every step from nothing but the votes
// in force (contract specification, sections 15.3 and 15.4). Run `node scripts/tables/governance.mjs` to
// rewrite the table module.

import { writeFileSync } from 'node:fs';

const target = new URL('../../move/walrus_governance/tests/governance_tables.move', import.meta.url);
const WAL = 10n ** 9n;

/** A small linear congruential generator: the tables must not change from run to run. */
let state = 20261122n;
const random = (bound) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
  return (state >> 11n) % BigInt(bound);
};
const SUPPLY = 5_000_000_000n * WAL;

// Shares of operators: the rational number, floored once.
const shares = [];
for (const [power, direct, weight] of [
  [0n, 0n, 2000n], [1n, 0n, 9999n], [9n, 0n, 2000n], [10n, 0n, 2000n], [10n, 10n, 2000n], [10n, 11n, 2000n],
  [SUPPLY, 0n, 5999n], [SUPPLY, 1n, 5999n], [SUPPLY, SUPPLY - 1n, 5999n], [100n, 0n, 0n], [100n, 0n, 10000n],
]) shares.push([power, direct, weight]);
for (let i = 0; i < 12; i++) {
  const power = random(SUPPLY);
  shares.push([power, random(power + power / 8n), random(6000)]);
}
const shareRows = shares.map(([power, direct, weight]) => {
  const undecided = power > direct ? power - direct : 0n;
  return [power, direct, weight, (undecided * weight) / 10_000n];
});

// Thresholds: whether a/b >= bp/10000, and whether yes/(yes+no) >= bp/10000 with more yes than no.
const partRows = [];
const approvalRows = [];
const truth = (condition) => (condition ? 1n : 0n);
for (const total of [1n, 3n, 10_000n, 3_333_333_333n, SUPPLY]) {
  for (const bp of [0n, 1n, 500n, 2000n, 3000n, 6000n]) {
    // The least power that is a part of the total, and its neighbours.
    const least = (total * bp + 9_999n) / 10_000n;
    for (const power of [least - 1n, least, least + 1n]) {
      if (power < 0n || power > total) continue;
      partRows.push([power, total, bp, truth(power * 10_000n >= total * bp)]);
    }
  }
}
for (const cast of [0n, 1n, 2n, 3n, 10_000n, 3_333_333_333n, SUPPLY]) {
  for (const bp of [5000n, 5001n, 6670n, 9000n]) {
    const least = (cast * bp + 9_999n) / 10_000n;
    for (const yes of new Set([least - 1n, least, least + 1n, cast / 2n, cast])) {
      if (yes < 0n || yes > cast) continue;
      const no = cast - yes;
      approvalRows.push([yes, no, bp, truth(yes > no && yes * 10_000n >= cast * bp)]);
    }
  }
}

// Histories. Nine stakes on four nodes; every step is one call, and the votes are counted anew from the
// ballots and the operators' choices that are in force after it.
const NODE_OF = [0, 0, 0, 1, 1, 2, 2, 3, 3];
const STAKES = [1_000_000_007n, 2_999_999_999n, 7_123_456_789n, 1_000_000_001n, 3_333_333_333n, 1_234_567_891n, 5_000_000_000n, 1_999_999_993n, 1_000_000_000n];
const BASE = [400n * WAL, 300n * WAL, 200n * WAL, 100n * WAL];
const WEIGHT_BP = 2000n;
const [VOTE, CHANGE, RETRACT, OPERATOR] = [0, 1, 2, 3];

const count = (ballots, operators) => {
  const votes = [0n, 0n, 0n];
  for (const [stake, choice] of ballots) votes[choice] += STAKES[stake];
  for (const [node, choice] of operators) {
    let undecided = BASE[node];
    STAKES.forEach((stake, i) => {
      if (NODE_OF[i] === node && !ballots.has(i)) undecided += stake;
    });
    votes[choice] += (undecided * WEIGHT_BP) / 10_000n;
  }
  return votes;
};

const steps = [];
const ballots = new Map();
const operators = new Map();
for (let i = 0; i < 90; i++) {
  const choice = Number(random(3));
  if (random(4) === 0n) {
    const node = Number(random(4));
    operators.set(node, choice);
    steps.push([OPERATOR, node, choice, ...count(ballots, operators)]);
    continue;
  }
  const stake = Number(random(STAKES.length));
  if (!ballots.has(stake)) {
    ballots.set(stake, choice);
    steps.push([VOTE, stake, choice, ...count(ballots, operators)]);
  } else if (random(2) === 0n) {
    ballots.set(stake, choice);
    steps.push([CHANGE, stake, choice, ...count(ballots, operators)]);
  } else {
    ballots.delete(stake);
    steps.push([RETRACT, stake, 0, ...count(ballots, operators)]);
  }
}

const list = (values) => `vector[${values.join(', ')}]`;
const table = (comment, name, rows) => [
  '',
  `/// ${comment}`,
  `public fun ${name}(): vector<vector<u64>> {`,
  '    vector[',
  ...rows.map((row) => `        ${list(row)},`),
  '    ]',
  '}',
];
const lines = [
  '/// Reference values, written by scripts/tables/governance.mjs.',
  '#[test_only]',
  'module walrus_governance::governance_tables;',
  ...table('Power of a pool, power that voted itself, default weight; share of the operator.', 'operator_shares', shareRows),
  ...table('Power, all power, part in basis points; whether the power is that part.', 'parts', partRows),
  ...table('Yes, no, part in basis points; whether that approves.', 'approvals', approvalRows),
  ...table('Stakes that vote: node, principal.', 'stakes', STAKES.map((stake, i) => [NODE_OF[i], stake])),
  ...table('Call (0 vote, 1 change, 2 retract, 3 operator), stake or node, choice; yes, no, abstain after it.', 'history', steps),
  '',
];
writeFileSync(target, lines.join('\n'));
