/// Events of audits and challenges.
module walrus_audit::audit_events;

use sui::event;

/// The nodes agreed on the blobs that can be sampled in the epoch.
public struct BlobSetCommitted has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Root of the tree over the blob IDs.
    root: vector<u8>,
    /// Number of blobs.
    count: u64,
}

/// The samples of the epoch were drawn.
public struct AuditSeedDrawn has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Determines the samples of all nodes.
    seed: vector<u8>,
    /// Time until which to answer.
    deadline_ms: u64,
}

/// A sample was answered or excused.
public struct SampleAnswered has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The node.
    node_id: ID,
    /// Number of the sample.
    sample: u16,
    /// Whether the node was excused instead.
    excused: bool,
}

/// A node was challenged to open a symbol.
public struct ChallengeOpened has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Number of the challenge.
    challenge_id: u64,
    /// The node.
    node_id: ID,
    /// The blob.
    blob_id: u256,
    /// The shard of the node.
    shard: u16,
    /// 0 for the primary sliver, 1 for the secondary.
    axis: u8,
    /// Index of the symbol in the sliver.
    symbol: u16,
    /// Time until which to answer.
    deadline_ms: u64,
}

/// A challenge was answered.
public struct ChallengeAnswered has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Number of the challenge.
    challenge_id: u64,
    /// The node.
    node_id: ID,
}

/// A challenge was closed in favour of the node, because its blob is invalid.
public struct ChallengeExcused has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Number of the challenge.
    challenge_id: u64,
    /// The node.
    node_id: ID,
}

/// The challenger of an unanswered challenge was paid.
public struct ChallengeClaimed has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Number of the challenge.
    challenge_id: u64,
    /// The node.
    node_id: ID,
    /// FROST beyond the deposit.
    bounty: u64,
}

public(package) fun emit_blob_set_committed(epoch: u32, root: vector<u8>, count: u64) {
    event::emit(BlobSetCommitted { epoch, root, count })
}

public(package) fun emit_audit_seed_drawn(epoch: u32, seed: vector<u8>, deadline_ms: u64) {
    event::emit(AuditSeedDrawn { epoch, seed, deadline_ms })
}

public(package) fun emit_sample_answered(epoch: u32, node_id: ID, sample: u16, excused: bool) {
    event::emit(SampleAnswered { epoch, node_id, sample, excused })
}

public(package) fun emit_challenge_opened(
    epoch: u32,
    challenge_id: u64,
    node_id: ID,
    blob_id: u256,
    shard: u16,
    axis: u8,
    symbol: u16,
    deadline_ms: u64,
) {
    event::emit(ChallengeOpened {
        epoch,
        challenge_id,
        node_id,
        blob_id,
        shard,
        axis,
        symbol,
        deadline_ms,
    })
}

public(package) fun emit_challenge_answered(epoch: u32, challenge_id: u64, node_id: ID) {
    event::emit(ChallengeAnswered { epoch, challenge_id, node_id })
}

public(package) fun emit_challenge_excused(epoch: u32, challenge_id: u64, node_id: ID) {
    event::emit(ChallengeExcused { epoch, challenge_id, node_id })
}

public(package) fun emit_challenge_claimed(
    epoch: u32,
    challenge_id: u64,
    node_id: ID,
    bounty: u64,
) {
    event::emit(ChallengeClaimed { epoch, challenge_id, node_id, bounty })
}
