/// Events: values a transaction leaves for the world outside the chain. They are stored with the
/// effects of the transaction and cannot be read by Move code.
module sui::event;

use std::type_name;
use sui::accumulator;
use sui::accumulator_settlement::EventStreamHead;

/// Emits an event. `T` must be a type of the calling module.
public native fun emit<T: copy + drop>(event: T);

/// Emits an event that also goes into the stream of the package that defines `T`, whose head is kept
/// under the accumulator root. `T` must be a type of the calling module.
public fun emit_authenticated<T: copy + drop>(event: T) {
    let stream = type_name::original_id<T>();
    let accumulator = accumulator::accumulator_address<EventStreamHead>(stream);
    emit_authenticated_impl<EventStreamHead, T>(accumulator, stream, event);
}

native fun emit_authenticated_impl<StreamHeadT, T: copy + drop>(
    accumulator_id: address,
    stream: address,
    value: T,
);

#[test_only]
/// Number of events emitted so far in the current test transaction.
public native fun num_events(): u32;

#[test_only]
/// The events of type `T` emitted so far in the current test transaction, in order.
public native fun events_by_type<T: copy + drop>(): vector<T>;
