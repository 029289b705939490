/// How many shards each node of the active set gets: the method of D'Hondt with a cap.
///
/// Shards are handed out one after another to the node with the most stake per shard, counting the
/// shard it would get. The cap keeps any one node from becoming too important.
module walrus::apportionment;

use walrus::apportionment_queue;

/// From this number of nodes on no node gets more than a tenth of the shards.
const MIN_NODES_FOR_TIGHT_CAP: u64 = 20;
/// Inverse of the tight cap.
const TIGHT_CAP_DIVISOR: u64 = 10;
/// With fewer nodes no node gets more than this many times an equal part.
const LOOSE_CAP_FACTOR: u64 = 2;
/// Fraction bits of the quotients, which are compared as fixed-point numbers.
const QUOTIENT_FRACTION_BITS: u8 = 64;

/// Most shards of one node when `n_shards` are apportioned to `n_nodes`.
public(package) fun max_shards(n_nodes: u64, n_shards: u16): u16 {
    let n_shards = n_shards as u64;
    let cap = if (n_nodes >= MIN_NODES_FOR_TIGHT_CAP) {
        n_shards / TIGHT_CAP_DIVISOR
    } else {
        (LOOSE_CAP_FACTOR * n_shards + n_nodes - 1) / n_nodes
    };
    // One or two nodes may have everything; there is no more to have.
    cap.min(n_shards) as u16
}

/// The number of shards of each node, given the stakes, whose sum must be positive and fit 64 bits.
/// Of nodes with equal claims the earlier one gets the shard.
public(package) fun dhondt(stakes: &vector<u64>, n_shards: u16): vector<u16> {
    let cap = max_shards(stakes.length(), n_shards);
    let mut total_stake = 0;
    stakes.do_ref!(|stake| total_stake = total_stake + *stake);

    // At this many units of stake per shard, fewer than all shards are taken.
    let price = total_stake / (n_shards as u64 + 1) + 1;
    let mut n_assigned = 0;
    let mut shards = stakes.map_ref!(|stake| {
        let initial = (*stake / price).min(cap as u64) as u16;
        n_assigned = n_assigned + initial;
        initial
    });

    let mut queue = apportionment_queue::new();
    stakes.length().do!(|i| {
        if (shards[i] < cap) queue.insert(quotient(stakes[i], shards[i]), i, i);
    });
    while (n_assigned < n_shards) {
        let (_, _, i) = queue.pop();
        let count = &mut shards[i];
        *count = *count + 1;
        n_assigned = n_assigned + 1;
        if (*count < cap) queue.insert(quotient(stakes[i], *count), i, i);
    };
    shards
}

/// Stake per shard if the node got one more.
fun quotient(stake: u64, n_shards: u16): u128 {
    // The stake is widened before the shift, so that no bit is lost.
    ((stake as u128) << QUOTIENT_FRACTION_BITS) / (n_shards as u128 + 1)
}
