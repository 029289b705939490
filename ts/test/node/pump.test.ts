/** Work that is woken, fails, and is tried again later: on virtual time. */
import { expect } from 'chai';
import { Pump } from '../../src/node/pump.js';
import { VirtualClock } from '../../src/simulation/index.js';

const RETRY_MS = 1000;
const MAX_RETRY_MS = 4000;
const WORK_MS = 100;

/** A pump whose work takes `WORK_MS` and fails while `works` says so; when each round began. */
function create(works: () => boolean) {
  const clock = new VirtualClock();
  const rounds: number[] = [];
  const errors: unknown[] = [];
  const pump = new Pump(
    async () => {
      rounds.push(clock.nowMs);
      await clock.sleep(WORK_MS);
      if (!works()) throw new Error('not now');
      return undefined;
    },
    {
      environment: { schedule: clock.schedule, random: () => 0.5 }, // a delay is its full length then
      ...{ retryMs: RETRY_MS, maxRetryMs: MAX_RETRY_MS, onError: (error) => errors.push(error) },
    },
  );
  return { clock, rounds, errors, pump };
}

describe('a pump', () => {
  it('runs once more when it is woken during work that succeeds, however often', async () => {
    const { clock, rounds, pump } = create(() => true);
    pump.wake();
    for (const atMs of [10, 20, 30]) clock.schedule(() => pump.wake(), atMs);
    await clock.run(pump.idle());
    expect(rounds).to.deep.equal([0, WORK_MS]);
  });

  it('waits before it tries again when it is woken during work that fails', async () => {
    const { clock, rounds, errors, pump } = create(() => false);
    pump.wake();
    clock.schedule(() => pump.wake(), 50);
    await clock.run(pump.idle());
    expect(clock.nowMs).to.equal(WORK_MS);
    expect(rounds).to.deep.equal([0]);
    await clock.run(clock.sleep(RETRY_MS));
    expect(rounds).to.deep.equal([0, WORK_MS + RETRY_MS]);
    await clock.run(pump.idle());
    expect(errors).to.have.length(2);
    await pump.stop();
  });

  it('comes to rest although something wakes it all the time', async () => {
    const { clock, rounds, pump } = create(() => false);
    const nag = () => {
      pump.wake();
      clock.schedule(nag, WORK_MS / 2 + 1);
    };
    nag();
    await clock.run(pump.idle(), 10 * WORK_MS);
    expect(rounds).to.have.length(1);
    await clock.run(pump.stop());
  });

  it('doubles its delays up to the limit, and begins anew after a success', async () => {
    let failures = 5;
    const { clock, rounds, pump } = create(() => --failures < 0);
    pump.wake();
    await clock.run(clock.sleep(60_000));
    const delays = rounds.slice(1).map((atMs, i) => atMs - rounds[i]! - WORK_MS);
    expect(delays).to.deep.equal([1000, 2000, 4000, 4000, 4000]);
    failures = 1;
    pump.wake();
    await clock.run(clock.sleep(60_000));
    expect(rounds.at(-1)! - rounds.at(-2)! - WORK_MS).to.equal(1000);
  });

  it('tries at once when it is woken while it waits', async () => {
    const { clock, rounds, pump } = create(() => false);
    pump.wake();
    await clock.run(pump.idle());
    clock.schedule(() => pump.wake(), 300);
    await clock.run(clock.sleep(500));
    expect(rounds).to.deep.equal([0, WORK_MS + 300]);
    await pump.stop();
  });

  it('settles with a round that began afterwards, whatever becomes of the one under way', async () => {
    let works = false;
    const { clock, rounds, pump } = create(() => works);
    pump.wake();
    await clock.run(clock.sleep(WORK_MS / 2));
    const settled = pump.settle();
    clock.schedule(() => (works = true), WORK_MS);
    await clock.run(settled);
    expect(rounds).to.deep.equal([0, WORK_MS]);
    expect(clock.nowMs).to.equal(2 * WORK_MS);
  });

  it('does nothing after it was stopped', async () => {
    const { clock, rounds, pump } = create(() => false);
    pump.wake();
    await clock.run(pump.stop());
    pump.wake();
    await pump.settle();
    await clock.run(clock.sleep(60_000));
    expect(rounds).to.deep.equal([0]);
  });
});
