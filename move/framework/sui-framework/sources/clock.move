/// The clock: a shared object at 0x6 that the system sets with every consensus commit.
module sui::clock;

/// Only the system may create or set the clock.
const ENotSystemAddress: u64 = 0;

/// The clock. Users may read it only.
public struct Clock has key {
    id: UID,
    /// Unix time in milliseconds.
    timestamp_ms: u64,
}

/// The time of the latest consensus commit, Unix time in milliseconds.
public fun timestamp_ms(clock: &Clock): u64 {
    clock.timestamp_ms
}

#[allow(unused_function)]
/// Creates the clock at genesis.
fun create(ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    transfer::share_object(Clock { id: object::clock(), timestamp_ms: 0 })
}

#[allow(unused_function)]
/// Sets the clock at the beginning of a commit.
fun consensus_commit_prologue(clock: &mut Clock, timestamp_ms: u64, ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    clock.timestamp_ms = timestamp_ms
}

#[test_only]
/// A clock at time 0.
public fun create_for_testing(ctx: &mut TxContext): Clock {
    Clock { id: object::new(ctx), timestamp_ms: 0 }
}

#[test_only]
/// Shares a clock.
public fun share_for_testing(clock: Clock) {
    transfer::share_object(clock)
}

#[test_only]
/// Moves a clock forward by `tick` milliseconds.
public fun increment_for_testing(clock: &mut Clock, tick: u64) {
    clock.timestamp_ms = clock.timestamp_ms + tick;
}

#[test_only]
/// Sets a clock, which cannot go back.
public fun set_for_testing(clock: &mut Clock, timestamp_ms: u64) {
    assert!(timestamp_ms >= clock.timestamp_ms);
    clock.timestamp_ms = timestamp_ms;
}

#[test_only]
/// Destroys a clock.
public fun destroy_for_testing(clock: Clock) {
    let Clock { id, timestamp_ms: _ } = clock;
    id.delete()
}

#[test_only]
/// `create` for tests.
public fun create_shared_for_testing(ctx: &TxContext) {
    create(ctx)
}

#[test_only]
/// `consensus_commit_prologue` for tests.
public fun consensus_commit_prologue_for_testing(
    clock: &mut Clock,
    timestamp_ms: u64,
    ctx: &TxContext,
) {
    consensus_commit_prologue(clock, timestamp_ms, ctx)
}
