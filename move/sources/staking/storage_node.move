/// A storage node: what the protocol knows about it, and the capability of its operator.
module walrus::storage_node;

use std::string::String;
use sui::bls12381::{Self, UncompressedG1};
use sui::group_ops::Element;
use walrus::event_blob::EventBlobAttestation;
use walrus::extended_field::{Self, ExtendedField};
use walrus::node_metadata::NodeMetadata;

/// The network key does not have the length of a compressed secp256r1 key.
const EInvalidNetworkPublicKey: u64 = 0;

/// Length of a network key: a compressed secp256r1 key.
const NETWORK_PUBLIC_KEY_LENGTH_BYTES: u64 = 33;

/// Identity, address and keys of a storage node.
public struct StorageNodeInfo has store {
    /// Name for people.
    name: String,
    /// Node ID: the object ID of the node's staking pool.
    node_id: ID,
    /// Host and port, without a scheme.
    network_address: String,
    /// BLS key in force.
    public_key: Element<UncompressedG1>,
    /// BLS key to be used from the next committee selection on.
    next_epoch_public_key: Option<Element<UncompressedG1>>,
    /// Key of the node's TLS certificate.
    network_public_key: vector<u8>,
    /// What the node tells about itself.
    metadata: ExtendedField<NodeMetadata>,
}

/// The capability to act for a storage node.
public struct StorageNodeCap has key, store {
    /// Receives the commission until that right is passed on.
    id: UID,
    /// The node.
    node_id: ID,
    /// Last epoch for which the node attested that it holds its shards.
    last_epoch_sync_done: u32,
    /// Last event blob the node attested.
    last_event_blob_attestation: Option<EventBlobAttestation>,
    /// Root of the node's deny list.
    deny_list_root: u256,
    /// Number of the node's deny list; grows with every update.
    deny_list_sequence: u64,
    /// Encoded bytes that the node does not store because of its deny list.
    deny_list_size: u64,
}

// === Node ===

/// A node with the given properties. `public_key` is the compressed BLS key, which must be a valid
/// point; whether the node owns it is checked by the caller.
public(package) fun new(
    name: String,
    node_id: ID,
    network_address: String,
    public_key: vector<u8>,
    network_public_key: vector<u8>,
    metadata: NodeMetadata,
    ctx: &mut TxContext,
): StorageNodeInfo {
    check_network_public_key(&network_public_key);
    StorageNodeInfo {
        name,
        node_id,
        network_address,
        public_key: uncompress(&public_key),
        next_epoch_public_key: option::none(),
        network_public_key,
        metadata: extended_field::new(metadata, ctx),
    }
}

/// Node ID: the object ID of the node's staking pool.
public fun id(self: &StorageNodeInfo): ID { self.node_id }

/// Name for people.
public(package) fun name(self: &StorageNodeInfo): &String { &self.name }

/// Host and port, without a scheme.
public(package) fun network_address(self: &StorageNodeInfo): &String { &self.network_address }

/// BLS key in force.
public(package) fun public_key(self: &StorageNodeInfo): &Element<UncompressedG1> {
    &self.public_key
}

/// BLS key for the next committee selection: the announced one, else the one in force.
public(package) fun next_epoch_public_key(self: &StorageNodeInfo): &Element<UncompressedG1> {
    self.next_epoch_public_key.borrow_with_default(&self.public_key)
}

/// Whether a BLS key is announced that is not yet in force.
public(package) fun has_next_epoch_public_key(self: &StorageNodeInfo): bool {
    self.next_epoch_public_key.is_some()
}

/// Key of the node's TLS certificate.
public(package) fun network_public_key(self: &StorageNodeInfo): &vector<u8> {
    &self.network_public_key
}

/// What the node tells about itself.
public(package) fun metadata(self: &StorageNodeInfo): NodeMetadata { *self.metadata.borrow() }

/// Replaces the name.
public(package) fun set_name(self: &mut StorageNodeInfo, name: String) { self.name = name; }

/// Replaces host and port.
public(package) fun set_network_address(self: &mut StorageNodeInfo, network_address: String) {
    self.network_address = network_address;
}

/// Replaces the key of the TLS certificate.
public(package) fun set_network_public_key(
    self: &mut StorageNodeInfo,
    network_public_key: vector<u8>,
) {
    check_network_public_key(&network_public_key);
    self.network_public_key = network_public_key;
}

/// Announces a BLS key for the next committee selection.
public(package) fun set_next_public_key(self: &mut StorageNodeInfo, public_key: vector<u8>) {
    self.next_epoch_public_key = option::some(uncompress(&public_key));
}

/// Puts the BLS key in force with which the node was selected into the committee. A key announced
/// after the selection stays announced.
public(package) fun rotate_public_key(
    self: &mut StorageNodeInfo,
    selected: Element<UncompressedG1>,
) {
    if (self.next_epoch_public_key.is_some_and!(|announced| announced == &selected)) {
        self.next_epoch_public_key = option::none();
    };
    self.public_key = selected;
}

/// Replaces what the node tells about itself.
public(package) fun set_node_metadata(self: &mut StorageNodeInfo, metadata: NodeMetadata) {
    self.metadata.swap(metadata);
}

/// Deletes the node.
public(package) fun destroy(self: StorageNodeInfo) {
    let StorageNodeInfo { metadata, .. } = self;
    metadata.destroy();
}

fun uncompress(public_key: &vector<u8>): Element<UncompressedG1> {
    bls12381::g1_to_uncompressed_g1(&bls12381::g1_from_bytes(public_key))
}

fun check_network_public_key(network_public_key: &vector<u8>) {
    assert!(
        network_public_key.length() == NETWORK_PUBLIC_KEY_LENGTH_BYTES,
        EInvalidNetworkPublicKey,
    );
}

// === Capability ===

/// The capability of a new node.
public(package) fun new_cap(node_id: ID, ctx: &mut TxContext): StorageNodeCap {
    StorageNodeCap {
        id: object::new(ctx),
        node_id,
        last_epoch_sync_done: 0,
        last_event_blob_attestation: option::none(),
        deny_list_root: 0,
        deny_list_sequence: 0,
        deny_list_size: 0,
    }
}

/// The node the capability belongs to.
public fun node_id(cap: &StorageNodeCap): ID { cap.node_id }

/// Last epoch for which the node attested that it holds its shards.
public fun last_epoch_sync_done(cap: &StorageNodeCap): u32 { cap.last_epoch_sync_done }

/// Last event blob the node attested.
public fun last_event_blob_attestation(cap: &StorageNodeCap): Option<EventBlobAttestation> {
    cap.last_event_blob_attestation
}

/// Root of the node's deny list.
public fun deny_list_root(cap: &StorageNodeCap): u256 { cap.deny_list_root }

/// Number of the node's deny list.
public fun deny_list_sequence(cap: &StorageNodeCap): u64 { cap.deny_list_sequence }

/// Encoded bytes that the node does not store because of its deny list.
public(package) fun deny_list_size(cap: &StorageNodeCap): u64 { cap.deny_list_size }

/// Records that the node holds its shards of an epoch.
public(package) fun set_last_epoch_sync_done(cap: &mut StorageNodeCap, epoch: u32) {
    cap.last_epoch_sync_done = epoch;
}

/// Records that the node attested an event blob.
public(package) fun set_last_event_blob_attestation(
    cap: &mut StorageNodeCap,
    attestation: EventBlobAttestation,
) {
    cap.last_event_blob_attestation = option::some(attestation);
}

/// Records an update of the node's deny list.
public(package) fun set_deny_list_properties(
    cap: &mut StorageNodeCap,
    root: u256,
    sequence: u64,
    size: u64,
) {
    cap.deny_list_root = root;
    cap.deny_list_sequence = sequence;
    cap.deny_list_size = size;
}

// === Tests ===

/// A capability for any node ID.
#[test_only]
public fun new_cap_for_testing(node_id: ID, ctx: &mut TxContext): StorageNodeCap {
    new_cap(node_id, ctx)
}

/// Records an update of the node's deny list.
#[test_only]
public fun set_deny_list_for_testing(
    cap: &mut StorageNodeCap,
    root: u256,
    sequence: u64,
    size: u64,
) {
    cap.set_deny_list_properties(root, sequence, size)
}

/// Deletes a capability.
#[test_only]
public fun destroy_cap_for_testing(cap: StorageNodeCap) {
    let StorageNodeCap { id, .. } = cap;
    id.delete();
}
