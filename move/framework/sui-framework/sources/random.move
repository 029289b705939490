/// Randomness that nobody can foresee or bend: a shared object at 0x8 that the validators fill with
/// jointly made random bytes, and generators seeded from it.
module sui::random;

use std::bcs;
use sui::address;
use sui::hmac::hmac_sha3_256;
use sui::versioned::{Self, Versioned};

/// Only the system may create or update the source.
const ENotSystemAddress: u64 = 0;
/// The content has a version this code does not know.
const EWrongInnerVersion: u64 = 1;
/// The update does not follow the one before.
const EInvalidRandomnessUpdate: u64 = 2;
/// The range is empty.
const EInvalidRange: u64 = 3;
/// The vector is too long to shuffle.
const EInvalidLength: u64 = 4;

const CURRENT_VERSION: u64 = 1;
/// Length of one block of output in bytes.
const RAND_OUTPUT_LEN: u16 = 32;

/// The source.
public struct Random has key {
    id: UID,
    /// Holds a `RandomInner`.
    inner: Versioned,
}

/// The bytes of the current round.
public struct RandomInner has store {
    version: u64,
    epoch: u64,
    randomness_round: u64,
    random_bytes: vector<u8>,
}

/// A generator of pseudo-random values. Block k is HMAC-SHA3-256(seed, k), k = 1, 2, ….
public struct RandomGenerator has drop {
    seed: vector<u8>,
    /// Number of the latest block.
    counter: u16,
    /// Bytes of blocks that were not used yet; they are used from the end.
    buffer: vector<u8>,
}

#[allow(unused_function)]
/// Creates the source.
fun create(ctx: &mut TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let inner = RandomInner {
        version: CURRENT_VERSION,
        epoch: ctx.epoch(),
        randomness_round: 0,
        random_bytes: vector[],
    };
    transfer::share_object(Random {
        id: object::randomness_state(),
        inner: versioned::create(CURRENT_VERSION, inner, ctx),
    })
}

fun load_inner_mut(self: &mut Random): &mut RandomInner {
    let version = self.inner.version();
    assert!(version == CURRENT_VERSION, EWrongInnerVersion);
    let inner: &mut RandomInner = self.inner.load_value_mut();
    assert!(inner.version == version, EWrongInnerVersion);
    inner
}

fun load_inner(self: &Random): &RandomInner {
    let version = self.inner.version();
    assert!(version == CURRENT_VERSION, EWrongInnerVersion);
    let inner: &RandomInner = self.inner.load_value();
    assert!(inner.version == version, EWrongInnerVersion);
    inner
}

#[allow(unused_function)]
/// Sets the bytes of a round: the very first is round 0, then each epoch begins with round 0 and goes
/// on one by one. Aborts with `EInvalidRandomnessUpdate` otherwise.
fun update_randomness_state(
    self: &mut Random,
    new_round: u64,
    new_bytes: vector<u8>,
    ctx: &TxContext,
) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let epoch = ctx.epoch();
    let inner = self.load_inner_mut();
    let is_first = inner.epoch == 0 && inner.randomness_round == 0 && inner.random_bytes.is_empty();
    let is_valid = if (is_first) {
        new_round == 0
    } else if (epoch > inner.epoch) {
        new_round == 0
    } else {
        epoch == inner.epoch && new_round == inner.randomness_round + 1
    };
    assert!(is_valid, EInvalidRandomnessUpdate);
    inner.epoch = epoch;
    inner.randomness_round = new_round;
    inner.random_bytes = new_bytes;
}

/// A generator for this transaction. Each call gives an independent one.
public fun new_generator(r: &Random, ctx: &mut TxContext): RandomGenerator {
    let inner = load_inner(r);
    let seed = hmac_sha3_256(
        &inner.random_bytes,
        &address::to_bytes(ctx.fresh_object_address()),
    );
    RandomGenerator { seed, counter: 0, buffer: vector[] }
}

fun derive_next_block(g: &mut RandomGenerator): vector<u8> {
    g.counter = g.counter + 1;
    hmac_sha3_256(&g.seed, &bcs::to_bytes(&g.counter))
}

/// Makes sure the buffer holds `num_bytes` bytes, at most one block more than it does.
fun fill_buffer(g: &mut RandomGenerator, num_bytes: u64) {
    if (g.buffer.length() < num_bytes) {
        let block = g.derive_next_block();
        g.buffer.append(block);
    }
}

/// Random bytes.
public fun generate_bytes(g: &mut RandomGenerator, num_bytes: u16): vector<u8> {
    let mut result = vector[];
    (num_bytes / RAND_OUTPUT_LEN).do!(|_| result.append(g.derive_next_block()));
    let rest = (num_bytes % RAND_OUTPUT_LEN) as u64;
    g.fill_buffer(rest);
    rest.do!(|_| result.push_back(g.buffer.pop_back()));
    result
}

/// The next `num_bytes` bytes of the buffer as a number, most significant first.
fun u256_from_bytes(g: &mut RandomGenerator, num_bytes: u8): u256 {
    g.fill_buffer(num_bytes as u64);
    let mut result: u256 = 0;
    num_bytes.do!(|_| result = (result << 8) + (g.buffer.pop_back() as u256));
    result
}

/// A random number of 256 bits.
public fun generate_u256(g: &mut RandomGenerator): u256 {
    u256_from_bytes(g, 32)
}

/// A random number of 128 bits.
public fun generate_u128(g: &mut RandomGenerator): u128 {
    u256_from_bytes(g, 16) as u128
}

/// A random number of 64 bits.
public fun generate_u64(g: &mut RandomGenerator): u64 {
    u256_from_bytes(g, 8) as u64
}

/// A random number of 32 bits.
public fun generate_u32(g: &mut RandomGenerator): u32 {
    u256_from_bytes(g, 4) as u32
}

/// A random number of 16 bits.
public fun generate_u16(g: &mut RandomGenerator): u16 {
    u256_from_bytes(g, 2) as u16
}

/// A random number of 8 bits.
public fun generate_u8(g: &mut RandomGenerator): u8 {
    u256_from_bytes(g, 1) as u8
}

/// A random truth value.
public fun generate_bool(g: &mut RandomGenerator): bool {
    u256_from_bytes(g, 1) % 2 == 1
}

/// A number between two bounds, both included. `num_bytes` exceeds the size of the range by 8 bytes,
/// so that the bias is below 2^-64.
fun u128_in_range(g: &mut RandomGenerator, min: u128, max: u128, num_bytes: u8): u128 {
    assert!(min <= max, EInvalidRange);
    if (min == max) return min;
    let range_size = ((max - min) as u256) + 1;
    min + ((u256_from_bytes(g, num_bytes) % range_size) as u128)
}

/// A random number in [min, max]; aborts with `EInvalidRange`.
public fun generate_u128_in_range(g: &mut RandomGenerator, min: u128, max: u128): u128 {
    u128_in_range(g, min, max, 24)
}

/// A random number in [min, max]; aborts with `EInvalidRange`.
public fun generate_u64_in_range(g: &mut RandomGenerator, min: u64, max: u64): u64 {
    u128_in_range(g, min as u128, max as u128, 16) as u64
}

/// A random number in [min, max]; aborts with `EInvalidRange`.
public fun generate_u32_in_range(g: &mut RandomGenerator, min: u32, max: u32): u32 {
    u128_in_range(g, min as u128, max as u128, 12) as u32
}

/// A random number in [min, max]; aborts with `EInvalidRange`.
public fun generate_u16_in_range(g: &mut RandomGenerator, min: u16, max: u16): u16 {
    u128_in_range(g, min as u128, max as u128, 10) as u16
}

/// A random number in [min, max]; aborts with `EInvalidRange`.
public fun generate_u8_in_range(g: &mut RandomGenerator, min: u8, max: u8): u8 {
    u128_in_range(g, min as u128, max as u128, 9) as u8
}

/// Puts the elements of a vector in random order; aborts with `EInvalidLength` above 65,535.
public fun shuffle<T>(g: &mut RandomGenerator, v: &mut vector<T>) {
    let n = v.length();
    if (n == 0) return;
    assert!(n <= std::u16::max_value!() as u64, EInvalidLength);
    let last = (n as u16) - 1;
    last.do!(|i| v.swap(i as u64, g.generate_u16_in_range(i, last) as u64));
}

#[test_only]
/// Creates the source; the sender must be 0x0.
public fun create_for_testing(ctx: &mut TxContext) {
    create(ctx)
}

#[test_only]
/// `update_randomness_state` for tests.
public fun update_randomness_state_for_testing(
    self: &mut Random,
    new_round: u64,
    new_bytes: vector<u8>,
    ctx: &TxContext,
) {
    update_randomness_state(self, new_round, new_bytes, ctx)
}

#[test_only]
/// A generator with a seed the test runner picks; the same on each run of a test.
public fun new_generator_for_testing(): RandomGenerator {
    new_generator_from_seed_for_testing(generate_rand_seed_for_testing())
}

#[test_only]
/// A generator with the given seed.
public fun new_generator_from_seed_for_testing(seed: vector<u8>): RandomGenerator {
    RandomGenerator { seed, counter: 0, buffer: vector[] }
}

#[test_only]
/// Number of the latest block of a generator.
public fun generator_counter(r: &RandomGenerator): u16 {
    r.counter
}

#[test_only]
/// The seed of a generator.
public fun generator_seed(r: &RandomGenerator): &vector<u8> {
    &r.seed
}

#[test_only]
/// The bytes a generator has not used yet.
public fun generator_buffer(r: &RandomGenerator): &vector<u8> {
    &r.buffer
}

#[test_only]
native fun generate_rand_seed_for_testing(): vector<u8>;
