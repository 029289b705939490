// Simulates random histories of one staking pool with the formulas of the contract specification
// (sections 8.3 to 8.6, and 14.6 for penalties) and writes what is to be expected at each step, for a test that replays them.
// The model knows stakes one by one and sums over them; it shares no code and no data structure with the
// contracts. Run `node scripts/tables/pool_histories.mjs` to rewrite the table module.

import { writeFileSync } from 'node:fs';

const target = new URL('../../move/tests/staking/pool_histories.move', import.meta.url);
const WAL = 10n ** 9n;
const MIN_SHARES = 1000n;
const COMMISSION_BP = 1234n;
const STEPS = 60;
const HISTORIES = 16;
/** From this history on there are penalties. */
const FIRST_PENALISED = 8;
const ONE = 10n ** 9n; // of a penalty's fraction
const PRINCIPAL_MIN_BP = 5000n;
const INDEX_ONE = 10n ** 18n;

let state = 20260709n;
const random = (bound) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
  return (state >> 11n) % bound;
};
const chance = (percent) => random(100n) < percent;

const shares = (amount, [w, s]) => (w === 0n || s === 0n ? amount : (amount * s) / w);
const wal = (amount, [w, s]) => (w === 0n || s === 0n ? amount : (amount * w) / s);
const sum = (values) => values.reduce((a, b) => a + b, 0n);

/** Steps of one history: [kind, argument, expected...]. */
function simulate(history) {
  const large = history % 2 === 1;
  let epoch = 0;
  let selected = false;
  let member = false;
  let nextMember = false;
  let total = 0n;
  let totalShares = 0n;
  let rewardsPool = 0n;
  let commission = 0n;
  /** Index changes: [epoch, index]. */
  const slashes = [];
  const indexAt = (at) => slashes.filter(([e]) => e <= at).reduce((_, [, i]) => i, INDEX_ONE);
  /** Rates at the boundaries at which the pool advanced. */
  const recorded = new Map();
  const stakes = [];
  const steps = [];

  const rateAt = (at) => {
    const later = [...recorded.keys()].filter((e) => e >= at).sort((a, b) => a - b);
    return later.length > 0 ? recorded.get(later[0]) : [total, totalShares];
  };
  const early = (s) =>
    s.leaves === null && (s.active === epoch + 2 || (s.active === epoch + 1 && !nextMember));

  const stake = () => {
    if (2n * total < totalShares) return;
    const amount = WAL + random(large ? 10n ** 17n : 50n * WAL);
    const active = epoch + (selected ? 2 : 1);
    stakes.push({ amount, active, leaves: null, gone: false, counted: false, kind: null });
    steps.push([0n, amount, BigInt(active)]);
  };

  const request = (i) => {
    const s = stakes[i];
    if (s.gone || s.leaves !== null || early(s)) return;
    if (s.active > epoch) {
      s.leaves = s.active + 1;
      s.kind = 'principal';
    } else {
      if (!member && !nextMember) return;
      s.leaves = epoch + (nextMember ? 2 : 1);
      s.kind = 'shares';
      s.shares = shares(s.amount, rateAt(s.active));
    }
    steps.push([1n, BigInt(i), BigInt(s.leaves)]);
  };

  const withdraw = (i) => {
    const s = stakes[i];
    if (s.gone) return;
    let payout = s.amount;
    let lost = 0n;
    if (early(s)) {
      s.counted = true;
    } else {
      let at;
      if (s.leaves === null) {
        if (member || nextMember || s.active > epoch) return;
        at = epoch;
        s.leaves = epoch;
        s.kind = 'shares';
        s.shares = shares(s.amount, rateAt(s.active));
      } else {
        if (s.leaves > epoch) return;
        at = s.leaves;
      }
      const claim = wal(shares(s.amount, rateAt(s.active)), rateAt(at));
      const left = (s.amount * indexAt(at)) / indexAt(s.active);
      const worth = claim > left ? claim : left;
      if (worth >= s.amount) {
        let rewards = worth - s.amount;
        if (rewards > rewardsPool) rewards = rewardsPool;
        rewardsPool -= rewards;
        payout += rewards;
      } else {
        lost = s.amount - worth;
        payout = worth;
      }
    }
    s.gone = true;
    if (slashes.length > 0 && stakes.every((other) => other.gone)) {
      lost += rewardsPool;
      rewardsPool = 0n;
    }
    steps.push([2n, BigInt(i), payout, lost]);
  };

  const select = () => {
    selected = true;
    nextMember = chance(75n);
    steps.push([3n, nextMember ? 1n : 0n]);
  };

  const advance = () => {
    const advances = member || nextMember;
    const offender = history >= FIRST_PENALISED && member && chance(40n);
    const fraction = offender ? 1n + random(ONE / 10n) : 0n;
    let seized = 0n;
    let loss = 0n;
    const reward = member && total > 0n ? random(large ? 10n ** 15n : 5n * WAL) : 0n;
    epoch += 1;
    member = nextMember;
    nextMember = false;
    selected = false;
    if (advances) {
      const fee = (reward * COMMISSION_BP) / 10000n;
      commission += fee;
      total += reward - fee;
      rewardsPool += reward - fee;
      if (offender) {
        const whole = (total * fraction) / ONE;
        seized = whole < commission ? whole : commission;
        commission -= seized;
        const least = (whole * PRINCIPAL_MIN_BP) / 10000n;
        loss = whole - seized > least ? whole - seized : least;
        if (loss > 0n) {
          slashes.push([epoch, (indexAt(epoch) * (total - loss)) / total]);
          total -= loss;
        }
      }
      const rate = [total, totalShares];
      recorded.set(epoch, rate);
      for (const s of stakes) {
        if (!s.counted && s.active <= epoch) {
          s.counted = true;
          total += s.amount;
        }
      }
      const leaving = stakes.filter((s) => s.leaves !== null && s.leaves <= epoch && !s.settled);
      const early = leaving.filter((s) => s.kind === 'principal');
      const boundaries = [...new Set(early.map((s) => s.leaves))];
      const x =
        sum(leaving.filter((s) => s.kind === 'shares').map((s) => s.shares)) +
        sum(
          boundaries.map((k) =>
            shares(sum(early.filter((s) => s.leaves === k).map((s) => s.amount)), rateAt(k - 1)),
          ),
        );
      for (const s of leaving) s.settled = true;
      const d = wal(x, rate);
      if (d > total) throw new Error('the pool would go negative');
      total -= d;
      totalShares = shares(total, rate);
      if (totalShares < MIN_SHARES) {
        total = 0n;
        totalShares = 0n;
      }
    }
    steps.push([4n, advances ? 1n : 0n, reward, total, totalShares, rewardsPool, commission, fraction, seized, loss]);
  };

  for (let i = 0; i < STEPS; i++) {
    const pick = () => Number(random(BigInt(stakes.length)));
    if (stakes.length === 0 || chance(25n)) stake();
    else if (chance(30n)) request(pick());
    else if (chance(40n)) withdraw(pick());
    else if (!selected) select();
    else advance();
  }
  // Everybody leaves.
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < stakes.length; i++) {
      request(i);
      withdraw(i);
    }
    if (!selected) select();
    for (let i = 0; i < stakes.length; i++) request(i);
    advance();
  }
  for (let i = 0; i < stakes.length; i++) withdraw(i);
  if (stakes.some((s) => !s.gone)) throw new Error('stake is stuck');
  return steps;
}

const histories = Array.from({ length: HISTORIES }, (_, i) => simulate(i));
const row = (steps) =>
  `        vector[\n${steps.map((s) => `            vector[${s.join(', ')}],`).join('\n')}\n        ],`;

writeFileSync(
  target,
  `/// Histories of a staking pool, computed by \`scripts/tables/pool_histories.mjs\`. Do not edit.
#[test_only]
module walrus::pool_histories;

/// Commission rate of the pool, in basis points.
public fun commission_rate(): u16 { ${COMMISSION_BP} }

/// Least part of a penalty that the stakers bear, in basis points.
public fun principal_min_bp(): u16 { ${PRINCIPAL_MIN_BP} }

/// Steps, each beginning with its kind:
/// 0 stake: amount, expected activation epoch; 1 request a withdrawal: stake, expected epoch;
/// 2 withdraw: stake, expected payout and loss; 3 select: whether the node is in the next committee;
/// 4 next epoch: whether the pool advances, reward, expected WAL, shares, rewards, commission; penalty in
/// billionths, expected seizure and loss of the stakers.
public fun histories(): vector<vector<vector<u64>>> {
    vector[
${histories.map(row).join('\n')}
    ]
}
`,
);
