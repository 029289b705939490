/// A network with governance in epoch 1, whose stakes of 400, 300, 200 and 100 WAL lie in a voter account.
#[test_only]
module walrus_governance::fixture;

use std::type_name;
use std::unit_test::destroy;
use sui::address;
use sui::package::{Self, UpgradeCap, UpgradeReceipt, UpgradeTicket};
use walrus::audit_cap::AuditCap;
use walrus::auth::{Self, Authenticated};
use walrus::governed::GovernanceCap;
use walrus::market;
use walrus::network::{Self, Network};
use walrus::upgrade::UpgradeManager;
use walrus_audit::audit::{Self, AuditRegistry};
use walrus_governance::governance::{Self, Action, Governance, VoterAccount};

const WAL_UNIT: u64 = 1_000_000_000;

/// Everything that governance works on.
public struct Governed {
    network: Network,
    governance: Governance,
    manager: UpgradeManager,
    registry: AuditRegistry,
    account: VoterAccount,
    stakes: vector<ID>,
}

public fun yes(): u8 { 0 }

public fun no(): u8 { 1 }

public fun abstain(): u8 { 2 }

/// Deposit of a proposer.
public fun bond(): u64 { 100 * WAL_UNIT }

public fun digest(): vector<u8> { vector::tabulate!(32, |i| i as u8) }

/// An upgrade capability of the package that defines the type.
public fun upgrade_cap_of<T>(ctx: &mut TxContext): UpgradeCap {
    let package = type_name::with_original_ids<T>().address_string();
    let package_id = object::id_from_address(address::from_ascii_bytes(package.as_bytes()));
    package::test_publish(package_id, ctx)
}

/// Creates the governance of a network.
public fun begin(): Governed {
    let mut network = network::new();
    let scenario = network.scenario();
    scenario.next_tx(network::operator());
    let cap = scenario.take_from_sender<GovernanceCap>();
    let audit_cap = scenario.take_from_sender<AuditCap>();
    let mut manager = scenario.take_shared<UpgradeManager>();
    let ctx = scenario.ctx();
    let audit_admin_cap = audit::create(audit_cap, ctx);
    governance::create(
        cap,
        audit_admin_cap,
        &mut manager,
        upgrade_cap_of<AuditRegistry>(ctx),
        upgrade_cap_of<Governance>(ctx),
        ctx,
    );
    let mut account = governance::new_account(ctx);
    scenario.next_tx(network::operator());
    let governance = scenario.take_shared<Governance>();
    let registry = scenario.take_shared<AuditRegistry>();
    let mut stakes = vector[];
    4u64.do!(|_| {
        let staked_wal = network.take_last_stake();
        stakes.push_back(object::id(&staked_wal));
        account.deposit(staked_wal);
    });
    stakes.reverse();
    Governed { network, governance, manager, registry, account, stakes }
}

/// Creates the governance of a network with upgrade capabilities that may be of another package.
public fun create_with_caps(wrong_audit: bool, wrong_governance: bool) {
    let mut network = network::new();
    let scenario = network.scenario();
    scenario.next_tx(network::operator());
    let cap = scenario.take_from_sender<GovernanceCap>();
    let audit_cap = scenario.take_from_sender<AuditCap>();
    let mut manager = scenario.take_shared<UpgradeManager>();
    let ctx = scenario.ctx();
    let other = object::id_from_address(@0x77);
    governance::create(
        cap,
        audit::create(audit_cap, ctx),
        &mut manager,
        if (wrong_audit) package::test_publish(other, ctx)
        else upgrade_cap_of<AuditRegistry>(ctx),
        if (wrong_governance) package::test_publish(other, ctx)
        else upgrade_cap_of<Governance>(ctx),
        ctx,
    );
    destroy(manager);
    destroy(network);
}

/// Ends the test.
public fun end(self: Governed) { destroy(self) }

public fun network(self: &mut Governed): &mut Network { &mut self.network }

public fun governance(self: &mut Governed): &mut Governance { &mut self.governance }

public fun manager(self: &mut Governed): &mut UpgradeManager { &mut self.manager }

public fun registry(self: &mut Governed): &mut AuditRegistry { &mut self.registry }

public fun account(self: &mut Governed): &mut VoterAccount { &mut self.account }

/// The i-th stake; the first four are of (4 - i) * 100 WAL.
public fun stake_id(self: &Governed, i: u64): ID { self.stakes[i] }

/// Stakes with a node and puts the stake into the account.
public fun stake(self: &mut Governed, node: u64, amount: u64) {
    let staked_wal = self.network.stake_with(node, amount);
    self.stakes.push_back(object::id(&staked_wal));
    self.account.deposit(staked_wal);
}

public fun next_epoch(self: &mut Governed) { self.network.next_epoch() }

/// Enters later epochs until the given one.
public fun go_to_epoch(self: &mut Governed, epoch: u32) {
    while (self.network.staking().epoch() < epoch) self.next_epoch();
}

public fun propose(self: &mut Governed, action: Action): ID {
    self.propose_with_bond(action, bond())
}

public fun propose_with_bond(self: &mut Governed, action: Action, bond: u64): ID {
    let (staking, _, _, _, ctx) = self.network.parts();
    self.governance.propose(staking, action, market::coin(bond, ctx), ctx)
}

/// A proposal of a text.
public fun propose_text(self: &mut Governed): ID { self.propose(governance::text_action(digest())) }

/// A proposal to burn a tenth of all rewards.
public fun propose_burn(self: &mut Governed): ID { self.propose(governance::param_action(100, 1_000)) }

public fun vote(self: &mut Governed, proposal: ID, i: u64, choice: u8) {
    let stake = self.stakes[i];
    self.vote_with(proposal, stake, choice)
}

public fun vote_with(self: &mut Governed, proposal: ID, stake: ID, choice: u8) {
    let (staking, _, _, clock, _) = self.network.parts();
    self.governance.vote(staking, &mut self.account, proposal, stake, choice, clock)
}

public fun change(self: &mut Governed, proposal: ID, i: u64, choice: u8) {
    let stake = self.stakes[i];
    let (staking, _, _, clock, _) = self.network.parts();
    self.governance.change(staking, &mut self.account, proposal, stake, choice, clock)
}

public fun retract(self: &mut Governed, proposal: ID, i: u64) {
    let stake = self.stakes[i];
    let (staking, _, _, clock, _) = self.network.parts();
    self.governance.retract(staking, &mut self.account, proposal, stake, clock)
}

public fun clear(self: &mut Governed, proposal: ID, i: u64) {
    self.account.clear(&self.governance, proposal, self.stakes[i])
}

public fun operator_vote(self: &mut Governed, proposal: ID, node: u64, choice: u8) {
    let node_id = self.network.node_id(node);
    let (_, _, _, _, ctx) = self.network.parts();
    let authenticated = auth::authenticate_sender(ctx);
    self.operator_vote_as(proposal, node_id, authenticated, choice)
}

public fun operator_vote_as(
    self: &mut Governed,
    proposal: ID,
    node_id: ID,
    authenticated: Authenticated,
    choice: u8,
) {
    let (staking, _, _, clock, _) = self.network.parts();
    self.governance.operator_vote(staking, authenticated, node_id, proposal, choice, clock)
}

public fun node_veto(self: &mut Governed, proposal: ID, node: u64) {
    let node_id = self.network.node_id(node);
    let (staking, _, _, _, ctx) = self.network.parts();
    let authenticated = auth::authenticate_sender(ctx);
    self.governance.node_veto(staking, authenticated, node_id, proposal)
}

public fun close(self: &mut Governed, proposal: ID) {
    let (staking, _, _, _, ctx) = self.network.parts();
    self.governance.close(staking, proposal, ctx)
}

public fun close_ratification(self: &mut Governed, proposal: ID) {
    let (staking, _, _, _, ctx) = self.network.parts();
    self.governance.close_ratification(&mut self.manager, staking, proposal, ctx)
}

public fun expire(self: &mut Governed, proposal: ID) {
    self.governance.expire(self.network.staking(), proposal)
}

public fun execute_param(self: &mut Governed, proposal: ID) {
    let (staking, system, _, _, _) = self.network.parts();
    self.governance.execute_param(staking, system, &mut self.registry, proposal)
}

/// Carries an upgrade out.
public fun upgrade(self: &mut Governed, proposal: ID) {
    let (staking, system, _, _, _) = self.network.parts();
    let ticket =
        self.governance.authorize_staker_upgrade(&mut self.manager, staking, proposal);
    self.manager.commit_upgrade(staking, system, package::test_upgrade(ticket))
}

/// Lets all stakes of the committee vote for the proposal, and closes it when its time has come.
public fun approve(self: &mut Governed, proposal: ID) {
    4u64.do!(|i| self.vote(proposal, i, yes()));
    let closes = self.governance.proposal(proposal).closes();
    self.go_to_epoch(closes);
    self.close(proposal);
}

/// Proposes a value, lets everybody vote for it, and carries it out.
public fun decide(self: &mut Governed, number: u16, value: u64) {
    let bond = self.governance.params().bond();
    let proposal = self.propose_with_bond(governance::param_action(number, value), bond);
    self.approve(proposal);
    let epoch = self.network.staking().epoch();
    self.go_to_epoch(epoch + 2);
    self.execute_param(proposal);
    4u64.do!(|i| self.clear(proposal, i));
}

public fun votes(self: &Governed, proposal: ID): vector<u64> {
    let (yes, no, abstain) = self.governance.proposal(proposal).votes();
    vector[yes, no, abstain]
}

/// WAL in existence.
public fun total_supply(self: &mut Governed): u64 {
    let (_, _, treasury, _, _) = self.network.parts();
    treasury.total_supply()
}

public fun burn_forfeited_bonds(self: &mut Governed) {
    let (_, _, treasury, _, ctx) = self.network.parts();
    self.governance.burn_forfeited_bonds(treasury, ctx)
}

/// Lets all stakes of the network vote alike.
public fun vote_all(self: &mut Governed, proposal: ID, choice: u8) {
    4u64.do!(|i| self.vote(proposal, i, choice));
}

public fun vote_for_upgrade(
    self: &mut Governed,
    authenticated: Authenticated,
    node_id: ID,
    digest: vector<u8>,
) {
    self.manager.vote_for_upgrade(self.network.staking(), authenticated, node_id, digest)
}

public fun authorize_upgrade(self: &mut Governed, digest: vector<u8>): UpgradeTicket {
    self.manager.authorize_upgrade(self.network.staking(), digest)
}

public fun commit_upgrade(self: &mut Governed, receipt: UpgradeReceipt) {
    let (staking, system, _, _, _) = self.network.parts();
    self.manager.commit_upgrade(staking, system, receipt)
}
