/// The arithmetic of votes. Nothing is divided to compare: both sides are multiplied out in 128 bits.
module walrus_governance::tally;

/// Basis points in one.
const ONE: u128 = 10_000;

/// What the operator's vote adds for the stake of its pool that did not vote itself. Rounded down once
/// per pool, never per voter.
public(package) fun operator_share(power: u64, direct: u64, default_weight_bp: u16): u64 {
    if (direct >= power) return 0;
    (((power - direct) as u128) * (default_weight_bp as u128) / ONE) as u64
}

/// Whether so much of all power is at least a part of it.
public(package) fun is_part(power: u64, total: u64, part_bp: u16): bool {
    (power as u128) * ONE >= (total as u128) * (part_bp as u128)
}

/// Whether the part of yes among yes and no suffices. A part of one half means more than that: a tie
/// changes nothing.
public(package) fun is_approved(yes: u64, no: u64, part_bp: u16): bool {
    yes > no
        && (yes as u128) * ONE >= ((yes as u128) + (no as u128)) * (part_bp as u128)
}
