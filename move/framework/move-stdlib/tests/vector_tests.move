/// Functions of `std::vector`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::vector_tests;

use std::unit_test::assert_eq;

/// Can be neither copied nor dropped.
public struct Heavy(u64)

fun heavy(weights: vector<u64>): vector<Heavy> {
    weights.map!(|weight| Heavy(weight))
}

fun weights(v: vector<Heavy>): vector<u64> {
    v.map!(|Heavy(weight)| weight)
}

#[test]
fun empty_has_no_elements() {
    let v = vector::empty<u64>();
    assert!(v.is_empty());
    assert_eq!(v.length(), 0);
    v.destroy_empty();
}

#[test]
fun singleton_has_one_element() {
    assert_eq!(vector::singleton(7u8), vector[7]);
}

#[test]
fun push_back_and_pop_back_work_at_the_end() {
    let mut v = vector[];
    v.push_back(Heavy(1));
    v.push_back(Heavy(2));
    assert_eq!(v.length(), 2);
    assert!(!v.is_empty());
    let Heavy(last) = v.pop_back();
    assert_eq!(last, 2);
    assert_eq!(weights(v), vector[1]);
}

#[test]
fun borrow_and_index_give_the_same_element() {
    let mut v = vector[10u64, 20, 30];
    assert_eq!(*v.borrow(1), 20);
    assert_eq!(v[2], 30);
    *v.borrow_mut(0) = 11;
    *(&mut v[1]) = 21;
    assert_eq!(v, vector[11, 21, 30]);
}

#[test]
fun swap_exchanges_elements() {
    let mut v = vector[1u64, 2, 3];
    v.swap(0, 2);
    v.swap(1, 1);
    assert_eq!(v, vector[3, 2, 1]);
}

#[test]
fun reverse_turns_odd_and_even_lengths_around() {
    vector[
        vector[],
        vector[1u64],
        vector[1, 2],
        vector[1, 2, 3],
        vector[1, 2, 3, 4],
    ].do!(|v| {
        let n = v.length();
        let mut reversed = v;
        reversed.reverse();
        n.do!(|i| assert_eq!(reversed[i], v[n - 1 - i]));
    });
}

#[test]
fun append_keeps_the_order() {
    let mut v = heavy(vector[1, 2]);
    v.append(heavy(vector[]));
    v.append(heavy(vector[3, 4, 5]));
    assert_eq!(weights(v), vector[1, 2, 3, 4, 5]);

    let mut v = heavy(vector[]);
    v.append(heavy(vector[6]));
    assert_eq!(weights(v), vector[6]);
}

#[test]
fun contains_and_index_of_find_the_first() {
    let v = vector[5u64, 6, 5];
    assert!(v.contains(&5));
    assert!(!v.contains(&7));
    let (found, i) = v.index_of(&5);
    assert!(found);
    assert_eq!(i, 0);
    let (found, i) = v.index_of(&6);
    assert!(found);
    assert_eq!(i, 1);
    let (found, i) = v.index_of(&7);
    assert!(!found);
    assert_eq!(i, 0);
    assert!(!vector<u64>[].contains(&5));
}

#[test]
fun remove_closes_the_gap() {
    let mut v = heavy(vector[1, 2, 3, 4]);
    let Heavy(first) = v.remove(0);
    let Heavy(middle) = v.remove(1);
    let Heavy(last) = v.remove(1);
    assert_eq!(vector[first, middle, last], vector[1, 3, 4]);
    assert_eq!(weights(v), vector[2]);
}

#[test]
fun insert_opens_a_gap() {
    let mut v = heavy(vector[]);
    v.insert(Heavy(2), 0);
    v.insert(Heavy(1), 0);
    v.insert(Heavy(4), 2);
    v.insert(Heavy(3), 2);
    assert_eq!(weights(v), vector[1, 2, 3, 4]);
}

#[test]
fun swap_remove_lets_the_last_take_the_place() {
    let mut v = heavy(vector[1, 2, 3]);
    let Heavy(first) = v.swap_remove(0);
    let Heavy(last) = v.swap_remove(1);
    assert_eq!(vector[first, last], vector[1, 2]);
    assert_eq!(weights(v), vector[3]);
}

#[test]
fun skip_and_take_split_a_vector() {
    let v = vector[1u64, 2, 3];
    assert_eq!(v.skip(0), v);
    assert_eq!(v.skip(1), vector[2, 3]);
    assert_eq!(v.skip(3), vector[]);
    assert_eq!(v.skip(4), vector[]);
    assert_eq!(v.take(0), vector[]);
    assert_eq!(v.take(2), vector[1, 2]);
    assert_eq!(v.take(3), v);
}

#[test]
fun flatten_concatenates() {
    let parts = vector[heavy(vector[1, 2]), heavy(vector[]), heavy(vector[3])];
    assert_eq!(weights(parts.flatten()), vector[1, 2, 3]);
    assert_eq!(vector<vector<u8>>[].flatten(), vector[]);
}

#[test]
fun bytes_become_strings() {
    assert_eq!(b"text".to_string().into_bytes(), b"text");
    assert_eq!(b"text".to_ascii_string().into_bytes(), b"text");
    assert!(b"text".try_to_string().is_some());
    assert!(x"FF".try_to_string().is_none());
    assert!(b"text".try_to_ascii_string().is_some());
    assert!(x"80".try_to_ascii_string().is_none());
}

#[test, expected_failure(abort_code = 0x20000, location = std::vector)]
fun remove_at_the_length() {
    vector[1u64].remove(1);
}

#[test, expected_failure(abort_code = 0x20000, location = std::vector)]
fun insert_behind_the_length() {
    let mut v = vector[1u64];
    v.insert(2, 2);
}

#[test, expected_failure(abort_code = 0x20000, location = std::vector)]
fun swap_remove_of_nothing() {
    vector<u64>[].swap_remove(0);
}

#[test, expected_failure(vector_error, minor_status = 1, location = std::vector)]
fun swap_remove_at_the_length() {
    vector[1u64].swap_remove(1);
}

#[test, expected_failure]
fun take_of_too_many() {
    vector[1u64].take(2);
}

#[test, expected_failure(vector_error, minor_status = 1, location = Self)]
fun borrow_at_the_length() {
    vector[1u64].borrow(1);
}

#[test, expected_failure(vector_error, minor_status = 1, location = Self)]
fun borrow_mut_at_the_length() {
    vector[1u64].borrow_mut(1);
}

#[test, expected_failure(vector_error, minor_status = 1, location = Self)]
fun swap_with_nothing() {
    vector[1u64].swap(0, 1);
}

#[test, expected_failure(vector_error, minor_status = 2, location = Self)]
fun pop_back_of_nothing() {
    vector<u64>[].pop_back();
}

#[test, expected_failure(vector_error, minor_status = 3, location = Self)]
fun destroy_empty_of_something() {
    vector[1u64].destroy_empty();
}
