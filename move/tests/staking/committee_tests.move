/// Assignment of shards to nodes.
#[test_only]
module walrus::committee_tests;

use std::unit_test::assert_eq;
use walrus::committee::{Self, Committee};

fun id(i: u64): ID { object::id_from_address(sui::address::from_u256(i as u256)) }

/// Checks that the shards partition `0..n_shards` and that the members ascend.
fun check(committee: &Committee, n_shards: u64) {
    let mut seen = vector::tabulate!(n_shards, |_| false);
    let (ids, shards) = (*committee.inner()).into_keys_values();
    shards.do!(|list| {
        assert!(!list.is_empty());
        list.do!(|shard| {
            assert!(!seen[shard as u64]);
            *(&mut seen[shard as u64]) = true;
        })
    });
    assert!(seen.all!(|s| *s));
    assert!(walrus::sort::is_strictly_ascending(&ids));
}

/// Number of shards that are with another node than before.
fun moved(from: &Committee, to: &Committee): u64 {
    let mut count = 0;
    let (ids, shards) = (*from.inner()).into_keys_values();
    ids.zip_do!(shards, |node_id, list| list.do!(|shard| {
        if (!to.contains(&node_id) || !to.shards(&node_id).contains(&shard)) count = count + 1;
    }));
    count
}

#[test]
fun the_first_committee_gets_consecutive_shards_in_the_order_of_ids() {
    let committee = committee::initialize(vector[id(30), id(10), id(20)], vector[2, 5, 3]);
    assert_eq!(committee.size(), 3);
    assert_eq!(*committee.shards(&id(10)), vector[0, 1, 2, 3, 4]);
    assert_eq!(*committee.shards(&id(20)), vector[5, 6, 7]);
    assert_eq!(*committee.shards(&id(30)), vector[8, 9]);
    assert_eq!(committee.inner().keys(), vector[id(10), id(20), id(30)]);
    let (first, weight) = committee.member_at(0);
    assert_eq!(first, id(10));
    assert_eq!(weight, 5);
    assert!(committee.contains(&id(20)));
    assert!(!committee.contains(&id(40)));
    assert!(!committee.is_empty());
    assert!(committee::empty().is_empty());
    check(&committee, 10);
}

/// IDs are compared as big-endian numbers, most significant byte first.
#[test]
fun ids_are_big_endian_numbers() {
    let low = object::id_from_address(@0x00000000000000000000000000000000000000000000000000000000000000ff);
    let high = object::id_from_address(@0x0100000000000000000000000000000000000000000000000000000000000000);
    let committee = committee::initialize(vector[high, low], vector[1, 1]);
    assert_eq!(committee.inner().keys(), vector[low, high]);
}

#[test]
fun nothing_moves_if_nothing_changes() {
    let old = committee::initialize(vector[id(1), id(2), id(3)], vector[2, 5, 3]);
    let new = old.transition(vector[id(3), id(2), id(1)], vector[3, 5, 2]);
    assert_eq!(new, old);
}

#[test]
fun shrinking_nodes_give_up_their_last_shards() {
    let old = committee::initialize(vector[id(1), id(2), id(3)], vector[4, 4, 2]);
    let new = old.transition(vector[id(1), id(2), id(3)], vector[2, 3, 5]);
    assert_eq!(*new.shards(&id(1)), vector[0, 1]);
    assert_eq!(*new.shards(&id(2)), vector[4, 5, 6]);
    check(&new, 10);
    assert_eq!(moved(&old, &new), 3);
}

#[test]
fun nodes_leave_and_join_at_every_place() {
    let old = committee::initialize(vector[id(2), id(4), id(6)], vector[4, 4, 2]);
    // First, middle and last leave; others join before, between and after.
    let new = old.transition(vector[id(1), id(4), id(5)], vector[3, 4, 3]);
    assert_eq!(*new.shards(&id(4)), vector[4, 5, 6, 7]);
    check(&new, 10);
    assert_eq!(moved(&old, &new), 6);
    let new = old.transition(vector[id(7), id(2), id(3)], vector[1, 6, 3]);
    assert_eq!(moved(&old, &new), 6);
    check(&new, 10);
    let new = old.transition(vector[id(9)], vector[10]);
    assert_eq!(moved(&old, &new), 10);
    check(&new, 10);
}

#[test]
fun transitions_move_as_few_shards_as_possible() {
    let mut state = 7u64;
    let ids = vector::tabulate!(12, |i| id(i * 37 % 101 + 1));
    let mut old = committee::initialize(vector[id(1)], vector[200]);
    30u64.do!(|_| {
        let mut weights = vector::tabulate!(12, |_| 0u16);
        200u64.do!(|_| {
            state = (state * 75 + 74) % 65537;
            // Some nodes are left without shards.
            let i = (state / 7) % (3 + state % 10);
            *(&mut weights[i]) = weights[i] + 1;
        });
        let mut members = vector[];
        let mut member_weights = vector[];
        12u64.do!(|i| if (weights[i] > 0) {
            members.push_back(ids[i]);
            member_weights.push_back(weights[i]);
        });
        let new = old.transition(members, member_weights);
        check(&new, 200);
        let mut least = 0;
        let (old_ids, old_shards) = old.to_inner().into_keys_values();
        old_ids.zip_do!(old_shards, |node_id, list| {
            let before = list.length();
            let after = if (new.contains(&node_id)) new.shards(&node_id).length() else 0;
            if (before > after) least = least + (before - after);
        });
        assert_eq!(moved(&old, &new), least);
        old = new;
    });
}

#[test, expected_failure(abort_code = walrus::committee::EInvalidShardAssignment)]
fun too_few_shards_assigned() {
    let old = committee::initialize(vector[id(1), id(2)], vector[5, 5]);
    old.transition(vector[id(1), id(2)], vector[5, 4]);
}

#[test, expected_failure(abort_code = walrus::committee::EInvalidShardAssignment)]
fun too_many_shards_assigned() {
    let old = committee::initialize(vector[id(1), id(2)], vector[5, 5]);
    old.transition(vector[id(1), id(2)], vector[5, 6]);
}
