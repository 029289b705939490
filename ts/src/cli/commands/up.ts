/** `haulout up`: a whole network on this machine's loopback interface, until Ctrl-C or `haulout down`. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import colors from 'picocolors';
import { accountKey, Cluster, type ClusterStep, type EpochReport } from '../../cluster/index.js';
import { followClock, serveLocalNet } from '../../localnet/index.js';
import { serveApp } from '../../node/index.js';
import { NetworkFaults, parseFault, UnknownFault, type FaultKind } from '../../simulation/index.js';
import { DEFAULT_AUDIT_PARAMS } from '../../protocol/index.js';
import { createControlApp } from '../control.js';
import { networkFilesHere, removeNetworkFiles, writeNetworkFiles, type NetworkManifest } from '../network-files.js';
import { CommandError, json, line, note, portFailure } from '../output.js';
import { catchInterruption, Interrupted } from '../signals.js';

export interface UpOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly portBase?: number;
  /** Length of an epoch, ms; epochs change by hand only without it. */
  readonly epoch?: number;
  readonly seed: string;
  readonly framework?: string;
  /** Folder that keeps the network. */
  readonly data?: string;
  /** Faults of nodes: `node-3=corrupt`. */
  readonly fault?: readonly string[];
  /** Storage challenges. */
  readonly audits?: boolean;
  readonly json?: boolean;
}

/** Ports counted from `--port-base`. */
const RPC_PORT = 0;
const FAUCET_PORT = 1;
const CONTROL_PORT = 2;
const FIRST_NODE_PORT = 10;

const DEFAULT_EPOCH_MS = 86_400_000;
/** How often a network looks whether an epoch is over: a part of the epoch, within bounds. */
const EPOCH_PART = 20;
const MIN_EPOCH_LOOK_MS = 100;
const MAX_EPOCH_LOOK_MS = 5000;
/** What the test account begins with: 10,000 SUI and 1,000,000 WAL. */
const FUNDED = { mist: 10_000n * 1_000_000_000n, frost: 1_000_000n * 1_000_000_000n };

const STEP_TEXT: Record<ClusterStep, string> = {
  chain: 'booting the embedded Sui network',
  contracts: 'publishing the contracts',
  nodes: 'starting and registering the storage nodes',
  committee: 'forming the committee',
};

export async function up(options: UpOptions): Promise<void> {
  if (options.nodes > options.shards) {
    throw new CommandError(`${options.nodes} nodes cannot share ${options.shards} shards`, 'use fewer nodes or more shards');
  }
  const faults = new NetworkFaults(faultsOf(options));
  const interruption = catchInterruption();
  const { portBase } = options;
  const port = (offset: number) => (portBase === undefined ? 0 : portBase + offset);
  // Closed in reverse order, whatever happens.
  const files = networkFilesHere();
  const closers: (() => Promise<unknown>)[] = [() => removeNetworkFiles(files)];
  try {
    const place = options.data === undefined ? await temporary(closers) : { data: path.resolve(options.data) };
    const cluster = await Cluster.start({
      nodeCount: options.nodes,
      shardCount: options.shards,
      seed: options.seed,
      ...place,
      epochDurationMs: BigInt(options.epoch ?? DEFAULT_EPOCH_MS),
      clockMs: Date.now(),
      ...(options.audits === true ? { audits: { params: auditParams(options.nodes) } } : {}),
      nodePort: (index) => port(FIRST_NODE_PORT + index),
      intercept: faults.intercept,
      ...(options.framework === undefined ? {} : { framework: options.framework }),
      onStep: (step) => {
        interruption.check();
        note(colors.dim(`${STEP_TEXT[step]} …`));
      },
    });
    closers.push(() => cluster.stop());
    interruption.check();
    if (options.audits === true && cluster.audits === undefined) {
      throw new CommandError('the network in that folder was begun without audits', 'leave --audits out, or begin another one with another --data');
    }
    const served = await serveLocalNet(cluster.net, {
      port: port(RPC_PORT),
      faucetPort: port(FAUCET_PORT),
      nowMs: () => performance.now(),
    });
    closers.push(() => served.close());

    const user = accountKey(cluster.seed, 'user');
    if (!cluster.isResumed) await cluster.fund(user.toSuiAddress(), FUNDED);
    await faults.begin(cluster);
    const token = randomBytes(32).toString('base64url');
    const controls = {
      fund: cluster.fund.bind(cluster),
      nextEpoch: async () => copyOf(await cluster.nextEpoch()),
      stop: () => interruption.stop(),
    };
    const control = await serveApp(createControlApp(controls, token), '127.0.0.1', port(CONTROL_PORT));
    // Closed after the network: `haulout down` gets its answer, and no request finds a network half gone for long.
    closers.splice(1, 0, () => control.close());

    const { systemObjectId, stakingObjectId, treasuryObjectId, upgradeManagerId } = cluster.deployment;
    const { packageId, walPackageId, walType, chainId } = cluster.deployment;
    const { maxEpochsAhead, shardCount, epochDurationMs } = await cluster.state();
    const manifest: NetworkManifest = {
      processId: process.pid,
      startedAt: new Date().toISOString(),
      rpcUrl: served.rpcUrl,
      faucetUrl: served.faucetUrl,
      chainId,
      ...{ systemObjectId, stakingObjectId, treasuryObjectId, upgradeManagerId, packageId, walPackageId, walType },
      ...(cluster.audits && {
        ...{ auditPackageId: cluster.audits.auditPackageId, auditRegistryId: cluster.audits.auditRegistryId },
        ...{ governancePackageId: cluster.audits.governancePackageId, governanceObjectId: cluster.audits.governanceObjectId },
      }),
      shards: shardCount,
      epochMs: Number(epochDurationMs),
      epochsRun: options.epoch !== undefined,
      maxEpochsAhead,
      nodes: cluster.nodes.map(({ name, nodeId, address }) => ({ name, id: nodeId, url: `http://${address}` })),
      fundedKey: user.getSecretKey(),
      control: { url: `http://${control.address}`, token },
    };
    await writeNetworkFiles(files, manifest);
    if (options.epoch !== undefined) {
      const lookMs = Math.min(MAX_EPOCH_LOOK_MS, Math.max(MIN_EPOCH_LOOK_MS, options.epoch / EPOCH_PART));
      cluster.runEpochs(lookMs, followClock(cluster.net, () => performance.now()), (report) => note(epochText(report)));
    }
    if (options.json) json(summary(manifest, files.manifest));
    else banner(manifest, files, user.toSuiAddress());
    await interruption.received;
  } catch (error) {
    if (error instanceof Interrupted) return;
    throw portFailure(error, 'choose other ports with --port-base, or leave it out for free ones');
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** As few samples as there can be: a local network is to show audits, not to be busy with them. */
function auditParams(nodes: number) {
  return { samples_total: DEFAULT_AUDIT_PARAMS.min_samples * nodes };
}

/** A folder that is gone when the network is. */
async function temporary(closers: (() => Promise<unknown>)[]): Promise<{ readonly directory: string }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-up-'));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  return { directory };
}

/** @throws CommandError for what is no fault, or no node */
function faultsOf({ fault = [], nodes }: UpOptions): Map<string, FaultKind> {
  const faults = new Map<string, FaultKind>();
  for (const text of fault) {
    try {
      const { node, kind } = parseFault(text);
      const index = /^node-(\d+)$/.exec(node)?.[1];
      if (index === undefined || Number(index) >= nodes) {
        throw new CommandError(`there is no node ${node}`, `the nodes are node-0 to node-${nodes - 1}`);
      }
      faults.set(node, kind);
    } catch (error) {
      if (!(error instanceof UnknownFault)) throw error;
      throw new CommandError(error.message, 'what each fault does is in docs/operating.md');
    }
  }
  return faults;
}

/** The line for machines. */
function summary(manifest: NetworkManifest, file: string) {
  const { rpcUrl, faucetUrl, systemObjectId, stakingObjectId, walPackageId, packageId, shards, epochMs, fundedKey } = manifest;
  const { auditPackageId, auditRegistryId } = manifest;
  return {
    ...{ rpcUrl, faucetUrl, systemObjectId, stakingObjectId, walPackageId, packageId },
    nodes: manifest.nodes.map(({ id, url }) => ({ id, url })),
    ...{ shards, epochMs, manifest: file, fundedKey },
    ...(auditPackageId === undefined ? {} : { auditPackageId, auditRegistryId }),
  };
}

function banner(manifest: NetworkManifest, files: { manifest: string; clientConfig: string }, funded: string): void {
  const row = (name: string, value: string) => line(`  ${name.padEnd(16)} ${value}`);
  line();
  line(colors.bold(`A Walrus network of ${manifest.nodes.length} nodes with ${manifest.shards} shards is up`));
  line();
  row('Sui gRPC', colors.cyan(manifest.rpcUrl));
  row('faucet', colors.cyan(manifest.faucetUrl));
  row('system object', manifest.systemObjectId);
  row('staking object', manifest.stakingObjectId);
  row('package', manifest.packageId);
  row('WAL', manifest.walType);
  if (manifest.auditPackageId !== undefined) {
    row('audits', `${manifest.auditRegistryId}  (each node proves every epoch that it holds its slivers)`);
    row('  package', manifest.auditPackageId);
    row('governance', `${manifest.governanceObjectId}  (parameters, also those of audits, change by vote of the stakers)`);
    row('  package', `${manifest.governancePackageId}`);
  }
  row('test account', `${funded}  (SUI and WAL)`);
  row('  its key', manifest.fundedKey);
  row('epochs', manifest.epochsRun ? `${manifest.epochMs} ms, by themselves` : 'by hand: haulout epoch next');
  for (const [index, { name, url, id }] of manifest.nodes.entries()) {
    row(index === 0 ? 'nodes' : '', `${name.padEnd(8)} ${colors.cyan(url)}  ${colors.dim(id)}`);
  }
  row('manifest', files.manifest);
  row('client config', files.clientConfig);
  line();
  line(colors.dim('The keys are known to everybody: for local use only. Ctrl-C or `haulout down` ends the network.'));
}

function copyOf({ epoch, synced, attested, withheld, stopped }: EpochReport) {
  return { epoch, synced, attested: [...attested], withheld: [...withheld], stopped: [...stopped] };
}

function epochText({ epoch, synced, attested, withheld }: EpochReport): string {
  const missing = withheld.length === 0 ? '' : `; without slivers of new shards: ${withheld.join(', ')}`;
  return `epoch ${epoch}: ${attested.length} nodes attested${synced ? '' : ', not yet a quorum'}${missing}`;
}
