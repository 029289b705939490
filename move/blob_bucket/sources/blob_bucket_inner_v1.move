/// The state of a blob bucket: a storage pool that is used only while it lives.
module blob_bucket::blob_bucket_inner_v1;

use sui::coin::Coin;
use wal::wal::WAL;
use walrus::storage_pool::StoragePool;
use walrus::system::System;

/// The storage pool of the bucket has ended.
const EBlobBucketStorageExpired: u64 = 0;

/// The state of a bucket.
public struct BlobBucketInnerV1 has store {
    /// The pool that holds the blobs.
    storage_pool: StoragePool,
}

/// A bucket with a pool of the given capacity for the next epochs.
public(package) fun new(
    system: &mut System,
    reserved_encoded_capacity_bytes: u64,
    epochs_ahead: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): BlobBucketInnerV1 {
    let storage_pool = system.create_storage_pool(
        reserved_encoded_capacity_bytes,
        epochs_ahead,
        payment,
        ctx,
    );
    BlobBucketInnerV1 { storage_pool }
}

/// ID of the pool object.
public(package) fun storage_pool_id(self: &BlobBucketInnerV1): ID {
    self.storage_pool.object_id()
}

/// Registers a blob in the pool.
public(package) fun register_blob(
    self: &mut BlobBucketInnerV1,
    system: &mut System,
    blob_id: u256,
    root_hash: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    write_payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
) {
    self.assert_live(system);
    system.register_pooled_blob(
        &mut self.storage_pool,
        blob_id,
        root_hash,
        unencoded_size,
        encoding_type,
        deletable,
        write_payment,
        ctx,
    )
}

/// Certifies a blob of the pool.
public(package) fun certify_blob(
    self: &mut BlobBucketInnerV1,
    system: &System,
    blob_id: u256,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.assert_live(system);
    system.certify_pooled_blob(
        &mut self.storage_pool,
        blob_id,
        signature,
        signers_bitmap,
        message,
    )
}

/// Deletes a deletable blob of the pool.
public(package) fun delete_blob(self: &mut BlobBucketInnerV1, system: &System, blob_id: u256) {
    self.assert_live(system);
    system.delete_pooled_blob(&mut self.storage_pool, blob_id)
}

/// Extends the pool.
public(package) fun extend_storage_pool(
    self: &mut BlobBucketInnerV1,
    system: &mut System,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    self.assert_live(system);
    system.extend_storage_pool(&mut self.storage_pool, extended_epochs, payment)
}

/// Adds capacity to the pool.
public(package) fun increase_storage_pool_capacity(
    self: &mut BlobBucketInnerV1,
    system: &mut System,
    additional_capacity_bytes: u64,
    payment: &mut Coin<WAL>,
) {
    self.assert_live(system);
    system.increase_storage_pool_capacity(
        &mut self.storage_pool,
        additional_capacity_bytes,
        payment,
    )
}

fun assert_live(self: &BlobBucketInnerV1, system: &System) {
    assert!(system.epoch() < self.storage_pool.end_epoch(), EBlobBucketStorageExpired);
}

/// The pool that holds the blobs.
#[test_only]
public fun storage_pool(self: &BlobBucketInnerV1): &StoragePool {
    &self.storage_pool
}
