/// Every event of the protocol, and the only functions that emit them.
///
/// Node software follows the chain through these events alone, so their field order is part of the
/// public interface. All carry the epoch in which they are emitted unless a field says otherwise.
module walrus::events;

use sui::event;

/// A blob object was created; storage nodes accept its slivers from now on.
public struct BlobRegistered has copy, drop {
    /// Epoch of the registration.
    epoch: u32,
    /// Content-derived identifier of the blob.
    blob_id: u256,
    /// Unencoded size in bytes.
    size: u64,
    /// Encoding type of the blob.
    encoding_type: u8,
    /// First epoch in which the blob is no longer stored.
    end_epoch: u32,
    /// Whether the owner may delete the blob before its end.
    deletable: bool,
    /// The blob object.
    object_id: ID,
}

/// A blob was certified, or a certified blob was extended.
public struct BlobCertified has copy, drop {
    /// Epoch of the *first* certification, also for extensions.
    epoch: u32,
    /// Content-derived identifier of the blob.
    blob_id: u256,
    /// First epoch in which the blob is no longer stored.
    end_epoch: u32,
    /// Whether the owner may delete the blob before its end.
    deletable: bool,
    /// The blob object.
    object_id: ID,
    /// False for the certification itself, true for an extension.
    is_extension: bool,
}

/// A deletable blob was deleted before its end.
public struct BlobDeleted has copy, drop {
    /// Epoch of the deletion.
    epoch: u32,
    /// Content-derived identifier of the blob.
    blob_id: u256,
    /// End epoch the blob had.
    end_epoch: u32,
    /// The blob object, now gone.
    object_id: ID,
    /// Whether the blob had been certified.
    was_certified: bool,
}

/// The committee attested that a blob ID belongs to an inconsistently encoded blob.
public struct InvalidBlobID has copy, drop {
    /// Epoch of the attestation.
    epoch: u32,
    /// The invalid blob ID.
    blob_id: u256,
}

/// The voting of an epoch ended: parameters and committee of the next epoch are fixed.
public struct EpochParametersSelected has copy, drop {
    /// The epoch the parameters are for.
    next_epoch: u32,
}

/// A new epoch was entered and its shard transfer begins.
public struct EpochChangeStart has copy, drop {
    /// The new epoch.
    epoch: u32,
}

/// A node attested that it holds all of its shards of the epoch.
public struct ShardsReceived has copy, drop {
    /// Epoch of the attestation.
    epoch: u32,
    /// Shards of the node.
    shards: vector<u16>,
}

/// Nodes with a quorum of shards attested their sync.
public struct EpochChangeDone has copy, drop {
    /// The epoch whose change is complete.
    epoch: u32,
}

/// A node began to recover shards. Declared for readers of the layout; not emitted.
#[allow(unused_field)]
public struct ShardRecoveryStart has copy, drop {
    /// Epoch of the recovery.
    epoch: u32,
    /// Shards under recovery.
    shards: vector<u16>,
}

/// The shared objects were migrated to a new version of the package.
public struct ContractUpgraded has copy, drop {
    /// Epoch of the migration.
    epoch: u32,
    /// The package that receives calls from now on.
    package_id: ID,
    /// The new version of the shared objects.
    version: u64,
}

/// A package digest received its first upgrade vote in this epoch.
public struct ContractUpgradeProposed has copy, drop {
    /// Epoch of the vote.
    epoch: u32,
    /// Digest of the proposed package.
    package_digest: vector<u8>,
}

/// A vote left an upgrade proposal at or above the quorum. Repeats on later votes.
public struct ContractUpgradeQuorumReached has copy, drop {
    /// Epoch of the vote.
    epoch: u32,
    /// Digest of the proposed package.
    package_digest: vector<u8>,
}

/// A node announced a new deny list that awaits its certificate.
public struct RegisterDenyListUpdate has copy, drop {
    /// Epoch of the announcement.
    epoch: u32,
    /// Root of the deny list.
    root: u256,
    /// Sequence number of the deny list.
    sequence_number: u64,
    /// The announcing node.
    node_id: ID,
}

/// A deny list was certified by the committee.
public struct DenyListUpdate has copy, drop {
    /// Epoch of the certificate.
    epoch: u32,
    /// Root of the deny list.
    root: u256,
    /// Sequence number of the deny list.
    sequence_number: u64,
    /// The node the deny list belongs to.
    node_id: ID,
}

/// Enough nodes deny the blob for at least one correct node to be among them.
public struct DenyListBlobDeleted has copy, drop {
    /// Epoch of the certificate.
    epoch: u32,
    /// The denied blob ID.
    blob_id: u256,
}

/// The committee agreed on a version of the node protocol.
public struct ProtocolVersionUpdated has copy, drop {
    /// Epoch of the certificate.
    epoch: u32,
    /// First epoch in which the version applies.
    start_epoch: u32,
    /// The protocol version.
    protocol_version: u64,
}

/// Prices were recalculated from the votes of the committee.
public struct PricesUpdated has copy, drop {
    /// Epoch of the calculation.
    epoch: u32,
    /// FROST per storage unit and epoch.
    storage_price: u64,
    /// FROST per storage unit written.
    write_price: u64,
}

/// A storage pool was created.
public struct StoragePoolCreated has copy, drop {
    /// Epoch of the creation.
    epoch: u32,
    /// The pool object.
    storage_pool_id: ID,
    /// Encoded bytes the pool reserves.
    reserved_encoded_capacity_bytes: u64,
    /// First epoch of the reservation.
    start_epoch: u32,
    /// First epoch in which the pool's blobs are no longer stored.
    end_epoch: u32,
}

/// The lifetime of a storage pool was extended.
public struct StoragePoolExtended has copy, drop {
    /// Epoch of the extension.
    epoch: u32,
    /// The pool object.
    storage_pool_id: ID,
    /// The new end epoch.
    new_end_epoch: u32,
}

/// A blob was registered in a storage pool.
public struct PooledBlobRegistered has copy, drop {
    /// Epoch of the registration.
    epoch: u32,
    /// Content-derived identifier of the blob.
    blob_id: u256,
    /// Unencoded size in bytes.
    unencoded_size: u64,
    /// Encoding type of the blob.
    encoding_type: u8,
    /// Whether the owner of the pool may delete the blob before the pool's end.
    deletable: bool,
    /// The pooled blob object.
    object_id: ID,
    /// The pool object.
    storage_pool_id: ID,
}

/// A pooled blob was certified.
public struct PooledBlobCertified has copy, drop {
    /// Epoch of the certification.
    epoch: u32,
    /// Content-derived identifier of the blob.
    blob_id: u256,
    /// Whether the owner of the pool may delete the blob before the pool's end.
    deletable: bool,
    /// The pooled blob object.
    object_id: ID,
    /// The pool object.
    storage_pool_id: ID,
}

/// A pooled blob was deleted before the end of its pool.
public struct PooledBlobDeleted has copy, drop {
    /// Epoch of the deletion.
    epoch: u32,
    /// Content-derived identifier of the blob.
    blob_id: u256,
    /// The pooled blob object, now gone.
    object_id: ID,
    /// Whether the blob had been certified.
    was_certified: bool,
    /// The pool object.
    storage_pool_id: ID,
}

/// A node voted for slashing another.
public struct SlashingVoted has copy, drop {
    /// Epoch of the vote.
    epoch: u32,
    /// The node to be slashed.
    node_id: ID,
    /// The voting node.
    voter_node_id: ID,
    /// Shards of all nodes that voted so far.
    voting_weight: u16,
}

/// The commission of a node was burned by vote.
public struct CommissionSlashed has copy, drop {
    /// Epoch of the votes.
    epoch: u32,
    /// The slashed node.
    node_id: ID,
    /// FROST burned.
    amount: u64,
}

// === Emission ===
//
// Each function emits the event of its name; arguments are the fields in their order.

public(package) fun emit_blob_registered(
    epoch: u32,
    blob_id: u256,
    size: u64,
    encoding_type: u8,
    end_epoch: u32,
    deletable: bool,
    object_id: ID,
) {
    event::emit(BlobRegistered {
        epoch,
        blob_id,
        size,
        encoding_type,
        end_epoch,
        deletable,
        object_id,
    })
}

public(package) fun emit_blob_certified(
    epoch: u32,
    blob_id: u256,
    end_epoch: u32,
    deletable: bool,
    object_id: ID,
    is_extension: bool,
) {
    event::emit(BlobCertified { epoch, blob_id, end_epoch, deletable, object_id, is_extension })
}

public(package) fun emit_blob_deleted(
    epoch: u32,
    blob_id: u256,
    end_epoch: u32,
    object_id: ID,
    was_certified: bool,
) {
    event::emit(BlobDeleted { epoch, blob_id, end_epoch, object_id, was_certified })
}

public(package) fun emit_invalid_blob_id(epoch: u32, blob_id: u256) {
    event::emit(InvalidBlobID { epoch, blob_id })
}

public(package) fun emit_epoch_parameters_selected(next_epoch: u32) {
    event::emit(EpochParametersSelected { next_epoch })
}

public(package) fun emit_epoch_change_start(epoch: u32) {
    event::emit(EpochChangeStart { epoch })
}

public(package) fun emit_shards_received(epoch: u32, shards: vector<u16>) {
    event::emit(ShardsReceived { epoch, shards })
}

public(package) fun emit_epoch_change_done(epoch: u32) {
    event::emit(EpochChangeDone { epoch })
}

public(package) fun emit_contract_upgraded(epoch: u32, package_id: ID, version: u64) {
    event::emit(ContractUpgraded { epoch, package_id, version })
}

public(package) fun emit_contract_upgrade_proposed(epoch: u32, package_digest: vector<u8>) {
    event::emit(ContractUpgradeProposed { epoch, package_digest })
}

public(package) fun emit_contract_upgrade_quorum_reached(epoch: u32, package_digest: vector<u8>) {
    event::emit(ContractUpgradeQuorumReached { epoch, package_digest })
}

public(package) fun emit_register_deny_list_update(
    epoch: u32,
    root: u256,
    sequence_number: u64,
    node_id: ID,
) {
    event::emit(RegisterDenyListUpdate { epoch, root, sequence_number, node_id })
}

public(package) fun emit_deny_list_update(
    epoch: u32,
    root: u256,
    sequence_number: u64,
    node_id: ID,
) {
    event::emit(DenyListUpdate { epoch, root, sequence_number, node_id })
}

public(package) fun emit_deny_list_blob_deleted(epoch: u32, blob_id: u256) {
    event::emit(DenyListBlobDeleted { epoch, blob_id })
}

public(package) fun emit_protocol_version_updated(
    epoch: u32,
    start_epoch: u32,
    protocol_version: u64,
) {
    event::emit(ProtocolVersionUpdated { epoch, start_epoch, protocol_version })
}

public(package) fun emit_prices_updated(epoch: u32, storage_price: u64, write_price: u64) {
    event::emit(PricesUpdated { epoch, storage_price, write_price })
}

public(package) fun emit_storage_pool_created(
    epoch: u32,
    storage_pool_id: ID,
    reserved_encoded_capacity_bytes: u64,
    start_epoch: u32,
    end_epoch: u32,
) {
    event::emit(StoragePoolCreated {
        epoch,
        storage_pool_id,
        reserved_encoded_capacity_bytes,
        start_epoch,
        end_epoch,
    })
}

public(package) fun emit_storage_pool_extended(
    epoch: u32,
    storage_pool_id: ID,
    new_end_epoch: u32,
) {
    event::emit(StoragePoolExtended { epoch, storage_pool_id, new_end_epoch })
}

public(package) fun emit_pooled_blob_registered(
    epoch: u32,
    blob_id: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    object_id: ID,
    storage_pool_id: ID,
) {
    event::emit(PooledBlobRegistered {
        epoch,
        blob_id,
        unencoded_size,
        encoding_type,
        deletable,
        object_id,
        storage_pool_id,
    })
}

public(package) fun emit_pooled_blob_certified(
    epoch: u32,
    blob_id: u256,
    deletable: bool,
    object_id: ID,
    storage_pool_id: ID,
) {
    event::emit(PooledBlobCertified { epoch, blob_id, deletable, object_id, storage_pool_id })
}

public(package) fun emit_pooled_blob_deleted(
    epoch: u32,
    blob_id: u256,
    object_id: ID,
    was_certified: bool,
    storage_pool_id: ID,
) {
    event::emit(PooledBlobDeleted { epoch, blob_id, object_id, was_certified, storage_pool_id })
}

public(package) fun emit_slashing_voted(
    epoch: u32,
    node_id: ID,
    voter_node_id: ID,
    voting_weight: u16,
) {
    event::emit(SlashingVoted { epoch, node_id, voter_node_id, voting_weight })
}

public(package) fun emit_commission_slashed(epoch: u32, node_id: ID, amount: u64) {
    event::emit(CommissionSlashed { epoch, node_id, amount })
}
