/// Facts about the `address` type that hold on this chain.
module std::address;

/// The number of bytes of an address.
public fun length(): u64 {
    32
}
