/// Blobs and their fees on a deployed network, over several epochs.
#[test_only]
module walrus::blob_life_tests;

use std::unit_test::{assert_eq, destroy};
use sui::event;
use walrus::blob::Blob;
use walrus::bls_aggregate;
use walrus::events::{BlobCertified, BlobRegistered};
use walrus::market;
use walrus::messages;
use walrus::network::{Self, Network};

/// Buys storage for the example blob and registers it.
fun register(network: &mut Network, epochs_ahead: u32, deletable: bool): Blob {
    let (_, system, _, _, ctx) = network.parts();
    market::register(system, epochs_ahead, deletable, ctx)
}

/// Certifies the blob with the confirmations of the given nodes.
fun certify(network: &mut Network, blob: &mut Blob, nodes: vector<u64>) {
    let epoch = network.system().epoch();
    let message = if (blob.is_deletable()) {
        market::deletable_message(epoch, blob.blob_id(), blob.object_id())
    } else {
        market::permanent_message(epoch, blob.blob_id())
    };
    let (bitmap, signature) = network.certify(nodes, message);
    network.system().certify_blob(blob, signature, bitmap, message);
}

#[test]
fun permanent_blob_from_registration_to_its_end() {
    let mut network = network::new();
    let mut blob = register(&mut network, 2, false);
    // 4 and 3 of 10 shards are a quorum.
    certify(&mut network, &mut blob, vector[0, 1]);
    assert_eq!(*blob.certified_epoch(), option::some(1));

    network.next_epoch();
    let (_, system, _, _, ctx) = network.parts();
    let mut payment = market::coin(market::storage_price(), ctx);
    system.extend_blob(&mut blob, 1, &mut payment);
    payment.destroy_zero();
    assert_eq!(blob.end_epoch(), 4);
    // The first certification stays.
    assert_eq!(*blob.certified_epoch(), option::some(1));

    network.next_epoch();
    assert_eq!(network.system().used_capacity_size(), market::unit());
    network.next_epoch();
    assert_eq!(network.system().used_capacity_size(), 0);
    assert_eq!(event::events_by_type<BlobRegistered>().length(), 1);
    assert_eq!(event::events_by_type<BlobCertified>().length(), 2);
    blob.burn();
    network.end();
}

#[test]
fun deletable_blob_makes_room_for_another() {
    let mut network = network::new();
    let mut blob = register(&mut network, 3, true);
    certify(&mut network, &mut blob, vector[0, 2, 3]);
    network.next_epoch();
    let storage = network.system().delete_blob(blob);
    let (_, system, _, _, ctx) = network.parts();
    let mut payment = market::coin(market::write_price(), ctx);
    let mut blob = system.register_blob(
        storage,
        market::blob_id(),
        market::root_hash(),
        market::size(),
        1,
        false,
        &mut payment,
        ctx,
    );
    payment.destroy_zero();
    certify(&mut network, &mut blob, vector[0, 1, 2, 3]);
    assert_eq!(*blob.certified_epoch(), option::some(2));
    blob.burn();
    network.end();
}

#[test, expected_failure(abort_code = bls_aggregate::ENotEnoughStake)]
fun most_nodes_without_a_quorum_of_shards_do_not_certify() {
    let mut network = network::new();
    let mut blob = register(&mut network, 2, false);
    // Three of four nodes, but 6 of 10 shards.
    certify(&mut network, &mut blob, vector[1, 2, 3]);
    abort
}

#[test, expected_failure(abort_code = messages::EIncorrectEpoch)]
fun certificate_ends_with_its_epoch() {
    let mut network = network::new();
    let mut blob = register(&mut network, 3, false);
    let message = market::permanent_message(1, blob.blob_id());
    let (bitmap, signature) = network.certify(vector[0, 1], message);
    network.next_epoch();
    network.system().certify_blob(&mut blob, signature, bitmap, message);
    abort
}

#[test]
fun fees_go_to_nodes_stakers_and_the_burn() {
    let mut network = network::new();
    let (_, _, treasury, _, _) = network.parts();
    let supply_before = treasury.total_supply();
    // 1 000 005 FROST with the price of the space.
    network.earn(1_000_000);
    network.next_epoch();
    // 3 % are burned; the rest is split by shards and rounded down, and 1 FROST is carried on.
    let (_, system, treasury, _, _) = network.parts();
    assert_eq!(supply_before - treasury.total_supply(), 30_000);
    assert_eq!(system.future_accounting().ring_lookup(0).rewards(), 1);
    // 388 002, 291 001, 194 001 and 97 000, of which 10 % are commission.
    let commissions = vector[38_800, 29_100, 19_400, 9_700];
    // It is paid out once the slashing vote had its time.
    4u64.do!(|i| assert_eq!(network.collect_commission(i), 0));
    network.request_withdrawal(3);
    network.voting_end();
    4u64.do!(|i| assert_eq!(network.collect_commission(i), commissions[i]));
    network.start_epoch();
    // The staker of the last node gets the principal and what commission left.
    assert_eq!(network.withdraw_last(), 100_000_000_000 + 87_300);
    network.end();
}

#[test]
fun denied_bytes_lower_the_reward() {
    let mut network = network::new();
    network.earn(1_000_000);
    let message = market::deny_list_message(1, network.node_id(1), 1, market::unit() / 2, 7);
    let (bitmap, signature) = network.certify(vector[0, 1], message);
    network.update_deny_list(1, signature, bitmap, message);
    network.next_epoch();
    network.voting_end();
    // Halves of shards: 8, 3, 4 and 2 of 17; of 970 005 FROST, less 90 %.
    let commissions = vector[45_647, 17_117, 22_823, 11_411];
    4u64.do!(|i| assert_eq!(network.collect_commission(i), commissions[i]));
    network.end();
}

#[test]
fun shared_blob_is_kept_by_strangers() {
    let mut network = network::new();
    let mut blob = register(&mut network, 2, false);
    certify(&mut network, &mut blob, vector[0, 1]);
    let (_, _, _, _, ctx) = network.parts();
    walrus::shared_blob::new(blob, ctx);
    network.scenario().next_tx(@0xB);
    let mut shared = network.scenario().take_shared<walrus::shared_blob::SharedBlob>();
    let (_, _, _, _, ctx) = network.parts();
    shared.fund(market::coin(4 * market::storage_price(), ctx));
    network.next_epoch();
    let (_, system, _, _, ctx) = network.parts();
    shared.extend(system, 4, ctx);
    assert_eq!(shared.funds().value(), 0);
    assert_eq!(shared.blob().end_epoch(), 7);
    destroy(shared);
    network.end();
}
