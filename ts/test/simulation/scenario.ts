/**
 * How scenarios are told: a story with its oracles, run once as it is, which must hold, and once with the defence
 * switched off or with more faults than the protocol bears, when an oracle must report the violation.
 */
import { expect } from 'chai';
import {
  BlobEncoder,
  blobIdFromText,
  encodeSliverData,
  pairOfShard,
  type Axis,
} from '../../src/encoding/index.js';
import type { HauloutClientOptions, StoreOptions, StoreReport } from '../../src/client/index.js';
import type { FaultKind, RunReport, Simulation, World } from '../../src/simulation/index.js';

export const NODES = 7;
export const SHARDS = 7;
/** Shards that may be faulty: one per node, so as many nodes. */
export const F = 2;
const AXES = ['primary', 'secondary'] as const;

const encoder = new BlobEncoder(SHARDS);

/** An oracle found that something which must hold does not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Reports a violation unless the condition holds. */
export function oracle(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what);
}

/** What must succeed; its failure is a violation. */
export async function mustSucceed<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Violation(`${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, { cause: error });
  }
}

/** What must fail: gives the error. */
export async function mustFail(what: string, work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  oracle(error instanceof Error, `${what}: it succeeded`);
  return error;
}

/** Bytes that depend on the seed. */
export function content(sizeBytes: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: sizeBytes }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
}

/** Must hold: the blob is certified. */
export async function write(world: World, blob: Uint8Array, how: Partial<HauloutClientOptions & StoreOptions> = {}): Promise<StoreReport> {
  const { signer = world.writer, epochs = 5, deletable, signal, onCheckpoint, resume, ...client } = how;
  const options = {
    ...{ signer, epochs },
    ...(deletable === undefined ? {} : { deletable }),
    ...(signal === undefined ? {} : { signal }),
    ...(onCheckpoint === undefined ? {} : { onCheckpoint }),
    ...(resume === undefined ? {} : { resume }),
  };
  const report = await mustSucceed('the write did not complete', world.client(client).store(blob, options));
  oracle(report.confirmedShards >= SHARDS - F, `certified with ${report.confirmedShards} shards`);
  return report;
}

/** Must hold: a fresh reader gets the bytes that were written. */
export async function readsBack(world: World, blobId: string, blob: Uint8Array, client: Partial<HauloutClientOptions> = {}): Promise<void> {
  const bytes = await mustSucceed('the read failed', world.client(client, 'reader').read(blobId));
  oracle(Buffer.compare(bytes, blob) === 0, 'the reader was given other bytes than were written');
}

/** Must hold: the node has all slivers of the blob, as the encoder makes them. */
export async function holdsSlivers(world: World, name: string, blobId: string, blob: Uint8Array): Promise<void> {
  const { slivers } = await encoder.encode(blob);
  const id = blobIdFromText(blobId);
  const { node, store } = world.node(name);
  oracle(node.shards.length > 0, `${name} has no shards`);
  for (const shard of node.shards) {
    for (const axis of AXES) {
      const stored = store.getSliver({ blobId: id, shard, axis });
      oracle(stored !== undefined, `${name} lacks the ${axis} sliver of shard ${shard}`);
      const expected = encodeSliverData(slivers[pairOfShard(shard, id, SHARDS)]![axis]);
      oracle(Buffer.compare(stored, expected) === 0, `${name} holds a wrong ${axis} sliver of shard ${shard}`);
    }
  }
}

export function holdsAnything(world: World, name: string, blobId: string): boolean {
  const { node, store } = world.node(name);
  const id = blobIdFromText(blobId);
  return node.shards.some((shard) => AXES.some((axis: Axis) => store.hasSliver({ blobId: id, shard, axis })));
}

/** Node that holds a sliver pair of a blob; pairs below three are what a reader asks for first. */
export async function holderOf(world: World, blobId: string, pair: number): Promise<string> {
  const id = blobIdFromText(blobId);
  const { committee } = await world.cluster.state();
  return committee.find(({ shards }) => shards.some((shard) => pairOfShard(shard, id, SHARDS) === pair))!.name;
}

/** Names of nodes with these indices. */
export const nodes = (...indices: number[]): string[] => indices.map((index) => `node-${index}`);
export const ALL = nodes(...Array(NODES).keys());

export async function setFaults(world: World, names: readonly string[], kind: FaultKind | undefined): Promise<void> {
  for (const name of names) await world.setFault(name, kind);
}

/** Lets time pass. */
export const pass = (world: World, ms: number): Promise<void> => world.clock.sleep(ms);

/** Must hold: it took at most so long, in virtual time. */
export async function within<T>(world: World, limitMs: number, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = world.clock.nowMs;
  const result = await work();
  const tookMs = Math.round(world.clock.nowMs - startedAt);
  oracle(tookMs <= limitMs, `${what} took ${tookMs} ms, at most ${limitMs} ms are right`);
  return result;
}

/** Must hold: it comes to an end within so much virtual time. */
export async function endsWithin<T>(world: World, limitMs: number, what: string, work: Promise<T>): Promise<T> {
  const result = await Promise.race([work.then((value) => ({ value })), world.clock.sleep(limitMs)]);
  oracle(result !== undefined, `${what} did not end within ${limitMs} ms`);
  return result.value;
}

/** Replaces a method of a class, a defence, until the returned function is called. */
export function replaceMethod<T extends object, K extends keyof T>(prototype: T, name: K, replacement: T[K]): () => void {
  const original = Object.getOwnPropertyDescriptor(prototype, name)!;
  Object.defineProperty(prototype, name, { ...original, value: replacement });
  return () => void Object.defineProperty(prototype, name, original);
}

/** `mode` tells the story which way it is run; stories that switch a defence off elsewhere ignore it. */
export type Telling = (world: World, isDefended: boolean) => Promise<void>;

export interface Scenario {
  readonly name: string;
  readonly tell: Telling;
  /** What is different in the second run. */
  readonly without: string;
  /** Switches the defence off; answers how to switch it on again. */
  readonly disable?: () => () => void;
  /** What the oracle says then. */
  readonly violation: RegExp;
}

/** Registers the test of a scenario. The seed is derived from its name and printed with it. */
export function play(simulation: () => Simulation, { name, tell, without, disable, violation }: Scenario): void {
  const seed = name.replaceAll(/[^a-z0-9]+/gi, '-');
  it(`${name} [seed ${seed}; oracle fails with: ${without}]`, async () => {
    await told(simulation(), seed, (world) => tell(world, true));
    const enable = disable?.() ?? (() => undefined);
    let failure: unknown;
    try {
      await simulation().run(seed, (world) => tell(world, false));
    } catch (error) {
      failure = error;
    } finally {
      enable();
    }
    expect(failure, `no oracle noticed: ${without}`).to.be.instanceOf(Violation);
    expect((failure as Violation).message).to.match(violation);
  });
}

/** Runs a story; a failure shows the last events. */
async function told(simulation: Simulation, seed: string, story: (world: World) => Promise<void>): Promise<RunReport> {
  try {
    return await simulation.run(seed, story);
  } catch (error) {
    const events = simulation.world?.log.events.slice(-12).join('\n') ?? '';
    throw new Error(`${String(error)}\nlast events:\n${events}`, { cause: error });
  }
}
