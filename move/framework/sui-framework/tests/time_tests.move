/// The clock and the source of randomness.
#[test_only]
module sui::time_tests;

use std::unit_test::assert_eq;
use sui::clock::{Self, Clock};
use sui::random::{Self, Random};
use sui::test_scenario as ts;

#[test]
fun clock() {
    let ctx = &mut tx_context::dummy();
    let mut clock = clock::create_for_testing(ctx);
    assert_eq!(clock.timestamp_ms(), 0);
    clock.increment_for_testing(42);
    clock.set_for_testing(50);
    assert_eq!(clock.timestamp_ms(), 50);
    clock.consensus_commit_prologue_for_testing(60, ctx);
    assert_eq!(clock.timestamp_ms(), 60);
    clock.destroy_for_testing();
}

#[test]
fun shared_clock() {
    let mut scenario = ts::begin(@0x0);
    clock::create_shared_for_testing(scenario.ctx());
    scenario.next_tx(@0xa);
    let clock = scenario.take_shared<Clock>();
    assert_eq!(object::id_address(&clock), @0x6);
    ts::return_shared(clock);
    scenario.end();
}

#[test, expected_failure(abort_code = clock::ENotSystemAddress)]
fun clock_by_user() {
    clock::create_shared_for_testing(&tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}

#[test, expected_failure(abort_code = clock::ENotSystemAddress)]
fun clock_set_by_user() {
    let mut ctx = tx_context::new_from_hint(@0xa, 0, 0, 0, 0);
    let mut clock = clock::create_for_testing(&mut ctx);
    clock.consensus_commit_prologue_for_testing(1, &ctx);
    abort 100
}

#[test, expected_failure]
fun clock_going_back() {
    let mut clock = clock::create_for_testing(&mut tx_context::dummy());
    clock.set_for_testing(50);
    clock.set_for_testing(49);
    abort 100
}

const SEED: vector<u8> = x"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fun generator_counts_blocks() {
    let mut g = random::new_generator_from_seed_for_testing(SEED);
    assert_eq!(*g.generator_seed(), SEED);
    assert_eq!(g.generator_counter(), 0);
    assert_eq!(g.generate_bytes(0), vector[]);
    assert_eq!(g.generator_counter(), 0);
    let bytes = g.generate_bytes(70);
    assert_eq!(bytes.length(), 70);
    assert_eq!(g.generator_counter(), 3);
    assert_eq!(g.generator_buffer().length(), 26);
    // The remaining bytes are used from the end.
    let last = g.generator_buffer()[25];
    assert_eq!(g.generate_u8(), last);
    assert_eq!(g.generator_counter(), 3);
    // The first 64 bytes are whole blocks.
    let mut h = random::new_generator_from_seed_for_testing(SEED);
    let block = h.generate_bytes(32);
    32u64.do!(|i| assert_eq!(block[i], bytes[i]));
    let seed = SEED;
    let expected = sui::hmac::hmac_sha3_256(&seed, &x"0100");
    assert_eq!(block, expected);
}

#[test]
fun numbers_are_big_endian_from_the_end_of_a_block() {
    let seed = SEED;
    let mut block = sui::hmac::hmac_sha3_256(&seed, &x"0100");
    let mut g = random::new_generator_from_seed_for_testing(SEED);
    let first = block.pop_back() as u16;
    let second = block.pop_back() as u16;
    assert_eq!(g.generate_u16(), first * 256 + second);
    assert_eq!(g.generate_bool(), block.pop_back() % 2 == 1);
}

#[test]
fun all_widths() {
    let mut g = random::new_generator_for_testing();
    let mut same = random::new_generator_from_seed_for_testing(*g.generator_seed());
    assert_eq!(g.generate_u256(), same.generate_u256());
    assert_eq!(g.generate_u128(), same.generate_u128());
    assert_eq!(g.generate_u64(), same.generate_u64());
    assert_eq!(g.generate_u32(), same.generate_u32());
    assert_eq!(g.generate_u16(), same.generate_u16());
    assert_eq!(g.generate_u8(), same.generate_u8());
}

#[test]
fun ranges() {
    let mut g = random::new_generator_from_seed_for_testing(SEED);
    200u64.do!(|_| {
        let n = g.generate_u128_in_range(10, 20);
        assert!(10 <= n && n <= 20);
        let n = g.generate_u64_in_range(10, 20);
        assert!(10 <= n && n <= 20);
        let n = g.generate_u32_in_range(10, 20);
        assert!(10 <= n && n <= 20);
        let n = g.generate_u16_in_range(10, 20);
        assert!(10 <= n && n <= 20);
        let n = g.generate_u8_in_range(254, 255);
        assert!(254 <= n);
    });
    assert_eq!(g.generate_u64_in_range(5, 5), 5);
    g.generate_u128_in_range(0, std::u128::max_value!());
}

#[test, expected_failure(abort_code = random::EInvalidRange)]
fun empty_range() {
    random::new_generator_from_seed_for_testing(SEED).generate_u8_in_range(2, 1);
}

#[test]
fun shuffling_keeps_the_elements() {
    let mut g = random::new_generator_from_seed_for_testing(SEED);
    let sorted = vector::tabulate!(50, |i| i);
    let mut v = sorted;
    g.shuffle(&mut v);
    assert!(v != sorted);
    sui::test_utils::assert_same_elems(v, sorted);
    let mut empty: vector<u64> = vector[];
    g.shuffle(&mut empty);
}

#[test, expected_failure(abort_code = random::EInvalidLength)]
fun shuffling_too_many() {
    let mut v = vector::tabulate!(65536, |_| 0u8);
    random::new_generator_from_seed_for_testing(SEED).shuffle(&mut v);
}

#[test]
fun updates() {
    let mut scenario = ts::begin(@0x0);
    random::create_for_testing(scenario.ctx());
    scenario.next_tx(@0x0);
    let mut random = scenario.take_shared<Random>();
    assert_eq!(object::id_address(&random), @0x8);
    random.update_randomness_state_for_testing(0, x"01", scenario.ctx());
    random.update_randomness_state_for_testing(1, x"02", scenario.ctx());
    let first = random.new_generator(scenario.ctx());
    let second = random.new_generator(scenario.ctx());
    assert!(first.generator_seed() != second.generator_seed());
    scenario.next_epoch(@0x0);
    random.update_randomness_state_for_testing(0, x"03", scenario.ctx());
    ts::return_shared(random);
    scenario.end();
}

fun update_twice(first: u64, second: u64, next_epoch: bool, sender: address) {
    let mut scenario = ts::begin(@0x0);
    random::create_for_testing(scenario.ctx());
    scenario.next_tx(@0x0);
    let mut random = scenario.take_shared<Random>();
    random.update_randomness_state_for_testing(first, x"01", scenario.ctx());
    if (next_epoch) {
        scenario.next_epoch(sender);
    } else {
        scenario.next_tx(sender);
    };
    random.update_randomness_state_for_testing(second, x"02", scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = random::EInvalidRandomnessUpdate)]
fun first_round_is_zero() {
    update_twice(1, 2, false, @0x0)
}

#[test, expected_failure(abort_code = random::EInvalidRandomnessUpdate)]
fun round_left_out() {
    update_twice(0, 2, false, @0x0)
}

#[test, expected_failure(abort_code = random::EInvalidRandomnessUpdate)]
fun round_repeated() {
    update_twice(0, 0, false, @0x0)
}

#[test, expected_failure(abort_code = random::EInvalidRandomnessUpdate)]
fun epoch_begins_with_round_zero() {
    update_twice(0, 1, true, @0x0)
}

#[test, expected_failure(abort_code = random::ENotSystemAddress)]
fun random_created_by_user() {
    random::create_for_testing(&mut tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}
