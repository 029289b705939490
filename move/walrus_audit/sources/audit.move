/// Storage audits: nodes prove on chain that they hold what they are paid for.
///
/// Once per epoch the committee commits to the set of blobs that can be sampled, then a random seed is
/// drawn, which determines a number of symbols that every node has to open. In addition anyone may
/// challenge a node to open a random symbol of a certain blob, against a deposit. What a node leaves
/// unanswered is charged at the end of the epoch by the protocol package (see its `penalty_ledger`), which
/// this package reaches through the `AuditCap`.
module walrus_audit::audit;

use sui::balance::Balance;
use sui::bcs;
use sui::clock::Clock;
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use sui::hash::blake2b256;
use sui::random::{Random, RandomGenerator};
use sui::table::{Self, Table};
use sui::vec_map::{Self, VecMap};
use wal::wal::WAL;
use walrus::audit_cap::AuditCap;
use walrus::blob::{Self, Blob};
use walrus::penalty_ledger::{Self, AuditParams};
use walrus::shared_blob::SharedBlob;
use walrus::staking::Staking;
use walrus::storage_node::StorageNodeCap;
use walrus::system::System;
use walrus_audit::audit_events;
use walrus_audit::merkle;
use walrus_audit::opening::{Self, Target};

/// The object is of another contract version.
const EWrongVersion: u64 = 0;
/// The certificate is for the blobs of another epoch.
const EWrongSetEpoch: u64 = 1;
/// The set of the epoch is already committed.
const EAlreadyCommitted: u64 = 2;
/// The set of the epoch is not committed yet, or its seed not drawn.
const ENoRound: u64 = 3;
/// The seed of the epoch is already drawn.
const EAlreadySeeded: u64 = 4;
/// The shards of the epoch have not arrived yet, or too little time is left for answers.
const EWrongTime: u64 = 5;
/// The answer comes too late.
const EDeadlinePassed: u64 = 6;
/// The node has no such sample.
const ENoSuchSample: u64 = 7;
/// The sample is already answered.
const EAlreadyAnswered: u64 = 8;
/// The blob is not the sampled one.
const EWrongSample: u64 = 9;
/// The blob is not on a deny list that the node published in an earlier epoch.
const ENotDenied: u64 = 10;
/// The blob can be deleted by its owner, or cannot and need not be given away.
const EWrongPersistence: u64 = 11;
/// The node does not hold the shard.
const EWrongShard: u64 = 12;
/// The node has too many open challenges.
const ETooManyChallenges: u64 = 13;
/// The deposit is not the required one.
const EWrongBond: u64 = 14;
/// There is no such challenge.
const ENoSuchChallenge: u64 = 15;
/// The epoch of the challenge is not over yet.
const EChallengeOpen: u64 = 16;

/// The blob is not certified, or its end is reached.
const EBlobNotStored: u64 = 17;
/// The capability belongs to another registry.
const EWrongAdminCap: u64 = 18;
/// The certificate is about another blob than the challenge.
const EWrongBlob: u64 = 19;

/// Contract version.
const VERSION: u64 = 1;
/// Length of a seed.
const SEED_LENGTH_BYTES: u16 = 32;

/// Shared object of the audits.
public struct AuditRegistry has key {
    /// Parent of the inner state.
    id: UID,
    /// Contract version of the state.
    version: u64,
}

/// The right to change the parameters of a registry.
public struct AuditAdminCap has key, store {
    /// The capability's own ID.
    id: UID,
    /// The registry.
    registry_id: ID,
}

/// State behind the `AuditRegistry` object.
public struct AuditInnerV1 has store {
    /// The right to record duties.
    cap: AuditCap,
    /// Parameters of the rounds to come.
    params: AuditParams,
    /// The audit of each epoch.
    rounds: Table<u32, AuditRound>,
    /// Challenges that are neither answered nor claimed.
    challenges: Table<u64, Challenge>,
    /// Number of the next challenge.
    next_id: u64,
    /// Deny lists that nodes recorded.
    deny_lists: Table<ID, DenyListRecord>,
}

/// The audit of one epoch.
public struct AuditRound has drop, store {
    /// The epoch.
    epoch: u32,
    /// Root of the tree over the blob IDs that can be sampled.
    set_root: vector<u8>,
    /// Number of these blobs.
    set_count: u64,
    /// Determines the samples; empty until it is drawn.
    seed: vector<u8>,
    /// Time until which samples are answered.
    deadline_ms: u64,
    /// A bitmap of the answered samples of each node.
    answered: VecMap<ID, vector<u8>>,
}

/// A challenge that is not answered.
public struct Challenge has store {
    /// The epoch in which it must be answered.
    epoch: u32,
    /// The challenged node.
    node_id: ID,
    /// The symbol to open.
    target: Target,
    /// Time until which it must be answered.
    deadline_ms: u64,
    /// Who gets the deposit back if it is not answered.
    challenger: address,
    /// The deposit.
    bond: Balance<WAL>,
    /// The blob, if it could be deleted otherwise.
    held_blob: Option<Blob>,
}

/// The deny list of a node, as far as it can excuse.
public struct DenyListRecord has copy, drop, store {
    /// Root that was recorded last.
    root: u256,
    /// Epoch in which it was recorded; it excuses from the next epoch on.
    epoch: u32,
    /// Root that was valid at the beginning of that epoch; zero if none.
    previous_root: u256,
}

/// Shares the registry, with the suggested parameters, and locks the capability of the protocol package
/// into it. Returns the right to change the parameters.
public fun create(cap: AuditCap, ctx: &mut TxContext): AuditAdminCap {
    let (registry, admin_cap) = new(cap, ctx);
    transfer::share_object(registry);
    admin_cap
}

fun new(cap: AuditCap, ctx: &mut TxContext): (AuditRegistry, AuditAdminCap) {
    let mut registry = AuditRegistry { id: object::new(ctx), version: VERSION };
    let inner = AuditInnerV1 {
        cap,
        params: penalty_ledger::default_params(),
        rounds: table::new(ctx),
        challenges: table::new(ctx),
        next_id: 0,
        deny_lists: table::new(ctx),
    };
    df::add(&mut registry.id, VERSION, inner);
    let registry_id = object::id(&registry);
    (registry, AuditAdminCap { id: object::new(ctx), registry_id })
}

/// Replaces the parameters. Duties that are already recorded are settled under the previous ones.
public fun set_params(
    registry: &mut AuditRegistry,
    admin_cap: &AuditAdminCap,
    params: AuditParams,
) {
    assert!(admin_cap.registry_id == object::id(registry), EWrongAdminCap);
    registry.inner_mut().params = params;
}

/// Parameters of the rounds to come.
public fun params(registry: &AuditRegistry): AuditParams { registry.inner().params }

// === Round ===

/// Fixes the blobs that can be sampled in the current epoch: the permanent, certified and valid ones at
/// its start, as a quorum of the committee certifies.
public fun commit_blob_set(
    registry: &mut AuditRegistry,
    system: &System,
    staking: &mut Staking,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    let (set_epoch, set_root, set_count) =
        system.verify_blob_set(signature, signers_bitmap, message);
    let epoch = staking.epoch();
    assert!(set_epoch == epoch, EWrongSetEpoch);
    let inner = registry.inner_mut();
    assert!(!inner.rounds.contains(epoch), EAlreadyCommitted);
    inner
        .rounds
        .add(
            epoch,
            AuditRound {
                epoch,
                set_root,
                set_count,
                seed: vector[],
                deadline_ms: 0,
                answered: vec_map::empty(),
            },
        );
    staking.ledger_mut(&inner.cap, inner.params);
    audit_events::emit_blob_set_committed(epoch, set_root, set_count);
}

/// Draws the samples of the epoch. Not callable from other contracts, which could look at the result and
/// take it back.
public(package) entry fun draw_seed(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    random: &Random,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let seed = random.new_generator(ctx).generate_bytes(SEED_LENGTH_BYTES);
    registry.record_seed(staking, seed, clock);
}

fun record_seed(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    seed: vector<u8>,
    clock: &Clock,
) {
    let epoch = staking.epoch();
    let inner = registry.inner_mut();
    assert!(inner.rounds.contains(epoch), ENoRound);
    let round = &mut inner.rounds[epoch];
    assert!(round.seed.is_empty(), EAlreadySeeded);
    let (synced_at, epoch_duration) = staking.epoch_times();
    assert!(synced_at.is_some(), EWrongTime);
    let deadline_ms = clock.timestamp_ms() + inner.params.window_ms(epoch_duration);
    assert!(deadline_ms <= synced_at.destroy_some() + epoch_duration / 2, EWrongTime);
    round.seed = seed;
    round.deadline_ms = deadline_ms;

    let has_samples = round.set_count > 0;
    let (node_ids, weights) = if (has_samples) staking.committee_weights()
    else (vector[], vector[]);
    let n_shards = staking.n_shards();
    staking.ledger_mut(&inner.cap, inner.params).seed(node_ids, weights, n_shards);
    audit_events::emit_audit_seed_drawn(epoch, seed, deadline_ms);
}

/// Which leaf of the blob set, and which symbol of that blob, a node has to open as its sample `k`.
/// Returns leaf, shard, axis and symbol.
public fun sample(
    registry: &AuditRegistry,
    staking: &Staking,
    node_id: ID,
    k: u16,
): (u64, u16, u8, u16) {
    registry.round(staking.epoch()).sample_of(staking, node_id, k)
}

fun sample_of(
    round: &AuditRound,
    staking: &Staking,
    node_id: ID,
    k: u16,
): (u64, u16, u8, u16) {
    assert!(!round.seed.is_empty(), ENoRound);
    assert!(k < staking.ledger().asked(&node_id), ENoSuchSample);
    let mut input = round.seed;
    input.append(bcs::to_bytes(&node_id));
    input.append(bcs::to_bytes(&k));
    let mut hash = bcs::new(blake2b256(&input));
    let shards = staking.committee().shards(&node_id);
    let leaf = hash.peel_u64() % round.set_count;
    let shard = shards[(hash.peel_u32() as u64) % shards.length()];
    let axis = hash.peel_u8() % 2;
    let symbol = (hash.peel_u32() % (staking.n_shards() as u32)) as u16;
    (leaf, shard, axis, symbol)
}

/// Answers sample `k` of the node by opening the symbol.
public fun answer(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    cap: &StorageNodeCap,
    k: u16,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    set_path: vector<vector<u8>>,
    primary_root: vector<u8>,
    secondary_root: vector<u8>,
    pair_path: vector<vector<u8>>,
    symbol_chunks: vector<vector<u8>>,
    symbol_path: vector<vector<u8>>,
    clock: &Clock,
) {
    let node_id = cap.node_id();
    let blob_id = blob::derive_blob_id(root_hash, encoding_type, size);
    let target = registry.discharge(staking, node_id, k, blob_id, &set_path, false, clock);
    target.verify(
        staking.n_shards(),
        root_hash,
        size,
        encoding_type,
        primary_root,
        secondary_root,
        &pair_path,
        symbol_chunks,
        &symbol_path,
    );
}

/// Excuses sample `k` of the node, because the blob was on its deny list when the samples were drawn.
/// `deny_path` leads from place `deny_index` of the `deny_count` blob IDs on the list to its root.
public fun excuse_denied(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    cap: &StorageNodeCap,
    k: u16,
    blob_id: u256,
    set_path: vector<vector<u8>>,
    deny_index: u64,
    deny_count: u64,
    deny_path: vector<vector<u8>>,
    clock: &Clock,
) {
    let node_id = cap.node_id();
    let epoch = staking.epoch();
    let records = &registry.inner().deny_lists;
    assert!(records.contains(node_id), ENotDenied);
    let root = bcs::to_bytes(&records[node_id].root_before(epoch));
    assert!(
        merkle::is_included(&root, deny_count, deny_index, bcs::to_bytes(&blob_id), &deny_path),
        ENotDenied,
    );
    registry.discharge(staking, node_id, k, blob_id, &set_path, true, clock);
}

/// Excuses sample `k` of a node, because the blob was found to be inconsistently encoded. Anyone can.
public fun excuse_invalid(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    system: &System,
    node_id: ID,
    k: u16,
    set_path: vector<vector<u8>>,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
    clock: &Clock,
) {
    let blob_id = system.invalidate_blob_id(signature, signers_bitmap, message);
    registry.discharge(staking, node_id, k, blob_id, &set_path, true, clock);
}

/// Records the node's certified deny list, so that it excuses from the next epoch on. A list of this
/// epoch must not: the node could deny just what was sampled.
public fun record_deny_list(
    registry: &mut AuditRegistry,
    staking: &Staking,
    cap: &StorageNodeCap,
) {
    let node_id = cap.node_id();
    let epoch = staking.epoch();
    let root = cap.deny_list_root();
    let records = &mut registry.inner_mut().deny_lists;
    if (records.contains(node_id)) {
        let record = &mut records[node_id];
        record.previous_root = record.root_before(epoch);
        record.root = root;
        record.epoch = epoch;
    } else {
        records.add(node_id, DenyListRecord { root, epoch, previous_root: 0 });
    }
}

fun root_before(record: &DenyListRecord, epoch: u32): u256 {
    if (record.epoch < epoch) record.root else record.previous_root
}

/// Checks that the blob is the one of sample `k`, and marks the sample as answered. Returns what the
/// sample asks for.
fun discharge(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    node_id: ID,
    k: u16,
    blob_id: u256,
    set_path: &vector<vector<u8>>,
    excused: bool,
    clock: &Clock,
): Target {
    let epoch = staking.epoch();
    let inner = registry.inner_mut();
    assert!(inner.rounds.contains(epoch), ENoRound);
    let round = &mut inner.rounds[epoch];
    let (leaf, shard, axis, symbol) = round.sample_of(staking, node_id, k);
    assert!(clock.timestamp_ms() <= round.deadline_ms, EDeadlinePassed);
    let blob_id_bytes = bcs::to_bytes(&blob_id);
    assert!(
        merkle::is_included(&round.set_root, round.set_count, leaf, blob_id_bytes, set_path),
        EWrongSample,
    );
    let asked = staking.ledger().asked(&node_id);
    round.mark_answered(node_id, k, asked);
    staking.ledger_mut(&inner.cap, inner.params).record_answer(&node_id);
    audit_events::emit_sample_answered(epoch, node_id, k, excused);
    opening::target(blob_id, shard, axis, symbol)
}

fun mark_answered(round: &mut AuditRound, node_id: ID, k: u16, asked: u16) {
    if (!round.answered.contains(&node_id)) {
        let length = ((asked as u64) + 7) / 8;
        round.answered.insert(node_id, vector::tabulate!(length, |_| 0));
    };
    let byte = &mut round.answered[&node_id][(k / 8) as u64];
    let mask = 1u8 << ((k % 8) as u8);
    assert!(*byte & mask == 0, EAlreadyAnswered);
    *byte = *byte | mask;
}

/// Deletes the records of audits of past epochs.
public fun cleanup_rounds(registry: &mut AuditRegistry, staking: &Staking, epochs: vector<u32>) {
    let current = staking.epoch();
    let rounds = &mut registry.inner_mut().rounds;
    epochs.do!(|epoch| {
        if (epoch < current && rounds.contains(epoch)) {
            rounds.remove(epoch);
        }
    });
}

// === Challenges ===

/// Challenges a node to open a random symbol of a permanent blob.
public(package) entry fun open_challenge(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    blob: &Blob,
    node_id: ID,
    shard: u16,
    bond: Coin<WAL>,
    random: &Random,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    assert!(!blob.is_deletable(), EWrongPersistence);
    let generator = random.new_generator(ctx);
    registry.challenge(staking, blob, node_id, shard, bond, generator, clock, ctx);
}

/// Challenges a node to open a random symbol of a shared permanent blob. Anyone can.
public(package) entry fun open_challenge_shared(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    shared_blob: &SharedBlob,
    node_id: ID,
    shard: u16,
    bond: Coin<WAL>,
    random: &Random,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let blob = shared_blob.blob();
    assert!(!blob.is_deletable(), EWrongPersistence);
    let generator = random.new_generator(ctx);
    registry.challenge(staking, blob, node_id, shard, bond, generator, clock, ctx);
}

/// Challenges a node to open a random symbol of a deletable blob, which is held until the challenge is
/// over: its owner could delete it otherwise, and the node would lose without guilt.
public(package) entry fun open_challenge_deletable(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    blob: Blob,
    node_id: ID,
    shard: u16,
    bond: Coin<WAL>,
    random: &Random,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    assert!(blob.is_deletable(), EWrongPersistence);
    let generator = random.new_generator(ctx);
    let id = registry.challenge(staking, &blob, node_id, shard, bond, generator, clock, ctx);
    registry.inner_mut().challenges[id].held_blob.fill(blob);
}

fun challenge(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    blob: &Blob,
    node_id: ID,
    shard: u16,
    bond: Coin<WAL>,
    mut generator: RandomGenerator,
    clock: &Clock,
    ctx: &TxContext,
): u64 {
    let epoch = staking.epoch();
    assert!(blob.certified_epoch().is_some() && epoch < blob.end_epoch(), EBlobNotStored);
    let committee = staking.committee();
    assert!(
        committee.inner().contains(&node_id) && committee.shards(&node_id).contains(&shard),
        EWrongShard,
    );
    let inner = registry.inner_mut();
    let params = inner.params;
    let (synced_at, epoch_duration) = staking.epoch_times();
    assert!(synced_at.is_some(), EWrongTime);
    let synced_at = synced_at.destroy_some();
    let window_ms = params.window_ms(epoch_duration);
    let now = clock.timestamp_ms();
    let deadline_ms = now + window_ms;
    // The node gets time to recover new shards first, and all of the window before the epoch ends.
    assert!(
        now >= synced_at + window_ms && deadline_ms < synced_at + epoch_duration,
        EWrongTime,
    );
    assert!(bond.value() == params.bond(), EWrongBond);
    let n_shards = staking.n_shards();
    let ledger = staking.ledger_mut(&inner.cap, params);
    assert!(ledger.open(&node_id) < params.max_open_per_node(), ETooManyChallenges);
    ledger.record_challenge(node_id);

    let target = opening::target(
        blob.blob_id(),
        shard,
        generator.generate_u8_in_range(0, 1),
        generator.generate_u16_in_range(0, n_shards - 1),
    );
    let id = inner.next_id;
    inner.next_id = id + 1;
    inner
        .challenges
        .add(
            id,
            Challenge {
                epoch,
                node_id,
                target,
                deadline_ms,
                challenger: ctx.sender(),
                bond: bond.into_balance(),
                held_blob: option::none(),
            },
        );
    audit_events::emit_challenge_opened(
        epoch,
        id,
        node_id,
        target.blob_id(),
        target.shard(),
        target.axis(),
        target.symbol(),
        deadline_ms,
    );
    id
}

/// Answers a challenge by opening the symbol. Anyone can; the deposit goes to the node's commission.
public fun answer_challenge(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    id: u64,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    primary_root: vector<u8>,
    secondary_root: vector<u8>,
    pair_path: vector<vector<u8>>,
    symbol_chunks: vector<vector<u8>>,
    symbol_path: vector<vector<u8>>,
    clock: &Clock,
) {
    let (node_id, target) = registry.discharge_challenge(staking, id, clock);
    target.verify(
        staking.n_shards(),
        root_hash,
        size,
        encoding_type,
        primary_root,
        secondary_root,
        &pair_path,
        symbol_chunks,
        &symbol_path,
    );
    audit_events::emit_challenge_answered(staking.epoch(), id, node_id);
}

/// Closes a challenge without an answer, because the blob was found to be inconsistently encoded: nobody
/// keeps it any more, and whoever wrote it could charge every node otherwise. Anyone can; the deposit goes
/// to the node's commission.
public fun excuse_challenge(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    system: &System,
    id: u64,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
    clock: &Clock,
) {
    let blob_id = system.invalidate_blob_id(signature, signers_bitmap, message);
    let (node_id, target) = registry.discharge_challenge(staking, id, clock);
    assert!(target.blob_id() == blob_id, EWrongBlob);
    audit_events::emit_challenge_excused(staking.epoch(), id, node_id);
}

/// Closes a challenge of this epoch in time, in favour of the node. Returns the node and what it was asked.
fun discharge_challenge(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    id: u64,
    clock: &Clock,
): (ID, Target) {
    let inner = registry.inner_mut();
    assert!(inner.challenges.contains(id), ENoSuchChallenge);
    let Challenge { epoch, node_id, target, deadline_ms, challenger, bond, held_blob } =
        inner.challenges.remove(id);
    let is_open = epoch == staking.epoch() && clock.timestamp_ms() <= deadline_ms;
    assert!(is_open, EDeadlinePassed);
    staking.ledger_mut(&inner.cap, inner.params).discharge_challenge(&node_id);
    staking.pay_commission(&inner.cap, node_id, bond);
    held_blob.destroy!(|blob| transfer::public_transfer(blob, challenger));
    (node_id, target)
}

/// Closes an unanswered challenge after its epoch: the challenger gets the deposit back, with a part of
/// what the operator lost. Anyone can call this for the challenger.
public fun claim(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    id: u64,
    ctx: &mut TxContext,
) {
    let current = staking.epoch();
    let inner = registry.inner_mut();
    assert!(inner.challenges.contains(id), ENoSuchChallenge);
    assert!(inner.challenges[id].epoch < current, EChallengeOpen);
    let Challenge { epoch, node_id, challenger, bond, held_blob, .. } =
        inner.challenges.remove(id);
    let bounty = staking.take_bounty(&inner.cap, epoch, node_id);
    audit_events::emit_challenge_claimed(epoch, id, node_id, bounty.value());
    let mut payout = bond;
    payout.join(bounty);
    transfer::public_transfer(coin::from_balance(payout, ctx), challenger);
    held_blob.destroy!(|blob| transfer::public_transfer(blob, challenger));
}

// === State ===

fun round(registry: &AuditRegistry, epoch: u32): &AuditRound {
    let rounds = &registry.inner().rounds;
    assert!(rounds.contains(epoch), ENoRound);
    &rounds[epoch]
}

fun inner(registry: &AuditRegistry): &AuditInnerV1 {
    assert!(registry.version == VERSION, EWrongVersion);
    df::borrow(&registry.id, VERSION)
}

fun inner_mut(registry: &mut AuditRegistry): &mut AuditInnerV1 {
    assert!(registry.version == VERSION, EWrongVersion);
    df::borrow_mut(&mut registry.id, VERSION)
}

// === Tests ===

/// A registry that is not shared.
#[test_only]
public fun new_for_testing(cap: AuditCap, ctx: &mut TxContext): (AuditRegistry, AuditAdminCap) {
    new(cap, ctx)
}

/// Gives the registry another version without touching its state.
#[test_only]
public fun set_version_for_testing(registry: &mut AuditRegistry, version: u64) {
    registry.version = version;
}

/// Begins the samples of the epoch with a given seed.
#[test_only]
public fun record_seed_for_testing(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    seed: vector<u8>,
    clock: &Clock,
) {
    registry.record_seed(staking, seed, clock);
}

/// Opens a challenge with a given generator.
#[test_only]
public fun challenge_for_testing(
    registry: &mut AuditRegistry,
    staking: &mut Staking,
    blob: &Blob,
    node_id: ID,
    shard: u16,
    bond: Coin<WAL>,
    generator: RandomGenerator,
    clock: &Clock,
    ctx: &TxContext,
): u64 {
    registry.challenge(staking, blob, node_id, shard, bond, generator, clock, ctx)
}

/// Puts the blob into a challenge, as the challenge of a deletable blob does.
#[test_only]
public fun hold_blob_for_testing(registry: &mut AuditRegistry, id: u64, blob: Blob) {
    registry.inner_mut().challenges[id].held_blob.fill(blob);
}

/// What a challenge asks for.
#[test_only]
public fun target_for_testing(registry: &AuditRegistry, id: u64): Target {
    registry.inner().challenges[id].target
}
