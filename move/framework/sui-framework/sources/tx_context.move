/// What a transaction knows of itself: its sender, digest, epoch, gas price. The runtime supplies
/// the one `TxContext` of a transaction; the values behind most getters live in the runtime.
module sui::tx_context;

#[test_only]
use std::bcs;

/// A transaction digest must have 32 bytes.
#[test_only]
const EBadTxHashLength: u64 = 0;
/// No object was created in this transaction yet.
#[test_only]
const ENoIDsCreated: u64 = 1;

/// Length of a transaction digest in bytes.
#[test_only]
const TX_HASH_LENGTH: u64 = 32;

#[allow(unused_field)]
/// The context of the running transaction. It can be neither copied nor stored.
public struct TxContext has drop {
    /// Signer of the transaction.
    sender: address,
    /// Digest of the transaction, 32 bytes.
    tx_hash: vector<u8>,
    /// Number of the current epoch.
    epoch: u64,
    /// Start of the current epoch, Unix time in milliseconds.
    epoch_timestamp_ms: u64,
    /// Count of fresh identities made so far.
    ids_created: u64,
}

/// The address that signed the transaction.
public fun sender(_self: &TxContext): address {
    native_sender()
}

/// The digest of the transaction.
public fun digest(self: &TxContext): &vector<u8> {
    &self.tx_hash
}

/// The number of the current epoch.
public fun epoch(_self: &TxContext): u64 {
    native_epoch()
}

/// The start of the current epoch as Unix time in milliseconds.
public fun epoch_timestamp_ms(_self: &TxContext): u64 {
    native_epoch_timestamp_ms()
}

/// The address that pays for gas when it is not the sender.
public fun sponsor(_self: &TxContext): Option<address> {
    option_sponsor()
}

/// An address no object has had or will have: a hash of the transaction digest and a counter.
public fun fresh_object_address(_ctx: &mut TxContext): address {
    fresh_id()
}

/// The reference gas price of the epoch, in MIST per unit.
public fun reference_gas_price(_self: &TxContext): u64 {
    native_rgp()
}

/// The gas price of the transaction, in MIST per unit.
public fun gas_price(_self: &TxContext): u64 {
    native_gas_price()
}

native fun native_sender(): address;
native fun native_epoch(): u64;
native fun native_epoch_timestamp_ms(): u64;
native fun native_rgp(): u64;
native fun native_gas_price(): u64;
/// Empty or one address.
native fun native_sponsor(): vector<address>;
native fun fresh_id(): address;
#[allow(unused_function)]
native fun native_ids_created(): u64;
#[allow(unused_function)]
native fun native_gas_budget(): u64;
#[allow(unused_function)]
/// The identity number `ids_created` of the transaction with digest `tx_hash`.
native fun derive_id(tx_hash: vector<u8>, ids_created: u64): address;

fun option_sponsor(): Option<address> {
    let mut sponsor = native_sponsor();
    if (sponsor.is_empty()) option::none() else option::some(sponsor.pop_back())
}

// === Tests ===

#[test_only]
/// The identity made last; `native_ids_created` must be above 0.
native fun last_created_id(): address;

#[test_only]
/// Sets everything the runtime tells about the transaction.
native fun replace(
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
    rgp: u64,
    gas_price: u64,
    gas_budget: u64,
    sponsor: vector<address>,
);

#[test_only]
/// A context with the given values and no gas data; it replaces the one of the test runtime.
public fun new(
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
): TxContext {
    create(
        sender,
        tx_hash,
        epoch,
        epoch_timestamp_ms,
        ids_created,
        native_rgp(),
        native_gas_price(),
        native_gas_budget(),
        option_sponsor(),
    )
}

#[test_only]
/// As `new`, with a digest made from a number.
public fun new_from_hint(
    addr: address,
    hint: u64,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
): TxContext {
    new(addr, dummy_tx_hash_with_hint(hint), epoch, epoch_timestamp_ms, ids_created)
}

#[test_only]
/// As `new`, with the gas data and the sponsor as well.
public fun create(
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
    rgp: u64,
    gas_price: u64,
    gas_budget: u64,
    sponsor: Option<address>,
): TxContext {
    assert!(tx_hash.length() == TX_HASH_LENGTH, EBadTxHashLength);
    replace(
        sender,
        tx_hash,
        epoch,
        epoch_timestamp_ms,
        ids_created,
        rgp,
        gas_price,
        gas_budget,
        sponsor.to_vec(),
    );
    TxContext { sender, tx_hash, epoch, epoch_timestamp_ms, ids_created }
}

#[test_only]
/// A digest made from a number: its 8 little-endian bytes, then zeros.
public fun dummy_tx_hash_with_hint(hint: u64): vector<u8> {
    let mut tx_hash = bcs::to_bytes(&hint);
    while (tx_hash.length() < TX_HASH_LENGTH) tx_hash.push_back(0);
    tx_hash
}

#[test_only]
/// A context for tests that need one but not its values: sender 0x0, epoch 0.
public fun dummy(): TxContext {
    let tx_hash = x"3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532";
    new(@0x0, tx_hash, 0, 0, 0)
}

#[test_only]
/// The count of identities made so far.
public fun get_ids_created(self: &TxContext): u64 {
    ids_created(self)
}

#[test_only]
/// The count of identities made so far.
public fun ids_created(_self: &TxContext): u64 {
    native_ids_created()
}

#[test_only]
/// The gas budget of the transaction in MIST.
public fun gas_budget(_self: &TxContext): u64 {
    native_gas_budget()
}

#[test_only]
/// The address made last by `fresh_object_address`.
public fun last_created_object_id(_self: &TxContext): address {
    assert!(native_ids_created() > 0, ENoIDsCreated);
    last_created_id()
}

#[test_only]
/// Goes to the next epoch.
public fun increment_epoch_number(self: &mut TxContext) {
    let epoch = self.epoch() + 1;
    self.change_epoch(epoch, native_epoch_timestamp_ms());
}

#[test_only]
/// Moves the start of the epoch forward.
public fun increment_epoch_timestamp(self: &mut TxContext, delta_ms: u64) {
    let start_ms = self.epoch_timestamp_ms() + delta_ms;
    self.change_epoch(native_epoch(), start_ms);
}

#[test_only]
fun change_epoch(self: &mut TxContext, epoch: u64, epoch_timestamp_ms: u64) {
    self.epoch = epoch;
    self.epoch_timestamp_ms = epoch_timestamp_ms;
    replace(
        native_sender(),
        self.tx_hash,
        epoch,
        epoch_timestamp_ms,
        native_ids_created(),
        native_rgp(),
        native_gas_price(),
        native_gas_budget(),
        native_sponsor(),
    );
}
