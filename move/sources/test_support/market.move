/// Shared set-up of the market tests, here and in the packages that depend on this one: systems with
/// committees, coins, and messages to sign.
#[test_only]
module walrus::market;

use sui::address;
use sui::bcs;
use sui::bls12381;
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use wal::wal::WAL;
use walrus::blob::{Self, Blob};
use walrus::bls_aggregate;
use walrus::epoch_parameters;
use walrus::storage_node::{Self, StorageNodeCap};
use walrus::system::{Self, System};

/// Weights of the committee: 10 shards, quorum 7, a correct node among 4.
public fun weights(): vector<u16> { vector[4, 3, 2, 1] }

/// Number of shards of the committee.
public fun n_shards(): u16 { 10 }

/// Epochs that can be paid ahead.
public fun max_epochs_ahead(): u32 { 10 }

/// Capacity: 1000 storage units.
public fun capacity(): u64 { 1_048_576_000 }

/// FROST per storage unit and epoch.
public fun storage_price(): u64 { 5 }

/// FROST per storage unit written.
public fun write_price(): u64 { 7 }

/// Bytes of a storage unit.
public fun unit(): u64 { 1_048_576 }

/// Root hash of the example blob.
public fun root_hash(): u256 { 0xABC }

/// Size of the example blob; with 10 shards it is encoded in 10680 bytes.
public fun size(): u64 { 1000 }

/// Encoded size of the example blob.
public fun encoded_size(): u64 { 10_680 }

/// Blob ID of the example blob.
public fun blob_id(): u256 { blob::derive_blob_id(root_hash(), 1, size()) }

/// Bitmap of all four members.
public fun all(): vector<u8> { vector[0x0F] }

/// Bitmap of the members with 4 and 3 shards: exactly a quorum.
public fun quorum(): vector<u8> { vector[0x03] }

/// Bitmap of the member with 4 shards: exactly enough for one correct node.
public fun one_correct(): vector<u8> { vector[0x01] }

/// Bitmap of members with 6 shards.
public fun below_quorum(): vector<u8> { vector[0x05] }

/// Bitmap of members with 3 shards.
public fun below_one_correct(): vector<u8> { vector[0x0C] }

/// Signature of the members in the bitmap over the message. The secret key of the i-th member is i + 1.
public fun sign(signers_bitmap: vector<u8>, message: vector<u8>): vector<u8> {
    let mut secret_key = 0;
    (signers_bitmap.length() * 8).do!(|i| {
        let is_signer = (signers_bitmap[i / 8] >> (i % 8 as u8)) & 1 == 1;
        if (is_signer) secret_key = secret_key + i + 1;
    });
    sign_with(secret_key, message)
}

/// Signature with a secret key over the message.
public fun sign_with(secret_key: u64, message: vector<u8>): vector<u8> {
    let scalar = bls12381::scalar_from_u64(secret_key);
    *bls12381::g2_mul(&scalar, &bls12381::hash_to_g2(&message)).bytes()
}

/// Compressed public key of a secret key.
public fun public_key(secret_key: u64): vector<u8> {
    let scalar = bls12381::scalar_from_u64(secret_key);
    *bls12381::g1_mul(&scalar, &bls12381::g1_generator()).bytes()
}

/// Whether this virtual machine accepts every BLS signature, as the compiler's own test runner does.
public fun accepts_any_signature(): bool {
    bls12381::bls12381_min_pk_verify(&vector[], &vector[], &vector[])
}

/// A system in epoch 1 with the committee, capacity and prices above.
public fun new_system(ctx: &mut TxContext): System {
    let mut system = system::new_for_testing(max_epochs_ahead(), ctx);
    next_epoch(&mut system);
    system.set_storage_price(storage_price());
    system.set_write_price(write_price());
    system
}

/// Enters the next epoch with the same committee and capacity; returns the sum of the rewards.
public fun next_epoch(system: &mut System): u64 {
    next_epoch_with_capacity(system, capacity())
}

/// Enters the next epoch with the same committee; returns the sum of the rewards.
public fun next_epoch_with_capacity(system: &mut System, capacity: u64): u64 {
    let committee = bls_aggregate::new_committee_for_testing(system.epoch() + 1, weights());
    let rewards = system.advance_epoch(committee, &epoch_parameters::new(capacity, 0, 0));
    let (_, balances) = rewards.into_keys_values();
    let mut total = 0;
    balances.do!(|balance| total = total + balance.destroy_for_testing());
    total
}

/// Enters later epochs until the given one.
public fun go_to_epoch(system: &mut System, epoch: u32) {
    while (system.epoch() < epoch) {
        next_epoch(system);
    }
}

/// A coin.
public fun coin(value: u64, ctx: &mut TxContext): Coin<WAL> {
    coin::mint_for_testing(value, ctx)
}

/// Node ID of the i-th member of the committee, from 0.
public fun node_id(index: u64): ID {
    object::id_from_address(address::from_u256((index as u256) + 1))
}

/// Capability of the i-th member of the committee, from 0.
public fun cap(index: u64, ctx: &mut TxContext): StorageNodeCap {
    storage_node::new_cap_for_testing(node_id(index), ctx)
}

/// Buys storage and registers the example blob in it.
public fun register(
    system: &mut System,
    epochs_ahead: u32,
    deletable: bool,
    ctx: &mut TxContext,
): Blob {
    register_in(system, unit(), epochs_ahead, deletable, ctx)
}

/// Buys the amount of storage and registers the example blob in it.
public fun register_in(
    system: &mut System,
    storage_amount: u64,
    epochs_ahead: u32,
    deletable: bool,
    ctx: &mut TxContext,
): Blob {
    let mut payment = coin(1_000_000, ctx);
    let storage = system.reserve_space(storage_amount, epochs_ahead, &mut payment, ctx);
    let blob = system.register_blob(
        storage,
        blob_id(),
        root_hash(),
        size(),
        1,
        deletable,
        &mut payment,
        ctx,
    );
    payment.burn_for_testing();
    blob
}

/// Registers and certifies the example blob.
public fun register_and_certify(
    system: &mut System,
    epochs_ahead: u32,
    deletable: bool,
    ctx: &mut TxContext,
): Blob {
    let mut blob = register(system, epochs_ahead, deletable, ctx);
    certify(system, &mut blob);
    blob
}

/// Certifies a blob with a correct certificate.
public fun certify(system: &System, blob: &mut Blob) {
    let message = if (blob.is_deletable()) {
        deletable_message(system.epoch(), blob.blob_id(), blob.object_id())
    } else {
        permanent_message(system.epoch(), blob.blob_id())
    };
    system.certify_blob(blob, sign(quorum(), message), quorum(), message);
}

/// Header of a message.
public fun header(message_type: u8, epoch: u32): vector<u8> {
    let mut bytes = vector[message_type, 0, 3];
    bytes.append(bcs::to_bytes(&epoch));
    bytes
}

/// Confirmation that a permanent blob is stored.
public fun permanent_message(epoch: u32, blob_id: u256): vector<u8> {
    let mut bytes = header(1, epoch);
    bytes.append(bcs::to_bytes(&blob_id));
    bytes.push_back(0);
    bytes
}

/// Confirmation that a deletable blob is stored.
public fun deletable_message(epoch: u32, blob_id: u256, object_id: ID): vector<u8> {
    let mut bytes = header(1, epoch);
    bytes.append(bcs::to_bytes(&blob_id));
    bytes.push_back(1);
    bytes.append(object_id.to_bytes());
    bytes
}

/// Statement of the given type about a blob: 2 that it is invalid, 5 that it is denied.
public fun blob_statement(message_type: u8, epoch: u32, blob_id: u256): vector<u8> {
    let mut bytes = header(message_type, epoch);
    bytes.append(bcs::to_bytes(&blob_id));
    bytes
}

/// Statement that a deny list was published.
public fun deny_list_message(
    epoch: u32,
    node_id: ID,
    sequence_number: u64,
    size: u64,
    root: u256,
): vector<u8> {
    let mut bytes = header(4, epoch);
    bytes.append(node_id.to_bytes());
    bytes.append(bcs::to_bytes(&sequence_number));
    bytes.append(bcs::to_bytes(&size));
    bytes.append(bcs::to_bytes(&root));
    bytes
}

/// Agreement on a protocol version.
public fun protocol_version_message(
    epoch: u32,
    start_epoch: u32,
    protocol_version: u64,
): vector<u8> {
    let mut bytes = header(6, epoch);
    bytes.append(bcs::to_bytes(&start_epoch));
    bytes.append(bcs::to_bytes(&protocol_version));
    bytes
}

/// Whether there are metadata under the ID of an object, even if the object is gone. The object must come from
/// a dummy context: these all create the same sequence of IDs, so that the ID can be made again.
public fun has_metadata(object_id: ID): bool {
    let ctx = &mut tx_context::dummy();
    let mut id = object::new(ctx);
    while (id.to_inner() != object_id) {
        id.delete();
        id = object::new(ctx);
    };
    let exists = df::exists_(&id, b"metadata");
    id.delete();
    exists
}
