/**
 * Random histories of stakers, nodes, storers, challengers and voters on the embedded network, against an independent
 * model (contracts specification §12, §14, §15). HISTORY_SEED runs one history again, HISTORY_FILE the calls in a file.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Violation } from './history.js';
import { INVARIANTS } from './invariants.js';
import { CALLS, makeHistory, readHistory, report, runHistory, showHistory, shrink } from './run.js';
import { World } from './world.js';

const directory = fileURLToPath(new URL('../../../../move', import.meta.url));
const SEEDS = [1, 2, 4];
const CALLS_PER_HISTORY = 500;

describe('histories of the protocol', function () {
  this.timeout(120_000);
  let world: World;

  before(async () => {
    world = await World.start({ directory });
  });

  const { HISTORY_SEED: seedText, HISTORY_FILE: file } = process.env;
  for (const seed of seedText === undefined ? SEEDS : [Number(seedText)]) {
    it(`agree with the model and keep ${Object.keys(INVARIANTS).length} invariants (seed ${seed})`, () => {
      const length = seedText === undefined ? CALLS_PER_HISTORY : Number(process.env.HISTORY_LENGTH ?? 3000);
      const { executed, epochs, failure } = runHistory(world, makeHistory(seed, length));
      if (failure !== undefined) expect.fail(report(seed, shrink(world, failure)));
      expect(executed).to.be.greaterThan(length / 2);
      expect(epochs).to.be.greaterThan(2);
    });
  }

  if (file !== undefined) {
    it(`agree with the model in ${file}`, async () => {
      const { failure } = runHistory(world, readHistory(await readFile(file, 'utf8')));
      if (failure !== undefined) expect.fail(report(undefined, failure));
    });
  }

  it('give the same calls and outcomes for the same seed', () => {
    const calls = makeHistory(7, 120);
    expect(readHistory(showHistory(calls))).to.deep.equal(calls);
    const [first, second] = [runHistory(world, calls), runHistory(world, calls)];
    expect([...first.outcomes]).to.deep.equal([...second.outcomes]);
    expect(() => readHistory('no_such_call 1 2')).to.throw(RangeError, 'no_such_call');
  });

  it('are shortened to what fails', () => {
    const forbidden = (history: { staking: { stakes: ReadonlyMap<string, { withdraw: number | undefined }> } }): void => {
      if ([...history.staking.stakes.values()].some(({ withdraw }) => withdraw !== undefined)) throw new Violation('nobody may leave');
    };
    const { failure } = runHistory(world, makeHistory(5, 600), forbidden);
    const short = shrink(world, failure!, 300, forbidden);
    expect(short.error.message).to.equal('nobody may leave');
    // Leaving takes a stake, the selection of its node, and the request.
    expect(short.calls.map(({ name }) => name)).to.include.members(['stake', 'request_withdraw_stake']);
    expect(short.calls.length).to.be.lessThan(8);
  });

  it('know every call by name', () => {
    expect(Object.keys(CALLS).length).to.be.greaterThan(60);
    for (const { weight } of Object.values(CALLS)) expect(weight).to.be.greaterThan(0);
  });
});
