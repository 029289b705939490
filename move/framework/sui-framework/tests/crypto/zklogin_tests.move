/// `sui::zklogin_verified_issuer` and the functions of `sui::zklogin_verified_id` that always abort. The
/// address was computed with another BLAKE2b. Rejections are tested in `crypto-tests`, since not every
/// VM computes this. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::zklogin_tests;

use std::string::String;
use std::unit_test::assert_eq;
use sui::test_scenario;
use sui::zklogin_verified_id;
use sui::zklogin_verified_issuer::{
    VerifiedIssuer,
    check_zklogin_issuer,
    verify_zklogin_issuer,
};

const OWNER: address = @0x934ffb5612cf5857381c67c9a2c1f8048be215e2c137f0285b3d42ae613676c8;

const SEED: u256 = 0x3a0c92075c0dbf3b8acbc5f96ce3f0ad2;

fun issuer(): String {
    b"https://accounts.google.com".to_string()
}

#[test]
fun the_address_follows_from_seed_and_issuer() {
    assert!(check_zklogin_issuer(OWNER, SEED, &issuer()));
}

#[test]
fun the_sender_gets_the_proof() {
    let mut scenario = test_scenario::begin(OWNER);
    verify_zklogin_issuer(SEED, issuer(), scenario.ctx());
    scenario.next_tx(OWNER);
    let proof = scenario.take_from_sender<VerifiedIssuer>();
    assert_eq!(proof.owner(), OWNER);
    assert_eq!(*proof.issuer(), issuer());
    proof.delete();
    scenario.next_tx(OWNER);
    assert!(!scenario.has_most_recent_for_sender<VerifiedIssuer>());
    scenario.end();
}

#[test, expected_failure(abort_code = 0, location = sui::zklogin_verified_id)]
fun verify_zklogin_id_is_disabled() {
    zklogin_verified_id::verify_zklogin_id(
        b"sub".to_string(),
        b"1".to_string(),
        issuer(),
        b"app".to_string(),
        0,
        &mut tx_context::dummy(),
    );
}

#[test, expected_failure(abort_code = 0, location = sui::zklogin_verified_id)]
fun check_zklogin_id_is_disabled() {
    zklogin_verified_id::check_zklogin_id(
        OWNER,
        &b"sub".to_string(),
        &b"1".to_string(),
        &issuer(),
        &b"app".to_string(),
        0,
    );
}
