/**
 * A whole network in one process: embedded Sui network, deployed contracts, storage nodes in committee, a
 * client with a funded account. What `npm start` shows and the end-to-end tests run against.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { Hono } from 'hono';
import { HauloutClient, type Fetch, type HauloutClientOptions } from '../client/index.js';
import { LocalNet } from '../localnet/index.js';
import {
  ChainFollower,
  createNodeApp,
  LmdbStore,
  MemoryStore,
  serveApp,
  StorageNode,
  type NodeStore,
  type RunningServer,
} from '../node/index.js';
import {
  ChainReader,
  deployContracts,
  fund,
  registerNode,
  type ChainState,
  type Deployment,
} from '../protocol/index.js';
import { contractCompiler } from './contracts.js';
import { EpochDriver, type EpochReport } from './epochs.js';
import { accountKey, networkPublicKey, protocolKey } from './keys.js';

const MIST_PER_SUI = 1_000_000_000n;
const FROST_PER_WAL = 1_000_000_000n;
/** Every node stakes the same, so shards are spread evenly. */
const STAKE_FROST = 1_000n * FROST_PER_WAL;
const STORAGE_PRICE = 11_000n;
const WRITE_PRICE = 20_000n;
const NODE_CAPACITY_BYTES = 1n << 40n;
const COMMISSION_BASIS_POINTS = 1000;
const MAX_EPOCHS_AHEAD = 53;
const NODE_POLL_MS = 400;

export interface ClusterOptions {
  readonly nodeCount?: number;
  readonly shardCount?: number;
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
  /** Framework folder for the chain and the contracts. */
  readonly framework?: string;
  /** Told when a step begins; an error that it throws ends the start. */
  readonly onStep?: (step: ClusterStep) => void;
  /** Wraps the way to a node, for fault injection. */
  readonly intercept?: (nodeName: string, handle: Handler) => Handler;
}

/** Steps of a start, in order. */
export type ClusterStep = 'chain' | 'contracts' | 'nodes' | 'committee';

/** Answers one HTTP request. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** One storage node of the cluster. */
export interface ClusterNode {
  readonly name: string;
  readonly nodeId: string;
  readonly address: string;
  readonly node: StorageNode;
  readonly store: NodeStore;
  readonly running: boolean;
}

interface NodeParts extends ClusterNode {
  running: boolean;
  readonly follower: ChainFollower;
  readonly capId: string;
  readonly handle: Handler;
  readonly signer: Ed25519Keypair;
  server: RunningServer | undefined;
}

/** A node that was started before it is registered: its address must be known first. */
interface Listener {
  readonly name: string;
  readonly server: RunningServer | undefined;
  readonly address: string;
  /** Set once the node exists. */
  handle: Handler;
}

const notReady: Handler = () => new Response('the node is not registered yet', { status: 503 });

export class Cluster {
  readonly #nodes: NodeParts[] = [];
  readonly #options: ClusterOptions;
  readonly #epochs: EpochDriver;
  /** The operator's last task: its coins can pay for one transaction at a time. */
  #lastTask: Promise<unknown> = Promise.resolve();
  #stopEpochs: (() => void) | undefined;

  private constructor(
    readonly net: LocalNet,
    readonly deployment: Deployment,
    /** Holds SUI and the rest of the WAL supply. */
    readonly signer: Ed25519Keypair,
    options: ClusterOptions,
  ) {
    this.#options = options;
    this.#epochs = new EpochDriver({
      client: net.client,
      deployment,
      signer,
      members: () => this.#nodes.map((parts) => ({ ...parts, sync: () => parts.follower.sync() })),
      state: () => this.state(),
      nowMs: () => net.ledger.timestampMs,
      advanceClock: (ms) => void net.clock.advance(ms),
    });
  }

  /** Starts everything; on failure nothing is left running. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const { nodeCount = 10, shardCount = 100, seed = 'haulout', onStep } = options;
    onStep?.('chain');
    const framework = options.framework === undefined ? {} : { framework: options.framework };
    const net = await LocalNet.start({ seed, ...framework });
    const listeners: Listener[] = [];
    let cluster: Cluster | undefined;
    try {
      const signer = accountKey(seed, 'operator');
      await net.faucet(signer.toSuiAddress(), 100_000n * MIST_PER_SUI);
      onStep?.('contracts');
      const deployment = await deployContracts(net.client, signer, contractCompiler(framework), {
        shardCount,
        epochDurationMs: options.epochDurationMs ?? 86_400_000n,
        epochZeroDurationMs: 0n,
        maxEpochsAhead: MAX_EPOCHS_AHEAD,
      });
      if (options.clockMs !== undefined) net.clock.advance(Math.max(0, options.clockMs - net.clock.nowMs));
      cluster = new Cluster(net, deployment, signer, options);
      onStep?.('nodes');
      for (let index = 0; index < nodeCount; index++) listeners.push(await listen(`node-${index}`, index, options));
      await cluster.#addNodes(seed, listeners);
      onStep?.('committee');
      await cluster.#formCommittee();
      return cluster;
    } catch (error) {
      await Promise.allSettled(listeners.map(({ server }) => server?.close()));
      const parts = cluster === undefined ? [] : cluster.#nodes;
      await Promise.allSettled(parts.map(({ follower }) => follower.stop()));
      await Promise.allSettled(parts.map(({ store }) => store.close()));
      await net.stop();
      throw error;
    }
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  /** How the cluster's nodes are reached: sockets, or their apps. */
  get fetch(): Fetch {
    if (this.#options.transport !== 'memory') return (url, init) => fetch(url, init);
    return async (url, init) => {
      const { host } = new URL(url);
      const parts = this.#nodes.find(({ address }) => address === host);
      if (parts === undefined || !parts.running) throw new TypeError(`connect ECONNREFUSED ${host}`);
      init.signal?.throwIfAborted();
      return parts.handle(new Request(url, init));
    };
  }

  /** A client of this cluster. */
  client(options: Partial<HauloutClientOptions> = {}): HauloutClient {
    return new HauloutClient({
      client: this.net.client,
      ids: this.deployment,
      fetch: this.fetch,
      urlScheme: 'http',
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
    return this.#serially(() => this.#epochs.next());
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
    const parts = this.#parts(name);
    if (!parts.running) return;
    parts.running = false;
    await parts.follower.stop();
    await parts.server?.close();
    parts.server = undefined;
  }

  /** Starts a stopped node again at its old address. */
  async startNode(name: string): Promise<void> {
    const parts = this.#parts(name);
    if (parts.running) return;
    if (this.#options.transport !== 'memory') {
      const [host, port] = parts.address.split(':');
      parts.server = await serveApp({ fetch: parts.handle } as Hono, host, Number(port));
    }
    await parts.follower.sync();
    parts.running = true;
    parts.follower.start(onTimer, NODE_POLL_MS);
  }

  /** Stops nodes and chain and removes the stores. */
  async stop(): Promise<void> {
    this.#stopEpochs?.();
    await this.#serially(() => Promise.resolve());
    for (const { name } of this.#nodes) await this.stopNode(name);
    await Promise.all(this.#nodes.map(({ store }) => store.close()));
    await this.net.stop();
    if (this.#options.directory !== undefined) await rm(this.#options.directory, { recursive: true, force: true });
  }

  /** Runs what uses the operator's coins, one after another. */
  #serially<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#lastTask.then(task);
    this.#lastTask = run.catch(() => undefined); // whoever asked hears of it; the next task starts afresh
    return run;
  }

  #parts(name: string): NodeParts {
    const parts = this.#nodes.find((one) => one.name === name);
    if (parts === undefined) throw new RangeError(`there is no node ${name}`);
    return parts;
  }

  async #addNodes(seed: string, listeners: readonly Listener[]): Promise<void> {
    const { net, deployment, signer } = this;
    const signers = listeners.map(({ name }) => accountKey(seed, name));
    await fund(
      net.client,
      signer,
      deployment.walType,
      signers.map((one) => ({ address: one.toSuiAddress(), mist: 100n * MIST_PER_SUI, frost: STAKE_FROST })),
    );
    for (const [index, listener] of listeners.entries()) {
      const { name, address, server } = listener;
      const key = protocolKey(seed, name);
      const registered = await registerNode(net.client, deployment, {
        name,
        networkAddress: address,
        protocolKey: key,
        networkPublicKey: networkPublicKey(seed, name),
        signer: signers[index]!,
        stakeFrost: STAKE_FROST,
        commissionBasisPoints: COMMISSION_BASIS_POINTS,
        storagePrice: STORAGE_PRICE,
        writePrice: WRITE_PRICE,
        capacityBytes: NODE_CAPACITY_BYTES,
      });
      const store = await this.#openStore(name);
      const follower = new ChainFollower({
        client: net.client,
        ids: deployment,
        store,
        onError: (error) => process.emitWarning(`${name}: ${String(error)}`),
      });
      const node = new StorageNode({ nodeId: registered.nodeId, protocolKey: key, store, chain: follower });
      const startedAt = performance.now();
      const app = createNodeApp(node, {
        onDefect: (error) => process.emitWarning(error),
        uptimeMs: () => performance.now() - startedAt,
      });
      const direct: Handler = (request) => app.fetch(request);
      listener.handle = this.#options.intercept?.(name, direct) ?? direct;
      this.#nodes.push({
        name,
        nodeId: registered.nodeId,
        address,
        node,
        store,
        follower,
        capId: registered.capId,
        server,
        running: true,
        handle: (request) => listener.handle(request),
        signer: signers[index]!,
      });
    }
  }

  async #formCommittee(): Promise<void> {
    await this.nextEpoch();
    for (const { follower } of this.#nodes) follower.start(onTimer, NODE_POLL_MS);
  }

  async #openStore(name: string): Promise<NodeStore> {
    if (this.#options.directory === undefined) return new MemoryStore();
    const directory = path.join(this.#options.directory, name);
    await mkdir(directory, { recursive: true });
    return new LmdbStore(directory);
  }
}

async function listen(name: string, index: number, options: ClusterOptions): Promise<Listener> {
  if (options.transport === 'memory') {
    return { name, server: undefined, address: `${name}.local:${9185 + index}`, handle: notReady };
  }
  const listener: { -readonly [Key in keyof Listener]: Listener[Key] } = {
    name,
    server: undefined,
    address: '',
    handle: notReady,
  };
  const handle = { fetch: (request: Request) => listener.handle(request) } as Hono;
  listener.server = await serveApp(handle, '127.0.0.1', options.nodePort?.(index) ?? 0);
  listener.address = listener.server.address;
  return listener;
}

function onTimer(action: () => void, delayMs: number): () => void {
  const timer = setTimeout(action, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}
