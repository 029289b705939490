/// The hash function Poseidon over the scalar field of curve BN254, with the parameters of circom.
module sui::poseidon;

use sui::bcs;

/// A number is not below the order of the field.
const ENonCanonicalInput: u64 = 0;

/// There is nothing to hash.
const EEmptyInput: u64 = 1;

/// There are more than 16 numbers.
const ETooManyInputs: u64 = 2;

/// The most numbers hashed at once.
const MAX_INPUTS: u64 = 16;

/// The order of the field, which is that of the groups of BN254.
const BN254_ORDER: u256 =
    21888242871839275222246405745257275088548364400416034343698204186575808495617;

/// The hash of 1 to 16 elements of the field, itself one. Aborts with `EEmptyInput`,
/// `ETooManyInputs` or `ENonCanonicalInput`.
public fun poseidon_bn254(data: &vector<u256>): u256 {
    assert!(!data.is_empty(), EEmptyInput);
    assert!(data.length() <= MAX_INPUTS, ETooManyInputs);
    let elements = data.map_ref!(|element| {
        assert!(*element < BN254_ORDER, ENonCanonicalInput);
        bcs::to_bytes(element)
    });
    bcs::new(poseidon_bn254_internal(&elements)).peel_u256()
}

/// The hash of elements of 32 bytes, little-endian, in the same form.
native fun poseidon_bn254_internal(data: &vector<vector<u8>>): vector<u8>;
