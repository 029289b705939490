/** Makes histories from seeds, runs them, and shortens those that fail. */
import { auditCalls } from './calls-audit.js';
import { epochCalls } from './calls-epochs.js';
import { governanceCalls } from './calls-governance.js';
import { marketCalls } from './calls-market.js';
import { poolCalls } from './calls-pools.js';
import { stakingCalls } from './calls-staking.js';
import type { CallTable } from './calls.js';
import { History, type Call } from './history.js';
import type { World } from './world.js';

export const CALLS: CallTable = { ...stakingCalls, ...epochCalls, ...marketCalls, ...poolCalls, ...auditCalls, ...governanceCalls };

const ARGUMENTS = 5;
/** Nodes that have stake when a history begins, so that it gets beyond epoch 0. */
const OPENING_STAKES = 7;

/** Calls that end epoch 0, and enough of the committee's attestations. */
const OPENING_STEPS = 8;

/** Random numbers from 0 to 2^32 − 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** The history of a seed. */
export function makeHistory(seed: number, length: number): Call[] {
  const next = randomNumbers(seed);
  const kinds = Object.entries(CALLS).map(([name, { weight }]) => ({ name, weight }));
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const args = (): number[] => Array.from({ length: ARGUMENTS }, next);
  const draw = (): string => {
    let at = (next() / 2 ** 32) * total;
    return kinds.find(({ weight }) => (at -= weight) < 0)?.name ?? kinds[0]!.name;
  };
  // Every node votes for something else, so that a selection off by one shows.
  const votes = ['set_storage_price_vote', 'set_write_price_vote', 'set_node_capacity_vote'];
  const opening = Array.from({ length: OPENING_STAKES }, (_, i) => [
    { name: 'stake', args: [i, i, 5, next(), 0] },
    ...votes.map((name) => ({ name, args: [i, 0, 50 + (next() % 100), 1, 0] })),
  ]).flat();
  // In most histories audits are set up for few samples and then left to governance, with some voters.
  if (next() % 4 > 0) {
    opening.push({ name: 'set_params', args: [1, next(), next(), next(), 1] }, { name: 'create_governance', args: [0, 0, 0, 0, 0] });
    for (let i = 0; i < 5; i += 1) opening.push({ name: 'new_account', args: [i, 0, 0, 0, 0] }, { name: 'deposit', args: [i, i, 0, 0, 0] });
  }
  // Most begin where storage can be bought: in epoch 1, with its committee in place.
  if (next() % 4 > 0) opening.push(...Array.from({ length: OPENING_STEPS }, () => ({ name: 'drive', args: [0, 2, 0, 1, 0] })));
  return [...opening, ...Array.from({ length: length - opening.length }, () => ({ name: draw(), args: args() }))];
}

export interface Failure {
  readonly calls: readonly Call[];
  readonly error: Error;
}

export interface RunResult {
  /** Calls that reached the network. */
  readonly executed: number;
  readonly epochs: number;
  /** Call and outcome → how often. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly failure: Failure | undefined;
}

/** @param also a further check after each call, for tests of this file; throws */
export function runHistory(world: World, calls: readonly Call[], also?: (history: History) => void): RunResult {
  const history = new History(world);
  let failure: Failure | undefined;
  for (const [i, call] of calls.entries()) {
    try {
      history.step(call, CALLS[call.name]!.run);
      also?.(history);
    } catch (error) {
      failure = { calls: calls.slice(0, i + 1), error: error as Error };
      break;
    }
  }
  const { done, aborted, rejected } = history.counts;
  return { executed: done + aborted + rejected, epochs: history.staking.epoch, outcomes: history.outcomes, failure };
}

/**
 * A shorter history that fails: calls are taken out, in halves, quarters and so on, then numbers made small.
 * @param budget most histories to run
 */
export function shrink(world: World, failure: Failure, budget = 400, also?: (history: History) => void): Failure {
  let best = failure;
  let left = budget;
  const fails = (calls: readonly Call[]): boolean => {
    if (left <= 0) return false;
    left -= 1;
    const found = runHistory(world, calls, also).failure;
    // It must be the same kind of failure: the text up to the first colon.
    if (found === undefined || kindOf(found.error) !== kindOf(failure.error)) return false;
    best = found;
    return true;
  };
  for (let size = best.calls.length >> 1; size >= 1 && left > 0; ) {
    let removed = false;
    for (let at = best.calls.length - size; at >= 0; at -= size) {
      removed = fails([...best.calls.slice(0, at), ...best.calls.slice(at + size)]) || removed;
      at = Math.min(at, best.calls.length);
    }
    if (size > 1) size >>= 1;
    else if (!removed) break;
  }
  for (let i = 0; i < best.calls.length; i += 1) {
    for (let j = 0; j < ARGUMENTS; j += 1) {
      for (const smaller of [0, 1, best.calls[i]!.args[j]! % 100]) {
        if (best.calls[i]!.args[j]! <= smaller) continue;
        const call = best.calls[i]!;
        const args = call.args.map((x, at) => (at === j ? smaller : x));
        if (fails([...best.calls.slice(0, i), { ...call, args }, ...best.calls.slice(i + 1)])) break;
      }
    }
  }
  return best;
}

const kindOf = (error: Error): string => error.message.split(/:| [0-9]/)[0]!;

/** A history as text that can be run again. */
export const showHistory = (calls: readonly Call[]): string => calls.map(({ name, args }) => `${name} ${args.join(' ')}`).join('\n');

export function readHistory(text: string): Call[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name, ...args] = line.trim().split(/\s+/);
      if (!Object.hasOwn(CALLS, name!)) throw new RangeError(`unknown call ${name}`);
      return { name: name!, args: args.map(Number) };
    });
}

/** A failure as people read it: what is wrong, how to run it again, and the calls. */
export function report(seed: number | undefined, failure: Failure): string {
  const again = seed === undefined ? '' : `\nHISTORY_SEED=${seed} runs this history again, HISTORY_FILE=<file> the calls below`;
  return `${failure.error.message}${again}\n${showHistory(failure.calls)}\n${failure.error.stack ?? ''}`;
}
