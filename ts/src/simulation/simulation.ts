/**
 * A whole network on virtual time: the nodes, the client and the chain of `cluster`, with clock, chance and network
 * replaced. Every run begins with the same chain and empty stores, so a run depends on its seed and its story alone.
 * The chain is reached directly, not over the simulated network, and keeps its own clock, which epochs move.
 */
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { HauloutClient, HauloutClientOptions } from '../client/index.js';
import { accountKey, Cluster, protocolKey, type ClusterNode, type EpochReport, type Handler } from '../cluster/index.js';
import { BlobEncoder } from '../encoding/index.js';
import type { Log, NodeEnvironment } from '../node/index.js';
import { EventLog } from './event-log.js';
import { withFault, type AnswerFault, type FaultKind } from './faults.js';
import { SimulatedNetwork } from './network.js';
import { seededRandom } from './random.js';
import { VirtualClock } from './virtual-clock.js';

export interface SimulationOptions {
  readonly nodeCount: number;
  readonly shardCount: number;
  /** Seed of keys and chain; runs have seeds of their own. */
  readonly seed?: string;
}

/** How a run went. */
export interface RunReport {
  readonly seed: string;
  /** SHA-256 of the ordered events, hex: the same for the same seed and story. */
  readonly hash: string;
  readonly eventCount: number;
  readonly virtualMs: number;
}

/** What happens in a run. What it throws, the run throws. */
export type Story = (world: World) => Promise<void>;

/** How nodes look after their blobs in virtual time. */
const MAINTENANCE = { uploadGraceMs: 3000, retryMs: 500, maxRetryMs: 5000 };
const POLL_MS = 2000;
const SECOND_ACCOUNT = 'second writer';

export class Simulation {
  #world: World | undefined;

  private constructor(
    readonly cluster: Cluster,
    readonly seed: string,
    private readonly baseline: number,
  ) {}

  /** Starts the network that all runs begin with. */
  static async start({ nodeCount, shardCount, seed = 'simulation' }: SimulationOptions): Promise<Simulation> {
    let simulation: Simulation | undefined;
    const current = () => simulation?.world;
    const idle = new VirtualClock();
    const cluster = await Cluster.start({
      ...{ nodeCount, shardCount, seed, transport: 'memory', pollMs: POLL_MS, maintenance: MAINTENANCE },
      encoderThreads: 1, // threads take real time, which virtual time must not depend on
      environmentOf: (name, outside) => {
        const environment = (): Omit<NodeEnvironment, 'fetch'> =>
          current()?.environmentOf(name) ?? { now: idle.now, schedule: idle.schedule, random: () => 0.5 };
        return {
          now: () => environment().now(),
          schedule: (action, delayMs) => environment().schedule(action, delayMs),
          random: () => environment().random(),
          fetch: (url, init) => (current()?.network.fetchFrom(name) ?? outside.fetch)(url, init),
        };
      },
      intercept: (name, handle) => (request) => (current()?.handlerOf(name, handle) ?? handle)(request),
      log: (name): Log => (level, message, fields) => current()?.note(`${name} ${level} ${message} ${JSON.stringify(fields ?? {})}`),
    });
    try {
      await cluster.fund(accountKey(seed, SECOND_ACCOUNT).toSuiAddress(), { mist: 10n ** 12n, frost: 10n ** 12n });
      await new BlobEncoder(shardCount).encode(new Uint8Array(1)); // loading kernels takes real time
      simulation = new Simulation(cluster, seed, cluster.net.snapshot());
      return simulation;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get world(): World | undefined {
    return this.#world;
  }

  /** Runs a story from the beginning. */
  async run(seed: string, story: Story): Promise<RunReport> {
    const { cluster } = this;
    await this.#stopNodes();
    cluster.net.revert(this.baseline);
    const world = new World(cluster, this.seed, seed);
    this.#world = world;
    for (const { name } of cluster.nodes) await world.time(cluster.wipeNode(name));
    await world.time(cluster.settle());
    await world.time(story(world));
    world.note(`end at checkpoint ${cluster.net.ledger.checkpointCount}`);
    return { seed, hash: world.log.hash, eventCount: world.log.count, virtualMs: world.clock.nowMs };
  }

  async stop(): Promise<void> {
    await this.#stopNodes();
    await this.cluster.stop();
  }

  /** Nothing of the last run may reach into the next. */
  async #stopNodes(): Promise<void> {
    const { cluster } = this;
    const world = this.#world;
    const stopped = Promise.all(cluster.nodes.map(({ name }) => cluster.stopNode(name)));
    if (world === undefined) {
      await stopped;
      return;
    }
    world.network.heal();
    await world.clock.run(stopped);
  }
}

/** One run: its time, its chance, its network, and what is wrong with whom. */
export class World {
  readonly clock = new VirtualClock();
  readonly log = new EventLog();
  readonly network: SimulatedNetwork;
  readonly #random = new Map<string, () => number>();
  readonly #faults = new Map<string, AnswerFault>();
  /** Handlers with their fault, which may remember something. */
  readonly #handlers = new Map<string, Handler>();
  readonly #speeds = new Map<string, number>();

  constructor(
    readonly cluster: Cluster,
    private readonly clusterSeed: string,
    readonly seed: string,
  ) {
    const names = new Map(cluster.nodes.map(({ address, name }) => [address, name]));
    this.network = new SimulatedNetwork({
      ...{ seed, clock: this.clock, log: this.log, deliver: cluster.fetch },
      nameOf: (host) => names.get(host) ?? host,
    });
  }

  /** Holds SUI and WAL. */
  get writer(): Ed25519Keypair {
    return this.cluster.signer;
  }

  /** Another account that does. */
  get secondWriter(): Ed25519Keypair {
    return accountKey(this.clusterSeed, SECOND_ACCOUNT);
  }

  node(name: string): ClusterNode {
    const node = this.cluster.nodes.find((one) => one.name === name);
    if (node === undefined) throw new RangeError(`there is no node ${name}`);
    return node;
  }

  /** A client with the time, the chance and the network of this run. */
  client(options: Partial<HauloutClientOptions> = {}, name = 'client'): HauloutClient {
    return this.cluster.client({
      ...{ fetch: this.network.fetchFrom(name), now: this.clock.now, sleep: this.clock.sleep },
      random: this.#chance(name),
      ...options,
    });
  }

  /** Lets time pass until the work is done. */
  time<T>(work: Promise<T>, limitMs?: number): Promise<T> {
    return this.clock.run(work, limitMs);
  }

  /** Gives a node a fault, or takes its fault from it. */
  async setFault(name: string, kind: FaultKind | undefined): Promise<void> {
    this.note(`${name} fault ${kind ?? 'none'}`);
    this.#faults.delete(name);
    this.#handlers.delete(name);
    if (kind === 'crash') {
      await this.cluster.stopNode(name);
      return;
    }
    await this.cluster.startNode(name);
    if (kind !== undefined) this.#faults.set(name, kind);
  }

  /** How fast a node's clock goes: 1 as all others, 0 not at all. Holds for waits that begin from now on. */
  setClockSpeed(name: string, speed: number): void {
    this.#speeds.set(name, speed);
  }

  nextEpoch(): Promise<EpochReport> {
    return this.cluster.nextEpoch();
  }

  /** Adds an event. */
  note(event: string): void {
    this.log.add(this.clock.nowMs, event);
  }

  environmentOf(name: string): Omit<NodeEnvironment, 'fetch'> {
    const { clock } = this;
    const speed = this.#speeds.get(name) ?? 1;
    return {
      now: () => clock.nowMs * speed,
      schedule: (action, delayMs) => (speed === 0 ? () => undefined : clock.schedule(action, delayMs / speed)),
      random: this.#chance(name),
    };
  }

  handlerOf(name: string, handle: Handler): Handler {
    const kind = this.#faults.get(name);
    if (kind === undefined) return handle;
    const handler =
      this.#handlers.get(name) ??
      withFault(kind, handle, {
        schedule: this.clock.schedule,
        random: this.#chance(`fault of ${name}`),
        protocolKey: protocolKey(this.clusterSeed, name),
      });
    this.#handlers.set(name, handler);
    return handler;
  }

  #chance(label: string): () => number {
    const random = this.#random.get(label) ?? seededRandom(this.seed, label);
    this.#random.set(label, random);
    return random;
  }
}
