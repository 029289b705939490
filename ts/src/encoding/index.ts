/**
 * `haulout/encoding`: RedStuff, the two-dimensional Reed–Solomon encoding of Walrus. Depends on nothing
 * else of this package. Start at `BlobEncoder`.
 */

export { BlobEncoder } from './encoder.js';
export type { BlobEncoderOptions, DecodeOptions } from './encoder.js';
export type { EncodedMatrix, EncodingEngine } from './engine.js';
export { KernelEngine } from './kernels/engine.js';
export type { KernelEngineOptions } from './kernels/engine.js';
export type { TimeProfile } from './kernels/runtime.js';
export { KernelsNotBuiltError } from './kernels/module.js';
export { ReferenceEngine } from './reference/engine.js';
export * from './blob-id.js';
export * from './codecs.js';
export * from './errors.js';
export { blake2b256, isShared } from './hash.js';
export { hashInner, hashLeaf, MerkleTree, proofLength, verifyProof } from './merkle.js';
export { computeRootHash, sliverHash } from './metadata.js';
export * from './parameters.js';
export { symbolForTarget } from './recovery.js';
export * from './shards.js';
export { bytesSource, fileScratch, fileSource, spool } from './stream.js';
export type { BlobSource, ScratchStore, SliverBlock, SliverBlockSink, StreamOptions } from './stream.js';
export * from './types.js';
export { buildQuilt, QuiltReader } from './quilt.js';
export type { BuiltQuilt, ColumnSource } from './quilt.js';
export { quiltPatchIdFromText, quiltPatchIdToText } from './quilt-layout.js';
export type { QuiltFile, QuiltPatch, QuiltPatchId, QuiltTags } from './quilt-layout.js';
