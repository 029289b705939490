/// The rejections of `sui::zklogin_verified_issuer`; what it accepts is tested beside the framework.
#[test_only]
module sui_crypto_tests::zklogin_tests;

use std::string::String;
use sui::test_scenario;
use sui::zklogin_verified_issuer::{check_zklogin_issuer, verify_zklogin_issuer};

const OWNER: address = @0x934ffb5612cf5857381c67c9a2c1f8048be215e2c137f0285b3d42ae613676c8;

const SEED: u256 = 0x3a0c92075c0dbf3b8acbc5f96ce3f0ad2;

fun issuer(): String {
    b"https://accounts.google.com".to_string()
}

#[test]
fun the_address_follows_from_seed_and_issuer() {
    assert!(check_zklogin_issuer(OWNER, SEED, &issuer()));
    assert!(!check_zklogin_issuer(OWNER, SEED + 1, &issuer()));
    assert!(!check_zklogin_issuer(OWNER, SEED, &b"https://example.org".to_string()));
    assert!(!check_zklogin_issuer(@0x1, SEED, &issuer()));
}

#[test, expected_failure(abort_code = 1, location = sui::zklogin_verified_issuer)]
fun another_sender_gets_no_proof() {
    let mut scenario = test_scenario::begin(@0x1);
    verify_zklogin_issuer(SEED, issuer(), scenario.ctx());
    scenario.end();
}
