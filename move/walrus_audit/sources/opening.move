/// Proof that a node holds a symbol: the path from the symbol through its sliver to the blob ID.
///
/// A blob ID commits to everything a node stores of a blob. Pair `i` consists of primary sliver `i` and
/// secondary sliver `n - 1 - i`. Each sliver is erasure-expanded to `n` symbols, which are the leaves of
/// its tree. The two roots of a pair are a leaf of the blob's tree, whose root is hashed into the blob ID.
module walrus_audit::opening;

use sui::bcs;
use walrus::blob;
use walrus::encoding;
use walrus_audit::merkle;

/// The opened blob is another one.
const EWrongBlob: u64 = 0;
/// The pair of slivers does not belong to the blob.
const EWrongSliverPair: u64 = 1;
/// The symbol does not have the length that the size of the blob demands.
const EWrongSymbolLength: u64 = 2;
/// The symbol does not belong to the sliver.
const EWrongSymbol: u64 = 3;

/// Axis of primary slivers; any other is that of secondary slivers.
const PRIMARY: u8 = 0;

/// Which symbol is to be opened.
public struct Target has copy, drop, store {
    /// The blob.
    blob_id: u256,
    /// The shard whose pair of slivers holds the symbol.
    shard: u16,
    /// 0 for the primary sliver of the pair, 1 for the secondary.
    axis: u8,
    /// Index of the symbol in the expanded sliver.
    symbol: u16,
}

/// Describes the symbol to be opened.
public(package) fun target(blob_id: u256, shard: u16, axis: u8, symbol: u16): Target {
    Target { blob_id, shard, axis, symbol }
}

/// The blob.
public(package) fun blob_id(self: &Target): u256 { self.blob_id }

/// The shard whose pair of slivers holds the symbol.
public(package) fun shard(self: &Target): u16 { self.shard }

/// 0 for the primary sliver of the pair, 1 for the secondary.
public(package) fun axis(self: &Target): u8 { self.axis }

/// Index of the symbol in the expanded sliver.
public(package) fun symbol(self: &Target): u16 { self.symbol }

/// Index of the pair of slivers of a blob that a shard holds. Pairs are rotated by the blob ID, whose
/// bytes are read as a big-endian number for this, so that every shard gets its part of every position.
public(package) fun pair_index(blob_id: u256, shard: u16, n_shards: u16): u64 {
    let mut bytes = bcs::to_bytes(&blob_id);
    bytes.reverse();
    let n_shards = n_shards as u256;
    let rotation = bcs::new(bytes).peel_u256() % n_shards;
    (((shard as u256) + n_shards - rotation) % n_shards) as u64
}

/// Aborts unless the symbol is the one that is asked for. The symbol comes in chunks, since one argument
/// of a transaction may be shorter than a symbol.
public(package) fun verify(
    self: &Target,
    n_shards: u16,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    primary_root: vector<u8>,
    secondary_root: vector<u8>,
    pair_path: &vector<vector<u8>>,
    symbol_chunks: vector<vector<u8>>,
    symbol_path: &vector<vector<u8>>,
) {
    assert!(blob::derive_blob_id(root_hash, encoding_type, size) == self.blob_id, EWrongBlob);
    // The roots have a fixed length each: otherwise bytes could be moved between them.
    assert!(primary_root.length() == 32 && secondary_root.length() == 32, EWrongSliverPair);
    let mut pair = primary_root;
    pair.append(secondary_root);
    let n = n_shards as u64;
    let index = pair_index(self.blob_id, self.shard, n_shards);
    assert!(
        merkle::is_included(&bcs::to_bytes(&root_hash), n, index, pair, pair_path),
        EWrongSliverPair,
    );

    let symbol = symbol_chunks.flatten();
    let symbol_size = encoding::symbol_size(size, encoding_type, n_shards) as u64;
    assert!(symbol.length() == symbol_size, EWrongSymbolLength);
    let root = if (self.axis == PRIMARY) primary_root else secondary_root;
    assert!(
        merkle::is_included(&root, n, self.symbol as u64, symbol, symbol_path),
        EWrongSymbol,
    );
}
