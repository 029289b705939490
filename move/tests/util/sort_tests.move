#[test_only]
module walrus::sort_tests;

use sui::address;
use walrus::sort;

fun id(n: u256): ID { object::id_from_address(address::from_u256(n)) }

#[test]
fun ids_are_compared_as_big_endian_numbers() {
    // As little-endian numbers the order would be the reverse.
    let small = object::id_from_address(
        @0x00000000000000000000000000000000000000000000000000000000000000FF,
    );
    let large = object::id_from_address(
        @0x0100000000000000000000000000000000000000000000000000000000000000,
    );
    assert!(sort::id_less_than(&small, &large));
    assert!(!sort::id_less_than(&large, &small));
    assert!(!sort::id_less_than(&small, &small));
}

#[test]
fun strict_order_excludes_duplicates() {
    assert!(sort::is_strictly_ascending(&vector[]));
    assert!(sort::is_strictly_ascending(&vector[id(5)]));
    assert!(sort::is_strictly_ascending(&vector[id(1), id(2), id(9)]));
    assert!(!sort::is_strictly_ascending(&vector[id(1), id(1)]));
    assert!(!sort::is_strictly_ascending(&vector[id(2), id(1)]));
}
