/// `sui::ristretto255`, with the vectors of RFC 9496 appendix A. Abort codes are written as numbers
/// because packages rely on them.
#[test_only, allow(implicit_const_copy)]
module sui::ristretto255_tests;

use std::unit_test::assert_eq;
use sui::group_ops::Element;
use sui::ristretto255::{Self, G};

/// 2, 3 and 4 times the generator.
const MULTIPLES: vector<vector<u8>> = vector[
    x"6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    x"94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    x"da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
];

/// The group order, little-endian.
const ORDER: vector<u8> = x"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fun multiple(i: u64): Element<G> {
    let multiples = MULTIPLES;
    ristretto255::g_from_bytes(&multiples[i - 2])
}

#[test]
fun scalars_follow_the_laws_of_a_field() {
    let zero = ristretto255::scalar_zero();
    let one = ristretto255::scalar_one();
    let two = ristretto255::scalar_from_u64(2);
    let three = ristretto255::scalar_from_u64(3);
    let six = ristretto255::scalar_from_u64(6);
    assert_eq!(ristretto255::scalar_from_u64(0), zero);
    assert_eq!(ristretto255::scalar_from_u64(1), one);
    assert_eq!(ristretto255::scalar_add(&one, &two), three);
    assert_eq!(ristretto255::scalar_sub(&three, &one), two);
    assert_eq!(ristretto255::scalar_mul(&two, &three), six);
    assert_eq!(ristretto255::scalar_div(&two, &six), three);
    assert_eq!(ristretto255::scalar_add(&two, &ristretto255::scalar_neg(&two)), zero);
    assert_eq!(ristretto255::scalar_mul(&two, &ristretto255::scalar_inv(&two)), one);
    assert_eq!(
        *ristretto255::scalar_neg(&one).bytes(),
        x"ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
    );
    assert_eq!(
        *ristretto255::scalar_inv(&two).bytes(),
        x"f7e97a2e8d31092c6bce7b51ef7c6f0a00000000000000000000000000000008",
    );
    assert_eq!(ristretto255::scalar_from_bytes(three.bytes()), three);
}

#[test]
fun points_follow_the_laws_of_a_group() {
    let g = ristretto255::g_generator();
    let zero = ristretto255::g_identity();
    let two = ristretto255::scalar_from_u64(2);
    assert_eq!(ristretto255::g_add(&g, &zero), g);
    assert_eq!(ristretto255::g_add(&g, &g), multiple(2));
    assert_eq!(ristretto255::g_add(&multiple(2), &g), multiple(3));
    assert_eq!(ristretto255::g_sub(&multiple(3), &multiple(2)), g);
    assert_eq!(ristretto255::g_sub(&g, &g), zero);
    assert_eq!(ristretto255::g_mul(&two, &multiple(2)), multiple(4));
    assert_eq!(ristretto255::g_div(&two, &multiple(4)), multiple(2));
    assert_eq!(ristretto255::g_add(&g, &ristretto255::g_neg(&g)), zero);
    assert_eq!(ristretto255::g_mul(&ristretto255::scalar_zero(), &g), zero);
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun scalar_of_the_order() {
    ristretto255::scalar_from_bytes(&ORDER);
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun scalar_too_short() {
    ristretto255::scalar_from_bytes(&ORDER.take(31));
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun scalar_by_zero() {
    ristretto255::scalar_div(&ristretto255::scalar_zero(), &ristretto255::scalar_one());
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun inverse_of_zero() {
    ristretto255::scalar_inv(&ristretto255::scalar_zero());
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun point_by_zero() {
    ristretto255::g_div(&ristretto255::scalar_zero(), &ristretto255::g_generator());
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun bytes_of_no_point() {
    // RFC 9496 A.2: a field element that is not canonical.
    ristretto255::g_from_bytes(
        &x"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    );
}
