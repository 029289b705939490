/**
 * A whole network in one process: embedded Sui network, deployed contracts, storage nodes in committee, a
 * client with a funded account. What `npm start` shows and the end-to-end tests run against.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { HauloutClient, type Fetch, type HauloutClientOptions } from '../client/index.js';
import { BlobEncoder } from '../encoding/index.js';
import { LocalNet } from '../localnet/index.js';
import {
  processEnvironment,
  silent,
  type Log,
  type MaintenanceOptions,
  type NodeEnvironment,
  type NodeStore,
  type StorageNode,
} from '../node/index.js';
import {
  ChainReader,
  deployGovernance,
  deployContracts,
  fund,
  registerNode,
  requestStakeWithdrawal,
  setNetworkAddress,
  setNextProtocolKey,
  stakeWithNode,
  type AuditIds,
  type GovernanceIds,
  type AuditParamInput,
  type BlsKeyPair,
  type ChainState,
  type Deployment,
} from '../protocol/index.js';
import { othersAnswered } from './audits.js';
import { contractCompiler } from './contracts.js';
import { EpochDriver, type EpochReport } from './epochs.js';
import { accountKey, networkPublicKey, protocolKey } from './keys.js';
import { LocalNode, type Handler } from './local-node.js';
import { loadNetwork, saveNetwork, type SavedNetwork } from './saved-network.js';

const DEFAULT_SEED = 'haulout';
const MIST_PER_SUI = 1_000_000_000n;
const FROST_PER_WAL = 1_000_000_000n;
/** Unless it is said otherwise every node stakes the same, so shards are spread evenly. */
const STAKE_FROST = 1_000n * FROST_PER_WAL;
const STORAGE_PRICE = 11_000n;
const WRITE_PRICE = 20_000n;
const NODE_CAPACITY_BYTES = 1n << 40n;
const COMMISSION_BASIS_POINTS = 1000;
const MAX_EPOCHS_AHEAD = 53;
const NODE_POLL_MS = 400;
/** On one machine uploads end soon after their certificate, and waiting for retries is wasted. */
const MAINTENANCE: Partial<MaintenanceOptions> = { uploadGraceMs: 2000, retryMs: 500, maxRetryMs: 10_000 };

export interface ClusterOptions {
  readonly nodeCount?: number;
  readonly shardCount?: number;
  /** Stake of each node that the network starts with, FROST: shards are spread in proportion. */
  readonly stakeOf?: (index: number) => bigint;
  /** Seed of all keys and of the chain. */
  readonly seed?: string;
  readonly epochDurationMs?: bigint;
  /**
   * Time to which the chain's clock is set once the contracts are published, ms since 1970. Genesis is at the
   * same time for every network, so that the same seed gives the same package IDs and compiled contracts are
   * found in the cache.
   */
  readonly clockMs?: number;
  /** Port of a node; 0, the default, lets the system choose. */
  readonly nodePort?: (index: number) => number;
  /** Sockets on the loopback interface, or function calls. */
  readonly transport?: 'http' | 'memory';
  /** Folder for the nodes' stores (removed at `stop`); without it they keep everything in memory. */
  readonly directory?: string;
  /**
   * Folder that keeps the whole network: a later start goes on with it, with the seed, shards and nodes that it
   * has. Instead of `directory`.
   */
  readonly data?: string;
  /** Framework folder for the chain and the contracts. */
  readonly framework?: string;
  /** Told when a step begins; an error that it throws ends the start. */
  readonly onStep?: (step: ClusterStep) => void;
  /** Wraps the way to a node, for fault injection. */
  readonly intercept?: (nodeName: string, handle: Handler) => Handler;
  /** Clock, timers and chance of the nodes; the process's by default. */
  readonly environment?: Omit<NodeEnvironment, 'fetch'>;
  /** The environment of one node, in place of the one that all would have. */
  readonly environmentOf?: (nodeName: string, environment: NodeEnvironment) => NodeEnvironment;
  /**
   * Deploys storage challenges, in which all nodes take part, and governance: true for the suggested parameters.
   * `repairs: false` lets nodes answer only with what they have, instead of rebuilding what they find missing.
   */
  readonly audits?: boolean | { readonly params?: Partial<AuditParamInput>; readonly repairs?: boolean };
  /** How nodes look after what they store. */
  readonly maintenance?: Partial<MaintenanceOptions>;
  /** Threads of the encoders of nodes and clients; 1 keeps all work on the calling thread, and its order fixed. */
  readonly encoderThreads?: number;
  /** How often nodes look at the chain, ms. */
  readonly pollMs?: number;
  readonly log?: (nodeName: string) => Log;
}

/** Steps of a start, in order. */
export type ClusterStep = 'chain' | 'contracts' | 'nodes' | 'committee';

/** One storage node of the cluster. */
export interface ClusterNode {
  readonly name: string;
  readonly nodeId: string;
  readonly address: string;
  readonly node: StorageNode;
  readonly store: NodeStore;
  readonly running: boolean;
}

/** An object with which stake was given to a node, and whose it is. */
type Stake = SavedNetwork['nodes'][number]['stakes'][number];

const CHAIN_DIRECTORY = 'chain';
const NODES_DIRECTORY = 'nodes';

/** Nobody was told of a network whose start was cut off: the next one begins afresh. */
async function removeCutOffStart(data: string): Promise<void> {
  for (const part of [CHAIN_DIRECTORY, NODES_DIRECTORY]) await rm(path.join(data, part), { recursive: true, force: true });
}

/** Governance is deployed with audits: their parameters are its to decide. */
async function deployAudits(
  net: LocalNet,
  signer: Ed25519Keypair,
  build: { readonly framework?: string },
  deployment: Deployment,
  params: Partial<AuditParamInput> | undefined,
): Promise<AuditIds & GovernanceIds> {
  const { auditPackageId, auditRegistryId, governancePackageId, governanceObjectId } = await deployGovernance(
    net.client, signer, contractCompiler(build), deployment, params && { auditParams: params },
  );
  const { packageId, systemObjectId, stakingObjectId, treasuryObjectId, upgradeManagerId, walType } = deployment;
  return {
    ...{ auditPackageId, auditRegistryId, governancePackageId, governanceObjectId },
    ...{ packageId, systemObjectId, stakingObjectId, treasuryObjectId, upgradeManagerId, walType },
  };
}

export class Cluster {
  readonly #nodes: LocalNode[] = [];
  readonly #options: ClusterOptions;
  /** Objects with which stake was given to a node, and their owners. */
  readonly #stakes = new Map<string, Stake[]>();
  /** How often the protocol key of a node was changed. */
  readonly #rotations = new Map<string, number>();
  readonly #encoders = new Map<number, BlobEncoder>();
  readonly #epochs: EpochDriver;
  /** The operator's last task: its coins can pay for one transaction at a time. */
  #lastTask: Promise<unknown> = Promise.resolve();
  #stopEpochs: (() => void) | undefined;
  #isResumed = false;

  private constructor(
    readonly net: LocalNet,
    readonly deployment: Deployment,
    /** Holds SUI and the rest of the WAL supply. */
    readonly signer: Ed25519Keypair,
    options: ClusterOptions,
    /** Storage challenges and governance, if the network has them, as they were deployed. */
    readonly audits: (AuditIds & GovernanceIds) | undefined,
  ) {
    this.#options = options;
    this.#epochs = new EpochDriver({
      client: net.client,
      deployment,
      signer,
      members: () =>
        this.#nodes.map((node) => ({
          ...{ name: node.name, nodeId: node.nodeId, running: node.running },
          settleShards: () => node.runtime.settleShards(),
        })),
      state: () => this.state(),
      nowMs: () => net.ledger.timestampMs,
      advanceClock: (ms) => void net.clock.advance(ms),
      schedule: processEnvironment.schedule,
    });
  }

  /** Starts everything; on failure nothing is left running. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const { nodeCount = 10, shardCount = 100, data, onStep } = options;
    const saved = data === undefined ? undefined : await loadNetwork(data);
    const seed = saved?.seed ?? options.seed ?? DEFAULT_SEED;
    onStep?.('chain');
    const framework = options.framework === undefined ? {} : { framework: options.framework };
    const chain = data === undefined ? undefined : path.join(data, CHAIN_DIRECTORY);
    if (data !== undefined && saved === undefined) await removeCutOffStart(data);
    const net = await LocalNet.start({ seed, ...framework, ...(chain === undefined ? {} : { data: chain }) });
    let cluster: Cluster | undefined;
    try {
      const signer = accountKey(seed, 'operator');
      if (saved !== undefined) {
        cluster = new Cluster(net, saved.deployment, signer, { ...options, seed }, saved.audits);
        await cluster.#resume(saved);
        return cluster;
      }
      await net.faucet(signer.toSuiAddress(), 100_000n * MIST_PER_SUI);
      onStep?.('contracts');
      const deployment = await deployContracts(net.client, signer, contractCompiler(framework), {
        shardCount,
        epochDurationMs: options.epochDurationMs ?? 86_400_000n,
        epochZeroDurationMs: 0n,
        maxEpochsAhead: MAX_EPOCHS_AHEAD,
      });
      const { audits: wanted = false } = options;
      const params = typeof wanted === 'object' ? wanted.params : undefined;
      const audits = wanted ? await deployAudits(net, signer, framework, deployment, params) : undefined;
      if (options.clockMs !== undefined) net.clock.advance(Math.max(0, options.clockMs - net.clock.nowMs));
      cluster = new Cluster(net, deployment, signer, options, audits);
      onStep?.('nodes');
      await cluster.#addNodes(Array.from({ length: nodeCount }, (_, index) => options.stakeOf?.(index) ?? STAKE_FROST));
      onStep?.('committee');
      await cluster.nextEpoch();
      for (const node of cluster.#nodes) node.start();
      await cluster.#save();
      return cluster;
    } catch (error) {
      const nodes = cluster === undefined ? [] : cluster.#nodes;
      await Promise.allSettled(nodes.map((node) => node.close()));
      await net.stop();
      throw error;
    }
  }

  /** Governance, which comes with audits. */
  get governance(): GovernanceIds | undefined {
    return this.audits;
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  /** Seed of its keys: of the network that goes on, if one does. */
  get seed(): string {
    return this.#seed;
  }

  /** True when it goes on with what was kept in `data`. */
  get isResumed(): boolean {
    return this.#isResumed;
  }

  /** How the cluster's nodes are reached: sockets, or their apps. */
  get fetch(): Fetch {
    if (this.#options.transport !== 'memory') return (url, init) => fetch(url, init);
    return async (url, init) => {
      const { host } = new URL(url);
      const node = this.#nodes.find(({ address }) => address === host);
      if (node === undefined || !node.running) throw new TypeError(`connect ECONNREFUSED ${host}`);
      init.signal?.throwIfAborted();
      return node.handle(new Request(url, init));
    };
  }

  /** A client of this cluster. */
  client(options: Partial<HauloutClientOptions> = {}): HauloutClient {
    return new HauloutClient({
      client: this.net.client,
      ids: this.deployment,
      ...(this.#options.transport === 'memory' ? { fetch: this.fetch } : {}),
      urlScheme: 'http',
      encoderFor: (shardCount) => this.#encoderFor(shardCount),
      ...options,
    });
  }

  state(): Promise<ChainState> {
    return new ChainReader(this.net.client, this.deployment).state();
  }

  /** Gives an account SUI (MIST) and WAL (FROST). Answers the transaction's digest. */
  fund(address: string, amounts: { readonly mist: bigint; readonly frost: bigint }): Promise<string> {
    return this.#serially(async () => {
      const { net, signer, deployment } = this;
      const { digest } = await fund(net.client, signer, deployment.walType, [{ address, ...amounts }]);
      return digest;
    });
  }

  /** Enters the next epoch now: moves the chain's clock, changes the epoch, lets the nodes attest. @throws EpochNotSynced */
  nextEpoch(): Promise<EpochReport> {
    return this.#serially(async () => {
      if (this.audits !== undefined) {
        await othersAnswered(this.net.client, this.audits, new Set(this.#nodes.map(({ nodeId }) => nodeId)));
      }
      const report = await this.#epochs.next();
      await this.#settleAudits();
      return report;
    });
  }

  /**
   * Lets epochs change by themselves when the chain's clock says so, until `stop` or a call of the returned
   * function. Before each look `tick` brings that clock up to date.
   */
  runEpochs(intervalMs: number, tick: () => void, onEpoch: (report: EpochReport) => void): () => void {
    let stopped = false;
    let cancel = () => {};
    const look = () => {
      tick();
      this.#serially(() => this.#epochs.step())
        .then((report) => report && onEpoch(report))
        .catch((error: unknown) => process.emitWarning(`epoch change: ${String(error)}`))
        .finally(() => {
          if (!stopped) cancel = onTimer(look, intervalMs);
        });
    };
    this.#stopEpochs = () => {
      stopped = true;
      cancel();
    };
    look();
    return this.#stopEpochs;
  }

  /** Stops a node: it answers nothing any more, its store stays. */
  async stopNode(name: string): Promise<void> {
    await this.#node(name).stop();
  }

  /** Starts a stopped node again at its old address. */
  async startNode(name: string): Promise<void> {
    await this.#node(name).restart();
  }

  /** Takes everything from a node that it stored, and starts it again. */
  async wipeNode(name: string): Promise<void> {
    const node = this.#node(name);
    await node.stop();
    await node.wipe();
    await node.restart();
  }

  /** Registers one more node, with stake; it joins the committee at an epoch change. Answers its name. */
  addNode(frost: bigint = STAKE_FROST): Promise<string> {
    return this.#serially(async () => {
      const [node] = await this.#addNodes([frost]);
      await this.#save();
      node!.start();
      return node!.name;
    });
  }

  /** Gives a node more stake. */
  stake(name: string, frost: bigint): Promise<void> {
    return this.#serially(async () => {
      const { nodeId } = this.#node(name);
      const stakedWalId = await stakeWithNode(this.net.client, this.signer, await this.#current(), nodeId, frost);
      this.#stakesOf(name).push({ owner: 'operator', stakedWalId });
      await this.#save();
    });
  }

  /** Asks for all stake of a node back: it leaves the committee. */
  unstake(name: string): Promise<void> {
    return this.#serially(async () => {
      for (const { owner, stakedWalId } of this.#stakesOf(name).splice(0)) {
        const signer = owner === 'operator' ? this.signer : this.#node(name).identity.signer;
        await requestStakeWithdrawal(this.net.client, signer, await this.#current(), stakedWalId);
      }
      await this.#save();
    });
  }

  /** Gives a node another protocol key, which the next committee knows it by. */
  async rotateKey(name: string): Promise<void> {
    const node = this.#node(name);
    const rotation = (this.#rotations.get(name) ?? 0) + 1;
    const key = rotatedKey(this.#seed, name, rotation);
    node.addKey(key); // before the chain knows it: the node must be able to sign whatever happens next
    this.#rotations.set(name, rotation);
    await this.#save();
    await setNextProtocolKey(this.net.client, await this.#current(), node.identity, key);
  }

  /** Lets a node answer at another address, and tells the chain. */
  async moveNode(name: string): Promise<void> {
    const node = this.#node(name);
    await node.move();
    await setNetworkAddress(this.net.client, await this.#current(), node.identity, node.address);
    await this.#save();
  }

  /** Lets the nodes do now what audits and challenges ask of them. */
  settleAudits(): Promise<void> {
    return this.#serially(() => this.#settleAudits());
  }

  /** Waits until no running node has anything left to do that it can do now. */
  async settle(): Promise<void> {
    await Promise.all(this.#nodes.filter(({ running }) => running).map((node) => node.runtime.settle()));
  }

  /** Stops nodes and chain and removes the stores. */
  async stop(): Promise<void> {
    this.#stopEpochs?.();
    await this.#serially(() => Promise.resolve());
    await Promise.all(this.#nodes.map((node) => node.close()));
    await this.net.stop();
    if (this.#options.directory !== undefined) await rm(this.#options.directory, { recursive: true, force: true });
  }

  /** The first node that can sees to the steps that all share. Every node is tried, then the first failure is thrown. */
  async #settleAudits(): Promise<void> {
    if (this.audits === undefined) return;
    const failures: unknown[] = [];
    for (const node of this.#nodes) {
      if (node.running) await node.runtime.settleAudit().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** The deployment with the package that receives calls: it may have been upgraded since. */
  async #current(): Promise<Deployment> {
    const { packageId } = await this.state();
    return { ...this.deployment, packageId };
  }

  get #seed(): string {
    return this.#options.seed ?? DEFAULT_SEED;
  }

  /** Runs what uses the operator's coins, one after another. */
  #serially<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#lastTask.then(task);
    this.#lastTask = run.catch(() => undefined); // whoever asked hears of it; the next task starts afresh
    return run;
  }

  #node(name: string): LocalNode {
    const node = this.#nodes.find((one) => one.name === name);
    if (node === undefined) throw new RangeError(`there is no node ${name}`);
    return node;
  }

  #stakesOf(name: string): Stake[] {
    const stakes = this.#stakes.get(name) ?? [];
    this.#stakes.set(name, stakes);
    return stakes;
  }

  /** Goes on with the nodes of a saved network; their ports may have been taken meanwhile. */
  async #resume({ nodes }: SavedNetwork): Promise<void> {
    const { net } = this;
    if (this.#options.clockMs !== undefined) net.clock.advance(Math.max(0, this.#options.clockMs - net.clock.nowMs));
    this.#options.onStep?.('nodes');
    for (const [index, { name, nodeId, capId, address, rotations, stakes }] of nodes.entries()) {
      const options = this.#nodeOptions(index);
      const port = { kind: 'http' as const, port: Number(address.split(':')[1]), isPreferred: true };
      const node = await LocalNode.listen(
        { ...options, name, address: options.address.kind === 'memory' ? { kind: 'memory', address } : port },
        protocolKey(this.#seed, name),
      );
      for (let rotation = 1; rotation <= rotations; rotation++) node.addKey(rotatedKey(this.#seed, name, rotation));
      this.#nodes.push(node);
      this.#rotations.set(name, rotations);
      this.#stakesOf(name).push(...stakes);
      const identity = { nodeId, capId, signer: accountKey(this.#seed, name) };
      if (node.address !== address) await setNetworkAddress(net.client, await this.#current(), identity, node.address);
      await node.open(identity);
    }
    await this.#save();
    for (const node of this.#nodes) node.start();
    this.#isResumed = true;
  }

  /** Writes down what a later start needs, if there is to be one. */
  async #save(): Promise<void> {
    const { data } = this.#options;
    if (data === undefined) return;
    await saveNetwork(data, {
      seed: this.#seed,
      deployment: this.deployment,
      ...(this.audits === undefined ? {} : { audits: this.audits }),
      nodes: this.#nodes.map(({ name, nodeId, address, identity }) => ({
        ...{ name, nodeId, address, capId: identity.capId },
        rotations: this.#rotations.get(name) ?? 0,
        stakes: [...this.#stakesOf(name)],
      })),
    });
  }

  /** Starts and registers nodes with the stakes given. */
  async #addNodes(stakes: readonly bigint[]): Promise<LocalNode[]> {
    const { net, deployment, signer } = this;
    const added: LocalNode[] = [];
    while (added.length < stakes.length) {
      const options = this.#nodeOptions(this.#nodes.length);
      const node = await LocalNode.listen(options, protocolKey(this.#seed, options.name));
      this.#nodes.push(node);
      added.push(node);
    }
    const signers = added.map(({ name }) => accountKey(this.#seed, name));
    await fund(
      net.client,
      signer,
      deployment.walType,
      signers.map((one, index) => ({ address: one.toSuiAddress(), mist: 100n * MIST_PER_SUI, frost: stakes[index]! })),
    );
    const current = await this.#current();
    for (const [index, node] of added.entries()) {
      const { nodeId, capId, stakedWalId } = await registerNode(net.client, current, {
        name: node.name,
        networkAddress: node.address,
        protocolKey: node.latestKey,
        networkPublicKey: networkPublicKey(this.#seed, node.name),
        signer: signers[index]!,
        stakeFrost: stakes[index]!,
        commissionBasisPoints: COMMISSION_BASIS_POINTS,
        storagePrice: STORAGE_PRICE,
        writePrice: WRITE_PRICE,
        capacityBytes: NODE_CAPACITY_BYTES,
      });
      this.#stakesOf(node.name).push({ owner: 'node', stakedWalId });
      await node.open({ nodeId, capId, signer: signers[index]! });
    }
    return added;
  }

  #nodeOptions(index: number) {
    const { directory, data, environmentOf, intercept, log, transport, nodePort, pollMs, maintenance } = this.#options;
    const environment: NodeEnvironment = { ...processEnvironment, ...this.#options.environment, fetch: this.fetch };
    const parent = data === undefined ? directory : path.join(data, NODES_DIRECTORY);
    const { audits } = this.#options;
    const repairs = typeof audits !== 'object' || audits.repairs !== false;
    const name = `node-${index}`;
    return {
      name,
      address:
        transport === 'memory'
          ? { kind: 'memory' as const, address: `${name}.local:${9185 + index}` }
          : { kind: 'http' as const, port: nodePort?.(index) ?? 0 },
      directory: parent === undefined ? undefined : path.join(parent, name),
      client: this.net.client,
      deployment: this.deployment,
      audits: this.audits && { ids: this.audits, repairs },
      environment: environmentOf?.(name, environment) ?? environment,
      encoderFor: (shardCount: number) => this.#encoderFor(shardCount),
      maintenance: { ...MAINTENANCE, ...maintenance },
      pollMs: pollMs ?? NODE_POLL_MS,
      log: log?.(name) ?? silent,
      intercept: (handle: Handler) => intercept?.(name, handle) ?? handle,
    };
  }

  /** Nodes and clients of one process share an encoder: it keeps tables. */
  #encoderFor(shardCount: number): BlobEncoder {
    const { encoderThreads: threads } = this.#options;
    const encoder = this.#encoders.get(shardCount) ?? new BlobEncoder(shardCount, threads === undefined ? {} : { threads });
    this.#encoders.set(shardCount, encoder);
    return encoder;
  }
}

/** The protocol key of a node after it was changed so many times. */
function rotatedKey(seed: string, name: string, rotation: number): BlsKeyPair {
  return protocolKey(seed, `${name} rotation ${rotation}`);
}

function onTimer(action: () => void, delayMs: number): () => void {
  const timer = setTimeout(action, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}
