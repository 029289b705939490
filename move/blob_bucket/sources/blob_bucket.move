/// Blob buckets: a shared storage pool that only the holder of a capability can change.
///
/// Sharing the pool lets anybody certify its blobs, so that whoever uploads the data can complete the
/// upload without the owner.
module blob_bucket::blob_bucket;

use blob_bucket::blob_bucket_inner_v1::{Self, BlobBucketInnerV1};
use sui::coin::Coin;
use sui::dynamic_field as df;
use wal::wal::WAL;
use walrus::system::System;

/// The capability belongs to another bucket.
const EInvalidBlobBucketCap: u64 = 0;
/// The bucket has a version that this package does not know.
const EWrongVersion: u64 = 1;

/// Version of the bucket's state, and the key of its dynamic field.
const VERSION: u64 = 1;

/// A bucket. Its state is a dynamic field under its version.
public struct BlobBucket has key {
    /// Parent of the inner state, under the version.
    id: UID,
    /// Version of the state.
    version: u64,
}

/// The right to change a bucket.
public struct BlobBucketCap has key, store {
    /// The capability's own ID.
    id: UID,
    /// The bucket.
    bucket_id: ID,
}

/// Shares a bucket with a pool of the given capacity for the next epochs, and returns the right to it.
public fun new(
    system: &mut System,
    reserved_encoded_capacity_bytes: u64,
    epochs_ahead: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): BlobBucketCap {
    let state = blob_bucket_inner_v1::new(
        system,
        reserved_encoded_capacity_bytes,
        epochs_ahead,
        payment,
        ctx,
    );
    let mut bucket = BlobBucket { id: object::new(ctx), version: VERSION };
    df::add(&mut bucket.id, VERSION, state);
    let cap = BlobBucketCap { id: object::new(ctx), bucket_id: bucket.id.to_inner() };
    transfer::share_object(bucket);
    cap
}

/// The bucket of the capability.
public fun bucket_id(self: &BlobBucketCap): ID {
    self.bucket_id
}

/// The pool of the bucket.
public fun storage_pool_id(self: &BlobBucket): ID {
    self.inner().storage_pool_id()
}

/// Registers a blob. The write fee is taken out of `write_payment`.
public fun register_blob(
    self: &mut BlobBucket,
    cap: &BlobBucketCap,
    system: &mut System,
    blob_id: u256,
    root_hash: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    write_payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
) {
    self.assert_cap(cap);
    self
        .inner_mut()
        .register_blob(
            system,
            blob_id,
            root_hash,
            unencoded_size,
            encoding_type,
            deletable,
            write_payment,
            ctx,
        )
}

/// Certifies a blob with the confirmations of a quorum. Anybody can do this.
public fun certify_blob(
    self: &mut BlobBucket,
    system: &System,
    blob_id: u256,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.inner_mut().certify_blob(system, blob_id, signature, signers_bitmap, message)
}

/// Deletes a deletable blob.
public fun delete_blob(
    self: &mut BlobBucket,
    cap: &BlobBucketCap,
    system: &System,
    blob_id: u256,
) {
    self.assert_cap(cap);
    self.inner_mut().delete_blob(system, blob_id)
}

/// Extends the lifetime of the bucket and all of its blobs.
public fun extend_storage_pool(
    self: &mut BlobBucket,
    cap: &BlobBucketCap,
    system: &mut System,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    self.assert_cap(cap);
    self.inner_mut().extend_storage_pool(system, extended_epochs, payment)
}

/// Adds capacity to the bucket.
public fun increase_storage_pool_capacity(
    self: &mut BlobBucket,
    cap: &BlobBucketCap,
    system: &mut System,
    additional_capacity_bytes: u64,
    payment: &mut Coin<WAL>,
) {
    self.assert_cap(cap);
    self.inner_mut().increase_storage_pool_capacity(system, additional_capacity_bytes, payment)
}

fun assert_cap(self: &BlobBucket, cap: &BlobBucketCap) {
    assert!(cap.bucket_id == self.id.to_inner(), EInvalidBlobBucketCap);
}

fun inner(self: &BlobBucket): &BlobBucketInnerV1 {
    assert!(self.version == VERSION, EWrongVersion);
    df::borrow(&self.id, VERSION)
}

fun inner_mut(self: &mut BlobBucket): &mut BlobBucketInnerV1 {
    assert!(self.version == VERSION, EWrongVersion);
    df::borrow_mut(&mut self.id, VERSION)
}

// === Tests ===

/// Gives the bucket another version without touching its state.
#[test_only]
public fun set_version_for_testing(self: &mut BlobBucket, version: u64) {
    self.version = version;
}

/// The state.
#[test_only]
public fun inner_for_testing(self: &BlobBucket): &BlobBucketInnerV1 {
    self.inner()
}
