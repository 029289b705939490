/// The shared object through which nodes register and stake is managed, and which drives the epochs.
///
/// It only checks the contract version and passes calls on to `staking_inner`, whose state is a
/// dynamic field under the version number, so that an upgrade can replace it.
module walrus::staking;

use std::string::String;
use sui::balance::{Self, Balance};
use sui::clock::Clock;
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use sui::vec_map::{Self, VecMap};
use wal::wal::{ProtectedTreasury, WAL};
use walrus::audit_cap::AuditCap;
use walrus::auth::{Authenticated, Authorized};
use walrus::committee::Committee;
use walrus::events;
use walrus::governed::{Self, GovernanceCap, Params, StakeSnapshot};
use walrus::node_metadata::NodeMetadata;
use walrus::penalty_events;
use walrus::penalty_ledger::{Self, AuditParams, Penalty, PenaltyLedger};
use walrus::staked_wal::StakedWal;
use walrus::staking_inner::{Self, StakingInnerV1};
use walrus::storage_node::StorageNodeCap;
use walrus::system::System;

/// The object is not in the state from which this package can migrate it.
const EInvalidMigration: u64 = 0;
/// The object is of another contract version.
const EWrongVersion: u64 = 1;
/// The function was replaced.
const EDeprecatedFunction: u64 = 2;

/// Contract version, the same as that of `system`.
const VERSION: u64 = 1;
/// Part of an epoch's rewards that is burned, in basis points, unless the stakers decide otherwise.
const BURN_SHARE_BP: u64 = 300;
/// Epochs whose stakes are remembered.
const N_SNAPSHOTS: u32 = 16;
/// Name of the dynamic field with the first epoch in which a migration may happen.
const MIGRATION_EPOCH_KEY: vector<u8> = b"migration_epoch";

/// Shared object of the staking side.
public struct Staking has key {
    /// Parent of the inner state, under the version, and of what later versions add.
    id: UID,
    /// Contract version of the state.
    version: u64,
    /// The package that works on the state.
    package_id: ID,
    /// The package that will work on it after its migration.
    new_package_id: Option<ID>,
}

/// Name of the dynamic field with the duties of the nodes; absent before the first audit.
public struct PenaltyLedgerKey() has copy, drop, store;

/// Name of the dynamic field with what penalties took from principals, until it is burned.
public struct SlashVaultKey() has copy, drop, store;

/// Name of the dynamic field with what a node's challengers of an epoch may claim.
public struct BountyKey has copy, drop, store {
    /// The epoch of the challenges.
    epoch: u32,
    /// The node that did not answer.
    node_id: ID,
}

/// What a node's challengers of an epoch may claim.
public struct Bounty has store {
    /// What is left.
    funds: Balance<WAL>,
    /// Challenges that are not claimed yet.
    missed: u16,
}

/// Shares the object, in epoch 0.
public(package) fun create(
    epoch_zero_duration: u64,
    epoch_duration: u64,
    n_shards: u16,
    package_id: ID,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let staking =
        new(epoch_zero_duration, epoch_duration, n_shards, package_id, clock, ctx);
    transfer::share_object(staking);
}

fun new(
    epoch_zero_duration: u64,
    epoch_duration: u64,
    n_shards: u16,
    package_id: ID,
    clock: &Clock,
    ctx: &mut TxContext,
): Staking {
    let mut staking = Staking {
        id: object::new(ctx),
        version: VERSION,
        package_id,
        new_package_id: option::none(),
    };
    let inner = staking_inner::new(epoch_zero_duration, epoch_duration, n_shards, clock, ctx);
    df::add(&mut staking.id, VERSION, inner);
    df::add(&mut staking.id, governed::params_key(), governed::new_params());
    staking
}

// === Nodes ===

/// Registers a storage node and returns its capability. The sender must prove to own the BLS key. The
/// node can be selected once enough is staked with it.
public fun register_candidate(
    staking: &mut Staking,
    name: String,
    network_address: String,
    metadata: NodeMetadata,
    public_key: vector<u8>,
    network_public_key: vector<u8>,
    proof_of_possession: vector<u8>,
    commission_rate: u16,
    storage_price: u64,
    write_price: u64,
    node_capacity: u64,
    ctx: &mut TxContext,
): StorageNodeCap {
    staking
        .inner_mut()
        .register_candidate(
            name,
            network_address,
            metadata,
            public_key,
            network_public_key,
            proof_of_possession,
            commission_rate,
            storage_price,
            write_price,
            node_capacity,
            ctx,
        )
}

/// Brings the entry of the node in the active set up to date, for example after others left.
public fun try_join_active_set(staking: &mut Staking, cap: &StorageNodeCap) {
    staking.inner_mut().try_join_active_set(cap.node_id());
}

/// Sets the commission rate, in basis points, from two epochs later on.
public fun set_next_commission(staking: &mut Staking, cap: &StorageNodeCap, commission_rate: u16) {
    staking.inner_mut().set_next_commission(cap, commission_rate);
}

/// Sets the node's vote for the storage price.
public fun set_storage_price_vote(staking: &mut Staking, cap: &StorageNodeCap, price: u64) {
    staking.inner_mut().pool_mut(cap.node_id()).set_storage_price_vote(price);
}

/// Sets the node's vote for the write price.
public fun set_write_price_vote(staking: &mut Staking, cap: &StorageNodeCap, price: u64) {
    staking.inner_mut().pool_mut(cap.node_id()).set_write_price_vote(price);
}

/// Sets how many bytes the node can store.
public fun set_node_capacity_vote(staking: &mut Staking, cap: &StorageNodeCap, capacity: u64) {
    staking.inner_mut().pool_mut(cap.node_id()).set_node_capacity_vote(capacity);
}

/// Sets the name of the node.
public fun set_name(staking: &mut Staking, cap: &StorageNodeCap, name: String) {
    staking.inner_mut().pool_mut(cap.node_id()).set_name(name);
}

/// Sets host and port of the node.
public fun set_network_address(staking: &mut Staking, cap: &StorageNodeCap, address: String) {
    staking.inner_mut().pool_mut(cap.node_id()).set_network_address(address);
}

/// Sets the TLS key of the node.
public fun set_network_public_key(
    staking: &mut Staking,
    cap: &StorageNodeCap,
    network_public_key: vector<u8>,
) {
    staking.inner_mut().pool_mut(cap.node_id()).set_network_public_key(network_public_key);
}

/// Sets what the node tells about itself.
public fun set_node_metadata(
    staking: &mut Staking,
    cap: &StorageNodeCap,
    metadata: NodeMetadata,
) {
    staking.inner_mut().pool_mut(cap.node_id()).set_node_metadata(metadata);
}

/// Announces the BLS key with which the node takes part in the next selection. The sender must prove
/// to own it.
public fun set_next_public_key(
    staking: &mut Staking,
    cap: &StorageNodeCap,
    public_key: vector<u8>,
    proof_of_possession: vector<u8>,
    ctx: &mut TxContext,
) {
    staking.inner_mut().set_next_public_key(cap, public_key, proof_of_possession, ctx);
}

// === Commission and rights ===

/// Pays out the node's commission, except what is still blocked.
public fun collect_commission(
    staking: &mut Staking,
    node_id: ID,
    authenticated: Authenticated,
    ctx: &mut TxContext,
): Coin<WAL> {
    coin::from_balance(staking.inner_mut().collect_commission(node_id, authenticated), ctx)
}

/// Passes the right to the node's commission on.
public fun set_commission_receiver(
    staking: &mut Staking,
    node_id: ID,
    authenticated: Authenticated,
    receiver: Authorized,
) {
    staking.inner_mut().set_commission_receiver(node_id, authenticated, receiver);
}

/// Passes the node's governance right on.
public fun set_governance_authorized(
    staking: &mut Staking,
    node_id: ID,
    authenticated: Authenticated,
    authorized: Authorized,
) {
    staking.inner_mut().set_governance_authorized(node_id, authenticated, authorized);
}

/// Adds to the commissions of nodes of the previous committee, one balance per node.
public fun add_commission_to_pools(
    staking: &mut Staking,
    node_ids: vector<ID>,
    commissions: vector<Balance<WAL>>,
) {
    staking.inner_mut().add_commission_to_pools(node_ids, commissions);
}

/// Adds the coin to the operator's deposit, which penalties take before they take from stakers.
public fun add_operator_bond(staking: &mut Staking, node_id: ID, funds: Coin<WAL>) {
    staking.inner_mut().add_operator_bond(node_id, funds.into_balance());
}

/// Announces that the operator's deposit is to be taken back, two epochs later at the earliest.
public fun request_operator_bond_release(
    staking: &mut Staking,
    node_id: ID,
    authenticated: Authenticated,
) {
    staking.inner_mut().request_operator_bond_release(node_id, authenticated);
}

/// Takes the operator's deposit back.
public fun withdraw_operator_bond(
    staking: &mut Staking,
    node_id: ID,
    authenticated: Authenticated,
    ctx: &mut TxContext,
): Coin<WAL> {
    let funds = staking.inner_mut().withdraw_operator_bond(node_id, authenticated);
    coin::from_balance(funds, ctx)
}

// === Staking ===

/// Stakes the coin with a node.
public fun stake_with_pool(
    staking: &mut Staking,
    to_stake: Coin<WAL>,
    node_id: ID,
    ctx: &mut TxContext,
): StakedWal {
    staking.inner_mut().stake_with_pool(to_stake.into_balance(), node_id, ctx)
}

/// Announces that the stake is to be withdrawn; its object says from which epoch on it is payable.
public fun request_withdraw_stake(
    staking: &mut Staking,
    staked_wal: &mut StakedWal,
    _ctx: &mut TxContext,
) {
    staking.inner_mut().request_withdraw_stake(staked_wal);
}

/// Pays out the stake with its rewards.
public fun withdraw_stake(
    staking: &mut Staking,
    staked_wal: StakedWal,
    ctx: &mut TxContext,
): Coin<WAL> {
    let (payout, lost) = staking.inner_mut().withdraw_stake(staked_wal);
    if (lost.value() > 0) {
        staking.slash_vault_mut().join(lost);
    } else {
        lost.destroy_zero();
    };
    coin::from_balance(payout, ctx)
}

// === Epochs ===

/// Selects the next committee and its parameters. Anyone may call this once half of the epoch is over.
public fun voting_end(staking: &mut Staking, clock: &Clock) {
    staking.inner_mut().voting_end(clock);
}

/// Former epoch change, which burned nothing. Always aborts.
public fun initiate_epoch_change(_staking: &mut Staking, _system: &mut System, _clock: &Clock) {
    abort EDeprecatedFunction
}

/// Starts the next epoch: burns a part of the ended epoch's fees, installs the selected committee,
/// pays the rewards of the ended epoch, and applies the prices of the new committee. Anyone may call
/// this once the epoch is over.
public fun initiate_epoch_change_v2(
    staking: &mut Staking,
    system: &mut System,
    treasury: &mut ProtectedTreasury,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    staking.inner().check_epoch_change(clock);
    let (penalties, spare_stakers) = staking.settle_duties();
    let mut burn = system.extract_burn_balance(staking.params().burn_share(BURN_SHARE_BP));
    let inner = staking.inner();
    let mut rewards =
        system.advance_epoch(inner.next_bls_committee(), &inner.next_epoch_params());
    burn.join(staking.take_unaudited_rewards(&mut rewards));
    let (seized, bounties) = staking
        .inner_mut()
        .advance_epoch(rewards, &penalties, spare_stakers)
        .into_parts();
    burn.join(seized);
    staking.begin_duties(&penalties, bounties);
    burn.join(staking.take_slash_vault());
    treasury.burn(coin::from_balance(burn, ctx));
    staking.begin_params();
    staking.record_snapshot();
    staking.apply_prices(system);
}

/// Attests that the node holds all its shards of the epoch.
public fun epoch_sync_done(
    staking: &mut Staking,
    cap: &mut StorageNodeCap,
    epoch: u32,
    clock: &Clock,
) {
    staking.inner_mut().epoch_sync_done(cap, epoch, clock);
}

/// Applies the prices that the current committee votes for.
public fun update_prices(staking: &mut Staking, system: &mut System) {
    staking.apply_prices(system);
}

fun apply_prices(staking: &Staking, system: &mut System) {
    let (storage_price, write_price) = staking.inner().selected_prices();
    let (storage_price, write_price) = staking.params().bound_prices(storage_price, write_price);
    system.set_storage_price(storage_price);
    system.set_write_price(write_price);
    events::emit_prices_updated(staking.epoch(), storage_price, write_price);
}

// === Views ===

/// Current epoch.
public fun epoch(staking: &Staking): u32 { staking.inner().epoch() }

/// Committee of the current epoch.
public fun committee(staking: &Staking): &Committee { staking.inner().committee() }

/// Committee of the previous epoch.
public fun previous_committee(staking: &Staking): &Committee {
    staking.inner().previous_committee()
}

/// The committee that would be selected now. Aborts if there is no stake.
public fun compute_next_committee(staking: &Staking): Committee {
    staking.inner().compute_next_committee()
}

/// What a node tells about itself.
public fun node_metadata(staking: &Staking, node_id: ID): NodeMetadata {
    staking.inner().pool(node_id).node_info().metadata()
}

/// Rewards of `staked_principal` FROST that are active from one epoch until another.
public fun calculate_rewards(
    staking: &Staking,
    node_id: ID,
    staked_principal: u64,
    activation_epoch: u32,
    withdraw_epoch: u32,
): u64 {
    staking
        .inner()
        .pool(node_id)
        .calculate_rewards(staked_principal, activation_epoch, withdraw_epoch)
}

/// Whether the stake can be withdrawn without a request.
public fun can_withdraw_staked_wal_early(staking: &Staking, staked_wal: &StakedWal): bool {
    staking.inner().can_withdraw_early(staked_wal)
}

// === For the other modules ===

/// Number of shards of every committee.
public fun n_shards(staking: &Staking): u16 { staking.inner().n_shards() }

/// Whether the caller has the governance right of a node.
public fun has_governance_right(
    staking: &Staking,
    node_id: ID,
    authenticated: &Authenticated,
): bool {
    staking.inner().has_governance_right(node_id, authenticated)
}

/// Number of shards of a node in the current committee, of which it must be a member.
public(package) fun node_weight(staking: &Staking, node_id: ID): u16 {
    staking.inner().node_weight(&node_id)
}

/// Whether so many shards are a quorum.
public(package) fun is_quorum(staking: &Staking, weight: u16): bool {
    staking.inner().is_quorum(weight)
}

/// Takes the whole commission of a node, blocked or not.
public(package) fun seize_commission(staking: &mut Staking, node_id: ID): Balance<WAL> {
    staking.inner_mut().seize_commission(node_id)
}

// === Duties and penalties ===

/// The duties of the current epoch. They begin with the first audit: before, there is no ledger, and
/// nothing is expected.
public fun ledger(staking: &Staking): &PenaltyLedger {
    df::borrow(&staking.id, PenaltyLedgerKey())
}

/// The duties of the current epoch, for change. Created with the given parameters if there are none;
/// otherwise the parameters apply as soon as no duty is recorded under others.
public fun ledger_mut(
    staking: &mut Staking,
    _: &AuditCap,
    params: AuditParams,
): &mut PenaltyLedger {
    if (!staking.has_ledger()) {
        let epoch = staking.epoch();
        df::add(&mut staking.id, PenaltyLedgerKey(), penalty_ledger::new(epoch, params));
    };
    let ledger: &mut PenaltyLedger = df::borrow_mut(&mut staking.id, PenaltyLedgerKey());
    ledger.set_params(params);
    ledger
}

/// Whether audits have begun.
public fun has_ledger(staking: &Staking): bool {
    df::exists_(&staking.id, PenaltyLedgerKey())
}

/// Members of the current committee and their numbers of shards.
public fun committee_weights(staking: &Staking): (vector<ID>, vector<u16>) {
    let committee = staking.inner().committee();
    let weights = vector::tabulate!(committee.size(), |i| {
        let (_, weight) = committee.member_at(i);
        weight
    });
    (committee.inner().keys(), weights)
}

/// Time at which the shards of the current epoch had arrived, if they have, and the duration of an epoch.
public fun epoch_times(staking: &Staking): (Option<u64>, u64) {
    let inner = staking.inner();
    (inner.synced_at(), inner.epoch_duration())
}

/// Takes an equal part of what is left for the challengers of a node in an ended epoch.
public fun take_bounty(
    staking: &mut Staking,
    _: &AuditCap,
    epoch: u32,
    node_id: ID,
): Balance<WAL> {
    assert!(staking.version == VERSION, EWrongVersion);
    let key = BountyKey { epoch, node_id };
    if (!df::exists_(&staking.id, key)) return balance::zero();
    let bounty: &mut Bounty = df::borrow_mut(&mut staking.id, key);
    let share = bounty.funds.value() / (bounty.missed as u64);
    bounty.missed = bounty.missed - 1;
    let payout = bounty.funds.split(share);
    if (bounty.missed == 0) {
        let Bounty { funds, missed: _ } = df::remove(&mut staking.id, key);
        funds.destroy_zero();
    };
    payout
}

/// Pays the deposit of a refuted challenge into the commission of a node.
public fun pay_commission(
    staking: &mut Staking,
    _: &AuditCap,
    node_id: ID,
    funds: Balance<WAL>,
) {
    staking.inner_mut().pool_mut(node_id).add_commission(funds, false);
}

/// What the nodes lose for the ending epoch, and whether their stakers are spared.
fun settle_duties(staking: &Staking): (VecMap<ID, Penalty>, bool) {
    if (!staking.has_ledger()) return (vec_map::empty(), false);
    let (node_ids, weights) = staking.committee_weights();
    let (penalties, spare_stakers) =
        staking.ledger().settle(&node_ids, &weights, staking.n_shards());
    if (spare_stakers) {
        penalty_events::emit_penalty_breaker_tripped(staking.epoch() + 1, penalties.length());
    };
    (penalties, spare_stakers)
}

/// The part of the rewards that is lost if the nodes let the epoch pass without an audit.
fun take_unaudited_rewards(
    staking: &Staking,
    rewards: &mut VecMap<ID, Balance<WAL>>,
): Balance<WAL> {
    let mut taken = balance::zero();
    if (staking.has_ledger()) {
        let ledger = staking.ledger();
        rewards.length().do!(|i| {
            let (_, reward) = rewards.get_entry_by_idx_mut(i);
            let burn = ledger.no_audit_burn(reward.value());
            taken.join(reward.split(burn));
        });
    };
    taken
}

/// Puts the bounties aside and begins the duties of the epoch that just started.
fun begin_duties(
    staking: &mut Staking,
    penalties: &VecMap<ID, Penalty>,
    bounties: VecMap<ID, Balance<WAL>>,
) {
    let epoch = staking.epoch();
    let (node_ids, funds) = bounties.into_keys_values();
    node_ids.zip_do!(funds, |node_id, funds| {
        if (funds.value() > 0) {
            let missed = penalties[&node_id].missed_challenges();
            let key = BountyKey { epoch: epoch - 1, node_id };
            df::add(&mut staking.id, key, Bounty { funds, missed });
        } else {
            funds.destroy_zero();
        }
    });
    if (staking.has_ledger()) {
        let ledger: &mut PenaltyLedger = df::borrow_mut(&mut staking.id, PenaltyLedgerKey());
        ledger.reset(epoch);
    }
}

fun slash_vault_mut(staking: &mut Staking): &mut Balance<WAL> {
    if (!df::exists_(&staking.id, SlashVaultKey())) {
        df::add(&mut staking.id, SlashVaultKey(), balance::zero<WAL>());
    };
    df::borrow_mut(&mut staking.id, SlashVaultKey())
}

fun take_slash_vault(staking: &mut Staking): Balance<WAL> {
    if (df::exists_(&staking.id, SlashVaultKey())) staking.slash_vault_mut().withdraw_all()
    else balance::zero()
}

// === Government by the stakers ===

/// Decides a parameter from the next epoch on.
public fun set_param(staking: &mut Staking, _: &GovernanceCap, number: u16, value: u64) {
    assert!(staking.version == VERSION, EWrongVersion);
    staking.params_mut().set(number, value);
}

/// What was decided for the next epoch about a parameter, if anything.
public fun next_param(staking: &Staking, number: u16): Option<u64> {
    staking.params().next(number)
}

/// The stakes at the beginning of an epoch, if they are remembered: those of the last 16 epochs are.
public fun has_snapshot(staking: &Staking, epoch: u32): bool {
    df::exists_(&staking.id, governed::snapshot_key(epoch))
}

/// The stakes at the beginning of an epoch.
public fun snapshot(staking: &Staking, epoch: u32): &StakeSnapshot {
    df::borrow(&staking.id, governed::snapshot_key(epoch))
}

/// What a stake that became active in one epoch is worth in another one. Rounded down, so that all
/// stakes of a node together are not worth more than its pool.
public fun stake_value(
    staking: &Staking,
    node_id: ID,
    principal: u64,
    activation_epoch: u32,
    epoch: u32,
): u64 {
    staking.inner().pool(node_id).claim(principal, activation_epoch, epoch)
}

fun params(staking: &Staking): &Params { df::borrow(&staking.id, governed::params_key()) }

fun params_mut(staking: &mut Staking): &mut Params {
    df::borrow_mut(&mut staking.id, governed::params_key())
}

/// Brings in force what was decided in the epoch that ended.
fun begin_params(staking: &mut Staking) {
    if (staking.params_mut().begin_epoch()) {
        let params = *staking.params();
        staking.inner_mut().apply_params(&params);
    }
}

/// Remembers the stakes of the epoch that just started.
fun record_snapshot(staking: &mut Staking) {
    let epoch = staking.epoch();
    let snapshot = staking.inner().stake_snapshot();
    df::add(&mut staking.id, governed::snapshot_key(epoch), snapshot);
    if (epoch > N_SNAPSHOTS) {
        let _: StakeSnapshot =
            df::remove(&mut staking.id, governed::snapshot_key(epoch - N_SNAPSHOTS));
    }
}

// === Upgrade ===

/// Contract version of the state.
public(package) fun version(staking: &Staking): u64 { staking.version }

/// The package that works on the state.
public(package) fun package_id(staking: &Staking): ID { staking.package_id }

/// Announces the package that will work on the state after its migration.
public(package) fun set_new_package_id(staking: &mut Staking, new_package_id: ID) {
    staking.new_package_id = option::some(new_package_id);
}

/// Holds the migration to this package back until the next epoch, so that all can prepare for it. Can
/// be called once per upgrade.
public(package) entry fun set_migration_epoch(staking: &mut Staking) {
    staking.check_migration();
    if (!df::exists_(&staking.id, MIGRATION_EPOCH_KEY)) {
        let version = staking.version;
        let inner: &StakingInnerV1 = df::borrow(&staking.id, version);
        let migration_epoch = inner.epoch() + 1;
        df::add(&mut staking.id, MIGRATION_EPOCH_KEY, migration_epoch);
    }
}

/// Moves the state to the version of this package.
public(package) fun migrate(staking: &mut Staking) {
    staking.check_migration();
    let inner: StakingInnerV1 = df::remove(&mut staking.id, staking.version);
    if (df::exists_(&staking.id, MIGRATION_EPOCH_KEY)) {
        let migration_epoch: u32 = df::remove(&mut staking.id, MIGRATION_EPOCH_KEY);
        assert!(inner.epoch() >= migration_epoch, EInvalidMigration);
    };
    df::add(&mut staking.id, VERSION, inner);
    staking.version = VERSION;
    staking.package_id = staking.new_package_id.extract();
}

fun check_migration(staking: &Staking) {
    assert!(
        staking.version < VERSION && staking.new_package_id.is_some(),
        EInvalidMigration,
    );
}

fun inner(staking: &Staking): &StakingInnerV1 {
    assert!(staking.version == VERSION, EWrongVersion);
    df::borrow(&staking.id, VERSION)
}

fun inner_mut(staking: &mut Staking): &mut StakingInnerV1 {
    assert!(staking.version == VERSION, EWrongVersion);
    df::borrow_mut(&mut staking.id, VERSION)
}

// === Tests ===

/// An object in epoch 0 that is not shared.
#[test_only]
public fun new_for_testing(
    epoch_zero_duration: u64,
    epoch_duration: u64,
    n_shards: u16,
    clock: &Clock,
    ctx: &mut TxContext,
): Staking {
    new(
        epoch_zero_duration,
        epoch_duration,
        n_shards,
        object::id_from_address(@walrus),
        clock,
        ctx,
    )
}

/// The state.
#[test_only]
public fun inner_for_testing(staking: &Staking): &StakingInnerV1 { staking.inner() }

/// The state, for change.
#[test_only]
public fun inner_mut_for_testing(staking: &mut Staking): &mut StakingInnerV1 {
    staking.inner_mut()
}

/// Active stake, rewards and commission of a pool.
#[test_only]
public fun pool_totals_for_testing(staking: &Staking, node_id: ID): (u64, u64, u64) {
    let pool = staking.inner().pool(node_id);
    (pool.wal_balance(), pool.rewards(), pool.commission())
}

/// The version that is expected.
#[test_only]
public fun version_for_testing(): u64 { VERSION }

/// Puts the state back to another version, as if an older package had created it.
#[test_only]
public fun set_version_for_testing(staking: &mut Staking, version: u64) {
    let inner: StakingInnerV1 = df::remove(&mut staking.id, staking.version);
    df::add(&mut staking.id, version, inner);
    staking.version = version;
}
