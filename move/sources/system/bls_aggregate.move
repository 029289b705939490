/// The committee of storage nodes and the verification of its aggregated BLS signatures.
///
/// Scheme: BLS12-381 with public keys in G1 and signatures in G2. A certificate is the sum of the
/// signatures of several members over the same bytes, with a bitmap of the members that signed. Weights
/// are numbers of shards. The sum of all keys is stored once per committee, so that a verifier only
/// subtracts the keys of those who did not sign.
module walrus::bls_aggregate;

use sui::bls12381::{Self, bls12381_min_pk_verify, G1, UncompressedG1};
use sui::group_ops::Element;
use sui::vec_map::{Self, VecMap};
use walrus::messages::{Self, CertifiedMessage};
use walrus::sort;

/// The signers bitmap is longer than the committee or names a member that does not exist.
const EInvalidBitmap: u64 = 0;
/// The aggregated signature does not verify under the keys of the signers.
const ESigVerification: u64 = 1;
/// The signers do not hold enough shards for this kind of message.
const ENotEnoughStake: u64 = 2;
/// A committee member has no shards, or the members are not in ascending order of their node IDs.
const EIncorrectCommittee: u64 = 3;

/// A member of the committee.
public struct BlsCommitteeMember has copy, drop, store {
    /// Key that verifies the member's signatures.
    public_key: Element<UncompressedG1>,
    /// Number of shards of the member.
    weight: u16,
    /// The storage node.
    node_id: ID,
}

/// The committee of an epoch. Members are listed by ascending node ID.
public struct BlsCommittee has copy, drop, store {
    /// Members, in the order that the signers bitmap refers to.
    members: vector<BlsCommitteeMember>,
    /// Total number of shards.
    n_shards: u16,
    /// Epoch in which the committee signs.
    epoch: u32,
    /// Sum of the keys of all members.
    total_aggregated_key: Element<G1>,
}

/// How many shards must stand behind a certificate.
public enum RequiredWeight has copy, drop {
    /// More than two thirds: any two such sets share a correct node.
    Quorum,
    /// More than one third: at least one signer is correct.
    OneCorrectNode,
}

// === Construction ===

/// A committee with the given members, listed by ascending node ID. Its number of shards is the sum of their
/// weights.
public(package) fun new_bls_committee(
    epoch: u32,
    members: vector<BlsCommitteeMember>,
): BlsCommittee {
    let node_ids = members.map_ref!(|member| member.node_id);
    assert!(sort::is_strictly_ascending(&node_ids), EIncorrectCommittee);
    let mut n_shards = 0u16;
    members.do_ref!(|member| {
        assert!(member.weight > 0, EIncorrectCommittee);
        n_shards = n_shards + member.weight;
    });
    let total_aggregated_key = if (members.is_empty()) {
        bls12381::g1_identity()
    } else {
        sum_keys(&members.map_ref!(|member| member.public_key))
    };
    BlsCommittee { members, n_shards, epoch, total_aggregated_key }
}

/// A member with the given key and number of shards.
public(package) fun new_bls_committee_member(
    public_key: Element<UncompressedG1>,
    weight: u16,
    node_id: ID,
): BlsCommitteeMember {
    BlsCommitteeMember { public_key, weight, node_id }
}

// === Views ===

/// Node ID of the member.
public(package) fun node_id(self: &BlsCommitteeMember): ID {
    self.node_id
}

/// Number of shards of the member.
public(package) fun weight(self: &BlsCommitteeMember): u16 {
    self.weight
}

/// Key of the member.
public(package) fun public_key(self: &BlsCommitteeMember): &Element<UncompressedG1> {
    &self.public_key
}

/// Epoch in which the committee signs.
public(package) fun epoch(self: &BlsCommittee): u32 {
    self.epoch
}

/// Total number of shards.
public(package) fun n_shards(self: &BlsCommittee): u16 {
    self.n_shards
}

/// Number of members.
public(package) fun n_members(self: &BlsCommittee): u64 {
    self.members.length()
}

/// Members in the order of the signers bitmap.
public(package) fun members(self: &BlsCommittee): &vector<BlsCommitteeMember> {
    &self.members
}

/// Sum of the keys of all members.
public(package) fun total_aggregated_key(self: &BlsCommittee): &Element<G1> {
    &self.total_aggregated_key
}

/// Whether the node is a member.
public(package) fun contains(self: &BlsCommittee, node_id: &ID): bool {
    self.find_index(node_id).is_some()
}

/// Position of the node in the committee.
public(package) fun find_index(self: &BlsCommittee, node_id: &ID): Option<u64> {
    self.members.find_index!(|member| member.node_id == *node_id)
}

/// Number of shards of the node, zero if it is not a member.
public(package) fun weight_of(self: &BlsCommittee, node_id: &ID): u16 {
    let index = self.find_index(node_id);
    if (index.is_some()) self.members[index.destroy_some()].weight else 0
}

/// Number of shards of each member by node ID, in the order of the committee.
public(package) fun to_vec_map(self: &BlsCommittee): VecMap<ID, u16> {
    vec_map::from_keys_values(
        self.members.map_ref!(|member| member.node_id),
        self.members.map_ref!(|member| member.weight),
    )
}

// === Quorums ===

/// Whether `weight` of `n_shards` shards is a quorum: 3w >= 2n + 1.
public(package) fun is_quorum(weight: u16, n_shards: u16): bool {
    3 * (weight as u64) >= 2 * (n_shards as u64) + 1
}

/// Whether `weight` of `n_shards` shards includes a correct node: 3w >= n + 1.
public(package) fun includes_correct_node(weight: u16, n_shards: u16): bool {
    3 * (weight as u64) >= (n_shards as u64) + 1
}

// === Verification ===

/// Verifies a certificate signed by a quorum in the epoch of the committee.
public(package) fun verify_quorum_in_epoch(
    self: &BlsCommittee,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
): CertifiedMessage {
    let weight = self.verify_certificate(
        &signature,
        &signers_bitmap,
        &message,
        RequiredWeight::Quorum,
    );
    messages::new_certified_message(message, self.epoch, weight)
}

/// Verifies a certificate signed by at least one correct node in the epoch of the committee.
public(package) fun verify_one_correct_node_in_epoch(
    self: &BlsCommittee,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
): CertifiedMessage {
    let weight = self.verify_certificate(
        &signature,
        &signers_bitmap,
        &message,
        RequiredWeight::OneCorrectNode,
    );
    messages::new_certified_message(message, self.epoch, weight)
}

/// Checks bitmap, weight and signature, in this order, and returns the weight of the signers.
fun verify_certificate(
    self: &BlsCommittee,
    signature: &vector<u8>,
    signers_bitmap: &vector<u8>,
    message: &vector<u8>,
    required: RequiredWeight,
): u16 {
    let (weight, absent_keys) = self.count_signers(signers_bitmap);
    let is_enough = match (required) {
        RequiredWeight::Quorum => is_quorum(weight, self.n_shards),
        RequiredWeight::OneCorrectNode => includes_correct_node(weight, self.n_shards),
    };
    assert!(is_enough, ENotEnoughStake);
    assert!(self.is_signed_by_others(signature, &absent_keys, message), ESigVerification);
    weight
}

/// Whether the signature is that of all members but those with the given keys.
fun is_signed_by_others(
    self: &BlsCommittee,
    signature: &vector<u8>,
    absent_keys: &vector<Element<UncompressedG1>>,
    message: &vector<u8>,
): bool {
    let signers_key = if (absent_keys.is_empty()) {
        self.total_aggregated_key
    } else {
        bls12381::g1_sub(&self.total_aggregated_key, &sum_keys(absent_keys))
    };
    bls12381_min_pk_verify(signature, signers_key.bytes(), message)
}

/// The weight of the members in the bitmap, and the keys of those who are not in it.
///
/// Byte i, bit j (least significant first) stands for member 8i + j. Missing bytes at the end are zero.
fun count_signers(
    self: &BlsCommittee,
    signers_bitmap: &vector<u8>,
): (u16, vector<Element<UncompressedG1>>) {
    let n_members = self.members.length();
    let n_bytes = signers_bitmap.length();
    assert!(n_bytes <= (n_members + 7) / 8, EInvalidBitmap);
    // Only the last byte of a full-length bitmap has bits beyond the members.
    if (n_bytes * 8 > n_members) {
        let unused = signers_bitmap[n_bytes - 1] >> ((n_members % 8) as u8);
        assert!(unused == 0, EInvalidBitmap);
    };

    let mut weight = 0;
    let mut absent_keys = vector[];
    n_members.do!(|i| {
        let member = &self.members[i];
        let byte = i / 8;
        let signed =
            byte < n_bytes && (signers_bitmap[byte] >> ((i % 8) as u8)) & 1 == 1;
        if (signed) weight = weight + member.weight
        else absent_keys.push_back(member.public_key);
    });
    (weight, absent_keys)
}

fun sum_keys(keys: &vector<Element<UncompressedG1>>): Element<G1> {
    bls12381::uncompressed_g1_to_g1(&bls12381::uncompressed_g1_sum(keys))
}

/// A committee with one member for each weight. The i-th member has node ID i + 1 and i + 1 times the
/// generator as its key.
#[test_only]
public fun new_committee_for_testing(epoch: u32, weights: vector<u16>): BlsCommittee {
    let generator = bls12381::g1_generator();
    let mut key = bls12381::g1_identity();
    let mut number = 0u256;
    let members = weights.map!(|weight| {
        key = bls12381::g1_add(&key, &generator);
        number = number + 1;
        let node_id = object::id_from_address(sui::address::from_u256(number));
        new_bls_committee_member(bls12381::g1_to_uncompressed_g1(&key), weight, node_id)
    });
    new_bls_committee(epoch, members)
}

/// Whether the signature is that of the members in the bitmap, whatever their weight.
#[test_only]
public fun is_signed_by(
    self: &BlsCommittee,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
): bool {
    let (_, absent_keys) = self.count_signers(&signers_bitmap);
    self.is_signed_by_others(&signature, &absent_keys, &message)
}
