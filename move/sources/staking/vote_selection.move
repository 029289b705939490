/// Selection of a parameter from the votes of a committee, weighted by shards.
///
/// Each selection takes the value farthest in the direction that costs the voters, as far as a quorum
/// agrees to it: a quorum offers at least the selected capacity, and a quorum is content with the
/// selected price.
module walrus::vote_selection;

use walrus::apportionment_queue;
use walrus::bls_aggregate::is_quorum;

/// Largest value such that the votes not below it are a quorum. The votes together must be one.
public(package) fun largest_with_quorum(
    votes: &vector<u64>,
    weights: &vector<u16>,
    n_shards: u16,
): u64 {
    let mut queue = apportionment_queue::new();
    votes.length().do!(|i| queue.insert(votes[i] as u128, i, weights[i]));
    let mut weight = 0;
    loop {
        let (vote, _, voter_weight) = queue.pop();
        weight = weight + voter_weight;
        if (is_quorum(weight, n_shards)) return vote as u64
    }
}

/// Smallest value such that the votes not above it are a quorum. The votes together must be one.
public(package) fun smallest_with_quorum(
    votes: &vector<u64>,
    weights: &vector<u16>,
    n_shards: u16,
): u64 {
    let max = std::u64::max_value!();
    max - largest_with_quorum(&votes.map_ref!(|vote| max - *vote), weights, n_shards)
}
