/// `sui::hash` and `sui::hmac`. The Keccak vectors are Ethereum's, those of BLAKE2b-256 were computed
/// with Python's `hashlib`, those of HMAC-SHA3-256 are NIST's examples.
#[test_only, allow(implicit_const_copy)]
module sui::hash_tests;

use std::unit_test::assert_eq;
use sui::hash;
use sui::hmac::hmac_sha3_256;

const FOX: vector<u8> = b"The quick brown fox jumps over the lazy dog";

#[test]
fun blake2b256() {
    assert_eq!(
        hash::blake2b256(&b""),
        x"0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
    );
    assert_eq!(
        hash::blake2b256(&b"abc"),
        x"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
    );
    assert_eq!(
        hash::blake2b256(&FOX),
        x"01718cec35cd3d796dd00020e0bfecb473ad23457d063b75eff29c0ffa2e58a9",
    );
}

#[test]
fun keccak256() {
    assert_eq!(
        hash::keccak256(&b""),
        x"c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    );
    assert_eq!(
        hash::keccak256(&b"abc"),
        x"4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    );
    assert_eq!(
        hash::keccak256(&FOX),
        x"4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15",
    );
}

#[test]
fun hmac_with_keys_below_and_of_the_block_length() {
    let key = vector::tabulate!(136, |i| i as u8);
    assert_eq!(
        hmac_sha3_256(&key.take(32), &b"Sample message for keylen<blocklen"),
        x"4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205",
    );
    assert_eq!(
        hmac_sha3_256(&key, &b"Sample message for keylen=blocklen"),
        x"68b94e2e538a9be4103bebb5aa016d47961d4d1aa906061313b557f8af2c3faa",
    );
}
