/// Blob objects: views, registration, certification, deletion and attributes.
#[test_only]
module walrus::blob_tests;

use std::unit_test::{assert_eq, destroy};
use sui::event;
use sui::vec_map;
use walrus::blob::{Self, Blob};
use walrus::events::{BlobCertified, BlobDeleted, BlobRegistered};
use walrus::market;
use walrus::messages::{Self, CertifiedBlobMessage};
use walrus::metadata;
use walrus::storage_resource::{Self, Storage};

const EPOCH: u32 = 5;

/// Storage for epochs 3 to 9.
fun storage(size: u64, ctx: &mut TxContext): Storage {
    storage_resource::create_for_test(3, 10, size, ctx)
}

fun new_blob_in(storage: Storage, deletable: bool, epoch: u32, ctx: &mut TxContext): Blob {
    blob::new(
        storage,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        deletable,
        epoch,
        market::n_shards(),
        ctx,
    )
}

fun new_blob(deletable: bool, ctx: &mut TxContext): Blob {
    new_blob_in(storage(market::encoded_size(), ctx), deletable, EPOCH, ctx)
}

fun read(bytes: vector<u8>): CertifiedBlobMessage {
    messages::certify_blob_message(messages::new_certified_message(bytes, EPOCH, 7))
}

fun permanent(): CertifiedBlobMessage {
    read(market::permanent_message(EPOCH, market::blob_id()))
}

fun deletable(object_id: ID): CertifiedBlobMessage {
    read(market::deletable_message(EPOCH, market::blob_id(), object_id))
}

// === Registration ===

#[test]
fun new_blob_describes_itself() {
    let ctx = &mut tx_context::dummy();
    let blob = new_blob(true, ctx);
    assert_eq!(blob.object_id(), object::id(&blob));
    assert_eq!(blob.registered_epoch(), EPOCH);
    assert_eq!(blob.blob_id(), market::blob_id());
    assert_eq!(blob.size(), market::size());
    assert_eq!(blob.encoding_type(), 1);
    assert_eq!(*blob.certified_epoch(), option::none());
    assert_eq!(blob.storage().start_epoch(), 3);
    assert_eq!(blob.end_epoch(), 10);
    assert!(blob.is_deletable());
    assert_eq!(blob.encoded_size(market::n_shards()), market::encoded_size());
    let registered = event::events_by_type<BlobRegistered>();
    assert_eq!(registered.length(), 1);
    assert_eq!(
        sui::bcs::to_bytes(&registered[0]),
        walrus::event_layouts::blob_registered(
            EPOCH,
            market::blob_id(),
            market::size(),
            1,
            10,
            true,
            object::id(&blob),
        ),
    );
    blob.burn();
}

#[test]
fun registration_in_first_and_last_epoch_of_the_storage() {
    let ctx = &mut tx_context::dummy();
    new_blob_in(storage(market::encoded_size(), ctx), false, 3, ctx).burn();
    new_blob_in(storage(market::encoded_size(), ctx), false, 9, ctx).burn();
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun registration_before_the_storage_begins_fails() {
    let ctx = &mut tx_context::dummy();
    destroy(new_blob_in(storage(market::encoded_size(), ctx), false, 2, ctx));
    abort
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun registration_after_the_storage_ended_fails() {
    let ctx = &mut tx_context::dummy();
    destroy(new_blob_in(storage(market::encoded_size(), ctx), false, 10, ctx));
    abort
}

#[test, expected_failure(abort_code = blob::EResourceSize)]
fun too_small_storage_fails() {
    let ctx = &mut tx_context::dummy();
    destroy(new_blob_in(storage(market::encoded_size() - 1, ctx), false, EPOCH, ctx));
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobId)]
fun blob_id_of_another_root_hash_fails() {
    let ctx = &mut tx_context::dummy();
    let blob = blob::new(
        storage(market::encoded_size(), ctx),
        market::blob_id(),
        market::root_hash() + 1,
        market::size(),
        1,
        false,
        EPOCH,
        market::n_shards(),
        ctx,
    );
    destroy(blob);
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobId)]
fun blob_id_of_another_size_fails() {
    let ctx = &mut tx_context::dummy();
    let blob = blob::new(
        storage(market::encoded_size(), ctx),
        market::blob_id(),
        market::root_hash(),
        market::size() - 1,
        1,
        false,
        EPOCH,
        market::n_shards(),
        ctx,
    );
    destroy(blob);
    abort
}

// === Certification ===

#[test]
fun permanent_blob_is_certified() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.certify_with_certified_msg(EPOCH, permanent());
    assert_eq!(*blob.certified_epoch(), option::some(EPOCH));
    blob.assert_certified_not_expired(9);
    assert_eq!(event::events_by_type<BlobCertified>().length(), 1);
    blob.burn();
}

#[test]
fun deletable_blob_is_certified_by_its_object() {
    let mut blob = new_blob(true, &mut tx_context::dummy());
    let object_id = blob.object_id();
    blob.certify_with_certified_msg(EPOCH, deletable(object_id));
    assert_eq!(*blob.certified_epoch(), option::some(EPOCH));
    blob.burn();
}

#[test, expected_failure(abort_code = blob::EInvalidBlobId)]
fun certificate_of_another_blob_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    let message = read(market::permanent_message(EPOCH, market::blob_id() - 1));
    blob.certify_with_certified_msg(EPOCH, message);
    abort
}

#[test, expected_failure(abort_code = blob::EAlreadyCertified)]
fun second_certification_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.certify_with_certified_msg(EPOCH, permanent());
    blob.certify_with_certified_msg(EPOCH, permanent());
    abort
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun certification_at_the_end_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.certify_with_certified_msg(10, permanent());
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobPersistenceType)]
fun permanent_certificate_of_a_deletable_blob_fails() {
    let mut blob = new_blob(true, &mut tx_context::dummy());
    blob.certify_with_certified_msg(EPOCH, permanent());
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobPersistenceType)]
fun deletable_certificate_of_a_permanent_blob_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    let object_id = blob.object_id();
    blob.certify_with_certified_msg(EPOCH, deletable(object_id));
    abort
}

#[test, expected_failure(abort_code = blob::EInvalidBlobObject)]
fun certificate_of_another_object_fails() {
    let ctx = &mut tx_context::dummy();
    let other = new_blob(true, ctx);
    let mut blob = new_blob(true, ctx);
    blob.certify_with_certified_msg(EPOCH, deletable(other.object_id()));
    abort
}

#[test, expected_failure(abort_code = blob::ENotCertified)]
fun uncertified_blob_is_not_certified() {
    let blob = new_blob(false, &mut tx_context::dummy());
    blob.assert_certified_not_expired(EPOCH);
    abort
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun expired_blob_is_not_current() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.certify_with_certified_msg(EPOCH, permanent());
    blob.assert_certified_not_expired(10);
    abort
}

// === Deletion ===

#[test]
fun deletion_returns_the_storage() {
    let mut blob = new_blob(true, &mut tx_context::dummy());
    blob.insert_or_update_metadata_pair(b"key".to_string(), b"value".to_string());
    let storage = blob.delete(9);
    assert_eq!(storage.size(), market::encoded_size());
    assert_eq!(storage.end_epoch(), 10);
    assert_eq!(event::events_by_type<BlobDeleted>().length(), 1);
    storage.destroy();
}

#[test, expected_failure(abort_code = blob::EBlobNotDeletable)]
fun permanent_blob_cannot_be_deleted() {
    destroy(new_blob(false, &mut tx_context::dummy()).delete(EPOCH));
    abort
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun expired_blob_cannot_be_deleted() {
    destroy(new_blob(true, &mut tx_context::dummy()).delete(10));
    abort
}

#[test]
fun burning_needs_no_conditions_and_emits_nothing() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.add_metadata(metadata::new());
    blob.burn();
    assert_eq!(event::events_by_type<BlobDeleted>().length(), 0);
}

#[test]
fun no_metadata_are_left_behind() {
    let mut burned = new_blob(false, &mut tx_context::dummy());
    let burned_id = burned.object_id();
    burned.add_metadata(metadata::new());
    assert!(market::has_metadata(burned_id));
    burned.burn();
    assert!(!market::has_metadata(burned_id));

    let mut deleted = new_blob(true, &mut tx_context::dummy());
    let deleted_id = deleted.object_id();
    deleted.add_metadata(metadata::new());
    deleted.delete(EPOCH).destroy();
    assert!(!market::has_metadata(deleted_id));
}

// === Extension ===

#[test]
fun extension_with_a_resource() {
    let ctx = &mut tx_context::dummy();
    let mut blob = new_blob(false, ctx);
    blob.certify_with_certified_msg(EPOCH, permanent());
    let extension = storage_resource::create_for_test(10, 12, market::encoded_size(), ctx);
    blob.extend_with_resource(9, extension);
    assert_eq!(blob.end_epoch(), 12);
    assert_eq!(*blob.certified_epoch(), option::some(EPOCH));
    let certified = event::events_by_type<BlobCertified>();
    assert_eq!(
        sui::bcs::to_bytes(&certified[1]),
        walrus::event_layouts::blob_certified(
            EPOCH,
            market::blob_id(),
            12,
            false,
            object::id(&blob),
            true,
        ),
    );
    blob.burn();
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun resource_that_extends_nothing_fails() {
    let ctx = &mut tx_context::dummy();
    let mut blob = new_blob(false, ctx);
    blob.certify_with_certified_msg(EPOCH, permanent());
    // Adjacent, but at the other end.
    let extension = storage_resource::create_for_test(1, 3, market::encoded_size(), ctx);
    blob.extend_with_resource(9, extension);
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleEpochs)]
fun resource_with_a_gap_fails() {
    let ctx = &mut tx_context::dummy();
    let mut blob = new_blob(false, ctx);
    blob.certify_with_certified_msg(EPOCH, permanent());
    let extension = storage_resource::create_for_test(11, 12, market::encoded_size(), ctx);
    blob.extend_with_resource(9, extension);
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleAmount)]
fun resource_of_another_size_fails() {
    let ctx = &mut tx_context::dummy();
    let mut blob = new_blob(false, ctx);
    blob.certify_with_certified_msg(EPOCH, permanent());
    let extension = storage_resource::create_for_test(10, 12, market::encoded_size() + 1, ctx);
    blob.extend_with_resource(9, extension);
    abort
}

#[test, expected_failure(abort_code = blob::ENotCertified)]
fun extension_of_an_uncertified_blob_with_a_resource_fails() {
    let ctx = &mut tx_context::dummy();
    let mut blob = new_blob(false, ctx);
    let extension = storage_resource::create_for_test(10, 12, market::encoded_size(), ctx);
    blob.extend_with_resource(9, extension);
    abort
}

#[test, expected_failure(abort_code = blob::EResourceBounds)]
fun extension_of_an_expired_blob_with_a_resource_fails() {
    let ctx = &mut tx_context::dummy();
    let mut blob = new_blob(false, ctx);
    blob.certify_with_certified_msg(EPOCH, permanent());
    let extension = storage_resource::create_for_test(10, 12, market::encoded_size(), ctx);
    blob.extend_with_resource(10, extension);
    abort
}

// === Metadata ===

#[test]
fun metadata_is_attached_replaced_and_taken() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.add_metadata(metadata::new());
    let mut other = metadata::new();
    other.insert_or_update(b"key".to_string(), b"value".to_string());
    assert!(blob.add_or_replace_metadata(other).destroy_some().inner().is_empty());
    assert_eq!(blob.take_metadata().inner().length(), 1);
    assert!(blob.add_or_replace_metadata(metadata::new()).is_none());
    blob.burn();
}

#[test]
fun attributes_attach_metadata_on_demand() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    let key = b"key".to_string();
    assert!(blob.remove_metadata_pair_if_exists(&key).is_none());
    blob.insert_or_update_metadata_pair(key, b"1".to_string());
    blob.insert_or_update_metadata_pair(key, b"2".to_string());
    assert_eq!(blob.remove_metadata_pair_if_exists(&key), option::some(b"2".to_string()));
    assert!(blob.remove_metadata_pair_if_exists(&key).is_none());
    blob.insert_or_update_metadata_pair(key, b"3".to_string());
    let (removed, value) = blob.remove_metadata_pair(&key);
    assert_eq!(removed, key);
    assert_eq!(value, b"3".to_string());
    blob.burn();
}

#[test, expected_failure(abort_code = blob::EDuplicateMetadata)]
fun second_metadata_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.add_metadata(metadata::new());
    blob.add_metadata(metadata::new());
    abort
}

#[test, expected_failure(abort_code = blob::EMissingMetadata)]
fun taking_missing_metadata_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.take_metadata();
    abort
}

#[test, expected_failure(abort_code = blob::EMissingMetadata)]
fun removing_from_missing_metadata_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.remove_metadata_pair(&b"key".to_string());
    abort
}

#[test, expected_failure(abort_code = vec_map::EKeyDoesNotExist)]
fun removing_a_missing_attribute_fails() {
    let mut blob = new_blob(false, &mut tx_context::dummy());
    blob.add_metadata(metadata::new());
    blob.remove_metadata_pair(&b"key".to_string());
    abort
}
