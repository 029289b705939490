/// Governance by those who stake WAL: proposals, votes, and the execution of what is approved.
///
/// A proposal counts the stakes as they were when its epoch began. A stake votes while it lies in a
/// voter account, which does not give it back before the vote is retracted or the proposal closed, so
/// that no stake votes twice. What the stakers of a node leave undecided its operator may decide in part.
/// Between approval and execution there is a delay in which everybody can leave, and in which operators
/// with a third of the shards can veto. Operators can also upgrade the package by themselves, but only to
/// what the stakers have ratified.
module walrus_governance::governance;

use std::type_name;
use sui::address;
use sui::balance::{Self, Balance};
use sui::clock::Clock;
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use sui::dynamic_object_field as dof;
use sui::object_table::{Self, ObjectTable};
use sui::package::{UpgradeCap, UpgradeReceipt, UpgradeTicket};
use sui::table::{Self, Table};
use sui::vec_set::{Self, VecSet};
use wal::wal::{ProtectedTreasury, WAL};
use walrus::auth::Authenticated;
use walrus::governed::GovernanceCap;
use walrus::penalty_ledger;
use walrus::staked_wal::StakedWal;
use walrus::staking::Staking;
use walrus::system::System;
use walrus::upgrade::UpgradeManager;
use walrus_audit::audit::{AuditAdminCap, AuditRegistry};
use walrus_governance::governance_events as events;
use walrus_governance::param_rules;
use walrus_governance::tally;

/// The object is of another contract version.
const EWrongVersion: u64 = 0;
/// Parameters of governance out of their bounds.
const EInvalidParams: u64 = 1;
/// A digest or a hash must be 32 bytes long.
const EInvalidDigest: u64 = 2;
/// The deposit is not the required one.
const EWrongBond: u64 = 3;
/// Too many proposals are open.
const ETooManyProposals: u64 = 4;
/// Epoch 0 has no stakes to count.
const ENoSnapshot: u64 = 5;
/// There is no such proposal.
const ENoSuchProposal: u64 = 6;
/// The voting is over.
const EVotingOver: u64 = 7;
/// The voting is not over yet.
const EVotingOpen: u64 = 8;
/// The function is not for proposals of this kind.
const EWrongAction: u64 = 9;
/// Choices are 0 for yes, 1 for no and 2 for abstain.
const EWrongChoice: u64 = 10;
/// The stake is being withdrawn.
const EStakeWithdrawing: u64 = 11;
/// The stake was not active when the proposal was made.
const EStakeTooYoung: u64 = 12;
/// The node was not in the committee when the proposal was made.
const ENotInSnapshot: u64 = 13;
/// The stake has voted already; its vote can be changed.
const EAlreadyVoted: u64 = 14;
/// The stake has not voted.
const ENoBallot: u64 = 15;
/// The stake is not in the account.
const ENoSuchStake: u64 = 16;
/// The stake has votes that are neither retracted nor cleared.
const EStakeLocked: u64 = 17;
/// The caller does not have the governance right of the node.
const ENotAuthorized: u64 = 18;
/// The proposal is not approved.
const ENotApproved: u64 = 19;
/// It is too early or too late.
const EWrongTime: u64 = 20;
/// The node has vetoed already.
const EAlreadyVetoed: u64 = 21;
/// The upgrade capability belongs to another package.
const EWrongPackage: u64 = 22;
/// The stake was worth nothing.
const EZeroPower: u64 = 23;
/// The node is not in the committee.
const ENotInCommittee: u64 = 24;

/// Contract version.
const VERSION: u64 = 1;
/// Vote for the proposal.
const YES: u8 = 0;
/// Vote against the proposal.
const NO: u8 = 1;
/// Vote that counts for the quorum only.
const ABSTAIN: u8 = 2;
/// Number of the first parameter of governance.
const FIRST_OF_GOVERNANCE: u16 = 200;
/// Length of a package digest and of a hash.
const DIGEST_LENGTH_BYTES: u64 = 32;
/// The last part of an epoch, in which a change of the outcome extends the voting.
const LAST_PART_DIVISOR: u64 = 10;
/// FROST in one WAL.
const WAL_UNIT: u64 = 1_000_000_000;

// === Objects ===

/// Shared object of governance. Its capabilities are dynamic object fields.
public struct Governance has key {
    /// Parent of the inner state, under the version.
    id: UID,
    /// Contract version of the state.
    version: u64,
}

/// State behind the `Governance` object.
public struct GovInnerV1 has store {
    /// Parameters of proposals to come.
    params: GovParams,
    /// All proposals.
    proposals: ObjectTable<ID, Proposal>,
    /// Those that are not closed.
    active: VecSet<ID>,
}

/// Rules of a proposal. Rates are in basis points.
public struct GovParams has copy, drop, store {
    /// Deposit of a proposer, in FROST.
    bond: u64,
    /// Most proposals that are open at a time.
    max_active: u16,
    /// Epochs of voting, that of the proposal included.
    voting_epochs: u32,
    /// Epochs between the end of the voting and the execution.
    delay_epochs: u32,
    /// Epochs in which an approved proposal can be carried out.
    execute_epochs: u32,
    /// Part of all power that must take part.
    quorum_bp: u16,
    /// Part of yes among yes and no for a parameter or a text.
    approve_param_bp: u16,
    /// Part of yes among yes and no for an upgrade.
    approve_upgrade_bp: u16,
    /// Part of all power that can refuse to ratify.
    staker_veto_bp: u16,
    /// Part of undecided stake that an operator votes for.
    default_weight_bp: u16,
    /// Part of all power that must take part for the deposit to be given back.
    burn_below_bp: u16,
}

/// What is proposed.
public enum Action has copy, drop, store {
    /// Sets a parameter.
    Param { id: u16, value: u64 },
    /// Replaces a version of the protocol package by the package with the digest.
    Upgrade { digest: vector<u8>, from_version: u64 },
    /// Lets the operators vote for that.
    RatifyOperatorUpgrade { digest: vector<u8>, from_version: u64 },
    /// Agrees with a text.
    Text { hash: vector<u8> },
}

/// Where a proposal stands.
public enum ProposalState has copy, drop, store {
    /// Votes are cast.
    Open,
    /// To be carried out in an epoch from `from` on and before `until`.
    Approved { from: u32, until: u32 },
    /// Not approved.
    Rejected,
    /// Approved, but vetoed by the operators.
    Vetoed,
    /// Carried out.
    Executed,
    /// Approved, but not carried out in time.
    Expired,
}

/// A proposal with its votes.
public struct Proposal has key, store {
    /// What votes and ballots name.
    id: UID,
    /// What is proposed.
    action: Action,
    /// Who paid the deposit, and gets it back.
    proposer: address,
    /// Epoch whose stakes count.
    snapshot: u32,
    /// Power of all stakes.
    total: u64,
    /// First epoch in which the proposal can be closed.
    closes: u32,
    /// Where it stands.
    state: ProposalState,
    /// Power of the votes for it.
    yes: u64,
    /// Power of the votes against it.
    no: u64,
    /// Power of the votes that count for the quorum only.
    abstain: u64,
    /// Votes by node ID, of the nodes for which there are any.
    pools: Table<ID, PoolTally>,
    /// The rules at its creation.
    rules: GovParams,
    /// Shards of the nodes that vetoed.
    node_veto: u16,
    /// The nodes that vetoed.
    vetoers: VecSet<ID>,
    /// The deposit.
    bond: Balance<WAL>,
}

/// Votes of the stake of one node.
public struct PoolTally has store {
    /// Power of all stake of the node.
    power: u64,
    /// Power of the stakes that voted themselves.
    direct: u64,
    /// Choice of the operator for the others.
    operator: Option<u8>,
}

/// Holds stakes while they vote.
public struct VoterAccount has key, store {
    /// The account's own ID.
    id: UID,
    /// The stakes, by object ID.
    stakes: ObjectTable<ID, StakedWal>,
    /// Their votes.
    ballots: Table<BallotKey, Ballot>,
    /// Proposals that a stake has voted on, by stake.
    open: Table<ID, VecSet<ID>>,
}

/// Whose vote on what.
public struct BallotKey has copy, drop, store {
    /// The proposal.
    proposal: ID,
    /// The stake.
    stake: ID,
}

/// A vote.
public struct Ballot has drop, store {
    /// Power of the stake.
    power: u64,
    /// The node it backs.
    node_id: ID,
    /// The choice.
    choice: u8,
}

/// Name of the dynamic object field with the right to carry decisions out.
public struct GovernanceCapKey() has copy, drop, store;

/// Name of the dynamic object field with the right to set audit parameters.
public struct AuditAdminCapKey() has copy, drop, store;

/// Name of the dynamic object field with the right to link a package anew.
public struct LinkCapKey has copy, drop, store {
    /// The first version of the package.
    package_id: ID,
}

/// Name of the dynamic field with forfeited deposits, until they are burned.
public struct ForfeitedKey() has copy, drop, store;

/// Name of the dynamic field of a proposal whose voting was extended.
public struct ExtendedKey() has copy, drop, store;

// === Creation ===

/// Shares the governance of a deployed protocol, with the suggested rules. From now on upgrades by the
/// operators need to be ratified.
///
/// The upgrade capabilities are those of the audit package and of this one. Nothing can be done with them
/// but to link the packages to a later version of the protocol: see `relink`.
public fun create(
    cap: GovernanceCap,
    audit_admin_cap: AuditAdminCap,
    manager: &mut UpgradeManager,
    audit_upgrade_cap: UpgradeCap,
    governance_upgrade_cap: UpgradeCap,
    ctx: &mut TxContext,
) {
    check_package<AuditRegistry>(&audit_upgrade_cap);
    check_package<Governance>(&governance_upgrade_cap);
    transfer::share_object(new(
        cap,
        audit_admin_cap,
        manager,
        vector[audit_upgrade_cap, governance_upgrade_cap],
        ctx,
    ));
}

fun new(
    cap: GovernanceCap,
    audit_admin_cap: AuditAdminCap,
    manager: &mut UpgradeManager,
    upgrade_caps: vector<UpgradeCap>,
    ctx: &mut TxContext,
): Governance {
    manager.require_ratification(&cap);
    let mut governance = Governance { id: object::new(ctx), version: VERSION };
    let inner = GovInnerV1 {
        params: default_params(),
        proposals: object_table::new(ctx),
        active: vec_set::empty(),
    };
    df::add(&mut governance.id, VERSION, inner);
    df::add(&mut governance.id, ForfeitedKey(), balance::zero<WAL>());
    dof::add(&mut governance.id, GovernanceCapKey(), cap);
    dof::add(&mut governance.id, AuditAdminCapKey(), audit_admin_cap);
    upgrade_caps.do!(|mut upgrade_cap| {
        upgrade_cap.only_dep_upgrades();
        let package_id = upgrade_cap.package();
        dof::add(&mut governance.id, LinkCapKey { package_id }, upgrade_cap);
    });
    governance
}

fun check_package<T>(upgrade_cap: &UpgradeCap) {
    let package = type_name::with_original_ids<T>().address_string();
    assert!(
        upgrade_cap.package().to_address() == address::from_ascii_bytes(package.as_bytes()),
        EWrongPackage,
    );
}

/// Permits to link the audit package or this one, named by its first version, to another version of the
/// protocol. Anybody can: the code must be the same, and there are no versions of the protocol but those
/// that were decided. Needs no other object, since after a migration the old links are of no use.
public fun relink(
    governance: &mut Governance,
    package_id: ID,
    digest: vector<u8>,
): UpgradeTicket {
    let upgrade_cap: &mut UpgradeCap =
        dof::borrow_mut(&mut governance.id, LinkCapKey { package_id });
    let policy = upgrade_cap.policy();
    upgrade_cap.authorize_upgrade(policy, digest)
}

/// Completes the linking of a package, named by its first version.
public fun commit_relink(
    governance: &mut Governance,
    package_id: ID,
    receipt: UpgradeReceipt,
) {
    let upgrade_cap: &mut UpgradeCap =
        dof::borrow_mut(&mut governance.id, LinkCapKey { package_id });
    upgrade_cap.commit_upgrade(receipt);
}

// === Actions ===

/// Proposes a value for a parameter. Numbers below 100 are of audits, from 100 on of the protocol, from
/// 200 on of governance.
public fun param_action(id: u16, value: u64): Action { Action::Param { id, value } }

/// Proposes to replace a version of the protocol package.
public fun upgrade_action(digest: vector<u8>, from_version: u64): Action {
    Action::Upgrade { digest, from_version }
}

/// Proposes that operators may vote for replacing a version of the protocol package.
public fun ratify_action(digest: vector<u8>, from_version: u64): Action {
    Action::RatifyOperatorUpgrade { digest, from_version }
}

/// Proposes to agree with the text that has the given hash.
public fun text_action(hash: vector<u8>): Action { Action::Text { hash } }

// === Voter accounts ===

/// An account without stakes.
public fun new_account(ctx: &mut TxContext): VoterAccount {
    VoterAccount {
        id: object::new(ctx),
        stakes: object_table::new(ctx),
        ballots: table::new(ctx),
        open: table::new(ctx),
    }
}

/// Puts a stake into the account, where it can vote.
public fun deposit(account: &mut VoterAccount, staked_wal: StakedWal) {
    account.stakes.add(object::id(&staked_wal), staked_wal);
}

/// Takes a stake out of the account, once all its votes are retracted or cleared.
public fun take(account: &mut VoterAccount, stake: ID): StakedWal {
    assert!(account.stakes.contains(stake), ENoSuchStake);
    assert!(!account.open.contains(stake), EStakeLocked);
    account.stakes.remove(stake)
}

/// Deletes an account without stakes.
public fun destroy_account(account: VoterAccount) {
    let VoterAccount { id, stakes, ballots, open } = account;
    id.delete();
    stakes.destroy_empty();
    ballots.destroy_empty();
    open.destroy_empty();
}

// === Proposals ===

/// Makes a proposal, which counts the stakes of the current epoch, and returns its ID.
public fun propose(
    governance: &mut Governance,
    staking: &Staking,
    action: Action,
    bond: Coin<WAL>,
    ctx: &mut TxContext,
): ID {
    let epoch = staking.epoch();
    assert!(staking.has_snapshot(epoch), ENoSnapshot);
    let inner = governance.inner_mut();
    inner.check_action(staking, &action);
    let rules = inner.params;
    assert!(inner.active.length() < rules.max_active as u64, ETooManyProposals);
    assert!(bond.value() == rules.bond, EWrongBond);

    let id = object::new(ctx);
    let proposal_id = id.to_inner();
    let proposer = ctx.sender();
    let total = staking.snapshot(epoch).total();
    let closes = epoch + rules.voting_epochs;
    let proposal = Proposal {
        id,
        action,
        proposer,
        snapshot: epoch,
        total,
        closes,
        state: ProposalState::Open,
        yes: 0,
        no: 0,
        abstain: 0,
        pools: table::new(ctx),
        rules,
        node_veto: 0,
        vetoers: vec_set::empty(),
        bond: bond.into_balance(),
    };
    inner.active.insert(proposal_id);
    inner.proposals.add(proposal_id, proposal);
    events::emit_proposal_created(epoch, proposal_id, proposer, closes, total);
    proposal_id
}

fun check_action(inner: &GovInnerV1, staking: &Staking, action: &Action) {
    match (action) {
        Action::Param { id, value } => {
            if (*id >= FIRST_OF_GOVERNANCE) {
                inner.params.replace(*id, *value);
            } else if (param_rules::is_protocol_param(*id)) {
                param_rules::check_protocol_param(staking, *id, *value);
            } else {
                // Bounds of one do not depend on the others.
                let params = penalty_ledger::default_params();
                param_rules::replace_audit_param(&params, *id, *value);
            }
        },
        Action::Upgrade { digest, .. } => check_digest(digest),
        Action::RatifyOperatorUpgrade { digest, .. } => check_digest(digest),
        Action::Text { hash } => check_digest(hash),
    }
}

fun check_digest(digest: &vector<u8>) {
    assert!(digest.length() == DIGEST_LENGTH_BYTES, EInvalidDigest);
}

// === Votes ===

/// Votes with a stake of the account, with its value at the beginning of the proposal's epoch.
public fun vote(
    governance: &mut Governance,
    staking: &Staking,
    account: &mut VoterAccount,
    proposal: ID,
    stake: ID,
    choice: u8,
    clock: &Clock,
) {
    assert!(account.stakes.contains(stake), ENoSuchStake);
    let key = BallotKey { proposal, stake };
    assert!(!account.ballots.contains(key), EAlreadyVoted);
    let staked_wal = &account.stakes[stake];
    assert!(staked_wal.is_staked(), EStakeWithdrawing);
    let node_id = staked_wal.node_id();
    let activation_epoch = staked_wal.activation_epoch();

    let self = governance.open_proposal(staking, proposal);
    assert!(activation_epoch <= self.snapshot, EStakeTooYoung);
    let outcome = self.is_carried();
    self.add_pool(staking, node_id);
    let value = staking.stake_value(
        node_id,
        staked_wal.value(),
        activation_epoch,
        self.snapshot,
    );
    // Values are rounded down; that they never exceed the pool's does not hang on that.
    let pool = &self.pools[node_id];
    let power = value.min(pool.power - pool.direct);
    assert!(power > 0, EZeroPower);
    self.add_direct(node_id, choice, power);
    self.extend_if_turned(outcome, staking, clock);

    account.ballots.add(key, Ballot { power, node_id, choice });
    if (!account.open.contains(stake)) {
        account.open.add(stake, vec_set::empty());
    };
    account.open[stake].insert(proposal);
    events::emit_vote_cast(staking.epoch(), proposal, stake, node_id, choice, power);
}

/// Takes the vote of a stake back, as long as the voting goes on.
public fun retract(
    governance: &mut Governance,
    staking: &Staking,
    account: &mut VoterAccount,
    proposal: ID,
    stake: ID,
    clock: &Clock,
) {
    let Ballot { power, node_id, choice } = account.remove_ballot(proposal, stake);
    let self = governance.open_proposal(staking, proposal);
    let outcome = self.is_carried();
    self.subtract_direct(node_id, choice, power);
    self.extend_if_turned(outcome, staking, clock);
    events::emit_vote_retracted(staking.epoch(), proposal, stake, node_id);
}

/// Changes the vote of a stake, as long as the voting goes on.
public fun change(
    governance: &mut Governance,
    staking: &Staking,
    account: &mut VoterAccount,
    proposal: ID,
    stake: ID,
    choice: u8,
    clock: &Clock,
) {
    let key = BallotKey { proposal, stake };
    assert!(account.ballots.contains(key), ENoBallot);
    let ballot = &mut account.ballots[key];
    let self = governance.open_proposal(staking, proposal);
    let outcome = self.is_carried();
    self.subtract_direct(ballot.node_id, ballot.choice, ballot.power);
    self.add_direct(ballot.node_id, choice, ballot.power);
    self.extend_if_turned(outcome, staking, clock);
    ballot.choice = choice;
    events::emit_vote_cast(
        staking.epoch(),
        proposal,
        stake,
        ballot.node_id,
        choice,
        ballot.power,
    );
}

/// Forgets the vote of a stake on a closed proposal, so that the stake can be taken out.
public fun clear(account: &mut VoterAccount, governance: &Governance, proposal: ID, stake: ID) {
    assert!(!governance.proposal(proposal).is_open(), EVotingOpen);
    account.remove_ballot(proposal, stake);
}

fun remove_ballot(account: &mut VoterAccount, proposal: ID, stake: ID): Ballot {
    let key = BallotKey { proposal, stake };
    assert!(account.ballots.contains(key), ENoBallot);
    let open = &mut account.open[stake];
    open.remove(&proposal);
    if (open.is_empty()) {
        account.open.remove(stake);
    };
    account.ballots.remove(key)
}

/// Votes, or votes otherwise, in the name of a node for a part of its stake that does not vote itself.
public fun operator_vote(
    governance: &mut Governance,
    staking: &Staking,
    authenticated: Authenticated,
    node_id: ID,
    proposal: ID,
    choice: u8,
    clock: &Clock,
) {
    assert!(staking.has_governance_right(node_id, &authenticated), ENotAuthorized);
    check_choice(choice);
    let self = governance.open_proposal(staking, proposal);
    let outcome = self.is_carried();
    self.add_pool(staking, node_id);
    self.lift_operator_share(node_id);
    self.pools[node_id].operator = option::some(choice);
    let power = self.put_operator_share(node_id);
    self.extend_if_turned(outcome, staking, clock);
    events::emit_operator_vote_cast(staking.epoch(), proposal, node_id, choice, power);
}

fun check_choice(choice: u8) { assert!(choice <= ABSTAIN, EWrongChoice); }

fun add_direct(self: &mut Proposal, node_id: ID, choice: u8, power: u64) {
    self.lift_operator_share(node_id);
    let pool = &mut self.pools[node_id];
    pool.direct = pool.direct + power;
    let votes = self.votes_mut(choice);
    *votes = *votes + power;
    self.put_operator_share(node_id);
}

fun subtract_direct(self: &mut Proposal, node_id: ID, choice: u8, power: u64) {
    self.lift_operator_share(node_id);
    let pool = &mut self.pools[node_id];
    pool.direct = pool.direct - power;
    let votes = self.votes_mut(choice);
    *votes = *votes - power;
    self.put_operator_share(node_id);
}

/// Takes what the operator's vote adds out of the votes, while what it depends on changes.
fun lift_operator_share(self: &mut Proposal, node_id: ID) {
    let share = self.operator_share(node_id);
    self.pools[node_id].operator.do!(|choice| {
        let votes = self.votes_mut(choice);
        *votes = *votes - share;
    });
}

/// Adds what the operator's vote adds now. Returns how much that is.
fun put_operator_share(self: &mut Proposal, node_id: ID): u64 {
    let share = self.operator_share(node_id);
    self.pools[node_id].operator.do!(|choice| {
        let votes = self.votes_mut(choice);
        *votes = *votes + share;
    });
    share
}

fun operator_share(self: &Proposal, node_id: ID): u64 {
    let pool = &self.pools[node_id];
    tally::operator_share(pool.power, pool.direct, self.rules.default_weight_bp)
}

fun votes_mut(self: &mut Proposal, choice: u8): &mut u64 {
    check_choice(choice);
    if (choice == YES) &mut self.yes
    else if (choice == NO) &mut self.no
    else &mut self.abstain
}

/// Begins to count the votes of a node's stake.
fun add_pool(self: &mut Proposal, staking: &Staking, node_id: ID) {
    if (self.pools.contains(node_id)) return;
    let powers = staking.snapshot(self.snapshot).powers();
    assert!(powers.contains(&node_id), ENotInSnapshot);
    let power = powers[&node_id];
    self.pools.add(node_id, PoolTally { power, direct: 0, operator: option::none() });
}

/// If the outcome has turned in the last tenth of the last epoch, the voting goes on for another epoch,
/// once, so that others can answer.
fun extend_if_turned(self: &mut Proposal, outcome: bool, staking: &Staking, clock: &Clock) {
    let epoch = staking.epoch();
    if (self.is_carried() == outcome || epoch + 1 != self.closes || self.is_extended()) return;
    let (synced_at, epoch_duration) = staking.epoch_times();
    let last_part = epoch_duration - epoch_duration / LAST_PART_DIVISOR;
    if (synced_at.is_some_and!(|time| clock.timestamp_ms() >= *time + last_part)) {
        self.closes = self.closes + 1;
        df::add(&mut self.id, ExtendedKey(), true);
        events::emit_voting_extended(epoch, self.id.to_inner(), self.closes);
    }
}

// === Closing ===

/// Closes a proposal whose voting is over, except one to ratify. The deposit goes back to the proposer,
/// unless too few took part.
public fun close(
    governance: &mut Governance,
    staking: &Staking,
    proposal: ID,
    ctx: &mut TxContext,
) {
    let self = governance.proposal_mut(proposal);
    assert!(!self.is_ratification(), EWrongAction);
    let closes = self.closes;
    let rules = self.rules;
    let is_text = match (&self.action) {
        Action::Text { .. } => true,
        _ => false,
    };
    if (governance.conclude(staking, proposal, ctx)) {
        let from = closes + rules.delay_epochs;
        governance.proposal_mut(proposal).state = if (is_text) ProposalState::Executed
        else ProposalState::Approved { from, until: from + rules.execute_epochs };
    }
}

/// Closes a proposal to ratify whose voting is over. If it was not refused, the operators can vote for the
/// upgrade until as many epochs have passed as there are for the execution of other proposals.
public fun close_ratification(
    governance: &mut Governance,
    manager: &mut UpgradeManager,
    staking: &Staking,
    proposal: ID,
    ctx: &mut TxContext,
) {
    let self = governance.proposal_mut(proposal);
    let until = self.closes + self.rules.execute_epochs;
    let (digest, from_version) = match (&self.action) {
        Action::RatifyOperatorUpgrade { digest, from_version } => (*digest, *from_version),
        _ => abort EWrongAction,
    };
    if (governance.conclude(staking, proposal, ctx)) {
        governance.proposal_mut(proposal).state = ProposalState::Executed;
        manager.ratify(governance.governance_cap(), digest, from_version, until);
        events::emit_operator_upgrade_ratified(staking.epoch(), digest, from_version, until);
    }
}

/// Ends the voting and pays the deposit out. Leaves a proposal that is not carried rejected, and returns
/// whether it is carried.
fun conclude(
    governance: &mut Governance,
    staking: &Staking,
    proposal: ID,
    ctx: &mut TxContext,
): bool {
    let epoch = staking.epoch();
    let inner = governance.inner_mut();
    let self = &mut inner.proposals[proposal];
    assert!(self.is_open(), EVotingOver);
    assert!(epoch >= self.closes, EVotingOpen);
    inner.active.remove(&proposal);
    let is_carried = self.is_carried();
    self.state = ProposalState::Rejected;
    let (yes, no, abstain) = self.votes();
    let participation = yes + no + abstain;
    let bond_forfeited = !tally::is_part(participation, self.total, self.rules.burn_below_bp);
    let proposer = self.proposer;
    let bond = self.bond.withdraw_all();
    if (bond_forfeited) {
        governance.forfeited_mut().join(bond);
    } else {
        transfer::public_transfer(coin::from_balance(bond, ctx), proposer);
    };
    events::emit_proposal_closed(epoch, proposal, is_carried, yes, no, abstain, bond_forfeited);
    is_carried
}

/// Burns the forfeited deposits.
public fun burn_forfeited_bonds(
    governance: &mut Governance,
    treasury: &mut ProtectedTreasury,
    ctx: &mut TxContext,
) {
    let bonds = governance.forfeited_mut().withdraw_all();
    treasury.burn(coin::from_balance(bonds, ctx));
}

// === Between approval and execution ===

/// Vetoes an approved proposal in the name of a node of the current committee. Vetoes of more than a third
/// of the shards, hence of at least one correct node, end it.
public fun node_veto(
    governance: &mut Governance,
    staking: &Staking,
    authenticated: Authenticated,
    node_id: ID,
    proposal: ID,
) {
    assert!(staking.has_governance_right(node_id, &authenticated), ENotAuthorized);
    let committee = staking.committee();
    assert!(committee.inner().contains(&node_id), ENotInCommittee);
    let weight = committee.shards(&node_id).length() as u16;
    let epoch = staking.epoch();
    let self = governance.proposal_mut(proposal);
    let (from, _) = self.execution_time();
    assert!(epoch < from, EWrongTime);
    assert!(!self.vetoers.contains(&node_id), EAlreadyVetoed);
    self.vetoers.insert(node_id);
    self.node_veto = self.node_veto + weight;
    let max_faulty = (staking.n_shards() - 1) / 3;
    let vetoed = self.node_veto > max_faulty;
    if (vetoed) self.state = ProposalState::Vetoed;
    events::emit_node_veto_cast(epoch, proposal, node_id, self.node_veto, vetoed);
}

/// Marks a proposal that was not carried out in time.
public fun expire(governance: &mut Governance, staking: &Staking, proposal: ID) {
    let epoch = staking.epoch();
    let self = governance.proposal_mut(proposal);
    let (_, until) = self.execution_time();
    assert!(epoch >= until, EWrongTime);
    self.state = ProposalState::Expired;
    events::emit_proposal_expired(epoch, proposal);
}

/// Sets the parameter as decided. Parameters of the protocol hold from the next epoch on, those of audits
/// from the next duties on, those of governance for proposals to come.
public fun execute_param(
    governance: &mut Governance,
    staking: &mut Staking,
    _system: &mut System,
    registry: &mut AuditRegistry,
    proposal: ID,
) {
    let (id, value) = match (governance.execute(staking, proposal)) {
        Action::Param { id, value } => (id, value),
        _ => abort EWrongAction,
    };
    if (id >= FIRST_OF_GOVERNANCE) {
        let inner = governance.inner_mut();
        inner.params = inner.params.replace(id, value);
    } else if (param_rules::is_protocol_param(id)) {
        param_rules::set_protocol_param(staking, governance.governance_cap(), id, value);
    } else {
        let params = param_rules::replace_audit_param(&registry.params(), id, value);
        let cap: &AuditAdminCap = dof::borrow(&governance.id, AuditAdminCapKey());
        registry.set_params(cap, params);
    };
    events::emit_param_decided(staking.epoch(), id, value);
}

/// Permits the upgrade that was decided. The rest is as with any upgrade: the upgrade itself,
/// `upgrade::commit_upgrade`, the migration of the shared objects, and `relink` for the packages that
/// depend on the protocol.
public fun authorize_staker_upgrade(
    governance: &mut Governance,
    manager: &mut UpgradeManager,
    staking: &Staking,
    proposal: ID,
): UpgradeTicket {
    match (governance.execute(staking, proposal)) {
        Action::Upgrade { digest, from_version } => manager.authorize_staker_upgrade(
            governance.governance_cap(),
            digest,
            from_version,
        ),
        _ => abort EWrongAction,
    }
}

/// Marks a proposal as carried out and returns what it demands.
fun execute(governance: &mut Governance, staking: &Staking, proposal: ID): Action {
    let epoch = staking.epoch();
    let self = governance.proposal_mut(proposal);
    let (from, until) = self.execution_time();
    assert!(epoch >= from && epoch < until, EWrongTime);
    self.state = ProposalState::Executed;
    events::emit_proposal_executed(epoch, proposal);
    self.action
}

/// Epochs between which an approved proposal is carried out.
fun execution_time(self: &Proposal): (u32, u32) {
    match (&self.state) {
        ProposalState::Approved { from, until } => (*from, *until),
        _ => abort ENotApproved,
    }
}

// === Views ===

/// Rules of proposals to come.
public fun params(governance: &Governance): GovParams { governance.inner().params }

/// A proposal.
public fun proposal(governance: &Governance, proposal: ID): &Proposal {
    let proposals = &governance.inner().proposals;
    assert!(proposals.contains(proposal), ENoSuchProposal);
    &proposals[proposal]
}

/// Where the proposal stands.
public fun state(self: &Proposal): ProposalState { self.state }

/// Power of the votes for the proposal, against it, and of those that abstain.
public fun votes(self: &Proposal): (u64, u64, u64) { (self.yes, self.no, self.abstain) }

/// Power of all stakes that may vote.
public fun total(self: &Proposal): u64 { self.total }

/// First epoch in which the proposal can be closed.
public fun closes(self: &Proposal): u32 { self.closes }

/// Whether the proposal is not closed.
public fun is_open(self: &Proposal): bool {
    match (&self.state) {
        ProposalState::Open => true,
        _ => false,
    }
}

/// Whether the voting was extended because the outcome turned at the last moment.
public fun is_extended(self: &Proposal): bool { df::exists_(&self.id, ExtendedKey()) }

/// Whether the proposal would be carried if the voting ended now: with a quorum and enough votes for it,
/// or, if it is to ratify, without too many against it.
public fun is_carried(self: &Proposal): bool {
    let rules = &self.rules;
    let approve_bp = match (&self.action) {
        Action::RatifyOperatorUpgrade { .. } => {
            return !tally::is_part(self.no, self.total, rules.staker_veto_bp)
        },
        Action::Upgrade { .. } => rules.approve_upgrade_bp,
        _ => rules.approve_param_bp,
    };
    tally::is_part(self.yes + self.no + self.abstain, self.total, rules.quorum_bp)
        && tally::is_approved(self.yes, self.no, approve_bp)
}

fun is_ratification(self: &Proposal): bool {
    match (&self.action) {
        Action::RatifyOperatorUpgrade { .. } => true,
        _ => false,
    }
}

/// Deposit of a proposer, in FROST.
public fun bond(self: &GovParams): u64 { self.bond }

// === Rules ===

/// Rules for a start.
public fun default_params(): GovParams {
    GovParams {
        bond: 100 * WAL_UNIT,
        max_active: 16,
        voting_epochs: 2,
        delay_epochs: 2,
        execute_epochs: 2,
        quorum_bp: 30_00,
        approve_param_bp: 50_00,
        approve_upgrade_bp: 66_70,
        staker_veto_bp: 20_00,
        default_weight_bp: 20_00,
        burn_below_bp: 5_00,
    }
}

/// The rules with one of them replaced. Aborts if they are out of their bounds.
fun replace(self: &GovParams, number: u16, value: u64): GovParams {
    let (params, is_valid) = self.try_replace(number, value);
    assert!(is_valid, EInvalidParams);
    params
}

fun try_replace(self: &GovParams, number: u16, value: u64): (GovParams, bool) {
    let mut params = *self;
    // No rule but the deposit has more than 16 bits.
    if (number != FIRST_OF_GOVERNANCE && value > std::u16::max_value!() as u64) {
        return (params, false)
    };
    match (number - FIRST_OF_GOVERNANCE) {
        0 => params.bond = value,
        1 => params.max_active = value as u16,
        2 => params.voting_epochs = value as u32,
        3 => params.delay_epochs = value as u32,
        4 => params.execute_epochs = value as u32,
        5 => params.quorum_bp = value as u16,
        6 => params.approve_param_bp = value as u16,
        7 => params.approve_upgrade_bp = value as u16,
        8 => params.staker_veto_bp = value as u16,
        9 => params.default_weight_bp = value as u16,
        10 => params.burn_below_bp = value as u16,
        _ => return (params, false),
    };
    (params, params.is_valid())
}

fun is_valid(self: &GovParams): bool {
    self.bond >= WAL_UNIT
        && self.bond <= 1_000_000 * WAL_UNIT
        && self.max_active >= 1
        && self.max_active <= 64
        // The stakes of the proposal's epoch are remembered for 16 epochs; one is for an extension.
        && self.voting_epochs >= 1
        && self.voting_epochs <= 14
        // Who leaves in the last epoch of the voting is paid before the execution.
        && self.delay_epochs >= 2
        && self.delay_epochs <= 16
        && self.execute_epochs >= 1
        && self.execute_epochs <= 16
        && self.quorum_bp >= 20_00
        && self.quorum_bp <= 60_00
        && self.approve_param_bp >= 50_00
        && self.approve_param_bp <= 90_00
        && self.approve_upgrade_bp >= 60_00
        && self.approve_upgrade_bp <= 90_00
        && self.staker_veto_bp >= 10_00
        && self.staker_veto_bp <= 50_00
        // Operators alone never make a quorum.
        && self.default_weight_bp < self.quorum_bp
        && self.burn_below_bp <= self.quorum_bp
}

// === State ===

fun open_proposal(governance: &mut Governance, staking: &Staking, proposal: ID): &mut Proposal {
    let self = governance.proposal_mut(proposal);
    assert!(self.is_open() && staking.epoch() < self.closes, EVotingOver);
    self
}

fun proposal_mut(governance: &mut Governance, proposal: ID): &mut Proposal {
    let proposals = &mut governance.inner_mut().proposals;
    assert!(proposals.contains(proposal), ENoSuchProposal);
    &mut proposals[proposal]
}

fun governance_cap(governance: &Governance): &GovernanceCap {
    dof::borrow(&governance.id, GovernanceCapKey())
}

fun forfeited_mut(governance: &mut Governance): &mut Balance<WAL> {
    df::borrow_mut(&mut governance.id, ForfeitedKey())
}

fun inner(governance: &Governance): &GovInnerV1 {
    assert!(governance.version == VERSION, EWrongVersion);
    df::borrow(&governance.id, VERSION)
}

fun inner_mut(governance: &mut Governance): &mut GovInnerV1 {
    assert!(governance.version == VERSION, EWrongVersion);
    df::borrow_mut(&mut governance.id, VERSION)
}

// === Tests ===

/// States to compare with.
#[test_only]
public fun rejected_for_testing(): ProposalState { ProposalState::Rejected }

#[test_only]
public fun vetoed_for_testing(): ProposalState { ProposalState::Vetoed }

#[test_only]
public fun executed_for_testing(): ProposalState { ProposalState::Executed }

#[test_only]
public fun expired_for_testing(): ProposalState { ProposalState::Expired }

#[test_only]
public fun approved_for_testing(from: u32, until: u32): ProposalState {
    ProposalState::Approved { from, until }
}

/// Gives the object another version without touching its state.
#[test_only]
public fun set_version_for_testing(governance: &mut Governance, version: u64) {
    governance.version = version;
}

/// Deposits that wait to be burned.
#[test_only]
public fun forfeited_for_testing(governance: &mut Governance): u64 {
    governance.forfeited_mut().value()
}

/// Power, direct votes and operator's choice of a pool.
#[test_only]
public fun pool_for_testing(self: &Proposal, node_id: ID): (u64, u64, Option<u8>) {
    let pool = &self.pools[node_id];
    (pool.power, pool.direct, pool.operator)
}

/// Whether votes for a pool were counted.
#[test_only]
public fun has_pool_for_testing(self: &Proposal, node_id: ID): bool {
    self.pools.contains(node_id)
}

/// Number of nodes for which votes are counted.
#[test_only]
public fun n_pools_for_testing(self: &Proposal): u64 { self.pools.length() }

/// Replaces a rule.
#[test_only]
public fun replace_for_testing(self: &GovParams, number: u16, value: u64): GovParams {
    self.replace(number, value)
}

/// Whether a rule can be replaced by the value.
#[test_only]
public fun is_valid_for_testing(self: &GovParams, number: u16, value: u64): bool {
    let (_, is_valid) = self.try_replace(number, value);
    is_valid
}
