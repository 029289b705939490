/// `sui::ecdsa_r1`, with the example of RFC 6979 section A.2.5. Abort codes are written as numbers
/// because packages rely on them.
#[test_only, allow(implicit_const_copy)]
module sui::ecdsa_r1_tests;

use std::unit_test::assert_eq;
use sui::ecdsa_r1::{secp256r1_ecrecover, secp256r1_verify};

const KECCAK256: u8 = 0;

const SHA256: u8 = 1;

const MESSAGE: vector<u8> = b"sample";

const PUBLIC_KEY: vector<u8> =
    x"0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";

/// The RFC's signature, whose s is in the upper half.
const HIGH_SIGNATURE: vector<u8> =
    x"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

/// The other signature of the pair.
const SHA256_SIGNATURE: vector<u8> =
    x"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf37160834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";

const KECCAK256_SIGNATURE: vector<u8> =
    x"d808f50ec85deec89d2514ba5f17de2d693d7ee0fdcd5b3c6d58e3739f288c4e69ac27012637d8cae84b0e95aa13ee08d9de8fe5d9d43a156b84c1d3fef7c7be";

/// The signature with the number that tells which candidate the public key is.
fun recoverable(mut signature: vector<u8>, candidate: u8): vector<u8> {
    signature.push_back(candidate);
    signature
}

#[test]
fun valid_signatures() {
    assert!(secp256r1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, SHA256));
    assert!(secp256r1_verify(&KECCAK256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, KECCAK256));
}

#[test]
fun anything_changed_is_false() {
    assert!(!secp256r1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, KECCAK256));
    assert!(!secp256r1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, 2));
    assert!(!secp256r1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &b"test", SHA256));
    let mut changed = SHA256_SIGNATURE;
    *(&mut changed[63]) = changed[63] ^ 1;
    assert!(!secp256r1_verify(&changed, &PUBLIC_KEY, &MESSAGE, SHA256));
    let mut changed = PUBLIC_KEY;
    *(&mut changed[0]) = 2;
    assert!(!secp256r1_verify(&SHA256_SIGNATURE, &changed, &MESSAGE, SHA256));
}

#[test]
fun wrong_forms_are_false() {
    assert!(!secp256r1_verify(&x"", &PUBLIC_KEY, &MESSAGE, SHA256));
    assert!(!secp256r1_verify(&SHA256_SIGNATURE, &x"", &MESSAGE, SHA256));
    assert!(!secp256r1_verify(&recoverable(SHA256_SIGNATURE, 1), &PUBLIC_KEY, &MESSAGE, SHA256));
    assert!(!secp256r1_verify(&vector::tabulate!(64, |_| 0), &PUBLIC_KEY, &MESSAGE, SHA256));
}

#[test]
fun the_signature_of_the_rfc_is_false_because_s_is_high() {
    assert!(!secp256r1_verify(&HIGH_SIGNATURE, &PUBLIC_KEY, &MESSAGE, SHA256));
}

#[test]
fun recovery_finds_the_public_key() {
    assert_eq!(
        secp256r1_ecrecover(&recoverable(SHA256_SIGNATURE, 1), &MESSAGE, SHA256),
        PUBLIC_KEY,
    );
    assert_eq!(
        secp256r1_ecrecover(&recoverable(KECCAK256_SIGNATURE, 0), &MESSAGE, KECCAK256),
        PUBLIC_KEY,
    );
    assert!(
        secp256r1_ecrecover(&recoverable(SHA256_SIGNATURE, 0), &MESSAGE, SHA256) != PUBLIC_KEY,
    );
}

#[test, expected_failure(abort_code = 1, location = sui::ecdsa_r1)]
fun recovery_from_too_few_bytes() {
    secp256r1_ecrecover(&SHA256_SIGNATURE, &MESSAGE, SHA256);
}

#[test, expected_failure(abort_code = 0, location = sui::ecdsa_r1)]
fun recovery_with_an_unknown_hash() {
    secp256r1_ecrecover(&recoverable(SHA256_SIGNATURE, 1), &MESSAGE, 2);
}
