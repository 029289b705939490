/// The system transaction that brings accumulators up to date after the transactions of a commit.
module sui::accumulator_settlement;

use sui::accumulator::{Self, AccumulatorRoot, U128};
use sui::accumulator_metadata;
use sui::bcs;
use sui::hash;

/// Only the system may settle.
const ENotSystemAddress: u64 = 0;
/// A settlement adds or takes something, but not both.
const EInvalidSplitAmount: u64 = 1;

/// The head of a stream of authenticated events: a Merkle mountain range over the events, where
/// `mmr[i]` is 0 or the root of a tree with 2^i leaves.
public struct EventStreamHead has store {
    mmr: vector<u256>,
    /// The checkpoint of the latest event.
    checkpoint_seq: u64,
    /// Number of events in the stream.
    num_events: u64,
}

/// What goes into the hash of one commit's events of a stream.
public struct EventCommitment has copy, drop, store {
    commitment: u256,
}

#[allow(unused_function)]
/// Marks the beginning of a settlement and checks that SUI is conserved.
fun settlement_prologue(
    _accumulator_root: &mut AccumulatorRoot,
    _epoch: u64,
    _checkpoint_height: u64,
    _idx: u64,
    input_sui: u64,
    output_sui: u64,
    ctx: &TxContext,
) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    record_settlement_sui_conservation(input_sui, output_sui);
}

#[allow(unused_function)]
/// Adds `merge` to, or takes `split` from, the total of type `T` of `owner`. A total comes into being
/// with its first deposit and goes when it reaches zero.
fun settle_u128<T>(
    accumulator_root: &mut AccumulatorRoot,
    owner: address,
    merge: u128,
    split: u128,
    ctx: &mut TxContext,
) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    assert!((merge == 0) != (split == 0), EInvalidSplitAmount);

    let name = accumulator::accumulator_key<T>(owner);
    if (!accumulator_root.root_has_accumulator<T, U128>(name)) {
        accumulator_root.root_add_accumulator(name, accumulator::create_u128(0));
        accumulator_metadata::create_accumulator_metadata<T>(accumulator_root, owner, ctx);
    };
    let total: &mut U128 = accumulator_root.root_borrow_accumulator_mut(name);
    total.update_u128(merge, split);
    if (total.is_zero_u128()) {
        let total: U128 = accumulator_root.root_remove_accumulator(name);
        total.destroy_u128();
        accumulator_metadata::remove_accumulator_metadata<T>(accumulator_root, owner);
    }
}

#[allow(unused_function)]
/// Adds the root over one commit's events to a stream.
fun settle_events(
    accumulator_root: &mut AccumulatorRoot,
    stream_id: address,
    event_root: u256,
    event_count: u64,
    checkpoint_seq: u64,
    ctx: &TxContext,
) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let name = accumulator::accumulator_key<EventStreamHead>(stream_id);
    if (!accumulator_root.root_has_accumulator<EventStreamHead, EventStreamHead>(name)) {
        let head = EventStreamHead { mmr: vector[], checkpoint_seq: 0, num_events: 0 };
        accumulator_root.root_add_accumulator(name, head);
    };
    let head: &mut EventStreamHead = accumulator_root.root_borrow_accumulator_mut(name);
    add_to_mmr(event_root, &mut head.mmr);
    head.checkpoint_seq = checkpoint_seq;
    head.num_events = head.num_events + event_count;
}

/// Adds a leaf: equal trees are joined upwards until a free place is found.
fun add_to_mmr(new_val: u256, mmr: &mut vector<u256>) {
    let mut i = 0;
    let mut current = new_val;
    while (i < mmr.length()) {
        let place = &mut mmr[i];
        if (*place == 0) {
            *place = current;
            return
        };
        current = hash_two_to_one_u256(*place, current);
        *place = 0;
        i = i + 1;
    };
    mmr.push_back(current);
}

/// The BLAKE2b-256 of two numbers, each in little-endian bytes, read as a little-endian number.
fun hash_two_to_one_u256(left: u256, right: u256): u256 {
    let mut bytes = bcs::to_bytes(&EventCommitment { commitment: left });
    bytes.append(bcs::to_bytes(&EventCommitment { commitment: right }));
    bcs::new(hash::blake2b256(&bytes)).peel_u256()
}

/// Tells the runtime how much SUI went in and out of address balances.
native fun record_settlement_sui_conservation(input_sui: u64, output_sui: u64);

#[test_only]
/// `settle_u128` for tests.
public fun settle_u128_for_testing<T>(
    accumulator_root: &mut AccumulatorRoot,
    owner: address,
    merge: u128,
    split: u128,
    ctx: &mut TxContext,
) {
    settle_u128<T>(accumulator_root, owner, merge, split, ctx)
}

#[test_only]
/// `settle_events` for tests.
public fun settle_events_for_testing(
    accumulator_root: &mut AccumulatorRoot,
    stream_id: address,
    event_root: u256,
    event_count: u64,
    checkpoint_seq: u64,
    ctx: &TxContext,
) {
    settle_events(accumulator_root, stream_id, event_root, event_count, checkpoint_seq, ctx)
}

#[test_only]
/// The roots, the latest checkpoint and the event count of a stream.
public fun stream_head_for_testing(
    accumulator_root: &AccumulatorRoot,
    stream_id: address,
): (vector<u256>, u64, u64) {
    let name = accumulator::accumulator_key<EventStreamHead>(stream_id);
    let head: &EventStreamHead = accumulator_root.root_borrow_accumulator(name);
    (head.mmr, head.checkpoint_seq, head.num_events)
}
