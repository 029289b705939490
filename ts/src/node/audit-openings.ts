/**
 * Opens symbols out of a node's store, for samples and challenges (contracts specification §14.2). What it finds
 * missing or corrupt it gets back from the other nodes, if it may.
 */
import { blobIdToText, decodeSliverData } from '../encoding/index.js';
import { BlobOpenings, type Opening, type SymbolPosition } from '../protocol/index.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';

/** A symbol to open. */
export interface WantedSymbol extends SymbolPosition {
  readonly blobId: Uint8Array;
}

/** Rebuilds slivers of a blob in one shard. @throws RecoveryFailed */
export type Repair = (blobId: Uint8Array, shard: number) => Promise<unknown>;

/** Trees of the blobs that are being opened, by blob ID. */
type OpenedBlobs = Map<string, BlobOpenings>;

export class SymbolOpener {
  constructor(
    private readonly context: NodeContext,
    private readonly repair: Repair | undefined,
  ) {}

  /** Each sliver is expanded once; undefined where the node has nothing to show. */
  async open(wanted: readonly WantedSymbol[]): Promise<(Opening | undefined)[]> {
    const openings: (Opening | undefined)[] = wanted.map(() => undefined);
    const bySliver = new Map<string, number[]>();
    wanted.forEach(({ blobId, shard, axis }, i) => {
      const key = `${blobIdToText(blobId)} ${shard} ${axis}`;
      bySliver.set(key, [...(bySliver.get(key) ?? []), i]);
    });
    const blobs: OpenedBlobs = new Map();
    for (const positions of bySliver.values()) {
      const cells = positions.map((i) => wanted[i]!);
      const found = await this.#openOrLog(cells, blobs);
      if (found !== undefined) positions.forEach((position, i) => (openings[position] = found[i]));
    }
    return openings;
  }

  /** A sliver that cannot be read or written, for whatever reason, must not keep the others from being shown. */
  async #openOrLog(cells: readonly WantedSymbol[], blobs: OpenedBlobs): Promise<Opening[] | undefined> {
    try {
      return (await this.#openSliver(cells, blobs)) ?? (await this.#openRepaired(cells, blobs));
    } catch (error) {
      const { blobId, shard, axis } = cells[0]!;
      this.context.log('error', 'audit: a sliver cannot be opened', { blobId: blobIdToText(blobId), shard, axis, ...errorFields(error) });
      return undefined;
    }
  }

  /** Symbols of one sliver; undefined when it, or the metadata, is not here or not what it should be. */
  async #openSliver(cells: readonly WantedSymbol[], blobs: OpenedBlobs): Promise<Opening[] | undefined> {
    const { context } = this;
    const { blobId, shard, axis } = cells[0]!;
    const id = blobIdToText(blobId);
    const stored = context.store.getSliver({ blobId, shard, axis });
    const blob = blobs.get(id) ?? this.#blob(blobId);
    if (stored === undefined || blob === undefined) return undefined;
    blobs.set(id, blob);
    const targets = cells.map(({ symbol }) => symbol);
    const symbols = await context.encoder.recoverySymbols(decodeSliverData(axis, stored), targets);
    const opened = cells.flatMap((cell, i) => blob.open(cell, symbols[i]!) ?? []);
    if (opened.length === cells.length) return opened;
    context.log('error', 'stored sliver is corrupt', { blobId: id, shard, axis });
    await context.store.removeSliver({ blobId, shard, axis });
    return undefined;
  }

  #blob(blobId: Uint8Array): BlobOpenings | undefined {
    const metadata = this.context.metadata(blobId);
    return metadata && new BlobOpenings(blobId, metadata);
  }

  /** What a node finds missing it gets back from the others while there is time. */
  async #openRepaired(cells: readonly WantedSymbol[], blobs: OpenedBlobs): Promise<Opening[] | undefined> {
    const { context, repair } = this;
    const { blobId, shard, axis } = cells[0]!;
    const fields = { blobId: blobIdToText(blobId), shard, axis };
    const status = context.store.shardStates().get(shard)?.status;
    // A shard that is still on its way is no loss.
    if (status === 'active') context.log('error', 'audit: a sliver is missing', fields);
    else context.log('info', 'audit: a sliver is not here yet', { ...fields, status: status ?? 'unknown' });
    if (repair === undefined) return undefined;
    await repair(blobId, shard);
    return this.#openSliver(cells, blobs);
  }
}
