/// Questions about types that only the VM can answer.
module sui::types;

/// Whether the value is a one-time witness: of a type without type arguments, named as its module
/// in capitals, with a single `bool` field, which the VM makes once, when the package is published.
public native fun is_one_time_witness<T: drop>(_: &T): bool;
