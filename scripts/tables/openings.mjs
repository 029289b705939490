// Makes the openings of the audit tests: for one pair of slivers of one blob all symbols of both axes with
// their Merkle paths, up to the blob ID. The blob is encoded by the official encoder. Only symbols that
// both slivers of a crossing hold as source data are needed, so nothing is encoded here: symbol j of the
// expanded primary sliver i is symbol i of secondary sliver j, and the reverse. The trees are built from
// the specification (section 14.2) and compared with the hashes that the encoder reports.
// Run `node scripts/tables/openings.mjs` to rewrite the table module.

import { writeFileSync } from 'node:fs';
import { blake2b } from '@noble/hashes/blake2.js';
import { BlobEncoder } from '@mysten/walrus-wasm';

const target = new URL('../../move/walrus_audit/tests/openings.move', import.meta.url);
const N_SHARDS = 10;
const K1 = 4; // n - 2f symbols of a secondary sliver
const K2 = 7; // n - f symbols of a primary sliver
const SIZE = 1000;
const SYMBOL_SIZE = 36; // smallest even size with 28 symbols for 1000 bytes
const PAIR = 3; // below K1, and 9 - 3 is below K2

const concat = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const digest = (...parts) => blake2b(concat(...parts), { dkLen: 32 });
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const EMPTY = new Uint8Array(32);

/** Levels of the tree, leaves first. */
function tree(leaves) {
  const levels = [leaves.map((leaf) => digest([0], leaf))];
  while (levels.at(-1).length > 1) {
    const level = levels.at(-1);
    const next = [];
    for (let i = 0; i < level.length; i += 2) next.push(digest([1], level[i], level[i + 1] ?? EMPTY));
    levels.push(next);
  }
  return levels;
}
const root = (levels) => levels.at(-1)[0];
const path = (levels, index) =>
  levels.slice(0, -1).map((level, height) => level[(index >> height) ^ 1] ?? EMPTY);

// The same input rule as the vectors of the encoding specification.
const blob = Uint8Array.from({ length: SIZE }, (_, i) => (31 * i + 7) % 256);
/** A sliver in BCS: length, data, symbol size, index. */
const framed = (symbols) =>
  Array.from({ length: N_SHARDS }, () => new Uint8Array(lengthBytes(symbols) + symbols * SYMBOL_SIZE + 4));
const lengthBytes = (symbols) => (symbols * SYMBOL_SIZE < 128 ? 1 : 2);
const primary = framed(K2);
const secondary = framed(K1);
const encoder = new BlobEncoder(N_SHARDS);
const [metadata, rootNode] = encoder.encode(blob, primary, secondary);
const symbolOf = (sliver, symbols, index) => {
  const start = lengthBytes(symbols) + index * SYMBOL_SIZE;
  return sliver.slice(start, start + SYMBOL_SIZE);
};

const hashes = metadata.metadata.V1.hashes.map(({ primary_hash, secondary_hash }) =>
  concat(primary_hash.Digest, secondary_hash.Digest),
);
const blobTree = tree(hashes);
const check = (a, b, what) => {
  if (hex(a) !== hex(b)) throw new Error(`${what} differs from the encoder's`);
};
check(root(blobTree), Uint8Array.from(rootNode.Digest), 'root hash');
const sizeBytes = new Uint8Array(8);
new DataView(sizeBytes.buffer).setBigUint64(0, BigInt(SIZE), true);
const blobId = digest([1], sizeBytes, root(blobTree));
check(blobId, Uint8Array.from(metadata.blob_id), 'blob ID');

// The encoder lists slivers by pair: secondary sliver j is in pair n - 1 - j.
const primarySymbols = [...secondary].reverse().map((sliver) => symbolOf(sliver, K1, PAIR));
const secondarySymbols = primary.map((sliver) => symbolOf(sliver, K2, N_SHARDS - 1 - PAIR));
const trees = [tree(primarySymbols), tree(secondarySymbols)];
check(root(trees[0]), hashes[PAIR].slice(0, 32), 'primary root');
check(root(trees[1]), hashes[PAIR].slice(32), 'secondary root');

// Trees over lists of blob IDs, with every path: lists of 1 to 5.
const ids = [blobId, ...[1, 2, 3, 4].map((i) => Uint8Array.from({ length: 32 }, (_, k) => (i * 77 + k) % 256))];
const lists = [1, 2, 3, 4, 5].map((count) => tree(ids.slice(0, count)));

let rotation = 0n;
for (const byte of blobId) rotation = rotation * 256n + BigInt(byte);
rotation %= BigInt(N_SHARDS);

const number = (bytes) => `0x${hex(Uint8Array.from(bytes).reverse())}`;
const text = (bytes) => `x"${hex(bytes)}"`;
const list = (rows, indent) =>
  `vector[\n${rows.map((row) => `${indent}    ${row},`).join('\n')}\n${indent}]`;
const paths = (levels, indent) =>
  list(
    levels[0].map((_, i) => `vector[${path(levels, i).map(text).join(', ')}]`),
    indent,
  );

writeFileSync(
  target,
  `/// Openings of a blob of ${SIZE} bytes on ${N_SHARDS} shards, made by \`scripts/tables/openings.mjs\` with the official
/// encoder. Do not edit.
#[test_only]
module walrus_audit::openings;

/// Size of the blob.
public fun size(): u64 { ${SIZE} }

/// Root hash of the blob.
public fun root_hash(): u256 { ${number(root(blobTree))} }

/// Blob ID.
public fun blob_id(): u256 { ${number(blobId)} }

/// The opened pair of slivers.
public fun pair(): u64 { ${PAIR} }

/// The shard that holds the pair.
public fun shard(): u16 { ${(PAIR + Number(rotation)) % N_SHARDS} }

/// Roots of the primary and the secondary sliver.
public fun sliver_roots(): vector<vector<u8>> {
    ${list([text(root(trees[0])), text(root(trees[1]))], '    ')}
}

/// Path from the pair to the root hash.
public fun pair_path(): vector<vector<u8>> {
    ${list(path(blobTree, PAIR).map(text), '    ')}
}

/// All symbols of the expanded sliver on the axis.
public fun symbols(axis: u8): vector<vector<u8>> {
    if (axis == 0) ${list(primarySymbols.map(text), '    ')}
    else ${list(secondarySymbols.map(text), '    ')}
}

/// Paths of all symbols of the expanded sliver on the axis.
public fun symbol_paths(axis: u8): vector<vector<vector<u8>>> {
    if (axis == 0) ${paths(trees[0], '    ')}
    else ${paths(trees[1], '    ')}
}

/// Blob IDs to make lists of; the first is that of the blob.
public fun ids(): vector<vector<u8>> {
    ${list(ids.map(text), '    ')}
}

/// Roots of the lists of the first 1, 2, … of these blob IDs.
public fun list_roots(): vector<vector<u8>> {
    ${list(lists.map((levels) => text(root(levels))), '    ')}
}

/// Paths of all entries of these lists.
public fun list_paths(): vector<vector<vector<vector<u8>>>> {
    ${list(lists.map((levels) => paths(levels, '        ')), '    ')}
}
`,
);
