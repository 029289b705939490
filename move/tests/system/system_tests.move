/// The storage market through its public functions: space, blobs, payments, epochs, versions.
#[test_only]
module walrus::system_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use sui::bcs;
use sui::event;
use walrus::blob;
use walrus::bls_aggregate;
use walrus::epoch_parameters;
use walrus::event_layouts;
use walrus::events::{BlobCertified, BlobDeleted, InvalidBlobID};
use walrus::market;
use walrus::market_tables;
use walrus::messages;
use walrus::storage_resource;
use walrus::system::{Self, System};
use walrus::system_state_inner;

fun new_system(): System { market::new_system(&mut tx_context::dummy()) }

/// Rewards of the slots from the current epoch on.
fun rewards(system: &System): vector<u64> {
    vector::tabulate!(
        market::max_epochs_ahead() as u64,
        |i| system.future_accounting().ring_lookup(i as u32).rewards(),
    )
}

/// Capacity in use in the slots from the current epoch on.
fun used(system: &System): vector<u64> {
    vector::tabulate!(
        market::max_epochs_ahead() as u64,
        |i| system.future_accounting().ring_lookup(i as u32).used_capacity(),
    )
}

/// `count` times `value` from position `start` on, zeros elsewhere.
fun slots(start: u64, count: u64, value: u64): vector<u64> {
    vector::tabulate!(
        market::max_epochs_ahead() as u64,
        |i| if (start <= i && i < start + count) value else 0,
    )
}

// === Set-up ===

#[test]
fun new_system_is_empty() {
    let system = system::new_for_testing(5, &mut tx_context::dummy());
    assert_eq!(system.epoch(), 0);
    assert_eq!(system.n_shards(), 0);
    assert_eq!(system.total_capacity_size(), 0);
    assert_eq!(system.used_capacity_size(), 0);
    assert_eq!(system.future_accounting().max_epochs_ahead(), 5);
    assert_eq!(system.version(), system::package_version());
    assert_eq!(system.committee().n_members(), 0);
    assert_eq!(system.package_id(), object::id_from_address(@walrus));
    assert!(system.new_package_id_for_testing().is_none());
    assert_eq!(system.inner_for_testing().storage_price_per_unit_size(), 0);
    assert_eq!(system.inner_for_testing().write_price_per_unit_size(), 0);
    destroy(system);
}

#[test]
fun ring_of_the_largest_size() {
    let system = system::new_for_testing(1000, &mut tx_context::dummy());
    assert_eq!(system.future_accounting().max_epochs_ahead(), 1000);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidMaxEpochsAhead)]
fun too_large_ring_fails() {
    destroy(system::new_for_testing(1001, &mut tx_context::dummy()));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidMaxEpochsAhead)]
fun empty_ring_fails() {
    destroy(system::new_for_testing(0, &mut tx_context::dummy()));
    abort
}

#[test]
fun created_system_is_shared() {
    let mut scenario = sui::test_scenario::begin(@0xA);
    system::create_empty(7, object::id_from_address(@0x7), scenario.ctx());
    scenario.next_tx(@0xB);
    let system = scenario.take_shared<System>();
    assert_eq!(system.package_id(), object::id_from_address(@0x7));
    assert_eq!(system.future_accounting().max_epochs_ahead(), 7);
    sui::test_scenario::return_shared(system);
    scenario.end();
}

// === Space ===

#[test]
fun reserved_space_is_paid_and_accounted_for_every_epoch() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    // Three units, the last one in part.
    let amount = 2 * market::unit() + 1;
    let mut payment = market::coin(1000, ctx);
    let storage = system.reserve_space(amount, 4, &mut payment, ctx);
    assert_eq!(storage.start_epoch(), 1);
    assert_eq!(storage.end_epoch(), 5);
    assert_eq!(storage.size(), amount);
    let per_epoch = 3 * market::storage_price();
    assert_eq!(payment.value(), 1000 - 4 * per_epoch);
    assert_eq!(rewards(&system), slots(0, 4, per_epoch));
    assert_eq!(used(&system), slots(0, 4, amount));
    assert_eq!(system.used_capacity_size(), amount);
    destroy(system);
    destroy(payment);
    storage.destroy();
}

#[test]
fun exact_payment_leaves_an_empty_coin() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(10 * market::storage_price(), ctx);
    let storage = system.reserve_space(1, market::max_epochs_ahead(), &mut payment, ctx);
    payment.destroy_zero();
    destroy(system);
    storage.destroy();
}

#[test]
fun units_are_rounded_up() {
    let ctx = &mut tx_context::dummy();
    // Bytes, units.
    vector[
        vector[1, 1],
        vector[market::unit(), 1],
        vector[market::unit() + 1, 2],
        vector[2 * market::unit(), 2],
        vector[market::capacity(), 1000],
    ].do!(|row| {
        let mut system = market::new_system(ctx);
        let mut payment = market::coin(row[1] * market::storage_price(), ctx);
        let storage = system.reserve_space(row[0], 1, &mut payment, ctx);
        payment.destroy_zero();
        destroy(system);
        storage.destroy();
    });
}

#[test]
fun space_for_a_range_of_epochs() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(1000, ctx);
    let storage = system.reserve_space_for_epochs(10, 3, 6, &mut payment, ctx);
    assert_eq!(storage.start_epoch(), 3);
    assert_eq!(storage.end_epoch(), 6);
    assert_eq!(payment.value(), 1000 - 3 * market::storage_price());
    assert_eq!(rewards(&system), slots(2, 3, market::storage_price()));
    assert_eq!(used(&system), slots(2, 3, 10));
    assert_eq!(system.used_capacity_size(), 0);
    destroy(system);
    destroy(payment);
    storage.destroy();
}

#[test]
fun start_is_raised_to_the_current_epoch() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    market::go_to_epoch(&mut system, 4);
    let mut payment = market::coin(1000, ctx);
    let storage = system.reserve_space_for_epochs(10, 0, 14, &mut payment, ctx);
    assert_eq!(storage.start_epoch(), 4);
    assert_eq!(storage.end_epoch(), 14);
    assert_eq!(payment.value(), 1000 - 10 * market::storage_price());
    destroy(system);
    destroy(payment);
    storage.destroy();
}

#[test]
fun destroyed_storage_stays_accounted() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(1000, ctx);
    system.reserve_space(10, 1, &mut payment, ctx).destroy();
    assert_eq!(system.used_capacity_size(), 10);
    destroy(system);
    destroy(payment);
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun zero_epochs_fail() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    destroy(new_system().reserve_space(10, 0, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun too_many_epochs_fail() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    destroy(new_system().reserve_space(10, 11, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun empty_range_of_epochs_fails() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    destroy(new_system().reserve_space_for_epochs(10, 5, 5, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun past_range_of_epochs_fails() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    destroy(new_system().reserve_space_for_epochs(10, 0, 1, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun range_beyond_the_ring_fails() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    destroy(new_system().reserve_space_for_epochs(10, 3, 12, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidResourceSize)]
fun zero_bytes_fail() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    destroy(new_system().reserve_space(0, 1, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EStorageExceeded)]
fun more_than_the_capacity_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(1_000_000, ctx);
    system.reserve_space(market::capacity(), 1, &mut payment, ctx).destroy();
    destroy(system.reserve_space(1, 1, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EStorageExceeded)]
fun more_than_the_capacity_in_a_future_epoch_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(1_000_000, ctx);
    system.reserve_space_for_epochs(market::capacity(), 3, 4, &mut payment, ctx).destroy();
    destroy(system.reserve_space(1, 3, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun too_small_payment_fails() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(2 * market::storage_price() - 1, ctx);
    destroy(new_system().reserve_space(1, 2, &mut payment, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EStorageExceeded)]
fun nothing_can_be_bought_before_the_first_committee() {
    let ctx = &mut tx_context::dummy();
    let mut payment = market::coin(1000, ctx);
    let mut system = system::new_for_testing(5, ctx);
    destroy(system.reserve_space(1, 1, &mut payment, ctx));
    abort
}

// === Blobs ===

#[test]
fun registration_charges_the_write_fee_to_the_current_epoch() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(1000, ctx);
    let storage = system.reserve_space(3 * market::unit(), 2, &mut payment, ctx);
    let after_space = payment.value();
    let blob = system.register_blob(
        storage,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        true,
        &mut payment,
        ctx,
    );
    // The fee depends on the encoded size, one unit, and not on the storage.
    assert_eq!(after_space - payment.value(), market::write_price());
    assert_eq!(rewards(&system)[0], 3 * market::storage_price() + market::write_price());
    assert_eq!(blob.registered_epoch(), 1);
    assert_eq!(blob.storage().size(), 3 * market::unit());
    destroy(system);
    destroy(payment);
    blob.burn();
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun too_small_write_payment_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(market::storage_price() + market::write_price() - 1, ctx);
    let storage = system.reserve_space(market::unit(), 1, &mut payment, ctx);
    let blob = system.register_blob(
        storage,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        true,
        &mut payment,
        ctx,
    );
    destroy(blob);
    abort
}

#[test]
fun a_quorum_certifies_a_permanent_blob() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register(&mut system, 3, false, ctx);
    market::go_to_epoch(&mut system, 2);
    system.certify_blob(
        &mut blob,
        market::sign(market::quorum(), market::permanent_message(2, market::blob_id())),
        market::quorum(),
        market::permanent_message(2, market::blob_id()),
    );
    assert_eq!(*blob.certified_epoch(), option::some(2));
    let certified = event::events_by_type<BlobCertified>();
    assert_eq!(
        bcs::to_bytes(&certified[0]),
        event_layouts::blob_certified(2, market::blob_id(), 4, false, blob.object_id(), false),
    );
    destroy(system);
    blob.burn();
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun less_than_a_quorum_does_not_certify() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register(&mut system, 3, false, ctx);
    system.certify_blob(
        &mut blob,
        market::sign(market::below_quorum(), market::permanent_message(1, market::blob_id())),
        market::below_quorum(),
        market::permanent_message(1, market::blob_id()),
    );
    abort
}

#[test, expected_failure(abort_code = messages::EIncorrectEpoch)]
fun certificate_of_the_epoch_before_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register(&mut system, 3, false, ctx);
    market::go_to_epoch(&mut system, 2);
    system.certify_blob(
        &mut blob,
        market::sign(market::quorum(), market::permanent_message(1, market::blob_id())),
        market::quorum(),
        market::permanent_message(1, market::blob_id()),
    );
    abort
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun invalid_blob_statement_does_not_certify() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register(&mut system, 3, false, ctx);
    system.certify_blob(
        &mut blob,
        market::sign(market::quorum(), market::blob_statement(2, 1, market::blob_id())),
        market::quorum(),
        market::blob_statement(2, 1, market::blob_id()),
    );
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobObject)]
fun certificate_of_a_deletable_blob_is_bound_to_its_object() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let other = market::register(&mut system, 3, true, ctx);
    let mut blob = market::register(&mut system, 3, true, ctx);
    system.certify_blob(
        &mut blob,
        market::sign(market::quorum(), market::deletable_message(1, market::blob_id(), other.object_id())),
        market::quorum(),
        market::deletable_message(1, market::blob_id(), other.object_id()),
    );
    abort
}

#[test]
fun deletion_returns_storage_that_can_be_used_again() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let blob = market::register_and_certify(&mut system, 3, true, ctx);
    let object_id = blob.object_id();
    let used_before = system.used_capacity_size();
    let storage = system.delete_blob(blob);
    assert_eq!(system.used_capacity_size(), used_before);
    let deleted = event::events_by_type<BlobDeleted>();
    assert_eq!(
        bcs::to_bytes(&deleted[0]),
        event_layouts::blob_deleted(1, market::blob_id(), 4, object_id, true),
    );
    let mut payment = market::coin(market::write_price(), ctx);
    let blob = system.register_blob(
        storage,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        false,
        &mut payment,
        ctx,
    );
    payment.destroy_zero();
    destroy(system);
    blob.burn();
}

// === Extension ===

#[test]
fun extension_is_paid_by_the_size_of_the_storage() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_in(&mut system, 3 * market::unit(), 2, false, ctx);
    market::certify(&system, &mut blob);
    market::go_to_epoch(&mut system, 2);
    let rewards_before = rewards(&system);
    let mut payment = market::coin(1000, ctx);
    system.extend_blob(&mut blob, 4, &mut payment);
    let per_epoch = 3 * market::storage_price();
    assert_eq!(payment.value(), 1000 - 4 * per_epoch);
    assert_eq!(blob.end_epoch(), 7);
    let added = slots(1, 4, per_epoch);
    assert_eq!(rewards(&system), rewards_before.zip_map!(added, |a, b| a + b));
    assert_eq!(used(&system), slots(0, 5, 3 * market::unit()));
    let certified = event::events_by_type<BlobCertified>();
    assert_eq!(
        bcs::to_bytes(&certified[1]),
        event_layouts::blob_certified(1, market::blob_id(), 7, false, blob.object_id(), true),
    );
    destroy(system);
    destroy(payment);
    blob.burn();
}

#[test]
fun extension_to_the_end_of_the_ring() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    let mut payment = market::coin(1000, ctx);
    system.extend_blob(&mut blob, 7, &mut payment);
    assert_eq!(blob.end_epoch(), 11);
    destroy(system);
    destroy(payment);
    blob.burn();
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun extension_beyond_the_ring_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    system.extend_blob(&mut blob, 8, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun extension_by_the_largest_number_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    system.extend_blob(&mut blob, std::u32::max_value!(), &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun extension_by_zero_epochs_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    system.extend_blob(&mut blob, 0, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = blob::ENotCertified)]
fun extension_of_an_uncertified_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register(&mut system, 3, false, ctx);
    system.extend_blob(&mut blob, 1, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun extension_of_an_expired_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    market::go_to_epoch(&mut system, 4);
    system.extend_blob(&mut blob, 1, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EStorageExceeded)]
fun extension_beyond_the_capacity_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    let mut payment = market::coin(1_000_000, ctx);
    system.reserve_space_for_epochs(market::capacity(), 5, 6, &mut payment, ctx).destroy();
    system.extend_blob(&mut blob, 2, &mut payment);
    abort
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun too_small_payment_of_an_extension_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    system.extend_blob(&mut blob, 2, &mut market::coin(2 * market::storage_price() - 1, ctx));
    abort
}

#[test]
fun extension_with_a_resource_costs_nothing() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    let mut payment = market::coin(1000, ctx);
    let extension = system.reserve_space_for_epochs(market::unit(), 4, 9, &mut payment, ctx);
    let rewards_before = rewards(&system);
    system.extend_blob_with_resource(&mut blob, extension);
    assert_eq!(blob.end_epoch(), 9);
    assert_eq!(rewards(&system), rewards_before);
    destroy(system);
    destroy(payment);
    blob.burn();
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleAmount)]
fun extension_with_a_larger_resource_fails() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut blob = market::register_and_certify(&mut system, 3, false, ctx);
    let extension = storage_resource::create_for_test(4, 9, market::unit() + 1, ctx);
    system.extend_blob_with_resource(&mut blob, extension);
    abort
}

// === Invalid blobs ===

#[test]
fun one_correct_node_invalidates_a_blob() {
    let system = new_system();
    let blob_id = system.invalidate_blob_id(
        market::sign(market::one_correct(), market::blob_statement(2, 1, 77)),
        market::one_correct(),
        market::blob_statement(2, 1, 77),
    );
    assert_eq!(blob_id, 77);
    let invalid = event::events_by_type<InvalidBlobID>();
    assert_eq!(bcs::to_bytes(&invalid[0]), event_layouts::epoch_and_blob(1, 77));
    destroy(system);
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun faulty_nodes_alone_do_not_invalidate() {
    new_system().invalidate_blob_id(
        market::sign(market::below_one_correct(), market::blob_statement(2, 1, 77)),
        market::below_one_correct(),
        market::blob_statement(2, 1, 77),
    );
    abort
}

#[test, expected_failure(abort_code = messages::EInvalidMsgType)]
fun blob_certificate_does_not_invalidate() {
    new_system().invalidate_blob_id(
        market::sign(market::quorum(), market::permanent_message(1, 77)),
        market::quorum(),
        market::permanent_message(1, 77),
    );
    abort
}

// === Subsidies ===

#[test]
fun subsidy_is_spread_equally() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    system.add_subsidy(market::coin(1003, ctx), 4);
    assert_eq!(rewards(&system), vector[253, 250, 250, 250, 0, 0, 0, 0, 0, 0]);
    system.add_subsidy(market::coin(3, ctx), 10);
    assert_eq!(rewards(&system), vector[256, 250, 250, 250, 0, 0, 0, 0, 0, 0]);
    destroy(system);
}

#[test]
fun subsidies_per_epoch() {
    let mut system = new_system();
    system.add_per_epoch_subsidies(
        vector::tabulate!(10, |i| balance::create_for_testing(i * i)),
    );
    assert_eq!(rewards(&system), vector[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
    system.add_per_epoch_subsidies(vector[balance::create_for_testing(1)]);
    assert_eq!(rewards(&system)[0], 1);
    system.add_per_epoch_subsidies(vector[]);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun subsidy_of_no_epochs_fails() {
    new_system().add_subsidy(market::coin(1, &mut tx_context::dummy()), 0);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun subsidy_beyond_the_ring_fails() {
    new_system().add_subsidy(market::coin(1, &mut tx_context::dummy()), 11);
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun too_many_subsidies_fail() {
    new_system().add_per_epoch_subsidies(
        vector::tabulate!(11, |_| balance::create_for_testing(1)),
    );
    abort
}

// === Epochs ===

#[test]
fun capacity_never_falls_below_what_is_used() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    let mut payment = market::coin(1_000_000, ctx);
    system.reserve_space(500, 2, &mut payment, ctx).destroy();
    system.reserve_space_for_epochs(300, 2, 3, &mut payment, ctx).destroy();
    market::next_epoch_with_capacity(&mut system, 10);
    assert_eq!(system.used_capacity_size(), 800);
    assert_eq!(system.total_capacity_size(), 800);
    market::next_epoch_with_capacity(&mut system, 10);
    assert_eq!(system.used_capacity_size(), 0);
    assert_eq!(system.total_capacity_size(), 10);
    destroy(system);
    destroy(payment);
}

#[test]
fun rewards_agree_with_the_reference() {
    let ctx = &mut tx_context::dummy();
    let weights = market_tables::reward_weights();
    let denied = market_tables::reward_denied();
    let rewards = market_tables::rewards();
    let mut row = 0;
    market_tables::reward_totals().do!(|totals| {
        let (collected, burned, used_capacity, carried) = (
            totals[0],
            totals[1],
            totals[2],
            totals[3],
        );
        let mut system = system::new_for_testing(3, ctx);
        let first = bls_aggregate::new_committee_for_testing(1, weights[row]);
        let params = epoch_parameters::new(std::u64::max_value!(), 0, 0);
        destroy(system.advance_epoch(first, &params));
        let mut payment = market::coin(0, ctx);
        if (used_capacity > 0) {
            system.reserve_space(used_capacity, 1, &mut payment, ctx).destroy();
        };
        system.add_subsidy(market::coin(collected, ctx), 1);
        denied[row].length().do!(|i| {
            let size = denied[row][i];
            if (size > 0) {
                let mut cap = market::cap(i, ctx);
                let message = market::deny_list_message(1, cap.node_id(), 1, size, 0);
                let n = weights[row].length();
                let mut bitmap = vector::tabulate!(n / 8, |_| 0xFF);
                if (n % 8 > 0) bitmap.push_back((1u8 << (n % 8 as u8)) - 1);
                system.update_deny_list(&mut cap, market::sign(bitmap, message), bitmap, message);
                cap.destroy_cap_for_testing();
            };
        });

        let burn = system.extract_burn_balance(300);
        assert_eq!(burn.value(), burned);
        let second = bls_aggregate::new_committee_for_testing(2, vector[1]);
        let (ids, balances) = system.advance_epoch(second, &params).into_keys_values();
        assert_eq!(ids, vector::tabulate!(rewards[row].length(), |i| market::node_id(i)));
        assert_eq!(balances.map_ref!(|balance| balance.value()), rewards[row]);
        assert_eq!(system.future_accounting().ring_lookup(0).rewards(), carried);
        destroy(burn);
        destroy(balances);
        destroy(payment);
        destroy(system);
        row = row + 1;
    });
}

#[test]
fun carried_rewards_join_those_of_the_new_epoch() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    // Nothing is stored in epoch 1, so everything is carried to epoch 2.
    system.add_subsidy(market::coin(200, ctx), 2);
    assert_eq!(market::next_epoch(&mut system), 0);
    assert_eq!(rewards(&system)[0], 200);
    destroy(system);
}

#[test]
fun prices_are_set_at_once() {
    let ctx = &mut tx_context::dummy();
    let mut system = new_system();
    system.set_storage_price(11);
    system.set_write_price(13);
    assert_eq!(system.inner_for_testing().storage_price_per_unit_size(), 11);
    assert_eq!(system.inner_for_testing().write_price_per_unit_size(), 13);
    let mut payment = market::coin(11, ctx);
    system.reserve_space(1, 1, &mut payment, ctx).destroy();
    payment.destroy_zero();
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectCommittee)]
fun committee_of_the_same_epoch_fails() {
    let mut system = new_system();
    let committee = bls_aggregate::new_committee_for_testing(1, vector[1]);
    destroy(system.advance_epoch(committee, &epoch_parameters::new(0, 0, 0)));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EIncorrectCommittee)]
fun committee_of_a_later_epoch_fails() {
    let mut system = new_system();
    let committee = bls_aggregate::new_committee_for_testing(3, vector[1]);
    destroy(system.advance_epoch(committee, &epoch_parameters::new(0, 0, 0)));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidAccountingEpoch)]
fun slot_of_another_epoch_fails() {
    let mut system = new_system();
    system.drop_current_slot_for_testing();
    market::next_epoch(&mut system);
    abort
}

#[test]
fun epoch_parameters_are_bundled() {
    let params = epoch_parameters::new(1, 2, 3);
    assert_eq!(params.capacity(), 1);
    assert_eq!(params.storage_price(), 2);
    assert_eq!(params.write_price(), 3);
}

// === Versions ===

#[test]
fun migration_moves_the_state() {
    let mut system = new_system();
    let version = system.version();
    let new_package_id = object::id_from_address(@0x77);
    system.set_new_package_id(new_package_id);
    assert_eq!(system.new_package_id_for_testing(), option::some(new_package_id));
    // The old package goes on until the migration.
    assert_eq!(system.epoch(), 1);
    system.set_version_for_testing(version - 1);
    system.migrate();
    assert_eq!(system.version(), version);
    assert_eq!(system.package_id(), new_package_id);
    assert!(system.new_package_id_for_testing().is_none());
    assert_eq!(system.epoch(), 1);
    destroy(system);
}

#[test, expected_failure(abort_code = system::EInvalidMigration)]
fun migration_to_the_same_version_fails() {
    let mut system = new_system();
    system.set_new_package_id(object::id_from_address(@0x77));
    system.migrate();
    abort
}

#[test, expected_failure(abort_code = system::EInvalidMigration)]
fun migration_without_an_upgrade_fails() {
    let mut system = new_system();
    let version = system.version();
    system.set_version_for_testing(version - 1);
    system.migrate();
    abort
}

#[test, expected_failure(abort_code = system::EWrongVersion)]
fun another_version_cannot_be_read() {
    let mut system = new_system();
    system.set_version_for_testing(77);
    system.epoch();
    abort
}

#[test, expected_failure(abort_code = system::EWrongVersion)]
fun another_version_cannot_be_changed() {
    let mut system = new_system();
    system.set_version_for_testing(77);
    system.set_storage_price(1);
    abort
}

#[test, expected_failure(abort_code = system::EWrongVersion)]
fun another_version_takes_no_upgrade() {
    let mut system = new_system();
    system.set_version_for_testing(77);
    system.set_new_package_id(object::id_from_address(@0x77));
    abort
}
