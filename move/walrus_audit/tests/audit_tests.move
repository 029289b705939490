/// Audits from the certified blob set to the penalty, and challenges from the deposit to the bounty.
#[test_only]
module walrus_audit::audit_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::clock::{Self, Clock};
use sui::coin::Coin;
use sui::random::{Self, Random};
use wal::wal::WAL;
use walrus::audit_cap::{Self, AuditCap};
use walrus::blob::Blob;
use walrus::market;
use walrus::network::{Self, Network};
use walrus::penalty_ledger;
use walrus::shared_blob::{Self, SharedBlob};
use walrus_audit::audit::{Self, AuditAdminCap, AuditRegistry};
use walrus_audit::openings;

const WAL1: u64 = 1_000_000_000;
const SEED: vector<u8> = b"thirty-two bytes of a random seed";
/// Penalties of the parameters below: a tenth for a node that answers nothing.
const BOND: u64 = 5_000_000_000;

/// A network in epoch 1 with a registry, and a clock of its own.
public struct Audited {
    network: Network,
    registry: AuditRegistry,
    admin_cap: AuditAdminCap,
    clock: Clock,
}

fun params(): penalty_ledger::AuditParams {
    penalty_ledger::new_params(
        200, 20, 25_00, 5_00, 20_00, 10_00, 1_00, BOND, 10_00, 2, 50_00, 50_00, 10_00,
    )
}

fun begin(): Audited {
    let mut network = network::new();
    let (_, _, _, network_clock, ctx) = network.parts();
    let now = network_clock.timestamp_ms();
    let (mut registry, admin_cap) =
        audit::new_for_testing(audit_cap::new_for_testing(ctx), ctx);
    registry.set_params(&admin_cap, params());
    let mut clock = clock::create_for_testing(ctx);
    clock.set_for_testing(now);
    Audited { network, registry, admin_cap, clock }
}

fun end(audited: Audited) {
    destroy(audited);
}

/// The node that holds the shard of the opened pair.
fun holder(self: &mut Audited): ID {
    let shard = openings::shard();
    let (ids, shards) = (*self.network.staking().committee().inner()).into_keys_values();
    ids[shards.find_index!(|list| list.contains(&shard)).destroy_some()]
}

/// Position of that node among the nodes of the network.
fun holder_index(self: &mut Audited): u64 {
    let node_id = self.holder();
    let mut index = 0;
    while (self.network.node_id(index) != node_id) index = index + 1;
    index
}

fun set_message(epoch: u32, root: vector<u8>, count: u64): vector<u8> {
    let mut message = market::header(7, epoch);
    message.append(bcs::to_bytes(&epoch));
    message.append(root);
    message.append(bcs::to_bytes(&count));
    message
}

/// Commits to the list of the first `count` blob IDs of the table.
fun commit(self: &mut Audited, count: u64) {
    let epoch = self.network.staking().epoch();
    let message = set_message(epoch, openings::list_roots()[count - 1], count);
    self.commit_message(message);
}

fun commit_message(self: &mut Audited, message: vector<u8>) {
    let (staking, system, _, _, _) = self.network.parts();
    let signature = market::sign(market::all(), message);
    self.registry.commit_blob_set(system, staking, signature, market::all(), message);
}

fun draw(self: &mut Audited) {
    self.registry.record_seed_for_testing(self.network.staking(), SEED, &self.clock);
}

/// The first sample of the holder that the table can open, and its axis and symbol.
fun openable(self: &mut Audited): (u16, u8, u16) {
    let node_id = self.holder();
    let mut k = 0;
    loop {
        let (leaf, shard, axis, symbol) =
            self.registry.sample(self.network.staking(), node_id, k);
        if (leaf == 0 && shard == openings::shard()) return (k, axis, symbol);
        k = k + 1;
    }
}

fun answer(self: &mut Audited, k: u16, set_path: vector<vector<u8>>, axis: u8, symbol: u16) {
    let index = self.holder_index();
    self.answer_as(index, k, set_path, axis, symbol);
}

/// Answers with the capability of the i-th node.
fun answer_as(
    self: &mut Audited,
    index: u64,
    k: u16,
    set_path: vector<vector<u8>>,
    axis: u8,
    symbol: u16,
) {
    let (staking, cap) = self.network.staking_and_cap(index);
    self.registry.answer(
        staking,
        cap,
        k,
        openings::root_hash(),
        openings::size(),
        1,
        set_path,
        openings::sliver_roots()[0],
        openings::sliver_roots()[1],
        openings::pair_path(),
        vector[openings::symbols(axis)[symbol as u64]],
        openings::symbol_paths(axis)[symbol as u64],
        &self.clock,
    );
}

// === Rounds ===

#[test]
fun a_sample_is_answered() {
    let mut audited = begin();
    assert!(!audited.network.staking().has_ledger());
    audited.commit(1);
    assert!(!audited.network.staking().ledger().is_seeded());
    audited.draw();
    let node_id = audited.holder();
    let asked = audited.network.staking().ledger().asked(&node_id);
    assert!(asked >= 20);
    let (k, axis, symbol) = audited.openable();
    audited.answer(k, vector[], axis, symbol);
    assert_eq!(audited.network.staking().ledger().answered(&node_id), 1);
    audited.end();
}

#[test]
fun a_sample_of_a_longer_list_is_answered_with_its_path() {
    let mut audited = begin();
    audited.commit(5);
    audited.draw();
    let (k, axis, symbol) = audited.openable();
    audited.answer(k, openings::list_paths()[4][0], axis, symbol);
    let node_id = audited.holder();
    assert_eq!(audited.network.staking().ledger().answered(&node_id), 1);
    audited.end();
}

/// All samples that the table can open; a node's samples differ, and so do those of other seeds.
#[test]
fun samples_spread_over_symbols() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let node_id = audited.holder();
    let mut seen = vector::tabulate!(20, |_| false);
    audited.network.staking().ledger().asked(&node_id).do!(|k| {
        let (leaf, shard, axis, symbol) =
            audited.registry.sample(audited.network.staking(), node_id, k);
        assert_eq!(leaf, 0);
        assert!(audited.network.staking().committee().shards(&node_id).contains(&shard));
        *(&mut seen[(axis as u64) * 10 + (symbol as u64)]) = true;
        if (shard == openings::shard()) audited.answer(k, vector[], axis, symbol);
    });
    assert!(seen.count!(|hit| *hit) > 8);
    assert!(audited.network.staking().ledger().answered(&node_id) > 1);
    audited.end();
}

fun excuse_invalid(
    self: &mut Audited,
    node_id: ID,
    k: u16,
    signature: vector<u8>,
    message: vector<u8>,
) {
    let (staking, system, _, _, _) = self.network.parts();
    self
        .registry
        .excuse_invalid(
            staking,
            system,
            node_id,
            k,
            vector[],
            signature,
            market::all(),
            message,
            &self.clock,
        );
}

/// Active stake of a node.
fun stake_of(self: &mut Audited, node_id: ID): u64 {
    let (stake, _, _) = self.network.staking().pool_totals_for_testing(node_id);
    stake
}

/// Whoever answers nothing loses a tenth of the stake; who was excused from everything loses nothing.
#[test]
fun misses_are_charged_at_the_end_of_the_epoch() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    // Three nodes are excused: the blob turned out to be inconsistent after they had looked at it.
    let lazy = audited.network.node_id(3);
    let epoch = audited.network.staking().epoch();
    let message = market::blob_statement(2, epoch, openings::blob_id());
    let signature = market::sign(market::all(), message);
    3u64.do!(|i| {
        let node_id = audited.network.node_id(i);
        audited.network.staking().ledger().asked(&node_id).do!(|k| {
            audited.excuse_invalid(node_id, k, signature, message);
        });
    });
    audited.network.next_epoch();
    assert_eq!(audited.stake_of(lazy), 90 * WAL1);
    let diligent = audited.network.node_id(2);
    assert_eq!(audited.stake_of(diligent), 200 * WAL1);
    let staking = audited.network.staking();
    // A new epoch, new duties.
    assert!(!staking.ledger().is_seeded());
    assert_eq!(staking.ledger().epoch(), 2);
    assert_eq!(staking.ledger().asked(&lazy), 0);
    audited.end();
}

/// If too many nodes fail, something else is wrong, and stakers are spared.
#[test]
fun a_general_failure_spares_the_stakers() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    audited.network.next_epoch();
    4u64.do!(|i| {
        let node_id = audited.network.node_id(i);
        let stake = (4 - i) * 100 * WAL1;
        assert_eq!(audited.stake_of(node_id), stake);
    });
    audited.end();
}

/// Once audits have begun, an epoch without one costs a tenth of the rewards in addition.
#[test]
fun an_epoch_without_audit_is_charged() {
    let mut audited = begin();
    audited.commit(1);
    audited.network.earn(10_000);
    let (staking, system, treasury, _, _) = audited.network.parts();
    let fees = system.future_accounting().ring_lookup(0).rewards();
    let supply = treasury.total_supply();
    let _ = staking;
    audited.network.next_epoch();
    let (_, _, treasury, _, _) = audited.network.parts();
    let burned = fees * 3 / 100;
    let rewards = fees - burned;
    // Each node's tenth is rounded down.
    let extra = supply - treasury.total_supply() - burned;
    assert!(extra <= rewards / 10 && extra + 5 > rewards / 10);
    audited.end();
}

#[test]
fun an_empty_set_asks_nothing() {
    let mut audited = begin();
    let message = set_message(1, vector::tabulate!(32, |_| 0), 0);
    audited.commit_message(message);
    audited.draw();
    let node_id = audited.network.node_id(0);
    assert!(audited.network.staking().ledger().is_seeded());
    assert_eq!(audited.network.staking().ledger().asked(&node_id), 0);
    audited.end();
}

#[test]
fun past_rounds_are_deleted() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    audited.registry.cleanup_rounds(audited.network.staking(), vector[0, 1, 2]);
    let node_id = audited.network.node_id(0);
    audited.registry.sample(audited.network.staking(), node_id, 0);
    audited.network.next_epoch();
    audited.registry.cleanup_rounds(audited.network.staking(), vector[1]);
    audited.commit(2);
    audited.end();
}

#[test, expected_failure(abort_code = audit::EAlreadyCommitted)]
fun committing_twice() {
    let mut audited = begin();
    audited.commit(1);
    audited.commit(1);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongSetEpoch)]
fun a_set_of_another_epoch() {
    let mut audited = begin();
    let mut message = market::header(7, 1);
    message.append(bcs::to_bytes(&2u32));
    message.append(openings::list_roots()[0]);
    message.append(bcs::to_bytes(&1u64));
    audited.commit_message(message);
    abort
}

#[test, expected_failure(abort_code = walrus::messages::EInvalidMsgType)]
fun a_certificate_of_another_type() {
    let mut audited = begin();
    audited.commit_message(market::permanent_message(1, openings::blob_id()));
    abort
}

#[test, expected_failure(abort_code = walrus::bls_aggregate::ENotEnoughStake)]
fun a_set_without_a_quorum() {
    let mut audited = begin();
    let message = set_message(1, openings::list_roots()[0], 1);
    let (staking, system, _, _, _) = audited.network.parts();
    let bitmap = vector[0];
    let signature = market::sign(bitmap, message);
    audited.registry.commit_blob_set(system, staking, signature, bitmap, message);
    abort
}

#[test, expected_failure(abort_code = audit::ENoRound)]
fun drawing_without_a_set() {
    let mut audited = begin();
    audited.draw();
    abort
}

#[test, expected_failure(abort_code = audit::EAlreadySeeded)]
fun drawing_twice() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    audited.draw();
    abort
}

/// The window must end before the next committee may be selected.
#[test, expected_failure(abort_code = audit::EWrongTime)]
fun drawing_too_late() {
    let mut audited = begin();
    audited.commit(1);
    audited.clock.increment_for_testing(251);
    audited.draw();
    abort
}

#[test]
fun drawing_as_late_as_possible() {
    let mut audited = begin();
    audited.commit(1);
    audited.clock.increment_for_testing(250);
    audited.draw();
    audited.end();
}

#[test, expected_failure(abort_code = audit::ENoRound)]
fun sampling_before_the_draw() {
    let mut audited = begin();
    audited.commit(1);
    let node_id = audited.network.node_id(0);
    audited.registry.sample(audited.network.staking(), node_id, 0);
    abort
}

#[test, expected_failure(abort_code = audit::ENoRound)]
fun sampling_without_a_set() {
    let mut audited = begin();
    let node_id = audited.network.node_id(0);
    audited.registry.sample(audited.network.staking(), node_id, 0);
    abort
}

#[test, expected_failure(abort_code = audit::ENoSuchSample)]
fun sampling_beyond_the_duty() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let node_id = audited.holder();
    let asked = audited.network.staking().ledger().asked(&node_id);
    audited.registry.sample(audited.network.staking(), node_id, asked);
    abort
}

#[test, expected_failure(abort_code = audit::EAlreadyAnswered)]
fun answering_twice() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let (k, axis, symbol) = audited.openable();
    audited.answer(k, vector[], axis, symbol);
    audited.answer(k, vector[], axis, symbol);
    abort
}

#[test]
fun answering_at_the_deadline() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let (k, axis, symbol) = audited.openable();
    audited.clock.increment_for_testing(250);
    audited.answer(k, vector[], axis, symbol);
    audited.end();
}

#[test, expected_failure(abort_code = audit::EDeadlinePassed)]
fun answering_too_late() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let (k, axis, symbol) = audited.openable();
    audited.clock.increment_for_testing(251);
    audited.answer(k, vector[], axis, symbol);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongSample)]
fun answering_with_another_blob() {
    let mut audited = begin();
    // The list does not contain the blob at the place that is sampled.
    let message = set_message(1, openings::list_roots()[1], 1);
    audited.commit_message(message);
    audited.draw();
    let (k, axis, symbol) = audited.openable();
    audited.answer(k, vector[], axis, symbol);
    abort
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSymbol)]
fun answering_with_another_symbol() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let (k, axis, symbol) = audited.openable();
    audited.answer(k, vector[], axis, (symbol + 1) % 10);
    abort
}

// === Deny lists ===

/// Records the list of the first three blob IDs as the holder's deny list in the current epoch.
fun deny(self: &mut Audited, list: u64) {
    let index = self.holder_index();
    let root = bcs::new(openings::list_roots()[list]).peel_u256();
    let (staking, cap) = self.network.staking_and_cap_mut(index);
    cap.set_deny_list_for_testing(root, 1, 1);
    self.registry.record_deny_list(staking, cap);
}

fun excuse(self: &mut Audited, list: u64) {
    let (k, _, _) = self.openable();
    let index = self.holder_index();
    self.excuse_as(index, k, list);
}

/// Excuses a sample with the capability of the i-th node.
fun excuse_as(self: &mut Audited, index: u64, k: u16, list: u64) {
    let (staking, cap) = self.network.staking_and_cap(index);
    self.registry.excuse_denied(
        staking,
        cap,
        k,
        openings::blob_id(),
        vector[],
        0,
        list + 1,
        openings::list_paths()[list][0],
        &self.clock,
    );
}

/// Ends the epoch and brings the clock of the test along.
fun next_epoch(self: &mut Audited) {
    self.network.next_epoch();
    let (_, _, _, network_clock, _) = self.network.parts();
    self.clock.set_for_testing(network_clock.timestamp_ms());
}

#[test]
fun a_deny_list_of_an_earlier_epoch_excuses() {
    let mut audited = begin();
    audited.deny(2);
    audited.next_epoch();
    // A list of this epoch does not count, but does not spoil the earlier one either.
    audited.deny(3);
    audited.commit(1);
    audited.draw();
    audited.excuse(2);
    let node_id = audited.holder();
    assert_eq!(audited.network.staking().ledger().answered(&node_id), 1);
    audited.next_epoch();
    audited.commit(1);
    audited.draw();
    audited.excuse(3);
    audited.end();
}

#[test, expected_failure(abort_code = audit::ENotDenied)]
fun a_deny_list_of_this_epoch_does_not_excuse() {
    let mut audited = begin();
    audited.deny(2);
    audited.commit(1);
    audited.draw();
    audited.excuse(2);
    abort
}

#[test, expected_failure(abort_code = audit::ENotDenied)]
fun without_a_deny_list_there_is_no_excuse() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    audited.excuse(2);
    abort
}

/// The index of a node that does not hold the opened shard.
fun another_index(self: &mut Audited): u64 {
    if (self.holder_index() == 0) 1 else 0
}

/// A capability answers for its own node: a symbol of a shard of another node is none of its samples.
#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSliverPair)]
fun the_capability_of_another_node_answers_nothing() {
    let mut audited = begin();
    audited.commit(1);
    audited.draw();
    let index = audited.another_index();
    audited.answer_as(index, 0, vector[], 0, 0);
    abort
}

/// Nor does the deny list of one node excuse another.
#[test, expected_failure(abort_code = audit::ENotDenied)]
fun the_deny_list_of_another_node_does_not_excuse() {
    let mut audited = begin();
    audited.deny(2);
    audited.next_epoch();
    audited.commit(1);
    audited.draw();
    let index = audited.another_index();
    audited.excuse_as(index, 0, 2);
    abort
}

// === Challenges ===

fun certified_blob(self: &mut Audited, deletable: bool): Blob {
    let (_, system, _, _, ctx) = self.network.parts();
    let mut coin = market::coin(1_000_000, ctx);
    let storage = system.reserve_space(market::unit(), 3, &mut coin, ctx);
    let mut blob = system.register_blob(
        storage,
        openings::blob_id(),
        openings::root_hash(),
        openings::size(),
        1,
        deletable,
        &mut coin,
        ctx,
    );
    destroy(coin);
    let epoch = system.epoch();
    let message = if (deletable) {
        market::deletable_message(epoch, blob.blob_id(), blob.object_id())
    } else {
        market::permanent_message(epoch, blob.blob_id())
    };
    system.certify_blob(&mut blob, market::sign(market::all(), message), market::all(), message);
    blob
}

/// Challenges the holder of the opened pair as early as possible.
fun challenge(self: &mut Audited, blob: &Blob, shard: u16, bond: u64): u64 {
    let node_id = self.holder();
    let (staking, _, _, _, ctx) = self.network.parts();
    let coin = market::coin(bond, ctx);
    let generator = random::new_generator_from_seed_for_testing(SEED);
    self
        .registry
        .challenge_for_testing(staking, blob, node_id, shard, coin, generator, &self.clock, ctx)
}

fun answer_challenge(self: &mut Audited, id: u64) {
    let target = self.registry.target_for_testing(id);
    self.open_symbol(id, target.axis(), target.symbol());
}

fun open_symbol(self: &mut Audited, id: u64, axis: u8, symbol: u16) {
    self.registry.answer_challenge(
        self.network.staking(),
        id,
        openings::root_hash(),
        openings::size(),
        1,
        openings::sliver_roots()[0],
        openings::sliver_roots()[1],
        openings::pair_path(),
        vector[openings::symbols(axis)[symbol as u64]],
        openings::symbol_paths(axis)[symbol as u64],
        &self.clock,
    );
}

#[test]
fun an_answered_challenge_pays_the_node() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    let node_id = audited.holder();
    assert_eq!(audited.network.staking().ledger().open(&node_id), 1);
    audited.answer_challenge(id);
    assert_eq!(audited.network.staking().ledger().open(&node_id), 0);
    let (_, _, commission) = audited.network.staking().pool_totals_for_testing(node_id);
    assert_eq!(commission, BOND);
    destroy(blob);
    audited.end();
}

/// 1 % of the stake for an unanswered challenge. The operator's deposit covers it; a tenth of it goes to
/// the challenger, and the stakers bear half a percent.
#[test]
fun an_unanswered_challenge_pays_the_challenger() {
    let mut audited = begin();
    let blob = audited.certified_blob(true);
    let blob_object = blob.object_id();
    let node_id = audited.holder();
    let stake = audited.stake_of(node_id);
    let (staking, _, _, _, ctx) = audited.network.parts();
    staking.add_operator_bond(node_id, market::coin(100 * WAL1, ctx));
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    audited.registry.hold_blob_for_testing(id, blob);
    audited.next_epoch();
    // Rewards of the storage that was bought came in addition.
    let (left, rewards, commission) =
        audited.network.staking().pool_totals_for_testing(node_id);
    let loss = (stake + rewards) / 100;
    assert_eq!(left, stake + rewards - loss / 2);
    assert_eq!(commission, 0);

    let (staking, _, _, _, ctx) = audited.network.parts();
    audited.registry.claim(staking, id, ctx);
    audited.network.scenario().next_tx(network::operator());
    let scenario = audited.network.scenario();
    let payout = scenario.take_from_sender<Coin<WAL>>();
    assert_eq!(payout.value(), BOND + loss / 10);
    let blob = scenario.take_from_sender<Blob>();
    assert_eq!(blob.object_id(), blob_object);
    destroy(blob);
    destroy(payout);
    audited.end();
}

#[test, expected_failure(abort_code = audit::EWrongShard)]
fun challenging_for_a_shard_of_another_node() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let node_id = audited.holder();
    let mut shard = 0;
    while (audited.network.staking().committee().shards(&node_id).contains(&shard)) {
        shard = shard + 1;
    };
    audited.challenge(&blob, shard, BOND);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongBond)]
fun challenging_with_another_deposit() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    audited.challenge(&blob, openings::shard(), BOND - 1);
    abort
}

#[test, expected_failure(abort_code = audit::ETooManyChallenges)]
fun challenging_too_often() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    audited.challenge(&blob, openings::shard(), BOND);
    audited.challenge(&blob, openings::shard(), BOND);
    audited.challenge(&blob, openings::shard(), BOND);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongTime)]
fun challenging_before_the_shards_can_be_recovered() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(249);
    audited.challenge(&blob, openings::shard(), BOND);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongTime)]
fun challenging_without_time_to_answer() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(750);
    audited.challenge(&blob, openings::shard(), BOND);
    abort
}

#[test, expected_failure(abort_code = audit::EBlobNotStored)]
fun challenging_for_an_expired_blob() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    3u64.do!(|_| audited.next_epoch());
    audited.clock.increment_for_testing(250);
    audited.challenge(&blob, openings::shard(), BOND);
    abort
}

/// Excuses a challenge with a certificate that the blob is invalid.
fun excuse_challenge(self: &mut Audited, id: u64, blob_id: u256) {
    let epoch = self.network.staking().epoch();
    let message = market::blob_statement(2, epoch, blob_id);
    let signature = market::sign(market::all(), message);
    let (staking, system, _, _, _) = self.network.parts();
    self
        .registry
        .excuse_challenge(staking, system, id, signature, market::all(), message, &self.clock);
}

/// Nobody can open what nobody keeps: the writer of an invalid blob would charge every node otherwise.
#[test]
fun a_challenge_of_an_invalid_blob_costs_the_challenger() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    let node_id = audited.holder();
    audited.excuse_challenge(id, openings::blob_id());
    assert_eq!(audited.network.staking().ledger().open(&node_id), 0);
    let (_, _, commission) = audited.network.staking().pool_totals_for_testing(node_id);
    assert_eq!(commission, BOND);
    let staked = (4 - audited.holder_index()) * 100 * WAL1;
    audited.next_epoch();
    assert!(audited.stake_of(node_id) >= staked);
    destroy(blob);
    audited.end();
}

#[test, expected_failure(abort_code = audit::EWrongBlob)]
fun a_challenge_is_not_excused_by_another_blob() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    audited.excuse_challenge(id, openings::blob_id() - 1);
    abort
}

#[test, expected_failure(abort_code = audit::EDeadlinePassed)]
fun a_challenge_is_not_excused_too_late() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    audited.clock.increment_for_testing(251);
    audited.excuse_challenge(id, openings::blob_id());
    abort
}

#[test, expected_failure(abort_code = audit::ENoSuchChallenge)]
fun a_challenge_is_not_excused_after_it_was_answered() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    audited.answer_challenge(id);
    audited.excuse_challenge(id, openings::blob_id());
    abort
}

#[test, expected_failure(abort_code = audit::EDeadlinePassed)]
fun answering_a_challenge_too_late() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    audited.clock.increment_for_testing(251);
    audited.answer_challenge(id);
    abort
}

#[test, expected_failure(abort_code = audit::ENoSuchChallenge)]
fun answering_a_challenge_that_does_not_exist() {
    let mut audited = begin();
    audited.open_symbol(0, 0, 0);
    abort
}

#[test, expected_failure(abort_code = audit::EChallengeOpen)]
fun claiming_before_the_epoch_ends() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    let (staking, _, _, _, ctx) = audited.network.parts();
    audited.registry.claim(staking, id, ctx);
    abort
}

#[test, expected_failure(abort_code = audit::ENoSuchChallenge)]
fun claiming_what_was_answered() {
    let mut audited = begin();
    let blob = audited.certified_blob(false);
    audited.clock.increment_for_testing(250);
    let id = audited.challenge(&blob, openings::shard(), BOND);
    audited.answer_challenge(id);
    audited.next_epoch();
    let (staking, _, _, _, ctx) = audited.network.parts();
    audited.registry.claim(staking, id, ctx);
    abort
}

// === Randomness ===

/// The shared source of randomness of the platform.
fun take_random(self: &mut Audited): Random {
    let scenario = self.network.scenario();
    scenario.next_tx(@0x0);
    random::create_for_testing(scenario.ctx());
    scenario.next_tx(@0x0);
    let mut random = scenario.take_shared<Random>();
    random.update_randomness_state_for_testing(0, SEED, scenario.ctx());
    scenario.next_tx(network::operator());
    random
}

fun draw_with(self: &mut Audited, random: &Random) {
    let (staking, _, _, _, ctx) = self.network.parts();
    self.registry.draw_seed(staking, random, &self.clock, ctx);
}

#[test]
fun the_seed_comes_from_the_platform() {
    let mut audited = begin();
    audited.commit(1);
    let random = audited.take_random();
    audited.draw_with(&random);
    assert!(audited.network.staking().ledger().is_seeded());
    let (k, axis, symbol) = audited.openable();
    audited.answer(k, vector[], axis, symbol);
    destroy(random);
    audited.end();
}

fun open_with(self: &mut Audited, random: &Random, blob: &Blob) {
    let node_id = self.holder();
    let (staking, _, _, _, ctx) = self.network.parts();
    let coin = market::coin(BOND, ctx);
    self.registry.open_challenge(
        staking,
        blob,
        node_id,
        openings::shard(),
        coin,
        random,
        &self.clock,
        ctx,
    );
}

fun open_deletable_with(self: &mut Audited, random: &Random, blob: Blob) {
    let node_id = self.holder();
    let (staking, _, _, _, ctx) = self.network.parts();
    let coin = market::coin(BOND, ctx);
    self.registry.open_challenge_deletable(
        staking,
        blob,
        node_id,
        openings::shard(),
        coin,
        random,
        &self.clock,
        ctx,
    );
}

fun open_shared_with(self: &mut Audited, random: &Random, deletable: bool) {
    let blob = self.certified_blob(deletable);
    let scenario = self.network.scenario();
    shared_blob::new(blob, scenario.ctx());
    scenario.next_tx(network::operator());
    let blob = scenario.take_shared<SharedBlob>();
    let node_id = self.holder();
    let (staking, _, _, _, ctx) = self.network.parts();
    let coin = market::coin(BOND, ctx);
    self.registry.open_challenge_shared(
        staking,
        &blob,
        node_id,
        openings::shard(),
        coin,
        random,
        &self.clock,
        ctx,
    );
    destroy(blob);
}

#[test]
fun permanent_shared_and_deletable_blobs_are_challenged() {
    let mut audited = begin();
    let random = audited.take_random();
    audited.clock.increment_for_testing(250);
    let blob = audited.certified_blob(false);
    audited.open_with(&random, &blob);
    destroy(blob);
    audited.open_shared_with(&random, false);
    let node_id = audited.holder();
    assert_eq!(audited.network.staking().ledger().open(&node_id), 2);
    audited.answer_challenge(0);
    audited.answer_challenge(1);

    // A deletable blob is held until the challenge is answered.
    let blob = audited.certified_blob(true);
    let blob_object = blob.object_id();
    audited.open_deletable_with(&random, blob);
    audited.answer_challenge(2);
    let scenario = audited.network.scenario();
    scenario.next_tx(network::operator());
    let blob = scenario.take_from_sender<Blob>();
    assert_eq!(blob.object_id(), blob_object);
    destroy(blob);
    destroy(random);
    audited.end();
}

#[test, expected_failure(abort_code = audit::EWrongPersistence)]
fun a_deletable_blob_must_be_handed_over() {
    let mut audited = begin();
    let random = audited.take_random();
    audited.clock.increment_for_testing(250);
    let blob = audited.certified_blob(true);
    audited.open_with(&random, &blob);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongPersistence)]
fun a_permanent_blob_need_not_be_handed_over() {
    let mut audited = begin();
    let random = audited.take_random();
    audited.clock.increment_for_testing(250);
    let blob = audited.certified_blob(false);
    audited.open_deletable_with(&random, blob);
    abort
}

#[test, expected_failure(abort_code = audit::EWrongPersistence)]
fun a_shared_deletable_blob_is_not_challenged() {
    let mut audited = begin();
    let random = audited.take_random();
    audited.clock.increment_for_testing(250);
    audited.open_shared_with(&random, true);
    abort
}

#[test]
fun a_registry_is_created_with_the_capability_of_the_protocol() {
    let mut audited = begin();
    let scenario = audited.network.scenario();
    // The deployment gave it to the publisher.
    let cap = scenario.take_from_sender<AuditCap>();
    let admin_cap = audit::create(cap, scenario.ctx());
    scenario.next_tx(network::operator());
    let mut registry = scenario.take_shared<AuditRegistry>();
    assert_eq!(registry.params(), penalty_ledger::default_params());
    registry.set_params(&admin_cap, params());
    assert_eq!(registry.params(), params());
    destroy(registry);
    destroy(admin_cap);
    audited.end();
}

// === Rights and versions ===

#[test, expected_failure(abort_code = audit::EWrongAdminCap)]
fun parameters_with_the_capability_of_another_registry() {
    let mut audited = begin();
    let (_, _, _, _, ctx) = audited.network.parts();
    let (_other, other_cap) =
        audit::new_for_testing(audit_cap::new_for_testing(ctx), ctx);
    audited.registry.set_params(&other_cap, params());
    abort
}

#[test, expected_failure(abort_code = audit::EWrongVersion)]
fun another_version() {
    let mut audited = begin();
    assert_eq!(audited.registry.params(), params());
    audited.registry.set_version_for_testing(2);
    audited.registry.params();
    abort
}
