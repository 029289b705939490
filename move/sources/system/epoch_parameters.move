/// The parameters that the committee of an epoch votes on.
module walrus::epoch_parameters;

/// Parameters of one epoch.
public struct EpochParams has copy, drop, store {
    /// Encoded bytes that may be stored in total.
    total_capacity_size: u64,
    /// FROST per storage unit and epoch.
    storage_price_per_unit_size: u64,
    /// FROST per storage unit written.
    write_price_per_unit_size: u64,
}

/// Bundles the three parameters.
public(package) fun new(
    total_capacity_size: u64,
    storage_price_per_unit_size: u64,
    write_price_per_unit_size: u64,
): EpochParams {
    EpochParams { total_capacity_size, storage_price_per_unit_size, write_price_per_unit_size }
}

/// Encoded bytes that may be stored in total.
public(package) fun capacity(self: &EpochParams): u64 {
    self.total_capacity_size
}

/// FROST per storage unit and epoch.
public(package) fun storage_price(self: &EpochParams): u64 {
    self.storage_price_per_unit_size
}

/// FROST per storage unit written.
public(package) fun write_price(self: &EpochParams): u64 {
    self.write_price_per_unit_size
}
