/**
 * Recovery of single slivers (encoding specification §7) and inconsistency proofs (§9).
 *
 * Cell `(i, j)` of the expanded matrix belongs to primary sliver `i` and secondary sliver `j`; the
 * holder of either can supply it for the other. A proof is always over the tree of the *source* sliver,
 * with the target's index as leaf position.
 */

import type { EncodingEngine } from './engine.js';
import {
  InvalidInconsistencyProofError,
  InvalidRecoverySymbolError,
  NotEnoughSymbolsError,
  RecoveredSliverMismatchError,
} from './errors.js';
import { equalBytes, unshared } from './hash.js';
import { foldProofs, MerkleTree, nodeBytes, verifyProof } from './merkle.js';
import { sliverHash } from './metadata.js';
import type { EncodingParameters } from './parameters.js';
import { symbolSizeFor, symbolsPerSliver } from './parameters.js';
import { orthogonalAxis } from './types.js';
import type {
  BlobMetadata,
  DecodingSymbol,
  EitherDecodingSymbol,
  GeneralRecoverySymbol,
  InconsistencyProof,
  RecoverySymbol,
  Sliver,
  SliverTarget,
} from './types.js';

/**
 * The symbol that `source` holds for the sliver `targetIndex` of the other axis, without proof. Stored
 * symbols are copied, parity symbols computed.
 */
export async function decodingSymbol(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  source: Sliver,
  targetIndex: number,
): Promise<EitherDecodingSymbol> {
  const data = await engine.symbolAt(parameters, source.axis, source.data, source.symbolSize, targetIndex);
  return { targetAxis: orthogonalAxis(source.axis), index: source.index, data };
}

/** Symbols with proofs that `source` holds for each of `targetIndices`; the sliver is expanded once. */
export async function recoverySymbols(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  source: Sliver,
  targetIndices: readonly number[],
): Promise<GeneralRecoverySymbol[]> {
  const { symbolSize } = source;
  const [expanded] = await engine.expand(parameters, source.axis, [source.data], symbolSize);
  const symbol = (x: number): Uint8Array => expanded!.subarray(x * symbolSize, (x + 1) * symbolSize);
  const tree = await MerkleTree.hashedBy(engine, await engine.leafHashes(expanded!, symbolSize));
  return targetIndices.map((targetIndex) => ({
    targetAxis: orthogonalAxis(source.axis),
    targetIndex,
    index: source.index,
    data: symbol(targetIndex).slice(),
    proof: tree.prove(targetIndex),
  }));
}

/** Root of the sliver that a symbol for `target` was taken from. */
function sourceRoot(metadata: BlobMetadata, target: SliverTarget, symbol: RecoverySymbol): Uint8Array {
  return nodeBytes(sliverHash(metadata, { axis: orthogonalAxis(target.axis), index: symbol.index }));
}

function invalid(kind: InvalidRecoverySymbolError['fault'], target: SliverTarget, symbol: RecoverySymbol, detail: string): InvalidRecoverySymbolError {
  return new InvalidRecoverySymbolError(kind, symbol.index, target.index, detail);
}

const PROOF_FAULT = 'the Merkle proof does not lead to the hash of the source sliver';

/** The checks that need no hashing. */
function symbolShapeFault(
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  target: SliverTarget,
  symbol: RecoverySymbol,
): InvalidRecoverySymbolError | undefined {
  const { shardCount } = parameters;
  if (!Number.isInteger(symbol.index) || symbol.index < 0 || symbol.index >= shardCount) {
    return invalid('index', target, symbol, `source index must be below ${shardCount}`);
  }
  if (!Number.isInteger(target.index) || target.index < 0 || target.index >= shardCount) {
    return invalid('target', target, symbol, `target index must be below ${shardCount}`);
  }
  const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
  if (symbol.data.length !== symbolSize) {
    return invalid('length', target, symbol, `${symbol.data.length} bytes, expected ${symbolSize}`);
  }
  return undefined;
}

/** Why `symbol` cannot be used for `target`, or `undefined` if it is authentic. */
export function recoverySymbolFault(
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  target: SliverTarget,
  symbol: RecoverySymbol,
): InvalidRecoverySymbolError | undefined {
  const fault = symbolShapeFault(parameters, metadata, target, symbol);
  if (fault !== undefined) return fault;
  const root = sourceRoot(metadata, target, symbol);
  return verifyProof(root, parameters.shardCount, symbol.data, target.index, symbol.proof)
    ? undefined
    : invalid('proof', target, symbol, PROOF_FAULT);
}

/** The same for many symbols at once. */
async function recoverySymbolFaults(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  target: SliverTarget,
  symbols: readonly RecoverySymbol[],
): Promise<(InvalidRecoverySymbolError | undefined)[]> {
  const faults = symbols.map((symbol) => symbolShapeFault(parameters, metadata, target, symbol));
  const positions = [...symbols.keys()].filter((x) => faults[x] === undefined);
  if (positions.length === 0) return faults;
  const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
  const claims = positions.map((x) => ({ data: symbols[x]!.data, index: target.index, path: symbols[x]!.proof }));
  const roots = await foldProofs(engine, parameters.shardCount, symbolSize, claims);
  positions.forEach((x, i) => {
    const root = roots[i];
    if (root !== undefined && equalBytes(root, sourceRoot(metadata, target, symbols[x]!))) return;
    faults[x] = invalid('proof', target, symbols[x]!, PROOF_FAULT);
  });
  return faults;
}

/**
 * The view of a cell that serves `target`: the symbol itself, or, for the other sliver through the same
 * cell, the symbol with source and target exchanged. `undefined` if the cell is not in the target.
 */
export function symbolForTarget(symbol: GeneralRecoverySymbol, target: SliverTarget): DecodingSymbol | undefined {
  if (symbol.targetAxis === target.axis) {
    return symbol.targetIndex === target.index ? { index: symbol.index, data: symbol.data } : undefined;
  }
  return symbol.index === target.index ? { index: symbol.targetIndex, data: symbol.data } : undefined;
}

/**
 * First `needed` symbols with distinct, valid indices and the right size.
 * @param check says which of the symbols it is given may be used; as few are given as possible
 */
async function usableSymbols<S extends DecodingSymbol>(
  parameters: EncodingParameters,
  symbolSize: number,
  symbols: Iterable<S>,
  needed: number,
  check: (symbols: readonly S[]) => Promise<readonly boolean[]>,
): Promise<S[]> {
  const usable = new Map<number, S>();
  let candidates: S[] = [];
  const admit = async (): Promise<void> => {
    const authentic = await check(candidates);
    candidates.forEach((symbol, x) => {
      if (authentic[x] && !usable.has(symbol.index)) usable.set(symbol.index, symbol);
    });
    candidates = [];
  };
  for (const symbol of symbols) {
    if (usable.size === needed) break;
    const { index, data } = symbol;
    const valid = Number.isInteger(index) && index >= 0 && index < parameters.shardCount;
    if (!valid || data.length !== symbolSize || usable.has(index)) continue;
    candidates.push(symbol);
    if (usable.size + candidates.length === needed) await admit();
  }
  await admit();
  if (usable.size < needed) throw new NotEnoughSymbolsError('symbols', usable.size, needed);
  return [...usable.values()];
}

/** Decodes the payload of `target` from exactly as many symbols as the code needs, and hashes it. */
async function decodeTarget(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  target: SliverTarget,
  symbols: readonly DecodingSymbol[],
  symbolSize: number,
): Promise<{ sliver: Sliver; root: Uint8Array }> {
  // A primary sliver is a row, so its symbols belong to the row code, and the other way round.
  const code = orthogonalAxis(target.axis);
  const indices = symbols.map(({ index }) => index);
  const payloads = symbols.map(({ data }) => data);
  const data = unshared(await engine.decode(parameters, code, indices, payloads, symbolSize, 1));
  const root = await engine.sliverRoots(parameters, target.axis, [data], symbolSize);
  return { sliver: { ...target, symbolSize, data }, root };
}

/**
 * Rebuilds a sliver. Symbols that carry a proof are checked first and dropped if it fails; symbols
 * without one are used as they are. The result is verified against the metadata either way.
 * @throws NotEnoughSymbolsError, RecoveredSliverMismatchError
 */
export async function recoverSliver(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  target: SliverTarget,
  symbols: Iterable<DecodingSymbol | RecoverySymbol>,
): Promise<Sliver> {
  const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
  const check = async (candidates: readonly (DecodingSymbol | RecoverySymbol)[]): Promise<boolean[]> => {
    const proven = candidates.filter((symbol) => 'proof' in symbol);
    const faults = await recoverySymbolFaults(engine, parameters, metadata, target, proven);
    const rejected = new Set<DecodingSymbol>(proven.filter((_, x) => faults[x] !== undefined));
    return candidates.map((symbol) => !rejected.has(symbol));
  };
  const needed = symbolsPerSliver(parameters, target.axis);
  const usable = await usableSymbols(parameters, symbolSize, symbols, needed, check);
  const { sliver, root } = await decodeTarget(engine, parameters, target, usable, symbolSize);
  if (!equalBytes(root, nodeBytes(sliverHash(metadata, target)))) {
    throw new RecoveredSliverMismatchError(target.axis, target.index);
  }
  return sliver;
}

/**
 * Makes an inconsistency proof from authentic symbols, and checks that it really is one.
 * @throws NotEnoughSymbolsError too few of the symbols have valid proofs
 * @throws InvalidInconsistencyProofError the symbols decode to the sliver the metadata records
 */
export async function createInconsistencyProof(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  target: SliverTarget,
  symbols: Iterable<RecoverySymbol>,
): Promise<InconsistencyProof> {
  const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
  const check = async (candidates: readonly RecoverySymbol[]): Promise<boolean[]> =>
    (await recoverySymbolFaults(engine, parameters, metadata, target, candidates)).map((fault) => fault === undefined);
  const usable = await usableSymbols(parameters, symbolSize, symbols, symbolsPerSliver(parameters, target.axis), check);
  const proof = {
    targetAxis: target.axis,
    targetIndex: target.index,
    symbols: usable.map(({ index, data, proof: path }) => ({ index, data, proof: path })),
  };
  await verifyInconsistencyProof(engine, parameters, metadata, proof);
  return proof;
}

/**
 * Checks an inconsistency proof; returns normally iff it shows that the blob is inconsistent.
 * @throws InvalidInconsistencyProofError
 */
export async function verifyInconsistencyProof(
  engine: EncodingEngine,
  parameters: EncodingParameters,
  metadata: BlobMetadata,
  proof: InconsistencyProof,
): Promise<void> {
  const target = { axis: proof.targetAxis, index: proof.targetIndex };
  const needed = symbolsPerSliver(parameters, target.axis);
  if (proof.symbols.length !== needed) {
    throw new InvalidInconsistencyProofError(`${proof.symbols.length} symbols, exactly ${needed} needed`);
  }
  const faults = await recoverySymbolFaults(engine, parameters, metadata, target, proof.symbols);
  const cause = faults.find((fault) => fault !== undefined);
  if (cause !== undefined) throw new InvalidInconsistencyProofError(cause.message, { cause });
  if (new Set(proof.symbols.map(({ index }) => index)).size !== needed) {
    throw new InvalidInconsistencyProofError('a symbol index occurs twice');
  }
  const symbolSize = symbolSizeFor(parameters, metadata.unencodedLength);
  const { root } = await decodeTarget(engine, parameters, target, proof.symbols, symbolSize);
  if (equalBytes(root, nodeBytes(sliverHash(metadata, target)))) {
    throw new InvalidInconsistencyProofError('the symbols decode to the sliver the metadata records');
  }
}
