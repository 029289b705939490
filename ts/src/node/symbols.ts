/**
 * Symbols for nodes and readers that rebuild slivers, and judging proofs that a blob is inconsistent (HTTP
 * specification §2.8–2.10). A node gives the cells of the expanded matrix that its own slivers hold.
 */
import {
  decodeInconsistencyProof,
  decodeSliverData,
  InvalidInconsistencyProofError,
  MalformedBytesError,
  orthogonalAxis,
  pairOfShard,
  shardOfSliver,
  sliverOfPair,
  sliversToDecode,
  type Axis,
  type EitherDecodingSymbol,
  type GeneralRecoverySymbol,
  type Sliver,
  type SliverTarget,
  type SymbolId,
} from '../encoding/index.js';
import { invalidBlobIdMessage } from '../protocol/index.js';
import * as errors from './errors.js';
import type { NodeApiError } from './errors.js';
import type { NodeContext } from './node-context.js';
import type { SignedMessage } from './sync-messages.js';

/** Most symbols of one request. */
export const MAX_SYMBOLS_PER_REQUEST = 4096;

/** What a request names: cells, or everything here for one sliver. */
export type SymbolQuery =
  | { readonly kind: 'ids'; readonly ids: readonly SymbolId[]; readonly sourceAxis: Axis | undefined }
  | { readonly kind: 'target'; readonly target: SliverTarget };

/** A wanted cell, by the sliver that gives it. */
interface Cell {
  readonly source: SliverTarget;
  readonly targetIndex: number;
}

/** Gives what it can. */
export class SymbolSource {
  constructor(readonly context: NodeContext) {}

  /**
   * Symbols with proofs, in the order of the request; those that cannot be given are left out.
   * @throws NodeApiError the last refusal, when there is nothing to give
   */
  async recoverySymbols(blobId: Uint8Array, query: SymbolQuery): Promise<GeneralRecoverySymbol[]> {
    this.context.requireReadable(blobId);
    const failures: NodeApiError[] = [];
    const cells = query.kind === 'ids' ? this.#namedCells(blobId, query, failures) : this.#cellsOf(blobId, query.target);
    const bySource = new Map<string, { sliver: Sliver; positions: number[] }>();
    cells.forEach(({ source }, position) => {
      const key = `${source.axis}/${source.index}`;
      const known = bySource.get(key);
      if (known !== undefined) {
        known.positions.push(position);
        return;
      }
      const sliver = this.#sliver(blobId, source);
      if (sliver === undefined) failures.push(errors.sliverNotFound());
      else bySource.set(key, { sliver, positions: [position] });
    });
    const found: (GeneralRecoverySymbol | undefined)[] = new Array(cells.length).fill(undefined);
    for (const { sliver, positions } of bySource.values()) {
      const targets = positions.map((position) => cells[position]!.targetIndex);
      const symbols = await this.context.encoder.recoverySymbols(sliver, targets);
      positions.forEach((position, index) => (found[position] = symbols[index]));
    }
    const symbols = found.filter((symbol) => symbol !== undefined);
    if (symbols.length === 0) throw failures.at(-1) ?? errors.sliverNotFound();
    return symbols;
  }

  /** Symbols without proofs for systematic slivers, by target. @throws NodeApiError */
  async decodingSymbols(
    blobId: Uint8Array,
    targetAxis: Axis,
    targets: readonly number[],
  ): Promise<Map<number, EitherDecodingSymbol[]>> {
    const { context } = this;
    context.requireReadable(blobId);
    if (targets.length === 0) throw errors.noTargetSlivers();
    const systematic = sliversToDecode(context.encoder.parameters, targetAxis);
    for (const target of targets) if (target >= systematic) throw errors.targetOutOfRange(target, systematic);
    const sources = this.#cellsOf(blobId, { axis: targetAxis, index: 0 })
      .map(({ source }) => this.#sliver(blobId, source))
      .filter((sliver) => sliver !== undefined);
    if (sources.length === 0) throw errors.sliverNotFound();
    const listing = new Map<number, EitherDecodingSymbol[]>();
    for (const target of new Set(targets)) {
      listing.set(target, await Promise.all(sources.map((source) => context.encoder.decodingSymbol(source, target))));
    }
    return listing;
  }

  /** Signs that a blob is inconsistent, if the proof shows it. @throws NodeApiError METADATA_NOT_FOUND, INVALID_PROOF */
  async attestInconsistency(blobId: Uint8Array, targetAxis: Axis, body: Uint8Array): Promise<SignedMessage> {
    const { context } = this;
    const metadata = context.metadata(blobId);
    if (metadata === undefined) throw errors.metadataRequired();
    try {
      await context.encoder.verifyInconsistencyProof(metadata, decodeInconsistencyProof(targetAxis, body));
    } catch (cause) {
      if (cause instanceof MalformedBytesError) throw errors.malformedBody(cause);
      if (cause instanceof InvalidInconsistencyProofError) throw errors.invalidProof(cause);
      throw cause;
    }
    context.metrics.inconsistentBlobs.add(1, { role: 'confirmed' });
    const message = invalidBlobIdMessage(context.epoch, blobId);
    return { message, signature: context.protocolKey.sign(message) };
  }

  #namedCells(blobId: Uint8Array, query: SymbolQuery & { kind: 'ids' }, failures: NodeApiError[]): Cell[] {
    const { shardCount } = this.context;
    const cells: Cell[] = [];
    for (const { primaryIndex, secondaryIndex } of query.ids) {
      const large = Math.max(primaryIndex, secondaryIndex);
      if (large >= shardCount) {
        failures.push(errors.indexOutOfRange(large, shardCount));
        continue;
      }
      const candidates: Cell[] = [
        { source: { axis: 'primary', index: primaryIndex }, targetIndex: secondaryIndex },
        { source: { axis: 'secondary', index: secondaryIndex }, targetIndex: primaryIndex },
      ];
      const allowed = candidates.filter(({ source }) => query.sourceAxis === undefined || source.axis === query.sourceAxis);
      const here = allowed.filter(({ source }) => this.context.hasShard(shardOfSliver(source, blobId, shardCount)));
      const best = here.find(({ source }) => this.#sliver(blobId, source) !== undefined) ?? here[0];
      if (best !== undefined) cells.push(best);
      else if (query.sourceAxis === undefined) failures.push(errors.symbolNotPresent(`${primaryIndex}-${secondaryIndex}`));
      else failures.push(errors.shardNotAssigned(shardOfSliver(allowed[0]!.source, blobId, shardCount), this.context.epoch));
    }
    return cells;
  }

  /** The cells of a sliver that the shards here hold. @throws NodeApiError */
  #cellsOf(blobId: Uint8Array, target: SliverTarget): Cell[] {
    const { shardCount, epoch } = this.context;
    if (target.index >= shardCount) throw errors.indexOutOfRange(target.index, shardCount);
    const shards = this.context.presentShards();
    if (shards.length === 0) throw errors.shardNotAssigned(shardOfSliver(target, blobId, shardCount), epoch);
    const axis = orthogonalAxis(target.axis);
    return shards.map((shard) => {
      const pair = pairOfShard(shard, blobId, shardCount);
      return { source: { axis, index: sliverOfPair(axis, pair, shardCount) }, targetIndex: target.index };
    });
  }

  #sliver(blobId: Uint8Array, { axis, index }: SliverTarget): Sliver | undefined {
    const shard = shardOfSliver({ axis, index }, blobId, this.context.shardCount);
    const stored = this.context.store.getSliver({ blobId, shard, axis });
    return stored === undefined ? undefined : decodeSliverData(axis, stored);
  }
}
