/// Apportionment of shards, and the queue behind it.
#[test_only]
module walrus::apportionment_tests;

use std::unit_test::assert_eq;
use walrus::apportionment;
use walrus::apportionment_queue;
use walrus::staking_tables;

#[test]
fun the_queue_sorts_by_priority_and_breaks_ties_by_order() {
    let mut queue = apportionment_queue::new();
    assert!(queue.is_empty());
    let queued = vector[5u128, 9, 1, 5, 9, 0, 5];
    queued.length().do!(|i| queue.insert(queued[i], i, b"abcdefg"[i]));
    assert_eq!(queue.length(), 7);
    let mut order = vector[];
    let mut priorities = vector[];
    while (!queue.is_empty()) {
        let (priority, _, value) = queue.pop();
        priorities.push_back(priority);
        order.push_back(value);
    };
    assert_eq!(order, b"beadgcf");
    assert_eq!(priorities, vector[9u128, 9, 5, 5, 5, 1, 0]);
}

#[test]
fun the_queue_sorts_many() {
    let mut queue = apportionment_queue::new();
    let mut state = 1u64;
    300u64.do!(|i| {
        state = (state * 1103 + 12345) % 10007;
        queue.insert(state as u128, i, i);
    });
    let (mut last_priority, mut last_tie, _) = queue.pop();
    299u64.do!(|_| {
        let (priority, tie, _) = queue.pop();
        assert!(
            priority < last_priority || (priority == last_priority && tie > last_tie),
        );
        last_priority = priority;
        last_tie = tie;
    });
}

#[test, expected_failure(abort_code = walrus::apportionment_queue::EPopFromEmptyHeap)]
fun popping_from_an_empty_queue() {
    let mut queue = apportionment_queue::new<u8>();
    queue.pop();
}

#[test]
fun apportionments_match_the_table() {
    staking_tables::apportionments().do!(|row| {
        let n_shards = row[0][0] as u16;
        let stakes = row[1];
        let shards = apportionment::dhondt(&stakes, n_shards);
        assert_eq!(shards.map!(|count| count as u64), row[2]);
        assert_eq!(apportionment::max_shards(stakes.length(), n_shards) as u64, row[3][0]);
        assert_eq!(shards.fold!(0u64, |sum, count| sum + (count as u64)), n_shards as u64);
    });
}

#[test]
fun more_stake_never_gives_fewer_shards() {
    let mut last = 0;
    60u64.do!(|i| {
        let stakes = vector[300, 200 + i * 17, 470, 90, 91];
        let shards = apportionment::dhondt(&stakes, 97)[1];
        assert!(shards >= last);
        last = shards;
    });
}

/// With ties of 64-bit fractions and the largest stakes, a shift in 64 bits would lose all of them.
#[test]
fun quotients_keep_all_bits() {
    let half = 1u64 << 61;
    assert_eq!(apportionment::dhondt(&vector[half, half, half - 1], 10), vector[4u16, 3, 3]);
    assert_eq!(apportionment::dhondt(&vector[half - 1, half, half], 10), vector[3u16, 4, 3]);
}

/// Twenty nodes cannot share fewer than ten shards under the cap of a tenth.
#[test, expected_failure(abort_code = walrus::apportionment_queue::EPopFromEmptyHeap)]
fun too_few_shards_for_the_cap() {
    apportionment::dhondt(&vector::tabulate!(20, |_| 1), 9);
}
