#[test_only]
module blob_bucket::blob_bucket_tests;

use blob_bucket::blob_bucket::{Self, BlobBucket, BlobBucketCap};
use blob_bucket::blob_bucket_inner_v1;
use std::unit_test::{assert_eq, destroy};
use sui::test_scenario::{Self, Scenario};
use walrus::market;
use walrus::system::System;

const OWNER: address = @0xA;

/// A system in epoch 1 and a bucket of epochs 1 to 3.
fun new(): (Scenario, System, BlobBucket, BlobBucketCap) {
    let mut scenario = test_scenario::begin(OWNER);
    let mut system = market::new_system(scenario.ctx());
    let mut payment = market::coin(3 * market::storage_price(), scenario.ctx());
    let cap = blob_bucket::new(&mut system, market::unit(), 3, &mut payment, scenario.ctx());
    payment.destroy_zero();
    scenario.next_tx(OWNER);
    let bucket = scenario.take_shared<BlobBucket>();
    (scenario, system, bucket, cap)
}

fun end(scenario: Scenario, system: System, bucket: BlobBucket, cap: BlobBucketCap) {
    destroy(system);
    destroy(cap);
    test_scenario::return_shared(bucket);
    scenario.end();
}

fun register(
    bucket: &mut BlobBucket,
    cap: &BlobBucketCap,
    system: &mut System,
    deletable: bool,
    ctx: &mut TxContext,
) {
    let mut payment = market::coin(market::write_price(), ctx);
    bucket.register_blob(
        cap,
        system,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        deletable,
        &mut payment,
        ctx,
    );
    payment.destroy_zero();
}

fun certify(bucket: &mut BlobBucket, system: &System) {
    let message = market::permanent_message(system.epoch(), market::blob_id());
    bucket.certify_blob(
        system,
        market::blob_id(),
        market::sign(market::quorum(), message),
        market::quorum(),
        message,
    )
}

#[test]
fun bucket_holds_a_pool() {
    let (scenario, system, bucket, cap) = new();
    assert_eq!(cap.bucket_id(), object::id(&bucket));
    let pool = bucket.inner_for_testing().storage_pool();
    assert_eq!(bucket.storage_pool_id(), pool.object_id());
    assert_eq!(pool.reserved_encoded_capacity_bytes(), market::unit());
    assert_eq!(pool.end_epoch(), 4);
    end(scenario, system, bucket, cap);
}

#[test]
fun anyone_certifies_what_the_owner_registered() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    register(&mut bucket, &cap, &mut system, false, scenario.ctx());
    scenario.next_tx(@0xB);
    certify(&mut bucket, &system);
    assert!(bucket.inner_for_testing().storage_pool().contains_blob(market::blob_id()));
    end(scenario, system, bucket, cap);
}

#[test]
fun owner_deletes_extends_and_enlarges() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    register(&mut bucket, &cap, &mut system, true, scenario.ctx());
    bucket.delete_blob(&cap, &system, market::blob_id());
    let mut payment = market::coin(1000, scenario.ctx());
    bucket.extend_storage_pool(&cap, &mut system, 2, &mut payment);
    assert_eq!(payment.value(), 1000 - 2 * market::storage_price());
    bucket.increase_storage_pool_capacity(&cap, &mut system, 5, &mut payment);
    assert_eq!(payment.value(), 1000 - 7 * market::storage_price());
    let pool = bucket.inner_for_testing().storage_pool();
    assert_eq!(pool.blob_count(), 0);
    assert_eq!(pool.end_epoch(), 6);
    assert_eq!(pool.reserved_encoded_capacity_bytes(), market::unit() + 5);
    destroy(payment);
    end(scenario, system, bucket, cap);
}

// === Capability ===

/// The capability of another bucket.
fun other_cap(scenario: &mut Scenario, system: &mut System): BlobBucketCap {
    let mut payment = market::coin(1000, scenario.ctx());
    let cap = blob_bucket::new(system, market::unit(), 3, &mut payment, scenario.ctx());
    payment.burn_for_testing();
    cap
}

#[test, expected_failure(abort_code = blob_bucket::EInvalidBlobBucketCap)]
fun other_cap_cannot_register() {
    let (mut scenario, mut system, mut bucket, _cap) = new();
    let other = other_cap(&mut scenario, &mut system);
    register(&mut bucket, &other, &mut system, true, scenario.ctx());
    abort
}

#[test, expected_failure(abort_code = blob_bucket::EInvalidBlobBucketCap)]
fun other_cap_cannot_delete() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    register(&mut bucket, &cap, &mut system, true, scenario.ctx());
    let other = other_cap(&mut scenario, &mut system);
    bucket.delete_blob(&other, &system, market::blob_id());
    abort
}

#[test, expected_failure(abort_code = blob_bucket::EInvalidBlobBucketCap)]
fun other_cap_cannot_extend() {
    let (mut scenario, mut system, mut bucket, _cap) = new();
    let other = other_cap(&mut scenario, &mut system);
    let mut payment = market::coin(1000, scenario.ctx());
    bucket.extend_storage_pool(&other, &mut system, 1, &mut payment);
    abort
}

#[test, expected_failure(abort_code = blob_bucket::EInvalidBlobBucketCap)]
fun other_cap_cannot_enlarge() {
    let (mut scenario, mut system, mut bucket, _cap) = new();
    let other = other_cap(&mut scenario, &mut system);
    let mut payment = market::coin(1000, scenario.ctx());
    bucket.increase_storage_pool_capacity(&other, &mut system, 1, &mut payment);
    abort
}

// === Expiry ===

#[test, expected_failure(abort_code = blob_bucket_inner_v1::EBlobBucketStorageExpired)]
fun expired_bucket_takes_no_blobs() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    market::go_to_epoch(&mut system, 4);
    register(&mut bucket, &cap, &mut system, true, scenario.ctx());
    abort
}

#[test, expected_failure(abort_code = blob_bucket_inner_v1::EBlobBucketStorageExpired)]
fun expired_bucket_certifies_nothing() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    register(&mut bucket, &cap, &mut system, false, scenario.ctx());
    market::go_to_epoch(&mut system, 4);
    certify(&mut bucket, &system);
    abort
}

#[test, expected_failure(abort_code = blob_bucket_inner_v1::EBlobBucketStorageExpired)]
fun expired_bucket_deletes_nothing() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    register(&mut bucket, &cap, &mut system, true, scenario.ctx());
    market::go_to_epoch(&mut system, 4);
    bucket.delete_blob(&cap, &system, market::blob_id());
    abort
}

#[test, expected_failure(abort_code = blob_bucket_inner_v1::EBlobBucketStorageExpired)]
fun expired_bucket_cannot_be_extended() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    market::go_to_epoch(&mut system, 4);
    let mut payment = market::coin(1000, scenario.ctx());
    bucket.extend_storage_pool(&cap, &mut system, 1, &mut payment);
    abort
}

#[test, expected_failure(abort_code = blob_bucket_inner_v1::EBlobBucketStorageExpired)]
fun expired_bucket_cannot_be_enlarged() {
    let (mut scenario, mut system, mut bucket, cap) = new();
    market::go_to_epoch(&mut system, 4);
    let mut payment = market::coin(1000, scenario.ctx());
    bucket.increase_storage_pool_capacity(&cap, &mut system, 1, &mut payment);
    abort
}

// === Version ===

#[test, expected_failure(abort_code = blob_bucket::EWrongVersion)]
fun bucket_of_another_version_cannot_be_read() {
    let (_scenario, _system, mut bucket, _cap) = new();
    bucket.set_version_for_testing(2);
    bucket.storage_pool_id();
    abort
}

#[test, expected_failure(abort_code = blob_bucket::EWrongVersion)]
fun bucket_of_another_version_cannot_be_changed() {
    let (_scenario, system, mut bucket, cap) = new();
    bucket.set_version_for_testing(2);
    bucket.delete_blob(&cap, &system, market::blob_id());
    abort
}
