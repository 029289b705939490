/**
 * The Reed–Solomon code on byte symbols (encoding specification §§3.2–3.5). A call works on `lines`
 * independent codewords whose symbols have `symbolSize` bytes; symbol `x` of line `y` lies at
 * `address + x · symbolStride + y · lineStride`. So the same function expands rows and columns.
 *
 * Lines are cut into batches that fit the transform: 64-byte blocks of a symbol are 32 words already
 * split into low and high bytes; shorter rests of several lines are put side by side, so that small
 * symbols are not padded to 64 bytes each.
 */

import { copyBytes, HIGH_PLANE, LOW_PLANE } from './memory';
import { scale, TABLE_SIZE } from './field';
import { addTo, derivative, fft, inverseFft } from './transform';

/** Most words of one batch per point: 128 words are 8 units of 32 bytes. */
const MAX_WORDS: i32 = 128;
/** Full blocks of this many lines are transformed together. */
const BLOCK_LINES: i32 = 2;

/** Bytes of one point at most; work areas need `points · MAX_WIDTH` bytes. */
export const MAX_WIDTH: i32 = 2 * MAX_WORDS;

/** Shape of the batch being worked on. */
let pieceWords: i32 = 0;
let pieces: i32 = 0;
let width: i32 = 0;

function setBatch(words: i32, count: i32): void {
  pieceWords = words;
  pieces = count;
  width = ((words * count + 15) >> 4) << 5;
}

/** Gathers the pieces of one point: from `src`, `src + lineStride`, … into units at `to`. */
function loadPoint(to: usize, src: usize, lineStride: usize): void {
  if (pieceWords == 32) {
    for (let i = 0; i < pieces; i++, src += lineStride, to += 64) {
      v128.store(to, v128.load(src));
      v128.store(to, v128.load(src, 32), 16);
      v128.store(to, v128.load(src, 16), 32);
      v128.store(to, v128.load(src, 48), 48);
    }
    return;
  }
  let at: usize = 0;
  for (let i = 0; i < pieces; i++, src += lineStride, at += pieceWords) {
    copyBytes(LOW_PLANE + at, src, pieceWords);
    copyBytes(HIGH_PLANE + at, src + pieceWords, pieceWords);
  }
  const units = width >> 5;
  for (let u = 0; u < units; u++) {
    v128.store(to + (u << 5), v128.load(LOW_PLANE + (u << 4)));
    v128.store(to + (u << 5), v128.load(HIGH_PLANE + (u << 4)), 16);
  }
}

/** Inverse of `loadPoint`. */
function storePoint(from: usize, dst: usize, lineStride: usize): void {
  if (pieceWords == 32) {
    for (let i = 0; i < pieces; i++, dst += lineStride, from += 64) {
      v128.store(dst, v128.load(from));
      v128.store(dst, v128.load(from, 32), 16);
      v128.store(dst, v128.load(from, 16), 32);
      v128.store(dst, v128.load(from, 48), 48);
    }
    return;
  }
  const units = width >> 5;
  for (let u = 0; u < units; u++) {
    v128.store(LOW_PLANE + (u << 4), v128.load(from + (u << 5)));
    v128.store(HIGH_PLANE + (u << 4), v128.load(from + (u << 5), 16));
  }
  let at: usize = 0;
  for (let i = 0; i < pieces; i++, dst += lineStride, at += pieceWords) {
    copyBytes(dst, LOW_PLANE + at, pieceWords);
    copyBytes(dst + pieceWords, HIGH_PLANE + at, pieceWords);
  }
}

// ---------------------------------------------------------------- encoding

let high: bool = false;
let sources: i32 = 0;
let recoveries: i32 = 0;
let chunk: i32 = 0;

/** Chooses the code for the next `encode` calls: `k` sources, `r` recoveries, transform size `m`. */
export function setCode(isHigh: bool, k: i32, r: i32, m: i32): void {
  high = isHigh;
  sources = k;
  recoveries = r;
  chunk = m;
}

function encodeBatch(
  src: usize, srcSymbol: usize, srcLine: usize, dst: usize, dstSymbol: usize, dstLine: usize, work: usize,
): void {
  const size = chunk * width;
  const sum = work + size;
  if (high) {
    for (let first = 0; first < sources; first += chunk) {
      const count = min(chunk, sources - first);
      const target = first == 0 ? sum : work;
      for (let x = 0; x < count; x++) loadPoint(target + x * width, src + (first + x) * srcSymbol, srcLine);
      memory.fill(target + count * width, 0, (chunk - count) * width);
      inverseFft(target, chunk, width, chunk + first, count);
      if (first > 0) addTo(sum, work, size);
    }
    fft(sum, chunk, width, 0, 0, recoveries);
    for (let x = 0; x < recoveries; x++) storePoint(sum + x * width, dst + x * dstSymbol, dstLine);
    return;
  }
  for (let x = 0; x < sources; x++) loadPoint(sum + x * width, src + x * srcSymbol, srcLine);
  memory.fill(sum + sources * width, 0, (chunk - sources) * width);
  inverseFft(sum, chunk, width, 0, sources);
  for (let first = 0; first < recoveries; first += chunk) {
    const count = min(chunk, recoveries - first);
    memory.copy(work, sum, size);
    fft(work, chunk, width, chunk + first, 0, count);
    for (let x = 0; x < count; x++) storePoint(work + x * width, dst + (first + x) * dstSymbol, dstLine);
  }
}

/**
 * Recovery symbols of `lines` codewords.
 * @param work scratch of `2 · chunk · MAX_WIDTH` bytes
 */
export function encode(
  src: usize, srcSymbol: usize, srcLine: usize, dst: usize, dstSymbol: usize, dstLine: usize,
  lines: i32, symbolSize: i32, work: usize,
): void {
  const blocks = symbolSize >> 6;
  for (let line = 0; line < lines && blocks > 0; line += BLOCK_LINES) {
    setBatch(32, min(BLOCK_LINES, lines - line));
    for (let b = 0; b < blocks; b++) {
      const at: usize = b << 6;
      encodeBatch(src + line * srcLine + at, srcSymbol, srcLine, dst + line * dstLine + at, dstSymbol, dstLine, work);
    }
  }
  const rest = (symbolSize & 63) >> 1;
  if (rest == 0) return;
  const at: usize = blocks << 6;
  const batch = MAX_WORDS / rest;
  for (let line = 0; line < lines; line += batch) {
    setBatch(rest, min(batch, lines - line));
    encodeBatch(src + line * srcLine + at, srcSymbol, srcLine, dst + line * dstLine + at, dstSymbol, dstLine, work);
  }
}

// ---------------------------------------------------------------- decoding

let points: i32 = 0;
let received: i32 = 0;
let inputs: usize = 0;
let inputEnd: i32 = 0;
let missing: i32 = 0;
let outputs: usize = 0;
let outputStart: i32 = 0;
let outputEnd: i32 = 0;
let inputTables: usize = 0;
let outputTables: usize = 0;

/**
 * Chooses the erasure pattern for the next `decode` calls.
 * @param inPoints u32 evaluation point of each received symbol
 * @param inTables product table of exp(λ) for each of them
 * @param outPoints u32 evaluation point of each missing source, ascending
 * @param outTables product table of exp(−λ) for each of them
 */
export function setErasures(
  pointCount: i32, inCount: i32, inPoints: usize, inTables: usize, outCount: i32, outPoints: usize, outTables: usize,
): void {
  points = pointCount;
  received = inCount;
  inputs = inPoints;
  inputTables = inTables;
  missing = outCount;
  outputs = outPoints;
  outputTables = outTables;
  inputEnd = 0;
  for (let x = 0; x < inCount; x++) inputEnd = max(inputEnd, load<i32>(inPoints + (x << 2)) + 1);
  outputStart = load<i32>(outPoints);
  outputEnd = load<i32>(outPoints + ((outCount - 1) << 2)) + 1;
}

function decodeBatch(
  src: usize, srcSymbol: usize, srcLine: usize, dst: usize, dstSymbol: usize, dstLine: usize, work: usize,
): void {
  memory.fill(work, 0, points * width);
  for (let x = 0; x < received; x++) {
    const at = work + load<i32>(inputs + (x << 2)) * width;
    loadPoint(at, src + x * srcSymbol, srcLine);
    scale(at, width, inputTables + x * TABLE_SIZE);
  }
  inverseFft(work, points, width, 0, inputEnd);
  derivative(work, points, width);
  fft(work, points, width, 0, outputStart, outputEnd);
  for (let x = 0; x < missing; x++) {
    const at = work + load<i32>(outputs + (x << 2)) * width;
    scale(at, width, outputTables + x * TABLE_SIZE);
    storePoint(at, dst + x * dstSymbol, dstLine);
  }
}

/**
 * Missing sources of `lines` codewords, in the order of `outPoints`.
 * @param work scratch of `pointCount · MAX_WIDTH` bytes
 */
export function decode(
  src: usize, srcSymbol: usize, srcLine: usize, dst: usize, dstSymbol: usize, dstLine: usize,
  lines: i32, symbolSize: i32, work: usize,
): void {
  const blocks = symbolSize >> 6;
  for (let line = 0; line < lines && blocks > 0; line += BLOCK_LINES) {
    setBatch(32, min(BLOCK_LINES, lines - line));
    for (let b = 0; b < blocks; b++) {
      const at: usize = b << 6;
      decodeBatch(src + line * srcLine + at, srcSymbol, srcLine, dst + line * dstLine + at, dstSymbol, dstLine, work);
    }
  }
  const rest = (symbolSize & 63) >> 1;
  if (rest == 0) return;
  const at: usize = blocks << 6;
  const batch = MAX_WORDS / rest;
  for (let line = 0; line < lines; line += batch) {
    setBatch(rest, min(batch, lines - line));
    decodeBatch(src + line * srcLine + at, srcSymbol, srcLine, dst + line * dstLine + at, dstSymbol, dstLine, work);
  }
}

/** Copies a `rows × columns` array of cells of `size` bytes so that columns become contiguous. */
export function transposeCells(
  src: usize, rows: i32, columns: i32, size: i32, dst: usize, dstColumn: usize,
): void {
  for (let c = 0; c < columns; c++) {
    let from = src + c * size;
    let to = dst + c * dstColumn;
    for (let r = 0; r < rows; r++) {
      copyBytes(to, from, size);
      from += columns * size;
      to += size;
    }
  }
}
