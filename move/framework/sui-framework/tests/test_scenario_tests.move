/// Several transactions by several senders: what is taken, returned and told at the end.
#[test_only]
module sui::test_scenario_tests;

use std::unit_test::assert_eq;
use sui::test_scenario as ts;

const ALICE: address = @0xA11CE;
const BOB: address = @0xB0B;

public struct Thing has key, store {
    id: UID,
    value: u64,
}

public struct Parent has key {
    id: UID,
}

public struct Happened has copy, drop {
    value: u64,
}

fun thing(scenario: &mut ts::Scenario, value: u64): Thing {
    Thing { id: scenario.new_object(), value }
}

#[test]
fun transfer_and_take() {
    let mut scenario = ts::begin(ALICE);
    assert_eq!(scenario.sender(), ALICE);
    let first = thing(&mut scenario, 1);
    let second = thing(&mut scenario, 2);
    let (first_id, second_id) = (object::id(&first), object::id(&second));
    transfer::transfer(first, BOB);
    transfer::transfer(second, BOB);
    assert!(!ts::has_most_recent_for_address<Thing>(BOB));

    let effects = scenario.next_tx(BOB);
    assert_eq!(scenario.sender(), BOB);
    assert_eq!(scenario.num_concluded_txes(), 1);
    assert_eq!(effects.created(), vector[first_id, second_id]);
    assert_eq!(effects.transferred_to_account().length(), 2);
    assert_eq!(*effects.transferred_to_account().get(&first_id), BOB);
    assert_eq!(effects.written(), vector[]);
    assert_eq!(effects.deleted(), vector[]);
    assert_eq!(effects.shared(), vector[]);
    assert_eq!(effects.frozen(), vector[]);
    assert_eq!(effects.num_user_events(), 0);

    assert!(scenario.has_most_recent_for_sender<Thing>());
    assert_eq!(scenario.most_recent_id_for_sender<Thing>(), option::some(second_id));
    assert_eq!(scenario.ids_for_sender<Thing>(), vector[first_id, second_id]);
    let mut taken = scenario.take_from_sender<Thing>();
    assert_eq!(taken.value, 2);
    assert!(scenario.was_taken_from_sender(second_id));
    assert!(!scenario.was_taken_from_sender(first_id));
    taken.value = 20;
    scenario.return_to_sender(taken);
    let Thing { id, value: _ } = scenario.take_from_sender_by_id(first_id);
    id.delete();

    let effects = scenario.next_tx(ALICE);
    assert_eq!(effects.deleted(), vector[first_id]);
    assert_eq!(effects.written(), vector[second_id]);
    let taken = scenario.take_from_address<Thing>(BOB);
    assert_eq!(taken.value, 20);
    assert!(ts::was_taken_from_address(BOB, second_id));
    ts::return_to_address(BOB, taken);
    scenario.end();
}

#[test]
fun shared() {
    let mut scenario = ts::begin(ALICE);
    let first = thing(&mut scenario, 1);
    let second = thing(&mut scenario, 2);
    let (first_id, second_id) = (object::id(&first), object::id(&second));
    transfer::share_object(first);
    transfer::share_object(second);
    let effects = scenario.next_tx(BOB);
    assert_eq!(effects.shared(), vector[first_id, second_id]);

    assert!(ts::has_most_recent_shared<Thing>());
    assert_eq!(ts::most_recent_id_shared<Thing>(), option::some(second_id));
    let taken = scenario.take_shared<Thing>();
    assert_eq!(taken.value, 2);
    assert!(ts::was_taken_shared(second_id));
    assert!(!ts::was_taken_shared(first_id));
    ts::return_shared(taken);
    let taken = scenario.take_shared_by_id<Thing>(first_id);
    assert_eq!(taken.value, 1);
    ts::return_shared(taken);

    // What was returned last is the most recent.
    scenario.next_tx(BOB);
    assert_eq!(ts::most_recent_id_shared<Thing>(), option::some(first_id));
    ts::with_shared!<Thing>(&mut scenario, |thing, scenario| {
        assert_eq!(scenario.ctx().sender(), BOB);
        thing.value = 5;
    });
    let effects = scenario.next_tx(BOB);
    assert_eq!(effects.written(), vector[first_id]);
    assert_eq!(effects.shared(), vector[first_id]);
    ts::with_shared_by_id!<Thing>(&mut scenario, first_id, |thing, scenario| {
        thing.value = thing.value + 1;
        assert_eq!(thing.value, 6);
        assert_eq!(scenario.ctx().sender(), BOB);
    });
    scenario.end();
}

#[test]
fun immutable() {
    let mut scenario = ts::begin(ALICE);
    assert!(!ts::has_most_recent_immutable<Thing>());
    let first = thing(&mut scenario, 1);
    let first_id = object::id(&first);
    transfer::freeze_object(first);
    let effects = scenario.next_tx(BOB);
    assert_eq!(effects.frozen(), vector[first_id]);
    assert_eq!(ts::most_recent_immutable_id<Thing>(), option::some(first_id));
    let taken = scenario.take_immutable<Thing>();
    assert_eq!(taken.value, 1);
    assert!(ts::was_taken_immutable(first_id));
    ts::return_immutable(taken);
    scenario.next_tx(BOB);
    let taken = scenario.take_immutable_by_id<Thing>(first_id);
    ts::return_immutable(taken);
    scenario.end();
}

#[test]
fun receiving() {
    let mut scenario = ts::begin(ALICE);
    let parent = Parent { id: scenario.new_object() };
    let parent_id = object::id(&parent);
    transfer::transfer(parent, ALICE);
    let child = thing(&mut scenario, 7);
    let child_id = object::id(&child);
    transfer::transfer(child, parent_id.to_address());

    scenario.next_tx(ALICE);
    let mut parent = scenario.take_from_sender<Parent>();
    let ticket = ts::most_recent_receiving_ticket<Thing>(&parent_id);
    assert_eq!(ticket.receiving_object_id(), child_id);
    let received = transfer::receive(&mut parent.id, ticket);
    assert_eq!(received.value, 7);
    transfer::transfer(received, parent_id.to_address());
    scenario.return_to_sender(parent);

    scenario.next_tx(ALICE);
    let mut parent = scenario.take_from_sender<Parent>();
    let ticket = ts::receiving_ticket_by_id<Thing>(child_id);
    ts::return_receiving_ticket(ticket);
    let ticket = ts::receiving_ticket_by_id<Thing>(child_id);
    let received = transfer::public_receive(&mut parent.id, ticket);
    transfer::transfer(received, BOB);
    scenario.return_to_sender(parent);
    scenario.end();
}

#[test]
fun children_and_events() {
    let mut scenario = ts::begin(ALICE);
    let mut parent = Parent { id: scenario.new_object() };
    let child = thing(&mut scenario, 7);
    let parent_id = object::id(&parent);
    sui::dynamic_object_field::add(&mut parent.id, 0u8, child);
    sui::event::emit(Happened { value: 3 });
    assert_eq!(sui::event::num_events(), 1);
    assert_eq!(sui::event::events_by_type<Happened>(), vector[Happened { value: 3 }]);
    transfer::transfer(parent, ALICE);

    let effects = scenario.next_tx(ALICE);
    assert_eq!(effects.num_user_events(), 1);
    // Children are not told.
    assert_eq!(effects.created(), vector[parent_id]);
    assert!(effects.transferred_to_object().is_empty());
    assert_eq!(sui::event::num_events(), 0);
    scenario.end();
}

#[test]
fun epochs_and_contexts() {
    let mut scenario = ts::begin(ALICE);
    assert_eq!(scenario.ctx().epoch(), 0);
    scenario.next_epoch(BOB);
    assert_eq!(scenario.ctx().epoch(), 1);
    assert_eq!(scenario.sender(), BOB);
    scenario.later_epoch(1_000, ALICE);
    assert_eq!(scenario.ctx().epoch(), 2);
    assert_eq!(scenario.ctx().epoch_timestamp_ms(), 1_000);

    let context = scenario
        .ctx_builder()
        .set_sender(BOB)
        .set_epoch(9)
        .set_epoch_timestamp(9_000)
        .set_ids_created(4)
        .set_reference_gas_price(700)
        .set_gas_price(800)
        .set_gas_budget(900)
        .set_sponsor(ALICE);
    scenario.next_with_context(context);
    let ctx = scenario.ctx();
    assert_eq!(ctx.sender(), BOB);
    assert_eq!(ctx.epoch(), 9);
    assert_eq!(ctx.epoch_timestamp_ms(), 9_000);
    assert_eq!(ctx.ids_created(), 4);
    assert_eq!(ctx.reference_gas_price(), 700);
    assert_eq!(ctx.gas_price(), 800);
    assert_eq!(ctx.gas_budget(), 900);
    assert_eq!(ctx.sponsor(), option::some(ALICE));

    scenario.next_tx(BOB);
    assert_eq!(scenario.ctx().ids_created(), 0);
    assert_eq!(scenario.ctx().sponsor(), option::some(ALICE));
    let context = scenario.ctx_builder().unset_sponsor();
    scenario.next_with_context(context);
    assert_eq!(scenario.ctx().sponsor(), option::none());
    scenario.end();

    let mut scenario = ts::begin_with_context(ts::ctx_builder_from_sender(BOB).set_epoch(3));
    assert_eq!(scenario.sender(), BOB);
    assert_eq!(scenario.ctx().epoch(), 3);
    scenario.end();
}

#[test]
fun system_objects() {
    let mut scenario = ts::begin(ALICE);
    scenario.create_system_objects();
    assert_eq!(scenario.sender(), ALICE);
    let clock = scenario.take_shared<sui::clock::Clock>();
    let random = scenario.take_shared<sui::random::Random>();
    let deny_list = scenario.take_shared<sui::deny_list::DenyList>();
    let mut generator = random.new_generator(scenario.ctx());
    assert!(generator.generate_u256() != generator.generate_u256());
    ts::return_shared(clock);
    ts::return_shared(random);
    ts::return_shared(deny_list);
    scenario.end();
}

#[test, expected_failure(abort_code = ts::EEmptyInventory)]
fun take_nothing() {
    let scenario = ts::begin(ALICE);
    let _taken = scenario.take_from_sender<Thing>();
    abort 100
}

#[test, expected_failure(abort_code = ts::EEmptyInventory)]
fun take_no_shared() {
    let scenario = ts::begin(ALICE);
    let _taken = scenario.take_shared<Thing>();
    abort 100
}

#[test, expected_failure(abort_code = ts::EEmptyInventory)]
fun take_no_immutable() {
    let scenario = ts::begin(ALICE);
    let _taken = scenario.take_immutable<Thing>();
    abort 100
}

#[test, expected_failure(abort_code = ts::EEmptyInventory)]
fun no_receiving_ticket() {
    let _scenario = ts::begin(ALICE);
    let _ticket = ts::most_recent_receiving_ticket<Thing>(&object::id_from_address(@0x77));
    abort 100
}

#[test, expected_failure(abort_code = ts::EObjectNotFound)]
fun take_unknown() {
    let scenario = ts::begin(ALICE);
    let _taken: Thing = scenario.take_from_sender_by_id(object::id_from_address(@0x77));
    abort 100
}

#[test, expected_failure(abort_code = ts::EObjectNotFound)]
fun take_unknown_shared() {
    let scenario = ts::begin(ALICE);
    let _taken: Thing = scenario.take_shared_by_id(object::id_from_address(@0x77));
    abort 100
}

#[test, expected_failure(abort_code = ts::EObjectNotFound)]
fun take_unknown_immutable() {
    let scenario = ts::begin(ALICE);
    let _taken: Thing = scenario.take_immutable_by_id(object::id_from_address(@0x77));
    abort 100
}

#[test, expected_failure(abort_code = ts::ECantReturnObject)]
fun return_to_wrong_address() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    transfer::transfer(it, ALICE);
    scenario.next_tx(ALICE);
    let taken = scenario.take_from_sender<Thing>();
    ts::return_to_address(BOB, taken);
    abort 100
}

#[test, expected_failure(abort_code = ts::ECantReturnObject)]
fun return_not_shared() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    ts::return_shared(it);
    abort 100
}

#[test, expected_failure(abort_code = ts::ECantReturnObject)]
fun return_not_immutable() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    ts::return_immutable(it);
    abort 100
}

#[test, expected_failure(abort_code = ts::EInvalidSharedOrImmutableUsage)]
fun shared_not_returned() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    transfer::share_object(it);
    scenario.next_tx(ALICE);
    let taken = scenario.take_shared<Thing>();
    transfer::transfer(taken, ALICE);
    scenario.next_tx(ALICE);
    abort 100
}

#[test, expected_failure(abort_code = ts::EInvalidSharedOrImmutableUsage)]
fun immutable_changed() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    transfer::freeze_object(it);
    scenario.next_tx(ALICE);
    let mut taken = scenario.take_immutable<Thing>();
    taken.value = 2;
    ts::return_immutable(taken);
    scenario.next_tx(ALICE);
    abort 100
}

#[test, expected_failure(abort_code = ts::EObjectNotFound)]
fun receiving_ticket_for_shared() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    let id = object::id(&it);
    transfer::share_object(it);
    scenario.next_tx(ALICE);
    let _ticket = ts::receiving_ticket_by_id<Thing>(id);
    abort 100
}

#[test, expected_failure(abort_code = ts::EUnableToAllocateReceivingTicket)]
fun receiving_ticket_for_other_type() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    let id = object::id(&it);
    transfer::transfer(it, @0x77);
    scenario.next_tx(ALICE);
    let _ticket = ts::receiving_ticket_by_id<Parent>(id);
    abort 100
}

#[test, expected_failure(abort_code = ts::EReceivingTicketAlreadyAllocated)]
fun receiving_ticket_twice() {
    let mut scenario = ts::begin(ALICE);
    let it = thing(&mut scenario, 1);
    let id = object::id(&it);
    transfer::transfer(it, @0x77);
    scenario.next_tx(ALICE);
    let _first = ts::receiving_ticket_by_id<Thing>(id);
    let _second = ts::receiving_ticket_by_id<Thing>(id);
    abort 100
}

#[test, expected_failure(abort_code = ts::EUnableToDeallocateReceivingTicket)]
fun return_unknown_receiving_ticket() {
    let _scenario = ts::begin(ALICE);
    let ticket = transfer::make_receiver<Thing>(object::id_from_address(@0x77), 1);
    ts::return_receiving_ticket(ticket);
    abort 100
}

#[test]
fun skips_epochs() {
    let mut scenario = ts::begin(@0xa);
    scenario.skip_to_epoch(5);
    scenario.skip_to_epoch(5);
    assert_eq!(scenario.ctx().epoch(), 5);
    assert_eq!(scenario.ctx().sender(), @0xa);
    scenario.end();
}

#[test, expected_failure]
fun skips_no_epoch_back() {
    let mut scenario = ts::begin(@0xa);
    scenario.skip_to_epoch(2);
    scenario.skip_to_epoch(1);
    scenario.end();
}
