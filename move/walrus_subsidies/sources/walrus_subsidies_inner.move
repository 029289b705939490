/// The fund that subsidizes storage nodes, and how it is spent.
///
/// The fixed part goes to the commission of the nodes that served in the epoch before. The part by usage
/// tops up the rewards of every epoch by a share of what storage users have paid for it.
module walrus_subsidies::walrus_subsidies_inner;

use sui::bag::{Self, Bag};
use sui::balance::{Self, Balance};
use sui::clock::Clock;
use wal::wal::WAL;
use walrus::staking::Staking;
use walrus::system::System;
use walrus_subsidies::epoch_balance::{Self, EpochBalanceRingBuffer};

/// The rate by usage exceeds its maximum, or the fixed subsidy of a node would not fit 64 bits.
const EInvalidSubsidyRate: u64 = 0;
/// The fund is too small for the subsidies that are due.
const EInsufficientFundsInPool: u64 = 1;

/// Unit of rates: basis points.
const BASIS_POINTS: u64 = 10_000;
/// Largest rate by usage: a hundred times what users pay.
const MAX_SYSTEM_SUBSIDY_RATE: u32 = 1_000_000;
/// More shards than any node has, to bound its fixed subsidy.
const MAX_SHARDS: u128 = 1000;

/// The fund and its rates.
public struct WalrusSubsidiesInnerV1 has store {
    /// Share of the users' payments that is added to the rewards, in basis points.
    system_subsidy_rate: u32,
    /// The fund.
    subsidy_pool: Balance<WAL>,
    /// FROST for every node and epoch.
    base_subsidy: u64,
    /// FROST for every shard and epoch.
    subsidy_per_shard: u64,
    /// The last epoch in which the fixed subsidies were paid, for the epoch before it.
    latest_epoch: u32,
    /// Rewards of the coming epochs that need no further subsidy.
    already_subsidized_balances: EpochBalanceRingBuffer,
    /// When subsidies were paid last, in milliseconds.
    last_subsidized_ts: u64,
    /// Room for later versions.
    extra_fields: Bag,
}

/// An empty fund. What users have paid before is not subsidized.
public(package) fun new(
    system: &System,
    staking: &Staking,
    system_subsidy_rate: u32,
    base_subsidy: u64,
    subsidy_per_shard: u64,
    ctx: &mut TxContext,
): WalrusSubsidiesInnerV1 {
    assert!(system_subsidy_rate <= MAX_SYSTEM_SUBSIDY_RATE, EInvalidSubsidyRate);
    assert_fixed_subsidy(base_subsidy, subsidy_per_shard);
    let accounting = system.future_accounting();
    let balances = vector::tabulate!(
        accounting.max_epochs_ahead() as u64,
        |i| accounting.ring_lookup(i as u32).rewards(),
    );
    let epoch = staking.epoch();
    WalrusSubsidiesInnerV1 {
        system_subsidy_rate,
        subsidy_pool: balance::zero(),
        base_subsidy,
        subsidy_per_shard,
        latest_epoch: epoch.max(1) - 1,
        already_subsidized_balances: epoch_balance::new(epoch, balances),
        last_subsidized_ts: 0,
        extra_fields: bag::new(ctx),
    }
}

/// Adds to the fund.
public(package) fun add_balance(self: &mut WalrusSubsidiesInnerV1, balance: Balance<WAL>) {
    self.subsidy_pool.join(balance);
}

/// Sets the share of the users' payments that is added to the rewards, in basis points.
public(package) fun set_system_subsidy_rate(self: &mut WalrusSubsidiesInnerV1, rate: u32) {
    assert!(rate <= MAX_SYSTEM_SUBSIDY_RATE, EInvalidSubsidyRate);
    self.system_subsidy_rate = rate;
}

/// Sets the FROST for every node and epoch.
public(package) fun set_base_subsidy(self: &mut WalrusSubsidiesInnerV1, base_subsidy: u64) {
    assert_fixed_subsidy(base_subsidy, self.subsidy_per_shard);
    self.base_subsidy = base_subsidy;
}

/// Sets the FROST for every shard and epoch.
public(package) fun set_subsidy_per_shard(
    self: &mut WalrusSubsidiesInnerV1,
    subsidy_per_shard: u64,
) {
    assert_fixed_subsidy(self.base_subsidy, subsidy_per_shard);
    self.subsidy_per_shard = subsidy_per_shard;
}

/// Pays all subsidies that are due.
public(package) fun process_subsidies(
    self: &mut WalrusSubsidiesInnerV1,
    staking: &mut Staking,
    system: &mut System,
    clock: &Clock,
) {
    self.pay_fixed_subsidies(staking);
    self.pay_usage_subsidies(system);
    self.last_subsidized_ts = clock.timestamp_ms();
}

/// Pays the nodes of the previous committee, once in each epoch.
fun pay_fixed_subsidies(self: &mut WalrusSubsidiesInnerV1, staking: &mut Staking) {
    let epoch = staking.epoch();
    if (epoch <= self.latest_epoch) return;
    self.latest_epoch = epoch;
    let (node_ids, shards) = (*staking.previous_committee().inner()).into_keys_values();
    let commissions = shards.map!(|shards| {
        let subsidy = self.base_subsidy + shards.length() * self.subsidy_per_shard;
        self.withdraw(subsidy)
    });
    staking.add_commission_to_pools(node_ids, commissions);
}

/// Tops up the rewards of every epoch in proportion to what was added since the last time.
fun pay_usage_subsidies(self: &mut WalrusSubsidiesInnerV1, system: &mut System) {
    self.already_subsidized_balances.advance_to(system.epoch());
    let rate = self.system_subsidy_rate as u128;
    let subsidies = vector::tabulate!(self.already_subsidized_balances.length() as u64, |i| {
        let slot = i as u32;
        let rewards = system.future_accounting().ring_lookup(slot).rewards();
        let already = self.already_subsidized_balances.balance(slot);
        let added = rewards.max(already) - already;
        let subsidy = ((added as u128) * rate / (BASIS_POINTS as u128)) as u64;
        self.already_subsidized_balances.set_balance(slot, rewards + subsidy);
        self.withdraw(subsidy)
    });
    system.add_per_epoch_subsidies(subsidies);
}

fun withdraw(self: &mut WalrusSubsidiesInnerV1, amount: u64): Balance<WAL> {
    assert!(self.subsidy_pool.value() >= amount, EInsufficientFundsInPool);
    self.subsidy_pool.split(amount)
}

fun assert_fixed_subsidy(base_subsidy: u64, subsidy_per_shard: u64) {
    let largest = (base_subsidy as u128) + MAX_SHARDS * (subsidy_per_shard as u128);
    assert!(largest <= (std::u64::max_value!() as u128), EInvalidSubsidyRate);
}

// === Tests ===

/// FROST in the fund.
#[test_only]
public fun subsidy_pool_value(self: &WalrusSubsidiesInnerV1): u64 {
    self.subsidy_pool.value()
}

/// When subsidies were paid last, in milliseconds.
#[test_only]
public fun last_subsidized_ts(self: &WalrusSubsidiesInnerV1): u64 {
    self.last_subsidized_ts
}
