/// Shared set-up of the staking tests: pools of their own, and a small world with all shared objects.
#[test_only]
module walrus::staking_fixture;

use std::unit_test::destroy;
use sui::clock::{Self, Clock};
use sui::coin::{Self, Coin};
use sui::test_scenario::{Self, Scenario};
use wal::wal::{Self, ProtectedTreasury, WAL};
use walrus::bls_keys;
use walrus::node_metadata;
use walrus::staked_wal::StakedWal;
use walrus::staking::{Self, Staking};
use walrus::staking_pool::{Self, StakingPool};
use walrus::storage_node::StorageNodeCap;
use walrus::system::{Self, System};
use walrus::walrus_context;

/// Duration of epoch 0 in the world.
const EPOCH_ZERO_DURATION_MS: u64 = 100_000;
/// Duration of the other epochs in the world.
const EPOCH_DURATION_MS: u64 = 1_000_000;
/// Commission rate of nodes if nothing else is said, in basis points.
const COMMISSION_RATE: u16 = 10_00;

/// FROST in one WAL.
public fun frost_per_wal(): u64 { 1_000_000_000 }

/// Duration of epoch 0 in the world.
public fun epoch_zero_duration_ms(): u64 { EPOCH_ZERO_DURATION_MS }

/// Duration of the other epochs in the world.
public fun epoch_duration_ms(): u64 { EPOCH_DURATION_MS }

/// A transaction of the sender to whom the proofs of possession are bound.
public fun context(): TxContext {
    tx_context::new_from_hint(bls_keys::sender(), 0, 0, 0, 0)
}

/// A network key.
public fun network_key(): vector<u8> { vector::tabulate!(33, |i| i as u8) }

/// A pool of its own, created in epoch 0, and its capability.
public fun pool(ctx: &mut TxContext): (StakingPool, StorageNodeCap) {
    pool_with_commission(COMMISSION_RATE, ctx)
}

/// A pool of its own with the given commission rate.
public fun pool_with_commission(
    commission_rate: u16,
    ctx: &mut TxContext,
): (StakingPool, StorageNodeCap) {
    staking_pool::new(
        b"node".to_string(),
        b"127.0.0.1:9185".to_string(),
        node_metadata::default(),
        bls_keys::public_key(0),
        network_key(),
        bls_keys::proof(0, 0),
        commission_rate,
        5,
        7,
        1 << 40,
        &walrus_context::new(0, false, false, false),
        ctx,
    )
}

/// A coin out of nothing.
public fun mint(amount: u64, ctx: &mut TxContext): Coin<WAL> {
    coin::mint_for_testing(amount, ctx)
}

/// All shared objects, with the capabilities of the registered nodes.
public struct World {
    scenario: Scenario,
    clock: Clock,
    staking: Staking,
    system: System,
    treasury: ProtectedTreasury,
    caps: vector<StorageNodeCap>,
}

/// Epoch 0 at time 0, without nodes.
public fun new(n_shards: u16): World {
    let mut scenario = test_scenario::begin(bls_keys::sender());
    let ctx = scenario.ctx();
    wal::init_for_testing(ctx);
    let clock = clock::create_for_testing(ctx);
    staking::create(
        EPOCH_ZERO_DURATION_MS,
        EPOCH_DURATION_MS,
        n_shards,
        object::id_from_address(@walrus),
        &clock,
        ctx,
    );
    let system = system::new_for_testing(52, ctx);
    scenario.next_tx(bls_keys::sender());
    let staking = scenario.take_shared<Staking>();
    let treasury = scenario.take_shared<ProtectedTreasury>();
    World { scenario, clock, staking, system, treasury, caps: vector[] }
}

/// A world in epoch 1 whose nodes have staked the given amounts with themselves. Everybody has synced,
/// prices are 5 and 7 FROST, and half of the capacity is in use.
public fun with_committee(n_shards: u16, stakes: vector<u64>): (World, vector<StakedWal>) {
    let mut world = new(n_shards);
    let staked = stakes.map!(|amount| {
        let node = world.add_node();
        world.stake(node, amount)
    });
    world.next_epoch();
    world.use_storage(1 << 30);
    (world, staked)
}

/// Throws the world away.
public fun end(world: World) { destroy(world); }

// === Objects ===

/// The staking object.
public fun staking(world: &mut World): &mut Staking { &mut world.staking }

/// The system object.
public fun system(world: &mut World): &mut System { &mut world.system }

/// The treasury.
public fun treasury(world: &World): &ProtectedTreasury { &world.treasury }

/// The clock.
public fun clock(world: &mut World): &mut Clock { &mut world.clock }

/// The staking object with the capability of a node.
public fun staking_and_cap(world: &mut World, node: u64): (&mut Staking, &StorageNodeCap) {
    (&mut world.staking, &world.caps[node])
}

/// Staking and system object.
public fun staking_and_system(world: &mut World): (&mut Staking, &mut System) {
    (&mut world.staking, &mut world.system)
}

/// Node ID of a registered node.
public fun node_id(world: &World, node: u64): ID { world.caps[node].node_id() }

/// The pool of a registered node.
public fun pool_of(world: &World, node: u64): &StakingPool {
    world.staking.inner_for_testing().pool(world.caps[node].node_id())
}

/// Stake of a node as the active set has it.
public fun active_stake(world: &World, node_id: ID): u64 {
    world.staking.inner_for_testing().active_set().stake_of(node_id)
}

/// Transaction context.
public fun ctx(world: &mut World): &mut TxContext { world.scenario.ctx() }

/// Ends the transaction, and with it the list of its events.
public fun next_tx(world: &mut World) { world.scenario.next_tx(bls_keys::sender()); }

// === Actions ===

/// Registers a node and returns its number.
public fun add_node(world: &mut World): u64 {
    world.add_node_with_votes(COMMISSION_RATE, 5, 7, 1 << 40)
}

/// Registers a node with the given rate and votes and returns its number. Only in the first epochs.
public fun add_node_with_votes(
    world: &mut World,
    commission_rate: u16,
    storage_price: u64,
    write_price: u64,
    node_capacity: u64,
): u64 {
    let epoch = world.staking.epoch();
    let cap = world
        .staking
        .register_candidate(
            b"node".to_string(),
            b"127.0.0.1:9185".to_string(),
            node_metadata::default(),
            bls_keys::public_key(0),
            network_key(),
            bls_keys::proof(0, epoch),
            commission_rate,
            storage_price,
            write_price,
            node_capacity,
            world.scenario.ctx(),
        );
    world.caps.push_back(cap);
    world.caps.length() - 1
}

/// Stakes with a node.
public fun stake(world: &mut World, node: u64, amount: u64): StakedWal {
    let coin = mint(amount, world.scenario.ctx());
    let node_id = world.caps[node].node_id();
    world.staking.stake_with_pool(coin, node_id, world.scenario.ctx())
}

/// Announces a withdrawal.
public fun request(world: &mut World, stake: &mut StakedWal) {
    world.staking.request_withdraw_stake(stake, world.scenario.ctx());
}

/// Withdraws and returns the payout.
public fun withdraw(world: &mut World, stake: StakedWal): u64 {
    world.staking.withdraw_stake(stake, world.scenario.ctx()).burn_for_testing()
}

/// Buys storage for all epochs of the near future.
public fun use_storage(world: &mut World, size: u64) {
    let ctx = world.scenario.ctx();
    let mut coin = mint(1_000_000 * frost_per_wal(), ctx);
    destroy(world.system.reserve_space(size, 52, &mut coin, ctx));
    destroy(coin);
}

/// Adds to the rewards of the current epoch.
public fun add_rewards(world: &mut World, amount: u64) {
    let coin = mint(amount, world.scenario.ctx());
    world.system.add_subsidy(coin, 1);
}

/// Lets time pass.
public fun wait(world: &mut World, time_ms: u64) {
    world.clock.increment_for_testing(time_ms);
}

/// Selects the next committee as early as possible.
public fun select(world: &mut World) {
    let time = if (world.staking.epoch() == 0) EPOCH_ZERO_DURATION_MS else EPOCH_DURATION_MS / 2;
    world.wait(time);
    world.voting_end();
}

/// Selects the next committee now.
public fun voting_end(world: &mut World) { world.staking.voting_end(&world.clock); }

/// Starts the next epoch, selected before, as early as possible.
public fun change(world: &mut World) {
    if (world.staking.epoch() > 0) world.wait(EPOCH_DURATION_MS / 2);
    world.initiate();
}

/// Starts the next epoch now.
public fun initiate(world: &mut World) {
    world
        .staking
        .initiate_epoch_change_v2(
            &mut world.system,
            &mut world.treasury,
            &world.clock,
            world.scenario.ctx(),
        );
}

/// One node attests that it has its shards.
public fun sync_node(world: &mut World, node: u64, epoch: u32) {
    world.staking.epoch_sync_done(&mut world.caps[node], epoch, &world.clock);
}

/// All members of the committee attest that they have their shards.
public fun sync(world: &mut World) {
    let epoch = world.staking.epoch();
    world.caps.length().do!(|node| {
        let node_id = world.caps[node].node_id();
        if (world.staking.committee().contains(&node_id)) world.sync_node(node, epoch);
    });
}

/// Selects, starts and completes the next epoch.
public fun next_epoch(world: &mut World) {
    world.select();
    world.change();
    world.sync();
}
