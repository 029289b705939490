/// Deny lists and protocol versions: announcements and certificates of storage nodes.
#[test_only]
module walrus::deny_list_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::event;
use walrus::bls_aggregate;
use walrus::event_layouts;
use walrus::events::{
    DenyListBlobDeleted,
    DenyListUpdate,
    ProtocolVersionUpdated,
    RegisterDenyListUpdate
};
use walrus::market;
use walrus::messages;
use walrus::storage_node::StorageNodeCap;
use walrus::system::System;
use walrus::system_state_inner;

const ROOT: u256 = 0x77;

fun update(
    system: &mut System,
    cap: &mut StorageNodeCap,
    node_id: ID,
    sequence_number: u64,
    size: u64,
) {
    let message = market::deny_list_message(system.epoch(), node_id, sequence_number, size, ROOT);
    system.update_deny_list(
        cap,
        market::sign(market::quorum(), message),
        market::quorum(),
        message,
    )
}

// === Announcement ===

#[test]
fun announcement_is_only_reported() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let cap = market::cap(3, ctx);
    system.register_deny_list_update(&cap, ROOT, 1);
    let announced = event::events_by_type<RegisterDenyListUpdate>();
    assert_eq!(
        bcs::to_bytes(&announced[0]),
        event_layouts::deny_list_update(1, ROOT, 1, cap.node_id()),
    );
    assert_eq!(cap.deny_list_sequence(), 0);
    destroy(cap);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::ENotCommitteeMember)]
fun stranger_cannot_announce() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    system.register_deny_list_update(&market::cap(4, ctx), ROOT, 1);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectDenyListSequence)]
fun announcement_with_the_same_number_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    system.register_deny_list_update(&market::cap(0, ctx), ROOT, 0);
    abort
}

// === Certified update ===

#[test]
fun certified_update_is_recorded() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(3, ctx);
    let node_id = cap.node_id();
    update(&mut system, &mut cap, node_id, 5, 1000);
    assert_eq!(cap.deny_list_root(), ROOT);
    assert_eq!(cap.deny_list_sequence(), 5);
    assert_eq!(cap.deny_list_size(), 1000);
    assert_eq!(system.inner_for_testing().deny_list_sizes()[&node_id], 1000);
    let updated = event::events_by_type<DenyListUpdate>();
    assert_eq!(
        bcs::to_bytes(&updated[0]),
        event_layouts::deny_list_update(1, ROOT, 5, node_id),
    );
    update(&mut system, &mut cap, node_id, 6, 500);
    assert_eq!(system.inner_for_testing().deny_list_sizes()[&node_id], 500);
    assert_eq!(system.inner_for_testing().deny_list_sizes().length(), 1);
    destroy(cap);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectDenyListNode)]
fun update_of_another_node_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(3, ctx);
    update(&mut system, &mut cap, market::node_id(2), 1, 1000);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectDenyListSequence)]
fun update_cannot_be_replayed() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(3, ctx);
    let node_id = cap.node_id();
    update(&mut system, &mut cap, node_id, 5, 1000);
    update(&mut system, &mut cap, node_id, 5, 1000);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::ENotCommitteeMember)]
fun stranger_cannot_update() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(4, ctx);
    let node_id = cap.node_id();
    update(&mut system, &mut cap, node_id, 1, 1000);
    abort
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun update_without_a_quorum_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(3, ctx);
    let message = market::deny_list_message(1, cap.node_id(), 1, 1000, ROOT);
    system.update_deny_list(
        &mut cap,
        market::sign(market::below_quorum(), message),
        market::below_quorum(),
        message,
    );
    abort
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun update_with_another_type_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut cap = market::cap(3, ctx);
    let mut message = market::deny_list_message(1, cap.node_id(), 1, 1000, ROOT);
    *(&mut message[0]) = 3;
    system.update_deny_list(
        &mut cap,
        market::sign(market::quorum(), message),
        market::quorum(),
        message,
    );
    abort
}

// === Denied blobs ===

#[test]
fun one_correct_node_reports_a_denied_blob() {
    let system = market::new_system(&mut tx_context::dummy());
    let message = market::blob_statement(5, 1, 99);
    system.delete_deny_listed_blob(
        market::sign(market::one_correct(), message),
        market::one_correct(),
        message,
    );
    let deleted = event::events_by_type<DenyListBlobDeleted>();
    assert_eq!(bcs::to_bytes(&deleted[0]), event_layouts::epoch_and_blob(1, 99));
    destroy(system);
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun faulty_nodes_alone_do_not_report_a_denied_blob() {
    let system = market::new_system(&mut tx_context::dummy());
    let message = market::blob_statement(5, 1, 99);
    system.delete_deny_listed_blob(
        market::sign(market::below_one_correct(), message),
        market::below_one_correct(),
        message,
    );
    abort
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun invalid_blob_is_no_denied_blob() {
    let system = market::new_system(&mut tx_context::dummy());
    let message = market::blob_statement(2, 1, 99);
    system.delete_deny_listed_blob(
        market::sign(market::one_correct(), message),
        market::one_correct(),
        message,
    );
    abort
}

// === Protocol version ===

fun agree(start_epoch: u32, bitmap: vector<u8>, cap_index: u64): System {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    market::go_to_epoch(&mut system, 3);
    let cap = market::cap(cap_index, ctx);
    let message = market::protocol_version_message(3, start_epoch, 7);
    system.update_protocol_version(&cap, market::sign(bitmap, message), bitmap, message);
    destroy(cap);
    system
}

#[test]
fun agreed_protocol_version_is_reported() {
    destroy(agree(3, market::quorum(), 0));
    let updated = event::events_by_type<ProtocolVersionUpdated>();
    assert_eq!(bcs::to_bytes(&updated[0]), event_layouts::protocol_version_updated(3, 3, 7));
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidStartEpoch)]
fun protocol_version_of_the_past_fails() {
    destroy(agree(2, market::quorum(), 0));
    abort
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun protocol_version_without_a_quorum_fails() {
    destroy(agree(3, market::below_quorum(), 0));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::ENotCommitteeMember)]
fun stranger_cannot_report_a_protocol_version() {
    destroy(agree(3, market::quorum(), 4));
    abort
}
