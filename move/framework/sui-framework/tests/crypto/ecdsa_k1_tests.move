/// `sui::ecdsa_k1`, with deterministic signatures (RFC 6979) of the private key 1; that of SHA-256 is a
/// vector many wallets share. Abort codes are written as numbers because packages rely on them.
#[test_only, allow(implicit_const_copy)]
module sui::ecdsa_k1_tests;

use std::unit_test::assert_eq;
use sui::ecdsa_k1::{
    decompress_pubkey,
    secp256k1_ecrecover,
    secp256k1_keypair_from_seed,
    secp256k1_sign,
    secp256k1_verify,
};

const KECCAK256: u8 = 0;

const SHA256: u8 = 1;

const MESSAGE: vector<u8> = b"Satoshi Nakamoto";

const PRIVATE_KEY: vector<u8> =
    x"0000000000000000000000000000000000000000000000000000000000000001";

/// The generator of the group, compressed.
const PUBLIC_KEY: vector<u8> =
    x"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

const SHA256_SIGNATURE: vector<u8> =
    x"934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5";

const KECCAK256_SIGNATURE: vector<u8> =
    x"13f3c69fad2f18208f7fc379de4052e982d2cc76aaec6bf962338d6ebcd6fed665af5e417ee953b071c041150044a79a201fc02e9f075f2260de1599389a7f58";

/// The signature with the number that tells which candidate the public key is.
fun recoverable(mut signature: vector<u8>, candidate: u8): vector<u8> {
    signature.push_back(candidate);
    signature
}

#[test]
fun valid_signatures() {
    assert!(secp256k1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, SHA256));
    assert!(secp256k1_verify(&KECCAK256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, KECCAK256));
}

#[test]
fun anything_changed_is_false() {
    assert!(!secp256k1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, KECCAK256));
    assert!(!secp256k1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, 2));
    assert!(!secp256k1_verify(&SHA256_SIGNATURE, &PUBLIC_KEY, &b"Satoshi", SHA256));
    assert!(!secp256k1_verify(&KECCAK256_SIGNATURE, &PUBLIC_KEY, &MESSAGE, SHA256));
    let mut changed = SHA256_SIGNATURE;
    *(&mut changed[63]) = changed[63] ^ 1;
    assert!(!secp256k1_verify(&changed, &PUBLIC_KEY, &MESSAGE, SHA256));
    let mut changed = PUBLIC_KEY;
    *(&mut changed[0]) = 3;
    assert!(!secp256k1_verify(&SHA256_SIGNATURE, &changed, &MESSAGE, SHA256));
}

#[test]
fun wrong_forms_are_false() {
    assert!(!secp256k1_verify(&x"", &PUBLIC_KEY, &MESSAGE, SHA256));
    assert!(!secp256k1_verify(&SHA256_SIGNATURE, &x"", &MESSAGE, SHA256));
    assert!(!secp256k1_verify(&recoverable(SHA256_SIGNATURE, 1), &PUBLIC_KEY, &MESSAGE, SHA256));
    assert!(!secp256k1_verify(&vector::tabulate!(64, |_| 0), &PUBLIC_KEY, &MESSAGE, SHA256));
}

#[test]
fun the_other_signature_of_the_pair_is_false() {
    // The group order less s: valid by the standard, refused so that signatures cannot be altered.
    let high = x"934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8dbbd3162d46e9f9bef7feb87c16dc13b4f6568a87f4e83f728e2443ba586675c";
    assert!(!secp256k1_verify(&high, &PUBLIC_KEY, &MESSAGE, SHA256));
}

#[test]
fun recovery_finds_the_public_key() {
    assert_eq!(
        secp256k1_ecrecover(&recoverable(SHA256_SIGNATURE, 1), &MESSAGE, SHA256),
        PUBLIC_KEY,
    );
    assert_eq!(
        secp256k1_ecrecover(&recoverable(KECCAK256_SIGNATURE, 1), &MESSAGE, KECCAK256),
        PUBLIC_KEY,
    );
    assert!(
        secp256k1_ecrecover(&recoverable(SHA256_SIGNATURE, 0), &MESSAGE, SHA256) != PUBLIC_KEY,
    );
}

#[test]
fun decompression() {
    assert_eq!(
        decompress_pubkey(&PUBLIC_KEY),
        x"0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
    );
}

#[test]
fun signing() {
    assert_eq!(secp256k1_sign(&PRIVATE_KEY, &MESSAGE, SHA256, false), SHA256_SIGNATURE);
    assert_eq!(secp256k1_sign(&PRIVATE_KEY, &MESSAGE, KECCAK256, false), KECCAK256_SIGNATURE);
    assert_eq!(
        secp256k1_sign(&PRIVATE_KEY, &MESSAGE, SHA256, true),
        recoverable(SHA256_SIGNATURE, 1),
    );
}

#[test]
fun key_pairs_sign_and_verify() {
    let pair = secp256k1_keypair_from_seed(&b"Thirty-two bytes make up a seed.");
    assert_eq!(pair.private_key().length(), 32);
    assert_eq!(pair.public_key().length(), 33);
    let signature = secp256k1_sign(pair.private_key(), &MESSAGE, SHA256, false);
    assert!(secp256k1_verify(&signature, pair.public_key(), &MESSAGE, SHA256));
}

#[test, expected_failure(abort_code = 1, location = sui::ecdsa_k1)]
fun recovery_from_too_few_bytes() {
    secp256k1_ecrecover(&SHA256_SIGNATURE, &MESSAGE, SHA256);
}

#[test, expected_failure(abort_code = 1, location = sui::ecdsa_k1)]
fun recovery_of_candidate_4() {
    secp256k1_ecrecover(&recoverable(SHA256_SIGNATURE, 4), &MESSAGE, SHA256);
}

#[test, expected_failure(abort_code = 0, location = sui::ecdsa_k1)]
fun recovery_with_an_unknown_hash() {
    secp256k1_ecrecover(&recoverable(SHA256_SIGNATURE, 1), &MESSAGE, 2);
}

#[test, expected_failure(abort_code = 2, location = sui::ecdsa_k1)]
fun decompression_of_too_few_bytes() {
    decompress_pubkey(&PUBLIC_KEY.take(32));
}

#[test, expected_failure(abort_code = 2, location = sui::ecdsa_k1)]
fun decompression_of_no_point() {
    decompress_pubkey(&x"020000000000000000000000000000000000000000000000000000000000000000");
}
