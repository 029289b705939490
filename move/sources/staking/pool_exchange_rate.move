/// Exchange rate between the shares of a staking pool and WAL at one epoch boundary.
module walrus::pool_exchange_rate;

/// Shares that are worth nothing.
const EInvalidRate: u64 = 0;

/// WAL and shares of a pool at a boundary. Conversions round down, so that what all holders get
/// together never exceeds what the pool has.
public enum PoolExchangeRate has copy, drop, store {
    /// One share is one FROST; the rate of a pool without shares.
    Flat,
    /// `share_amount` shares are worth `wal_amount` FROST; neither is zero.
    Variable { wal_amount: u128, share_amount: u128 },
}

/// The rate of a pool without shares.
public(package) fun flat(): PoolExchangeRate { PoolExchangeRate::Flat }

/// The rate of a pool with `wal_amount` FROST and `share_amount` shares; flat if there are no shares.
/// Penalties may make a share worth less than what was paid for it, but never nothing.
public(package) fun new(wal_amount: u64, share_amount: u64): PoolExchangeRate {
    if (share_amount == 0) {
        PoolExchangeRate::Flat
    } else {
        assert!(wal_amount > 0, EInvalidRate);
        PoolExchangeRate::Variable {
            wal_amount: wal_amount as u128,
            share_amount: share_amount as u128,
        }
    }
}

/// Shares that `amount` FROST buy, rounded down.
public(package) fun convert_to_share_amount(self: &PoolExchangeRate, amount: u64): u64 {
    match (self) {
        PoolExchangeRate::Flat => amount,
        PoolExchangeRate::Variable { wal_amount, share_amount } => {
            ((amount as u128) * *share_amount / *wal_amount) as u64
        },
    }
}

/// FROST that `shares` are worth, rounded down.
public(package) fun convert_to_wal_amount(self: &PoolExchangeRate, shares: u64): u64 {
    match (self) {
        PoolExchangeRate::Flat => shares,
        PoolExchangeRate::Variable { wal_amount, share_amount } => {
            ((shares as u128) * *wal_amount / *share_amount) as u64
        },
    }
}
