/**
 * Rebuilding slivers that should be here (HTTP specification §4.5): metadata and recovery symbols from other
 * nodes, each verified, decoded, stored. What does not decode to what the metadata says proves that the blob was
 * encoded inconsistently.
 */
import {
  blobIdToText,
  decodeSliverData,
  encodeBlobMetadata,
  encodeSliverData,
  EncodingError,
  NotEnoughSymbolsError,
  orthogonalAxis,
  pairOfShard,
  RecoveredSliverMismatchError,
  shardOfSliver,
  sliverOfPair,
  symbolSizeFor,
  symbolsPerSliver,
  type Axis,
  type BlobMetadata,
  type DecodingSymbol,
  type RecoverySymbol,
  type Sliver,
  type SymbolId,
} from '../encoding/index.js';
import type { CommitteeMember } from '../protocol/index.js';
import { AXES } from './axes.js';
import type { ChainActions } from './chain-actions.js';
import { PeerRequestFailed, RecoveryFailed } from './errors.js';
import { reportInconsistency } from './inconsistency.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import type { Peers } from './peers.js';
import { inLanes, shuffled } from './pump.js';
import { initialCertifiedEpoch } from './records.js';
import { planSymbols, type Holder, type PlannedSymbol } from './symbol-plan.js';

/** Requests for symbols of one blob that run at a time. */
const REQUEST_LANES = 8;
/** Symbols of one request: the URL stays below 4 KiB. */
const SYMBOLS_PER_REQUEST = 250;
const SYMBOL_BYTES_PER_REQUEST = 8 << 20;

export type RecoveryOutcome = 'complete' | 'inconsistent';

/** A sliver to rebuild, and the symbols of it by source; those of other nodes carry proofs. */
interface Target {
  readonly shard: number;
  readonly index: number;
  readonly symbols: Map<number, DecodingSymbol | RecoverySymbol>;
}

export class BlobRecovery {
  /** Recoveries under way, by blob ID: a blob is worked on by one at a time. */
  readonly #running = new Map<string, Promise<unknown>>();
  /** Metadata that is on its way, by blob ID: shards that move together ask for the same blobs. */
  readonly #fetching = new Map<string, Promise<BlobMetadata>>();

  constructor(
    private readonly context: NodeContext,
    private readonly peers: Peers,
    private readonly actions: ChainActions,
  ) {}

  /** Slivers of these shards that are not here. */
  missing(blobId: Uint8Array, shards: readonly number[]): { readonly shard: number; readonly axis: Axis }[] {
    return shards.flatMap((shard) =>
      AXES.filter((axis) => !this.context.store.hasSliver({ blobId, shard, axis })).map((axis) => ({ shard, axis })),
    );
  }

  /**
   * Fetches or rebuilds what is missing of a blob in these shards.
   * @throws RecoveryFailed when the other nodes do not give enough
   */
  async recover(blobId: Uint8Array, shards: readonly number[]): Promise<RecoveryOutcome> {
    const id = blobIdToText(blobId);
    for (let other = this.#running.get(id); other !== undefined; other = this.#running.get(id)) await other;
    const run = this.#recover(blobId, shards);
    this.#running.set(
      id,
      run.then(
        () => this.#running.delete(id),
        () => this.#running.delete(id),
      ),
    );
    return run;
  }

  /** Metadata from the store, or from other nodes. @throws RecoveryFailed */
  async metadata(blobId: Uint8Array, first: readonly CommitteeMember[] = []): Promise<BlobMetadata> {
    const known = this.context.metadata(blobId);
    if (known !== undefined) return known;
    const id = blobIdToText(blobId);
    const fetching = this.#fetching.get(id) ?? this.#fetchMetadata(blobId, first).finally(() => this.#fetching.delete(id));
    this.#fetching.set(id, fetching);
    return fetching;
  }

  /** @throws RecoveryFailed */
  async #fetchMetadata(blobId: Uint8Array, first: readonly CommitteeMember[]): Promise<BlobMetadata> {
    const { context } = this;
    const { committee, previousCommittee } = context.state;
    const others = new Map([...committee, ...previousCommittee].map((member) => [member.nodeId, member]));
    const candidates = [...first, ...shuffled([...others.values()], context.environment.random)];
    let last: unknown;
    for (const peer of candidates) {
      if (peer.nodeId === context.nodeId) continue;
      try {
        const metadata = await this.peers.metadata(peer, blobId);
        context.encoder.verifyMetadata({ blobId, metadata });
        await context.storeMetadata(blobId, encodeBlobMetadata(metadata));
        return metadata;
      } catch (error) {
        if (!(error instanceof PeerRequestFailed || error instanceof EncodingError)) throw error;
        last = error;
      }
    }
    throw new RecoveryFailed(blobIdToText(blobId), 'no other node gave its metadata', { cause: last });
  }

  async #recover(blobId: Uint8Array, shards: readonly number[]): Promise<RecoveryOutcome> {
    const metadata = await this.metadata(blobId);
    for (const axis of AXES) {
      const lacking = shards.filter((shard) => !this.context.store.hasSliver({ blobId, shard, axis }));
      if (lacking.length === 0) continue;
      const outcome = await this.#recoverAxis(blobId, metadata, axis, lacking);
      if (outcome === 'inconsistent') return outcome;
    }
    return 'complete';
  }

  async #recoverAxis(blobId: Uint8Array, metadata: BlobMetadata, axis: Axis, shards: readonly number[]): Promise<RecoveryOutcome> {
    const { context } = this;
    const own = this.#ownSlivers(blobId, orthogonalAxis(axis), symbolsPerSliver(context.encoder.parameters, axis));
    const targets: Target[] = [];
    for (const shard of shards) {
      const index = sliverOfPair(axis, pairOfShard(shard, blobId, context.shardCount), context.shardCount);
      const symbols = new Map<number, DecodingSymbol>();
      for (const source of own) symbols.set(source.index, await context.encoder.decodingSymbol(source, index));
      targets.push({ shard, index, symbols });
    }
    await this.#collect(blobId, metadata, axis, targets);
    for (const { shard, index, symbols } of targets) {
      try {
        // Proofs were checked on arrival.
        const decodable = [...symbols.values()].map(({ index: source, data }) => ({ index: source, data }));
        const sliver = await context.encoder.recoverSliver(metadata, { axis, index }, decodable);
        await context.storeSliver({ blobId, shard, axis }, encodeSliverData(sliver));
        context.metrics.recoveredSlivers.add(1, { sliver_type: axis });
      } catch (error) {
        if (!(error instanceof RecoveredSliverMismatchError)) throw error;
        await this.#prove(blobId, metadata, { axis, index }, [...symbols.values()], own);
        return 'inconsistent';
      }
    }
    return 'complete';
  }

  /** Asks until every target has the symbols it needs. @throws RecoveryFailed */
  async #collect(blobId: Uint8Array, metadata: BlobMetadata, axis: Axis, targets: readonly Target[]): Promise<void> {
    const { context } = this;
    const { parameters } = context.encoder;
    const needed = symbolsPerSliver(parameters, axis);
    const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
    const holders = this.#holders(blobId, orthogonalAxis(axis));
    const members = new Map(holders.map(({ member }) => [member.nodeId, member]));
    const asked = new Set<string>();
    const failed = new Set<string>();
    let lastFailure: unknown;
    const isUnavailable = (nodeId: string, source: number, target: number) =>
      failed.has(nodeId) || asked.has(`${nodeId}/${source}/${target}`);
    for (;;) {
      const plan = planSymbols({
        targets: targets.map(({ index, symbols }) => ({ index, have: new Set(symbols.keys()) })),
        needed,
        holders: holders.map(({ member, sources }) => ({ nodeId: member.nodeId, sources })),
        isUnavailable,
      });
      if (plan.missing > 0) {
        const detail = `${plan.missing} of the symbols for ${targets.length} ${axis} slivers are not to be had`;
        throw new RecoveryFailed(blobIdToText(blobId), detail, { cause: lastFailure });
      }
      if (plan.requests.size === 0) return;
      const perRequest = Math.max(1, Math.min(SYMBOLS_PER_REQUEST, Math.floor(SYMBOL_BYTES_PER_REQUEST / symbolSize)));
      const requests = [...plan.requests].flatMap(([nodeId, wanted]) =>
        chunks(wanted, perRequest).map((some) => ({ peer: members.get(nodeId)!, wanted: some })),
      );
      await inLanes(requests, REQUEST_LANES, async ({ peer, wanted }) => {
        for (const { source, target } of wanted) asked.add(`${peer.nodeId}/${source}/${target}`);
        if (failed.has(peer.nodeId)) return;
        try {
          await this.#ask(peer, blobId, metadata, axis, wanted, targets, symbolSize);
        } catch (error) {
          if (!(error instanceof PeerRequestFailed || error instanceof EncodingError)) throw error;
          failed.add(peer.nodeId);
          lastFailure = error;
          context.log('info', 'no symbols', { peer: peer.name, blobId: blobIdToText(blobId), ...errorFields(error) });
        }
      });
    }
  }

  /** @throws PeerRequestFailed, InvalidRecoverySymbolError */
  async #ask(
    peer: CommitteeMember,
    blobId: Uint8Array,
    metadata: BlobMetadata,
    axis: Axis,
    wanted: readonly PlannedSymbol[],
    targets: readonly Target[],
    symbolSize: number,
  ): Promise<void> {
    const ids = wanted.map(({ source, target }): SymbolId =>
      axis === 'primary'
        ? { primaryIndex: target, secondaryIndex: source }
        : { primaryIndex: source, secondaryIndex: target },
    );
    const symbols = await this.peers.recoverySymbols(peer, blobId, ids, orthogonalAxis(axis), symbolSize);
    const expected = new Set(wanted.map(({ source, target }) => `${source}/${target}`));
    for (const symbol of symbols) {
      if (symbol.targetAxis !== axis || !expected.has(`${symbol.index}/${symbol.targetIndex}`)) continue;
      this.context.encoder.verifyRecoverySymbol(metadata, { axis, index: symbol.targetIndex }, symbol);
      const { index, data, proof } = symbol;
      targets.find((target) => target.index === symbol.targetIndex)!.symbols.set(index, { index, data, proof });
    }
  }

  /** Other nodes in the order in which they are asked, with the source slivers of their shards. */
  #holders(blobId: Uint8Array, sourceAxis: Axis): (Holder & { readonly member: CommitteeMember })[] {
    const { context } = this;
    const { committee, previousCommittee, epochState, epoch, shardCount } = context.state;
    const record = context.record(blobId);
    const certifiedBefore = record !== undefined && (initialCertifiedEpoch(record, epoch) ?? epoch) < epoch;
    // While shards move, the slivers of older blobs are where they were.
    const order = epochState === 'sync' && certifiedBefore ? [previousCommittee, committee] : [committee, previousCommittee];
    return order.flatMap((members) =>
      shuffled(members, context.environment.random)
        .filter(({ nodeId }) => nodeId !== context.nodeId)
        .map((member) => ({
          member,
          nodeId: member.nodeId,
          sources: member.shards.map((shard) => sliverOfPair(sourceAxis, pairOfShard(shard, blobId, shardCount), shardCount)),
        })),
    );
  }

  #ownSlivers(blobId: Uint8Array, axis: Axis, limit: number): Sliver[] {
    const slivers: Sliver[] = [];
    for (const shard of this.context.presentShards()) {
      if (slivers.length === limit) break;
      const stored = this.context.store.getSliver({ blobId, shard, axis });
      if (stored !== undefined) slivers.push(decodeSliverData(axis, stored));
    }
    return slivers;
  }

  /** @throws RecoveryFailed when our own slivers are at fault, or too few nodes sign */
  async #prove(
    blobId: Uint8Array,
    metadata: BlobMetadata,
    target: { readonly axis: Axis; readonly index: number },
    collected: readonly (DecodingSymbol | RecoverySymbol)[],
    own: readonly Sliver[],
  ): Promise<void> {
    const { context } = this;
    const proven = collected.filter((symbol): symbol is RecoverySymbol => 'proof' in symbol);
    for (const source of own) proven.push(...(await context.encoder.recoverySymbols(source, [target.index])));
    try {
      const proof = await context.encoder.createInconsistencyProof(metadata, target, proven);
      await reportInconsistency(context, this.peers, this.actions, blobId, proof);
    } catch (error) {
      if (!(error instanceof NotEnoughSymbolsError)) throw error;
      await this.#dropCorrupt(blobId, metadata, own);
      throw new RecoveryFailed(blobIdToText(blobId), 'slivers of this node are corrupt; they will be rebuilt', { cause: error });
    }
  }

  /** Own slivers that do not match the metadata any more are as good as missing. */
  async #dropCorrupt(blobId: Uint8Array, metadata: BlobMetadata, own: readonly Sliver[]): Promise<void> {
    const { context } = this;
    const faults = await context.encoder.sliverFaults(metadata, own);
    for (const [position, { axis, index }] of own.entries()) {
      if (faults[position] === undefined) continue;
      const shard = shardOfSliver({ axis, index }, blobId, context.shardCount);
      context.log('error', 'stored sliver is corrupt', { blobId: blobIdToText(blobId), shard, axis });
      await context.store.removeSliver({ blobId, shard, axis });
    }
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
