/**
 * `npm run bench:network -- [--sizes 1000,1000000] [--runs N] [--nodes N] [--shards N] [--json]`: a local network
 * of our nodes over loopback HTTP with stores on disk, used by our client and by the unmodified public SDK with
 * the same bytes, turn by turn. Counted: certified writes and checked reads as their callers see them. With
 * `--json` the last line is an array of rows `{"op","client","sizeBytes","p50Ms","p95Ms","mbPerSecond","phases"}`.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { WalrusClient } from '@mysten/walrus';
import { Cluster } from '../../ts/src/cluster/index.js';
import { BlobEncoder, blobIdFromText, pairOfShard } from '../../ts/src/encoding/index.js';
import { createRpcServer } from '../../ts/src/localnet/rpc/index.js';

const { values: flags } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,1000000,10000000,100000000' },
    runs: { type: 'string', default: '10' },
    nodes: { type: 'string', default: '10' },
    shards: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const sizes = flags.sizes.split(',').map(Number);
/** Of these sizes a node's slivers are rebuilt: symbols of small blobs are hardly larger than their proofs. */
const recoverySizes = sizes.filter((size) => size >= 1e6 && size <= 1e7);
const [nodeCount, shardCount, mostRuns] = [Number(flags.nodes), Number(flags.shards), Number(flags.runs)];

interface Row {
  readonly op: string;
  readonly client: 'haulout' | 'walrus-sdk' | null;
  readonly sizeBytes: number | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly mbPerSecond: number | null;
  /** Of the median run: milliseconds by phase, or bytes where the op moves some (`bytesMoved`, `blobBytes`, `sharePerPair`). */
  readonly phases: Readonly<Record<string, number>>;
}
const rows: Row[] = [];
const rounded = (value: number): number => Number(value.toPrecision(4));

interface Run {
  readonly ms: number;
  readonly phases: Readonly<Record<string, number>>;
}

function record(op: string, client: Row['client'], sizeBytes: number | null, runs: readonly Run[]): void {
  const sorted = [...runs].sort((a, b) => a.ms - b.ms);
  const at = (share: number): Run => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const p50 = at(0.5);
  const mbPerSecond = sizeBytes === null ? null : rounded(sizeBytes / 1e6 / (p50.ms / 1000));
  const phases = Object.fromEntries(Object.entries(p50.phases).map(([name, value]) => [name, rounded(value)]));
  rows.push({ op, client, sizeBytes, p50Ms: rounded(p50.ms), p95Ms: rounded(at(0.95).ms), mbPerSecond, phases });
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now();
  const value = await work();
  return { ms: performance.now() - startedAt, value };
}

/** Bytes that no other run has, without a cost worth counting. */
function content(sizeBytes: number, salt: string): Uint8Array {
  const block = createHash('sha256').update(salt).digest();
  const bytes = new Uint8Array(sizeBytes);
  for (let i = 0; i < sizeBytes; i += 32) bytes.set(block.subarray(0, Math.min(32, sizeBytes - i)), i);
  new DataView(bytes.buffer).setUint8(0, salt.length);
  return bytes;
}

function requireEqual(found: Uint8Array, expected: Uint8Array, who: string): void {
  if (Buffer.compare(found, expected) !== 0) throw new Error(`${who} read other bytes than were stored`);
}

async function storeAndRead(cluster: Cluster, sdk: WalrusClient, sizeBytes: number): Promise<void> {
  const runs = sizeBytes >= 50e6 ? Math.min(2, mostRuns) : sizeBytes >= 5e6 ? Math.min(5, mostRuns) : mostRuns;
  const measured: Record<string, Run[]> = { ourStore: [], ourRead: [], sdkStore: [], sdkRead: [] };
  const client = cluster.client();
  for (let run = -1; run < runs; run++) {
    const ours = content(sizeBytes, `ours ${sizeBytes} ${run}`);
    const stored = await timed(() => client.store(ours, { signer: cluster.signer, deletable: true }));
    const read = await timed(() => client.download(stored.value.blobId));
    requireEqual(read.value.blob, ours, 'our client');
    const theirs = content(sizeBytes, `sdk ${sizeBytes} ${run}`);
    const written = await timed(() => sdk.writeBlob({ blob: theirs, deletable: true, epochs: 1, signer: cluster.signer }));
    const readBack = await timed(() => sdk.readBlob({ blobId: written.value.blobId }));
    requireEqual(readBack.value, theirs, 'the SDK');
    for (const objectId of [stored.value.objectId, written.value.blobObject.id]) await client.delete(objectId, cluster.signer);
    if (run < 0) continue; // the first of each kind warms up
    measured['ourStore']!.push({ ms: stored.ms, phases: stored.value.phasesMs });
    measured['ourRead']!.push({ ms: read.ms, phases: read.value.phasesMs });
    measured['sdkStore']!.push({ ms: written.ms, phases: {} });
    measured['sdkRead']!.push({ ms: readBack.ms, phases: {} });
  }
  record('store', 'haulout', sizeBytes, measured['ourStore']!);
  record('store', 'walrus-sdk', sizeBytes, measured['sdkStore']!);
  record('read', 'haulout', sizeBytes, measured['ourRead']!);
  record('read', 'walrus-sdk', sizeBytes, measured['sdkRead']!);
}

const RECOVERED_BLOBS = 5;
const FROST_PER_WAL = 1_000_000_000n;

interface Kept {
  readonly objectId: string;
  readonly blobId: Uint8Array;
  readonly content: Uint8Array;
}

async function keep(cluster: Cluster, sizeBytes: number): Promise<Kept[]> {
  const client = cluster.client();
  const kept: Kept[] = [];
  for (let i = 0; i < RECOVERED_BLOBS; i++) {
    const bytes = content(sizeBytes, `kept ${sizeBytes} ${i}`);
    const { blobId, objectId } = await client.store(bytes, { signer: cluster.signer, epochs: 5, deletable: true });
    kept.push({ objectId, blobId: blobIdFromText(blobId), content: bytes });
  }
  return kept;
}

const AXES = ['primary', 'secondary'] as const;

/**
 * A node that lost everything, until it has all its slivers again. The blobs are of an earlier epoch: those of the
 * current one may still be on their way to it, and are given time for that. Bytes are those of all answers it got.
 */
async function recovery(cluster: Cluster, sizeBytes: number): Promise<void> {
  const kept = await keep(cluster, sizeBytes);
  await cluster.settle();
  await nextEpoch(cluster);
  const { name } = cluster.nodes.at(-1)!;
  const node = () => cluster.nodes.find((one) => one.name === name)!;
  const lacks = ({ blobId }: Kept): boolean =>
    node().node.shards.some((shard) => AXES.some((axis) => !node().store.hasSliver({ blobId, shard, axis })));
  const { ms } = await timed(async () => {
    await cluster.wipeNode(name);
    while (kept.some(lacks)) await new Promise((resolve) => setTimeout(resolve, 5));
  });
  const encoder = new BlobEncoder(shardCount);
  for (const { blobId, content: bytes } of kept) {
    const { slivers } = await encoder.encode(bytes);
    for (const shard of node().node.shards) {
      for (const axis of AXES) {
        const stored = node().store.getSliver({ blobId, shard, axis });
        requireEqual(stored ?? new Uint8Array(), slivers[pairOfShard(shard, blobId, shardCount)]![axis].framed, `node ${name}`);
      }
    }
  }
  const { receivedBytes, recoveredSlivers } = node().node.context.metrics; // begun anew with the node
  const slivers = AXES.reduce((sum, axis) => sum + recoveredSlivers.get({ sliver_type: axis }), 0);
  const bytesMoved = RECEIVED.reduce((sum, request) => sum + receivedBytes.get({ request }), 0);
  const phases = { bytesMoved, blobBytes: kept.length * sizeBytes, slivers, sharePerPair: (2 * bytesMoved) / slivers / sizeBytes };
  record('nodeRecovery', null, kept.length * sizeBytes, [{ ms, phases }]);
  if (sizeBytes === recoverySizes.at(-1)) return; // these are what moves in the epochs that follow
  for (const { objectId } of kept) await cluster.client().delete(objectId, cluster.signer);
  await cluster.settle();
}

const RECEIVED = ['recoverySymbols', 'metadata', 'syncShard'] as const;

async function nextEpoch(cluster: Cluster): Promise<void> {
  const { epoch, synced, withheld } = await cluster.nextEpoch();
  if (!synced || withheld.length > 0) throw new Error(`epoch ${epoch} did not sync: ${withheld.join(', ')}`);
}

/** Epochs in which a node gets more stake, and with it shards of the others. */
async function epochChange(cluster: Cluster): Promise<void> {
  const runs: Run[] = [];
  const received = () =>
    cluster.nodes.reduce((sum, { node }) => sum + RECEIVED.reduce((all, request) => all + node.context.metrics.receivedBytes.get({ request }), 0), 0);
  const owners = async () => new Map((await cluster.state()).committee.flatMap(({ nodeId, shards }) => shards.map((shard) => [shard, nodeId])));
  for (let i = 0; i < 3; i++) {
    await cluster.stake(cluster.nodes[i]!.name, 500n * FROST_PER_WAL);
    const [before, bytesBefore] = [await owners(), received()];
    const { ms } = await timed(() => nextEpoch(cluster));
    const shardsMoved = [...(await owners())].filter(([shard, nodeId]) => before.get(shard) !== nodeId).length;
    runs.push({ ms, phases: { shardsMoved, bytesMoved: received() - bytesBefore } });
  }
  record('epochChange', null, null, runs);
}

const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-bench-'));
const boot = await timed(() => Cluster.start({ nodeCount, shardCount, seed: 'bench', directory }));
record('boot', null, null, [{ ms: boot.ms, phases: {} }]);
const cluster = boot.value;
const rpc = await createRpcServer(cluster.net.ledger, { port: 0 });
try {
  const { systemObjectId, stakingObjectId } = cluster.deployment;
  const sdk = new WalrusClient({
    suiClient: new SuiGrpcClient({ network: 'localnet', baseUrl: rpc.url }),
    packageConfig: { systemObjectId, stakingPoolId: stakingObjectId },
    storageNodeUrlScheme: 'http',
  });
  for (const size of sizes) await storeAndRead(cluster, sdk, size);
  for (const size of recoverySizes) await recovery(cluster, size);
  await epochChange(cluster);
} finally {
  await rpc.close();
  await cluster.stop();
  await rm(directory, { recursive: true, force: true });
}
console.log(`Node.js ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown CPU'}; ${nodeCount} nodes, ${shardCount} shards, one process, stores on disk`);
const ratio = (row: Row): number | null => {
  const peer = rows.find((other) => other.client === 'walrus-sdk' && other.op === row.op && other.sizeBytes === row.sizeBytes);
  return row.client === 'haulout' && peer !== undefined ? rounded(peer.p50Ms / row.p50Ms) : null;
};
console.table(rows.map(({ phases, ...row }) => ({ ...row, ratio: ratio(row as Row), phases: Object.entries(phases).map(([name, ms]) => `${name} ${ms}`).join(', ') })));
if (flags.json) console.log(JSON.stringify(rows));
