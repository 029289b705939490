/** The official encoder, `@mysten/walrus-wasm`, as the oracle of differential tests. */

import { BlobEncoder as WasmEncoder } from '@mysten/walrus-wasm';

import { encodingParameters, sliverDataSize, symbolSizeFor } from '../../src/encoding/index.js';

interface PeerNode {
  readonly Digest: number[];
}

interface PeerMetadata {
  readonly blob_id: number[];
  readonly metadata: {
    readonly V1: {
      readonly encoding_type: string;
      readonly unencoded_length: bigint | number;
      readonly hashes: readonly { readonly primary_hash: PeerNode; readonly secondary_hash: PeerNode }[];
    };
  };
}

export interface PeerEncoding {
  readonly blobId: Uint8Array;
  readonly rootHash: Uint8Array;
  /** Entry `t`: roots of pair `t`. */
  readonly hashes: readonly { readonly primary: Uint8Array; readonly secondary: Uint8Array }[];
  /** Framed slivers by pair index. */
  readonly primary: readonly Uint8Array[];
  readonly secondary: readonly Uint8Array[];
}

/** Encodes with the official package. */
export function peerEncode(shards: number, blob: Uint8Array): PeerEncoding {
  const parameters = encodingParameters(shards);
  const symbolSize = symbolSizeFor(parameters, blob.length);
  const buffers = (symbols: number): Uint8Array[] =>
    Array.from({ length: shards }, () => new Uint8Array(sliverDataSize(symbols * symbolSize)));
  const primary = buffers(parameters.secondarySymbols);
  const secondary = buffers(parameters.primarySymbols);
  const encoder = new WasmEncoder(shards);
  const [metadata, root] = encoder.encode(blob, primary, secondary) as [PeerMetadata, PeerNode];
  encoder.free();
  return {
    blobId: Uint8Array.from(metadata.blob_id),
    rootHash: Uint8Array.from(root.Digest),
    hashes: metadata.metadata.V1.hashes.map(({ primary_hash, secondary_hash }) => ({
      primary: Uint8Array.from(primary_hash.Digest),
      secondary: Uint8Array.from(secondary_hash.Digest),
    })),
    primary,
    secondary,
  };
}

/** Decodes framed primary slivers with the official package. */
export function peerDecode(shards: number, blobId: Uint8Array, size: number, framed: Uint8Array[]): Uint8Array {
  const output = new Uint8Array(size);
  const encoder = new WasmEncoder(shards);
  encoder.decode(Array.from(blobId), BigInt(size), framed, output);
  encoder.free();
  return output;
}
