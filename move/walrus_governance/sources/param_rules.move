/// What can be decided about the protocol and its audits, within which bounds, and how it is applied.
///
/// Parameters are numbered: audits from 0 on, in the order of their fields, the protocol from 100 on. (The
/// parameters of governance itself, from 200 on, are the business of `governance`.) Everything else is
/// out of reach of a parameter: the number of shards, which is part of every encoded blob, units, formats,
/// the formulas of charges, and the supply of coins.
module walrus_governance::param_rules;

use sui::bcs;
use walrus::governed::GovernanceCap;
use walrus::penalty_ledger::{Self, AuditParams};
use walrus::staking::Staking;

/// There is no such parameter.
const ENoSuchParam: u64 = 0;
/// The value is out of its bounds.
const EOutOfBounds: u64 = 1;

/// Number of the first parameter of the protocol.
const FIRST_OF_PROTOCOL: u16 = 100;
/// Number of audit parameters.
const N_AUDIT_PARAMS: u16 = 13;
/// Number of the audit parameter that has 64 bits, the others having 16.
const AUDIT_BOND: u16 = 7;

/// Part of the rewards that is burned, in basis points.
const BURN_SHARE: u16 = 100;
/// Duration of an epoch, in milliseconds.
const EPOCH_DURATION: u16 = 101;
/// Most members of the active set.
const ACTIVE_SET_LIMIT: u16 = 102;
/// Stake that a member of the active set needs, in FROST.
const THRESHOLD_STAKE: u16 = 103;
/// Least price of storage, in FROST per unit and epoch.
const MIN_STORAGE_PRICE: u16 = 104;
/// Highest price of storage, in FROST per unit and epoch.
const MAX_STORAGE_PRICE: u16 = 105;
/// Least price of writing, in FROST per unit.
const MIN_WRITE_PRICE: u16 = 106;
/// Highest price of writing, in FROST per unit.
const MAX_WRITE_PRICE: u16 = 107;

/// At most a tenth of the rewards is burned.
const MAX_BURN_SHARE: u64 = 1_000;
/// One hour.
const MIN_EPOCH_DURATION: u64 = 3_600_000;
/// Sixty days.
const MAX_EPOCH_DURATION: u64 = 5_184_000_000;
/// The epoch change handles all members in one transaction.
const MAX_ACTIVE_SET_LIMIT: u64 = 150;
/// The threshold is at most this part of all stake. The largest of 150 members has more than six times
/// as much, so that a committee is left even when much of the stake has gone.
const THRESHOLD_DIVISOR: u64 = 1_000;
/// One WAL: a least price beyond it would end the storing of blobs.
const MAX_MIN_PRICE: u64 = 1_000_000_000;

// === Audits ===

/// Whether the parameter is one of audits.
public(package) fun is_audit_param(number: u16): bool { number < N_AUDIT_PARAMS }

/// The parameters with one of them replaced. Aborts if they are out of their bounds, which the protocol
/// package defines.
public(package) fun replace_audit_param(
    params: &AuditParams,
    number: u16,
    value: u64,
): AuditParams {
    assert!(is_audit_param(number), ENoSuchParam);
    assert!(number == AUDIT_BOND || value <= std::u16::max_value!() as u64, EOutOfBounds);
    let mut fields = bcs::new(bcs::to_bytes(params));
    let values = vector::tabulate!(N_AUDIT_PARAMS as u64, |i| {
        let i = i as u16;
        let old = if (i == AUDIT_BOND) fields.peel_u64() else fields.peel_u16() as u64;
        if (i == number) value else old
    });
    penalty_ledger::new_params(
        values[0] as u16,
        values[1] as u16,
        values[2] as u16,
        values[3] as u16,
        values[4] as u16,
        values[5] as u16,
        values[6] as u16,
        values[7],
        values[8] as u16,
        values[9] as u16,
        values[10] as u16,
        values[11] as u16,
        values[12] as u16,
    )
}

// === Protocol ===

/// Whether the parameter is one of the protocol.
public(package) fun is_protocol_param(number: u16): bool {
    number >= BURN_SHARE && number <= MAX_WRITE_PRICE
}

/// Aborts unless the value is within the bounds that hold now.
public(package) fun check_protocol_param(staking: &Staking, number: u16, value: u64) {
    let is_within = if (number == BURN_SHARE) {
        value <= MAX_BURN_SHARE
    } else if (number == EPOCH_DURATION) {
        value >= MIN_EPOCH_DURATION && value <= MAX_EPOCH_DURATION
    } else if (number == ACTIVE_SET_LIMIT) {
        value >= 1 && value <= MAX_ACTIVE_SET_LIMIT
    } else if (number == THRESHOLD_STAKE) {
        value <= staking.snapshot(staking.epoch()).total() / THRESHOLD_DIVISOR
    } else if (number == MIN_STORAGE_PRICE || number == MIN_WRITE_PRICE) {
        let max = next(staking, number + 1, std::u64::max_value!());
        value <= MAX_MIN_PRICE && value <= max
    } else if (number == MAX_STORAGE_PRICE || number == MAX_WRITE_PRICE) {
        value >= 1 && value >= next(staking, number - 1, 0)
    } else {
        abort ENoSuchParam
    };
    assert!(is_within, EOutOfBounds);
}

/// Decides the parameter from the next epoch on.
public(package) fun set_protocol_param(
    staking: &mut Staking,
    cap: &GovernanceCap,
    number: u16,
    value: u64,
) {
    check_protocol_param(staking, number, value);
    staking.set_param(cap, number - FIRST_OF_PROTOCOL, value);
}

/// The value that was decided for the next epoch.
fun next(staking: &Staking, number: u16, default: u64): u64 {
    staking.next_param(number - FIRST_OF_PROTOCOL).destroy_or!(default)
}
