/// The byte strings that storage nodes sign.
///
/// Every message starts with a header of 7 bytes: the type of the message, the intent version (0), the
/// application (3), and the epoch as little-endian `u32`. The body follows without a length prefix. Bytes
/// after a recognised body are ignored, so that later versions can append to it.
///
/// A `CertifiedMessage` exists only after verification by `bls_aggregate`, and neither it nor what is read
/// from it can be copied or stored, so a certificate serves exactly one call.
module walrus::messages;

use sui::bcs::{Self, BCS};
use sui::bls12381::bls12381_min_pk_verify;

/// The message was signed for another application.
const EIncorrectAppId: u64 = 0;
/// The message was signed for another epoch.
const EIncorrectEpoch: u64 = 1;
/// The message has another type than the one the call needs.
const EInvalidMsgType: u64 = 2;
/// The message has an unknown intent version.
const EIncorrectIntentVersion: u64 = 3;
/// The persistence kind of a blob certificate is neither permanent nor deletable.
const EInvalidBlobPersistenceType: u64 = 4;
/// The certificate is for a permanent blob, which it does not bind to an object.
const ENotDeletable: u64 = 5;
/// A compressed public key must be 48 bytes long.
const EInvalidKeyLength: u64 = 6;

/// Application number in the header of all messages.
const APP_ID: u8 = 3;
/// Intent version in the header of all messages.
const INTENT_VERSION: u8 = 0;
/// Length of a compressed public key in bytes.
const BLS_KEY_LENGTH_BYTES: u64 = 48;

/// Type of a proof that a node holds the key it registers.
const PROOF_OF_POSSESSION_MSG_TYPE: u8 = 0;
/// Type of a confirmation that a blob is stored.
const BLOB_CERT_MSG_TYPE: u8 = 1;
/// Type of a statement that a blob is inconsistently encoded.
const INVALID_BLOB_ID_MSG_TYPE: u8 = 2;
/// Type of a statement that a deny list was published.
const DENY_LIST_UPDATE_MSG_TYPE: u8 = 4;
/// Type of a statement that the signer denies a blob.
const DENY_LIST_BLOB_DELETED_MSG_TYPE: u8 = 5;
/// Type of an agreement on a version of the node protocol.
const PROTOCOL_VERSION_MSG_TYPE: u8 = 6;
/// Type of an agreement on the blobs that can be sampled in an epoch.
const BLOB_SET_MSG_TYPE: u8 = 7;

/// Persistence byte of a permanent blob.
const PERMANENT: u8 = 0;
/// Persistence byte of a deletable blob; the object ID follows.
const DELETABLE: u8 = 1;

/// Statement of a node that it holds the key it registers.
public struct ProofOfPossessionMessage has drop {
    /// Epoch of the registration.
    epoch: u32,
    /// Sender of the registering transaction.
    sui_address: address,
    /// The registered key, compressed, 48 bytes.
    bls_key: vector<u8>,
}

/// A message behind which enough of the committee stands.
public struct CertifiedMessage has drop {
    /// Type of the message.
    intent_type: u8,
    /// Epoch in which it was signed.
    cert_epoch: u32,
    /// Body of the message.
    body: vector<u8>,
    /// Number of shards of the signers.
    stake_support: u16,
}

/// What a blob certificate says about deletion.
public enum BlobPersistenceType has copy, drop {
    /// Stored until the end of the blob; the certificate holds for any object with the blob ID.
    Permanent,
    /// Stored for one blob object, as long as it exists.
    Deletable { object_id: ID },
}

/// The signers store the blob.
public struct CertifiedBlobMessage has drop {
    /// The stored blob.
    blob_id: u256,
    /// For how long it is stored.
    persistence: BlobPersistenceType,
}

/// The signers found the blob to be inconsistently encoded.
public struct CertifiedInvalidBlobId has drop {
    /// The invalid blob.
    blob_id: u256,
}

/// The signers saw a new deny list of a node.
public struct CertifiedDenyListUpdate has drop {
    /// The node the list belongs to.
    node_id: ID,
    /// Number of the list, growing with each update of the node.
    sequence_number: u64,
    /// Encoded bytes that the node does not store because of its list.
    size: u64,
    /// Root of the list.
    root: u256,
}

/// The signers deny the blob.
public struct CertifiedDenyListBlobDeleted has drop {
    /// The denied blob.
    blob_id: u256,
}

/// The signers agree to use a version of the node protocol.
public struct CertifiedProtocolVersion has drop {
    /// First epoch in which the version applies.
    start_epoch: u32,
    /// The version.
    protocol_version: u64,
}

// === Proof of possession ===

/// The statement that the holder of `bls_key` registers it from `sui_address` in `epoch`.
public(package) fun new_proof_of_possession_msg(
    epoch: u32,
    sui_address: address,
    bls_key: vector<u8>,
): ProofOfPossessionMessage {
    assert!(bls_key.length() == BLS_KEY_LENGTH_BYTES, EInvalidKeyLength);
    ProofOfPossessionMessage { epoch, sui_address, bls_key }
}

/// The bytes to sign.
public(package) fun to_bytes(self: &ProofOfPossessionMessage): vector<u8> {
    let mut bytes = vector[PROOF_OF_POSSESSION_MSG_TYPE, INTENT_VERSION, APP_ID];
    bytes.append(bcs::to_bytes(&self.epoch));
    bytes.append(self.sui_address.to_bytes());
    bytes.append(self.bls_key);
    bytes
}

/// Whether the signature over the statement verifies under the key in it.
public(package) fun verify_proof_of_possession(
    self: &ProofOfPossessionMessage,
    signature: vector<u8>,
): bool {
    bls12381_min_pk_verify(&signature, &self.bls_key, &self.to_bytes())
}

// === Certified messages ===

/// Reads the header of a verified message and checks it against the epoch of the committee.
public(package) fun new_certified_message(
    message: vector<u8>,
    committee_epoch: u32,
    stake_support: u16,
): CertifiedMessage {
    let mut bytes = bcs::new(message);
    let intent_type = bytes.peel_u8();
    let intent_version = bytes.peel_u8();
    let app_id = bytes.peel_u8();
    let cert_epoch = bytes.peel_u32();
    assert!(intent_version == INTENT_VERSION, EIncorrectIntentVersion);
    assert!(app_id == APP_ID, EIncorrectAppId);
    assert!(cert_epoch == committee_epoch, EIncorrectEpoch);
    CertifiedMessage {
        intent_type,
        cert_epoch,
        body: bytes.into_remainder_bytes(),
        stake_support,
    }
}

/// Type of the message.
public(package) fun intent_type(self: &CertifiedMessage): u8 {
    self.intent_type
}

/// Epoch in which the message was signed.
public(package) fun cert_epoch(self: &CertifiedMessage): u32 {
    self.cert_epoch
}

/// Number of shards of the signers.
public(package) fun stake_support(self: &CertifiedMessage): u16 {
    self.stake_support
}

/// Reads a confirmation that a blob is stored.
public(package) fun certify_blob_message(message: CertifiedMessage): CertifiedBlobMessage {
    let mut body = message.into_body(BLOB_CERT_MSG_TYPE);
    let blob_id = body.peel_u256();
    let kind = body.peel_u8();
    let persistence = if (kind == PERMANENT) {
        BlobPersistenceType::Permanent
    } else if (kind == DELETABLE) {
        BlobPersistenceType::Deletable { object_id: object::id_from_address(body.peel_address()) }
    } else {
        abort EInvalidBlobPersistenceType
    };
    CertifiedBlobMessage { blob_id, persistence }
}

/// Reads a statement that a blob is inconsistently encoded.
public(package) fun invalid_blob_id_message(message: CertifiedMessage): CertifiedInvalidBlobId {
    let mut body = message.into_body(INVALID_BLOB_ID_MSG_TYPE);
    CertifiedInvalidBlobId { blob_id: body.peel_u256() }
}

/// Reads a statement that a deny list was published.
public(package) fun deny_list_update_message(message: CertifiedMessage): CertifiedDenyListUpdate {
    let mut body = message.into_body(DENY_LIST_UPDATE_MSG_TYPE);
    let node_id = object::id_from_address(body.peel_address());
    let sequence_number = body.peel_u64();
    let size = body.peel_u64();
    let root = body.peel_u256();
    CertifiedDenyListUpdate { node_id, sequence_number, size, root }
}

/// Reads a statement that a blob is denied.
public(package) fun deny_list_blob_deleted_message(
    message: CertifiedMessage,
): CertifiedDenyListBlobDeleted {
    let mut body = message.into_body(DENY_LIST_BLOB_DELETED_MSG_TYPE);
    CertifiedDenyListBlobDeleted { blob_id: body.peel_u256() }
}

/// Reads an agreement on a version of the node protocol.
public(package) fun protocol_version_message(
    message: CertifiedMessage,
): CertifiedProtocolVersion {
    let mut body = message.into_body(PROTOCOL_VERSION_MSG_TYPE);
    let start_epoch = body.peel_u32();
    let protocol_version = body.peel_u64();
    CertifiedProtocolVersion { start_epoch, protocol_version }
}

/// Reads an agreement on the blobs that can be sampled: the epoch, the root of the tree over their blob
/// IDs, and their number.
public(package) fun blob_set_message(message: CertifiedMessage): (u32, vector<u8>, u64) {
    let mut body = message.into_body(BLOB_SET_MSG_TYPE);
    let epoch = body.peel_u32();
    let root = body.peel_address().to_bytes();
    let count = body.peel_u64();
    (epoch, root, count)
}

/// Checks the type and opens the body.
fun into_body(self: CertifiedMessage, expected_type: u8): BCS {
    let CertifiedMessage { intent_type, body, .. } = self;
    assert!(intent_type == expected_type, EInvalidMsgType);
    bcs::new(body)
}

// === Views of the bodies ===

/// The stored blob.
public(package) fun certified_blob_id(self: &CertifiedBlobMessage): u256 {
    self.blob_id
}

/// For how long the blob is stored.
public(package) fun blob_persistence(self: &CertifiedBlobMessage): BlobPersistenceType {
    self.persistence
}

/// Whether the blob is stored only as long as its object exists.
public(package) fun is_deletable(self: &BlobPersistenceType): bool {
    match (self) {
        BlobPersistenceType::Permanent => false,
        BlobPersistenceType::Deletable { .. } => true,
    }
}

/// The object that the certificate of a deletable blob is bound to.
public(package) fun object_id(self: &BlobPersistenceType): ID {
    match (self) {
        BlobPersistenceType::Permanent => abort ENotDeletable,
        BlobPersistenceType::Deletable { object_id } => *object_id,
    }
}

/// The invalid blob.
public(package) fun invalid_blob_id(self: &CertifiedInvalidBlobId): u256 {
    self.blob_id
}

/// The node the deny list belongs to.
public(package) fun deny_list_node_id(self: &CertifiedDenyListUpdate): ID {
    self.node_id
}

/// Number of the deny list.
public(package) fun deny_list_sequence_number(self: &CertifiedDenyListUpdate): u64 {
    self.sequence_number
}

/// Encoded bytes that the node does not store because of its deny list.
public(package) fun deny_list_size(self: &CertifiedDenyListUpdate): u64 {
    self.size
}

/// Root of the deny list.
public(package) fun deny_list_root(self: &CertifiedDenyListUpdate): u256 {
    self.root
}

/// The denied blob.
public(package) fun denied_blob_id(self: &CertifiedDenyListBlobDeleted): u256 {
    self.blob_id
}

/// First epoch in which the protocol version applies.
public(package) fun protocol_start_epoch(self: &CertifiedProtocolVersion): u32 {
    self.start_epoch
}

/// The protocol version.
public(package) fun protocol_version(self: &CertifiedProtocolVersion): u64 {
    self.protocol_version
}
