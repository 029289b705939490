/// Storage pools: one reservation shared by many blobs.
///
/// Capacity that a deleted blob leaves can be used again until the pool ends. All blobs end with the pool.
module walrus::storage_pool;

use std::string::String;
use sui::dynamic_field as df;
use sui::object_table::{Self, ObjectTable};
use walrus::blob;
use walrus::encoding;
use walrus::events;
use walrus::messages::CertifiedBlobMessage;
use walrus::metadata::{Self, Metadata};
use walrus::storage_resource::Storage;

/// The blob is permanent.
const EBlobNotDeletable: u64 = 0;
/// The pool or the storage has ended, has not begun, or has not ended yet.
const EResourceBounds: u64 = 1;
/// The blob is certified already.
const EAlreadyCertified: u64 = 2;
/// The blob ID does not follow from the root hash, is taken, or is not in the pool, or the certificate is
/// for another blob.
const EInvalidBlobId: u64 = 3;
/// The certificate is for a permanent blob and the blob is deletable, or the reverse.
const EInvalidBlobPersistenceType: u64 = 4;
/// The certificate is for another object with the same blob ID.
const EInvalidBlobObject: u64 = 5;
/// The unused capacity of the pool is too small.
const EInsufficientCapacity: u64 = 6;
/// The pool still has blobs.
const EPoolNotEmpty: u64 = 7;
/// The pool accounts for less than the size of the removed blob.
const EInvalidBlobSize: u64 = 8;
/// The pool accounts for fewer blobs than it has.
const EInvalidBlobCount: u64 = 9;
/// The pool has a version that this package does not know.
const EWrongVersion: u64 = 10;
/// The storage must end with the pool.
const EIncompatibleEndEpoch: u64 = 11;
/// The blob has metadata already.
const EDuplicateMetadata: u64 = 12;
/// The blob has no metadata.
const EMissingMetadata: u64 = 13;
/// A percentage must not exceed 100.
const EInvalidPercent: u64 = 14;

/// Version of the pool's inner state, and the key of its dynamic field.
const VERSION: u64 = 1;
/// Key of the dynamic field of a blob with its metadata.
const METADATA_KEY: vector<u8> = b"metadata";

/// A pool. Its state is a dynamic field under its version.
public struct StoragePool has key, store {
    /// Parent of the inner state, under the version.
    id: UID,
    /// Version of the inner state.
    version: u64,
}

/// The state of a pool.
public struct StoragePoolInnerV1 has store {
    /// The reservation.
    storage: Storage,
    /// Encoded bytes of all blobs of the pool.
    used_encoded_bytes: u64,
    /// Number of blobs.
    blob_count: u64,
    /// Blobs by blob ID.
    blobs: ObjectTable<u256, PooledBlob>,
}

/// A blob of a pool.
public struct PooledBlob has key, store {
    /// What certificates of deletable pooled blobs name; parent of the attributes.
    id: UID,
    /// Epoch of the registration.
    registered_epoch: u32,
    /// Identifier derived from the content, its size and its encoding.
    blob_id: u256,
    /// Unencoded size in bytes.
    unencoded_size: u64,
    /// Encoding type.
    encoding_type: u8,
    /// Epoch of the certification.
    certified_epoch: Option<u32>,
    /// The pool of the blob.
    storage_pool_id: ID,
    /// Whether the owner of the pool may delete the blob before the pool's end.
    deletable: bool,
}

// === Views ===

/// ID of the pool object.
public fun object_id(self: &StoragePool): ID {
    self.id.to_inner()
}

/// First epoch of the reservation.
public fun start_epoch(self: &StoragePool): u32 {
    self.inner().storage.start_epoch()
}

/// First epoch in which the pool's blobs are no longer stored.
public fun end_epoch(self: &StoragePool): u32 {
    self.inner().storage.end_epoch()
}

/// Encoded bytes that the pool reserves.
public fun reserved_encoded_capacity_bytes(self: &StoragePool): u64 {
    self.inner().storage.size()
}

/// Encoded bytes of all blobs of the pool.
public fun used_encoded_bytes(self: &StoragePool): u64 {
    self.inner().used_encoded_bytes
}

/// Encoded bytes that are free for further blobs.
public fun available_encoded_bytes(self: &StoragePool): u64 {
    self.inner().available()
}

/// The reservation.
public fun storage(self: &StoragePool): &Storage {
    &self.inner().storage
}

/// Number of blobs.
public fun blob_count(self: &StoragePool): u64 {
    self.inner().blob_count
}

/// Whether the pool has a blob with the blob ID.
public fun contains_blob(self: &StoragePool, blob_id: u256): bool {
    self.inner().blobs.contains(blob_id)
}

/// Object ID of the blob, which the certificate of a deletable blob must name.
public fun blob_object_id(self: &StoragePool, blob_id: u256): ID {
    object::id(self.inner().blob(blob_id))
}

// === Pool life cycle ===

/// Opens a pool with a storage resource that covers the current epoch.
public(package) fun new(storage: Storage, current_epoch: u32, ctx: &mut TxContext): StoragePool {
    assert!(
        storage.start_epoch() <= current_epoch && current_epoch < storage.end_epoch(),
        EResourceBounds,
    );
    let mut id = object::new(ctx);
    events::emit_storage_pool_created(
        current_epoch,
        id.to_inner(),
        storage.size(),
        storage.start_epoch(),
        storage.end_epoch(),
    );
    let inner = StoragePoolInnerV1 {
        storage,
        used_encoded_bytes: 0,
        blob_count: 0,
        blobs: object_table::new(ctx),
    };
    df::add(&mut id, VERSION, inner);
    StoragePool { id, version: VERSION }
}

/// Deletes a pool without blobs and returns its storage.
public fun destroy(self: StoragePool): Storage {
    assert!(self.inner().blob_count == 0, EPoolNotEmpty);
    let StoragePool { mut id, .. } = self;
    let StoragePoolInnerV1 { storage, blobs, .. } = df::remove(&mut id, VERSION);
    blobs.destroy_empty();
    id.delete();
    storage
}

/// Aborts if the pool has ended.
public(package) fun assert_live(self: &StoragePool, current_epoch: u32) {
    self.inner().assert_live(current_epoch)
}

/// Extends the pool by epochs that the caller has accounted for.
public(package) fun extend(self: &mut StoragePool, current_epoch: u32, extended_epochs: u32) {
    let storage_pool_id = self.object_id();
    let storage = &mut self.inner_mut().storage;
    storage.extend_end_epoch(extended_epochs);
    events::emit_storage_pool_extended(current_epoch, storage_pool_id, storage.end_epoch());
}

/// Adds capacity that the caller has accounted for.
public(package) fun increase_capacity(self: &mut StoragePool, additional_capacity_bytes: u64) {
    self.inner_mut().storage.increase_size(additional_capacity_bytes)
}

/// Adds a storage resource that covers the current epoch and ends with the pool.
public(package) fun increase_capacity_with_storage(
    self: &mut StoragePool,
    storage: Storage,
    current_epoch: u32,
) {
    let inner = self.inner_mut();
    inner.assert_live(current_epoch);
    assert!(storage.end_epoch() == inner.storage.end_epoch(), EIncompatibleEndEpoch);
    assert!(storage.start_epoch() <= current_epoch, EResourceBounds);
    inner.storage.increase_size(storage.size());
    storage.destroy();
}

/// Takes unused capacity out of the pool.
public(package) fun decrease_capacity(
    self: &mut StoragePool,
    size: u64,
    ctx: &mut TxContext,
): Storage {
    let inner = self.inner_mut();
    assert!(size <= inner.available(), EInsufficientCapacity);
    let remaining = inner.storage.size() - size;
    inner.storage.split_by_size(remaining, ctx)
}

/// The given percentage of the unused capacity in bytes, rounded down.
public(package) fun percent_of_available(self: &StoragePool, percent: u8): u64 {
    assert!(percent <= 100, EInvalidPercent);
    ((self.available_encoded_bytes() as u128) * (percent as u128) / 100) as u64
}

// === Blobs ===

/// Registers a blob and returns its encoded size.
public(package) fun register_blob(
    self: &mut StoragePool,
    blob_id: u256,
    root_hash: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    current_epoch: u32,
    n_shards: u16,
    ctx: &mut TxContext,
): u64 {
    let storage_pool_id = self.object_id();
    let inner = self.inner_mut();
    inner.assert_live(current_epoch);
    let encoded_size = encoding::encoded_blob_length(unencoded_size, encoding_type, n_shards);
    assert!(
        blob::derive_blob_id(root_hash, encoding_type, unencoded_size) == blob_id,
        EInvalidBlobId,
    );
    assert!(encoded_size <= inner.available(), EInsufficientCapacity);
    assert!(!inner.blobs.contains(blob_id), EInvalidBlobId);

    let id = object::new(ctx);
    events::emit_pooled_blob_registered(
        current_epoch,
        blob_id,
        unencoded_size,
        encoding_type,
        deletable,
        id.to_inner(),
        storage_pool_id,
    );
    inner.used_encoded_bytes = inner.used_encoded_bytes + encoded_size;
    inner.blob_count = inner.blob_count + 1;
    inner
        .blobs
        .add(
            blob_id,
            PooledBlob {
                id,
                registered_epoch: current_epoch,
                blob_id,
                unencoded_size,
                encoding_type,
                certified_epoch: option::none(),
                storage_pool_id,
                deletable,
            },
        );
    encoded_size
}

/// Certifies a blob with a certificate of the current epoch.
public(package) fun certify_blob(
    self: &mut StoragePool,
    blob_id: u256,
    current_epoch: u32,
    message: CertifiedBlobMessage,
) {
    let inner = self.inner_mut();
    let end_epoch = inner.storage.end_epoch();
    assert!(message.certified_blob_id() == blob_id, EInvalidBlobId);
    let blob = inner.blob_mut(blob_id);
    assert!(blob.certified_epoch.is_none(), EAlreadyCertified);
    assert!(current_epoch < end_epoch, EResourceBounds);
    let persistence = message.blob_persistence();
    assert!(persistence.is_deletable() == blob.deletable, EInvalidBlobPersistenceType);
    if (blob.deletable) {
        assert!(persistence.object_id() == blob.id.to_inner(), EInvalidBlobObject);
    };
    blob.certified_epoch = option::some(current_epoch);
    events::emit_pooled_blob_certified(
        current_epoch,
        blob_id,
        blob.deletable,
        blob.id.to_inner(),
        blob.storage_pool_id,
    );
}

/// Deletes a deletable blob of a live pool; its capacity becomes available.
public(package) fun delete_blob(
    self: &mut StoragePool,
    blob_id: u256,
    current_epoch: u32,
    n_shards: u16,
) {
    let inner = self.inner_mut();
    inner.assert_live(current_epoch);
    let blob = inner.blob(blob_id);
    assert!(blob.deletable, EBlobNotDeletable);
    events::emit_pooled_blob_deleted(
        current_epoch,
        blob_id,
        blob.id.to_inner(),
        blob.certified_epoch.is_some(),
        blob.storage_pool_id,
    );
    inner.remove_blob(blob_id, n_shards)
}

/// Removes any blob of an expired pool.
public(package) fun burn_expired_blob(
    self: &mut StoragePool,
    blob_id: u256,
    current_epoch: u32,
    n_shards: u16,
) {
    let inner = self.inner_mut();
    assert!(current_epoch >= inner.storage.end_epoch(), EResourceBounds);
    inner.remove_blob(blob_id, n_shards)
}

// === Metadata ===

/// Attaches metadata to a blob that has none.
public fun add_blob_metadata(self: &mut StoragePool, blob_id: u256, metadata: Metadata) {
    let blob = self.inner_mut().blob_mut(blob_id);
    assert!(!blob.has_metadata(), EDuplicateMetadata);
    df::add(&mut blob.id, METADATA_KEY, metadata)
}

/// Attaches metadata to a blob and returns what was attached before.
public fun add_or_replace_blob_metadata(
    self: &mut StoragePool,
    blob_id: u256,
    metadata: Metadata,
): Option<Metadata> {
    let blob = self.inner_mut().blob_mut(blob_id);
    let previous = df::remove_if_exists(&mut blob.id, METADATA_KEY);
    df::add(&mut blob.id, METADATA_KEY, metadata);
    previous
}

/// Detaches the metadata of a blob.
public fun take_blob_metadata(self: &mut StoragePool, blob_id: u256): Metadata {
    let blob = self.inner_mut().blob_mut(blob_id);
    assert!(blob.has_metadata(), EMissingMetadata);
    df::remove(&mut blob.id, METADATA_KEY)
}

/// Sets an attribute of a blob, attaching metadata if there is none.
public fun insert_or_update_blob_metadata_pair(
    self: &mut StoragePool,
    blob_id: u256,
    key: String,
    value: String,
) {
    let blob = self.inner_mut().blob_mut(blob_id);
    if (!blob.has_metadata()) df::add(&mut blob.id, METADATA_KEY, metadata::new());
    blob.metadata_mut().insert_or_update(key, value)
}

/// Removes an attribute of a blob and returns key and value. Aborts in the map if the key is missing.
public fun remove_blob_metadata_pair(
    self: &mut StoragePool,
    blob_id: u256,
    key: &String,
): (String, String) {
    self.inner_mut().blob_mut(blob_id).metadata_mut().remove(key)
}

/// Removes an attribute of a blob if it exists and returns its value.
public fun remove_blob_metadata_pair_if_exists(
    self: &mut StoragePool,
    blob_id: u256,
    key: &String,
): Option<String> {
    let blob = self.inner_mut().blob_mut(blob_id);
    if (blob.has_metadata()) blob.metadata_mut().remove_if_exists(key) else option::none()
}

fun has_metadata(self: &PooledBlob): bool {
    df::exists_with_type<_, Metadata>(&self.id, METADATA_KEY)
}

fun metadata_mut(self: &mut PooledBlob): &mut Metadata {
    assert!(self.has_metadata(), EMissingMetadata);
    df::borrow_mut(&mut self.id, METADATA_KEY)
}

// === Inner state ===

fun inner(self: &StoragePool): &StoragePoolInnerV1 {
    assert!(self.version == VERSION, EWrongVersion);
    df::borrow(&self.id, VERSION)
}

fun inner_mut(self: &mut StoragePool): &mut StoragePoolInnerV1 {
    assert!(self.version == VERSION, EWrongVersion);
    df::borrow_mut(&mut self.id, VERSION)
}

use fun inner_available as StoragePoolInnerV1.available;

fun inner_available(self: &StoragePoolInnerV1): u64 {
    self.storage.size() - self.used_encoded_bytes
}

use fun inner_assert_live as StoragePoolInnerV1.assert_live;

fun inner_assert_live(self: &StoragePoolInnerV1, current_epoch: u32) {
    assert!(current_epoch < self.storage.end_epoch(), EResourceBounds);
}

fun blob(self: &StoragePoolInnerV1, blob_id: u256): &PooledBlob {
    assert!(self.blobs.contains(blob_id), EInvalidBlobId);
    &self.blobs[blob_id]
}

fun blob_mut(self: &mut StoragePoolInnerV1, blob_id: u256): &mut PooledBlob {
    assert!(self.blobs.contains(blob_id), EInvalidBlobId);
    &mut self.blobs[blob_id]
}

/// Destroys the blob with its metadata and frees its capacity.
fun remove_blob(self: &mut StoragePoolInnerV1, blob_id: u256, n_shards: u16) {
    assert!(self.blobs.contains(blob_id), EInvalidBlobId);
    let PooledBlob { mut id, unencoded_size, encoding_type, .. } = self.blobs.remove(blob_id);
    df::remove_if_exists<_, Metadata>(&mut id, METADATA_KEY);
    id.delete();

    let encoded_size = encoding::encoded_blob_length(unencoded_size, encoding_type, n_shards);
    assert!(encoded_size <= self.used_encoded_bytes, EInvalidBlobSize);
    assert!(self.blob_count > 0, EInvalidBlobCount);
    self.used_encoded_bytes = self.used_encoded_bytes - encoded_size;
    self.blob_count = self.blob_count - 1;
}

// === Tests ===

/// Gives the pool another version without touching its state.
#[test_only]
public fun set_version_for_testing(self: &mut StoragePool, version: u64) {
    self.version = version;
}

/// Falsifies the accounting.
#[test_only]
public fun set_accounting_for_testing(
    self: &mut StoragePool,
    used_encoded_bytes: u64,
    blob_count: u64,
) {
    let inner = self.inner_mut();
    inner.used_encoded_bytes = used_encoded_bytes;
    inner.blob_count = blob_count;
}
