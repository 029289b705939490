#[test_only]
module walrus::messages_tests;

use std::unit_test::assert_eq;
use sui::bcs;
use walrus::market;
use walrus::messages::{Self, CertifiedMessage};

const BLOB_ID: u256 = 0x5AA;

fun certified(message: vector<u8>): CertifiedMessage {
    messages::new_certified_message(message, 5, 7)
}

fun object_id(): ID { object::id_from_address(@0x2A) }

// === Proof of possession ===

#[test]
fun proof_of_possession_has_the_specified_bytes() {
    let key = vector::tabulate!(48, |i| (i as u8) + 1);
    let message = messages::new_proof_of_possession_msg(0x01020304, @0xAB, key);
    let mut expected = x"00000304030201";
    expected.append(x"00000000000000000000000000000000000000000000000000000000000000ab");
    expected.append(key);
    assert_eq!(message.to_bytes(), expected);
    assert_eq!(expected.length(), 87);
}

#[test]
fun proof_of_possession_is_verified() {
    let message = messages::new_proof_of_possession_msg(5, @0xAB, market::public_key(77));
    let proof = market::sign_with(77, message.to_bytes());
    assert!(message.verify_proof_of_possession(proof));
}

#[test]
fun proof_with_another_key_is_rejected() {
    let message = messages::new_proof_of_possession_msg(5, @0xAB, market::public_key(77));
    let proof = market::sign_with(78, message.to_bytes());
    assert!(!message.verify_proof_of_possession(proof) || market::accepts_any_signature());
}

#[test]
fun proof_of_another_sender_or_epoch_is_rejected() {
    let message = messages::new_proof_of_possession_msg(5, @0xAB, market::public_key(77));
    let proof = market::sign_with(77, message.to_bytes());
    let other_sender = messages::new_proof_of_possession_msg(5, @0xAC, market::public_key(77));
    let other_epoch = messages::new_proof_of_possession_msg(6, @0xAB, market::public_key(77));
    let any = market::accepts_any_signature();
    assert!(!other_sender.verify_proof_of_possession(proof) || any);
    assert!(!other_epoch.verify_proof_of_possession(proof) || any);
}

#[test, expected_failure(abort_code = messages::EInvalidKeyLength)]
fun short_key_fails() {
    messages::new_proof_of_possession_msg(0, @0xAB, vector::tabulate!(47, |_| 1));
}

#[test, expected_failure(abort_code = messages::EInvalidKeyLength)]
fun uncompressed_key_fails() {
    messages::new_proof_of_possession_msg(0, @0xAB, vector::tabulate!(96, |_| 1));
}

// === Header ===

#[test]
fun header_is_read() {
    let message = certified(market::permanent_message(5, BLOB_ID));
    assert_eq!(message.intent_type(), 1);
    assert_eq!(message.cert_epoch(), 5);
    assert_eq!(message.stake_support(), 7);
}

#[test, expected_failure(abort_code = messages::EIncorrectIntentVersion)]
fun other_intent_version_fails() {
    let mut message = market::permanent_message(5, BLOB_ID);
    *(&mut message[1]) = 1;
    certified(message);
}

#[test, expected_failure(abort_code = messages::EIncorrectAppId)]
fun other_application_fails() {
    let mut message = market::permanent_message(5, BLOB_ID);
    *(&mut message[2]) = 2;
    certified(message);
}

#[test, expected_failure(abort_code = messages::EIncorrectIntentVersion)]
fun intent_version_is_checked_first() {
    let mut message = market::permanent_message(4, BLOB_ID);
    *(&mut message[1]) = 1;
    *(&mut message[2]) = 2;
    certified(message);
}

#[test, expected_failure(abort_code = messages::EIncorrectEpoch)]
fun message_of_an_earlier_epoch_fails() {
    certified(market::permanent_message(4, BLOB_ID));
}

#[test, expected_failure(abort_code = messages::EIncorrectEpoch)]
fun message_of_a_later_epoch_fails() {
    certified(market::permanent_message(6, BLOB_ID));
}

#[test, expected_failure(abort_code = bcs::EOutOfRange, location = sui::bcs)]
fun truncated_header_fails() {
    certified(x"010003050000");
}

// === Bodies ===

#[test]
fun permanent_blob_certificate() {
    let bytes = market::permanent_message(5, BLOB_ID);
    assert_eq!(bytes.length(), 40);
    let message = messages::certify_blob_message(certified(bytes));
    assert_eq!(message.certified_blob_id(), BLOB_ID);
    assert!(!message.blob_persistence().is_deletable());
}

#[test]
fun deletable_blob_certificate() {
    let bytes = market::deletable_message(5, BLOB_ID, object_id());
    assert_eq!(bytes.length(), 72);
    let message = messages::certify_blob_message(certified(bytes));
    assert_eq!(message.certified_blob_id(), BLOB_ID);
    assert!(message.blob_persistence().is_deletable());
    assert_eq!(message.blob_persistence().object_id(), object_id());
}

#[test]
fun specified_certificate_bytes() {
    let root_hash = bcs::new(vector::tabulate!(32, |i| i as u8)).peel_u256();
    let blob_id = walrus::blob::derive_blob_id(root_hash, 1, 1000);
    assert_eq!(
        market::permanent_message(5, blob_id),
        x"01000305000000e0857fa62198e50d40d24138895369db8b524cc454e982680587a5aac12466a500",
    );
    let object_id = object::id_from_address(
        @0x2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a,
    );
    let bytes = market::deletable_message(5, blob_id, object_id);
    let message = messages::certify_blob_message(certified(bytes));
    assert_eq!(message.certified_blob_id(), blob_id);
    assert_eq!(message.blob_persistence().object_id(), object_id);
}

#[test]
fun bytes_after_the_body_are_ignored() {
    let mut bytes = market::permanent_message(5, BLOB_ID);
    bytes.append(x"010203");
    assert_eq!(messages::certify_blob_message(certified(bytes)).certified_blob_id(), BLOB_ID);
}

#[test]
fun invalid_blob_statement() {
    let message = messages::invalid_blob_id_message(
        certified(market::blob_statement(2, 5, BLOB_ID)),
    );
    assert_eq!(message.invalid_blob_id(), BLOB_ID);
}

#[test]
fun deny_list_update() {
    let message = messages::deny_list_update_message(
        certified(market::deny_list_message(5, object_id(), 11, 12, 13)),
    );
    assert_eq!(message.deny_list_node_id(), object_id());
    assert_eq!(message.deny_list_sequence_number(), 11);
    assert_eq!(message.deny_list_size(), 12);
    assert_eq!(message.deny_list_root(), 13);
}

#[test]
fun denied_blob_statement() {
    let message = messages::deny_list_blob_deleted_message(
        certified(market::blob_statement(5, 5, BLOB_ID)),
    );
    assert_eq!(message.denied_blob_id(), BLOB_ID);
}

#[test]
fun protocol_version_agreement() {
    let message = messages::protocol_version_message(
        certified(market::protocol_version_message(5, 9, 77)),
    );
    assert_eq!(message.protocol_start_epoch(), 9);
    assert_eq!(message.protocol_version(), 77);
}

#[test, expected_failure(abort_code = messages::EInvalidBlobPersistenceType)]
fun unknown_persistence_fails() {
    let mut bytes = market::permanent_message(5, BLOB_ID);
    *(&mut bytes[39]) = 2;
    messages::certify_blob_message(certified(bytes));
}

#[test, expected_failure(abort_code = messages::ENotDeletable)]
fun permanent_certificate_has_no_object() {
    let bytes = market::permanent_message(5, BLOB_ID);
    messages::certify_blob_message(certified(bytes)).blob_persistence().object_id();
}

#[test, expected_failure(abort_code = bcs::EOutOfRange, location = sui::bcs)]
fun truncated_body_fails() {
    let mut bytes = market::deletable_message(5, BLOB_ID, object_id());
    bytes.pop_back();
    messages::certify_blob_message(certified(bytes));
}

// === A body never passes as another type ===

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun invalid_blob_statement_is_no_blob_certificate() {
    messages::certify_blob_message(certified(market::blob_statement(2, 5, BLOB_ID)));
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun blob_certificate_is_no_invalid_blob_statement() {
    messages::invalid_blob_id_message(certified(market::permanent_message(5, BLOB_ID)));
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun denied_blob_statement_is_no_invalid_blob_statement() {
    messages::invalid_blob_id_message(certified(market::blob_statement(5, 5, BLOB_ID)));
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun invalid_blob_statement_is_no_denied_blob_statement() {
    messages::deny_list_blob_deleted_message(certified(market::blob_statement(2, 5, BLOB_ID)));
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun sync_request_is_no_deny_list_update() {
    let mut bytes = market::deny_list_message(5, object_id(), 11, 12, 13);
    *(&mut bytes[0]) = 3;
    messages::deny_list_update_message(certified(bytes));
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun proof_of_possession_is_no_protocol_version() {
    let mut bytes = market::protocol_version_message(5, 9, 77);
    *(&mut bytes[0]) = 0;
    messages::protocol_version_message(certified(bytes));
}
