/**
 * A storage node, whole: store, view of the chain, rules, HTTP API, and what it does by itself. Everything outside
 * is passed in, so the same node runs as a program, in a local network and in a simulation.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Hono } from 'hono';
import type { BlobEncoder } from '../encoding/index.js';
import type { BlsKeyPair, DeploymentIds } from '../protocol/index.js';
import { createNodeApp } from './app.js';
import type { AuditActions } from './audit-actions.js';
import { AuditSets, mountAuditRoutes } from './audit-set.js';
import { Auditor } from './auditor.js';
import { BlobRecovery } from './blob-recovery.js';
import type { ChainActions } from './chain-actions.js';
import { ChainFollower } from './chain-follower.js';
import { processEnvironment, type NodeEnvironment } from './environment.js';
import { dueCall, MAX_JITTER_MS } from './epoch-clock.js';
import { healthReport, nodeStatus } from './health.js';
import type { RequestLimits } from './limits.js';
import { errorFields, silent, type Log } from './log.js';
import { DEFAULT_MAINTENANCE, Maintenance, type MaintenanceOptions } from './maintenance.js';
import { NodeMetrics } from './metrics.js';
import { NodeContext } from './node-context.js';
import { Peers } from './peers.js';
import type { PendingLimits } from './pending-cache.js';
import { Pump } from './pump.js';
import { ShardSource } from './shard-source.js';
import { ShardTransfer } from './shard-transfer.js';
import { StorageNode } from './storage-node.js';
import type { NodeStore } from './store.js';
import { SymbolSource } from './symbols.js';

export interface NodeRuntimeOptions {
  readonly nodeId: string;
  /** Current protocol key, then the one it is being rotated to. */
  readonly protocolKeys: readonly [BlsKeyPair, ...BlsKeyPair[]];
  readonly store: NodeStore;
  readonly client: ClientWithCoreApi;
  readonly ids: DeploymentIds;
  readonly actions: ChainActions;
  readonly environment?: NodeEnvironment;
  readonly log?: Log;
  /** Scheme of the other nodes' addresses. */
  readonly urlScheme?: 'http' | 'https';
  readonly pollMs?: number;
  readonly maintenance?: Partial<MaintenanceOptions>;
  readonly limits?: Partial<RequestLimits>;
  readonly pendingLimits?: PendingLimits;
  readonly longPollMs?: number;
  /** Serves `/metrics` with the API. */
  readonly serveMetrics?: boolean;
  readonly isBlocked?: (blobId: Uint8Array) => boolean;
  readonly encoderFor?: (shardCount: number) => BlobEncoder;
  /**
   * The chain's clock, ms, as the node knows it. With it the node moves epochs on when they are due; without it
   * somebody else has to.
   */
  readonly epochClockMs?: () => bigint;
  /** Takes part in audits. `repairs: false` lets it answer only with what it has. */
  readonly audit?: { readonly actions: AuditActions; readonly repairs?: boolean };
}

const DEFAULT_POLL_MS = 400;

export class NodeRuntime {
  readonly context: NodeContext;
  readonly node: StorageNode;
  readonly app: Hono;
  readonly #follower: ChainFollower;
  readonly #maintenance: Maintenance;
  readonly #epochs: Pump | undefined;
  readonly #auditor: Auditor | undefined;
  readonly #startedAtMs: number;
  readonly #pollMs: number;

  constructor(options: NodeRuntimeOptions) {
    const { environment = processEnvironment, log = silent, store, actions } = options;
    const metrics = new NodeMetrics();
    this.#startedAtMs = environment.now();
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
    this.#follower = new ChainFollower({
      ...{ client: options.client, ids: options.ids, store, environment, metrics, log },
      onRegistered: (blobIds) => this.#flush(blobIds),
      onAdvance: () => this.#wake(),
    });
    this.context = new NodeContext({ ...options, chain: this.#follower, environment, metrics, log });
    this.node = new StorageNode(this.context, {
      ...(options.pendingLimits === undefined ? {} : { pendingLimits: options.pendingLimits }),
      ...(options.longPollMs === undefined ? {} : { longPollMs: options.longPollMs }),
    });
    const peers = new Peers(environment, metrics, options.urlScheme ?? 'https');
    const recovery = new BlobRecovery(this.context, peers, actions);
    const transfer = new ShardTransfer(this.context, peers, recovery);
    const maintenance = { ...DEFAULT_MAINTENANCE, ...options.maintenance };
    this.#maintenance = new Maintenance(this.context, transfer, recovery, actions, maintenance);
    this.app = createNodeApp(
      {
        node: this.node,
        symbols: new SymbolSource(this.context),
        shards: new ShardSource(this.context),
        health: (detailed) => this.health(detailed),
      },
      {
        onDefect: (error) => log('error', 'defect', { ...errorFields(error), stack: error.stack }),
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...(options.serveMetrics === undefined ? {} : { metrics: options.serveMetrics }),
      },
    );
    const { epochClockMs, audit } = options;
    if (audit !== undefined) {
      const sets = new AuditSets(this.context, peers);
      mountAuditRoutes(this.app, this.context, sets);
      const repair = (blobId: Uint8Array, shard: number) => recovery.recover(blobId, [shard]);
      this.#auditor = new Auditor(this.context, sets, audit.actions, audit.repairs === false ? {} : { repair });
    }
    if (epochClockMs !== undefined) {
      this.#epochs = new Pump(() => this.#moveEpoch(actions, epochClockMs), {
        environment,
        retryMs: 5000,
        maxRetryMs: 300_000,
        onError: (error) => log('info', 'epoch not moved on', errorFields(error)),
      });
    }
    metrics.onRender(() => this.#refresh(metrics));
  }

  /** Epoch and shards are known from here on. */
  async open(): Promise<void> {
    await this.#follower.sync();
  }

  /** Follows the chain and looks after what is stored, until `stop`. */
  start(): void {
    this.#follower.start(this.#pollMs);
  }

  async stop(): Promise<void> {
    await this.#follower.stop();
    await Promise.all([this.#epochs?.stop(), this.#auditor?.stop(), this.#maintenance.stop()]);
  }

  /**
   * Sees the chain as it is now, and deals with its shards as far as that is possible now. Answers the last epoch
   * that was attested.
   */
  async settleShards(): Promise<number> {
    await this.#follower.sync();
    await this.#maintenance.settleShards();
    return this.context.store.milestone('attested');
  }

  /** The same for everything that is left to do, blobs included. */
  async settle(): Promise<void> {
    await this.#follower.sync();
    await this.#maintenance.settle();
  }

  /** Does now what the audit of the epoch asks of this node, common steps included. */
  async settleAudit(): Promise<void> {
    await this.#follower.sync();
    await this.#auditor?.run({ hurry: true });
  }

  health(detailed: boolean): unknown {
    const uptimeMs = this.context.environment.now() - this.#startedAtMs;
    return healthReport(this.context, { uptimeMs, checkpoint: this.#follower.checkpoint }, detailed);
  }

  #wake(): void {
    this.#maintenance.wake();
    this.#epochs?.wake();
    this.#auditor?.wake();
  }

  #flush(blobIds: readonly Uint8Array[]): void {
    for (const blobId of blobIds) {
      this.node
        .flushPending(blobId)
        .catch((error: unknown) => this.context.log('error', 'buffered data is lost', errorFields(error)));
    }
  }

  /** Makes the call that is due, a random time after it is. Somebody else may be faster: then it fails, and is no longer due. */
  async #moveEpoch(actions: ChainActions, clockMs: () => bigint): Promise<number | undefined> {
    const { state } = this.#follower;
    const { environment } = this.context;
    const jitterMs = BigInt(Math.floor(environment.random() * Math.min(MAX_JITTER_MS, Number(state.epochDurationMs) / 20)));
    const due = dueCall(state, clockMs() - jitterMs);
    if (due !== undefined) {
      await actions[due]();
      await this.#follower.sync();
    }
    return Math.max(this.#pollMs, Number(state.epochDurationMs) / 100);
  }

  #refresh(metrics: NodeMetrics): void {
    const { context } = this;
    metrics.uptime.set((context.environment.now() - this.#startedAtMs) / 1000);
    metrics.epoch.set(context.epoch);
    metrics.nodeStatus.clear();
    metrics.nodeStatus.set(1, { status: nodeStatus(context) });
    metrics.shards.clear();
    for (const { status } of context.store.shardStates().values()) metrics.shards.add(1, { status });
    metrics.recoveryBacklog.set(context.store.attention(undefined, 10_000).length);
  }
}
