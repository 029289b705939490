/// The state of the storage market and every rule that changes it.
///
/// Reached only through `system`, which checks the version of the shared object first.
module walrus::system_state_inner;

use sui::balance::Balance;
use sui::coin::Coin;
use sui::vec_map::{Self, VecMap};
use wal::wal::WAL;
use walrus::blob::{Self, Blob};
use walrus::bls_aggregate::{Self, BlsCommittee};
use walrus::encoding;
use walrus::epoch_parameters::EpochParams;
use walrus::event_blob::{Self, EventBlobCertificationState};
use walrus::events;
use walrus::extended_field::{Self, ExtendedField};
use walrus::messages;
use walrus::storage_accounting::{Self, FutureAccountingRingBuffer};
use walrus::storage_node::StorageNodeCap;
use walrus::storage_pool::{Self, StoragePool};
use walrus::storage_resource::{Self, Storage};

/// The number of epochs that can be paid ahead must be between 1 and 1000.
const EInvalidMaxEpochsAhead: u64 = 0;
/// The reservation exceeds the capacity of the system in one of its epochs.
const EStorageExceeded: u64 = 1;
/// The number of epochs is zero or reaches beyond what can be paid ahead.
const EInvalidEpochsAhead: u64 = 2;
/// The epoch of the attestation is not the current one.
const EInvalidIdEpoch: u64 = 3;
/// The new committee is not for the next epoch.
const EIncorrectCommittee: u64 = 4;
/// The accounting slot does not belong to the ending epoch.
const EInvalidAccountingEpoch: u64 = 5;
/// The node has attested an event blob in this epoch that is not certified yet.
const EIncorrectAttestation: u64 = 6;
/// The node has attested an event blob in this epoch that reaches the same checkpoint.
const ERepeatedAttestation: u64 = 7;
/// The node is not a member of the committee.
const ENotCommitteeMember: u64 = 8;
/// The sequence number of the deny list does not grow.
const EIncorrectDenyListSequence: u64 = 9;
/// The certificate is for the deny list of another node.
const EIncorrectDenyListNode: u64 = 10;
/// A storage resource of size zero cannot be bought.
const EInvalidResourceSize: u64 = 11;
/// The protocol version would start in the past.
const EInvalidStartEpoch: u64 = 12;

/// Largest number of epochs that can be configured to be paid ahead.
const MAX_MAX_EPOCHS_AHEAD: u32 = 1000;
/// Bytes of one storage unit, to which every payment is rounded up: 1 MiB.
const BYTES_PER_UNIT_SIZE: u64 = 1_048_576;
/// Basis points in one.
const N_BASIS_POINTS: u128 = 10_000;

/// The state of the storage market.
public struct SystemStateInnerV1 has store {
    /// Committee of the current epoch.
    committee: BlsCommittee,
    /// Encoded bytes that may be reserved for any epoch.
    total_capacity_size: u64,
    /// Encoded bytes reserved for the current epoch.
    used_capacity_size: u64,
    /// FROST per storage unit and epoch.
    storage_price_per_unit_size: u64,
    /// FROST per storage unit written.
    write_price_per_unit_size: u64,
    /// Capacity and fees of the current and the coming epochs.
    future_accounting: FutureAccountingRingBuffer,
    /// Certification of event blobs.
    event_blob_certification_state: EventBlobCertificationState,
    /// Encoded bytes that nodes do not store because of their deny lists, by node ID.
    deny_list_sizes: ExtendedField<VecMap<ID, u64>>,
}

/// The state in epoch 0: no committee, no capacity, no prices.
public(package) fun create_empty(max_epochs_ahead: u32, ctx: &mut TxContext): SystemStateInnerV1 {
    assert!(
        0 < max_epochs_ahead && max_epochs_ahead <= MAX_MAX_EPOCHS_AHEAD,
        EInvalidMaxEpochsAhead,
    );
    SystemStateInnerV1 {
        committee: bls_aggregate::new_bls_committee(0, vector[]),
        total_capacity_size: 0,
        used_capacity_size: 0,
        storage_price_per_unit_size: 0,
        write_price_per_unit_size: 0,
        future_accounting: storage_accounting::ring_new(max_epochs_ahead),
        event_blob_certification_state: event_blob::create_with_empty_state(),
        deny_list_sizes: extended_field::new(vec_map::empty(), ctx),
    }
}

// === Epoch change ===

/// Takes the share of the ending epoch's rewards that is burned. Called before `advance_epoch`.
public(package) fun extract_burn_balance(
    self: &mut SystemStateInnerV1,
    burn_share_bp: u64,
): Balance<WAL> {
    let rewards = self.future_accounting.ring_lookup_mut(0).rewards_balance_mut();
    let amount = (rewards.value() as u128) * (burn_share_bp as u128) / N_BASIS_POINTS;
    rewards.split(amount as u64)
}

/// Enters the epoch of the new committee and returns the rewards of the ended epoch for every member of
/// the old committee. What rounding leaves over is carried into the new epoch.
public(package) fun advance_epoch(
    self: &mut SystemStateInnerV1,
    new_committee: BlsCommittee,
    new_epoch_params: &EpochParams,
): VecMap<ID, Balance<WAL>> {
    let ended_epoch = self.epoch();
    assert!(new_committee.epoch() == ended_epoch + 1, EIncorrectCommittee);
    let old_committee = self.committee;
    self.committee = new_committee;

    let ended = self.future_accounting.ring_pop_expand();
    assert!(ended.epoch() == ended_epoch, EInvalidAccountingEpoch);
    let ended_used_capacity = ended.used_capacity();
    let mut pot = ended.unwrap_balance();

    self.event_blob_certification_state.reset();

    // Capacity that is reserved already stays usable even if the nodes voted for less.
    self.used_capacity_size = self.future_accounting.ring_lookup(0).used_capacity();
    self.total_capacity_size = new_epoch_params.capacity().max(self.used_capacity_size);

    let rewards = self.distribute_rewards(&old_committee, ended_used_capacity, &mut pot);
    self.future_accounting.ring_lookup_mut(0).rewards_balance_mut().join(pot);
    rewards
}

/// Splits the pot by what every node stored: its shards times the used capacity less its deny list.
fun distribute_rewards(
    self: &SystemStateInnerV1,
    committee: &BlsCommittee,
    used_capacity: u64,
    pot: &mut Balance<WAL>,
): VecMap<ID, Balance<WAL>> {
    let deny_list_sizes = self.deny_list_sizes.borrow();
    let mut total_stored = 0u128;
    let stored = committee.members().map_ref!(|member| {
        let node_id = member.node_id();
        let denied = if (deny_list_sizes.contains(&node_id)) deny_list_sizes[&node_id] else 0;
        let stored = (member.weight() as u128) * ((used_capacity - denied.min(used_capacity)) as u128);
        total_stored = total_stored + stored;
        stored
    });
    // Without anything stored all shares are zero, and the pot is carried forward.
    let divisor = total_stored.max(1) as u256;
    let total_rewards = pot.value() as u256;
    let rewards = stored.map!(|share| {
        // Shares are below 2^80, so the product needs more than 128 bits.
        pot.split(((share as u256) * total_rewards / divisor) as u64)
    });
    vec_map::from_keys_values(committee.members().map_ref!(|member| member.node_id()), rewards)
}

/// Sets the price of storage, in FROST per storage unit and epoch.
public(package) fun set_storage_price(self: &mut SystemStateInnerV1, price: u64) {
    self.storage_price_per_unit_size = price;
}

/// Sets the price of writing, in FROST per storage unit.
public(package) fun set_write_price(self: &mut SystemStateInnerV1, price: u64) {
    self.write_price_per_unit_size = price;
}

// === Storage resources ===

/// Buys storage for the next `epochs_ahead` epochs, the current one included.
public(package) fun reserve_space(
    self: &mut SystemStateInnerV1,
    storage_amount: u64,
    epochs_ahead: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Storage {
    self.assert_epochs_ahead(epochs_ahead);
    let start_epoch = self.epoch();
    self.buy_space(storage_amount, start_epoch, start_epoch + epochs_ahead, payment, ctx)
}

/// Buys storage for the epochs from `start_epoch`, or from the current one if that is later, to before
/// `end_epoch`.
public(package) fun reserve_space_for_epochs(
    self: &mut SystemStateInnerV1,
    storage_amount: u64,
    start_epoch: u32,
    end_epoch: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Storage {
    let start_epoch = start_epoch.max(self.epoch());
    assert!(start_epoch < end_epoch, EInvalidEpochsAhead);
    self.assert_epochs_ahead(end_epoch - self.epoch());
    self.buy_space(storage_amount, start_epoch, end_epoch, payment, ctx)
}

/// Pays for, accounts and creates a resource for a range of epochs within the ring.
fun buy_space(
    self: &mut SystemStateInnerV1,
    storage_amount: u64,
    start_epoch: u32,
    end_epoch: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Storage {
    let start_offset = start_epoch - self.epoch();
    let end_offset = end_epoch - self.epoch();
    self.pay_for_storage(storage_amount, start_offset, end_offset, payment);
    assert!(storage_amount > 0, EInvalidResourceSize);
    self.account_within_capacity(storage_amount, start_offset, end_offset);
    storage_resource::create_storage(start_epoch, end_epoch, storage_amount, ctx)
}

fun assert_epochs_ahead(self: &SystemStateInnerV1, epochs_ahead: u32) {
    assert!(
        0 < epochs_ahead && epochs_ahead <= self.future_accounting.max_epochs_ahead(),
        EInvalidEpochsAhead,
    );
}

/// Moves the price of the storage for every epoch from the coin into the epoch's rewards.
fun pay_for_storage(
    self: &mut SystemStateInnerV1,
    storage_size: u64,
    start_offset: u32,
    end_offset: u32,
    payment: &mut Coin<WAL>,
) {
    let price = storage_units(storage_size) * self.storage_price_per_unit_size;
    start_offset.range_do!(end_offset, |offset| {
        let epoch_payment = payment.balance_mut().split(price);
        self.future_accounting.ring_lookup_mut(offset).rewards_balance_mut().join(epoch_payment);
    });
}

/// Moves the price of writing a blob from the coin into the rewards of the current epoch.
fun pay_for_write(self: &mut SystemStateInnerV1, encoded_size: u64, payment: &mut Coin<WAL>) {
    let price = storage_units(encoded_size) * self.write_price_per_unit_size;
    let write_payment = payment.balance_mut().split(price);
    self.future_accounting.ring_lookup_mut(0).rewards_balance_mut().join(write_payment);
}

/// Reserves capacity in every epoch of the range, as long as no epoch then uses more than `capacity`.
fun account(
    self: &mut SystemStateInnerV1,
    storage_size: u64,
    start_offset: u32,
    end_offset: u32,
    capacity: u64,
) {
    start_offset.range_do!(end_offset, |offset| {
        let used = self
            .future_accounting
            .ring_lookup_mut(offset)
            .increase_used_capacity(storage_size);
        assert!(used <= capacity, EStorageExceeded);
        if (offset == 0) self.used_capacity_size = used;
    });
}

/// Reserves capacity within the current total, which limits future epochs too.
fun account_within_capacity(
    self: &mut SystemStateInnerV1,
    storage_size: u64,
    start_offset: u32,
    end_offset: u32,
) {
    let capacity = self.total_capacity_size;
    self.account(storage_size, start_offset, end_offset, capacity)
}

/// Storage units that `size` bytes take up, the last one possibly in part.
fun storage_units(size: u64): u64 {
    size / BYTES_PER_UNIT_SIZE + (size % BYTES_PER_UNIT_SIZE).min(1)
}

// === Blobs ===

/// Registers a blob in a storage resource and charges the write fee.
public(package) fun register_blob(
    self: &mut SystemStateInnerV1,
    storage: Storage,
    blob_id: u256,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    deletable: bool,
    write_payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Blob {
    let blob = blob::new(
        storage,
        blob_id,
        root_hash,
        size,
        encoding_type,
        deletable,
        self.epoch(),
        self.n_shards(),
        ctx,
    );
    let encoded_size = blob.encoded_size(self.n_shards());
    self.pay_for_write(encoded_size, write_payment);
    blob
}

/// Certifies a blob with the confirmations of a quorum.
public(package) fun certify_blob(
    self: &SystemStateInnerV1,
    blob: &mut Blob,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    let certified = self.committee.verify_quorum_in_epoch(signature, signers_bitmap, message);
    blob.certify_with_certified_msg(self.epoch(), messages::certify_blob_message(certified));
}

/// Deletes a deletable blob and returns its storage.
public(package) fun delete_blob(self: &SystemStateInnerV1, blob: Blob): Storage {
    blob.delete(self.epoch())
}

/// Extends a certified blob for a payment.
public(package) fun extend_blob(
    self: &mut SystemStateInnerV1,
    blob: &mut Blob,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    let epoch = self.epoch();
    blob.assert_certified_not_expired(epoch);
    self.buy_extension(blob.storage().size(), blob.end_epoch(), extended_epochs, payment);
    blob.extend(epoch, extended_epochs);
}

/// Pays for and accounts `extended_epochs` more epochs of storage that ends at `end_epoch`.
fun buy_extension(
    self: &mut SystemStateInnerV1,
    storage_size: u64,
    end_epoch: u32,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    assert!(extended_epochs > 0, EInvalidEpochsAhead);
    let start_offset = end_epoch - self.epoch();
    // The sum must not overflow before it is checked.
    assert!(
        extended_epochs <= self.future_accounting.max_epochs_ahead() - start_offset,
        EInvalidEpochsAhead,
    );
    let end_offset = start_offset + extended_epochs;
    self.pay_for_storage(storage_size, start_offset, end_offset, payment);
    self.account_within_capacity(storage_size, start_offset, end_offset);
}

/// Extends a certified blob by a storage resource.
public(package) fun extend_blob_with_resource(
    self: &SystemStateInnerV1,
    blob: &mut Blob,
    extension: Storage,
) {
    blob.extend_with_resource(self.epoch(), extension);
}

/// Reports an invalid blob ID that at least one correct node stands behind.
public(package) fun invalidate_blob_id(
    self: &SystemStateInnerV1,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
): u256 {
    let certified = self
        .committee
        .verify_one_correct_node_in_epoch(signature, members_bitmap, message);
    let blob_id = messages::invalid_blob_id_message(certified).invalid_blob_id();
    events::emit_invalid_blob_id(self.epoch(), blob_id);
    blob_id
}

// === Event blobs ===

/// Counts the attestation of an event blob by a node, and certifies the event blob at a quorum.
public(package) fun certify_event_blob(
    self: &mut SystemStateInnerV1,
    cap: &mut StorageNodeCap,
    blob_id: u256,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    ending_checkpoint_sequence_num: u64,
    epoch: u32,
    ctx: &mut TxContext,
) {
    let weight = self.assert_committee_member(&cap.node_id());
    assert!(epoch == self.epoch(), EInvalidIdEpoch);
    self.assert_may_attest(cap, ending_checkpoint_sequence_num);
    cap.set_last_event_blob_attestation(
        event_blob::new_attestation(ending_checkpoint_sequence_num, epoch),
    );

    let certification = &mut self.event_blob_certification_state;
    if (certification.is_certified_up_to(ending_checkpoint_sequence_num)) return;
    let event_blob = event_blob::new_event_blob(ending_checkpoint_sequence_num, blob_id);
    let total_weight = certification.add_weight(event_blob, weight);
    if (!bls_aggregate::is_quorum(total_weight, self.committee.n_shards())) return;

    certification.set_latest_certified(event_blob);
    let encoded_size = encoding::encoded_blob_length(size, encoding_type, self.n_shards());
    let storage = self.reserve_space_without_payment(encoded_size, ctx);
    let mut blob = blob::new(
        storage,
        blob_id,
        root_hash,
        size,
        encoding_type,
        false,
        epoch,
        self.n_shards(),
        ctx,
    );
    blob.set_certified(epoch);
    // Nodes follow the events; nobody needs to own the object.
    blob.burn();
}

/// A node attests one event blob at a time, in the order of checkpoints. Attestations of past epochs are
/// void and bind nobody.
fun assert_may_attest(
    self: &SystemStateInnerV1,
    cap: &StorageNodeCap,
    ending_checkpoint_sequence_num: u64,
) {
    cap.last_event_blob_attestation().do!(|attestation| {
        if (attestation.last_attested_event_blob_epoch() < self.epoch()) return;
        let attested = attestation.last_attested_event_blob_checkpoint_seq_num();
        assert!(ending_checkpoint_sequence_num > attested, ERepeatedAttestation);
        assert!(
            self.event_blob_certification_state.is_certified_up_to(attested),
            EIncorrectAttestation,
        );
    });
}

/// Reserves storage for as long as possible, without payment and without regard to the capacity.
fun reserve_space_without_payment(
    self: &mut SystemStateInnerV1,
    storage_amount: u64,
    ctx: &mut TxContext,
): Storage {
    let epochs_ahead = self.future_accounting.max_epochs_ahead();
    self.account(storage_amount, 0, epochs_ahead, std::u64::max_value!());
    let epoch = self.epoch();
    storage_resource::create_storage(epoch, epoch + epochs_ahead, storage_amount, ctx)
}

// === Deny lists ===

/// Announces a new deny list of a node.
public(package) fun register_deny_list_update(
    self: &SystemStateInnerV1,
    cap: &StorageNodeCap,
    deny_list_root: u256,
    deny_list_sequence: u64,
) {
    self.assert_committee_member(&cap.node_id());
    assert!(deny_list_sequence > cap.deny_list_sequence(), EIncorrectDenyListSequence);
    events::emit_register_deny_list_update(
        self.epoch(),
        deny_list_root,
        deny_list_sequence,
        cap.node_id(),
    );
}

/// Records a certified deny list of a node.
public(package) fun update_deny_list(
    self: &mut SystemStateInnerV1,
    cap: &mut StorageNodeCap,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
) {
    let node_id = cap.node_id();
    self.assert_committee_member(&node_id);
    let certified = self.committee.verify_quorum_in_epoch(signature, members_bitmap, message);
    let update = messages::deny_list_update_message(certified);
    assert!(update.deny_list_node_id() == node_id, EIncorrectDenyListNode);
    let sequence_number = update.deny_list_sequence_number();
    assert!(sequence_number > cap.deny_list_sequence(), EIncorrectDenyListSequence);

    let root = update.deny_list_root();
    let size = update.deny_list_size();
    cap.set_deny_list_properties(root, sequence_number, size);
    let sizes = self.deny_list_sizes.borrow_mut();
    if (sizes.contains(&node_id)) {
        *(&mut sizes[&node_id]) = size;
    } else {
        sizes.insert(node_id, size);
    };
    events::emit_deny_list_update(self.epoch(), root, sequence_number, node_id);
}

/// Reports a blob that at least one correct node denies.
public(package) fun delete_deny_listed_blob(
    self: &SystemStateInnerV1,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
) {
    let certified = self
        .committee
        .verify_one_correct_node_in_epoch(signature, members_bitmap, message);
    let blob_id = messages::deny_list_blob_deleted_message(certified).denied_blob_id();
    events::emit_deny_list_blob_deleted(self.epoch(), blob_id);
}

// === Protocol version ===

/// Reports the version of the node protocol that a quorum agreed on.
public(package) fun update_protocol_version(
    self: &SystemStateInnerV1,
    cap: &StorageNodeCap,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.assert_committee_member(&cap.node_id());
    let certified = self.committee.verify_quorum_in_epoch(signature, members_bitmap, message);
    let agreed = messages::protocol_version_message(certified);
    let start_epoch = agreed.protocol_start_epoch();
    assert!(start_epoch >= self.epoch(), EInvalidStartEpoch);
    events::emit_protocol_version_updated(self.epoch(), start_epoch, agreed.protocol_version());
}

/// Aborts unless the node is in the committee; returns its weight.
fun assert_committee_member(self: &SystemStateInnerV1, node_id: &ID): u16 {
    let weight = self.committee.weight_of(node_id);
    assert!(weight > 0, ENotCommitteeMember);
    weight
}

// === Subsidies ===

/// Adds a subsidy in equal parts to the rewards of the next epochs, the rest to the current one.
public(package) fun add_subsidy(
    self: &mut SystemStateInnerV1,
    subsidy: Coin<WAL>,
    epochs_ahead: u32,
) {
    self.assert_epochs_ahead(epochs_ahead);
    let mut subsidy = subsidy.into_balance();
    let per_epoch = subsidy.value() / (epochs_ahead as u64);
    epochs_ahead.do!(|offset| {
        let rewards = self.future_accounting.ring_lookup_mut(offset).rewards_balance_mut();
        rewards.join(subsidy.split(per_epoch));
    });
    self.future_accounting.ring_lookup_mut(0).rewards_balance_mut().join(subsidy);
}

/// Adds the i-th balance to the rewards of the epoch i epochs ahead.
public(package) fun add_per_epoch_subsidies(
    self: &mut SystemStateInnerV1,
    subsidies: vector<Balance<WAL>>,
) {
    assert!(
        subsidies.length() <= (self.future_accounting.max_epochs_ahead() as u64),
        EInvalidEpochsAhead,
    );
    let mut offset = 0;
    subsidies.do!(|subsidy| {
        self.future_accounting.ring_lookup_mut(offset).rewards_balance_mut().join(subsidy);
        offset = offset + 1;
    });
}

// === Storage pools ===

/// Buys storage for the next epochs and opens a pool with it.
public(package) fun create_storage_pool(
    self: &mut SystemStateInnerV1,
    reserved_encoded_capacity_bytes: u64,
    epochs_ahead: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): StoragePool {
    let storage = self.reserve_space(reserved_encoded_capacity_bytes, epochs_ahead, payment, ctx);
    storage_pool::new(storage, self.epoch(), ctx)
}

/// Opens a pool with a storage resource.
public(package) fun create_storage_pool_with_storage(
    self: &SystemStateInnerV1,
    storage: Storage,
    ctx: &mut TxContext,
): StoragePool {
    assert!(storage.size() > 0, EInvalidResourceSize);
    storage_pool::new(storage, self.epoch(), ctx)
}

/// Registers a blob in a pool and charges the write fee.
public(package) fun register_pooled_blob(
    self: &mut SystemStateInnerV1,
    pool: &mut StoragePool,
    blob_id: u256,
    root_hash: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    write_payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
) {
    let encoded_size = pool.register_blob(
        blob_id,
        root_hash,
        unencoded_size,
        encoding_type,
        deletable,
        self.epoch(),
        self.n_shards(),
        ctx,
    );
    self.pay_for_write(encoded_size, write_payment);
}

/// Certifies a pooled blob with the confirmations of a quorum.
public(package) fun certify_pooled_blob(
    self: &SystemStateInnerV1,
    pool: &mut StoragePool,
    blob_id: u256,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    let certified = self.committee.verify_quorum_in_epoch(signature, signers_bitmap, message);
    pool.certify_blob(blob_id, self.epoch(), messages::certify_blob_message(certified));
}

/// Deletes a deletable blob of a live pool.
public(package) fun delete_pooled_blob(
    self: &SystemStateInnerV1,
    pool: &mut StoragePool,
    blob_id: u256,
) {
    pool.delete_blob(blob_id, self.epoch(), self.n_shards());
}

/// Removes any blob of an expired pool.
public(package) fun burn_expired_pooled_blob(
    self: &SystemStateInnerV1,
    pool: &mut StoragePool,
    blob_id: u256,
) {
    pool.burn_expired_blob(blob_id, self.epoch(), self.n_shards());
}

/// Extends a live pool for a payment.
public(package) fun extend_storage_pool(
    self: &mut SystemStateInnerV1,
    pool: &mut StoragePool,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    let epoch = self.epoch();
    pool.assert_live(epoch);
    self.buy_extension(
        pool.reserved_encoded_capacity_bytes(),
        pool.end_epoch(),
        extended_epochs,
        payment,
    );
    pool.extend(epoch, extended_epochs);
}

/// Adds capacity to a live pool for a payment that covers the rest of its lifetime.
public(package) fun increase_storage_pool_capacity(
    self: &mut SystemStateInnerV1,
    pool: &mut StoragePool,
    additional_capacity_bytes: u64,
    payment: &mut Coin<WAL>,
) {
    pool.assert_live(self.epoch());
    assert!(additional_capacity_bytes > 0, EInvalidResourceSize);
    let end_offset = pool.end_epoch() - self.epoch();
    self.pay_for_storage(additional_capacity_bytes, 0, end_offset, payment);
    self.account_within_capacity(additional_capacity_bytes, 0, end_offset);
    pool.increase_capacity(additional_capacity_bytes);
}

/// Adds a storage resource that ends with the pool to its capacity.
public(package) fun increase_storage_pool_capacity_with_storage(
    self: &SystemStateInnerV1,
    pool: &mut StoragePool,
    storage: Storage,
) {
    pool.increase_capacity_with_storage(storage, self.epoch());
}

// === Views ===

/// The current epoch.
public(package) fun epoch(self: &SystemStateInnerV1): u32 {
    self.committee.epoch()
}

/// Number of shards; zero before the first committee.
public(package) fun n_shards(self: &SystemStateInnerV1): u16 {
    self.committee.n_shards()
}

/// Committee of the current epoch.
public(package) fun committee(self: &SystemStateInnerV1): &BlsCommittee {
    &self.committee
}

/// Encoded bytes that may be reserved for any epoch.
public(package) fun total_capacity_size(self: &SystemStateInnerV1): u64 {
    self.total_capacity_size
}

/// Encoded bytes reserved for the current epoch.
public(package) fun used_capacity_size(self: &SystemStateInnerV1): u64 {
    self.used_capacity_size
}

/// FROST per storage unit and epoch.
public(package) fun storage_price_per_unit_size(self: &SystemStateInnerV1): u64 {
    self.storage_price_per_unit_size
}

/// FROST per storage unit written.
public(package) fun write_price_per_unit_size(self: &SystemStateInnerV1): u64 {
    self.write_price_per_unit_size
}

/// Capacity and fees of the current and the coming epochs.
public(package) fun future_accounting(self: &SystemStateInnerV1): &FutureAccountingRingBuffer {
    &self.future_accounting
}

/// State of event blob certification.
#[test_only]
public fun event_blob_certification_state(
    self: &SystemStateInnerV1,
): &EventBlobCertificationState {
    &self.event_blob_certification_state
}

/// Encoded bytes on the deny list of each node.
#[test_only]
public fun deny_list_sizes(self: &SystemStateInnerV1): &VecMap<ID, u64> {
    self.deny_list_sizes.borrow()
}

/// Loses the accounting slot of the current epoch.
#[test_only]
public fun drop_current_slot_for_testing(self: &mut SystemStateInnerV1) {
    let slot = self.future_accounting.ring_pop_expand();
    slot.unwrap_balance().destroy_zero();
}
