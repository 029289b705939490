/// The nodes with the highest stakes, from which the next committee is selected.
///
/// The set is bounded because the epoch change handles all its members in one transaction. Its
/// order decides ties of the apportionment, so it never changes without need: an update keeps the
/// place of a node, and only a removal moves the last entry.
module walrus::active_set;

use sui::vec_map::{Self, VecMap};

/// A set for no members.
const EZeroMaxSize: u64 = 0;
/// The node is already in the set.
const EDuplicateInsertion: u64 = 1;

/// A member and its stake at the next selection.
public struct ActiveSetEntry has copy, drop, store {
    /// Node ID of the member.
    node_id: ID,
    /// Its stake in FROST, never zero.
    staked_amount: u64,
}

/// A bounded set of nodes with the highest stakes.
public struct ActiveSet has copy, drop, store {
    /// Most members the set takes.
    max_size: u16,
    /// Stake a node needs to be a member.
    threshold_stake: u64,
    /// The members, in no particular order.
    nodes: vector<ActiveSetEntry>,
    /// Sum of the stakes of the members.
    total_stake: u64,
}

/// An empty set.
public(package) fun new(max_size: u16, threshold_stake: u64): ActiveSet {
    assert!(max_size > 0, EZeroMaxSize);
    ActiveSet { max_size, threshold_stake, nodes: vector[], total_stake: 0 }
}

/// Records the stake of a node, inserting or removing it as the stake demands. Returns whether the
/// node is a member afterwards.
public(package) fun insert_or_update(self: &mut ActiveSet, node_id: ID, stake: u64): bool {
    if (stake == 0 || stake < self.threshold_stake) {
        self.remove(node_id);
        return false
    };
    self.update(node_id, stake) || self.insert(node_id, stake)
}

/// Replaces the stake of a member without regard to the threshold. Returns false, and does
/// nothing, if the node is no member.
fun update(self: &mut ActiveSet, node_id: ID, stake: u64): bool {
    let index = self.index_of(node_id);
    if (index.is_none()) return false;
    let entry = &mut self.nodes[index.destroy_some()];
    self.total_stake = self.total_stake - entry.staked_amount + stake;
    entry.staked_amount = stake;
    true
}

/// Takes the node out of the set if it is a member.
public(package) fun remove(self: &mut ActiveSet, node_id: ID) {
    self.index_of(node_id).do!(|index| {
        let entry = self.nodes.swap_remove(index);
        self.total_stake = self.total_stake - entry.staked_amount;
    });
}

/// Replaces the bounds. Members with too little stake leave, and if there are too many, those with the
/// smallest stakes.
public(package) fun set_bounds(self: &mut ActiveSet, max_size: u16, threshold_stake: u64) {
    assert!(max_size > 0, EZeroMaxSize);
    self.max_size = max_size;
    self.threshold_stake = threshold_stake;
    while (!self.nodes.is_empty()) {
        let smallest = self.index_of_smallest();
        let ActiveSetEntry { node_id, staked_amount } = self.nodes[smallest];
        if (staked_amount >= threshold_stake && self.nodes.length() <= max_size as u64) return;
        self.remove(node_id);
    }
}

/// Inserts a node that is not a member. In a full set it takes the place of the first member with
/// the smallest stake, if that stake is smaller than its own. Returns whether it was inserted.
public(package) fun insert(self: &mut ActiveSet, node_id: ID, staked_amount: u64): bool {
    assert!(self.index_of(node_id).is_none(), EDuplicateInsertion);
    let entry = ActiveSetEntry { node_id, staked_amount };
    if (self.nodes.length() < self.max_size as u64) {
        self.nodes.push_back(entry);
        self.total_stake = self.total_stake + staked_amount;
        return true
    };
    let smallest = self.index_of_smallest();
    let smallest_stake = self.nodes[smallest].staked_amount;
    if (smallest_stake >= staked_amount) return false;
    *(&mut self.nodes[smallest]) = entry;
    self.total_stake = self.total_stake - smallest_stake + staked_amount;
    true
}

/// Node IDs of the members, in the order of the set.
public(package) fun active_ids(self: &ActiveSet): vector<ID> {
    self.nodes.map_ref!(|entry| entry.node_id)
}

/// Node IDs and stakes of the members, in the order of the set.
public(package) fun active_ids_and_stake(self: &ActiveSet): (vector<ID>, vector<u64>) {
    (self.active_ids(), self.nodes.map_ref!(|entry| entry.staked_amount))
}

/// Stakes of the members by node ID.
public(package) fun stakes(self: &ActiveSet): VecMap<ID, u64> {
    let (ids, stakes) = self.active_ids_and_stake();
    vec_map::from_keys_values(ids, stakes)
}

/// Stake of a node as recorded in the set, zero if it is no member.
public(package) fun stake_of(self: &ActiveSet, node_id: ID): u64 {
    let index = self.index_of(node_id);
    if (index.is_none()) 0 else self.nodes[index.destroy_some()].staked_amount
}

/// Whether the node is a member.
public(package) fun contains(self: &ActiveSet, node_id: ID): bool {
    self.index_of(node_id).is_some()
}

/// Number of members.
public(package) fun size(self: &ActiveSet): u16 { self.nodes.length() as u16 }

/// Most members the set takes.
public(package) fun max_size(self: &ActiveSet): u16 { self.max_size }

/// Stake a node needs to be a member.
public(package) fun threshold_stake(self: &ActiveSet): u64 { self.threshold_stake }

/// Sum of the stakes of the members.
public(package) fun total_stake(self: &ActiveSet): u64 { self.total_stake }

fun index_of(self: &ActiveSet, node_id: ID): Option<u64> {
    self.nodes.find_index!(|entry| entry.node_id == node_id)
}

fun index_of_smallest(self: &ActiveSet): u64 {
    let mut smallest = 0;
    let mut i = 1;
    while (i < self.nodes.length()) {
        if (self.nodes[i].staked_amount < self.nodes[smallest].staked_amount) smallest = i;
        i = i + 1;
    };
    smallest
}
