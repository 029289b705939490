/// The staking pool of one storage node: stake, rewards, commission and the node's votes.
///
/// Stakers own shares of the pool. Nobody stores a number of shares: it follows from the principal
/// and the exchange rate at the activation epoch. `wal_balance` and `num_shares` count only stake
/// that backs the node in the current epoch, including its rewards; everything that changes at a
/// later boundary waits in a `PendingValues`. The principal is in the stakers' objects, the rewards
/// are in `rewards_pool`.
///
/// The pool advances at the boundary into each epoch for which its node is or was in the committee.
module walrus::staking_pool;

use std::string::String;
use sui::bag::{Self, Bag};
use sui::balance::{Self, Balance};
use sui::bls12381::UncompressedG1;
use sui::group_ops::Element;
use sui::table::{Self, Table};
use wal::wal::WAL;
use walrus::auth::{Self, Authenticated, Authorized};
use walrus::messages;
use walrus::node_metadata::NodeMetadata;
use walrus::operator_bond::{Self, OperatorBond};
use walrus::penalty_ledger::Penalty;
use walrus::pending_values::{Self, PendingValues};
use walrus::pool_exchange_rate::{Self, PoolExchangeRate};
use walrus::slash_index::{Self, SlashIndex};
use walrus::staked_wal::{Self, StakedWal};
use walrus::storage_node::{Self, StorageNodeCap, StorageNodeInfo};
use walrus::walrus_context::WalrusContext;

/// The pool has already advanced to this epoch.
const EPoolAlreadyUpdated: u64 = 0;
/// More is withdrawn than the pool holds.
const ECalculationError: u64 = 1;
/// Rewards for a pool that backs no node.
const EIncorrectEpochAdvance: u64 = 2;
/// The pool still has stake, rewards or commission.
const EPoolNotEmpty: u64 = 3;
/// The proof of possession does not verify for this key, sender and epoch.
const EInvalidProofOfPossession: u64 = 4;
/// The pool is already being closed.
const EPoolAlreadyWithdrawing: u64 = 5;
/// The pool does not accept stake.
const EPoolIsNotActive: u64 = 6;
/// Nothing to stake.
const EZeroStake: u64 = 7;
/// The withdrawal was requested before.
const ENotStaked: u64 = 8;
/// The stake is of another pool.
const EIncorrectPoolId: u64 = 9;
/// The withdrawal must be requested first.
const ENotWithdrawing: u64 = 10;
/// The stake is not payable yet.
const EWithdrawEpochNotReached: u64 = 11;
/// The stake is not active yet.
const EActivationEpochNotReached: u64 = 12;
/// The stake backs no committee and is withdrawn without a request.
const EWithdrawDirectly: u64 = 13;
/// A commission rate above 100 %.
const EIncorrectCommissionRate: u64 = 14;
/// The caller does not have the right.
const EAuthorizationFailure: u64 = 15;
/// The network address is too long.
const EInvalidNetworkAddressLength: u64 = 16;
/// The name is too long.
const EInvalidNameLength: u64 = 17;
/// The stake is worth less than one share.
const EZeroShares: u64 = 18;

/// Denominator of rates: basis points.
const N_BASIS_POINTS: u16 = 100_00;
/// Longest name, in bytes.
const MAX_NAME_LENGTH_BYTES: u64 = 100;
/// Longest network address: a host name of 253 characters, a colon and a port.
const MAX_NETWORK_ADDRESS_LENGTH_BYTES: u64 = 259;
/// Epochs from setting a commission rate to its being in force.
const COMMISSION_RATE_DELAY_EPOCHS: u32 = 2;
/// With fewer shares than this a pool starts anew. They are rounding dust: if it stayed, it would
/// collect the rewards of later stake until one share is worth more than whole stakes.
const MIN_SHARES: u64 = 1_000;

/// Whether a pool accepts stake.
public enum PoolState has copy, drop, store {
    /// Accepts stake.
    Active,
    /// Is closed from the given epoch on.
    Withdrawing(u32),
    /// Closed.
    Withdrawn,
}

/// What the node votes for.
public struct VotingParams has copy, drop, store {
    /// FROST per storage unit and epoch.
    storage_price: u64,
    /// FROST per storage unit written.
    write_price: u64,
    /// Bytes that the node can store.
    node_capacity: u64,
}

/// Key in `extra_fields` of the commission that cannot be collected yet.
public struct NewEpochCommissionBlockedForCollection() has copy, drop, store;

/// Key in `extra_fields` of what is left of stakes after penalties; absent if there was none.
public struct SlashIndexKey() has copy, drop, store;

/// Key in `extra_fields` of the operator's deposit; absent if there is none.
public struct OperatorBondKey() has copy, drop, store;

/// Key in `extra_fields` of the sum of the principals of all stakes that are not paid out.
public struct OutstandingKey() has copy, drop, store;

/// A storage node with its stake. The object ID is the node ID.
public struct StakingPool has key, store {
    /// The node's ID.
    id: UID,
    /// Whether the pool accepts stake.
    state: PoolState,
    /// What the node votes for.
    voting_params: VotingParams,
    /// Identity, address and keys of the node.
    node_info: StorageNodeInfo,
    /// First epoch in which the pool can have active stake.
    activation_epoch: u32,
    /// Last epoch that the pool advanced to.
    latest_epoch: u32,
    /// Active stake with its rewards, in FROST.
    wal_balance: u64,
    /// Shares of the active stake.
    num_shares: u64,
    /// Shares that leave, by the epoch from which they are payable.
    pending_shares_withdraw: PendingValues,
    /// Principals that leave, by the epoch from which they are payable, of stake whose withdrawal
    /// was requested before its activation.
    pre_active_withdrawals: PendingValues,
    /// Commission rates, by the epoch from which they are in force.
    pending_commission_rate: PendingValues,
    /// Part of the rewards that goes to the operator, in basis points.
    commission_rate: u16,
    /// Exchange rates at the boundaries at which the pool advanced.
    exchange_rates: Table<u32, PoolExchangeRate>,
    /// Principals that become active, by epoch.
    pending_stake: PendingValues,
    /// Rewards of the stakers that are not paid out yet.
    rewards_pool: Balance<WAL>,
    /// Rewards of the operator that are not paid out yet.
    commission: Balance<WAL>,
    /// Who may collect the commission.
    commission_receiver: Authorized,
    /// Who votes on upgrades and slashing.
    governance_authorized: Authorized,
    /// State that was added later.
    extra_fields: Bag,
}

// === Creation and end ===

/// A pool without stake, and the capability of its operator. The sender gets the governance right,
/// the holder of the capability the commission.
public(package) fun new(
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
    wctx: &WalrusContext,
    ctx: &mut TxContext,
): (StakingPool, StorageNodeCap) {
    check_proof_of_possession(public_key, proof_of_possession, wctx, ctx);
    check_name(&name);
    check_network_address(&network_address);
    check_commission_rate(commission_rate);

    let id = object::new(ctx);
    let node_id = id.to_inner();
    let cap = storage_node::new_cap(node_id, ctx);
    let activation_epoch = wctx.epoch() + if (wctx.committee_selected()) 1 else 0;
    let mut exchange_rates = table::new(ctx);
    exchange_rates.add(activation_epoch, pool_exchange_rate::flat());
    let pool = StakingPool {
        id,
        state: PoolState::Active,
        voting_params: VotingParams { storage_price, write_price, node_capacity },
        node_info: storage_node::new(
            name,
            node_id,
            network_address,
            public_key,
            network_public_key,
            metadata,
            ctx,
        ),
        activation_epoch,
        latest_epoch: wctx.epoch(),
        wal_balance: 0,
        num_shares: 0,
        pending_shares_withdraw: pending_values::empty(),
        pre_active_withdrawals: pending_values::empty(),
        pending_commission_rate: pending_values::empty(),
        commission_rate,
        exchange_rates,
        pending_stake: pending_values::empty(),
        rewards_pool: balance::zero(),
        commission: balance::zero(),
        commission_receiver: auth::authorized_object(object::id(&cap)),
        governance_authorized: auth::authorized_address(ctx.sender()),
        extra_fields: bag::new(ctx),
    };
    (pool, cap)
}

/// Closes the pool for stake. No public function does this: a pool without stake is harmless, and
/// clients rely on being able to load the pools of past committees.
public(package) fun set_withdrawing(self: &mut StakingPool, wctx: &WalrusContext) {
    assert!(self.is_active(), EPoolAlreadyWithdrawing);
    self.state = PoolState::Withdrawing(wctx.activation_epoch());
}

/// Deletes a pool that nobody has a claim on. No public function does this.
public(package) fun destroy_empty(self: StakingPool) {
    assert!(
        self.wal_balance == 0
            && self.num_shares == 0
            && self.pending_stake.is_empty()
            && self.rewards_pool.value() == 0
            && self.commission.value() == 0,
        EPoolNotEmpty,
    );
    let StakingPool { id, node_info, exchange_rates, rewards_pool, commission, mut extra_fields, .. } =
        self;
    id.delete();
    node_info.destroy();
    exchange_rates.drop();
    rewards_pool.destroy_zero();
    commission.destroy_zero();
    let blocked_key = NewEpochCommissionBlockedForCollection();
    if (extra_fields.contains(blocked_key)) {
        let _: u64 = extra_fields.remove(blocked_key);
    };
    if (extra_fields.contains(OutstandingKey())) {
        let _: u64 = extra_fields.remove(OutstandingKey());
    };
    extra_fields.destroy_empty();
}

// === Staking ===

/// Stakes `principal`. The stake becomes active with the next committee that is not selected yet.
public(package) fun stake(
    self: &mut StakingPool,
    principal: Balance<WAL>,
    wctx: &WalrusContext,
    ctx: &mut TxContext,
): StakedWal {
    assert!(self.is_active() && !self.is_depreciated(), EPoolIsNotActive);
    assert!(principal.value() > 0, EZeroStake);
    let activation_epoch = wctx.activation_epoch();
    let staked_wal = staked_wal::mint(self.id.to_inner(), principal, activation_epoch, ctx);
    self.pending_stake.insert_or_add(activation_epoch, staked_wal.value());
    let outstanding = self.outstanding() + staked_wal.value();
    self.set_outstanding(outstanding);
    staked_wal
}

/// Whether the stake has never backed a committee and backs no selected one, so that it can be
/// withdrawn without waiting.
public(package) fun can_withdraw_early(staked_wal: &StakedWal, wctx: &WalrusContext): bool {
    let activation_epoch = staked_wal.activation_epoch();
    staked_wal.is_staked()
        && (
            activation_epoch == wctx.epoch() + 2
                || (activation_epoch == wctx.epoch() + 1 && !wctx.in_next_committee()),
        )
}

/// Announces a withdrawal. The stake backs the node, and earns, as long as the node is committed to
/// a committee with it.
public(package) fun request_withdraw_stake(
    self: &mut StakingPool,
    staked_wal: &mut StakedWal,
    wctx: &WalrusContext,
) {
    assert!(staked_wal.is_staked(), ENotStaked);
    assert!(staked_wal.node_id() == self.id.to_inner(), EIncorrectPoolId);
    assert!(!can_withdraw_early(staked_wal, wctx), EWithdrawDirectly);

    let principal = staked_wal.value();
    let activation_epoch = staked_wal.activation_epoch();
    if (activation_epoch > wctx.epoch()) {
        // Not active yet, but counted when the next committee was selected: it cannot leave before
        // that committee does. The rate at which it becomes shares is not known yet.
        assert!(
            activation_epoch == wctx.epoch() + 1 && wctx.in_next_committee(),
            EActivationEpochNotReached,
        );
        let withdraw_epoch = activation_epoch + 1;
        self.pre_active_withdrawals.insert_or_add(withdraw_epoch, principal);
        staked_wal.set_withdrawing(withdraw_epoch);
    } else {
        assert!(wctx.in_committee() || wctx.in_next_committee(), EWithdrawDirectly);
        let withdraw_epoch = wctx.epoch() + if (wctx.in_next_committee()) 2 else 1;
        self.schedule_share_withdrawal(principal, activation_epoch, withdraw_epoch);
        staked_wal.set_withdrawing(withdraw_epoch);
    }
}

/// Pays out stake: principal and rewards, less what penalties took. Returns the payout, and what is lost
/// to penalties.
public(package) fun withdraw_stake(
    self: &mut StakingPool,
    staked_wal: StakedWal,
    wctx: &WalrusContext,
): (Balance<WAL>, Balance<WAL>) {
    assert!(staked_wal.node_id() == self.id.to_inner(), EIncorrectPoolId);

    let principal = staked_wal.value();
    let outstanding = self.outstanding() - principal;
    self.set_outstanding(outstanding);
    let activation_epoch = staked_wal.activation_epoch();
    if (can_withdraw_early(&staked_wal, wctx)) {
        self.pending_stake.reduce(activation_epoch, principal);
        return (staked_wal.into_balance(), self.sweep_surplus())
    };

    let withdraw_epoch = if (
        staked_wal.is_staked() && !wctx.in_committee() && !wctx.in_next_committee()
    ) {
        assert!(activation_epoch <= wctx.epoch(), EActivationEpochNotReached);
        // The pool does not advance as long as its node is in no committee: the shares leave when
        // it advances next, at the rate of today.
        self.schedule_share_withdrawal(principal, activation_epoch, wctx.epoch());
        wctx.epoch()
    } else {
        assert!(staked_wal.is_withdrawing(), ENotWithdrawing);
        assert!(staked_wal.withdraw_epoch() <= wctx.epoch(), EWithdrawEpochNotReached);
        assert!(activation_epoch <= wctx.epoch(), EActivationEpochNotReached);
        staked_wal.withdraw_epoch()
    };

    let mut payout = staked_wal.into_balance();
    let worth = self.worth(principal, activation_epoch, withdraw_epoch);
    let mut lost = if (worth < principal) {
        payout.split(principal - worth)
    } else {
        // Claims are rounded at different times than the pool's totals; the difference is dust.
        let rewards = (worth - principal).min(self.rewards_pool.value());
        payout.join(self.rewards_pool.split(rewards));
        balance::zero()
    };
    lost.join(self.sweep_surplus());
    (payout, lost)
}

/// What stake is worth that is active from one epoch until another. Rounding never takes from the
/// principal, only penalties do.
fun worth(self: &StakingPool, principal: u64, activation_epoch: u32, withdraw_epoch: u32): u64 {
    let claim = self.claim(principal, activation_epoch, withdraw_epoch);
    let remaining = if (self.extra_fields.contains(SlashIndexKey())) {
        let index: &SlashIndex = &self.extra_fields[SlashIndexKey()];
        index.remaining(principal, activation_epoch, withdraw_epoch)
    } else {
        principal
    };
    claim.max(remaining)
}

/// The stake's part of the pool, in FROST.
public(package) fun claim(
    self: &StakingPool,
    principal: u64,
    activation_epoch: u32,
    withdraw_epoch: u32,
): u64 {
    let shares = self.exchange_rate_at(activation_epoch).convert_to_share_amount(principal);
    self.exchange_rate_at(withdraw_epoch).convert_to_wal_amount(shares)
}

/// What penalties left over in the rewards when the last stake is paid out.
fun sweep_surplus(self: &mut StakingPool): Balance<WAL> {
    if (self.outstanding() == 0 && self.extra_fields.contains(SlashIndexKey())) {
        self.rewards_pool.withdraw_all()
    } else {
        balance::zero()
    }
}

/// Rewards of stake that is active from `activation_epoch` until `withdraw_epoch`.
public(package) fun calculate_rewards(
    self: &StakingPool,
    principal: u64,
    activation_epoch: u32,
    withdraw_epoch: u32,
): u64 {
    let claim = self.claim(principal, activation_epoch, withdraw_epoch);
    if (claim > principal) claim - principal else 0
}

fun schedule_share_withdrawal(
    self: &mut StakingPool,
    principal: u64,
    activation_epoch: u32,
    withdraw_epoch: u32,
) {
    let shares = self.exchange_rate_at(activation_epoch).convert_to_share_amount(principal);
    // Stake without shares would leave without the pool noticing and shift the rate for all others.
    assert!(shares > 0, EZeroShares);
    self.pending_shares_withdraw.insert_or_add(withdraw_epoch, shares);
}

// === Epoch change ===

/// Advances the pool into `new_epoch` with the rewards of the epoch that ends, and puts the BLS key
/// in force with which the node was selected, if it was.
///
/// The order matters: rewards belong to the stake of the ended epoch, penalties come before the rate, the
/// rate is fixed before any stake comes or goes, and stake is added before any is taken off, since what
/// is withdrawn may have become active at this very boundary.
public(package) fun advance_epoch(
    self: &mut StakingPool,
    rewards: Balance<WAL>,
    selected_key: Option<Element<UncompressedG1>>,
    new_epoch: u32,
) {
    self.credit_rewards(rewards, new_epoch);
    self.complete_advance(selected_key);
}

/// First part of the advance: the rewards of the epoch that ends.
public(package) fun credit_rewards(
    self: &mut StakingPool,
    mut rewards: Balance<WAL>,
    new_epoch: u32,
) {
    assert!(new_epoch > self.latest_epoch, EPoolAlreadyUpdated);
    assert!(rewards.value() == 0 || self.wal_balance > 0, EIncorrectEpochAdvance);

    let commission =
        (rewards.value() as u128) * (self.commission_rate as u128) / (N_BASIS_POINTS as u128);
    self.add_commission(rewards.split(commission as u64), true);
    // The rewards of the ended epoch were subject to the previous rate.
    self.pending_commission_rate.flush_latest(new_epoch).do!(|rate| {
        self.commission_rate = rate as u16;
    });
    self.wal_balance = self.wal_balance + rewards.value();
    self.rewards_pool.join(rewards);
    self.latest_epoch = new_epoch;
}

/// Second part of the advance, if the node did not do its duty: the operator's commission and deposit are
/// seized, and the stake shrinks by what they do not cover, at least by a part of it, so that stakers care
/// whom they back. Returns what is to be burned, what is for the challengers, and what the stake lost.
public(package) fun apply_penalty(
    self: &mut StakingPool,
    penalty: &Penalty,
    spare_stakers: bool,
): (Balance<WAL>, Balance<WAL>, u64) {
    let loss = penalty.loss(self.wal_balance);
    let mut seized = self.take_commission(loss);
    if (self.extra_fields.contains(OperatorBondKey())) {
        let bond: &mut OperatorBond = &mut self.extra_fields[OperatorBondKey()];
        let uncovered = loss - seized.value();
        seized.join(bond.seize(uncovered));
    };
    let principal_loss = if (spare_stakers) 0
    else (loss - seized.value()).max(penalty.least_principal_loss(loss));
    if (principal_loss > 0) {
        let wal_before = self.wal_balance;
        self.wal_balance = wal_before - principal_loss;
        if (!self.extra_fields.contains(SlashIndexKey())) {
            self.extra_fields.add(SlashIndexKey(), slash_index::new());
        };
        let index: &mut SlashIndex = &mut self.extra_fields[SlashIndexKey()];
        index.lower(self.latest_epoch, self.wal_balance, wal_before);
    };
    let bounty_value = penalty.bounty(seized.value());
    let bounty = seized.split(bounty_value);
    (seized, bounty, principal_loss)
}

/// Last part of the advance: the rate, and the stake that comes and goes.
public(package) fun complete_advance(
    self: &mut StakingPool,
    selected_key: Option<Element<UncompressedG1>>,
) {
    let new_epoch = self.latest_epoch;
    selected_key.do!(|key| self.node_info.rotate_public_key(key));

    let rate = self.current_rate();
    self.exchange_rates.add(new_epoch, rate);

    self.wal_balance = self.wal_balance + self.pending_stake.flush(new_epoch);
    let leaving_shares = self.leaving_shares(new_epoch);
    self.pending_shares_withdraw.flush(new_epoch);
    self.pre_active_withdrawals.flush(new_epoch);
    let leaving_wal = rate.convert_to_wal_amount(leaving_shares);
    assert!(self.wal_balance >= leaving_wal, ECalculationError);
    self.wal_balance = self.wal_balance - leaving_wal;
    self.num_shares = rate.convert_to_share_amount(self.wal_balance);
    if (self.num_shares < MIN_SHARES) {
        self.num_shares = 0;
        self.wal_balance = 0;
    }
}

/// The stake that will back the node in `epoch`, as far as it is known now. Dust counts as nothing, with
/// a margin for the rounding of the boundary: otherwise a node could be selected whose pool then starts
/// anew without stake, and could not take the rewards of its epoch.
public(package) fun wal_balance_at_epoch(self: &StakingPool, epoch: u32): u64 {
    let rate = self.current_rate();
    let leaving_wal = rate.convert_to_wal_amount(self.leaving_shares(epoch));
    let wal_balance = self.wal_balance + self.pending_stake.value_at(epoch);
    if (wal_balance <= leaving_wal) return 0;
    let remaining = wal_balance - leaving_wal;
    if (rate.convert_to_share_amount(remaining) < 2 * MIN_SHARES) 0 else remaining
}

/// All shares that leave up to `epoch`.
fun leaving_shares(self: &StakingPool, epoch: u32): u64 {
    let mut shares = self.pending_shares_withdraw.value_at(epoch);
    let pre_active = self.pre_active_withdrawals.inner();
    pre_active.length().do!(|i| {
        let (withdraw_epoch, principal) = pre_active.get_entry_by_idx(i);
        if (*withdraw_epoch <= epoch) {
            // This stake was active for exactly one epoch.
            let rate = self.exchange_rate_at(*withdraw_epoch - 1);
            shares = shares + rate.convert_to_share_amount(*principal);
        }
    });
    shares
}

/// The exchange rate in `epoch`.
///
/// A pool whose node is in no committee does not advance and records nothing. In such an epoch the
/// rate is what the pool was left with, which is also what it records when it advances the next
/// time: the next entry, or the current totals if there is none. (The entry before would be off by
/// the rounding of the last boundary, which a large stake can turn into more shares than the pool
/// has.)
public(package) fun exchange_rate_at(self: &StakingPool, epoch: u32): PoolExchangeRate {
    if (epoch < self.activation_epoch) return pool_exchange_rate::flat();
    let mut epoch = epoch;
    while (epoch <= self.latest_epoch) {
        if (self.exchange_rates.contains(epoch)) return self.exchange_rates[epoch];
        epoch = epoch + 1;
    };
    self.current_rate()
}

fun current_rate(self: &StakingPool): PoolExchangeRate {
    pool_exchange_rate::new(self.wal_balance, self.num_shares)
}

// === Commission ===

/// Adds to the commission. A blocked amount cannot be collected until it is released.
public(package) fun add_commission(
    self: &mut StakingPool,
    commission: Balance<WAL>,
    blocked: bool,
) {
    if (blocked && commission.value() > 0) {
        let key = NewEpochCommissionBlockedForCollection();
        if (self.extra_fields.contains(key)) {
            let amount: &mut u64 = &mut self.extra_fields[key];
            *amount = *amount + commission.value();
        } else {
            self.extra_fields.add(key, commission.value());
        }
    };
    self.commission.join(commission);
}

/// Lets all commission be collected.
public(package) fun release_commission(self: &mut StakingPool) {
    let key = NewEpochCommissionBlockedForCollection();
    if (self.extra_fields.contains(key)) {
        let _: u64 = self.extra_fields.remove(key);
    }
}

/// Commission that cannot be collected yet.
public(package) fun blocked_commission(self: &StakingPool): u64 {
    let key = NewEpochCommissionBlockedForCollection();
    if (self.extra_fields.contains(key)) self.extra_fields[key] else 0
}

/// Pays out the commission that is not blocked to whoever has the right to it.
public(package) fun collect_commission(
    self: &mut StakingPool,
    authenticated: Authenticated,
): Balance<WAL> {
    assert!(authenticated.matches(&self.commission_receiver), EAuthorizationFailure);
    let total = self.commission.value();
    let blocked = self.blocked_commission();
    self.commission.split(if (total > blocked) total - blocked else 0)
}

/// Takes all commission, blocked or not.
public(package) fun seize_commission(self: &mut StakingPool): Balance<WAL> {
    self.release_commission();
    self.commission.withdraw_all()
}

/// Takes up to `amount` of the commission, the blocked part last.
fun take_commission(self: &mut StakingPool, amount: u64): Balance<WAL> {
    let available = self.commission.value();
    let taken = self.commission.split(amount.min(available));
    let key = NewEpochCommissionBlockedForCollection();
    if (self.extra_fields.contains(key)) {
        let blocked: &mut u64 = &mut self.extra_fields[key];
        *blocked = (*blocked).min(self.commission.value());
    };
    taken
}

// === Deposit of the operator ===

/// Adds to the operator's deposit.
public(package) fun add_operator_bond(self: &mut StakingPool, funds: Balance<WAL>) {
    if (!self.extra_fields.contains(OperatorBondKey())) {
        self.extra_fields.add(OperatorBondKey(), operator_bond::new());
    };
    self.operator_bond_mut().deposit(funds);
}

/// Announces that the operator's deposit is to be taken back; the receiver of the commission can.
public(package) fun request_operator_bond_release(
    self: &mut StakingPool,
    authenticated: Authenticated,
    wctx: &WalrusContext,
) {
    assert!(authenticated.matches(&self.commission_receiver), EAuthorizationFailure);
    self.operator_bond_mut().request_release(wctx.epoch());
}

/// Takes the operator's deposit back; the receiver of the commission can.
public(package) fun withdraw_operator_bond(
    self: &mut StakingPool,
    authenticated: Authenticated,
    wctx: &WalrusContext,
): Balance<WAL> {
    assert!(authenticated.matches(&self.commission_receiver), EAuthorizationFailure);
    self.operator_bond_mut().withdraw(wctx.epoch())
}

/// The operator's deposit in FROST.
public(package) fun operator_bond(self: &StakingPool): u64 {
    if (self.extra_fields.contains(OperatorBondKey())) {
        let bond: &OperatorBond = &self.extra_fields[OperatorBondKey()];
        bond.value()
    } else {
        0
    }
}

fun operator_bond_mut(self: &mut StakingPool): &mut OperatorBond {
    &mut self.extra_fields[OperatorBondKey()]
}

/// Schedules a commission rate. Replaces one that was scheduled in the same epoch.
public(package) fun set_next_commission(
    self: &mut StakingPool,
    commission_rate: u16,
    wctx: &WalrusContext,
) {
    check_commission_rate(commission_rate);
    let epoch = wctx.epoch() + COMMISSION_RATE_DELAY_EPOCHS;
    self.pending_commission_rate.insert_or_replace(epoch, commission_rate as u64);
}

// === Rights ===

/// Passes the right to the commission on; only its current holder can.
public(package) fun set_commission_receiver(
    self: &mut StakingPool,
    authenticated: Authenticated,
    receiver: Authorized,
) {
    assert!(authenticated.matches(&self.commission_receiver), EAuthorizationFailure);
    self.commission_receiver = receiver;
}

/// Passes the governance right on; only its current holder can.
public(package) fun set_governance_authorized(
    self: &mut StakingPool,
    authenticated: Authenticated,
    authorized: Authorized,
) {
    assert!(authenticated.matches(&self.governance_authorized), EAuthorizationFailure);
    self.governance_authorized = authorized;
}

// === Properties of the node ===

/// Replaces the vote for the storage price.
public(package) fun set_storage_price_vote(self: &mut StakingPool, storage_price: u64) {
    self.voting_params.storage_price = storage_price;
}

/// Replaces the vote for the write price.
public(package) fun set_write_price_vote(self: &mut StakingPool, write_price: u64) {
    self.voting_params.write_price = write_price;
}

/// Replaces the vote for the capacity.
public(package) fun set_node_capacity_vote(self: &mut StakingPool, node_capacity: u64) {
    self.voting_params.node_capacity = node_capacity;
}

/// Replaces the name of the node.
public(package) fun set_name(self: &mut StakingPool, name: String) {
    check_name(&name);
    self.node_info.set_name(name);
}

/// Replaces host and port of the node.
public(package) fun set_network_address(self: &mut StakingPool, network_address: String) {
    check_network_address(&network_address);
    self.node_info.set_network_address(network_address);
}

/// Replaces the TLS key of the node.
public(package) fun set_network_public_key(
    self: &mut StakingPool,
    network_public_key: vector<u8>,
) {
    self.node_info.set_network_public_key(network_public_key);
}

/// Replaces what the node tells about itself.
public(package) fun set_node_metadata(self: &mut StakingPool, metadata: NodeMetadata) {
    self.node_info.set_node_metadata(metadata);
}

/// Announces the BLS key with which the node takes part in the next selection.
public(package) fun set_next_public_key(
    self: &mut StakingPool,
    public_key: vector<u8>,
    proof_of_possession: vector<u8>,
    wctx: &WalrusContext,
    ctx: &TxContext,
) {
    check_proof_of_possession(public_key, proof_of_possession, wctx, ctx);
    self.node_info.set_next_public_key(public_key);
}

// === Views ===

/// Whether the pool accepts stake.
public(package) fun is_active(self: &StakingPool): bool { self.state == PoolState::Active }

/// Whether penalties took so much that a share is worth less than half a FROST. Such a pool takes no new
/// stake, which keeps the number of shares within 64 bits.
public(package) fun is_depreciated(self: &StakingPool): bool {
    (self.wal_balance as u128) * 2 < (self.num_shares as u128)
}

/// Sum of the principals of all stakes that are not paid out.
public(package) fun outstanding(self: &StakingPool): u64 {
    if (self.extra_fields.contains(OutstandingKey())) self.extra_fields[OutstandingKey()] else 0
}

fun set_outstanding(self: &mut StakingPool, outstanding: u64) {
    if (self.extra_fields.contains(OutstandingKey())) {
        *(&mut self.extra_fields[OutstandingKey()]) = outstanding;
    } else {
        self.extra_fields.add(OutstandingKey(), outstanding);
    }
}

/// Node ID, which is the object ID of the pool.
public(package) fun node_id(self: &StakingPool): ID { self.id.to_inner() }

/// Identity, address and keys of the node.
public(package) fun node_info(self: &StakingPool): &StorageNodeInfo { &self.node_info }

/// First epoch in which the pool can have active stake.
public(package) fun activation_epoch(self: &StakingPool): u32 { self.activation_epoch }

/// Last epoch that the pool advanced to.
public(package) fun latest_epoch(self: &StakingPool): u32 { self.latest_epoch }

/// Active stake with its rewards, in FROST.
public(package) fun wal_balance(self: &StakingPool): u64 { self.wal_balance }

/// Shares of the active stake.
public(package) fun num_shares(self: &StakingPool): u64 { self.num_shares }

/// Part of the rewards that goes to the operator, in basis points.
public(package) fun commission_rate(self: &StakingPool): u16 { self.commission_rate }

/// Rewards of the operator that are not paid out yet, blocked ones included.
public(package) fun commission(self: &StakingPool): u64 { self.commission.value() }

/// Rewards of the stakers that are not paid out yet.
public(package) fun rewards(self: &StakingPool): u64 { self.rewards_pool.value() }

/// Who may collect the commission.
public(package) fun commission_receiver(self: &StakingPool): &Authorized {
    &self.commission_receiver
}

/// Who votes on upgrades and slashing.
public(package) fun governance_authorized(self: &StakingPool): &Authorized {
    &self.governance_authorized
}

/// Vote for the storage price.
public(package) fun storage_price_vote(self: &StakingPool): u64 {
    self.voting_params.storage_price
}

/// Vote for the write price.
public(package) fun write_price_vote(self: &StakingPool): u64 { self.voting_params.write_price }

/// Bytes that the node can store.
public(package) fun node_capacity_vote(self: &StakingPool): u64 {
    self.voting_params.node_capacity
}

// === Checks ===

fun check_proof_of_possession(
    public_key: vector<u8>,
    proof_of_possession: vector<u8>,
    wctx: &WalrusContext,
    ctx: &TxContext,
) {
    let statement = messages::new_proof_of_possession_msg(wctx.epoch(), ctx.sender(), public_key);
    assert!(
        statement.verify_proof_of_possession(proof_of_possession),
        EInvalidProofOfPossession,
    );
}

fun check_name(name: &String) {
    assert!(name.length() <= MAX_NAME_LENGTH_BYTES, EInvalidNameLength);
}

fun check_network_address(network_address: &String) {
    assert!(
        network_address.length() <= MAX_NETWORK_ADDRESS_LENGTH_BYTES,
        EInvalidNetworkAddressLength,
    );
}

fun check_commission_rate(commission_rate: u16) {
    assert!(commission_rate <= N_BASIS_POINTS, EIncorrectCommissionRate);
}
