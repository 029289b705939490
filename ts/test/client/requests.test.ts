/** Repeats, rivals and byte budgets on a clock that only the test moves. */
import { expect } from 'chai';
import fc from 'fast-check';
import { NodeRequestFailed } from '../../src/client/index.js';
import { ByteBudget, gather, isMomentary, NodeMemory, withRetries } from '../../src/client/requests.js';
import { VirtualClock } from './virtual-clock.js';

const failure = (httpCode: number | undefined, reason?: string) => new NodeRequestFailed('n', 'sliver', 1, httpCode, reason, 'failed');
const live = () => new AbortController().signal;

describe('requests of the client', () => {
  describe('repeats', () => {
    const policy = { attempts: 4, firstDelayMs: 100, maxDelayMs: 250 };

    it('doubles the delay up to its bound, then gives up', async () => {
      const clock = new VirtualClock();
      const at: number[] = [];
      const asked = withRetries(policy, clock.surroundings, live(), async () => {
        at.push(clock.nowMs);
        throw failure(503);
      });
      const error = await clock.run(asked.then(() => undefined, (cause: unknown) => cause));
      expect(error).to.be.instanceOf(NodeRequestFailed);
      expect(at).to.deep.equal([0, 100, 300, 550]);
    });

    const kinds: { name: string; error: Error; momentary: boolean }[] = [
      { name: 'no answer', error: failure(undefined), momentary: true },
      { name: 'overload', error: failure(429), momentary: true },
      { name: 'a server error', error: failure(500), momentary: true },
      { name: 'a registration not yet seen', error: failure(400, 'NOT_REGISTERED'), momentary: true },
      { name: 'a refusal', error: failure(400, 'INVALID_SLIVER'), momentary: false },
      { name: 'a missing blob', error: failure(404), momentary: false },
      { name: 'a deny list', error: failure(451), momentary: false },
      { name: 'a defect', error: new TypeError('x'), momentary: false },
    ];
    for (const { name, error, momentary } of kinds)
      it(`${momentary ? 'repeats after' : 'does not repeat after'} ${name}`, async () => {
        expect(isMomentary(error)).to.equal(momentary);
        const clock = new VirtualClock();
        let calls = 0;
        const asked = withRetries(policy, clock.surroundings, live(), async () => {
          if (calls++ === 0) throw error;
          return 'answer';
        });
        const outcome = await clock.run(asked.then((value) => value, (cause: unknown) => cause));
        expect(outcome).to.equal(momentary ? 'answer' : error);
      });

    it('ends when it is called off', async () => {
      const clock = new VirtualClock();
      const controller = new AbortController();
      let calls = 0;
      const asked = withRetries(policy, clock.surroundings, controller.signal, async () => {
        calls += 1;
        controller.abort();
        throw failure(503);
      });
      await clock.run(asked.catch(() => undefined));
      expect(calls).to.equal(1);
    });
  });

  describe('gathering', () => {
    /** Candidates that answer after a time, fail after a time, or never end. */
    type Candidate = { readonly id: number; readonly ms: number; readonly ok: boolean };
    const asking = (clock: VirtualClock, asked: number[]) => async ({ id, ms, ok }: Candidate, signal: AbortSignal) => {
      asked.push(id);
      await clock.sleep(ms, signal);
      return ok && !signal.aborted ? id : undefined;
    };
    const collect = (clock: VirtualClock, candidates: readonly Candidate[], needed: number, asked: number[] = []) =>
      clock.run(gather(candidates, needed, asking(clock, asked), { ...clock.surroundings, signal: live(), hedgeMs: 500 }));

    it('asks no more than it needs while all answer', async () => {
      const clock = new VirtualClock();
      const asked: number[] = [];
      const candidates = Array.from({ length: 9 }, (_, id) => ({ id, ms: 10, ok: true }));
      expect(await collect(clock, candidates, 4, asked)).to.have.members([0, 1, 2, 3]);
      expect(asked).to.deep.equal([0, 1, 2, 3]);
      expect(clock.nowMs).to.equal(10);
    });

    it('replaces one that fails at once', async () => {
      const clock = new VirtualClock();
      const candidates = [{ id: 0, ms: 5, ok: false }, { id: 1, ms: 20, ok: true }, { id: 2, ms: 20, ok: true }];
      expect(await collect(clock, candidates, 2)).to.have.members([1, 2]);
      expect(clock.nowMs).to.equal(25);
    });

    it('gives rivals to those that hang, after three usual answers', async () => {
      const clock = new VirtualClock();
      const hang = { ms: 1e9, ok: true };
      const candidates = [{ id: 0, ms: 40, ok: true }, { id: 1, ...hang }, { id: 2, ...hang }, ...[3, 4, 5].map((id) => ({ id, ms: 40, ok: true }))];
      expect(await collect(clock, candidates, 3)).to.have.members([0, 3, 4]);
      expect(clock.nowMs).to.equal(40 + 120 + 40);
    });

    it('waits for the first answer as long as it is told', async () => {
      const clock = new VirtualClock();
      expect(await collect(clock, [{ id: 0, ms: 1e9, ok: true }, { id: 1, ms: 1, ok: true }], 1)).to.deep.equal([1]);
      expect(clock.nowMs).to.equal(501);
    });

    it('gives what there is when the candidates run out', async () => {
      const clock = new VirtualClock();
      expect(await collect(clock, [{ id: 0, ms: 1, ok: true }, { id: 1, ms: 1, ok: false }], 2)).to.deep.equal([0]);
      expect(await collect(clock, [], 1)).to.deep.equal([]);
    });

    it('throws what a candidate throws, and the reason of the signal', async () => {
      const clock = new VirtualClock();
      const options = { ...clock.surroundings, signal: live(), hedgeMs: 10 };
      const defect = new TypeError('defect');
      expect(await clock.run(gather([1], 1, () => Promise.reject(defect), options).catch((error: unknown) => error))).to.equal(defect);
      const controller = new AbortController();
      const reason = new Error('enough of it');
      const waiting = gather([1, 2], 1, async (_, signal) => {
        controller.abort(reason);
        await clock.sleep(1e9, signal);
        return undefined;
      }, { ...options, signal: controller.signal });
      expect(await clock.run(waiting.catch((error: unknown) => error))).to.equal(reason);
    });

    it('finds enough whenever enough candidates answer, and never more than needed', async () => {
      const candidate = fc.record({ ms: fc.constantFrom(1, 10, 200, 1e7), ok: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(candidate, { maxLength: 12 }), fc.integer({ min: 1, max: 6 }), async (kinds, needed) => {
          const candidates = kinds.map((kind, id) => ({ id, ...kind }));
          const results = await collect(new VirtualClock(), candidates, needed);
          const able = candidates.filter(({ ok }) => ok).map(({ id }) => id);
          expect(new Set(results).size).to.equal(results.length);
          expect(able).to.include.members(results);
          expect(results.length).to.equal(Math.min(needed, able.length));
        }),
        { numRuns: 60 },
      );
    });
  });

  it('never holds more bytes than its budget, and lets the large ones through', async () => {
    const clock = new VirtualClock();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 20 }), async (sizes) => {
        const budget = new ByteBudget(100);
        let held = 0;
        let done = 0;
        await clock.run(
          Promise.all(
            sizes.map((bytes) =>
              budget.with(bytes, async () => {
                held += Math.min(bytes, 100);
                expect(held).to.be.at.most(100);
                await clock.sleep(bytes);
                held -= Math.min(bytes, 100);
                done += 1;
              }),
            ),
          ),
        );
        expect(done).to.equal(sizes.length);
      }),
      { numRuns: 30 },
    );
  });

  it('forgets a failure after a while, or with the next answer', () => {
    let nowMs = 0;
    const memory = new NodeMemory(() => nowMs, 1000);
    memory.failed('a');
    memory.failed('b');
    expect([memory.isTrusted('a'), memory.isTrusted('c')]).to.deep.equal([false, true]);
    memory.answered('b');
    expect(memory.isTrusted('b')).to.equal(true);
    nowMs = 1001;
    expect(memory.isTrusted('a')).to.equal(true);
  });
});
