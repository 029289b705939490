/// Macros of `std::vector`.
#[test_only]
module std::vector_macro_tests;

use std::unit_test::assert_eq;

/// Can be neither copied nor dropped.
public struct Heavy(u64)

/// A sort key and the place before sorting, to see whether a sort is stable.
public struct Card has copy, drop {
    rank: u64,
    place: u64,
}

fun cards(ranks: vector<u64>): vector<Card> {
    vector::tabulate!(ranks.length(), |place| Card { rank: ranks[place], place })
}

#[test]
fun tabulate_calls_in_order() {
    let mut calls = vector[];
    let v = vector::tabulate!(4, |i| {
        calls.push_back(i);
        i * i
    });
    assert_eq!(calls, vector[0, 1, 2, 3]);
    assert_eq!(v, vector[0, 1, 4, 9]);
    assert_eq!(vector::tabulate!(0, |i| i), vector[]);
}

#[test]
fun do_and_destroy_go_first_to_last() {
    let mut seen = vector[];
    vector[Heavy(1), Heavy(2), Heavy(3)].do!(|Heavy(weight)| seen.push_back(weight));
    vector[Heavy(4), Heavy(5)].destroy!(|Heavy(weight)| seen.push_back(weight));
    assert_eq!(seen, vector[1, 2, 3, 4, 5]);
}

#[test]
fun do_ref_and_do_mut_go_first_to_last() {
    let mut v = vector[1u64, 2, 3];
    let mut seen = vector[];
    v.do_ref!(|e| seen.push_back(*e));
    assert_eq!(seen, vector[1, 2, 3]);
    v.do_mut!(|e| *e = *e * 10);
    assert_eq!(v, vector[10, 20, 30]);
}

#[test]
fun map_and_map_ref_keep_the_order() {
    assert_eq!(vector[Heavy(1), Heavy(2)].map!(|Heavy(weight)| weight as u8), vector[1u8, 2]);
    let v = vector[1u64, 2, 3];
    assert_eq!(v.map_ref!(|e| *e > 1), vector[false, true, true]);
}

#[test]
fun filter_and_partition_keep_the_order() {
    let v = vector[1u64, 2, 3, 4, 5];
    assert_eq!(v.filter!(|e| *e % 2 == 1), vector[1, 3, 5]);
    let (even, odd) = v.partition!(|e| *e % 2 == 0);
    assert_eq!(even, vector[2, 4]);
    assert_eq!(odd, vector[1, 3, 5]);
}

#[test]
fun find_index_finds_the_first_and_find_indices_all() {
    let v = vector[1u64, 2, 3, 2];
    assert_eq!(v.find_index!(|e| *e == 2), option::some(1));
    assert_eq!(v.find_index!(|e| *e == 9), option::none());
    assert_eq!(v.find_indices!(|e| *e == 2), vector[1, 3]);
    assert_eq!(v.find_indices!(|e| *e == 9), vector[]);
}

#[test]
fun count_counts() {
    let v = vector[1u64, 2, 3, 2];
    assert_eq!(v.count!(|e| *e == 2), 2);
    assert_eq!(v.count!(|e| *e == 9), 0);
}

#[test]
fun fold_goes_from_the_left() {
    assert_eq!(vector[1u64, 2, 3].fold!(0u64, |acc, e| acc * 10 + e), 123);
    assert_eq!(vector<u64>[].fold!(7u64, |acc, e| acc + e), 7);
}

#[test]
fun any_and_all_stop_early() {
    let v = vector[1u64, 2, 3];
    let mut calls = 0u64;
    assert!(v.any!(|e| {
        calls = calls + 1;
        *e == 2
    }));
    assert_eq!(calls, 2);
    assert!(!v.any!(|e| *e == 9));

    calls = 0;
    assert!(!v.all!(|e| {
        calls = calls + 1;
        *e == 9
    }));
    assert_eq!(calls, 1);
    assert!(v.all!(|e| *e > 0));

    let none = vector<u64>[];
    assert!(!none.any!(|_| true));
    assert!(none.all!(|_| false));
}

#[test]
fun searches_can_be_nested() {
    let rows = vector[vector[1u64, 2], vector[3, 4], vector[]];
    assert!(rows.any!(|row| row.any!(|e| *e == 3)));
    assert!(!rows.all!(|row| row.any!(|e| *e > 0)));
    assert_eq!(rows.find_index!(|row| row.find_index!(|e| *e == 4).is_some()), option::some(1));
    assert_eq!(rows.map!(|row| row.filter!(|e| *e % 2 == 0)), vector[vector[2], vector[4], vector[]]);
}

#[test]
fun zips_pair_elements_of_the_same_index() {
    let mut pairs = vector[];
    vector[Heavy(1), Heavy(2)].zip_do!(vector[10u64, 20], |Heavy(a), b| pairs.push_back(a + b));
    assert_eq!(pairs, vector[11, 22]);

    vector[Heavy(1), Heavy(2)].zip_do_reverse!(vector[30u64, 40], |Heavy(a), b| {
        pairs.push_back(a + b)
    });
    assert_eq!(pairs, vector[11, 22, 42, 31]);

    let mut a = vector[1u64, 2];
    let mut b = vector[3u64, 4];
    let mut sum = 0;
    a.zip_do_ref!(&b, |x, y| sum = sum + *x * *y);
    assert_eq!(sum, 11);
    a.zip_do_mut!(&mut b, |x, y| {
        *x = *x + *y;
        *y = 0;
    });
    assert_eq!(a, vector[4, 6]);
    assert_eq!(b, vector[0, 0]);

    assert_eq!(vector[1u64, 2].zip_map!(vector[3u64, 4], |x, y| x * y), vector[3, 8]);
    assert_eq!(vector[1u64, 2].zip_map_ref!(&vector[3u64, 4], |x, y| *x + *y), vector[4, 6]);
}

#[test, expected_failure]
fun zip_do_of_unequal_lengths() {
    vector[1u64].zip_do!(vector<u64>[], |_, _| ());
}

#[test, expected_failure]
fun zip_do_reverse_of_unequal_lengths() {
    vector[1u64].zip_do_reverse!(vector[1u64, 2], |_, _| ());
}

#[test, expected_failure]
fun zip_do_ref_of_unequal_lengths() {
    vector[1u64].zip_do_ref!(&vector[1u64, 2], |_, _| ());
}

#[test, expected_failure]
fun zip_do_mut_of_unequal_lengths() {
    vector[1u64, 2].zip_do_mut!(&mut vector[1u64], |_, _| ());
}

#[test, expected_failure]
fun zip_map_of_unequal_lengths() {
    vector[1u64].zip_map!(vector<u64>[], |x, _| x);
}

#[test, expected_failure]
fun zip_map_ref_of_unequal_lengths() {
    vector[1u64].zip_map_ref!(&vector<u64>[], |x, _| *x);
}

#[test]
fun sorts_agree_and_are_stable() {
    vector[
        vector[],
        vector[1],
        vector[2, 1],
        vector[1, 1, 1],
        vector[3, 1, 2, 3, 1, 2, 3],
        vector[9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        vector[5, 3, 8, 1, 9, 2, 7, 3, 6, 0, 5, 5, 1],
    ].do!(|ranks| {
        let mut inserted = cards(ranks);
        inserted.insertion_sort_by!(|a, b| a.rank <= b.rank);
        let mut merged = cards(ranks);
        merged.merge_sort_by!(|a, b| a.rank <= b.rank);
        assert_eq!(inserted, merged);
        assert_eq!(inserted.length(), ranks.length());
        assert!(inserted.is_sorted_by!(|a, b| {
            a.rank < b.rank || (a.rank == b.rank && a.place < b.place)
        }));
    });
}

#[test]
fun merge_sort_moves_heavy_elements() {
    let mut v = vector[Heavy(3), Heavy(1), Heavy(2)];
    v.merge_sort_by!(|a, b| a.0 <= b.0);
    assert_eq!(v.map!(|Heavy(weight)| weight), vector[1, 2, 3]);
}

#[test]
fun is_sorted_by_looks_at_neighbours() {
    assert!(vector<u64>[].is_sorted_by!(|a, b| *a <= *b));
    assert!(vector[1u64].is_sorted_by!(|a, b| *a <= *b));
    assert!(vector[1u64, 1, 2].is_sorted_by!(|a, b| *a <= *b));
    assert!(!vector[1u64, 1, 2].is_sorted_by!(|a, b| *a < *b));
    assert!(!vector[2u64, 3, 1].is_sorted_by!(|a, b| *a <= *b));
}

#[test]
fun take_while_and_skip_while_split_where_the_condition_ends() {
    let v = vector[1u64, 2, 3, 1];
    assert_eq!(v.take_while!(|e| *e < 3), vector[1, 2]);
    assert_eq!(v.skip_while!(|e| *e < 3), vector[3, 1]);
    assert_eq!(v.take_while!(|_| true), v);
    assert_eq!(v.skip_while!(|_| true), vector[]);
    assert_eq!(v.take_while!(|_| false), vector[]);
    assert_eq!(v.skip_while!(|_| false), v);
}
