/**
 * How the Reed–Solomon codes place their symbols among evaluation points (encoding specification §3.3
 * and the table of §3.5). Parameters only; the arithmetic is in the engines.
 */

import { nextPowerOfTwo } from './parameters.js';
import type { EncodingParameters } from './parameters.js';
import type { Axis } from './types.js';

/** Where a code places its symbols among the evaluation points (§3.3, §3.5). */
export interface CodeLayout {
  readonly sources: number;
  readonly recoveries: number;
  /** `high`: sources are points `m …`, recoveries `0 …`; `low`: the other way round. */
  readonly rate: 'high' | 'low';
  /** Transform size `m`. */
  readonly chunk: number;
  /** Points `0 … W − 1` hold the whole codeword. */
  readonly points: number;
}

/** Layout of the code with `sources` source and `recoveries ≥ 1` recovery symbols. */
export function codeLayout(sources: number, recoveries: number): CodeLayout {
  const sourcesPower = nextPowerOfTwo(sources);
  const recoveriesPower = nextPowerOfTwo(recoveries);
  // With equal powers both rates give the same bytes; the tie is broken as the network's code does.
  const high = sourcesPower > recoveriesPower || (sourcesPower === recoveriesPower && sources <= recoveries);
  const chunk = high ? recoveriesPower : sourcesPower;
  const points = nextPowerOfTwo(chunk + (high ? sources : recoveries));
  return { sources, recoveries, rate: high ? 'high' : 'low', chunk, points };
}

/** Evaluation point of codeword symbol `index` (sources first, then recoveries). */
export function pointOfIndex(layout: CodeLayout, index: number): number {
  const { sources, chunk, rate } = layout;
  if (rate === 'high') return index < sources ? chunk + index : index - sources;
  return index < sources ? index : chunk + (index - sources);
}

/** Points that are neither received nor known to be zero. */
export function erasedPoints(layout: CodeLayout, received: ReadonlySet<number>): number[] {
  const { rate, sources, chunk, points } = layout;
  const isKnownZero = (point: number): boolean =>
    rate === 'low' ? point >= sources && point < chunk : point >= chunk + sources;
  const erased: number[] = [];
  for (let point = 0; point < points; point++) {
    if (!received.has(point) && !isKnownZero(point)) erased.push(point);
  }
  return erased;
}

/** The code `p → n` (primary, along columns) or `s → n` (secondary, along rows). */
export function layoutOfCode(parameters: EncodingParameters, code: Axis): CodeLayout {
  const { shardCount, primarySymbols, secondarySymbols } = parameters;
  const sources = code === 'primary' ? primarySymbols : secondarySymbols;
  return codeLayout(sources, shardCount - sources);
}
