/**
 * `haulout demo` and `npm start`: one blob's story on a network in this process, told for a person, or as
 * one JSON line.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import colors from 'picocolors';
import { MetadataUnavailable, NotEnoughSlivers, type StorePhase, type StoreReport } from '../../client/index.js';
import { Cluster, type ClusterStep } from '../../cluster/index.js';
import { bytesText, CommandError, json, millisecondsText, Progress, reportFailure, walText } from '../output.js';
import { shardPicture } from '../shard-picture.js';
import { Story } from '../story.js';

export interface DemoOptions {
  readonly file?: string;
  readonly nodes: number;
  readonly shards: number;
  readonly kill?: number;
  readonly seed: string;
  readonly framework?: string;
  readonly json?: boolean;
}

/** The picture that comes with the package. */
const DEFAULT_FILE = fileURLToPath(new URL('../../../../docs/images/haulout.png', import.meta.url));

/** How the start of a network is told. */
export const STEP_TEXT: Record<ClusterStep, string> = {
  chain: 'compile the Sui framework, boot the embedded Sui network',
  contracts: 'compile and publish the contracts',
  nodes: 'start and register the storage nodes',
  committee: 'select the committee, enter epoch 1',
};
const PHASE_TEXT: Record<StorePhase, string> = {
  encode: 'encode',
  register: 'register',
  upload: 'slivers stored',
  certify: 'certify',
};

export async function demo(options: DemoOptions): Promise<void> {
  const { nodes: nodeCount, shards: shardCount } = options;
  const shardsPerNode = Math.ceil(shardCount / nodeCount);
  const kill = options.kill ?? Math.floor(Math.floor((shardCount - 1) / 3) / shardsPerNode);
  if (nodeCount > shardCount) throw new CommandError(`${nodeCount} nodes cannot share ${shardCount} shards`);
  if (kill > nodeCount) throw new CommandError(`--kill ${kill}: there are only ${nodeCount} nodes`);
  const file = options.file ?? DEFAULT_FILE;
  const blob = await readInput(file);
  const story = new Story(options.json !== true);

  const startedAt = performance.now();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-demo-'));
  story.title(`Haulout: ${path.basename(file)}, ${bytesText(blob.length)}, on ${nodeCount} nodes with ${shardCount} shards`);
  const cluster = await Cluster.start({
    nodeCount,
    shardCount,
    seed: options.seed,
    directory,
    ...(options.framework === undefined ? {} : { framework: options.framework }),
    onStep: (step) => story.step(STEP_TEXT[step]),
  }).catch(async (error: unknown) => {
    story.failed();
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  try {
    story.done();
    const bootMs = performance.now() - startedAt;
    const client = cluster.client();

    story.step('encode, register, upload, certify');
    const progress = new Progress(options.json !== true);
    const report = await client.store(blob, {
      signer: cluster.signer,
      epochs: 5,
      onProgress: (phase, done, total) => progress.update(PHASE_TEXT[phase], done, total),
    });
    progress.stop();
    const firstCertifiedBlobMs = performance.now() - startedAt;
    story.done();
    const storedBytes = cluster.nodes.reduce((sum, { store }) => sum + store.usage().sliverBytes, 0);
    story.tell(storeLines(report, storedBytes, cluster.deployment.packageId));

    const killed = cluster.nodes.slice(0, kill).map(({ name }) => name);
    story.step(`stop ${kill} of ${nodeCount} nodes`);
    for (const name of killed) await cluster.stopNode(name);
    story.done();
    const { committee } = await cluster.state();
    story.tell(shardPicture(committee, new Set(killed)));

    story.step('read the file back from the nodes that are left');
    const readAt = performance.now();
    const { blob: found, receivedBytes } = await client.download(report.blobId, {
      check: 'strict',
      onProgress: (done, total) => progress.update('slivers read', done, total),
    });
    progress.stop();
    const readMs = performance.now() - readAt;
    story.done();
    if (Buffer.compare(found, blob) !== 0) throw new CommandError('the bytes read differ from the bytes stored');
    story.tell([
      `${bytesText(receivedBytes)} of slivers fetched, each checked against the certified metadata`,
      `${colors.green('every byte is back')}: ${bytesText(found.length)}, strict check, blob ID computed anew`,
    ]);
    if (options.json) {
      json({
        blobId: report.blobId,
        objectId: report.objectId,
        certifiedEpoch: report.certifiedEpoch,
        sizeBytes: blob.length,
        storedBytes,
        shards: shardCount,
        nodes: nodeCount,
        nodesKilled: kill,
        readBack: true,
        bootMs: Math.round(bootMs),
        firstCertifiedBlobMs: Math.round(firstCertifiedBlobMs),
        readMs: Math.round(readMs),
      });
    }
  } catch (error) {
    story.failed();
    reportFailure(tooManyKilled(error, options, kill) ?? error);
  } finally {
    await cluster.stop();
  }
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: ${(cause as Error).message}`, 'name a readable file with --file', {
      cause,
    });
  }
}

/** Says what is missing when too few nodes are left; undefined for any other error. */
function tooManyKilled(error: unknown, { nodes, shards }: DemoOptions, kill: number): CommandError | undefined {
  const lead = `with ${kill} of ${nodes} nodes stopped`;
  if (error instanceof MetadataUnavailable) {
    return new CommandError(`${lead}, all ${shards} shards are missing: no node is left to ask`, 'stop fewer nodes', {
      cause: error,
    });
  }
  if (!(error instanceof NotEnoughSlivers)) return undefined;
  return new CommandError(
    `${lead}, ${error.missingShards.length} of ${shards} shards are missing: ` +
      `${error.receivedShards} slivers were found and ${error.neededShards} are needed to rebuild the blob`,
    `stop fewer nodes: ${error.shortOf} more shards are enough`,
    { cause: error },
  );
}

function storeLines(report: StoreReport, storedBytes: number, packageId: string): string[] {
  const { phasesMs } = report;
  const phases = (Object.keys(phasesMs) as StorePhase[]).map((phase) => `${phase} ${millisecondsText(phasesMs[phase])}`);
  const perByte = report.sizeBytes === 0 ? '' : ` (${(storedBytes / report.sizeBytes).toFixed(2)} bytes stored per byte)`;
  return [
    `blob ID      ${colors.bold(report.blobId)}`,
    `blob object  ${report.objectId}`,
    `contracts    ${packageId}`,
    `certificate  ${report.confirmedShards} of ${report.shardCount} shards signed; on chain in ${report.certifyDigest}`,
    `lifetime     registered in epoch ${report.registeredEpoch}, certified in epoch ${report.certifiedEpoch}, paid until epoch ${report.endEpoch}`,
    `stored       ${bytesText(storedBytes)} of slivers${perByte}`,
    `price        ${walText(report.walFrost)}`,
    `time         ${phases.join(', ')}`,
  ];
}
