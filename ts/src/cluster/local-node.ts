/** One storage node of a local network: its keys, its store, its address, and the process-like life it leads. */
import { mkdir, rm } from 'node:fs/promises';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Hono } from 'hono';
import type { BlobEncoder } from '../encoding/index.js';
import {
  createAuditActions,
  createChainActions,
  LmdbStore,
  MemoryStore,
  NodeRuntime,
  serveApp,
  type Log,
  type MaintenanceOptions,
  type NodeEnvironment,
  type NodeStore,
  type RunningServer,
  type StorageNode,
} from '../node/index.js';
import type { AuditIds, BlsKeyPair, Deployment } from '../protocol/index.js';

/** Answers one HTTP request. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** Who the node is on chain. */
export interface NodeIdentity {
  readonly nodeId: string;
  readonly capId: string;
  readonly signer: Ed25519Keypair;
}

/** A port of the loopback interface; with `isPreferred`, another one when it is taken. */
export interface HttpAddress {
  readonly kind: 'http';
  readonly port: number;
  readonly isPreferred?: boolean;
}

export interface LocalNodeOptions {
  readonly name: string;
  /** Where it is reached: a socket on the loopback interface, or a name for calls in memory. */
  readonly address: HttpAddress | { readonly kind: 'memory'; readonly address: string };
  /** Folder of its store; without it everything is in memory. */
  readonly directory: string | undefined;
  readonly client: ClientWithCoreApi;
  readonly deployment: Deployment;
  /** Storage challenges that it takes part in; whether it rebuilds what it finds missing. */
  readonly audits: { readonly ids: AuditIds; readonly repairs: boolean } | undefined;
  readonly environment: NodeEnvironment;
  readonly encoderFor: (shardCount: number) => BlobEncoder;
  readonly maintenance: Partial<MaintenanceOptions>;
  readonly pollMs: number;
  readonly log: Log;
  /** Wraps the way to the node, for fault injection. */
  readonly intercept: (handle: Handler) => Handler;
}

const HOST = '127.0.0.1';
const notReady: Handler = () => new Response('the node is not running', { status: 503 });

export class LocalNode {
  readonly #options: LocalNodeOptions;
  /** Current protocol key first; a key that takes over later is added behind. */
  readonly #keys: [BlsKeyPair, ...BlsKeyPair[]];
  readonly #handle: Handler;
  #identity: NodeIdentity | undefined;
  #store: NodeStore | undefined;
  #runtime: NodeRuntime | undefined;
  #server: RunningServer | undefined;
  #address: string;
  #running = false;

  private constructor(options: LocalNodeOptions, key: BlsKeyPair) {
    this.#options = options;
    this.#keys = [key];
    this.#address = options.address.kind === 'memory' ? options.address.address : '';
    this.#handle = options.intercept((request) => this.#runtime?.app.fetch(request) ?? notReady(request));
  }

  /** Takes an address, which has to be known before the node can be registered. */
  static async listen(options: LocalNodeOptions, key: BlsKeyPair): Promise<LocalNode> {
    const node = new LocalNode(options, key);
    if (options.address.kind === 'http') await node.#listen(options.address);
    return node;
  }

  get name(): string {
    return this.#options.name;
  }

  /** `host:port`. */
  get address(): string {
    return this.#address;
  }

  get running(): boolean {
    return this.#running;
  }

  /** The key that it signs with now, or will. */
  get latestKey(): BlsKeyPair {
    return this.#keys.at(-1)!;
  }

  get identity(): NodeIdentity {
    return known(this.#identity, 'is not registered');
  }

  get nodeId(): string {
    return this.identity.nodeId;
  }

  get runtime(): NodeRuntime {
    return known(this.#runtime, 'has not been started');
  }

  get node(): StorageNode {
    return this.runtime.node;
  }

  get store(): NodeStore {
    return known(this.#store, 'has not been started');
  }

  /** Answers a request as if it came over the network. */
  handle(request: Request): Response | Promise<Response> {
    return this.#handle(request);
  }

  /** Makes it the node that was registered, with the store it had. */
  async open(identity: NodeIdentity): Promise<void> {
    this.#identity = identity;
    this.#store = await this.#openStore();
    await this.#boot();
  }

  /** From here on it follows the chain by itself. */
  start(): void {
    this.runtime.start();
  }

  /** It answers nothing any more; its store stays. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.runtime.stop();
    await this.#server?.close();
    this.#server = undefined;
  }

  /** Runs again at its old address. */
  async restart(): Promise<void> {
    if (this.#running) return;
    if (this.#options.address.kind === 'http') await this.#serve(Number(this.#address.split(':')[1]));
    await this.#boot();
    this.start();
  }

  /** Loses everything it stored. It has to be stopped. */
  async wipe(): Promise<void> {
    await this.store.close();
    if (this.#options.directory !== undefined) await rm(this.#options.directory, { recursive: true, force: true });
    this.#store = await this.#openStore();
  }

  /** A key that the committee will know it by. */
  addKey(key: BlsKeyPair): void {
    this.#keys.push(key);
  }

  /** Answers at another address from now on; peers have to be told. */
  async move(): Promise<void> {
    if (this.#options.address.kind === 'memory') {
      const [host, port] = this.#address.split(':');
      this.#address = `moved-${host}:${port}`;
      return;
    }
    const old = this.#server;
    await this.#serve(0);
    await old?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#server?.close();
    this.#server = undefined;
    await this.#store?.close();
  }

  async #listen({ port, isPreferred }: HttpAddress): Promise<void> {
    await this.#serve(port).catch(async (error: NodeJS.ErrnoException) => {
      if (isPreferred !== true || error.code !== 'EADDRINUSE') throw error;
      await this.#serve(0);
    });
  }

  async #serve(port: number): Promise<void> {
    this.#server = await serveApp({ fetch: (request: Request) => this.#handle(request) } as Hono, HOST, port);
    this.#address = this.#server.address;
  }

  async #boot(): Promise<void> {
    const { client, deployment, environment, encoderFor, maintenance, pollMs, log, audits } = this.#options;
    const { nodeId, capId, signer } = this.identity;
    const actions = createChainActions(client, deployment, { signer, capId });
    const audit = audits && { actions: createAuditActions(client, audits.ids, { nodeId, capId, send: actions.send }), repairs: audits.repairs };
    const runtime = new NodeRuntime({
      ...{ nodeId, protocolKeys: this.#keys, store: this.store, client, ids: deployment, environment, encoderFor },
      ...{ maintenance, pollMs, log, urlScheme: 'http' },
      actions,
      ...(audit === undefined ? {} : { audit }),
    });
    await runtime.open();
    this.#runtime = runtime;
    this.#running = true;
  }

  async #openStore(): Promise<NodeStore> {
    const { directory } = this.#options;
    if (directory === undefined) return new MemoryStore();
    await mkdir(directory, { recursive: true });
    return new LmdbStore(directory);
  }
}

function known<T>(value: T | undefined, state: string): T {
  if (value === undefined) throw new Error(`the node ${state}`);
  return value;
}
