/// Blob objects: the on-chain side of stored data, from registration to deletion.
///
/// ```
/// registered --certify--> certified --extend--> certified (later end)
/// registered | certified --delete (deletable, before the end)--> gone, storage returned
/// any --burn--> object gone, the stored data is unaffected
/// any --share--> SharedBlob
/// ```
module walrus::blob;

use std::string::String;
use sui::bcs;
use sui::dynamic_field as df;
use sui::hash;
use walrus::encoding;
use walrus::events;
use walrus::messages::CertifiedBlobMessage;
use walrus::metadata::{Self, Metadata};
use walrus::storage_resource::Storage;

/// The blob is not certified.
const ENotCertified: u64 = 0;
/// The blob is permanent.
const EBlobNotDeletable: u64 = 1;
/// The epoch range of the storage does not fit: it is over, not begun, or not extended.
const EResourceBounds: u64 = 2;
/// The storage is smaller than the encoded blob.
const EResourceSize: u64 = 3;
/// The blob is certified already.
const EAlreadyCertified: u64 = 5;
/// The blob ID does not follow from the root hash, or the certificate is for another blob.
const EInvalidBlobId: u64 = 6;
/// The blob has metadata already.
const EDuplicateMetadata: u64 = 7;
/// The blob has no metadata.
const EMissingMetadata: u64 = 8;
/// The certificate is for a permanent blob and the blob is deletable, or the reverse.
const EInvalidBlobPersistenceType: u64 = 9;
/// The certificate is for another object with the same blob ID.
const EInvalidBlobObject: u64 = 10;

/// Key of the dynamic field with the metadata.
const METADATA_KEY: vector<u8> = b"metadata";

/// A blob, with the storage it occupies.
public struct Blob has key, store {
    /// What certificates of deletable blobs name; parent of the attributes.
    id: UID,
    /// Epoch of the registration.
    registered_epoch: u32,
    /// Identifier derived from the content, its size and its encoding.
    blob_id: u256,
    /// Unencoded size in bytes.
    size: u64,
    /// Encoding type.
    encoding_type: u8,
    /// Epoch of the first certification.
    certified_epoch: Option<u32>,
    /// The storage that the encoded blob occupies.
    storage: Storage,
    /// Whether the owner may delete the blob before its end.
    deletable: bool,
}

/// What a blob ID is the hash of, in BCS.
public struct BlobIdDerivation has drop {
    /// Encoding type.
    encoding_type: u8,
    /// Unencoded size in bytes.
    size: u64,
    /// Root of the Merkle tree over the sliver hashes.
    root_hash: u256,
}

// === Views ===

/// ID of the blob object.
public fun object_id(self: &Blob): ID {
    self.id.to_inner()
}

/// Epoch of the registration.
public fun registered_epoch(self: &Blob): u32 {
    self.registered_epoch
}

/// Identifier of the content.
public fun blob_id(self: &Blob): u256 {
    self.blob_id
}

/// Unencoded size in bytes.
public fun size(self: &Blob): u64 {
    self.size
}

/// Encoding type.
public fun encoding_type(self: &Blob): u8 {
    self.encoding_type
}

/// Epoch of the first certification.
public fun certified_epoch(self: &Blob): &Option<u32> {
    &self.certified_epoch
}

/// The storage that the encoded blob occupies.
public fun storage(self: &Blob): &Storage {
    &self.storage
}

/// Whether the owner may delete the blob before its end.
public fun is_deletable(self: &Blob): bool {
    self.deletable
}

/// First epoch in which the blob is no longer stored.
public fun end_epoch(self: &Blob): u32 {
    self.storage.end_epoch()
}

/// Bytes that all shards together store for the blob.
public fun encoded_size(self: &Blob, n_shards: u16): u64 {
    encoding::encoded_blob_length(self.size, self.encoding_type, n_shards)
}

/// The blob ID of a blob with the given root hash, encoding type and unencoded size.
public fun derive_blob_id(root_hash: u256, encoding_type: u8, size: u64): u256 {
    let preimage = bcs::to_bytes(&BlobIdDerivation { encoding_type, size, root_hash });
    bcs::new(hash::blake2b256(&preimage)).peel_u256()
}

/// Aborts unless the blob is certified and its end is not reached.
public(package) fun assert_certified_not_expired(self: &Blob, current_epoch: u32) {
    assert!(self.certified_epoch.is_some(), ENotCertified);
    assert!(current_epoch < self.storage.end_epoch(), EResourceBounds);
}

// === Life cycle ===

/// Registers a blob in the given storage, which must be current and large enough.
public(package) fun new(
    storage: Storage,
    blob_id: u256,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    deletable: bool,
    registered_epoch: u32,
    n_shards: u16,
    ctx: &mut TxContext,
): Blob {
    assert!(
        storage.start_epoch() <= registered_epoch && registered_epoch < storage.end_epoch(),
        EResourceBounds,
    );
    let encoded_size = encoding::encoded_blob_length(size, encoding_type, n_shards);
    assert!(encoded_size <= storage.size(), EResourceSize);
    assert!(derive_blob_id(root_hash, encoding_type, size) == blob_id, EInvalidBlobId);

    let id = object::new(ctx);
    events::emit_blob_registered(
        registered_epoch,
        blob_id,
        size,
        encoding_type,
        storage.end_epoch(),
        deletable,
        id.to_inner(),
    );
    Blob {
        id,
        registered_epoch,
        blob_id,
        size,
        encoding_type,
        certified_epoch: option::none(),
        storage,
        deletable,
    }
}

/// Certifies the blob with a certificate of the current epoch.
public(package) fun certify_with_certified_msg(
    self: &mut Blob,
    current_epoch: u32,
    message: CertifiedBlobMessage,
) {
    assert!(message.certified_blob_id() == self.blob_id, EInvalidBlobId);
    assert!(self.certified_epoch.is_none(), EAlreadyCertified);
    assert!(current_epoch < self.storage.end_epoch(), EResourceBounds);
    let persistence = message.blob_persistence();
    assert!(persistence.is_deletable() == self.deletable, EInvalidBlobPersistenceType);
    if (self.deletable) {
        assert!(persistence.object_id() == self.object_id(), EInvalidBlobObject);
    };
    self.set_certified(current_epoch);
}

/// Certifies the blob. The caller has established that a quorum stores it.
public(package) fun set_certified(self: &mut Blob, current_epoch: u32) {
    self.certified_epoch = option::some(current_epoch);
    self.emit_certified(false);
}

/// Deletes a deletable blob before its end and returns its storage.
public(package) fun delete(self: Blob, current_epoch: u32): Storage {
    assert!(self.deletable, EBlobNotDeletable);
    assert!(current_epoch < self.storage.end_epoch(), EResourceBounds);
    events::emit_blob_deleted(
        current_epoch,
        self.blob_id,
        self.storage.end_epoch(),
        self.object_id(),
        self.certified_epoch.is_some(),
    );
    self.dissolve()
}

/// Extends a certified blob by an amount of epochs that the caller has accounted for.
public(package) fun extend(self: &mut Blob, current_epoch: u32, extended_epochs: u32) {
    self.assert_certified_not_expired(current_epoch);
    self.storage.extend_end_epoch(extended_epochs);
    self.emit_certified(true);
}

/// Extends a certified blob by a storage resource of the same size that directly follows.
public(package) fun extend_with_resource(
    self: &mut Blob,
    current_epoch: u32,
    extension: Storage,
) {
    self.assert_certified_not_expired(current_epoch);
    assert!(extension.end_epoch() > self.storage.end_epoch(), EResourceBounds);
    self.storage.fuse_periods(extension);
    self.emit_certified(true);
}

/// Destroys the object, its metadata and its storage. The data stays stored until its end, and nothing is
/// refunded.
public fun burn(blob: Blob) {
    blob.dissolve().destroy();
}

/// Deletes the object with its metadata and returns the storage.
fun dissolve(mut self: Blob): Storage {
    df::remove_if_exists<_, Metadata>(&mut self.id, METADATA_KEY);
    let Blob { id, storage, .. } = self;
    id.delete();
    storage
}

/// Reports the certification or extension, always with the epoch of the first certification.
fun emit_certified(self: &Blob, is_extension: bool) {
    events::emit_blob_certified(
        *self.certified_epoch.borrow(),
        self.blob_id,
        self.storage.end_epoch(),
        self.deletable,
        self.object_id(),
        is_extension,
    )
}

// === Metadata ===

/// Attaches metadata to a blob that has none.
public fun add_metadata(self: &mut Blob, metadata: Metadata) {
    assert!(!self.has_metadata(), EDuplicateMetadata);
    df::add(&mut self.id, METADATA_KEY, metadata)
}

/// Attaches metadata and returns what was attached before.
public fun add_or_replace_metadata(self: &mut Blob, metadata: Metadata): Option<Metadata> {
    let previous = df::remove_if_exists(&mut self.id, METADATA_KEY);
    df::add(&mut self.id, METADATA_KEY, metadata);
    previous
}

/// Detaches the metadata.
public fun take_metadata(self: &mut Blob): Metadata {
    assert!(self.has_metadata(), EMissingMetadata);
    df::remove(&mut self.id, METADATA_KEY)
}

/// Sets an attribute, attaching metadata if there is none. An existing key moves to the end.
public fun insert_or_update_metadata_pair(self: &mut Blob, key: String, value: String) {
    if (!self.has_metadata()) self.add_metadata(metadata::new());
    self.metadata_mut().insert_or_update(key, value)
}

/// Removes an attribute and returns key and value. Aborts in the map if the key is missing.
public fun remove_metadata_pair(self: &mut Blob, key: &String): (String, String) {
    self.metadata_mut().remove(key)
}

/// Removes an attribute if it exists and returns its value.
public fun remove_metadata_pair_if_exists(self: &mut Blob, key: &String): Option<String> {
    if (self.has_metadata()) self.metadata_mut().remove_if_exists(key) else option::none()
}

fun has_metadata(self: &Blob): bool {
    df::exists_with_type<_, Metadata>(&self.id, METADATA_KEY)
}

fun metadata_mut(self: &mut Blob): &mut Metadata {
    assert!(self.has_metadata(), EMissingMetadata);
    df::borrow_mut(&mut self.id, METADATA_KEY)
}
