/// A shared counter that says what it counted.
module counter::counter;

use sui::event;

public struct Counter has key { id: UID, value: u64 }

public struct Counted has copy, drop { value: u64 }

public fun create(ctx: &mut TxContext) {
    transfer::share_object(Counter { id: object::new(ctx), value: 0 });
}

public fun increment(counter: &mut Counter) {
    counter.value = counter.value + 1;
    event::emit(Counted { value: counter.value });
}
