/// Laws of the storage market on random values.
#[test_only]
module walrus::market_random_tests;

use std::unit_test::{assert_eq, destroy};
use walrus::bls_aggregate;
use walrus::encoding;
use walrus::market;
use walrus::redstuff;
use walrus::storage_resource::{Self, Storage};

/// Size times epochs.
fun byte_epochs(storage: &Storage): u128 {
    (storage.size() as u128) * ((storage.end_epoch() - storage.start_epoch()) as u128)
}

#[random_test]
fun splitting_and_fusing_conserve_byte_epochs(
    size: u64,
    start: u32,
    length: u16,
    split_size: u64,
    split_offset: u16,
) {
    let ctx = &mut tx_context::dummy();
    let start = start % 1_000_000;
    let length = (length as u32) + 2;
    let split_epoch = start + 1 + (split_offset as u32) % (length - 1);
    let split_size = split_size % (size.max(1));

    let mut a = storage_resource::create_for_test(start, start + length, size, ctx);
    let total = byte_epochs(&a);
    let mut b = a.split_by_epoch(split_epoch, ctx);
    assert_eq!(byte_epochs(&a) + byte_epochs(&b), total);
    let c = a.split_by_size(split_size, ctx);
    let d = b.split_by_size(split_size, ctx);
    assert_eq!(
        byte_epochs(&a) + byte_epochs(&b) + byte_epochs(&c) + byte_epochs(&d),
        total,
    );
    // In the other order than they were split.
    a.fuse_periods(b);
    let mut c = c;
    c.fuse_periods(d);
    a.fuse_amount(c);
    assert_eq!(byte_epochs(&a), total);
    assert_eq!(a.start_epoch(), start);
    assert_eq!(a.size(), size);
    a.destroy();
}

#[random_test]
fun encoded_size_grows_with_the_blob(size: u64, more: u64, n_shards: u16) {
    let n_shards = n_shards % 1000 + 4;
    let capacity =
        redstuff::source_symbols_primary(n_shards) * redstuff::source_symbols_secondary(n_shards);
    let largest = capacity * 65_534;
    let size = size % largest;
    let larger = size + more % (largest - size) + 1;
    let encoded = encoding::encoded_blob_length(larger, 1, n_shards);
    assert!(encoding::encoded_blob_length(size, 1, n_shards) <= encoded);
    // The symbols hold the blob, and two bytes less each would not.
    let symbol = redstuff::symbol_size(larger, n_shards) as u64;
    assert!(symbol % 2 == 0);
    assert!(symbol * capacity >= larger);
    assert!(symbol == 2 || (symbol - 2) * capacity < larger);
    // All shards together store more than the blob.
    assert!(encoded > larger);
}

#[random_test]
fun weight_is_the_sum_over_the_bitmap(low: u8, high: u8, factor: u8) {
    let weights = vector::tabulate!(16, |i| ((i as u16) * (factor as u16)) % 50 + 1);
    let bitmap = vector[low, high];
    let mut weight = 0;
    let mut total = 0;
    16u64.do!(|i| {
        total = total + weights[i];
        if ((bitmap[i / 8] >> (i % 8 as u8)) & 1 == 1) weight = weight + weights[i];
    });
    // Less than one correct node would abort.
    if (bls_aggregate::includes_correct_node(weight, total)) {
        let committee = bls_aggregate::new_committee_for_testing(1, weights);
        let message = market::permanent_message(1, 7);
        let certified = committee.verify_one_correct_node_in_epoch(
            market::sign(bitmap, message),
            bitmap,
            message,
        );
        assert_eq!(certified.stake_support(), weight);
    }
}

#[random_test]
fun payments_arrive_in_full(amount: u32, epochs: u8, start: u8, price: u16) {
    let ctx = &mut tx_context::dummy();
    let mut system = market::new_system(ctx);
    system.set_storage_price(price as u64);
    let amount = (amount as u64) % market::capacity() + 1;
    let n_epochs = (epochs as u32) % 5 + 1;
    let start_epoch = 1 + (start as u32) % 5;
    let units = (amount + market::unit() - 1) / market::unit();
    let cost = units * (price as u64) * (n_epochs as u64);
    let mut payment = market::coin(cost, ctx);
    let storage = system.reserve_space_for_epochs(
        amount,
        start_epoch,
        start_epoch + n_epochs,
        &mut payment,
        ctx,
    );
    payment.destroy_zero();
    let mut arrived = 0;
    market::max_epochs_ahead().do!(|i| {
        let slot = system.future_accounting().ring_lookup(i);
        arrived = arrived + slot.rewards();
        let is_paid = start_epoch <= slot.epoch() && slot.epoch() < start_epoch + n_epochs;
        assert_eq!(slot.used_capacity(), if (is_paid) amount else 0);
    });
    assert_eq!(arrived, cost);
    storage.destroy();
    destroy(system);
}
