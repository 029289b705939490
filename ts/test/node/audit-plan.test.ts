/** What a node owes to an audit, and where it stands (contracts specification §14.4–14.6): tables from the text. */
import { expect } from 'chai';
import { AuditAttempts } from '../../src/node/audit-attempts.js';
import { auditWindowMs, dueChallenges, isSampled, planAudit, turnOf } from '../../src/node/audit-plan.js';
import type { BlobRecord } from '../../src/node/records.js';
import { auditStandings, penaltyOf, type AuditState, type OpenChallenge } from '../../src/protocol/index.js';
import { auditState, roundOf } from './audit-state.js';

const NODE = `0x${'01'.repeat(32)}`;
const OTHER = `0x${'02'.repeat(32)}`;
const duty = (asked: number, answered: number, open = 0) => ({ asked, answered, open });

describe('plan of an audit', () => {
  const base = auditState({ shards: new Map([[NODE, [0, 1]], [OTHER, [2]]]) });
  // An epoch of 100 s that was synced at 10 s; the window is a quarter, and has to end by half of the epoch.
  const latestDrawMs = 10_000n + 50_000n - 25_000n;
  const seeded = roundOf({ seed: Uint8Array.of(1), deadline_ms: '60000' });
  const plans: { name: string; state: Partial<AuditState>; nodeId?: string; expected: unknown }[] = [
    { name: 'waits while the shards move', state: { syncedAtMs: undefined }, expected: { kind: 'wait' } },
    { name: 'commits when they have arrived', state: {}, expected: { kind: 'commit' } },
    { name: 'commits late, as long as a draw can follow', state: { nowMs: latestDrawMs }, expected: { kind: 'commit' } },
    { name: 'commits no more when no draw can follow', state: { nowMs: latestDrawMs + 1n }, expected: { kind: 'wait' } },
    { name: 'draws once the set is committed', state: { round: roundOf({}) }, expected: { kind: 'draw' } },
    { name: 'draws no more when it is too late', state: { round: roundOf({}), nowMs: latestDrawMs + 1n }, expected: { kind: 'wait' } },
    { name: 'owes nothing outside the committee', state: {}, nodeId: `0x${'03'.repeat(32)}`, expected: { kind: 'wait' } },
    {
      name: 'answers all samples',
      state: { round: seeded, duties: new Map([[NODE, duty(3, 0)]]) },
      expected: { kind: 'answer', samples: [0, 1, 2] },
    },
    {
      name: 'answers those that are not marked',
      state: {
        round: { ...seeded, answered: { contents: [{ key: NODE, value: Uint8Array.of(0b1111_1011, 0b01) }] } },
        duties: new Map([[NODE, duty(10, 8)]]),
      },
      expected: { kind: 'answer', samples: [2, 9] },
    },
    {
      name: 'answers up to the deadline',
      state: { round: seeded, duties: new Map([[NODE, duty(1, 0)]]), nowMs: 60_000n },
      expected: { kind: 'answer', samples: [0] },
    },
    {
      name: 'answers nothing after it',
      state: { round: seeded, duties: new Map([[NODE, duty(1, 0)]]), nowMs: 60_001n },
      expected: { kind: 'wait' },
    },
    { name: 'has nothing to do without samples', state: { round: seeded }, expected: { kind: 'wait' } },
  ];
  for (const { name, state, nodeId = NODE, expected } of plans) {
    it(name, () => expect(planAudit({ ...base, ...state }, nodeId)).to.deep.equal(expected));
  }

  it('has a window of a part of the epoch', () => {
    expect(auditWindowMs(base)).to.equal(25_000n);
  });

  it('takes turns: every member is first in one of as many epochs as there are members', () => {
    const firsts = [4, 5].map((epoch) => [NODE, OTHER].filter((id) => turnOf({ ...base, epoch }, id) === 0));
    expect(firsts.flat().sort()).to.deep.equal([NODE, OTHER]);
  });

  it('answers challenges of its own, of this epoch, in time', () => {
    const challenge = (change: object) => ({ challengeId: 1n, node_id: NODE, epoch: base.epoch, deadline_ms: '30000', ...change }) as OpenChallenge;
    const all = [
      challenge({}),
      challenge({ challengeId: 2n, node_id: OTHER }),
      challenge({ challengeId: 3n, epoch: base.epoch - 1 }),
      challenge({ challengeId: 4n, deadline_ms: '19999' }),
      challenge({ challengeId: 5n, deadline_ms: '20000' }),
    ];
    expect(dueChallenges(base, all, NODE).map(({ challengeId }) => challengeId)).to.deep.equal([1n, 5n]);
  });
});

describe('blobs that an audit samples', () => {
  const position = { txDigest: 'tx', eventSeq: 0 };
  const registration = { objectId: '0x0a', deletable: false, registeredEpoch: 2, endEpoch: 9, certifiedEpoch: 3 as number | undefined, event: position };
  const record = (change: Partial<typeof registration>, marks: Partial<BlobRecord> = {}): BlobRecord => ({
    registrations: [{ ...registration, ...change }],
    invalid: undefined,
    ...marks,
  });
  const cases: { name: string; record: BlobRecord; expected: boolean }[] = [
    { name: 'permanent, certified before, not over', record: record({}), expected: true },
    { name: 'deletable', record: record({ deletable: true }), expected: false },
    { name: 'uncertified', record: record({ certifiedEpoch: undefined }), expected: false },
    { name: 'certified in the epoch before', record: record({ certifiedEpoch: 4 }), expected: true },
    { name: 'certified in this epoch', record: record({ certifiedEpoch: 5 }), expected: false },
    { name: 'over with this epoch', record: record({ endEpoch: 6 }), expected: true },
    { name: 'over', record: record({ endEpoch: 5 }), expected: false },
    { name: 'invalid since before', record: record({}, { invalid: position, invalidEpoch: 4 }), expected: false },
    { name: 'found invalid in this epoch: nodes that looked early have it', record: record({}, { invalid: position, invalidEpoch: 5 }), expected: true },
    { name: 'denied since before', record: record({}, { denied: position, deniedEpoch: 4 }), expected: false },
    { name: 'denied in this epoch', record: record({}, { denied: position, deniedEpoch: 5 }), expected: true },
    { name: 'marked before epochs of marks were kept', record: record({}, { invalid: position }), expected: false },
  ];
  for (const { name, record: one, expected } of cases) {
    it(`${expected ? 'are' : 'are not'} ${name}`, () => expect(isSampled(one, 5)).to.equal(expected));
  }
});

describe('standing in an audit', () => {
  const { params } = auditState({});

  it('is charged as the specification says', () => {
    // Missed rate over a tolerance of 5 %, times 0.2, at most 10 %; 0.1 % for each challenge. In billionths.
    const table: [asked: number, answered: number, open: number, billionths: bigint][] = [
      [0, 0, 0, 0n],
      [20, 20, 0, 0n],
      [20, 19, 0, 0n],
      [20, 18, 0, 10_000_000n],
      [20, 0, 0, 100_000_000n],
      [1000, 949, 0, 200_000n],
      [3, 2, 0, 56_666_666n],
      [20, 20, 1, 1_000_000n],
      [20, 18, 3, 13_000_000n],
      [20, 12, 90, 100_000_000n],
    ];
    for (const [asked, answered, open, expected] of table) {
      expect(penaltyOf(params, duty(asked, answered, open)), `${answered} of ${asked}, ${open}`).to.equal(expected);
    }
  });

  it('counts a sample as missed only when its time is over', () => {
    const state = auditState({
      shards: new Map([[NODE, [0]], [OTHER, [1]]]),
      round: roundOf({ seed: Uint8Array.of(1), deadline_ms: '60000' }),
      duties: new Map([[NODE, duty(20, 15, 1)]]),
    });
    expect(Object.fromEntries(auditStandings(state))).to.deep.equal({
      [NODE]: { asked: 20, answered: 15, due: 5, missed: 0, openChallenges: 1, penaltyBillionths: 1_000_000n },
      [OTHER]: { asked: 0, answered: 0, due: 0, missed: 0, openChallenges: 0, penaltyBillionths: 0n },
    });
    const late = auditStandings({ ...state, nowMs: 60_001n }).get(NODE);
    expect(late).to.include({ due: 0, missed: 5, penaltyBillionths: 41_000_000n });
  });

  it('goes by the parameters of the epoch, not by those of the rounds to come', () => {
    const state = auditState({
      shards: new Map([[NODE, [0]]]),
      round: roundOf({ seed: Uint8Array.of(1), deadline_ms: '0' }),
      duties: new Map([[NODE, duty(20, 0)]]),
      params: { ...params, max_penalty_bp: 5000, slope_bp: 10_000 },
      ledgerParams: params,
    });
    expect(auditStandings(state).get(NODE)!.penaltyBillionths).to.equal(100_000_000n);
  });
});

describe('attempts of an audit', () => {
  it('become rarer, but never so rare that the deadline passes between two of them', () => {
    const attempts = new AuditAttempts();
    const [delays, end] = [[] as number[], 1_000_000];
    for (let now = 0; now < end; ) {
      expect(attempts.mayTry('sample 0', now, false)).to.equal(true);
      attempts.failed('sample 0', now, end - now);
      const delay = attempts.nextDelayMs(now)!;
      expect(attempts.mayTry('sample 0', now + delay - 1, false)).to.equal(false);
      delays.push(delay);
      now += delay;
    }
    expect(delays.slice(0, 5)).to.deep.equal([1000, 2000, 4000, 8000, 16_000]);
    expect(Math.max(...delays)).to.be.at.most(end / 8);
    expect(delays.at(-1)).to.equal(1000);
  });

  it('end after three refusals, whoever hurries; another epoch begins afresh', () => {
    const attempts = new AuditAttempts();
    attempts.enter(7);
    for (let i = 0; i < 3; i++) {
      expect(attempts.mayTry('sample 0', 0, true)).to.equal(true);
      attempts.refused('sample 0', 0, 1000);
    }
    expect([attempts.mayTry('sample 0', 1e9, true), attempts.nextDelayMs(0)]).to.deep.equal([false, undefined]);
    expect(attempts.mayTry('sample 1', 0, false)).to.equal(true);
    attempts.enter(8);
    expect(attempts.mayTry('sample 0', 0, false)).to.equal(true);
  });
});
