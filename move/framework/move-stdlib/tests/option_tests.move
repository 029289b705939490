/// `std::option`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::option_tests;

use std::unit_test::assert_eq;

/// Can be neither copied nor dropped.
public struct Heavy(u64)

fun weight(heavy: Heavy): u64 {
    let Heavy(weight) = heavy;
    weight
}

#[test]
fun some_and_none_tell_apart() {
    let none = option::none<u64>();
    assert!(none.is_none());
    assert!(!none.is_some());
    let some = option::some(5u64);
    assert!(some.is_some());
    assert!(!some.is_none());
    assert!(some.contains(&5));
    assert!(!some.contains(&6));
    assert!(!none.contains(&5));
}

#[test]
fun borrowing() {
    let mut some = option::some(5u64);
    assert_eq!(*some.borrow(), 5);
    *some.borrow_mut() = 6;
    assert_eq!(*some.borrow_with_default(&7), 6);
    assert_eq!(*option::none().borrow_with_default(&7u64), 7);
    assert_eq!(some.get_with_default(7), 6);
    assert_eq!(option::none().get_with_default(7u64), 7);
}

#[test]
fun filling_and_extracting() {
    let mut o = option::none();
    o.fill(Heavy(1));
    assert_eq!(weight(o.swap(Heavy(2))), 1);
    assert_eq!(weight(o.swap_or_fill(Heavy(3)).destroy_some()), 2);
    assert_eq!(weight(o.extract()), 3);
    o.swap_or_fill(Heavy(4)).destroy_none();
    assert_eq!(weight(o.extract()), 4);
    o.destroy_none();
}

#[test]
fun destroying() {
    assert_eq!(option::some(5u64).destroy_with_default(7), 5);
    assert_eq!(option::none().destroy_with_default(7u64), 7);
    assert_eq!(weight(option::some(Heavy(5)).destroy_some()), 5);
    option::none<Heavy>().destroy_none();
    assert_eq!(option::some(5u64).to_vec(), vector[5]);
    assert_eq!(option::none<u64>().to_vec(), vector[]);
}

#[test, expected_failure(abort_code = 0x40001, location = std::option)]
fun borrow_of_none() {
    option::none<u64>().borrow();
}

#[test, expected_failure(abort_code = 0x40001, location = std::option)]
fun borrow_mut_of_none() {
    option::none<u64>().borrow_mut();
}

#[test, expected_failure(abort_code = 0x40000, location = std::option)]
fun fill_of_some() {
    option::some(5u64).fill(6);
}

#[test, expected_failure(abort_code = 0x40001, location = std::option)]
fun extract_of_none() {
    option::none<u64>().extract();
}

#[test, expected_failure(abort_code = 0x40001, location = std::option)]
fun swap_of_none() {
    option::none<u64>().swap(5);
}

#[test, expected_failure(abort_code = 0x40001, location = std::option)]
fun destroy_some_of_none() {
    option::none<u64>().destroy_some();
}

#[test, expected_failure(abort_code = 0x40000, location = std::option)]
fun destroy_none_of_some() {
    option::some(5u64).destroy_none();
}

// === Macros ===

#[test]
fun destroy_and_do_call_with_the_value_only() {
    let mut seen = vector[];
    option::some(Heavy(1)).destroy!(|heavy| seen.push_back(weight(heavy)));
    option::some(Heavy(2)).do!(|heavy| seen.push_back(weight(heavy)));
    option::none<Heavy>().destroy!(|heavy| seen.push_back(weight(heavy)));
    option::none<Heavy>().do!(|heavy| seen.push_back(weight(heavy)));
    assert_eq!(seen, vector[1, 2]);
}

#[test]
fun do_ref_and_do_mut_leave_the_value() {
    let mut o = option::some(5u64);
    let mut sum = 0;
    o.do_mut!(|e| *e = *e + 1);
    o.do_ref!(|e| sum = sum + *e);
    let mut none = option::none<u64>();
    none.do_mut!(|e| sum = sum + *e);
    none.do_ref!(|e| sum = sum + *e);
    assert_eq!(sum, 6);
    assert_eq!(o, option::some(6));
}

#[test]
fun defaults_are_evaluated_only_when_needed() {
    assert_eq!(option::some(5u64).or!(abort), option::some(5));
    assert_eq!(option::none<u64>().or!(option::some(6)), option::some(6));
    assert_eq!(option::some(5u64).destroy_or!(abort), 5);
    assert_eq!(option::none<u64>().destroy_or!(6), 6);
    let mut o = option::some(5u64);
    assert_eq!(o.extract_or!(abort), 5);
    assert_eq!(o.extract_or!(6), 6);
    assert!(o.is_none());
    assert_eq!(option::some(5u64).fold!(abort, |e| e as u8), 5u8);
    assert_eq!(option::none<u64>().fold!(6u8, |_| abort), 6);
    assert_eq!(option::some(5u64).fold_ref!(abort, |e| *e as u8), 5u8);
    assert_eq!(option::none<u64>().fold_ref!(6u8, |_| abort), 6);
}

#[test]
fun and_chains() {
    assert_eq!(option::some(5u64).and!(|e| option::some(e as u8)), option::some(5u8));
    assert_eq!(option::some(5u64).and!(|_| option::none<u8>()), option::none());
    assert_eq!(option::none<u64>().and!(|_| option::some(0u8)), option::none());
    assert_eq!(option::some(5u64).and_ref!(|e| option::some(*e + 1)), option::some(6));
    assert_eq!(option::none<u64>().and_ref!(|e| option::some(*e + 1)), option::none());
}

#[test]
fun filter_and_is_some_and_ask_the_value() {
    assert_eq!(option::some(5u64).filter!(|e| *e > 4), option::some(5));
    assert_eq!(option::some(5u64).filter!(|e| *e > 5), option::none());
    assert_eq!(option::none<u64>().filter!(|_| abort), option::none());
    assert!(option::some(5u64).is_some_and!(|e| *e > 4));
    assert!(!option::some(5u64).is_some_and!(|e| *e > 5));
    assert!(!option::none<u64>().is_some_and!(|_| abort));
}

#[test]
fun map_and_map_ref() {
    assert_eq!(option::some(Heavy(5)).map!(|heavy| weight(heavy)), option::some(5));
    assert_eq!(option::none<Heavy>().map!(|heavy| weight(heavy)), option::none());
    assert_eq!(option::some(5u64).map_ref!(|e| *e + 1), option::some(6));
    assert_eq!(option::none<u64>().map_ref!(|e| *e + 1), option::none());
}
