/**
 * The reference engine: RedStuff in plain TypeScript, in the order the specification tells it. One row
 * and one column at a time; the whole expanded matrix is held in memory.
 */

import { layoutOfCode } from '../code-layout.js';
import { frameSliver, sliverDataSize } from '../codecs.js';
import type { EncodedMatrix, EncodingEngine } from '../engine.js';
import { DIGEST_SIZE } from '../hash.js';
import { hashInner, hashLeaf, MerkleTree, nodeBytes } from '../merkle.js';
import type { EncodingParameters } from '../parameters.js';
import { symbolsPerSliver } from '../parameters.js';
import type { BlobSource, SliverBlockSink } from '../stream.js';
import { orthogonalAxis } from '../types.js';
import type { Axis } from '../types.js';
import { encodeRecoveries, ErasureDecoder } from './reed-solomon.js';
import { bytesToWords, wordsToBytes, wordsToSymbol } from './words.js';

/** Stored words of a sliver followed by its parity words: all `n` symbols. */
function expandWords(parameters: EncodingParameters, axis: Axis, words: Uint16Array, width: number): Uint16Array {
  const layout = layoutOfCode(parameters, orthogonalAxis(axis));
  const expanded = new Uint16Array(parameters.shardCount * width);
  expanded.set(words);
  expanded.set(encodeRecoveries(layout, words, width), words.length);
  return expanded;
}

function rootOfLeaves(leafHashes: readonly Uint8Array[]): Uint8Array {
  return nodeBytes(new MerkleTree(leafHashes).root);
}

function concatenate(parts: readonly Uint8Array[], partSize: number): Uint8Array {
  const whole = new Uint8Array(parts.length * partSize);
  parts.forEach((part, i) => whole.set(part, i * partSize));
  return whole;
}

export class ReferenceEngine implements EncodingEngine {
  async encode(
    parameters: EncodingParameters,
    blob: Uint8Array,
    symbolSize: number,
    withSlivers: boolean,
  ): Promise<EncodedMatrix> {
    const { shardCount: n, primarySymbols: p, secondarySymbols: s } = parameters;
    const width = symbolSize / 2;
    const rows = this.expandMatrix(parameters, blob, symbolSize);

    const symbol = new Uint8Array(symbolSize);
    const leaves = rows.map((row) =>
      Array.from({ length: n }, (_, column) => {
        wordsToSymbol(row, column * width, symbol);
        return hashLeaf(symbol);
      }),
    );
    const primaryRoots = leaves.map(rootOfLeaves);
    const secondaryRoots = Array.from({ length: n }, (_, column) => rootOfLeaves(leaves.map((row) => row[column]!)));

    const primary: Uint8Array[] = [];
    const secondary: Uint8Array[] = [];
    for (let index = 0; withSlivers && index < n; index++) {
      const row = new Uint8Array(sliverDataSize(s * symbolSize));
      wordsToBytes(rows[index]!.subarray(0, s * width), symbolSize, frameSliver(row, s * symbolSize, symbolSize, index));
      primary.push(row);
      const column = new Uint8Array(sliverDataSize(p * symbolSize));
      const data = frameSliver(column, p * symbolSize, symbolSize, index);
      for (let i = 0; i < p; i++) {
        wordsToSymbol(rows[i]!, index * width, data.subarray(i * symbolSize, (i + 1) * symbolSize));
      }
      secondary.push(column);
    }
    return {
      primaryRoots: concatenate(primaryRoots, DIGEST_SIZE),
      secondaryRoots: concatenate(secondaryRoots, DIGEST_SIZE),
      primary,
      secondary,
    };
  }

  /** Reads everything first: memory is not what the reference is about. */
  async encodeStream(
    parameters: EncodingParameters,
    source: BlobSource,
    symbolSize: number,
    sink: SliverBlockSink,
  ): Promise<EncodedMatrix> {
    const blob = await source.read(0, source.sizeBytes);
    const { primary, secondary, ...roots } = await this.encode(parameters, blob, symbolSize, true);
    for (const [axis, slivers] of [['primary', primary], ['secondary', secondary]] as const) {
      const size = symbolsPerSliver(parameters, axis) * symbolSize;
      for (const [index, framed] of slivers.entries()) {
        await sink({ axis, index, offset: 0, data: framed.subarray(framed.length - 4 - size, framed.length - 4) });
      }
    }
    return { ...roots, primary: [], secondary: [] };
  }

  /** The `n × n` matrix as rows of words: rows are expanded first, then every column. */
  private expandMatrix(parameters: EncodingParameters, blob: Uint8Array, symbolSize: number): Uint16Array[] {
    const { shardCount: n, primarySymbols: p, secondarySymbols: s } = parameters;
    const width = symbolSize / 2;
    const padded = new Uint8Array(p * s * symbolSize);
    padded.set(blob);

    const rows: Uint16Array[] = [];
    for (let i = 0; i < p; i++) {
      const bytes = padded.subarray(i * s * symbolSize, (i + 1) * s * symbolSize);
      rows.push(expandWords(parameters, 'primary', bytesToWords(bytes, symbolSize), width));
    }
    for (let i = p; i < n; i++) rows.push(new Uint16Array(n * width));

    const layout = layoutOfCode(parameters, 'primary');
    const column = new Uint16Array(p * width);
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < p; i++) column.set(rows[i]!.subarray(j * width, (j + 1) * width), i * width);
      const parity = encodeRecoveries(layout, column, width);
      for (let i = p; i < n; i++) rows[i]!.set(parity.subarray((i - p) * width, (i - p + 1) * width), j * width);
    }
    return rows;
  }

  async expand(
    parameters: EncodingParameters,
    axis: Axis,
    payloads: readonly Uint8Array[],
    symbolSize: number,
  ): Promise<Uint8Array[]> {
    return payloads.map((payload) => {
      const words = expandWords(parameters, axis, bytesToWords(payload, symbolSize), symbolSize / 2);
      const expanded = new Uint8Array(parameters.shardCount * symbolSize);
      wordsToBytes(words, symbolSize, expanded);
      return expanded;
    });
  }

  async sliverRoots(
    parameters: EncodingParameters,
    axis: Axis,
    payloads: readonly Uint8Array[],
    symbolSize: number,
  ): Promise<Uint8Array> {
    const expansions = await this.expand(parameters, axis, payloads, symbolSize);
    const roots = expansions.map((expanded) =>
      rootOfLeaves(
        Array.from({ length: parameters.shardCount }, (_, x) =>
          hashLeaf(expanded.subarray(x * symbolSize, (x + 1) * symbolSize)),
        ),
      ),
    );
    return concatenate(roots, DIGEST_SIZE);
  }

  async symbolAt(
    parameters: EncodingParameters,
    axis: Axis,
    payload: Uint8Array,
    symbolSize: number,
    index: number,
  ): Promise<Uint8Array> {
    if (index < symbolsPerSliver(parameters, axis)) {
      return payload.slice(index * symbolSize, (index + 1) * symbolSize);
    }
    const [expanded] = await this.expand(parameters, axis, [payload], symbolSize);
    return expanded!.slice(index * symbolSize, (index + 1) * symbolSize);
  }

  async decode(
    parameters: EncodingParameters,
    axis: Axis,
    indices: readonly number[],
    payloads: readonly Uint8Array[],
    symbolSize: number,
    lineSymbols: number,
  ): Promise<Uint8Array> {
    const layout = layoutOfCode(parameters, axis);
    const decoder = new ErasureDecoder(layout, indices);
    const width = symbolSize / 2;
    const received = payloads.map((payload) => bytesToWords(payload, symbolSize));
    const matrix = new Uint8Array(layout.sources * lineSymbols * symbolSize);
    const batch = new Uint16Array(indices.length * width);
    for (let x = 0; x < lineSymbols; x++) {
      received.forEach((words, line) => batch.set(words.subarray(x * width, (x + 1) * width), line * width));
      const decoded = decoder.decode(batch, width);
      for (let i = 0; i < layout.sources; i++) {
        const cell = axis === 'primary' ? i * lineSymbols + x : x * layout.sources + i;
        wordsToSymbol(decoded, i * width, matrix.subarray(cell * symbolSize, (cell + 1) * symbolSize));
      }
    }
    return matrix;
  }

  async leafHashes(leaves: Uint8Array, leafSize: number): Promise<Uint8Array> {
    return concatenate(splitLeaves(leaves, leafSize).map(hashLeaf), DIGEST_SIZE);
  }

  async merkleRoot(leaves: Uint8Array, leafSize: number): Promise<Uint8Array> {
    return this.merkleRootNow(leaves, leafSize);
  }

  async innerHashes(pairs: Uint8Array): Promise<Uint8Array> {
    const parent = (pair: Uint8Array): Uint8Array => hashInner(pair.subarray(0, DIGEST_SIZE), pair.subarray(DIGEST_SIZE));
    return concatenate(splitLeaves(pairs, 2 * DIGEST_SIZE).map(parent), DIGEST_SIZE);
  }

  merkleRootNow(leaves: Uint8Array, leafSize: number): Uint8Array {
    return rootOfLeaves(splitLeaves(leaves, leafSize).map(hashLeaf));
  }
}

function splitLeaves(leaves: Uint8Array, leafSize: number): Uint8Array[] {
  return Array.from({ length: leaves.length / leafSize }, (_, x) => leaves.subarray(x * leafSize, (x + 1) * leafSize));
}
