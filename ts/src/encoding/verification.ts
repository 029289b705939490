/**
 * Checking slivers against blob metadata (encoding specification §5): what a storage node does with a
 * sliver it receives and a reader with a sliver it downloads.
 */

import type { EncodingEngine } from './engine.js';
import { InvalidSliverError } from './errors.js';
import { DIGEST_SIZE, equalBytes } from './hash.js';
import { nodeBytes } from './merkle.js';
import { sliverHash } from './metadata.js';
import type { EncodingParameters } from './parameters.js';
import { symbolSizeFor, symbolsPerSliver } from './parameters.js';
import type { Axis, BlobMetadata, Sliver } from './types.js';

/** The checks that need no hashing: index, length, symbol size. Returns what is wrong, or `undefined`. */
export function sliverShapeFault(
  parameters: EncodingParameters,
  symbolSize: number,
  sliver: Sliver,
): InvalidSliverError | undefined {
  const { axis, index, data } = sliver;
  if (!Number.isInteger(index) || index < 0 || index >= parameters.shardCount) {
    return new InvalidSliverError('index', axis, index, `must be below ${parameters.shardCount}`);
  }
  const size = symbolsPerSliver(parameters, axis) * symbolSize;
  if (data.length !== size) {
    return new InvalidSliverError('length', axis, index, `${data.length} bytes, expected ${size}`);
  }
  if (sliver.symbolSize !== symbolSize) {
    return new InvalidSliverError('symbol size', axis, index, `${sliver.symbolSize}, expected ${symbolSize}`);
  }
  return undefined;
}

/**
 * Checks many slivers at once, which is faster than one by one.
 * @param metadata of the right shape (`checkMetadataShape`)
 * @returns per sliver, the fault found or `undefined` if it belongs to the blob
 */
export async function sliverFaults(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  slivers: readonly Sliver[],
): Promise<(InvalidSliverError | undefined)[]> {
  const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
  const faults = slivers.map((sliver) => sliverShapeFault(parameters, symbolSize, sliver));
  for (const axis of ['primary', 'secondary'] satisfies Axis[]) {
    const positions = [...slivers.keys()].filter((x) => faults[x] === undefined && slivers[x]!.axis === axis);
    if (positions.length === 0) continue;
    const payloads = positions.map((x) => slivers[x]!.data);
    const roots = await engine.sliverRoots(parameters, axis, payloads, symbolSize);
    positions.forEach((x, i) => {
      const root = roots.subarray(i * DIGEST_SIZE, (i + 1) * DIGEST_SIZE);
      if (equalBytes(root, nodeBytes(sliverHash(metadata, slivers[x]!)))) return;
      faults[x] = new InvalidSliverError('root', axis, slivers[x]!.index, 'does not match the blob metadata');
    });
  }
  return faults;
}
