/** Plans: which shard does what at an epoch change, and whom to ask for which symbols. */
import { expect } from 'chai';
import fc from 'fast-check';
import { holdsItsShards, planShards, type ShardPlanInput } from '../../src/node/shard-plan.js';
import type { ShardState } from '../../src/node/store.js';
import { planSymbols } from '../../src/node/symbol-plan.js';

const FIRST = '00'.repeat(32);
const input = (change: Partial<ShardPlanInput>): ShardPlanInput => ({
  ...{ nodeId: 'me', epoch: 5, committee: [], previousCommittee: [{ nodeId: 'other', shards: [0, 1, 2, 3] }], states: new Map() },
  ...change,
});
const states = (...entries: [number, ShardState][]) => new Map(entries);
const mine = (...shards: number[]) => [{ nodeId: 'me', shards }];

describe('shard plans', () => {
  const sync: ShardState = { status: 'sync', since: 5, axis: 'primary', nextBlobId: FIRST };
  const cases: { name: string; input: Partial<ShardPlanInput>; changes: [number, ShardState][]; drop?: number[] }[] = [
    { name: 'a new shard of another node is taken over', input: { committee: mine(2) }, changes: [[2, sync]] },
    {
      name: 'in the first committee there is nothing to take over',
      input: { committee: mine(2), previousCommittee: [] },
      changes: [[2, { status: 'active', since: 5 }]],
    },
    {
      name: 'a shard that this node had, and does not know any more, is rebuilt',
      input: { committee: mine(2), previousCommittee: mine(2) },
      changes: [[2, { status: 'recover', since: 5 }]],
    },
    {
      name: 'a shard that stays is left alone',
      input: { committee: mine(1, 2), states: states([1, { status: 'active', since: 2 }], [2, { status: 'recover', since: 4 }]) },
      changes: [],
    },
    {
      name: 'a lost shard is locked',
      input: { states: states([1, { status: 'active', since: 2 }], [2, sync]) },
      changes: [
        [1, { status: 'locked', since: 5 }],
        [2, { status: 'locked', since: 5 }],
      ],
    },
    { name: 'a locked shard is kept for the next epoch', input: { states: states([1, { status: 'locked', since: 4 }]) }, changes: [] },
    { name: 'and removed after it', input: { states: states([1, { status: 'locked', since: 3 }]) }, changes: [], drop: [1] },
    {
      name: 'a shard that comes back is rebuilt: most of it is here',
      input: { committee: mine(1), states: states([1, { status: 'locked', since: 4 }]) },
      changes: [[1, { status: 'recover', since: 5 }]],
    },
    { name: 'a transfer of this epoch goes on', input: { committee: mine(1), states: states([1, sync]) }, changes: [] },
    {
      name: 'a transfer that an epoch change overtook becomes a rebuild',
      input: { committee: mine(1), previousCommittee: mine(1), states: states([1, { ...sync, since: 4 }]) },
      changes: [[1, { status: 'recover', since: 5 }]],
    },
  ];
  for (const one of cases) {
    it(one.name, () => {
      expect(planShards(input(one.input))).to.deep.equal({ changes: one.changes, drop: one.drop ?? [] });
    });
  }

  it('are empty once carried out, and give every owned shard a state', () => {
    const shards = fc.uniqueArray(fc.nat(9), { maxLength: 10 });
    const state = fc.oneof(
      fc.record({ status: fc.constantFrom('recover' as const, 'active' as const, 'locked' as const), since: fc.integer({ min: 1, max: 6 }) }),
      fc.integer({ min: 1, max: 6 }).map((since): ShardState => ({ ...sync, since })),
    );
    fc.assert(
      fc.property(shards, shards, fc.array(fc.tuple(fc.nat(9), state)), (now, before, known) => {
        const start = input({ epoch: 6, committee: mine(...now), previousCommittee: mine(...before), states: new Map(known) });
        const plan = planShards(start);
        const after = new Map([...start.states, ...plan.changes]);
        for (const shard of plan.drop) after.delete(shard);
        expect(planShards({ ...start, states: after })).to.deep.equal({ changes: [], drop: [] });
        for (const shard of now) expect(after.get(shard)?.status).to.be.oneOf(['sync', 'recover', 'active']);
        for (const [shard, { status }] of after) if (!now.includes(shard)) expect(status).to.equal('locked');
        expect(holdsItsShards(now, after)).to.equal(now.every((shard) => after.get(shard)!.status === 'active'));
      }),
    );
  });
});

describe('symbol plans', () => {
  it('ask for exactly what is missing, from nodes that may give it, once per cell', () => {
    const holder = fc.record({ nodeId: fc.constantFrom('a', 'b', 'c', 'd'), sources: fc.uniqueArray(fc.nat(12), { maxLength: 6 }) });
    const target = fc.record({ index: fc.nat(12), have: fc.uniqueArray(fc.nat(12), { maxLength: 4 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(holder, { selector: ({ nodeId }) => nodeId }),
        fc.uniqueArray(target, { maxLength: 4, selector: ({ index }) => index }),
        fc.integer({ min: 1, max: 9 }),
        fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
        (holders, targets, needed, down) => {
          const wanted = targets.map(({ index, have }) => ({ index, have: new Set(have) }));
          const isUnavailable = (nodeId: string) => down.some((one) => one === nodeId);
          const { requests, missing } = planSymbols({ targets: wanted, needed, holders, isUnavailable });
          let expectedMissing = 0;
          for (const { index, have } of wanted) {
            const asked = [...requests].flatMap(([nodeId, cells]) =>
              cells.filter((cell) => cell.target === index).map(({ source }) => ({ nodeId, source })),
            );
            const sources = asked.map(({ source }) => source);
            expect(new Set(sources).size).to.equal(sources.length);
            for (const { nodeId, source } of asked) {
              expect(have.has(source) || isUnavailable(nodeId)).to.equal(false);
              expect(holders.find((one) => one.nodeId === nodeId)!.sources).to.include(source);
            }
            const possible = new Set(holders.filter(({ nodeId }) => !isUnavailable(nodeId)).flatMap((one) => one.sources));
            const reachable = new Set([...have, ...possible]).size;
            expect(sources.length).to.equal(Math.max(0, Math.min(needed, reachable) - have.size));
            expectedMissing += Math.max(0, needed - Math.max(reachable, have.size));
          }
          expect(missing).to.equal(expectedMissing);
        },
      ),
    );
  });
});
