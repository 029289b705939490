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
const [nodeCount, shardCount, mostRuns] = [Number(flags.nodes), Number(flags.shards), Number(flags.runs)];

interface Row {
  readonly op: string;
  readonly client: 'haulout' | 'walrus-sdk' | null;
  readonly sizeBytes: number | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly mbPerSecond: number | null;
  /** Milliseconds by phase, of the median run; bytes where the op moves some. */
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

/** A node that lost everything, until it has all its slivers again. */
async function recovery(cluster: Cluster): Promise<void> {
  const sizeBytes = 1_000_000;
  const client = cluster.client();
  for (let i = 0; i < 5; i++) await client.store(content(sizeBytes, `kept ${i}`), { signer: cluster.signer, epochs: 5 });
  await cluster.settle();
  const { name } = cluster.nodes.at(-1)!;
  const { ms } = await timed(async () => {
    await cluster.wipeNode(name);
    await cluster.settle();
  });
  record('nodeRecovery', null, 5 * sizeBytes, [{ ms, phases: {} }]);
}

async function epochChange(cluster: Cluster): Promise<void> {
  const runs: Run[] = [];
  for (let i = 0; i < 3; i++) {
    const { ms, value } = await timed(() => cluster.nextEpoch());
    if (!value.synced) throw new Error(`epoch ${value.epoch} did not sync: ${value.withheld.join(', ')}`);
    runs.push({ ms, phases: {} });
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
  for (const size of flags.sizes.split(',').map(Number)) await storeAndRead(cluster, sdk, size);
  await recovery(cluster);
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
