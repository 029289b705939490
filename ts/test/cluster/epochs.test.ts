/** Waiting for nodes at the beginning of an epoch: some are slow, some fail, some never answer. On virtual time. */
import { expect } from 'chai';
import { EpochDriver, EpochNotSynced, SETTLE_LIMIT_MS, type EpochHost, type EpochMember } from '../../src/cluster/epochs.js';
import type { ChainState, CommitteeMember } from '../../src/protocol/index.js';
import { VirtualClock } from '../../src/simulation/index.js';

const EPOCH = 7;

/** An epoch that is not synced, with members as given. */
function create(settleShards: Readonly<Record<string, (clock: VirtualClock) => Promise<number>>>) {
  const clock = new VirtualClock();
  const names = Object.keys(settleShards);
  const members: EpochMember[] = names.map((name) => ({
    ...{ name, nodeId: name, running: true },
    settleShards: () => settleShards[name]!(clock),
  }));
  const committee = names.map((name) => ({ name, nodeId: name }) as CommitteeMember);
  const state = { epoch: EPOCH, epochState: 'sync', committee } as unknown as ChainState;
  const host = {
    ...{ members: () => members, state: async () => state, schedule: clock.schedule },
    ...{ nowMs: () => 0n, advanceClock: () => undefined },
  } as unknown as EpochHost; // no transaction is sent in this state
  return { clock, driver: new EpochDriver(host) };
}

const failureOf = (work: Promise<unknown>) => work.then(() => undefined, (error: unknown) => error);

describe('the driver of epochs', () => {
  it('asks nodes that fail again, those that attested no more', async () => {
    const asked = { good: 0, late: 0, bad: 0 };
    const { clock, driver } = create({
      good: async () => (asked.good++, EPOCH),
      late: async () => (++asked.late < 3 ? EPOCH - 1 : EPOCH),
      bad: async () => (asked.bad++, EPOCH - 1),
    });
    const failure = await clock.run(failureOf(driver.next()));
    expect(asked).to.deep.equal({ good: 1, late: 3, bad: 4 });
    expect(failure).to.be.instanceOf(EpochNotSynced);
    expect((failure as EpochNotSynced).report).to.deep.include({ epoch: EPOCH, synced: false, attested: ['good', 'late'], withheld: ['bad'] });
    expect(clock.nowMs).to.equal(0);
  });

  it('waits no longer than its limit for a node that never answers', async () => {
    const { clock, driver } = create({
      good: async () => EPOCH,
      silent: () => new Promise<never>(() => undefined),
      slow: (time) => time.sleep(SETTLE_LIMIT_MS / 2).then(() => EPOCH),
    });
    const failure = await clock.run(failureOf(driver.next()));
    expect(clock.nowMs).to.equal(SETTLE_LIMIT_MS);
    expect((failure as EpochNotSynced).report).to.deep.include({ attested: ['good', 'slow'], withheld: ['silent'] });
  });

  it('counts all rounds together', async () => {
    let rounds = 0;
    const { clock, driver } = create({ slow: (time) => (rounds++, time.sleep(SETTLE_LIMIT_MS * 0.4).then(() => EPOCH - 1)) });
    await clock.run(failureOf(driver.next()));
    expect([rounds, clock.nowMs]).to.deep.equal([3, SETTLE_LIMIT_MS]);
  });

  it('hands on what a node fails with, and leaves no timer behind', async () => {
    const { clock, driver } = create({ broken: () => Promise.reject(new Error('no chain')) });
    expect(await clock.run(failureOf(driver.step()))).to.have.property('message', 'no chain');
    const stuck = await failureOf(clock.run(new Promise(() => undefined)));
    expect(stuck).to.have.property('name', 'SimulationStuck');
    expect(clock.nowMs).to.equal(0);
  });
});
