/// Tables, bags, table vectors and linked tables.
#[test_only]
module sui::collections_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bag;
use sui::dynamic_field;
use sui::linked_table::{Self, LinkedTable};
use sui::object_bag;
use sui::object_table;
use sui::table;
use sui::table_vec;

public struct Thing has key, store {
    id: UID,
    value: u64,
}

public struct Other has key, store {
    id: UID,
}

#[test]
fun table() {
    let ctx = &mut tx_context::dummy();
    let mut t = table::new<u64, u64>(ctx);
    assert!(t.is_empty());
    t.add(1, 10);
    t.add(2, 20);
    assert_eq!(t.length(), 2);
    assert!(!t.is_empty());
    assert!(t.contains(1) && !t.contains(3));
    assert_eq!(t[2], 20);
    *&mut t[2] = 21;
    assert_eq!(*t.borrow(2), 21);
    assert_eq!(t.remove(2), 21);
    assert_eq!(t.remove(1), 10);
    t.destroy_empty();
    let mut t = table::new<u64, u64>(ctx);
    t.add(1, 10);
    t.drop();
}

#[test, expected_failure(abort_code = table::ETableNotEmpty)]
fun table_not_empty() {
    let mut t = table::new<u64, u64>(&mut tx_context::dummy());
    t.add(1, 10);
    t.destroy_empty();
}

#[test, expected_failure(abort_code = dynamic_field::EFieldAlreadyExists)]
fun table_key_taken() {
    let mut t = table::new<u64, u64>(&mut tx_context::dummy());
    t.add(1, 10);
    t.add(1, 11);
    abort 100
}

#[test, expected_failure(abort_code = dynamic_field::EFieldDoesNotExist)]
fun table_key_missing() {
    let t = table::new<u64, u64>(&mut tx_context::dummy());
    let _value = t[1];
    abort 100
}

#[test, expected_failure(abort_code = dynamic_field::EFieldDoesNotExist)]
fun table_remove_missing() {
    let mut t = table::new<u64, u64>(&mut tx_context::dummy());
    t.remove(1);
    abort 100
}

#[test]
fun object_table() {
    let ctx = &mut tx_context::dummy();
    let mut t = object_table::new<u64, Thing>(ctx);
    assert!(t.is_empty());
    let thing = Thing { id: object::new(ctx), value: 1 };
    let id = object::id(&thing);
    t.add(5, thing);
    assert_eq!(t.length(), 1);
    assert!(t.contains(5) && !t.contains(6));
    assert_eq!(t.value_id(5), option::some(id));
    assert_eq!(t.value_id(6), option::none());
    t[5].value = 2;
    assert_eq!(t[5].value, 2);
    destroy(t.remove(5));
    t.destroy_empty();
}

#[test, expected_failure(abort_code = object_table::ETableNotEmpty)]
fun object_table_not_empty() {
    let ctx = &mut tx_context::dummy();
    let mut t = object_table::new<u64, Thing>(ctx);
    t.add(5, Thing { id: object::new(ctx), value: 1 });
    t.destroy_empty();
}

#[test]
fun bag() {
    let ctx = &mut tx_context::dummy();
    let mut b = bag::new(ctx);
    assert!(b.is_empty());
    b.add(1u64, true);
    b.add(b"key", 7u128);
    assert_eq!(b.length(), 2);
    assert!(b.contains(1u64) && !b.contains(1u8));
    assert!(b.contains_with_type<u64, bool>(1));
    assert!(!b.contains_with_type<u64, u8>(1));
    *&mut b[1u64] = false;
    assert!(!*b.borrow<u64, bool>(1));
    assert_eq!(b.remove<vector<u8>, u128>(b"key"), 7);
    assert!(!b.remove<u64, bool>(1));
    b.destroy_empty();
}

#[test, expected_failure(abort_code = bag::EBagNotEmpty)]
fun bag_not_empty() {
    let mut b = bag::new(&mut tx_context::dummy());
    b.add(1u64, true);
    b.destroy_empty();
}

#[test, expected_failure(abort_code = dynamic_field::EFieldTypeMismatch)]
fun bag_other_type() {
    let mut b = bag::new(&mut tx_context::dummy());
    b.add(1u64, true);
    b.borrow<u64, u8>(1);
    abort 100
}

#[test]
fun object_bag() {
    let ctx = &mut tx_context::dummy();
    let mut b = object_bag::new(ctx);
    assert!(b.is_empty());
    let thing = Thing { id: object::new(ctx), value: 1 };
    let id = object::id(&thing);
    b.add(1u64, thing);
    b.add(2u64, Other { id: object::new(ctx) });
    assert_eq!(b.length(), 2);
    assert!(b.contains(1u64) && !b.contains(3u64));
    assert!(b.contains_with_type<u64, Thing>(1));
    assert!(!b.contains_with_type<u64, Other>(1));
    assert_eq!(b.value_id(1u64), option::some(id));
    assert_eq!(b.value_id(3u64), option::none());
    b.borrow_mut<u64, Thing>(1).value = 2;
    assert_eq!(b.borrow<u64, Thing>(1).value, 2);
    destroy(b.remove<u64, Thing>(1));
    destroy(b.remove<u64, Other>(2));
    b.destroy_empty();
}

#[test, expected_failure(abort_code = object_bag::EBagNotEmpty)]
fun object_bag_not_empty() {
    let ctx = &mut tx_context::dummy();
    let mut b = object_bag::new(ctx);
    b.add(2u64, Other { id: object::new(ctx) });
    b.destroy_empty();
}

#[test]
fun table_vec() {
    let ctx = &mut tx_context::dummy();
    let mut t = table_vec::empty<u64>(ctx);
    assert!(t.is_empty());
    5u64.do!(|i| t.push_back(i));
    assert_eq!(t.length(), 5);
    assert_eq!(t[3], 3);
    *&mut t[3] = 30;
    t.swap(0, 3);
    t.swap(1, 1);
    assert_eq!(t[0], 30);
    assert_eq!(t[3], 0);
    assert_eq!(t.swap_remove(1), 1);
    assert_eq!(t[1], 4);
    assert_eq!(t.swap_remove(3), 0);
    assert_eq!(t.pop_back(), 2);
    assert_eq!(t.pop_back(), 4);
    assert_eq!(t.pop_back(), 30);
    t.destroy_empty();
    table_vec::singleton(1u64, ctx).drop();
}

#[test, expected_failure(abort_code = table_vec::EIndexOutOfBound)]
fun table_vec_index() {
    let t = table_vec::singleton(1u64, &mut tx_context::dummy());
    let _value = t[1];
    abort 100
}

#[test, expected_failure(abort_code = table_vec::EIndexOutOfBound)]
fun table_vec_index_mut() {
    let mut t = table_vec::singleton(1u64, &mut tx_context::dummy());
    t.borrow_mut(1);
    abort 100
}

#[test, expected_failure(abort_code = table_vec::EIndexOutOfBound)]
fun table_vec_pop_empty() {
    let mut t = table_vec::empty<u64>(&mut tx_context::dummy());
    t.pop_back();
    abort 100
}

#[test, expected_failure(abort_code = table_vec::EIndexOutOfBound)]
fun table_vec_swap_out_of_bound() {
    let mut t = table_vec::singleton(1u64, &mut tx_context::dummy());
    t.swap(0, 1);
    abort 100
}

#[test, expected_failure(abort_code = table_vec::EIndexOutOfBound)]
fun table_vec_swap_remove_out_of_bound() {
    let mut t = table_vec::singleton(1u64, &mut tx_context::dummy());
    t.swap_remove(1);
    abort 100
}

#[test, expected_failure(abort_code = table_vec::ETableNonEmpty)]
fun table_vec_not_empty() {
    table_vec::singleton(1u64, &mut tx_context::dummy()).destroy_empty();
}

/// The keys from front to back, checked against those from back to front.
fun keys(t: &LinkedTable<u64, u64>): vector<u64> {
    let mut forward = vector[];
    let mut at = *t.front();
    while (at.is_some()) {
        forward.push_back(*at.borrow());
        at = *t.next(*at.borrow());
    };
    let mut backward = vector[];
    let mut at = *t.back();
    while (at.is_some()) {
        backward.push_back(*at.borrow());
        at = *t.prev(*at.borrow());
    };
    backward.reverse();
    assert_eq!(forward, backward);
    assert_eq!(forward.length(), t.length());
    forward
}

#[test]
fun linked_table() {
    let ctx = &mut tx_context::dummy();
    let mut t = linked_table::new<u64, u64>(ctx);
    assert!(t.is_empty());
    assert_eq!(*t.front(), option::none());
    t.push_back(2, 20);
    t.push_back(3, 30);
    t.push_front(1, 10);
    assert_eq!(keys(&t), vector[1, 2, 3]);
    assert!(t.contains(2) && !t.contains(4));
    assert_eq!(t[2], 20);
    *&mut t[2] = 21;
    assert_eq!(t.remove(2), 21);
    assert_eq!(keys(&t), vector[1, 3]);
    t.push_front(0, 0);
    t.push_back(4, 40);
    assert_eq!(keys(&t), vector[0, 1, 3, 4]);
    let (k, v) = t.pop_front();
    assert!(k == 0 && v == 0);
    let (k, v) = t.pop_back();
    assert!(k == 4 && v == 40);
    assert_eq!(keys(&t), vector[1, 3]);
    t.remove(1);
    t.remove(3);
    assert_eq!(keys(&t), vector[]);
    assert_eq!(*t.back(), option::none());
    t.push_front(5, 50);
    assert_eq!(keys(&t), vector[5]);
    t.pop_front();
    t.destroy_empty();
    let mut t = linked_table::new<u64, u64>(ctx);
    t.push_back(1, 1);
    t.drop();
}

#[test, expected_failure(abort_code = linked_table::ETableNotEmpty)]
fun linked_table_not_empty() {
    let mut t = linked_table::new<u64, u64>(&mut tx_context::dummy());
    t.push_back(1, 1);
    t.destroy_empty();
}

#[test, expected_failure(abort_code = linked_table::ETableIsEmpty)]
fun linked_table_pop_front_empty() {
    let mut t = linked_table::new<u64, u64>(&mut tx_context::dummy());
    t.pop_front();
    abort 100
}

#[test, expected_failure(abort_code = linked_table::ETableIsEmpty)]
fun linked_table_pop_back_empty() {
    let mut t = linked_table::new<u64, u64>(&mut tx_context::dummy());
    t.pop_back();
    abort 100
}

#[test, expected_failure(abort_code = dynamic_field::EFieldAlreadyExists)]
fun linked_table_key_taken_front() {
    let mut t = linked_table::new<u64, u64>(&mut tx_context::dummy());
    t.push_back(1, 1);
    t.push_front(1, 1);
    abort 100
}

#[test, expected_failure(abort_code = dynamic_field::EFieldAlreadyExists)]
fun linked_table_key_taken_back() {
    let mut t = linked_table::new<u64, u64>(&mut tx_context::dummy());
    t.push_back(1, 1);
    t.push_back(1, 1);
    abort 100
}

#[test, expected_failure(abort_code = dynamic_field::EFieldDoesNotExist)]
fun linked_table_key_missing() {
    let t = linked_table::new<u64, u64>(&mut tx_context::dummy());
    let _value = t[1];
    abort 100
}
