/// Node properties, node metadata, and the capability of the operator.
#[test_only]
module walrus::storage_node_tests;

use std::unit_test::{assert_eq, destroy};
use sui::vec_map;
use walrus::bls_keys;
use walrus::event_blob;
use walrus::node_metadata;
use walrus::storage_node::{Self, StorageNodeInfo};

const NODE: address = @0x42;

fun network_key(): vector<u8> { vector::tabulate!(33, |i| i as u8) }

fun new_node(network_public_key: vector<u8>, ctx: &mut TxContext): StorageNodeInfo {
    storage_node::new(
        b"name".to_string(),
        object::id_from_address(NODE),
        b"127.0.0.1:9185".to_string(),
        bls_keys::public_key(0),
        network_public_key,
        node_metadata::default(),
        ctx,
    )
}

#[test]
fun properties_can_be_read_and_replaced() {
    let ctx = &mut tx_context::dummy();
    let mut node = new_node(network_key(), ctx);
    assert_eq!(node.id(), object::id_from_address(NODE));
    assert_eq!(*node.name(), b"name".to_string());
    assert_eq!(*node.network_address(), b"127.0.0.1:9185".to_string());
    assert_eq!(*node.network_public_key(), network_key());
    assert_eq!(node.public_key().bytes().length(), 96);

    node.set_name(b"other".to_string());
    node.set_network_address(b"example.org:1".to_string());
    let mut key = network_key();
    key.reverse();
    node.set_network_public_key(key);
    node.set_node_metadata(
        node_metadata::new(b"i".to_string(), b"p".to_string(), b"d".to_string()),
    );
    assert_eq!(*node.name(), b"other".to_string());
    assert_eq!(*node.network_address(), b"example.org:1".to_string());
    assert_eq!(*node.network_public_key(), key);
    assert_eq!(node.metadata().description(), b"d".to_string());
    node.destroy();
}

#[test, expected_failure(abort_code = walrus::storage_node::EInvalidNetworkPublicKey)]
fun a_short_network_key() {
    let ctx = &mut tx_context::dummy();
    let mut key = network_key();
    key.pop_back();
    destroy(new_node(key, ctx));
}

#[test, expected_failure(abort_code = walrus::storage_node::EInvalidNetworkPublicKey)]
fun a_long_network_key() {
    let ctx = &mut tx_context::dummy();
    let mut node = new_node(network_key(), ctx);
    let mut key = network_key();
    key.push_back(0);
    node.set_network_public_key(key);
    abort 99
}

#[test]
fun the_selected_key_comes_into_force_and_a_later_one_stays_announced() {
    let ctx = &mut tx_context::dummy();
    let mut node = new_node(network_key(), ctx);
    let first = *node.public_key();
    assert!(!node.has_next_epoch_public_key());
    assert_eq!(*node.next_epoch_public_key(), first);

    node.set_next_public_key(bls_keys::public_key(1));
    assert!(node.has_next_epoch_public_key());
    assert_eq!(*node.public_key(), first);
    // Selected now; a third key comes too late for this selection.
    let selected = *node.next_epoch_public_key();
    node.set_next_public_key(bls_keys::public_key(2));
    let late = *node.next_epoch_public_key();
    node.rotate_public_key(selected);
    assert_eq!(*node.public_key(), selected);
    // A test runner with stubs instead of curve operations makes all keys equal.
    if (late != selected) {
        assert!(node.has_next_epoch_public_key());
        assert_eq!(*node.next_epoch_public_key(), late);
        node.rotate_public_key(late);
    };
    assert_eq!(*node.public_key(), late);
    assert!(!node.has_next_epoch_public_key());
    node.destroy();
}

#[test]
fun a_new_capability_is_blank_and_records_what_it_is_told() {
    let ctx = &mut tx_context::dummy();
    let mut cap = storage_node::new_cap(object::id_from_address(NODE), ctx);
    assert_eq!(cap.node_id(), object::id_from_address(NODE));
    assert_eq!(cap.last_epoch_sync_done(), 0);
    assert!(cap.last_event_blob_attestation().is_none());
    assert_eq!(cap.deny_list_root(), 0);
    assert_eq!(cap.deny_list_sequence(), 0);
    assert_eq!(cap.deny_list_size(), 0);

    cap.set_last_epoch_sync_done(7);
    cap.set_last_event_blob_attestation(event_blob::new_attestation(100, 7));
    cap.set_deny_list_properties(1, 2, 3);
    assert_eq!(cap.last_epoch_sync_done(), 7);
    let attestation = cap.last_event_blob_attestation().destroy_some();
    assert_eq!(attestation, event_blob::new_attestation(100, 7));
    assert_eq!(cap.deny_list_root(), 1);
    assert_eq!(cap.deny_list_sequence(), 2);
    assert_eq!(cap.deny_list_size(), 3);
    cap.destroy_cap_for_testing();
}

#[test]
fun capability_for_tests() {
    let ctx = &mut tx_context::dummy();
    let cap = storage_node::new_cap_for_testing(object::id_from_address(NODE), ctx);
    assert_eq!(cap.node_id(), object::id_from_address(NODE));
    cap.destroy_cap_for_testing();
}

#[test]
fun metadata_can_be_read_and_replaced() {
    let mut metadata = node_metadata::new(
        b"image".to_string(),
        b"project".to_string(),
        b"text".to_string(),
    );
    assert_eq!(metadata.image_url(), b"image".to_string());
    assert_eq!(metadata.project_url(), b"project".to_string());
    assert_eq!(metadata.description(), b"text".to_string());
    assert!(metadata.extra_fields().is_empty());

    metadata.set_image_url(b"1".to_string());
    metadata.set_project_url(b"2".to_string());
    metadata.set_description(b"3".to_string());
    let mut extra = vec_map::empty();
    extra.insert(b"k".to_string(), b"v".to_string());
    metadata.set_extra_fields(extra);
    assert_eq!(metadata.image_url(), b"1".to_string());
    assert_eq!(metadata.project_url(), b"2".to_string());
    assert_eq!(metadata.description(), b"3".to_string());
    assert_eq!(*metadata.extra_fields(), extra);
    assert_eq!(node_metadata::default().image_url(), b"".to_string());
}
