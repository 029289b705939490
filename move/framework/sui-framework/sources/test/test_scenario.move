/// Unit tests of several transactions by several senders. The test runner keeps the objects that were
/// transferred, shared or frozen in finished transactions, and hands them out to later ones; it
/// notes what was handed out and must come back. What a transaction did is told when it ends.
#[test_only]
module sui::test_scenario;

use sui::transfer::Receiving;
use sui::vec_map::VecMap;

#[allow(unused_const)]
/// A shared or immutable object was taken and not returned, or was used as if it were owned. Raised
/// by the test runner.
const EInvalidSharedOrImmutableUsage: u64 = 1;
/// The object was not taken from where it is returned to.
const ECantReturnObject: u64 = 2;
/// There is no object of this type to take.
const EEmptyInventory: u64 = 3;
#[allow(unused_const)]
/// There is no such object to take. Raised by the test runner.
const EObjectNotFound: u64 = 4;
#[allow(unused_const)]
/// The object to receive has another type. Raised by the test runner.
const EUnableToAllocateReceivingTicket: u64 = 5;
#[allow(unused_const)]
/// The object has a receiving ticket already. Raised by the test runner.
const EReceivingTicketAlreadyAllocated: u64 = 6;
#[allow(unused_const)]
/// The object has no receiving ticket to return. Raised by the test runner.
const EUnableToDeallocateReceivingTicket: u64 = 7;

/// A sequence of transactions.
public struct Scenario {
    /// Number of finished transactions.
    txn_number: u64,
    ctx: TxContext,
}

/// The context the next transaction shall have.
public struct TxContextBuilder has copy, drop {
    sender: address,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
    rgp: u64,
    gas_price: u64,
    gas_budget: u64,
    sponsor: Option<address>,
}

/// What a transaction did. The test runner fills the fields in this order.
public struct TransactionEffects has drop {
    /// Objects that were made.
    created: vector<ID>,
    /// Objects that were changed.
    written: vector<ID>,
    /// Objects that were destroyed.
    deleted: vector<ID>,
    /// Objects that were given to addresses.
    transferred_to_account: VecMap<ID, address>,
    /// Objects that became children of objects. The test runner leaves this empty.
    transferred_to_object: VecMap<ID, ID>,
    /// Objects that were shared.
    shared: vector<ID>,
    /// Objects that were frozen.
    frozen: vector<ID>,
    /// Number of events.
    num_user_events: u64,
}

// === Transactions ===

/// Begins a scenario with a first transaction of `sender`, in epoch 0.
public fun begin(sender: address): Scenario {
    Scenario { txn_number: 0, ctx: tx_context::new_from_hint(sender, 0, 0, 0, 0) }
}

/// Begins a scenario with a first transaction in the given context.
public fun begin_with_context(ctx_builder: TxContextBuilder): Scenario {
    Scenario { txn_number: 0, ctx: ctx_builder.build(0) }
}

/// Ends the transaction and begins one of `sender`. What was transferred can now be taken. Fails when
/// shared or immutable objects were taken and not returned.
public fun next_tx(scenario: &mut Scenario, sender: address): TransactionEffects {
    let ctx_builder = scenario.ctx_builder().set_sender(sender);
    scenario.next_with_context(ctx_builder)
}

/// Ends the transaction and begins one in the given context.
public fun next_with_context(
    scenario: &mut Scenario,
    ctx_builder: TxContextBuilder,
): TransactionEffects {
    let effects = end_transaction();
    scenario.txn_number = scenario.txn_number + 1;
    scenario.ctx = ctx_builder.build(scenario.txn_number);
    effects
}

/// Ends the transaction, goes to the next epoch and begins a transaction of `sender`.
public fun next_epoch(scenario: &mut Scenario, sender: address): TransactionEffects {
    scenario.ctx.increment_epoch_number();
    scenario.next_tx(sender)
}

/// As `next_epoch`, with the epoch starting `delta_ms` later than the one before.
public fun later_epoch(
    scenario: &mut Scenario,
    delta_ms: u64,
    sender: address,
): TransactionEffects {
    scenario.ctx.increment_epoch_timestamp(delta_ms);
    scenario.next_epoch(sender)
}

/// Ends transactions until `epoch` begins; the sender stays. Aborts when `epoch` has passed.
public fun skip_to_epoch(scenario: &mut Scenario, epoch: u64) {
    assert!(epoch >= scenario.ctx.epoch());
    let sender = scenario.ctx.sender();
    (epoch - scenario.ctx.epoch()).do!(|_| { scenario.next_epoch(sender); });
}

/// Ends the last transaction and the scenario.
public fun end(scenario: Scenario): TransactionEffects {
    let Scenario { txn_number: _, ctx: _ } = scenario;
    end_transaction()
}

/// The context of the transaction.
public fun ctx(scenario: &mut Scenario): &mut TxContext {
    &mut scenario.ctx
}

/// A new identity.
public fun new_object(scenario: &mut Scenario): UID {
    object::new(&mut scenario.ctx)
}

/// The sender of the transaction.
public fun sender(scenario: &Scenario): address {
    scenario.ctx.sender()
}

/// Number of transactions that have ended.
public fun num_concluded_txes(scenario: &Scenario): u64 {
    scenario.txn_number
}

/// Creates and shares the clock, the source of randomness, the deny list and the registries, each in
/// a transaction of the system, then begins a transaction of the sender of now.
public fun create_system_objects(scenario: &mut Scenario) {
    let sender = scenario.sender();

    scenario.next_tx(@0x0);
    sui::clock::create_for_testing(scenario.ctx()).share_for_testing();
    sui::random::create_for_testing(scenario.ctx());
    sui::deny_list::create_for_test(scenario.ctx());
    sui::coin_registry::create_for_testing(scenario.ctx());
    sui::display_registry::create_for_testing(scenario.ctx());
    sui::accumulator::create_for_testing(scenario.ctx());

    scenario.next_tx(@0x0);
    let mut random = scenario.take_shared<sui::random::Random>();
    random.update_randomness_state_for_testing(
        0,
        x"1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F",
        scenario.ctx(),
    );
    return_shared(random);

    scenario.next_tx(sender);
}

// === Context of the next transaction ===

/// The context of the transaction, to be varied for the next.
public fun ctx_builder(scenario: &Scenario): TxContextBuilder {
    let ctx = &scenario.ctx;
    TxContextBuilder {
        sender: ctx.sender(),
        epoch: ctx.epoch(),
        epoch_timestamp_ms: ctx.epoch_timestamp_ms(),
        ids_created: 0,
        rgp: ctx.reference_gas_price(),
        gas_price: ctx.gas_price(),
        gas_budget: ctx.gas_budget(),
        sponsor: ctx.sponsor(),
    }
}

/// A context in epoch 0 with ordinary gas values.
public fun ctx_builder_from_sender(sender: address): TxContextBuilder {
    TxContextBuilder {
        sender,
        epoch: 0,
        epoch_timestamp_ms: 0,
        ids_created: 0,
        rgp: 1000,
        gas_price: 1000,
        gas_budget: 100_000_000,
        sponsor: option::none(),
    }
}

/// Sets the sender.
public fun set_sender(mut ctx_builder: TxContextBuilder, sender: address): TxContextBuilder {
    ctx_builder.sender = sender;
    ctx_builder
}

/// Sets the epoch.
public fun set_epoch(mut ctx_builder: TxContextBuilder, epoch: u64): TxContextBuilder {
    ctx_builder.epoch = epoch;
    ctx_builder
}

/// Sets the start of the epoch.
public fun set_epoch_timestamp(
    mut ctx_builder: TxContextBuilder,
    epoch_timestamp_ms: u64,
): TxContextBuilder {
    ctx_builder.epoch_timestamp_ms = epoch_timestamp_ms;
    ctx_builder
}

/// Sets the count of identities made so far.
public fun set_ids_created(
    mut ctx_builder: TxContextBuilder,
    ids_created: u64,
): TxContextBuilder {
    ctx_builder.ids_created = ids_created;
    ctx_builder
}

/// Sets the reference gas price.
public fun set_reference_gas_price(
    mut ctx_builder: TxContextBuilder,
    rgp: u64,
): TxContextBuilder {
    ctx_builder.rgp = rgp;
    ctx_builder
}

/// Sets the gas price.
public fun set_gas_price(mut ctx_builder: TxContextBuilder, gas_price: u64): TxContextBuilder {
    ctx_builder.gas_price = gas_price;
    ctx_builder
}

/// Sets the gas budget.
public fun set_gas_budget(mut ctx_builder: TxContextBuilder, gas_budget: u64): TxContextBuilder {
    ctx_builder.gas_budget = gas_budget;
    ctx_builder
}

/// Sets the address that pays for gas.
public fun set_sponsor(mut ctx_builder: TxContextBuilder, sponsor: address): TxContextBuilder {
    ctx_builder.sponsor = option::some(sponsor);
    ctx_builder
}

/// Lets the sender pay for gas.
public fun unset_sponsor(mut ctx_builder: TxContextBuilder): TxContextBuilder {
    ctx_builder.sponsor = option::none();
    ctx_builder
}

fun build(ctx_builder: TxContextBuilder, txn_number: u64): TxContext {
    let TxContextBuilder {
        sender,
        epoch,
        epoch_timestamp_ms,
        ids_created,
        rgp,
        gas_price,
        gas_budget,
        sponsor,
    } = ctx_builder;
    tx_context::create(
        sender,
        tx_context::dummy_tx_hash_with_hint(txn_number),
        epoch,
        epoch_timestamp_ms,
        ids_created,
        rgp,
        gas_price,
        gas_budget,
        sponsor,
    )
}

// === Effects ===

/// Objects that were made.
public fun created(effects: &TransactionEffects): vector<ID> {
    effects.created
}

/// Objects that were changed.
public fun written(effects: &TransactionEffects): vector<ID> {
    effects.written
}

/// Objects that were destroyed.
public fun deleted(effects: &TransactionEffects): vector<ID> {
    effects.deleted
}

/// Objects that were given to addresses, with the address.
public fun transferred_to_account(effects: &TransactionEffects): VecMap<ID, address> {
    effects.transferred_to_account
}

/// Objects that became children of objects, with the parent. The test runner leaves this empty.
public fun transferred_to_object(effects: &TransactionEffects): VecMap<ID, ID> {
    effects.transferred_to_object
}

/// Objects that were shared.
public fun shared(effects: &TransactionEffects): vector<ID> {
    effects.shared
}

/// Objects that were frozen.
public fun frozen(effects: &TransactionEffects): vector<ID> {
    effects.frozen
}

/// Number of events.
public fun num_user_events(effects: &TransactionEffects): u64 {
    effects.num_user_events
}

// === Objects of an address ===

/// Takes an object of an address; aborts with `EObjectNotFound`.
public native fun take_from_address_by_id<T: key>(scenario: &Scenario, account: address, id: ID): T;

/// Takes the object of type `T` that came to an address last; aborts with `EEmptyInventory`.
public fun take_from_address<T: key>(scenario: &Scenario, account: address): T {
    let id = most_recent_id_for_address<T>(account);
    assert!(id.is_some(), EEmptyInventory);
    scenario.take_from_address_by_id(account, id.destroy_some())
}

/// Gives an object back to the address it was taken from; aborts with `ECantReturnObject`.
public fun return_to_address<T: key>(account: address, t: T) {
    assert!(was_taken_from_address(account, object::id(&t)), ECantReturnObject);
    transfer::transfer_impl(t, account)
}

/// Whether an object was taken from an address in this transaction.
public native fun was_taken_from_address(account: address, id: ID): bool;

/// Whether an address has an object of type `T`.
public fun has_most_recent_for_address<T: key>(account: address): bool {
    most_recent_id_for_address<T>(account).is_some()
}

/// The objects of type `T` of an address, in the order in which they came.
public native fun ids_for_address<T: key>(account: address): vector<ID>;

/// The object of type `T` that came to an address last.
public native fun most_recent_id_for_address<T: key>(account: address): Option<ID>;

// === Objects of the sender ===

/// Takes an object of the sender; aborts with `EObjectNotFound`.
public fun take_from_sender_by_id<T: key>(scenario: &Scenario, id: ID): T {
    scenario.take_from_address_by_id(scenario.sender(), id)
}

/// Takes the object of type `T` that came to the sender last; aborts with `EEmptyInventory`.
public fun take_from_sender<T: key>(scenario: &Scenario): T {
    scenario.take_from_address(scenario.sender())
}

/// Gives an object back to the sender; aborts with `ECantReturnObject`.
public fun return_to_sender<T: key>(scenario: &Scenario, t: T) {
    return_to_address(scenario.sender(), t)
}

/// Whether an object was taken from the sender in this transaction.
public fun was_taken_from_sender(scenario: &Scenario, id: ID): bool {
    was_taken_from_address(scenario.sender(), id)
}

/// Whether the sender has an object of type `T`.
public fun has_most_recent_for_sender<T: key>(scenario: &Scenario): bool {
    has_most_recent_for_address<T>(scenario.sender())
}

/// The objects of type `T` of the sender, in the order in which they came.
public fun ids_for_sender<T: key>(scenario: &Scenario): vector<ID> {
    ids_for_address<T>(scenario.sender())
}

/// The object of type `T` that came to the sender last.
public fun most_recent_id_for_sender<T: key>(scenario: &Scenario): Option<ID> {
    most_recent_id_for_address<T>(scenario.sender())
}

// === Immutable objects ===

/// Takes an immutable object; aborts with `EObjectNotFound`.
public native fun take_immutable_by_id<T: key>(scenario: &Scenario, id: ID): T;

/// Takes the object of type `T` that was frozen last; aborts with `EEmptyInventory`.
public fun take_immutable<T: key>(scenario: &Scenario): T {
    let id = most_recent_immutable_id<T>();
    assert!(id.is_some(), EEmptyInventory);
    scenario.take_immutable_by_id(id.destroy_some())
}

/// Gives an immutable object back; aborts with `ECantReturnObject`.
public fun return_immutable<T: key>(t: T) {
    assert!(was_taken_immutable(object::id(&t)), ECantReturnObject);
    transfer::freeze_object_impl(t)
}

/// Whether an immutable object was taken in this transaction.
public native fun was_taken_immutable(id: ID): bool;

/// Whether there is an immutable object of type `T`.
public fun has_most_recent_immutable<T: key>(): bool {
    most_recent_immutable_id<T>().is_some()
}

/// The object of type `T` that was frozen last.
public native fun most_recent_immutable_id<T: key>(): Option<ID>;

// === Shared objects ===

/// Takes a shared object; aborts with `EObjectNotFound`.
public native fun take_shared_by_id<T: key>(scenario: &Scenario, id: ID): T;

/// Takes the object of type `T` that was shared last; aborts with `EEmptyInventory`.
public fun take_shared<T: key>(scenario: &Scenario): T {
    let id = most_recent_id_shared<T>();
    assert!(id.is_some(), EEmptyInventory);
    scenario.take_shared_by_id(id.destroy_some())
}

/// Gives a shared object back; aborts with `ECantReturnObject`.
public fun return_shared<T: key>(t: T) {
    assert!(was_taken_shared(object::id(&t)), ECantReturnObject);
    transfer::share_object_impl(t)
}

/// Whether a shared object was taken in this transaction.
public native fun was_taken_shared(id: ID): bool;

/// Whether there is a shared object of type `T`.
public fun has_most_recent_shared<T: key>(): bool {
    most_recent_id_shared<T>().is_some()
}

/// The object of type `T` that was shared last.
public native fun most_recent_id_shared<T: key>(): Option<ID>;

#[allow(unused_mut_ref)]
/// Takes the object of type `T` that was shared last, applies `$f` to it and gives it back.
public macro fun with_shared<$T: key>($scenario: &mut Scenario, $f: |&mut $T, &mut Scenario|) {
    let scenario = $scenario;
    let mut object = scenario.take_shared<$T>();
    $f(&mut object, scenario);
    return_shared(object);
}

#[allow(unused_mut_ref)]
/// Takes a shared object, applies `$f` to it and gives it back.
public macro fun with_shared_by_id<$T: key>(
    $scenario: &mut Scenario,
    $id: ID,
    $f: |&mut $T, &mut Scenario|,
) {
    let scenario = $scenario;
    let mut object = scenario.take_shared_by_id<$T>($id);
    $f(&mut object, scenario);
    return_shared(object);
}

// === Receiving ===

/// The right to receive the object of type `T` that came to an object last; aborts with
/// `EEmptyInventory`.
public fun most_recent_receiving_ticket<T: key>(owner: &ID): Receiving<T> {
    let id = most_recent_id_for_address<T>(owner.to_address());
    assert!(id.is_some(), EEmptyInventory);
    receiving_ticket_by_id(id.destroy_some())
}

/// The right to receive an object; aborts with `EObjectNotFound` when no address owns it and with
/// `EUnableToAllocateReceivingTicket` when it has another type.
public fun receiving_ticket_by_id<T: key>(object_id: ID): Receiving<T> {
    let version = allocate_receiving_ticket_for_object<T>(object_id);
    transfer::make_receiver(object_id, version)
}

/// Gives a right to receive back unused.
public fun return_receiving_ticket<T: key>(ticket: Receiving<T>) {
    let id = transfer::receiving_id(&ticket);
    deallocate_receiving_ticket_for_object(id)
}

/// Takes the object out of the inventory of its owner and returns its version.
native fun allocate_receiving_ticket_for_object<T: key>(object_id: ID): u64;

/// Puts the object back.
native fun deallocate_receiving_ticket_for_object(object_id: ID);

// === Runner ===

/// Ends the transaction in the test runner.
native fun end_transaction(): TransactionEffects;
