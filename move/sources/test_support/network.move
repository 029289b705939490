/// A deployed protocol with four nodes of 4, 3, 2 and 1 shards, for tests here and in the packages that
/// depend on this one.
#[test_only]
module walrus::network;

use std::type_name;
use std::unit_test::destroy;
use sui::address;
use sui::clock::{Self, Clock};
use sui::package;
use sui::test_scenario::{Self, Scenario};
use wal::wal::{Self, ProtectedTreasury};
use walrus::auth;
use walrus::init::{Self, InitCap};
use walrus::market;
use walrus::messages;
use walrus::node_metadata;
use walrus::staked_wal::StakedWal;
use walrus::staking::Staking;
use walrus::storage_node::StorageNodeCap;
use walrus::system::System;

/// FROST in one WAL.
const WAL_UNIT: u64 = 1_000_000_000;

/// Who publishes, deploys, and operates all nodes.
public fun operator(): address { @0xA }

/// Duration of an epoch.
public fun epoch_duration_ms(): u64 { 1000 }

/// The deployed protocol, in the hands of the test.
public struct Network {
    scenario: Scenario,
    clock: Clock,
    treasury: ProtectedTreasury,
    staking: Staking,
    system: System,
    caps: vector<StorageNodeCap>,
    stakes: vector<StakedWal>,
}

/// Publishes both packages and deploys the protocol; 10 shards, 10 epochs ahead.
public fun deploy(scenario: &mut Scenario, clock: &Clock) {
    scenario.next_tx(operator());
    wal::init_for_testing(scenario.ctx());
    init::init_for_testing(scenario.ctx());
    scenario.next_tx(operator());
    let init_cap = scenario.take_from_sender<InitCap>();
    let upgrade_cap = package::test_publish(protocol_package_id(), scenario.ctx());
    let emergency_cap = init_cap.initialize_walrus(
        upgrade_cap,
        0,
        epoch_duration_ms(),
        10,
        10,
        clock,
        scenario.ctx(),
    );
    transfer::public_transfer(emergency_cap, operator());
    scenario.next_tx(operator());
}

/// The package that defines the protocol, wherever the test runner puts it.
fun protocol_package_id(): ID {
    let package_address = type_name::with_original_ids<InitCap>().address_string();
    object::id_from_address(address::from_ascii_bytes(package_address.as_bytes()))
}

/// A network in epoch 1, with its shards in place.
public fun new(): Network {
    let mut scenario = test_scenario::begin(operator());
    let clock = clock::create_for_testing(scenario.ctx());
    deploy(&mut scenario, &clock);
    let mut network = Network {
        clock,
        treasury: scenario.take_shared(),
        staking: scenario.take_shared(),
        system: scenario.take_shared(),
        caps: vector[],
        stakes: vector[],
        scenario,
    };
    market::weights().do!(|weight| {
        network.register_candidate();
        network.stake((weight as u64) * 100 * WAL_UNIT);
    });
    network.next_epoch();
    network
}

/// Registers a node without stake.
public fun register_candidate(self: &mut Network) {
    let ctx = self.scenario.ctx();
    let secret_key = self.caps.length() + 1;
    let public_key = market::public_key(secret_key);
    let message = messages::new_proof_of_possession_msg(
        self.staking.epoch(),
        operator(),
        public_key,
    );
    let cap = self.staking.register_candidate(
        b"node".to_string(),
        b"localhost:9185".to_string(),
        node_metadata::default(),
        public_key,
        vector::tabulate!(33, |_| 2),
        market::sign_with(secret_key, message.to_bytes()),
        1000,
        market::storage_price(),
        market::write_price(),
        market::capacity(),
        ctx,
    );
    self.caps.push_back(cap);
}

/// Stakes with the node registered last.
fun stake(self: &mut Network, amount: u64) {
    let node_id = self.caps[self.caps.length() - 1].node_id();
    let ctx = self.scenario.ctx();
    let coin = market::coin(amount, ctx);
    self.stakes.push_back(self.staking.stake_with_pool(coin, node_id, ctx));
}

/// Ends the epoch and waits for the shards of the next one.
public fun next_epoch(self: &mut Network) {
    self.voting_end();
    self.start_epoch();
}

/// Starts the next epoch after the voting, and waits for its shards.
public fun start_epoch(self: &mut Network) {
    let ctx = self.scenario.ctx();
    self.staking.initiate_epoch_change_v2(&mut self.system, &mut self.treasury, &self.clock, ctx);
    let epoch = self.staking.epoch();
    4u64.do!(|i| {
        let cap = &mut self.caps[i];
        if (self.staking.committee().contains(&cap.node_id())) {
            self.staking.epoch_sync_done(cap, epoch, &self.clock);
        };
    });
}

/// Records a deny list of the i-th node.
public fun update_deny_list(
    self: &mut Network,
    index: u64,
    signature: vector<u8>,
    bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.system.update_deny_list(&mut self.caps[index], signature, bitmap, message)
}

/// Adds to the rewards of the epoch, which needs something to be stored.
public fun earn(self: &mut Network, amount: u64) {
    let ctx = self.scenario.ctx();
    let mut payment = market::coin(1000, ctx);
    self.system.reserve_space(market::unit(), 1, &mut payment, ctx).destroy();
    payment.burn_for_testing();
    self.system.add_subsidy(market::coin(amount, ctx), 1);
}

/// Collects the commission of the i-th node, as far as it is not blocked; returns its value.
public fun collect_commission(self: &mut Network, index: u64): u64 {
    let cap = &self.caps[index];
    self
        .staking
        .collect_commission(
            cap.node_id(),
            auth::authenticate_with_object(cap),
            self.scenario.ctx(),
        )
        .burn_for_testing()
}

/// Requests the withdrawal of what was staked with the i-th node.
public fun request_withdrawal(self: &mut Network, index: u64) {
    let ctx = self.scenario.ctx();
    self.staking.request_withdraw_stake(&mut self.stakes[index], ctx);
}

/// Withdraws what was staked with the node registered last; returns its value.
public fun withdraw_last(self: &mut Network): u64 {
    let stake = self.stakes.pop_back();
    self.staking.withdraw_stake(stake, self.scenario.ctx()).burn_for_testing()
}

/// Takes what was staked with the node registered last and not taken yet.
public fun take_last_stake(self: &mut Network): StakedWal { self.stakes.pop_back() }

/// Stakes with the i-th node.
public fun stake_with(self: &mut Network, index: u64, amount: u64): StakedWal {
    let node_id = self.node_id(index);
    let ctx = self.scenario.ctx();
    self.staking.stake_with_pool(market::coin(amount, ctx), node_id, ctx)
}

/// Lets time pass.
public fun wait(self: &mut Network, duration_ms: u64) {
    self.clock.increment_for_testing(duration_ms);
}

/// Bitmap of the given nodes, and their signature over the message.
public fun certify(
    self: &Network,
    nodes: vector<u64>,
    message: vector<u8>,
): (vector<u8>, vector<u8>) {
    let committee = self.system.committee();
    let mut secret_key = 0;
    let mut bitmap = 0u8;
    nodes.do!(|node| {
        secret_key = secret_key + node + 1;
        // Members are listed by node ID, not in the order of registration.
        let position = committee.find_index(&self.node_id(node)).destroy_some();
        bitmap = bitmap | (1 << (position as u8));
    });
    (vector[bitmap], market::sign_with(secret_key, message))
}

/// Lets the voting of the epoch end.
public fun voting_end(self: &mut Network) {
    self.clock.increment_for_testing(epoch_duration_ms());
    self.staking.voting_end(&self.clock);
}

/// Node ID of the i-th node, which has 4 - i shards.
public fun node_id(self: &Network, index: u64): ID { self.caps[index].node_id() }

/// The staking object with the capability of the i-th node.
public fun staking_and_cap(self: &mut Network, index: u64): (&mut Staking, &StorageNodeCap) {
    (&mut self.staking, &self.caps[index])
}

/// The staking object with the capability of the i-th node, for change.
public fun staking_and_cap_mut(
    self: &mut Network,
    index: u64,
): (&mut Staking, &mut StorageNodeCap) {
    (&mut self.staking, &mut self.caps[index])
}

/// The staking object.
public fun staking(self: &mut Network): &mut Staking { &mut self.staking }

/// The system object.
public fun system(self: &mut Network): &mut System { &mut self.system }

/// The scenario.
public fun scenario(self: &mut Network): &mut Scenario { &mut self.scenario }

/// What a call of the package may need at once: staking, system, treasury, clock, context.
public fun parts(
    self: &mut Network,
): (&mut Staking, &mut System, &mut ProtectedTreasury, &Clock, &mut TxContext) {
    (
        &mut self.staking,
        &mut self.system,
        &mut self.treasury,
        &self.clock,
        self.scenario.ctx(),
    )
}

/// Ends the test.
public fun end(self: Network) {
    let Network { scenario, clock, treasury, staking, system, caps, stakes } = self;
    test_scenario::return_shared(treasury);
    test_scenario::return_shared(staking);
    test_scenario::return_shared(system);
    destroy(caps);
    destroy(stakes);
    clock.destroy_for_testing();
    scenario.end();
}
