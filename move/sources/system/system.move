/// The shared object of the storage market, and the functions that clients call on it.
///
/// The state lives in a dynamic field under the version, so that an upgrade of the package can replace it.
/// Every function but `version` aborts if the object has another version than this package: after a
/// migration, only the newest package works.
module walrus::system;

use sui::balance::Balance;
use sui::coin::Coin;
use sui::dynamic_field as df;
use sui::vec_map::VecMap;
use wal::wal::WAL;
use walrus::blob::Blob;
use walrus::bls_aggregate::BlsCommittee;
use walrus::epoch_parameters::EpochParams;
use walrus::messages;
use walrus::storage_accounting::FutureAccountingRingBuffer;
use walrus::storage_node::StorageNodeCap;
use walrus::storage_pool::StoragePool;
use walrus::storage_resource::Storage;
use walrus::system_state_inner::{Self, SystemStateInnerV1};

/// The object is not older than this package, or no upgrade was committed.
const EInvalidMigration: u64 = 0;
/// The object has another version than this package.
const EWrongVersion: u64 = 1;
/// Nothing would be extracted from the storage pool.
const EZeroExtractSize: u64 = 2;

/// Version of the state that this package works on. Equal to the one in `staking`.
const VERSION: u64 = 1;

/// The storage market.
public struct System has key {
    /// Parent of the inner state, under the version, and of what later versions add.
    id: UID,
    /// Version of the state, and key of its dynamic field.
    version: u64,
    /// The package that clients call.
    package_id: ID,
    /// The upgraded package, until the object is migrated to it.
    new_package_id: Option<ID>,
}

// === Epoch change, for this package ===

/// Shares a system in epoch 0, without committee, capacity or prices.
public(package) fun create_empty(max_epochs_ahead: u32, package_id: ID, ctx: &mut TxContext) {
    let mut system = System {
        id: object::new(ctx),
        version: VERSION,
        package_id,
        new_package_id: option::none(),
    };
    let state = system_state_inner::create_empty(max_epochs_ahead, ctx);
    df::add(&mut system.id, VERSION, state);
    transfer::share_object(system);
}

/// Takes the share of the ending epoch's rewards that is burned. Called before `advance_epoch`.
public(package) fun extract_burn_balance(self: &mut System, burn_share_bp: u64): Balance<WAL> {
    self.inner_mut().extract_burn_balance(burn_share_bp)
}

/// Enters the epoch of the new committee and returns the rewards of the ended epoch for every member of
/// the old committee.
public(package) fun advance_epoch(
    self: &mut System,
    new_committee: BlsCommittee,
    new_epoch_params: &EpochParams,
): VecMap<ID, Balance<WAL>> {
    self.inner_mut().advance_epoch(new_committee, new_epoch_params)
}

/// Sets the price of storage, in FROST per storage unit and epoch.
public(package) fun set_storage_price(self: &mut System, price: u64) {
    self.inner_mut().set_storage_price(price)
}

/// Sets the price of writing, in FROST per storage unit.
public(package) fun set_write_price(self: &mut System, price: u64) {
    self.inner_mut().set_write_price(price)
}

// === Upgrade, for this package ===

/// Version of the state that this package works on.
public(package) fun package_version(): u64 {
    VERSION
}

/// The package that clients call.
public(package) fun package_id(self: &System): ID {
    self.package_id
}

/// Remembers the upgraded package until the object is migrated to it.
public(package) fun set_new_package_id(self: &mut System, new_package_id: ID) {
    assert!(self.version == VERSION, EWrongVersion);
    self.new_package_id = option::some(new_package_id);
}

/// Moves the state to the version of this package, which an upgrade must have made known before.
public(package) fun migrate(self: &mut System) {
    assert!(self.version < VERSION, EInvalidMigration);
    assert!(self.new_package_id.is_some(), EInvalidMigration);
    // A version that changes the layout of the state converts it here.
    let state: SystemStateInnerV1 = df::remove(&mut self.id, self.version);
    df::add(&mut self.id, VERSION, state);
    self.version = VERSION;
    self.package_id = self.new_package_id.extract();
}

// === Storage resources ===

/// Buys `storage_amount` encoded bytes for the next `epochs_ahead` epochs, the current one included.
///
/// The price is taken out of `payment`: storage units times storage price times epochs.
public fun reserve_space(
    self: &mut System,
    storage_amount: u64,
    epochs_ahead: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Storage {
    self.inner_mut().reserve_space(storage_amount, epochs_ahead, payment, ctx)
}

/// Buys `storage_amount` encoded bytes for the epochs from `start_epoch`, or from the current one if that
/// is later, to before `end_epoch`.
public fun reserve_space_for_epochs(
    self: &mut System,
    storage_amount: u64,
    start_epoch: u32,
    end_epoch: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Storage {
    self
        .inner_mut()
        .reserve_space_for_epochs(storage_amount, start_epoch, end_epoch, payment, ctx)
}

// === Blobs ===

/// Registers a blob in a storage resource that is current and large enough for the encoded blob.
///
/// The whole resource goes into the blob. The write fee is taken out of `write_payment`: storage units of
/// the encoded size times write price.
public fun register_blob(
    self: &mut System,
    storage: Storage,
    blob_id: u256,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    deletable: bool,
    write_payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): Blob {
    self
        .inner_mut()
        .register_blob(
            storage,
            blob_id,
            root_hash,
            size,
            encoding_type,
            deletable,
            write_payment,
            ctx,
        )
}

/// Certifies a blob with the confirmations of a quorum in the current epoch.
public fun certify_blob(
    self: &System,
    blob: &mut Blob,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.inner().certify_blob(blob, signature, signers_bitmap, message)
}

/// Deletes a deletable blob before its end and returns its storage.
public fun delete_blob(self: &System, blob: Blob): Storage {
    self.inner().delete_blob(blob)
}

/// Extends a certified blob by `extended_epochs`.
///
/// The price is taken out of `payment`: storage units of the blob's storage times storage price times
/// epochs.
public fun extend_blob(
    self: &mut System,
    blob: &mut Blob,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    self.inner_mut().extend_blob(blob, extended_epochs, payment)
}

/// Extends a certified blob by a storage resource of the same size that directly follows.
public fun extend_blob_with_resource(self: &System, blob: &mut Blob, extension: Storage) {
    self.inner().extend_blob_with_resource(blob, extension)
}

/// Reports an invalid blob ID that at least one correct node stands behind, and returns it.
public fun invalidate_blob_id(
    self: &System,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
): u256 {
    self.inner().invalidate_blob_id(signature, members_bitmap, message)
}

/// Verifies an agreement of the current committee on the blobs that can be sampled. Returns the epoch, the
/// root of the tree over their blob IDs, and their number. Changes nothing.
public fun verify_blob_set(
    self: &System,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
): (u32, vector<u8>, u64) {
    let certified =
        self.committee().verify_quorum_in_epoch(signature, signers_bitmap, message);
    messages::blob_set_message(certified)
}

// === Storage nodes ===

/// Attests an event blob for the node of the capability, and certifies it at a quorum of attestations.
public fun certify_event_blob(
    self: &mut System,
    cap: &mut StorageNodeCap,
    blob_id: u256,
    root_hash: u256,
    size: u64,
    encoding_type: u8,
    ending_checkpoint_sequence_num: u64,
    epoch: u32,
    ctx: &mut TxContext,
) {
    self
        .inner_mut()
        .certify_event_blob(
            cap,
            blob_id,
            root_hash,
            size,
            encoding_type,
            ending_checkpoint_sequence_num,
            epoch,
            ctx,
        )
}

/// Announces a new deny list of the node of the capability.
public fun register_deny_list_update(
    self: &mut System,
    cap: &StorageNodeCap,
    deny_list_root: u256,
    deny_list_sequence: u64,
) {
    self.inner().register_deny_list_update(cap, deny_list_root, deny_list_sequence)
}

/// Records a deny list of the node of the capability that a quorum certified.
public fun update_deny_list(
    self: &mut System,
    cap: &mut StorageNodeCap,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.inner_mut().update_deny_list(cap, signature, members_bitmap, message)
}

/// Reports a blob that at least one correct node denies.
public fun delete_deny_listed_blob(
    self: &System,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.inner().delete_deny_listed_blob(signature, members_bitmap, message)
}

/// Reports the version of the node protocol that a quorum agreed on.
public fun update_protocol_version(
    self: &mut System,
    cap: &StorageNodeCap,
    signature: vector<u8>,
    members_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.inner().update_protocol_version(cap, signature, members_bitmap, message)
}

// === Subsidies ===

/// Adds a subsidy in equal parts to the rewards of the next `epochs_ahead` epochs. What the division
/// leaves over goes to the current epoch.
public fun add_subsidy(self: &mut System, subsidy: Coin<WAL>, epochs_ahead: u32) {
    self.inner_mut().add_subsidy(subsidy, epochs_ahead)
}

/// Adds the i-th balance to the rewards of the epoch i epochs ahead.
public fun add_per_epoch_subsidies(self: &mut System, subsidies: vector<Balance<WAL>>) {
    self.inner_mut().add_per_epoch_subsidies(subsidies)
}

// === Storage pools ===

/// Buys storage for the next `epochs_ahead` epochs and opens a pool with it.
public fun create_storage_pool(
    self: &mut System,
    reserved_encoded_capacity_bytes: u64,
    epochs_ahead: u32,
    payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
): StoragePool {
    self
        .inner_mut()
        .create_storage_pool(reserved_encoded_capacity_bytes, epochs_ahead, payment, ctx)
}

/// Opens a pool with a storage resource that covers the current epoch.
public fun create_storage_pool_with_storage(
    self: &System,
    storage: Storage,
    ctx: &mut TxContext,
): StoragePool {
    self.inner().create_storage_pool_with_storage(storage, ctx)
}

/// Registers a blob in a pool with enough unused capacity. The write fee is taken out of `write_payment`.
public fun register_pooled_blob(
    self: &mut System,
    pool: &mut StoragePool,
    blob_id: u256,
    root_hash: u256,
    unencoded_size: u64,
    encoding_type: u8,
    deletable: bool,
    write_payment: &mut Coin<WAL>,
    ctx: &mut TxContext,
) {
    self
        .inner_mut()
        .register_pooled_blob(
            pool,
            blob_id,
            root_hash,
            unencoded_size,
            encoding_type,
            deletable,
            write_payment,
            ctx,
        )
}

/// Certifies a pooled blob with the confirmations of a quorum in the current epoch.
public fun certify_pooled_blob(
    self: &System,
    pool: &mut StoragePool,
    blob_id: u256,
    signature: vector<u8>,
    signers_bitmap: vector<u8>,
    message: vector<u8>,
) {
    self.inner().certify_pooled_blob(pool, blob_id, signature, signers_bitmap, message)
}

/// Deletes a deletable blob of a live pool; its capacity becomes available to other blobs.
public fun delete_pooled_blob(self: &System, pool: &mut StoragePool, blob_id: u256) {
    self.inner().delete_pooled_blob(pool, blob_id)
}

/// Removes any blob of an expired pool.
public fun burn_expired_pooled_blob(self: &System, pool: &mut StoragePool, blob_id: u256) {
    self.inner().burn_expired_pooled_blob(pool, blob_id)
}

/// Extends a live pool by `extended_epochs`, at the price of its whole capacity.
public fun extend_storage_pool(
    self: &mut System,
    pool: &mut StoragePool,
    extended_epochs: u32,
    payment: &mut Coin<WAL>,
) {
    self.inner_mut().extend_storage_pool(pool, extended_epochs, payment)
}

/// Adds capacity to a live pool, paid from the current epoch to the pool's end.
public fun increase_storage_pool_capacity(
    self: &mut System,
    pool: &mut StoragePool,
    additional_capacity_bytes: u64,
    payment: &mut Coin<WAL>,
) {
    self.inner_mut().increase_storage_pool_capacity(pool, additional_capacity_bytes, payment)
}

/// Adds a storage resource that covers the current epoch and ends with the pool to its capacity.
public fun increase_storage_pool_capacity_with_storage(
    self: &System,
    pool: &mut StoragePool,
    storage: Storage,
) {
    self.inner().increase_storage_pool_capacity_with_storage(pool, storage)
}

/// Takes `size` bytes of unused capacity out of a pool.
public fun decrease_storage_pool_capacity_by_size(
    self: &System,
    pool: &mut StoragePool,
    size: u64,
    ctx: &mut TxContext,
): Storage {
    self.assert_version();
    assert!(size > 0, EZeroExtractSize);
    pool.decrease_capacity(size, ctx)
}

/// Takes a percentage of the unused capacity, rounded down to bytes, out of a pool.
public fun decrease_storage_pool_unused_capacity_by_percent(
    self: &System,
    pool: &mut StoragePool,
    percent: u8,
    ctx: &mut TxContext,
): Storage {
    let size = pool.percent_of_available(percent);
    self.decrease_storage_pool_capacity_by_size(pool, size, ctx)
}

// === Views ===

/// Version of the object.
public fun version(self: &System): u64 {
    self.version
}

/// The current epoch.
public fun epoch(self: &System): u32 {
    self.inner().epoch()
}

/// Number of shards; zero before the first committee.
public fun n_shards(self: &System): u16 {
    self.inner().n_shards()
}

/// Encoded bytes that may be reserved for any epoch.
public fun total_capacity_size(self: &System): u64 {
    self.inner().total_capacity_size()
}

/// Encoded bytes reserved for the current epoch.
public fun used_capacity_size(self: &System): u64 {
    self.inner().used_capacity_size()
}

/// Capacity and fees of the current and the coming epochs.
public fun future_accounting(self: &System): &FutureAccountingRingBuffer {
    self.inner().future_accounting()
}

/// Committee of the current epoch.
public(package) fun committee(self: &System): &BlsCommittee {
    self.inner().committee()
}

// === Inner state ===

fun assert_version(self: &System) {
    assert!(self.version == VERSION, EWrongVersion);
}

fun inner(self: &System): &SystemStateInnerV1 {
    self.assert_version();
    df::borrow(&self.id, VERSION)
}

fun inner_mut(self: &mut System): &mut SystemStateInnerV1 {
    self.assert_version();
    df::borrow_mut(&mut self.id, VERSION)
}

// === Tests ===

/// A system in epoch 0 that is not shared.
#[test_only]
public fun new_for_testing(max_epochs_ahead: u32, ctx: &mut TxContext): System {
    let mut system = System {
        id: object::new(ctx),
        version: VERSION,
        package_id: object::id_from_address(@walrus),
        new_package_id: option::none(),
    };
    df::add(&mut system.id, VERSION, system_state_inner::create_empty(max_epochs_ahead, ctx));
    system
}

/// The state.
#[test_only]
public fun inner_for_testing(self: &System): &SystemStateInnerV1 {
    self.inner()
}

/// The upgraded package that the object is not migrated to yet.
#[test_only]
public fun new_package_id_for_testing(self: &System): Option<ID> {
    self.new_package_id
}

/// Gives object and state another version, as if another package had made them.
#[test_only]
public fun set_version_for_testing(self: &mut System, version: u64) {
    let state: SystemStateInnerV1 = df::remove(&mut self.id, self.version);
    df::add(&mut self.id, version, state);
    self.version = version;
}

/// Loses the accounting slot of the current epoch.
#[test_only]
public fun drop_current_slot_for_testing(self: &mut System) {
    self.inner_mut().drop_current_slot_for_testing()
}
