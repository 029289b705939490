/**
 * Where an upload takes its slivers from: an encoded blob in memory, or, for a blob that need not fit there,
 * a temporary file that a streaming encode has filled.
 */
import {
  type BlobEncoder,
  encodeSliverData,
  fileScratch,
  symbolSizeFor,
  symbolsPerSliver,
  type Axis,
  type BlobSource,
  type ComputedMetadata,
  type EncodedBlob,
} from '../encoding/index.js';

/** A blob to store: bytes, or a source that can be read at any place (`fileSource`). */
export type StoreInput = Uint8Array | BlobSource;

export interface SliverSource extends ComputedMetadata {
  /** Upload form of one sliver of a pair. */
  framed(pairIndex: number, axis: Axis): Promise<Uint8Array>;
  /** About how long that is, bytes. */
  framedBytes(axis: Axis): number;
  close(): Promise<void>;
}

/** Encodes the input: in memory when it is there already, else through a temporary file of 4.5 times its size. */
export function encodeInput(encoder: BlobEncoder, input: StoreInput): Promise<SliverSource> {
  return input instanceof Uint8Array ? encodeInMemory(encoder, input) : encodeOnDisk(encoder, input);
}

export function inputBytes(input: StoreInput): number {
  return input instanceof Uint8Array ? input.length : input.sizeBytes;
}

async function encodeInMemory(encoder: BlobEncoder, blob: Uint8Array): Promise<SliverSource> {
  const encoded: EncodedBlob = await encoder.encode(blob);
  return {
    blobId: encoded.blobId,
    rootHash: encoded.rootHash,
    metadata: encoded.metadata,
    framed: async (pairIndex, axis) => encoded.slivers[pairIndex]![axis].framed,
    framedBytes: (axis) => encoded.slivers[0]![axis].framed.length,
    close: async () => undefined,
  };
}

async function encodeOnDisk(encoder: BlobEncoder, source: BlobSource): Promise<SliverSource> {
  const { parameters, shardCount } = encoder;
  const symbolSize = symbolSizeFor(parameters, source.sizeBytes);
  const payloadBytes = {
    primary: symbolsPerSliver(parameters, 'primary') * symbolSize,
    secondary: symbolsPerSliver(parameters, 'secondary') * symbolSize,
  };
  /** All primary slivers by index, then all secondary ones. */
  const offsetOf = (axis: Axis, index: number): number =>
    axis === 'primary' ? index * payloadBytes.primary : shardCount * payloadBytes.primary + index * payloadBytes.secondary;
  const slivers = await fileScratch();
  try {
    const computed = await encoder.encodeStream(source, ({ axis, index, offset, data }) =>
      slivers.write(offsetOf(axis, index) + offset, data),
    );
    return {
      ...computed,
      async framed(pairIndex, axis) {
        const index = axis === 'primary' ? pairIndex : shardCount - 1 - pairIndex;
        const data = await slivers.read(offsetOf(axis, index), payloadBytes[axis]);
        return encodeSliverData({ axis, index, symbolSize, data });
      },
      framedBytes: (axis) => payloadBytes[axis],
      close: () => slivers.close(),
    };
  } catch (error) {
    await slivers.close();
    throw error;
  }
}
