/// Storage pools: capacity shared by many blobs.
#[test_only]
module walrus::storage_pool_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use sui::bcs;
use sui::event;
use sui::vec_map;
use walrus::blob;
use walrus::bls_aggregate;
use walrus::encoding;
use walrus::event_layouts;
use walrus::events::{
    PooledBlobCertified,
    PooledBlobDeleted,
    PooledBlobRegistered,
    StoragePoolCreated,
    StoragePoolExtended
};
use walrus::market;
use walrus::metadata;
use walrus::storage_pool::{Self, StoragePool};
use walrus::storage_resource;
use walrus::system::{Self, System};
use walrus::system_state_inner;

/// Capacity of the pools: enough for three example blobs and a little more.
const CAPACITY: u64 = 3 * 10_680 + 100;

/// A system in epoch 1 and a pool of epochs 1 to 3.
fun new_pool(ctx: &mut TxContext): (System, StoragePool) {
    let mut system = market::new_system(ctx);
    let mut payment = market::coin(1_000_000, ctx);
    let pool = system.create_storage_pool(CAPACITY, 3, &mut payment, ctx);
    payment.burn_for_testing();
    (system, pool)
}

/// Blob ID of the example blob with another root hash.
fun blob_id(root_hash: u256): u256 { blob::derive_blob_id(root_hash, 1, market::size()) }

/// Registers the example blob with the root hash; returns its blob ID.
fun register(
    system: &mut System,
    pool: &mut StoragePool,
    root_hash: u256,
    deletable: bool,
    ctx: &mut TxContext,
): u256 {
    let mut payment = market::coin(market::write_price(), ctx);
    system.register_pooled_blob(
        pool,
        blob_id(root_hash),
        root_hash,
        market::size(),
        1,
        deletable,
        &mut payment,
        ctx,
    );
    payment.destroy_zero();
    blob_id(root_hash)
}

fun certify_with(system: &System, pool: &mut StoragePool, blob_id: u256, message: vector<u8>) {
    system.certify_pooled_blob(
        pool,
        blob_id,
        market::sign(market::quorum(), message),
        market::quorum(),
        message,
    )
}

fun certify_permanent(system: &System, pool: &mut StoragePool, blob_id: u256) {
    certify_with(system, pool, blob_id, market::permanent_message(system.epoch(), blob_id))
}

fun certify_deletable(system: &System, pool: &mut StoragePool, blob_id: u256) {
    let message = market::deletable_message(
        system.epoch(),
        blob_id,
        pool.blob_object_id(blob_id),
    );
    certify_with(system, pool, blob_id, message)
}

// === Creation ===

#[test]
fun pool_is_paid_and_accounted_like_space() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut payment = market::coin(3 * market::storage_price(), ctx);
    let pool = system.create_storage_pool(CAPACITY, 3, &mut payment, ctx);
    payment.destroy_zero();
    assert_eq!(system.used_capacity_size(), CAPACITY);
    assert_eq!(pool.object_id(), object::id(&pool));
    assert_eq!(pool.start_epoch(), 1);
    assert_eq!(pool.end_epoch(), 4);
    assert_eq!(pool.reserved_encoded_capacity_bytes(), CAPACITY);
    assert_eq!(pool.used_encoded_bytes(), 0);
    assert_eq!(pool.available_encoded_bytes(), CAPACITY);
    assert_eq!(pool.blob_count(), 0);
    assert_eq!(pool.storage().size(), CAPACITY);
    let created = event::events_by_type<StoragePoolCreated>();
    assert_eq!(
        bcs::to_bytes(&created[0]),
        event_layouts::storage_pool_created(1, object::id(&pool), CAPACITY, 1, 4),
    );
    // An empty pool gives its storage back.
    let storage = pool.destroy();
    assert_eq!(storage.size(), CAPACITY);
    storage.destroy();
    destroy(system);
}

#[test]
fun pool_is_opened_with_storage() {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    let mut payment = market::coin(1000, ctx);
    let storage = system.reserve_space(CAPACITY, 5, &mut payment, ctx);
    let pool = system.create_storage_pool_with_storage(storage, ctx);
    assert_eq!(pool.end_epoch(), 6);
    assert_eq!(pool.available_encoded_bytes(), CAPACITY);
    destroy(pool);
    destroy(payment);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidResourceSize)]
fun pool_without_capacity_fails() {
    let ctx = &mut tx_context::dummy();
    let system = market::new_system(ctx);
    let storage = storage_resource::create_for_test(1, 4, 0, ctx);
    destroy(system.create_storage_pool_with_storage(storage, ctx));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun pool_with_future_storage_fails() {
    let ctx = &mut tx_context::dummy();
    let system = market::new_system(ctx);
    let storage = storage_resource::create_for_test(2, 4, CAPACITY, ctx);
    destroy(system.create_storage_pool_with_storage(storage, ctx));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun pool_with_expired_storage_fails() {
    let ctx = &mut tx_context::dummy();
    let system = market::new_system(ctx);
    let storage = storage_resource::create_for_test(0, 1, CAPACITY, ctx);
    destroy(system.create_storage_pool_with_storage(storage, ctx));
    abort
}

// === Registration ===

#[test]
fun registered_blobs_share_the_capacity() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let rewards_before = system.future_accounting().ring_lookup(0).rewards();
    let first = register(&mut system, &mut pool, 1, true, ctx);
    let second = register(&mut system, &mut pool, 2, false, ctx);
    assert_eq!(
        system.future_accounting().ring_lookup(0).rewards(),
        rewards_before + 2 * market::write_price(),
    );
    assert_eq!(pool.blob_count(), 2);
    assert_eq!(pool.used_encoded_bytes(), 2 * market::encoded_size());
    assert_eq!(pool.available_encoded_bytes(), CAPACITY - 2 * market::encoded_size());
    assert!(pool.contains_blob(first));
    assert!(pool.contains_blob(second));
    assert!(!pool.contains_blob(blob_id(3)));
    let registered = event::events_by_type<PooledBlobRegistered>();
    assert_eq!(
        bcs::to_bytes(&registered[0]),
        event_layouts::pooled_blob_registered(
            1,
            first,
            market::size(),
            1,
            true,
            pool.blob_object_id(first),
            object::id(&pool),
        ),
    );
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EInsufficientCapacity)]
fun fourth_blob_does_not_fit() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    4u64.do!(|i| { register(&mut system, &mut pool, i as u256, true, ctx); });
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun blob_id_is_unique_in_the_pool() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    register(&mut system, &mut pool, 1, true, ctx);
    register(&mut system, &mut pool, 1, false, ctx);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun blob_id_must_follow_from_the_root_hash() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let mut payment = market::coin(1000, ctx);
    system.register_pooled_blob(
        &mut pool,
        blob_id(1),
        2,
        market::size(),
        1,
        true,
        &mut payment,
        ctx,
    );
    abort
}

#[test, expected_failure(abort_code = encoding::EInvalidEncodingType)]
fun unknown_encoding_type_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let mut payment = market::coin(1000, ctx);
    system.register_pooled_blob(&mut pool, 1, 1, market::size(), 0, true, &mut payment, ctx);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun registration_in_an_expired_pool_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 4);
    register(&mut system, &mut pool, 1, true, ctx);
    abort
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun too_small_write_payment_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let mut payment = market::coin(market::write_price() - 1, ctx);
    system.register_pooled_blob(
        &mut pool,
        blob_id(1),
        1,
        market::size(),
        1,
        true,
        &mut payment,
        ctx,
    );
    abort
}

// === Certification ===

#[test]
fun pooled_blobs_are_certified() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let permanent = register(&mut system, &mut pool, 1, false, ctx);
    let deletable = register(&mut system, &mut pool, 2, true, ctx);
    market::go_to_epoch(&mut system, 2);
    certify_permanent(&system, &mut pool, permanent);
    certify_deletable(&system, &mut pool, deletable);
    let certified = event::events_by_type<PooledBlobCertified>();
    assert_eq!(
        bcs::to_bytes(&certified[0]),
        event_layouts::pooled_blob_certified(
            2,
            permanent,
            false,
            pool.blob_object_id(permanent),
            object::id(&pool),
        ),
    );
    assert_eq!(certified.length(), 2);
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EAlreadyCertified)]
fun second_certification_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, false, ctx);
    certify_permanent(&system, &mut pool, blob_id);
    certify_permanent(&system, &mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun certificate_of_another_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let first = register(&mut system, &mut pool, 1, false, ctx);
    let second = register(&mut system, &mut pool, 2, false, ctx);
    certify_with(&system, &mut pool, first, market::permanent_message(1, second));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun certification_of_a_missing_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    certify_permanent(&system, &mut pool, blob_id(1));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobPersistenceType)]
fun permanent_certificate_of_a_deletable_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, true, ctx);
    certify_permanent(&system, &mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobPersistenceType)]
fun deletable_certificate_of_a_permanent_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, false, ctx);
    certify_deletable(&system, &mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobObject)]
fun certificate_of_the_pool_object_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, true, ctx);
    let message = market::deletable_message(1, blob_id, pool.object_id());
    certify_with(&system, &mut pool, blob_id, message);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun certification_in_an_expired_pool_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, false, ctx);
    market::go_to_epoch(&mut system, 4);
    certify_permanent(&system, &mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun less_than_a_quorum_does_not_certify() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, false, ctx);
    let message = market::permanent_message(1, blob_id);
    system.certify_pooled_blob(
        &mut pool,
        blob_id,
        market::sign(market::below_quorum(), message),
        market::below_quorum(),
        message,
    );
    abort
}

// === Deletion ===

#[test]
fun deletion_frees_capacity() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let first = register(&mut system, &mut pool, 1, true, ctx);
    let second = register(&mut system, &mut pool, 2, true, ctx);
    let object_id = pool.blob_object_id(first);
    certify_deletable(&system, &mut pool, first);
    pool.add_blob_metadata(first, metadata::new());
    system.delete_pooled_blob(&mut pool, first);
    assert!(!pool.contains_blob(first));
    assert!(pool.contains_blob(second));
    assert_eq!(pool.blob_count(), 1);
    assert_eq!(pool.used_encoded_bytes(), market::encoded_size());
    let deleted = event::events_by_type<PooledBlobDeleted>();
    assert_eq!(
        bcs::to_bytes(&deleted[0]),
        event_layouts::pooled_blob_deleted(1, first, object_id, true, object::id(&pool)),
    );
    // The same blob can be registered again.
    register(&mut system, &mut pool, 1, false, ctx);
    assert_eq!(pool.blob_count(), 2);
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EBlobNotDeletable)]
fun permanent_blob_cannot_be_deleted() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, false, ctx);
    system.delete_pooled_blob(&mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun deletion_in_an_expired_pool_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, true, ctx);
    market::go_to_epoch(&mut system, 4);
    system.delete_pooled_blob(&mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun deletion_of_a_missing_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    system.delete_pooled_blob(&mut pool, blob_id(1));
    abort
}

#[test]
fun expired_pool_is_emptied_and_destroyed() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let permanent = register(&mut system, &mut pool, 1, false, ctx);
    let deletable = register(&mut system, &mut pool, 2, true, ctx);
    pool.add_blob_metadata(permanent, metadata::new());
    market::go_to_epoch(&mut system, 4);
    system.burn_expired_pooled_blob(&mut pool, permanent);
    system.burn_expired_pooled_blob(&mut pool, deletable);
    assert_eq!(event::events_by_type<PooledBlobDeleted>().length(), 0);
    assert_eq!(pool.used_encoded_bytes(), 0);
    pool.destroy().destroy();
    destroy(system);
}

#[test]
fun no_metadata_are_left_behind() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    let object_id = pool.blob_object_id(id);
    pool.add_blob_metadata(id, metadata::new());
    assert!(market::has_metadata(object_id));
    system.delete_pooled_blob(&mut pool, id);
    assert!(!market::has_metadata(object_id));
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun blob_of_a_live_pool_cannot_be_burned() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let blob_id = register(&mut system, &mut pool, 1, true, ctx);
    market::go_to_epoch(&mut system, 3);
    system.burn_expired_pooled_blob(&mut pool, blob_id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun burning_a_missing_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 4);
    system.burn_expired_pooled_blob(&mut pool, blob_id(1));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EPoolNotEmpty)]
fun pool_with_blobs_cannot_be_destroyed() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    register(&mut system, &mut pool, 1, true, ctx);
    destroy(pool.destroy());
    abort
}

// === Extension ===

#[test]
fun extension_is_paid_for_the_whole_capacity() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 2);
    let mut payment = market::coin(4 * market::storage_price(), ctx);
    system.extend_storage_pool(&mut pool, 4, &mut payment);
    payment.destroy_zero();
    assert_eq!(pool.end_epoch(), 8);
    assert_eq!(system.future_accounting().ring_lookup(5).used_capacity(), CAPACITY);
    assert_eq!(system.future_accounting().ring_lookup(6).used_capacity(), 0);
    let extended = event::events_by_type<StoragePoolExtended>();
    assert_eq!(
        bcs::to_bytes(&extended[0]),
        event_layouts::storage_pool_extended(2, object::id(&pool), 8),
    );
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun expired_pool_cannot_be_extended() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 4);
    system.extend_storage_pool(&mut pool, 1, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun pool_cannot_be_extended_beyond_the_ring() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    system.extend_storage_pool(&mut pool, 8, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidEpochsAhead)]
fun pool_cannot_be_extended_by_nothing() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    system.extend_storage_pool(&mut pool, 0, &mut market::coin(1000, ctx));
    abort
}

// === Capacity ===

#[test]
fun capacity_is_bought_to_the_end_of_the_pool() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 2);
    let mut payment = market::coin(2 * 3 * market::storage_price(), ctx);
    let additional = 2 * market::unit() + 1;
    system.increase_storage_pool_capacity(&mut pool, additional, &mut payment);
    payment.destroy_zero();
    assert_eq!(pool.reserved_encoded_capacity_bytes(), CAPACITY + additional);
    assert_eq!(system.used_capacity_size(), CAPACITY + additional);
    assert_eq!(system.future_accounting().ring_lookup(1).used_capacity(), CAPACITY + additional);
    assert_eq!(system.future_accounting().ring_lookup(2).used_capacity(), 0);
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidResourceSize)]
fun zero_capacity_cannot_be_bought() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    system.increase_storage_pool_capacity(&mut pool, 0, &mut market::coin(1000, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EStorageExceeded)]
fun capacity_beyond_the_total_cannot_be_bought() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let mut payment = market::coin(1_000_000, ctx);
    system.increase_storage_pool_capacity(&mut pool, market::capacity(), &mut payment);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun capacity_of_an_expired_pool_cannot_be_bought() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 4);
    system.increase_storage_pool_capacity(&mut pool, 1, &mut market::coin(1000, ctx));
    abort
}

#[test]
fun storage_is_added_to_the_capacity() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    // Of a past, and of the current epoch on.
    let first = storage_resource::create_for_test(0, 4, 50, ctx);
    let second = storage_resource::create_for_test(1, 4, 7, ctx);
    system.increase_storage_pool_capacity_with_storage(&mut pool, first);
    system.increase_storage_pool_capacity_with_storage(&mut pool, second);
    assert_eq!(pool.reserved_encoded_capacity_bytes(), CAPACITY + 57);
    assert_eq!(pool.start_epoch(), 1);
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EIncompatibleEndEpoch)]
fun storage_with_another_end_cannot_be_added() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    let storage = storage_resource::create_for_test(1, 5, 50, ctx);
    system.increase_storage_pool_capacity_with_storage(&mut pool, storage);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun storage_of_the_future_cannot_be_added() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    let storage = storage_resource::create_for_test(2, 4, 50, ctx);
    system.increase_storage_pool_capacity_with_storage(&mut pool, storage);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EResourceBounds)]
fun storage_cannot_be_added_to_an_expired_pool() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    market::go_to_epoch(&mut system, 4);
    let storage = storage_resource::create_for_test(1, 4, 50, ctx);
    system.increase_storage_pool_capacity_with_storage(&mut pool, storage);
    abort
}

#[test]
fun unused_capacity_is_taken_out_by_size() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    register(&mut system, &mut pool, 1, true, ctx);
    let available = pool.available_encoded_bytes();
    let storage = system.decrease_storage_pool_capacity_by_size(&mut pool, available, ctx);
    assert_eq!(storage.size(), available);
    assert_eq!(storage.start_epoch(), 1);
    assert_eq!(storage.end_epoch(), 4);
    assert_eq!(pool.available_encoded_bytes(), 0);
    assert_eq!(pool.reserved_encoded_capacity_bytes(), market::encoded_size());
    // It fits back in.
    system.increase_storage_pool_capacity_with_storage(&mut pool, storage);
    assert_eq!(pool.reserved_encoded_capacity_bytes(), CAPACITY);
    destroy(pool);
    destroy(system);
}

#[test]
fun unused_capacity_is_taken_out_by_percent() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    register(&mut system, &mut pool, 1, true, ctx);
    // 21460 bytes are unused.
    vector[vector[33, 7_081], vector[1, 143], vector[100, 14_236]].do!(|row| {
        let storage = system.decrease_storage_pool_unused_capacity_by_percent(
            &mut pool,
            row[0] as u8,
            ctx,
        );
        assert_eq!(storage.size(), row[1]);
        storage.destroy();
    });
    assert_eq!(pool.available_encoded_bytes(), 0);
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EInsufficientCapacity)]
fun used_capacity_cannot_be_taken_out() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    register(&mut system, &mut pool, 1, true, ctx);
    let size = pool.available_encoded_bytes() + 1;
    destroy(system.decrease_storage_pool_capacity_by_size(&mut pool, size, ctx));
    abort
}

#[test, expected_failure(abort_code = system::EZeroExtractSize)]
fun zero_bytes_cannot_be_taken_out() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    destroy(system.decrease_storage_pool_capacity_by_size(&mut pool, 0, ctx));
    abort
}

#[test, expected_failure(abort_code = system::EZeroExtractSize)]
fun zero_percent_cannot_be_taken_out() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    destroy(system.decrease_storage_pool_unused_capacity_by_percent(&mut pool, 0, ctx));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidPercent)]
fun more_than_all_cannot_be_taken_out() {
    let ctx = &mut tx_context::dummy();
    let (system, mut pool) = new_pool(ctx);
    destroy(system.decrease_storage_pool_unused_capacity_by_percent(&mut pool, 101, ctx));
    abort
}

#[test, expected_failure(abort_code = system::EWrongVersion)]
fun capacity_is_not_taken_out_through_another_version() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    system.set_version_for_testing(77);
    destroy(system.decrease_storage_pool_capacity_by_size(&mut pool, 1, ctx));
    abort
}

// === Metadata ===

#[test]
fun metadata_is_attached_replaced_and_taken() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.add_blob_metadata(id, metadata::new());
    let mut other = metadata::new();
    other.insert_or_update(b"key".to_string(), b"value".to_string());
    assert!(pool.add_or_replace_blob_metadata(id, other).destroy_some().inner().is_empty());
    assert_eq!(pool.take_blob_metadata(id).inner().length(), 1);
    assert!(pool.add_or_replace_blob_metadata(id, metadata::new()).is_none());
    destroy(pool);
    destroy(system);
}

#[test]
fun attributes_attach_metadata_on_demand() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    let key = b"key".to_string();
    assert!(pool.remove_blob_metadata_pair_if_exists(id, &key).is_none());
    pool.insert_or_update_blob_metadata_pair(id, key, b"1".to_string());
    pool.insert_or_update_blob_metadata_pair(id, key, b"2".to_string());
    assert_eq!(
        pool.remove_blob_metadata_pair_if_exists(id, &key),
        option::some(b"2".to_string()),
    );
    pool.insert_or_update_blob_metadata_pair(id, key, b"3".to_string());
    let (_, value) = pool.remove_blob_metadata_pair(id, &key);
    assert_eq!(value, b"3".to_string());
    destroy(pool);
    destroy(system);
}

#[test, expected_failure(abort_code = storage_pool::EDuplicateMetadata)]
fun second_metadata_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.add_blob_metadata(id, metadata::new());
    pool.add_blob_metadata(id, metadata::new());
    abort
}

#[test, expected_failure(abort_code = storage_pool::EMissingMetadata)]
fun taking_missing_metadata_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.take_blob_metadata(id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EMissingMetadata)]
fun removing_from_missing_metadata_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.remove_blob_metadata_pair(id, &b"key".to_string());
    abort
}

#[test, expected_failure(abort_code = vec_map::EKeyDoesNotExist)]
fun removing_a_missing_attribute_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.add_blob_metadata(id, metadata::new());
    pool.remove_blob_metadata_pair(id, &b"key".to_string());
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun metadata_of_a_missing_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (_system, mut pool) = new_pool(ctx);
    pool.add_blob_metadata(blob_id(1), metadata::new());
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobId)]
fun object_of_a_missing_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (_system, pool) = new_pool(ctx);
    pool.blob_object_id(blob_id(1));
    abort
}

// === Consistency ===

#[test, expected_failure(abort_code = storage_pool::EWrongVersion)]
fun pool_of_another_version_cannot_be_read() {
    let ctx = &mut tx_context::dummy();
    let (_system, mut pool) = new_pool(ctx);
    pool.set_version_for_testing(2);
    pool.blob_count();
    abort
}

#[test, expected_failure(abort_code = storage_pool::EWrongVersion)]
fun pool_of_another_version_cannot_be_changed() {
    let ctx = &mut tx_context::dummy();
    let (_system, mut pool) = new_pool(ctx);
    pool.set_version_for_testing(2);
    pool.take_blob_metadata(blob_id(1));
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobSize)]
fun removal_of_more_than_is_accounted_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.set_accounting_for_testing(market::encoded_size() - 1, 1);
    system.delete_pooled_blob(&mut pool, id);
    abort
}

#[test, expected_failure(abort_code = storage_pool::EInvalidBlobCount)]
fun removal_of_an_uncounted_blob_fails() {
    let ctx = &mut tx_context::dummy();
    let (mut system, mut pool) = new_pool(ctx);
    let id = register(&mut system, &mut pool, 1, true, ctx);
    pool.set_accounting_for_testing(market::encoded_size(), 0);
    system.delete_pooled_blob(&mut pool, id);
    abort
}
