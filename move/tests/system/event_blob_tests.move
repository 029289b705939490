/// Event blobs: attestation, tallies, certification.
#[test_only]
module walrus::event_blob_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::event;
use walrus::blob;
use walrus::encoding;
use walrus::event_blob;
use walrus::events::{BlobCertified, BlobRegistered};
use walrus::market;
use walrus::storage_node::StorageNodeCap;
use walrus::system::System;
use walrus::system_state_inner;

/// Attests the event blob with the given root hash that ends at the checkpoint.
fun attest_root(
    system: &mut System,
    cap: &mut StorageNodeCap,
    checkpoint: u64,
    root_hash: u256,
    ctx: &mut TxContext,
) {
    let epoch = system.epoch();
    let blob_id = blob::derive_blob_id(root_hash, 1, market::size());
    system.certify_event_blob(
        cap,
        blob_id,
        root_hash,
        market::size(),
        1,
        checkpoint,
        epoch,
        ctx,
    )
}

/// Attests the only event blob that ends at the checkpoint.
fun attest(system: &mut System, cap: &mut StorageNodeCap, checkpoint: u64, ctx: &mut TxContext) {
    attest_root(system, cap, checkpoint, checkpoint as u256, ctx)
}

fun latest(system: &System): Option<u64> {
    system
        .inner_for_testing()
        .event_blob_certification_state()
        .latest_certified_checkpoint_sequence_number()
}

fun tallies(system: &System): u64 {
    system.inner_for_testing().event_blob_certification_state().tally_count()
}

// === State ===

#[test]
fun attestation_and_event_blob_describe_themselves() {
    let attestation = event_blob::new_attestation(3, 4);
    assert_eq!(attestation.last_attested_event_blob_checkpoint_seq_num(), 3);
    assert_eq!(attestation.last_attested_event_blob_epoch(), 4);
    let event_blob = event_blob::new_event_blob(5, 6);
    assert_eq!(event_blob.ending_checkpoint_sequence_number(), 5);
    assert_eq!(event_blob.blob_id(), 6);
}

#[test]
fun weights_are_counted_for_each_candidate() {
    let mut state = event_blob::create_with_empty_state();
    let (a, b) = (event_blob::new_event_blob(5, 1), event_blob::new_event_blob(5, 2));
    assert_eq!(state.add_weight(a, 3), 3);
    assert_eq!(state.add_weight(b, 10), 10);
    assert_eq!(state.add_weight(a, 4), 7);
    assert_eq!(state.tally_count(), 2);
    assert!(!state.is_certified_up_to(0));
    state.set_latest_certified(a);
    assert_eq!(state.tally_count(), 0);
    assert_eq!(state.latest_certified_checkpoint_sequence_number(), option::some(5));
    assert!(state.is_certified_up_to(5));
    assert!(!state.is_certified_up_to(6));
    destroy(state);
}

#[test, expected_failure(abort_code = event_blob::EInvalidSequenceNumber)]
fun earlier_checkpoint_cannot_become_the_latest() {
    let mut state = event_blob::create_with_empty_state();
    state.set_latest_certified(event_blob::new_event_blob(5, 1));
    state.set_latest_certified(event_blob::new_event_blob(5, 2));
    abort
}

// === Certification ===

#[test]
fun a_quorum_of_attestations_certifies() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut first = market::cap(0, ctx);
    let mut second = market::cap(1, ctx);
    let used_before = system.used_capacity_size();
    attest(&mut system, &mut first, 100, ctx);
    assert_eq!(tallies(&system), 1);
    assert_eq!(latest(&system), option::none());
    assert_eq!(event::events_by_type<BlobRegistered>().length(), 0);

    attest(&mut system, &mut second, 100, ctx);
    assert_eq!(tallies(&system), 0);
    assert_eq!(latest(&system), option::some(100));
    // Stored as long as possible, without payment.
    let encoded_size = encoding::encoded_blob_length(market::size(), 1, market::n_shards());
    market::max_epochs_ahead().do!(|i| {
        let slot = system.future_accounting().ring_lookup(i);
        assert_eq!(slot.used_capacity(), used_before + encoded_size);
        assert_eq!(slot.rewards(), 0);
    });
    assert_eq!(system.used_capacity_size(), used_before + encoded_size);

    let registered = event::events_by_type<BlobRegistered>();
    let certified = event::events_by_type<BlobCertified>();
    assert_eq!(registered.length(), 1);
    assert_eq!(certified.length(), 1);
    // Epoch, blob ID, size, encoding type, end epoch, deletable; the object is gone.
    let blob_id = blob::derive_blob_id(100, 1, market::size());
    let mut bytes = bcs::new(bcs::to_bytes(&registered[0]));
    assert_eq!(bytes.peel_u32(), 1);
    assert_eq!(bytes.peel_u256(), blob_id);
    assert_eq!(bytes.peel_u64(), market::size());
    assert_eq!(bytes.peel_u8(), 1);
    assert_eq!(bytes.peel_u32(), 1 + market::max_epochs_ahead());
    assert!(!bytes.peel_bool());
    let mut bytes = bcs::new(bcs::to_bytes(&certified[0]));
    assert_eq!(bytes.peel_u32(), 1);
    assert_eq!(bytes.peel_u256(), blob_id);

    let attestation = second.last_attestation();
    assert_eq!(attestation.last_attested_event_blob_checkpoint_seq_num(), 100);
    assert_eq!(attestation.last_attested_event_blob_epoch(), 1);
    destroy(vector[first, second]);
    destroy(system);
}

use fun last_attestation as StorageNodeCap.last_attestation;

fun last_attestation(cap: &StorageNodeCap): event_blob::EventBlobAttestation {
    cap.last_event_blob_attestation().destroy_some()
}

#[test]
fun event_blobs_ignore_the_capacity() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut payment = market::coin(1_000_000, ctx);
    system.reserve_space(market::capacity(), 10, &mut payment, ctx).destroy();
    let mut first = market::cap(0, ctx);
    let mut second = market::cap(1, ctx);
    attest(&mut system, &mut first, 100, ctx);
    attest(&mut system, &mut second, 100, ctx);
    assert!(system.used_capacity_size() > system.total_capacity_size());
    destroy(vector[first, second]);
    destroy(payment);
    destroy(system);
}

#[test]
fun conflicting_attestations_do_not_add_up() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    // 4 + 1 shards for one candidate, 3 + 2 for the other: no quorum of 7.
    let mut caps = vector::tabulate!(4, |i| market::cap(i, ctx));
    attest_root(&mut system, &mut caps[0], 100, 1, ctx);
    attest_root(&mut system, &mut caps[1], 100, 2, ctx);
    attest_root(&mut system, &mut caps[2], 100, 2, ctx);
    attest_root(&mut system, &mut caps[3], 100, 1, ctx);
    assert_eq!(tallies(&system), 2);
    assert_eq!(latest(&system), option::none());
    destroy(caps);
    destroy(system);
}

#[test]
fun late_attestation_is_recorded_without_effect() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut caps = vector::tabulate!(3, |i| market::cap(i, ctx));
    attest(&mut system, &mut caps[0], 100, ctx);
    attest(&mut system, &mut caps[1], 100, ctx);
    // Certified already; the late node catches up, and may go on with the next one.
    attest(&mut system, &mut caps[2], 90, ctx);
    attest(&mut system, &mut caps[2], 100, ctx);
    assert_eq!(tallies(&system), 0);
    attest(&mut system, &mut caps[2], 110, ctx);
    assert_eq!(tallies(&system), 1);
    assert_eq!(caps[2].last_attestation().last_attested_event_blob_checkpoint_seq_num(), 110);
    destroy(caps);
    destroy(system);
}

#[test]
fun nodes_go_on_after_certification() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut caps = vector::tabulate!(2, |i| market::cap(i, ctx));
    3u64.do!(|i| {
        let checkpoint = 100 * (i + 1);
        attest(&mut system, &mut caps[0], checkpoint, ctx);
        attest(&mut system, &mut caps[1], checkpoint, ctx);
        assert_eq!(latest(&system), option::some(checkpoint));
    });
    destroy(caps);
    destroy(system);
}

#[test]
fun epoch_change_voids_attestations() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut caps = vector::tabulate!(2, |i| market::cap(i, ctx));
    attest(&mut system, &mut caps[0], 100, ctx);
    market::next_epoch(&mut system);
    assert_eq!(tallies(&system), 0);
    // The second alone is no quorum; the first may attest the same, or an earlier one, again.
    attest(&mut system, &mut caps[1], 100, ctx);
    assert_eq!(latest(&system), option::none());
    attest(&mut system, &mut caps[0], 100, ctx);
    assert_eq!(latest(&system), option::some(100));
    destroy(caps);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::ERepeatedAttestation)]
fun same_checkpoint_twice_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(0, ctx);
    attest(&mut system, &mut cap, 100, ctx);
    attest(&mut system, &mut cap, 100, ctx);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::ERepeatedAttestation)]
fun earlier_checkpoint_in_the_same_epoch_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut caps = vector::tabulate!(2, |i| market::cap(i, ctx));
    attest(&mut system, &mut caps[0], 100, ctx);
    attest(&mut system, &mut caps[1], 100, ctx);
    attest(&mut system, &mut caps[0], 99, ctx);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectAttestation)]
fun second_outstanding_attestation_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(0, ctx);
    attest(&mut system, &mut cap, 100, ctx);
    attest(&mut system, &mut cap, 101, ctx);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectAttestation)]
fun attestation_ahead_of_the_latest_binds() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut caps = vector::tabulate!(3, |i| market::cap(i, ctx));
    attest(&mut system, &mut caps[0], 100, ctx);
    attest(&mut system, &mut caps[2], 150, ctx);
    attest(&mut system, &mut caps[1], 100, ctx);
    // Certified up to 100, but the node attested 150.
    attest(&mut system, &mut caps[2], 200, ctx);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::ENotCommitteeMember)]
fun stranger_cannot_attest() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(4, ctx);
    attest(&mut system, &mut cap, 100, ctx);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidIdEpoch)]
fun attestation_for_another_epoch_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(0, ctx);
    system.certify_event_blob(
        &mut cap,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        100,
        0,
        ctx,
    );
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobId)]
fun wrong_blob_id_fails_at_the_quorum() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    vector::tabulate!(2, |i| market::cap(i, ctx)).do!(|mut cap| {
        system.certify_event_blob(
            &mut cap,
            market::blob_id() - 1,
            market::root_hash(),
            market::size(),
            1,
            100,
            1,
            ctx,
        );
        destroy(cap);
    });
    abort
}
