/// What `sui::poseidon` checks before it hashes. Abort codes are written as numbers because packages
/// rely on them.
#[test_only]
module sui::poseidon_tests;

use sui::poseidon::poseidon_bn254;

#[test, expected_failure(abort_code = 0, location = sui::poseidon)]
fun order_of_the_field() {
    poseidon_bn254(
        &vector[
            0,
            21888242871839275222246405745257275088548364400416034343698204186575808495617,
        ],
    );
}

#[test, expected_failure(abort_code = 1, location = sui::poseidon)]
fun nothing() {
    poseidon_bn254(&vector[]);
}

#[test, expected_failure(abort_code = 2, location = sui::poseidon)]
fun seventeen_numbers() {
    poseidon_bn254(&vector::tabulate!(17, |i| i as u256));
}
