/// Which node holds which shards.
module walrus::committee;

use sui::vec_map::{Self, VecMap};

/// The new weights do not add up to the number of shards of the committee.
const EInvalidShardAssignment: u64 = 0;

/// The shards of each member, by node ID in ascending order.
public struct Committee(VecMap<ID, vector<u16>>) has copy, drop, store;

/// A node with the number of shards it is to have.
public struct Assignment has copy, drop {
    /// Node ID as a number, by which committees are ordered.
    key: u256,
    /// The node.
    node_id: ID,
    /// Number of shards.
    weight: u16,
}

/// A committee without members.
public(package) fun empty(): Committee { Committee(vec_map::empty()) }

/// A first committee: consecutive shards to the nodes in the order of their IDs.
public(package) fun initialize(node_ids: vector<ID>, weights: vector<u16>): Committee {
    let mut next_shard = 0u16;
    let mut ids = vector[];
    let mut shards = vector[];
    sort_assignments(node_ids, weights).do!(|assignment| {
        ids.push_back(assignment.node_id);
        shards.push_back(vector::tabulate!(assignment.weight as u64, |i| next_shard + (i as u16)));
        next_shard = next_shard + assignment.weight;
    });
    Committee(vec_map::from_keys_values(ids, shards))
}

/// The committee that follows this one, with as few shards changing hands as possible: a node gives
/// up only its last shards, and only as many as it has too many of.
public(package) fun transition(
    self: &Committee,
    node_ids: vector<ID>,
    weights: vector<u16>,
): Committee {
    let assignments = sort_assignments(node_ids, weights);
    let n_old = self.0.length();
    let mut old = 0;
    let mut freed = vector[];
    let mut ids = vector[];
    let mut kept = vector[];

    // Both lists ascend by node ID, so one pass over them finds who leaves, stays and joins.
    assignments.do_ref!(|assignment| {
        while (old < n_old && self.key_at(old) < assignment.key) {
            freed.append(*self.shards_at(old));
            old = old + 1;
        };
        let mut shards = vector[];
        if (old < n_old && self.key_at(old) == assignment.key) {
            shards = *self.shards_at(old);
            while (shards.length() > assignment.weight as u64) {
                freed.push_back(shards.pop_back());
            };
            old = old + 1;
        };
        ids.push_back(assignment.node_id);
        kept.push_back(shards);
    });
    while (old < n_old) {
        freed.append(*self.shards_at(old));
        old = old + 1;
    };

    assignments.length().do!(|i| {
        let shards = &mut kept[i];
        while (shards.length() < assignments[i].weight as u64) {
            assert!(!freed.is_empty(), EInvalidShardAssignment);
            shards.push_back(freed.pop_back());
        };
    });
    assert!(freed.is_empty(), EInvalidShardAssignment);
    Committee(vec_map::from_keys_values(ids, kept))
}

/// The shards of a member.
public fun shards(self: &Committee, node_id: &ID): &vector<u16> { &self.0[node_id] }

/// Number of members.
public fun size(self: &Committee): u64 { self.0.length() }

/// The shards of each member, by node ID in ascending order.
public fun inner(self: &Committee): &VecMap<ID, vector<u16>> { &self.0 }

/// The shards of each member, by node ID in ascending order.
public fun to_inner(self: Committee): VecMap<ID, vector<u16>> {
    let Committee(members) = self;
    members
}

/// Whether the node is a member.
public(package) fun contains(self: &Committee, node_id: &ID): bool { self.0.contains(node_id) }

/// Whether there are no members.
public(package) fun is_empty(self: &Committee): bool { self.0.is_empty() }

/// Node ID and number of shards of the member at a position.
public(package) fun member_at(self: &Committee, index: u64): (ID, u16) {
    let (node_id, shards) = self.0.get_entry_by_idx(index);
    (*node_id, shards.length() as u16)
}

fun key_at(self: &Committee, index: u64): u256 {
    let (node_id, _) = self.0.get_entry_by_idx(index);
    node_id.to_address().to_u256()
}

fun shards_at(self: &Committee, index: u64): &vector<u16> {
    let (_, shards) = self.0.get_entry_by_idx(index);
    shards
}

fun sort_assignments(node_ids: vector<ID>, weights: vector<u16>): vector<Assignment> {
    let mut assignments = node_ids.zip_map!(
        weights,
        |node_id, weight| Assignment { key: node_id.to_address().to_u256(), node_id, weight },
    );
    assignments.insertion_sort_by!(|a, b| a.key <= b.key);
    assignments
}
