/// Openings of the Merkle trees of the encoding: slivers, blobs, and lists of blob IDs.
///
/// Leaves and inner nodes are hashed with BLAKE2b-256 under different prefixes. A level with an odd
/// number of nodes is completed by 32 zero bytes. Paths are as long as the tree is high, no more and no
/// less, so that an inner node can never pass as a leaf.
module walrus_audit::merkle;

use sui::hash::blake2b256;

/// Prefix of a leaf.
const LEAF_PREFIX: u8 = 0;
/// Prefix of an inner node.
const INNER_PREFIX: u8 = 1;
/// Length of a node.
const DIGEST_LENGTH_BYTES: u64 = 32;

/// Whether the tree with `root` over `n_leaves` leaves has `leaf` at `index`.
public(package) fun is_included(
    root: &vector<u8>,
    n_leaves: u64,
    index: u64,
    leaf: vector<u8>,
    path: &vector<vector<u8>>,
): bool {
    if (index >= n_leaves || path.length() != height(n_leaves)) return false;
    let mut position = index;
    let mut node = hash_leaf(leaf);
    let mut level = 0;
    while (level < path.length()) {
        let sibling = path[level];
        if (sibling.length() != DIGEST_LENGTH_BYTES) return false;
        node = if (position % 2 == 0) hash_inner(node, sibling) else hash_inner(sibling, node);
        position = position / 2;
        level = level + 1;
    };
    &node == root
}

/// Number of levels above the leaves: the logarithm of the number of leaves, rounded up.
public(package) fun height(n_leaves: u64): u64 {
    let mut levels = 0;
    let mut width = n_leaves;
    while (width > 1) {
        width = (width + 1) / 2;
        levels = levels + 1;
    };
    levels
}

fun hash_leaf(data: vector<u8>): vector<u8> {
    let mut input = vector[LEAF_PREFIX];
    input.append(data);
    blake2b256(&input)
}

fun hash_inner(left: vector<u8>, right: vector<u8>): vector<u8> {
    let mut input = vector[INNER_PREFIX];
    input.append(left);
    input.append(right);
    blake2b256(&input)
}
