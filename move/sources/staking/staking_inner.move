/// Nodes, stakes, committees and epochs: the state behind the `Staking` object.
///
/// An epoch goes through three states. While the nodes of a new committee transfer their shards it is
/// in `EpochChangeSync`; once a quorum of shards has arrived, in `EpochChangeDone`; and from half of
/// its time on, when the next committee and its parameters are selected, in `NextParamsSelected`.
/// The epoch change transaction then starts the next epoch.
module walrus::staking_inner;

use std::string::String;
use sui::balance::{Self, Balance};
use sui::bls12381::UncompressedG1;
use sui::clock::Clock;
use sui::group_ops::Element;
use sui::object_table::{Self, ObjectTable};
use sui::vec_map::{Self, VecMap};
use wal::wal::WAL;
use walrus::active_set::{Self, ActiveSet};
use walrus::apportionment;
use walrus::auth::{Authenticated, Authorized};
use walrus::bls_aggregate::{Self, BlsCommittee};
use walrus::committee::{Self, Committee};
use walrus::epoch_parameters::{Self, EpochParams};
use walrus::events;
use walrus::extended_field::{Self, ExtendedField};
use walrus::governed::{Self, Params, StakeSnapshot};
use walrus::node_metadata::NodeMetadata;
use walrus::penalty_events;
use walrus::penalty_ledger::Penalty;
use walrus::staked_wal::StakedWal;
use walrus::staking_events;
use walrus::staking_pool::{Self, StakingPool};
use walrus::storage_node::StorageNodeCap;
use walrus::vote_selection;
use walrus::walrus_context::{Self, WalrusContext};

/// The epoch is not in the state, or has not reached the time, for this step.
const EWrongEpochState: u64 = 0;
/// The attestation is for another epoch.
const EInvalidSyncEpoch: u64 = 1;
/// The node has attested this epoch before.
const EDuplicateSyncDone: u64 = 2;
/// Nobody in the active set has stake.
const ENoStake: u64 = 3;
/// The node is not in the committee.
const ENotInCommittee: u64 = 4;
/// The next committee is already selected.
const ECommitteeSelected: u64 = 5;
/// The next committee is not selected yet.
const ENextCommitteeIsEmpty: u64 = 6;
/// The members of a committee do not hold all shards between them.
const EInvalidNodeWeight: u64 = 7;
/// There is no such node.
const EPoolNotFound: u64 = 8;
/// A member of a committee has no shards.
const EZeroNodeWeight: u64 = 9;
/// The keys are not in the order of the committee.
const EIncorrectNodeOrder: u64 = 10;

/// Most members of the active set. The epoch change handles all of them in one transaction.
const MAX_ACTIVE_SET_SIZE: u16 = 150;
/// Stake a node needs to be in the active set.
const ACTIVE_SET_THRESHOLD_STAKE: u64 = 0;
/// The part of an epoch after which the next one is selected.
const VOTING_DELAY_DIVISOR: u64 = 2;
/// Price when there is nobody to vote: nothing can be bought.
const PRICE_WITHOUT_COMMITTEE: u64 = 18_446_744_073_709_551_615;

/// Where the current epoch stands.
public enum EpochState has copy, drop, store {
    /// The nodes transfer their shards; so many shards have arrived.
    EpochChangeSync(u16),
    /// A quorum of shards arrived at the given time.
    EpochChangeDone(u64),
    /// The next committee is selected; the time is still that of the quorum.
    NextParamsSelected(u64),
}

/// State behind the `Staking` object.
public struct StakingInnerV1 has store {
    /// Number of shards of every committee.
    n_shards: u16,
    /// Time from the shard quorum of an epoch to its end, in milliseconds.
    epoch_duration: u64,
    /// Earliest start of epoch 1, in milliseconds.
    first_epoch_start: u64,
    /// The pool of each node, by node ID.
    pools: ObjectTable<ID, StakingPool>,
    /// Current epoch.
    epoch: u32,
    /// The nodes from which committees are selected.
    active_set: ExtendedField<ActiveSet>,
    /// Committee of the next epoch, once selected.
    next_committee: Option<Committee>,
    /// Committee of the current epoch.
    committee: Committee,
    /// Committee of the previous epoch.
    previous_committee: Committee,
    /// Parameters of the next epoch, once selected.
    next_epoch_params: Option<EpochParams>,
    /// Where the current epoch stands.
    epoch_state: EpochState,
    /// BLS keys with which the nodes were selected for the next epoch, in the order of the committee.
    next_epoch_public_keys: ExtendedField<VecMap<ID, Element<UncompressedG1>>>,
}

/// Epoch 0, in which there is no committee yet.
public(package) fun new(
    epoch_zero_duration: u64,
    epoch_duration: u64,
    n_shards: u16,
    clock: &Clock,
    ctx: &mut TxContext,
): StakingInnerV1 {
    let now = clock.timestamp_ms();
    StakingInnerV1 {
        n_shards,
        epoch_duration,
        first_epoch_start: now + epoch_zero_duration,
        pools: object_table::new(ctx),
        epoch: 0,
        active_set: extended_field::new(
            active_set::new(MAX_ACTIVE_SET_SIZE, ACTIVE_SET_THRESHOLD_STAKE),
            ctx,
        ),
        next_committee: option::none(),
        committee: committee::empty(),
        previous_committee: committee::empty(),
        next_epoch_params: option::none(),
        epoch_state: EpochState::EpochChangeDone(now),
        next_epoch_public_keys: extended_field::new(vec_map::empty(), ctx),
    }
}

// === Nodes ===

/// Registers a storage node and returns its capability.
public(package) fun register_candidate(
    self: &mut StakingInnerV1,
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
    let wctx = walrus_context::new(self.epoch, self.is_next_committee_selected(), false, false);
    let (pool, cap) = staking_pool::new(
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
        &wctx,
        ctx,
    );
    staking_events::emit_node_registered(self.epoch, pool.node_id());
    self.pools.add(pool.node_id(), pool);
    cap
}

/// Schedules the commission rate of a node.
public(package) fun set_next_commission(
    self: &mut StakingInnerV1,
    cap: &StorageNodeCap,
    commission_rate: u16,
) {
    let wctx = self.context(&cap.node_id());
    self.pool_mut(cap.node_id()).set_next_commission(commission_rate, &wctx);
}

/// Announces the BLS key of a node.
public(package) fun set_next_public_key(
    self: &mut StakingInnerV1,
    cap: &StorageNodeCap,
    public_key: vector<u8>,
    proof_of_possession: vector<u8>,
    ctx: &TxContext,
) {
    let wctx = self.context(&cap.node_id());
    self.pool_mut(cap.node_id()).set_next_public_key(public_key, proof_of_possession, &wctx, ctx);
}

/// The pool of a node.
public(package) fun pool(self: &StakingInnerV1, node_id: ID): &StakingPool {
    assert!(self.pools.contains(node_id), EPoolNotFound);
    &self.pools[node_id]
}

/// The pool of a node, for changes that affect neither its stake nor a selected committee.
public(package) fun pool_mut(self: &mut StakingInnerV1, node_id: ID): &mut StakingPool {
    assert!(self.pools.contains(node_id), EPoolNotFound);
    &mut self.pools[node_id]
}

// === Commission and rights ===

/// Pays the commission of a node to whoever has the right to it.
public(package) fun collect_commission(
    self: &mut StakingInnerV1,
    node_id: ID,
    authenticated: Authenticated,
): Balance<WAL> {
    self.pool_mut(node_id).collect_commission(authenticated)
}

/// Passes the right to the commission of a node on.
public(package) fun set_commission_receiver(
    self: &mut StakingInnerV1,
    node_id: ID,
    authenticated: Authenticated,
    receiver: Authorized,
) {
    self.pool_mut(node_id).set_commission_receiver(authenticated, receiver);
}

/// Passes the governance right of a node on.
public(package) fun set_governance_authorized(
    self: &mut StakingInnerV1,
    node_id: ID,
    authenticated: Authenticated,
    authorized: Authorized,
) {
    self.pool_mut(node_id).set_governance_authorized(authenticated, authorized);
}

/// Whether the caller has the governance right of a node.
public(package) fun has_governance_right(
    self: &StakingInnerV1,
    node_id: ID,
    authenticated: &Authenticated,
): bool {
    authenticated.matches(self.pool(node_id).governance_authorized())
}

/// Adds to the deposit of an operator.
public(package) fun add_operator_bond(
    self: &mut StakingInnerV1,
    node_id: ID,
    funds: Balance<WAL>,
) {
    self.pool_mut(node_id).add_operator_bond(funds);
}

/// Announces that an operator wants its deposit back.
public(package) fun request_operator_bond_release(
    self: &mut StakingInnerV1,
    node_id: ID,
    authenticated: Authenticated,
) {
    let wctx = self.context(&node_id);
    self.pool_mut(node_id).request_operator_bond_release(authenticated, &wctx);
}

/// Pays an operator's deposit back.
public(package) fun withdraw_operator_bond(
    self: &mut StakingInnerV1,
    node_id: ID,
    authenticated: Authenticated,
): Balance<WAL> {
    let wctx = self.context(&node_id);
    self.pool_mut(node_id).withdraw_operator_bond(authenticated, &wctx)
}

/// Adds to the commissions of nodes of the previous committee. The amounts cannot be collected
/// before the slashing vote of the epoch had its time, that is before the next committee is selected.
public(package) fun add_commission_to_pools(
    self: &mut StakingInnerV1,
    node_ids: vector<ID>,
    commissions: vector<Balance<WAL>>,
) {
    let blocked = !self.is_next_params_selected();
    node_ids.zip_do!(commissions, |node_id, commission| {
        // For any other node nothing would release the commission.
        assert!(self.previous_committee.contains(&node_id), ENotInCommittee);
        self.pool_mut(node_id).add_commission(commission, blocked);
    });
}

/// Takes the whole commission of a node, blocked or not.
public(package) fun seize_commission(self: &mut StakingInnerV1, node_id: ID): Balance<WAL> {
    self.pool_mut(node_id).seize_commission()
}

// === Staking ===

/// Stakes with a node.
public(package) fun stake_with_pool(
    self: &mut StakingInnerV1,
    principal: Balance<WAL>,
    node_id: ID,
    ctx: &mut TxContext,
): StakedWal {
    let wctx = self.context(&node_id);
    let staked_wal = self.pool_mut(node_id).stake(principal, &wctx, ctx);
    self.try_join_active_set(node_id);
    staking_events::emit_stake_added(
        self.epoch,
        node_id,
        object::id(&staked_wal),
        staked_wal.value(),
        staked_wal.activation_epoch(),
    );
    staked_wal
}

/// Announces a withdrawal.
public(package) fun request_withdraw_stake(
    self: &mut StakingInnerV1,
    staked_wal: &mut StakedWal,
) {
    let node_id = staked_wal.node_id();
    let wctx = self.context(&node_id);
    self.pool_mut(node_id).request_withdraw_stake(staked_wal, &wctx);
    self.try_join_active_set(node_id);
    staking_events::emit_stake_withdrawal_requested(
        self.epoch,
        node_id,
        object::id(staked_wal),
        staked_wal.withdraw_epoch(),
    );
}

/// Pays out stake. Returns the payout, and what is lost to penalties.
public(package) fun withdraw_stake(
    self: &mut StakingInnerV1,
    staked_wal: StakedWal,
): (Balance<WAL>, Balance<WAL>) {
    let node_id = staked_wal.node_id();
    let wctx = self.context(&node_id);
    let (staked_wal_id, principal) = (object::id(&staked_wal), staked_wal.value());
    let (payout, lost) = self.pool_mut(node_id).withdraw_stake(staked_wal, &wctx);
    self.try_join_active_set(node_id);
    staking_events::emit_stake_withdrawn(
        self.epoch,
        node_id,
        staked_wal_id,
        principal,
        payout.value(),
    );
    (payout, lost)
}

/// Brings the active set up to date with the stake that a node will have at the next selection.
public(package) fun try_join_active_set(self: &mut StakingInnerV1, node_id: ID) {
    let epoch = self.context(&node_id).next_selection_epoch();
    let stake = self.pool(node_id).wal_balance_at_epoch(epoch);
    self.active_set.borrow_mut().insert_or_update(node_id, stake);
}

/// Whether the stake can be withdrawn without a request.
public(package) fun can_withdraw_early(self: &StakingInnerV1, staked_wal: &StakedWal): bool {
    staking_pool::can_withdraw_early(staked_wal, &self.context(&staked_wal.node_id()))
}

// === Selection of the next epoch ===

/// Selects the next committee and its parameters, once half of the epoch is over. Also ends the time
/// for slashing votes on the previous epoch's commissions.
public(package) fun voting_end(self: &mut StakingInnerV1, clock: &Clock) {
    let done_at = match (&self.epoch_state) {
        EpochState::EpochChangeDone(done_at) => *done_at,
        _ => abort EWrongEpochState,
    };
    let earliest = if (self.epoch == 0) self.first_epoch_start
    else done_at + self.epoch_duration / VOTING_DELAY_DIVISOR;
    assert!(clock.timestamp_ms() >= earliest, EWrongEpochState);

    self.select_next_committee();
    self.epoch_state = EpochState::NextParamsSelected(done_at);
    self.previous_committee.size().do!(|i| {
        let (node_id, _) = self.previous_committee.member_at(i);
        self.pools[node_id].release_commission();
    });
    events::emit_epoch_parameters_selected(self.epoch + 1);
}

/// The committee that the active set would give if it were selected now.
public(package) fun compute_next_committee(self: &StakingInnerV1): Committee {
    let active_set = self.active_set.borrow();
    assert!(active_set.total_stake() > 0, ENoStake);
    let (ids, stakes) = active_set.active_ids_and_stake();
    let shards = apportionment::dhondt(&stakes, self.n_shards);
    let mut members = vector[];
    let mut weights = vector[];
    ids.length().do!(|i| {
        if (shards[i] > 0) {
            members.push_back(ids[i]);
            weights.push_back(shards[i]);
        }
    });
    if (self.committee.is_empty()) committee::initialize(members, weights)
    else self.committee.transition(members, weights)
}

/// Fixes the next committee, its keys and its capacity.
fun select_next_committee(self: &mut StakingInnerV1) {
    assert!(self.next_committee.is_none(), ECommitteeSelected);
    let committee = self.compute_next_committee();
    let mut ids = vector[];
    let mut keys = vector[];
    let mut votes = vector[];
    let mut weights = vector[];
    committee.size().do!(|i| {
        let (node_id, weight) = committee.member_at(i);
        let pool = &self.pools[node_id];
        ids.push_back(node_id);
        keys.push_back(*pool.node_info().next_epoch_public_key());
        votes.push_back(capacity_vote(pool.node_capacity_vote(), weight, self.n_shards));
        weights.push_back(weight);
    });
    let capacity = vote_selection::largest_with_quorum(&votes, &weights, self.n_shards);
    self.next_epoch_public_keys.swap(vec_map::from_keys_values(ids, keys));
    // Prices follow the votes of the current committee at any time; they are not fixed here.
    self.next_epoch_params =
        option::some(
            epoch_parameters::new(capacity, PRICE_WITHOUT_COMMITTEE, PRICE_WITHOUT_COMMITTEE),
        );
    self.next_committee = option::some(committee);
}

/// The total capacity at which a node's shards fill the capacity of the node, as far as 64 bits go.
public(package) fun capacity_vote(node_capacity: u64, weight: u16, n_shards: u16): u64 {
    assert!(weight > 0, EZeroNodeWeight);
    let total = (node_capacity as u128) * (n_shards as u128) / (weight as u128);
    total.min(std::u64::max_value!() as u128) as u64
}

/// Storage and write price that the current committee votes for.
public(package) fun selected_prices(self: &StakingInnerV1): (u64, u64) {
    if (self.committee.is_empty()) return (PRICE_WITHOUT_COMMITTEE, PRICE_WITHOUT_COMMITTEE);
    let mut storage_votes = vector[];
    let mut write_votes = vector[];
    let mut weights = vector[];
    self.committee.size().do!(|i| {
        let (node_id, weight) = self.committee.member_at(i);
        let pool = &self.pools[node_id];
        storage_votes.push_back(pool.storage_price_vote());
        write_votes.push_back(pool.write_price_vote());
        weights.push_back(weight);
    });
    (
        vote_selection::smallest_with_quorum(&storage_votes, &weights, self.n_shards),
        vote_selection::smallest_with_quorum(&write_votes, &weights, self.n_shards),
    )
}

// === Epoch change ===

/// Checks that the next epoch may start now.
public(package) fun check_epoch_change(self: &StakingInnerV1, clock: &Clock) {
    let done_at = match (&self.epoch_state) {
        EpochState::NextParamsSelected(done_at) => *done_at,
        _ => abort EWrongEpochState,
    };
    let earliest = if (self.epoch == 0) self.first_epoch_start
    else done_at + self.epoch_duration;
    assert!(clock.timestamp_ms() >= earliest, EWrongEpochState);
}

/// The next committee with the keys with which it was selected.
public(package) fun next_bls_committee(self: &StakingInnerV1): BlsCommittee {
    assert!(self.next_committee.is_some(), ENextCommitteeIsEmpty);
    let committee = self.next_committee.borrow();
    let keys = self.next_epoch_public_keys.borrow();
    let members = vector::tabulate!(committee.size(), |i| {
        let (node_id, weight) = committee.member_at(i);
        let (key_owner, key) = keys.get_entry_by_idx(i);
        assert!(node_id == *key_owner, EIncorrectNodeOrder);
        bls_aggregate::new_bls_committee_member(*key, weight, node_id)
    });
    let bls_committee = bls_aggregate::new_bls_committee(self.epoch + 1, members);
    assert!(bls_committee.n_shards() == self.n_shards, EInvalidNodeWeight);
    bls_committee
}

/// The parameters selected for the next epoch.
public(package) fun next_epoch_params(self: &StakingInnerV1): EpochParams {
    assert!(self.next_epoch_params.is_some(), ENextCommitteeIsEmpty);
    *self.next_epoch_params.borrow()
}

/// What penalties took at a boundary.
public struct Seizure {
    /// To be burned.
    burn: Balance<WAL>,
    /// For the challengers of each node.
    bounties: VecMap<ID, Balance<WAL>>,
}

/// Starts the next epoch with the selected committee, and gives the rewards of the ended epoch to the
/// pools of its committee. `rewards` lists the nodes in the order of the committee. Returns what the
/// penalties took.
public(package) fun advance_epoch(
    self: &mut StakingInnerV1,
    rewards: VecMap<ID, Balance<WAL>>,
    penalties: &VecMap<ID, Penalty>,
    spare_stakers: bool,
): Seizure {
    assert!(self.next_committee.is_some(), ENextCommitteeIsEmpty);
    let keys = self.next_epoch_public_keys.swap(vec_map::empty());
    self.epoch = self.epoch + 1;
    self.previous_committee = self.committee;
    self.committee = self.next_committee.extract();
    self.next_epoch_params = option::none();
    self.epoch_state = EpochState::EpochChangeSync(0);

    let mut seizure = Seizure { burn: balance::zero(), bounties: vec_map::empty() };
    let (node_ids, balances) = rewards.into_keys_values();
    node_ids.zip_do!(balances, |node_id, reward| {
        self.advance_pool(
            node_id,
            reward,
            &keys,
            penalties.try_get(&node_id),
            spare_stakers,
            &mut seizure,
        );
    });
    self.committee.size().do!(|i| {
        let (node_id, _) = self.committee.member_at(i);
        if (!self.previous_committee.contains(&node_id)) {
            let none = option::none();
            self.advance_pool(node_id, balance::zero(), &keys, none, false, &mut seizure);
        }
    });
    events::emit_epoch_change_start(self.epoch);
    seizure
}

/// Takes a seizure apart: what is to be burned, and what is for the challengers of each node.
public(package) fun into_parts(self: Seizure): (Balance<WAL>, VecMap<ID, Balance<WAL>>) {
    let Seizure { burn, bounties } = self;
    (burn, bounties)
}

/// Advances a pool into the epoch that just started and refreshes its entry in the active set.
fun advance_pool(
    self: &mut StakingInnerV1,
    node_id: ID,
    reward: Balance<WAL>,
    keys: &VecMap<ID, Element<UncompressedG1>>,
    penalty: Option<Penalty>,
    spare_stakers: bool,
    seizure: &mut Seizure,
) {
    let pool = &mut self.pools[node_id];
    pool.credit_rewards(reward, self.epoch);
    penalty.do!(|penalty| {
        let (burn, bounty, principal_loss) = pool.apply_penalty(&penalty, spare_stakers);
        penalty_events::emit_node_penalized(
            self.epoch,
            node_id,
            penalty.penalty_fraction(),
            burn.value() + bounty.value(),
            principal_loss,
        );
        seizure.burn.join(burn);
        seizure.bounties.insert(node_id, bounty);
    });
    pool.complete_advance(keys.try_get(&node_id));
    let stake = pool.wal_balance_at_epoch(self.epoch + 1);
    self.active_set.borrow_mut().insert_or_update(node_id, stake);
}

/// Brings in force what the stakers decided about epochs and committees.
public(package) fun apply_params(self: &mut StakingInnerV1, params: &Params) {
    self.epoch_duration = params.epoch_duration(self.epoch_duration);
    let active_set = self.active_set.borrow_mut();
    let (max_size, threshold_stake) =
        params.active_set_bounds(active_set.max_size(), active_set.threshold_stake());
    active_set.set_bounds(max_size, threshold_stake);
}

/// The stakes that back the current committee.
public(package) fun stake_snapshot(self: &StakingInnerV1): StakeSnapshot {
    let node_ids = self.committee.inner().keys();
    let stakes = node_ids.map_ref!(|node_id| self.pools[*node_id].wal_balance());
    governed::new_snapshot(node_ids, stakes)
}

/// Records that a node holds all its shards of the current epoch.
public(package) fun epoch_sync_done(
    self: &mut StakingInnerV1,
    cap: &mut StorageNodeCap,
    epoch: u32,
    clock: &Clock,
) {
    assert!(epoch == self.epoch, EInvalidSyncEpoch);
    assert!(cap.last_epoch_sync_done() < self.epoch, EDuplicateSyncDone);
    let node_id = cap.node_id();
    assert!(self.committee.contains(&node_id), ENotInCommittee);
    cap.set_last_epoch_sync_done(epoch);

    let shards = *self.committee.shards(&node_id);
    match (&self.epoch_state) {
        EpochState::EpochChangeSync(synced) => {
            let synced = *synced + (shards.length() as u16);
            if (self.is_quorum(synced)) {
                self.epoch_state = EpochState::EpochChangeDone(clock.timestamp_ms());
                events::emit_epoch_change_done(epoch);
            } else {
                self.epoch_state = EpochState::EpochChangeSync(synced);
            }
        },
        // The quorum was reached without this node.
        _ => (),
    };
    events::emit_shards_received(epoch, shards);
}

// === Views ===

/// Current epoch.
public(package) fun epoch(self: &StakingInnerV1): u32 { self.epoch }

/// Number of shards of every committee.
public(package) fun n_shards(self: &StakingInnerV1): u16 { self.n_shards }

/// Time from the shard quorum of an epoch to its end, in milliseconds.
public(package) fun epoch_duration(self: &StakingInnerV1): u64 { self.epoch_duration }

/// Earliest start of epoch 1, in milliseconds.
public(package) fun first_epoch_start(self: &StakingInnerV1): u64 { self.first_epoch_start }

/// Committee of the current epoch.
public(package) fun committee(self: &StakingInnerV1): &Committee { &self.committee }

/// Committee of the previous epoch.
public(package) fun previous_committee(self: &StakingInnerV1): &Committee {
    &self.previous_committee
}

/// Committee of the next epoch, once selected.
public(package) fun next_committee(self: &StakingInnerV1): &Option<Committee> {
    &self.next_committee
}

/// Time at which the shards of the current epoch had arrived; none while they are being transferred.
public(package) fun synced_at(self: &StakingInnerV1): Option<u64> {
    match (&self.epoch_state) {
        EpochState::EpochChangeSync(_) => option::none(),
        EpochState::EpochChangeDone(done_at) => option::some(*done_at),
        EpochState::NextParamsSelected(done_at) => option::some(*done_at),
    }
}

/// Whether the nodes are still transferring their shards.
public(package) fun is_epoch_sync(self: &StakingInnerV1): bool {
    match (&self.epoch_state) {
        EpochState::EpochChangeSync(_) => true,
        _ => false,
    }
}

/// Whether the next committee and its parameters are selected.
public(package) fun is_next_params_selected(self: &StakingInnerV1): bool {
    match (&self.epoch_state) {
        EpochState::NextParamsSelected(_) => true,
        _ => false,
    }
}

/// Number of shards of a node in the current committee.
public(package) fun node_weight(self: &StakingInnerV1, node_id: &ID): u16 {
    assert!(self.committee.contains(node_id), ENotInCommittee);
    self.committee.shards(node_id).length() as u16
}

/// Whether so many shards are a quorum.
public(package) fun is_quorum(self: &StakingInnerV1, weight: u16): bool {
    bls_aggregate::is_quorum(weight, self.n_shards)
}

/// The nodes from which committees are selected.
public(package) fun active_set(self: &StakingInnerV1): &ActiveSet { self.active_set.borrow() }

fun is_next_committee_selected(self: &StakingInnerV1): bool { self.next_committee.is_some() }

/// Where the protocol stands from the point of view of a node.
fun context(self: &StakingInnerV1, node_id: &ID): WalrusContext {
    walrus_context::new(
        self.epoch,
        self.is_next_committee_selected(),
        self.committee.contains(node_id),
        self.next_committee.is_some_and!(|committee| committee.contains(node_id)),
    )
}

// === Tests ===

/// Takes a node out of the active set.
#[test_only]
public fun remove_from_active_set_for_testing(self: &mut StakingInnerV1, node_id: ID) {
    self.active_set.borrow_mut().remove(node_id);
}

/// Selects the next committee whatever the state.
#[test_only]
public fun select_next_committee_for_testing(self: &mut StakingInnerV1) {
    self.select_next_committee();
}

/// Brings the keys of the next committee into another order.
#[test_only]
public fun reverse_next_keys_for_testing(self: &mut StakingInnerV1) {
    let (mut ids, mut keys) = self.next_epoch_public_keys.swap(vec_map::empty()).into_keys_values();
    ids.reverse();
    keys.reverse();
    self.next_epoch_public_keys.swap(vec_map::from_keys_values(ids, keys));
}

/// Changes the number of shards under way.
#[test_only]
public fun set_n_shards_for_testing(self: &mut StakingInnerV1, n_shards: u16) {
    self.n_shards = n_shards;
}
