/// The bytes that the events must have, written field by field from the specification.
#[test_only]
module walrus::event_layouts;

use sui::bcs::to_bytes;

/// Layout of `BlobRegistered`.
public fun blob_registered(
    epoch: u32,
    blob_id: u256,
    size: u64,
    encoding_type: u8,
    end_epoch: u32,
    deletable: bool,
    object_id: ID,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, blob_id);
    bytes.append(to_bytes(&size));
    bytes.append(to_bytes(&encoding_type));
    bytes.append(to_bytes(&end_epoch));
    bytes.append(to_bytes(&deletable));
    bytes.append(to_bytes(&object_id));
    bytes
}

/// Layout of `BlobCertified`.
public fun blob_certified(
    epoch: u32,
    blob_id: u256,
    end_epoch: u32,
    deletable: bool,
    object_id: ID,
    is_extension: bool,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, blob_id);
    bytes.append(to_bytes(&end_epoch));
    bytes.append(to_bytes(&deletable));
    bytes.append(to_bytes(&object_id));
    bytes.append(to_bytes(&is_extension));
    bytes
}

/// Layout of `BlobDeleted`.
public fun blob_deleted(
    epoch: u32,
    blob_id: u256,
    end_epoch: u32,
    object_id: ID,
    was_certified: bool,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, blob_id);
    bytes.append(to_bytes(&end_epoch));
    bytes.append(to_bytes(&object_id));
    bytes.append(to_bytes(&was_certified));
    bytes
}

/// Layout of `InvalidBlobID` and of `DenyListBlobDeleted`.
public fun epoch_and_blob(epoch: u32, blob_id: u256): vector<u8> {
    let mut bytes = to_bytes(&epoch);
    bytes.append(to_bytes(&blob_id));
    bytes
}

/// Layout of `RegisterDenyListUpdate` and of `DenyListUpdate`.
public fun deny_list_update(
    epoch: u32,
    root: u256,
    sequence_number: u64,
    node_id: ID,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, root);
    bytes.append(to_bytes(&sequence_number));
    bytes.append(to_bytes(&node_id));
    bytes
}

/// Layout of `ProtocolVersionUpdated`.
public fun protocol_version_updated(
    epoch: u32,
    start_epoch: u32,
    protocol_version: u64,
): vector<u8> {
    let mut bytes = to_bytes(&epoch);
    bytes.append(to_bytes(&start_epoch));
    bytes.append(to_bytes(&protocol_version));
    bytes
}

/// Layout of `StoragePoolCreated`.
public fun storage_pool_created(
    epoch: u32,
    storage_pool_id: ID,
    reserved_encoded_capacity_bytes: u64,
    start_epoch: u32,
    end_epoch: u32,
): vector<u8> {
    let mut bytes = to_bytes(&epoch);
    bytes.append(to_bytes(&storage_pool_id));
    bytes.append(to_bytes(&reserved_encoded_capacity_bytes));
    bytes.append(to_bytes(&start_epoch));
    bytes.append(to_bytes(&end_epoch));
    bytes
}

/// Layout of `StoragePoolExtended`.
public fun storage_pool_extended(
    epoch: u32,
    storage_pool_id: ID,
    new_end_epoch: u32,
): vector<u8> {
    let mut bytes = to_bytes(&epoch);
    bytes.append(to_bytes(&storage_pool_id));
    bytes.append(to_bytes(&new_end_epoch));
    bytes
}

/// Layout of `PooledBlobRegistered`.
public fun pooled_blob_registered(
    epoch: u32,
    blob_id: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    object_id: ID,
    storage_pool_id: ID,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, blob_id);
    bytes.append(to_bytes(&unencoded_size));
    bytes.append(to_bytes(&encoding_type));
    bytes.append(to_bytes(&deletable));
    bytes.append(to_bytes(&object_id));
    bytes.append(to_bytes(&storage_pool_id));
    bytes
}

/// Layout of `PooledBlobCertified`.
public fun pooled_blob_certified(
    epoch: u32,
    blob_id: u256,
    deletable: bool,
    object_id: ID,
    storage_pool_id: ID,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, blob_id);
    bytes.append(to_bytes(&deletable));
    bytes.append(to_bytes(&object_id));
    bytes.append(to_bytes(&storage_pool_id));
    bytes
}

/// Layout of `PooledBlobDeleted`.
public fun pooled_blob_deleted(
    epoch: u32,
    blob_id: u256,
    object_id: ID,
    was_certified: bool,
    storage_pool_id: ID,
): vector<u8> {
    let mut bytes = epoch_and_blob(epoch, blob_id);
    bytes.append(to_bytes(&object_id));
    bytes.append(to_bytes(&was_certified));
    bytes.append(to_bytes(&storage_pool_id));
    bytes
}
