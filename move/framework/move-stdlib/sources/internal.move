/// Proof that code acts in the name of the module that defines a type.
module std::internal;

/// Exists only where the module that defines `T` let it be made.
public struct Permit<phantom T>() has drop;

/// A permit for `T`. The bytecode verifier lets only the module that defines `T` call this.
public fun permit<T>(): Permit<T> {
    Permit()
}
