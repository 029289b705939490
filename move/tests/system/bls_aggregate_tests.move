/// Committees: bitmaps, weights, quorums, signatures. The rejections of signatures hold only where the
/// virtual machine computes BLS; the compiler's own test runner accepts any signature.
#[test_only]
module walrus::bls_aggregate_tests;

use std::unit_test::assert_eq;
use sui::address;
use sui::bls12381;
use walrus::bls_aggregate::{Self, BlsCommittee, BlsCommitteeMember};
use walrus::market;

const EPOCH: u32 = 5;
const BLOB_ID: u256 = 0x5AA;

fun committee(weights: vector<u16>): BlsCommittee {
    bls_aggregate::new_committee_for_testing(EPOCH, weights)
}

fun message(): vector<u8> { market::permanent_message(EPOCH, BLOB_ID) }

fun quorum_weight(weights: vector<u16>, bitmap: vector<u8>): u16 {
    committee(weights)
        .verify_quorum_in_epoch(market::sign(bitmap, message()), bitmap, message())
        .stake_support()
}

fun one_correct_weight(weights: vector<u16>, bitmap: vector<u8>): u16 {
    committee(weights)
        .verify_one_correct_node_in_epoch(market::sign(bitmap, message()), bitmap, message())
        .stake_support()
}

// === Construction and views ===

#[test]
fun committee_describes_its_members() {
    let committee = committee(vector[4, 3, 2]);
    assert_eq!(committee.epoch(), EPOCH);
    assert_eq!(committee.n_shards(), 9);
    assert_eq!(committee.n_members(), 3);
    assert!(committee.contains(&market::node_id(2)));
    assert!(!committee.contains(&market::node_id(3)));
    assert_eq!(committee.find_index(&market::node_id(1)), option::some(1));
    assert_eq!(committee.find_index(&market::node_id(3)), option::none());
    assert_eq!(committee.weight_of(&market::node_id(0)), 4);
    assert_eq!(committee.weight_of(&market::node_id(2)), 2);
    assert_eq!(committee.weight_of(&market::node_id(3)), 0);
    let member = &committee.members()[1];
    assert_eq!(member.node_id(), market::node_id(1));
    assert_eq!(member.weight(), 3);
    assert_eq!(member.public_key().bytes().length(), 96);
    assert_eq!(committee.total_aggregated_key().bytes().length(), 48);
    let (ids, weights) = committee.to_vec_map().into_keys_values();
    assert_eq!(ids, vector[market::node_id(0), market::node_id(1), market::node_id(2)]);
    assert_eq!(weights, vector[4, 3, 2]);
}

#[test]
fun empty_committee_exists() {
    let committee = committee(vector[]);
    assert_eq!(committee.n_shards(), 0);
    assert_eq!(committee.n_members(), 0);
}

#[test, expected_failure(abort_code = bls_aggregate::EIncorrectCommittee)]
fun member_without_shards_fails() {
    committee(vector[4, 0, 2]);
}

/// Members with the given node IDs.
fun members(numbers: vector<u256>): vector<BlsCommitteeMember> {
    let key = bls12381::g1_to_uncompressed_g1(&bls12381::g1_generator());
    numbers.map!(|number| {
        let node_id = object::id_from_address(address::from_u256(number));
        bls_aggregate::new_bls_committee_member(key, 1, node_id)
    })
}

#[test]
fun members_in_ascending_order_form_a_committee() {
    assert_eq!(bls_aggregate::new_bls_committee(0, members(vector[3, 7, 8])).n_shards(), 3);
}

#[test, expected_failure(abort_code = bls_aggregate::EIncorrectCommittee)]
fun members_in_another_order_fail() {
    bls_aggregate::new_bls_committee(0, members(vector[3, 8, 7]));
}

#[test, expected_failure(abort_code = bls_aggregate::EIncorrectCommittee)]
fun member_listed_twice_fails() {
    bls_aggregate::new_bls_committee(0, members(vector[3, 3, 7]));
}

#[test, expected_failure(arithmetic_error, location = walrus::bls_aggregate)]
fun too_many_shards_fail() {
    committee(vector[65_535, 1]);
}

// === Quorum rules ===

#[test]
fun quorum_bounds() {
    // n, least quorum, least weight with a correct node
    vector[
        vector[1, 1, 1],
        vector[2, 2, 1],
        vector[3, 3, 2],
        vector[4, 3, 2],
        vector[7, 5, 3],
        vector[9, 7, 4],
        vector[10, 7, 4],
        vector[100, 67, 34],
        vector[1000, 667, 334],
        vector[65_535, 43_691, 21_846],
    ].do!(|row| {
        let n_shards = row[0];
        assert!(bls_aggregate::is_quorum(row[1], n_shards));
        assert!(!bls_aggregate::is_quorum(row[1] - 1, n_shards));
        assert!(bls_aggregate::includes_correct_node(row[2], n_shards));
        assert!(!bls_aggregate::includes_correct_node(row[2] - 1, n_shards));
    });
    assert!(!bls_aggregate::is_quorum(0, 0));
    assert!(!bls_aggregate::includes_correct_node(0, 0));
}

#[test]
fun two_quorums_share_a_correct_node() {
    // With at most f faulty shards, the overlap of two quorums is larger than f; and a set that includes a
    // correct node is larger than f, while f alone is not enough.
    300u16.do!(|i| {
        let n = i + 1;
        let f = (n - 1) / 3;
        let mut quorum = 0;
        while (!bls_aggregate::is_quorum(quorum, n)) quorum = quorum + 1;
        assert!(2 * quorum - n > f);
        assert!(n - f >= quorum);
        assert!(!bls_aggregate::includes_correct_node(f, n));
    });
}

// === Bitmaps ===

#[test]
fun weight_is_that_of_the_signers() {
    assert_eq!(quorum_weight(vector[4, 3, 2, 1], vector[0x0F]), 10);
    assert_eq!(quorum_weight(vector[4, 3, 2, 1], vector[0x03]), 7);
    assert_eq!(quorum_weight(vector[4, 3, 2, 1], vector[0x0D]), 7);
    assert_eq!(one_correct_weight(vector[4, 3, 2, 1], vector[0x01]), 4);
    assert_eq!(one_correct_weight(vector[4, 3, 2, 1], vector[0x0A]), 4);
    assert_eq!(one_correct_weight(vector[4, 3, 2, 1], vector[0x0F]), 10);
}

#[test]
fun bits_count_from_the_least_significant() {
    let weights = vector[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
    // Members 3, 8 and 10.
    assert_eq!(one_correct_weight(weights, vector[0x08, 0x05]), 8 + 256 + 1024);
    assert_eq!(quorum_weight(weights, vector[0x00, 0x06]), 512 + 1024);
}

#[test]
fun short_bitmap_is_padded_with_zeros() {
    let weights = vector[9, 1, 1, 1, 1, 1, 1, 1, 1];
    assert_eq!(one_correct_weight(weights, vector[0x01]), 9);
    assert_eq!(one_correct_weight(weights, vector[0x01, 0x00]), 9);
    assert_eq!(quorum_weight(weights, vector[0x0F]), 12);
}

#[test]
fun full_bytes_have_no_unused_bits() {
    let weights = vector::tabulate!(16, |_| 1);
    assert_eq!(quorum_weight(weights, vector[0xFF, 0xFF]), 16);
}

#[test, expected_failure(abort_code = bls_aggregate::EInvalidBitmap)]
fun bit_of_a_missing_member_fails() {
    quorum_weight(vector[4, 3, 2, 1], vector[0x1F]);
}

#[test, expected_failure(abort_code = bls_aggregate::EInvalidBitmap)]
fun bit_of_a_missing_member_in_the_second_byte_fails() {
    quorum_weight(vector::tabulate!(9, |_| 1), vector[0xFF, 0x02]);
}

#[test, expected_failure(abort_code = bls_aggregate::EInvalidBitmap)]
fun longer_bitmap_fails_even_if_zero() {
    quorum_weight(vector[4, 3, 2, 1], vector[0x0F, 0x00]);
}

#[test, expected_failure(abort_code = bls_aggregate::EInvalidBitmap)]
fun bitmap_longer_than_full_bytes_fails() {
    quorum_weight(vector::tabulate!(8, |_| 1), vector[0xFF, 0x00]);
}

#[test, expected_failure(abort_code = bls_aggregate::EInvalidBitmap)]
fun bitmap_of_an_empty_committee_fails() {
    quorum_weight(vector[], vector[0x00]);
}

// === Weights ===

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun less_than_a_quorum_fails() {
    quorum_weight(vector[4, 3, 2, 1], vector[0x05]);
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun less_than_one_correct_node_fails() {
    one_correct_weight(vector[4, 3, 2, 1], vector[0x0C]);
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun one_correct_node_is_no_quorum() {
    quorum_weight(vector[4, 3, 2, 1], vector[0x01]);
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun empty_bitmap_fails() {
    one_correct_weight(vector[4, 3, 2, 1], vector[]);
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun empty_committee_certifies_nothing() {
    one_correct_weight(vector[], vector[]);
}

// === Signatures ===

/// Whether a signature of the members in the second bitmap passes as one of those in the first.
fun passes(bitmap: vector<u8>, signers: vector<u8>): bool {
    committee(vector[4, 3, 2, 1])
        .is_signed_by(market::sign(signers, message()), bitmap, message())
}

#[test]
fun every_set_of_signers_verifies() {
    15u8.do!(|i| assert!(passes(vector[i + 1], vector[i + 1])));
}

#[test]
fun signature_of_other_signers_is_rejected() {
    let any = market::accepts_any_signature();
    assert!(!passes(vector[0x03], vector[0x05]) || any);
    assert!(!passes(vector[0x0F], vector[0x07]) || any);
    assert!(!passes(vector[0x07], vector[0x0F]) || any);
}

#[test]
fun changed_message_or_signature_is_rejected() {
    let any = market::accepts_any_signature();
    let committee = committee(vector[4, 3, 2, 1]);
    let bitmap = vector[0x03];
    let signature = market::sign(bitmap, message());
    message().length().do!(|i| {
        let mut changed = message();
        *(&mut changed[i]) = changed[i] ^ (1 << (i % 8 as u8));
        assert!(!committee.is_signed_by(signature, bitmap, changed) || any);
    });
    let mut truncated = signature;
    truncated.pop_back();
    assert!(!committee.is_signed_by(truncated, bitmap, message()) || any);
    assert!(!committee.is_signed_by(vector[], bitmap, message()) || any);
}

#[test]
fun total_key_is_the_sum_of_the_keys() {
    // The secret keys are 1, 2, 3 and 4.
    if (!market::accepts_any_signature()) {
        let committee = committee(vector[4, 3, 2, 1]);
        assert_eq!(*committee.total_aggregated_key().bytes(), market::public_key(10));
    };
}
