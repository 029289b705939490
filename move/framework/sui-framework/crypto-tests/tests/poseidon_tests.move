/// `sui::poseidon`. The values are circom's; those of 1 and 2 inputs stand in its tests.
#[test_only]
module sui_crypto_tests::poseidon_tests;

use std::unit_test::assert_eq;
use sui::poseidon::poseidon_bn254;

#[test]
fun hashes_of_circom() {
    assert_eq!(
        poseidon_bn254(&vector[1]),
        18586133768512220936620570745912940619677854269274689475585506675881198879027,
    );
    assert_eq!(
        poseidon_bn254(&vector[1, 2]),
        7853200120776062878684798364095072458815029376092732009249414926327459813530,
    );
    assert_eq!(
        poseidon_bn254(&vector::tabulate!(16, |i| i as u256)),
        12416070427041714118890402457152010846953662431720703103496516574407903181398,
    );
}
