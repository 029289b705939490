/** Exports of the kernel module; the caller lays out the memory above `FREE` (8192). */

export { buildTable, buildTwiddles, initField, logarithm } from './field';
export { decode, encode, setCode, setErasures, transposeCells } from './code';
export { buildLeafTable, hashInner, hashLeaves, initHash, lookUpLeaves, levelsUp, roots, transposeDigests } from './hash';
export { setTwiddles } from './transform';
