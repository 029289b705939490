/**
 * A network of the size of the public one in one process, and an epoch change in it under load: nodes grow, shrink,
 * join and leave while a writer and a reader go on. Run as a process of its own, so that its memory is its own; the
 * last line of its output is the result as JSON, progress goes to the error stream.
 *
 * Usage: large-network.ts <seed>
 */
import { readFile } from 'node:fs/promises';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { HauloutClient } from '../../src/client/index.js';
import { accountKey, Cluster } from '../../src/cluster/index.js';
import { BlobEncoder, blobIdFromText, pairOfShard } from '../../src/encoding/index.js';
import type { Log } from '../../src/node/index.js';
import { objects, type ChainState, type CommitteeMember } from '../../src/protocol/index.js';
import { seededRandom } from '../../src/simulation/index.js';

export const NODES = 105;
export const SHARDS = 1000;
/** Blobs that are stored before the change. */
const EARLIER_BLOBS = 60;
/** Symbols are of 2 bytes up to 445,556 bytes of blob, of 4 beyond. */
const MAX_BLOB_BYTES = 600_000;
/** Nodes whose stake is doubled, that join, and that leave. */
const GROWING = 30;
const JOINING = 2;
const LEAVING = 1;
const FROST_PER_WAL = 1_000_000_000n;
const RSS_SAMPLE_MS = 100;
/** How long the nodes that were not done when a quorum was may take. */
const ATTEST_LIMIT_MS = 180_000;

/** One write or read that succeeded; times in ms. */
interface Operation {
  readonly kind: 'write' | 'read';
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What the run came to. */
export interface LargeNetworkResult {
  readonly seed: number;
  readonly nodes: { readonly before: number; readonly after: number };
  readonly shards: number;
  /** Shards that another node has after the change, and nodes that got some. */
  readonly movedShards: number;
  readonly gainingNodes: number;
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** Answers of other nodes during the change, by kind of request. */
  readonly movedBytes: Readonly<Record<string, number>>;
  readonly syncedSlivers: number;
  readonly recoveredSlivers: number;
  /** From the call that changes the epoch to the last node's attestation. */
  readonly changeMs: number;
  /** Operations that began and ended within that time, and within the whole run. */
  readonly within: { readonly writes: number; readonly reads: number };
  readonly operations: { readonly writes: number; readonly reads: number };
  readonly failures: readonly string[];
  /** Members of the new committee that have not attested on chain. */
  readonly unattested: readonly string[];
  /** A quorum has attested, as the chain sees it. */
  readonly synced: boolean;
  readonly stopped: readonly string[];
  /** All blobs, those among them that were stored before the change, and how many of all were read unchanged after it. */
  readonly blobs: { readonly all: number; readonly earlier: number; readonly identical: number };
  /** Slivers of earlier blobs in the shards that moved, and how many of them their new owners have. */
  readonly slivers: { readonly expected: number; readonly identical: number };
  /** Warnings and errors that nodes logged, by message. */
  readonly warnings: Readonly<Record<string, number>>;
  /** Computation that the two transactions of the change paid for. */
  readonly gasMist: Readonly<Record<string, number>>;
  readonly peakRssBytes: number;
  readonly durationMs: number;
}

/** Whole numbers below a limit, from one stream of chance. */
type Choose = (limit: number) => number;

function chooser(seed: number, label: string): Choose {
  const random = seededRandom(String(seed), label);
  return (limit) => Math.floor(random() * limit);
}

/**
 * Requests arrive one per turn of the event loop, rather as they do over a socket: calls in memory alone would keep
 * timers and threads waiting for as long as any node has something to do.
 */
function arrivals(): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(() => new Promise<void>((resolve) => setImmediate(resolve))));
}

const RECEIVED = ['syncShard', 'metadata', 'recoverySymbols'] as const;

/** Highest resident memory of this process, bytes: what the system counted, or the samples where it does not tell. */
async function peakRssBytes(sampled: number): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kernel = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return Math.max(sampled, kernel === undefined ? process.resourceUsage().maxRSS * 1024 : Number(kernel) * 1024);
}

class Load {
  readonly blobs = new Map<string, Uint8Array>();
  readonly operations: Operation[] = [];
  readonly failures: string[] = [];
  readonly #loops: Promise<void>[] = [];
  #running = true;

  constructor(
    private readonly client: HauloutClient,
    private readonly owner: Ed25519Keypair,
    private readonly chooseBlob: Choose,
    private readonly chooseRead: Choose,
  ) {}

  async write(): Promise<void> {
    const blob = Uint8Array.from({ length: 1 + this.chooseBlob(MAX_BLOB_BYTES) }, () => this.chooseBlob(256));
    const { blobId } = await this.client.store(blob, { signer: this.owner, epochs: 10 });
    this.blobs.set(blobId, blob);
  }

  async read(): Promise<void> {
    const known = [...this.blobs];
    const [blobId, blob] = known[this.chooseRead(known.length)]!;
    if (Buffer.compare(await this.client.read(blobId), blob) !== 0) throw new Error(`blob ${blobId} came back changed`);
  }

  start(kind: Operation['kind'], step: () => Promise<void>): void {
    const loop = async () => {
      while (this.#running) {
        const startedMs = performance.now();
        try {
          await step();
          this.operations.push({ kind, startedMs, endedMs: performance.now() });
        } catch (error) {
          this.failures.push(`${kind}: ${error instanceof Error ? error.stack : String(error)}`);
        }
      }
    };
    this.#loops.push(loop());
  }

  count(kind: Operation['kind'], fromMs = 0, toMs = Infinity): number {
    return this.operations.filter((one) => one.kind === kind && one.startedMs >= fromMs && one.endedMs <= toMs).length;
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }
}

export async function runLargeNetwork(seed: number): Promise<LargeNetworkResult> {
  const startedMs = performance.now();
  const choose = chooser(seed, 'network');
  const say = (text: string) => process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${text}\n`);
  let sampledRss = 0;
  const sampler = setInterval(() => (sampledRss = Math.max(sampledRss, process.memoryUsage.rss())), RSS_SAMPLE_MS);
  const warnings: Record<string, number> = {};
  const attestedAtMs = new Map<string, number>();
  let changedTo = Infinity;
  const log = (name: string): Log => (level, message, fields) => {
    if (level === 'warn' || level === 'error') warnings[`${level}: ${message}`] = (warnings[`${level}: ${message}`] ?? 0) + 1;
    if (message === 'attested the epoch' && fields?.['epoch'] === changedTo) attestedAtMs.set(name, performance.now());
  };

  const arrival = arrivals();
  const networkSeed = `large-${seed}`;
  const cluster = await Cluster.start({
    ...{ nodeCount: NODES, shardCount: SHARDS, transport: 'memory', seed: networkSeed, pollMs: 1000, log },
    stakeOf: () => BigInt(500 + choose(1500)) * FROST_PER_WAL,
    onStep: say,
    intercept: (_, handle) => async (request) => {
      await arrival();
      return handle(request);
    },
  });
  try {
    const owner = cluster.net.createSigner('writer');
    await cluster.fund(owner.toSuiAddress(), { mist: 100_000_000_000n, frost: 10_000n * FROST_PER_WAL });
    const load = new Load(cluster.client(), owner, chooser(seed, 'blobs'), chooser(seed, 'reads'));
    say('started; storing');
    while (load.blobs.size < EARLIER_BLOBS) await load.write();
    const earlier = [...load.blobs];

    const names = cluster.nodes.map(({ name }) => name);
    const chosen = Array.from({ length: GROWING + LEAVING }, () => names.splice(choose(names.length), 1)[0]!);
    for (const name of chosen.slice(0, GROWING)) await cluster.stake(name, 1500n * FROST_PER_WAL);
    for (const name of chosen.slice(GROWING)) await cluster.unstake(name);
    for (let joined = 0; joined < JOINING; joined++) await cluster.addNode(1000n * FROST_PER_WAL);

    load.start('write', () => load.write());
    load.start('read', () => load.read());
    const before = await cluster.state();
    const totals = () => {
      const metrics = cluster.nodes.map(({ node }) => node.context.metrics);
      const sum = (count: (one: (typeof metrics)[number]) => number) => metrics.reduce((all, one) => all + count(one), 0);
      const axes = (['primary', 'secondary'] as const).map((axis) => ({ sliver_type: axis }));
      return {
        bytes: RECEIVED.map((request) => sum(({ receivedBytes }) => receivedBytes.get({ request }))),
        synced: sum(({ syncedSlivers }) => axes.reduce((all, labels) => all + syncedSlivers.get(labels), 0)),
        recovered: sum(({ recoveredSlivers }) => axes.reduce((all, labels) => all + recoveredSlivers.get(labels), 0)),
      };
    };
    const totalsBefore = totals();
    changedTo = before.epoch + 1;
    say('changing the epoch');
    const changeStartedMs = performance.now();
    const { stopped } = await cluster.nextEpoch();
    say('changed');
    const { committee } = await cluster.state();
    for (const limitMs = performance.now() + ATTEST_LIMIT_MS; attestedAtMs.size < committee.length; ) {
      if (performance.now() > limitMs) break; // the result names them
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const changeEndedMs = Math.max(...attestedAtMs.values());
    const after = await cluster.state();
    say('attested');
    const totalsAfter = totals();
    await load.stop();
    say('load stopped');

    const ownerBefore = ownersOf(before.committee);
    const ownerAfter = ownersOf(after.committee);
    const moved = [...ownerAfter].filter(([shard, owner]) => ownerBefore.get(shard) !== owner);
    const had = new Set(before.committee.map(({ name }) => name));
    const has = new Set(after.committee.map(({ name }) => name));

    const client = cluster.client();
    let identical = 0;
    for (const [blobId, blob] of load.blobs) if (Buffer.compare(await client.read(blobId), blob) === 0) identical += 1;
    say('all blobs read');
    const slivers = await compareSlivers(cluster, earlier, moved);
    const unattested: string[] = [];
    for (const { name } of after.committee) if ((await lastSynced(cluster, networkSeed, name)) < after.epoch) unattested.push(name);
    return {
      seed,
      nodes: { before: before.committee.length, after: after.committee.length },
      shards: after.committee.reduce((sum, { shards }) => sum + shards.length, 0),
      movedShards: moved.length,
      gainingNodes: new Set(moved.map(([, owner]) => owner)).size,
      joined: [...has].filter((name) => !had.has(name)),
      left: [...had].filter((name) => !has.has(name)),
      movedBytes: Object.fromEntries(RECEIVED.map((request, i) => [request, totalsAfter.bytes[i]! - totalsBefore.bytes[i]!])),
      syncedSlivers: totalsAfter.synced - totalsBefore.synced,
      recoveredSlivers: totalsAfter.recovered - totalsBefore.recovered,
      changeMs: Math.round(changeEndedMs - changeStartedMs),
      within: { writes: load.count('write', changeStartedMs, changeEndedMs), reads: load.count('read', changeStartedMs, changeEndedMs) },
      operations: { writes: load.count('write'), reads: load.count('read') },
      failures: load.failures,
      unattested,
      synced: after.epoch === changedTo && after.epochState !== 'sync',
      stopped,
      blobs: { all: load.blobs.size, earlier: earlier.length, identical },
      slivers,
      warnings,
      gasMist: await gasOfChange(cluster, after),
      peakRssBytes: await peakRssBytes(sampledRss),
      durationMs: Math.round(performance.now() - startedMs),
    };
  } finally {
    clearInterval(sampler);
    await cluster.stop();
  }
}

function ownersOf(committee: readonly CommitteeMember[]): Map<number, string> {
  return new Map(committee.flatMap(({ name, shards }) => shards.map((shard) => [shard, name] as const)));
}

/** Epoch of the last `epoch_sync_done` of a node, as the chain has it. */
async function lastSynced(cluster: Cluster, seed: string, name: string): Promise<number> {
  const { originalPackageId } = await cluster.state();
  const { objects: caps } = await cluster.net.client.core.listOwnedObjects({
    owner: accountKey(seed, name).toSuiAddress(),
    type: `${originalPackageId}::storage_node::StorageNodeCap`,
    include: { content: true },
  });
  return objects.StorageNodeCap.parse(caps[0]!.content).last_epoch_sync_done;
}

/** What the transactions cost that selected the committee and that began its epoch, MIST of computation. */
async function gasOfChange(cluster: Cluster, { originalPackageId, epoch }: ChainState): Promise<Record<string, number>> {
  const { core } = cluster.net.client;
  const gas: Record<string, number> = {};
  for (const name of ['EpochParametersSelected', 'EpochChangeStart']) {
    const { events } = await core.listEvents({ filter: { eventType: `${originalPackageId}::events::${name}` }, limit: 50 });
    const digest = events[epoch - 1]!.transactionDigest;
    const { Transaction: done } = await core.getTransaction({ digest, include: { effects: true } });
    gas[name] = Number(done!.effects.gasUsed.computationCost);
  }
  return gas;
}

/** Holds what the new owners of shards have against the encoding of each blob. */
async function compareSlivers(
  cluster: Cluster,
  blobs: readonly (readonly [string, Uint8Array])[],
  moved: readonly (readonly [number, string])[],
): Promise<LargeNetworkResult['slivers']> {
  const encoder = new BlobEncoder(SHARDS);
  const stores = new Map(cluster.nodes.map(({ name, store }) => [name, store]));
  let identical = 0;
  for (const [text, blob] of blobs) {
    const blobId = blobIdFromText(text);
    const { slivers } = await encoder.encode(blob);
    for (const [shard, owner] of moved) {
      for (const axis of ['primary', 'secondary'] as const) {
        const stored = stores.get(owner)!.getSliver({ blobId, shard, axis });
        if (stored !== undefined && Buffer.compare(stored, slivers[pairOfShard(shard, blobId, SHARDS)]![axis].framed) === 0) identical += 1;
      }
    }
  }
  return { expected: 2 * blobs.length * moved.length, identical };
}

process.stdout.write(`${JSON.stringify(await runLargeNetwork(Number(process.argv[2])))}\n`);
