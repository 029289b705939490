/// What the storage nodes were asked in an epoch and what they answered, and what follows from it.
///
/// Duties are recorded before they are due and discharged by answers. Whatever is not discharged when
/// the epoch ends counts as missed; nobody has to report it. Only the holder of the `AuditCap` gets hold
/// of a ledger for change.
module walrus::penalty_ledger;

use sui::vec_map::{Self, VecMap};

/// The node has nothing to answer.
const ENoDuty: u64 = 0;
/// Parameters out of their bounds.
const EInvalidParams: u64 = 1;

/// Basis points in one.
const N_BASIS_POINTS: u64 = 10_000;
/// Penalties are fractions of the stake in billionths.
const ONE: u64 = 1_000_000_000;
/// Billionths in a basis point.
const PARTS_PER_BASIS_POINT: u64 = 100_000;
/// No penalty may take more than a fifth of the stake in one epoch.
const MAX_MAX_PENALTY_BP: u16 = 2_000;
/// Below one percent of missed answers no node can be blamed.
const MIN_TOLERANCE_BP: u16 = 100;
/// Answers need time: at least a hundredth of the epoch, and at most half of it.
const MIN_WINDOW_BP: u16 = 100;
/// All answers are due before the next committee is selected.
const MAX_WINDOW_BP: u16 = 5_000;

/// Parameters of audits and penalties. Rates are in basis points.
public struct AuditParams has copy, drop, store {
    /// Samples per epoch over all nodes.
    samples_total: u16,
    /// Samples per epoch for the smallest node.
    min_samples: u16,
    /// Time for answers, of the epoch's duration.
    window_bp: u16,
    /// Part of the samples that a node may miss.
    tolerance_bp: u16,
    /// Penalty for each further part of the samples.
    slope_bp: u16,
    /// Largest penalty in one epoch, of the stake.
    max_penalty_bp: u16,
    /// Penalty for an unanswered challenge, of the stake.
    miss_penalty_bp: u16,
    /// Deposit of a challenger, in FROST.
    bond: u64,
    /// Part of what an operator loses that goes to its challengers.
    bounty_bp: u16,
    /// Most open challenges of one node.
    max_open_per_node: u16,
    /// Least part of a penalty that the stakers bear.
    principal_min_bp: u16,
    /// If nodes with more than this part of the shards are to be penalised, something else is wrong, and
    /// the stakers are spared.
    breaker_bp: u16,
    /// Part of the rewards that is burned if no audit took place.
    no_set_burn_bp: u16,
}

/// What one node was asked in the epoch.
public struct Duty has copy, drop, store {
    /// Samples.
    asked: u16,
    /// Samples that were answered or excused.
    answered: u16,
    /// Challenges that are not answered.
    open: u16,
}

/// Duties of all nodes in the current epoch.
public struct PenaltyLedger has store {
    /// The epoch.
    epoch: u32,
    /// Whether the samples of the epoch were drawn.
    seeded: bool,
    /// Duties by node ID.
    by_node: VecMap<ID, Duty>,
    /// Parameters, as they were when the first duty of the epoch was recorded.
    params: AuditParams,
}

/// What a node loses at the end of an epoch.
public struct Penalty has copy, drop, store {
    /// Part of the stake, in billionths.
    fraction: u64,
    /// Challenges that were not answered.
    missed_challenges: u16,
    /// Least part of it that the stakers bear, in basis points.
    principal_min_bp: u16,
    /// Part of the operator's loss that goes to the challengers, in basis points.
    bounty_bp: u16,
}

// === Parameters ===

/// Parameters for a start.
public fun default_params(): AuditParams {
    AuditParams {
        samples_total: 4_000,
        min_samples: 20,
        window_bp: 25_00,
        tolerance_bp: 5_00,
        slope_bp: 20_00,
        max_penalty_bp: 10_00,
        miss_penalty_bp: 10,
        bond: 10 * ONE,
        bounty_bp: 10_00,
        max_open_per_node: 20,
        principal_min_bp: 50_00,
        breaker_bp: 33_00,
        no_set_burn_bp: 10_00,
    }
}

/// Other parameters, if they keep the bounds.
public fun new_params(
    samples_total: u16,
    min_samples: u16,
    window_bp: u16,
    tolerance_bp: u16,
    slope_bp: u16,
    max_penalty_bp: u16,
    miss_penalty_bp: u16,
    bond: u64,
    bounty_bp: u16,
    max_open_per_node: u16,
    principal_min_bp: u16,
    breaker_bp: u16,
    no_set_burn_bp: u16,
): AuditParams {
    let one = N_BASIS_POINTS as u16;
    assert!(
        window_bp >= MIN_WINDOW_BP
            && window_bp <= MAX_WINDOW_BP
            && tolerance_bp >= MIN_TOLERANCE_BP
            && tolerance_bp <= one
            && max_penalty_bp <= MAX_MAX_PENALTY_BP
            && bounty_bp <= one
            && principal_min_bp <= one
            && breaker_bp <= one
            && no_set_burn_bp <= one,
        EInvalidParams,
    );
    AuditParams {
        samples_total,
        min_samples,
        window_bp,
        tolerance_bp,
        slope_bp,
        max_penalty_bp,
        miss_penalty_bp,
        bond,
        bounty_bp,
        max_open_per_node,
        principal_min_bp,
        breaker_bp,
        no_set_burn_bp,
    }
}

/// Deposit of a challenger, in FROST.
public fun bond(self: &AuditParams): u64 { self.bond }

/// Most open challenges of one node.
public fun max_open_per_node(self: &AuditParams): u16 { self.max_open_per_node }

/// Time for answers in an epoch of the given duration, in milliseconds.
public fun window_ms(self: &AuditParams, epoch_duration: u64): u64 {
    ((epoch_duration as u128) * (self.window_bp as u128) / (N_BASIS_POINTS as u128)) as u64
}

/// Number of samples for a node: its part of the total rounded up, but not too few to judge it.
public fun n_samples(self: &AuditParams, weight: u16, n_shards: u16): u16 {
    let total = (self.samples_total as u64) * (weight as u64);
    let n_shards = n_shards as u64;
    ((total + n_shards - 1) / n_shards).max(self.min_samples as u64) as u16
}

// === Duties ===

/// A ledger without duties.
public(package) fun new(epoch: u32, params: AuditParams): PenaltyLedger {
    PenaltyLedger { epoch, seeded: false, by_node: vec_map::empty(), params }
}

/// The epoch of the duties.
public fun epoch(self: &PenaltyLedger): u32 { self.epoch }

/// Whether the samples of the epoch were drawn.
public fun is_seeded(self: &PenaltyLedger): bool { self.seeded }

/// Parameters of the epoch.
public fun params(self: &PenaltyLedger): &AuditParams { &self.params }

/// Takes over parameters, as long as no duty was recorded under others.
public(package) fun set_params(self: &mut PenaltyLedger, params: AuditParams) {
    if (self.by_node.is_empty()) self.params = params;
}

/// Forgets all duties and begins another epoch.
public(package) fun reset(self: &mut PenaltyLedger, epoch: u32) {
    self.epoch = epoch;
    self.seeded = false;
    self.by_node = vec_map::empty();
}

/// Records the samples of all members of the committee.
public fun seed(
    self: &mut PenaltyLedger,
    node_ids: vector<ID>,
    weights: vector<u16>,
    n_shards: u16,
) {
    let previous = self.by_node;
    let params = self.params;
    let duties = node_ids.zip_map_ref!(&weights, |node_id, weight| Duty {
        asked: params.n_samples(*weight, n_shards),
        answered: 0,
        open: if (previous.contains(node_id)) previous[node_id].open else 0,
    });
    self.by_node = vec_map::from_keys_values(node_ids, duties);
    self.seeded = true;
}

/// Number of samples of a node; zero if it is not asked.
public fun asked(self: &PenaltyLedger, node_id: &ID): u16 {
    if (self.by_node.contains(node_id)) self.by_node[node_id].asked else 0
}

/// Number of samples that a node answered.
public fun answered(self: &PenaltyLedger, node_id: &ID): u16 {
    if (self.by_node.contains(node_id)) self.by_node[node_id].answered else 0
}

/// Number of unanswered challenges of a node.
public fun open(self: &PenaltyLedger, node_id: &ID): u16 {
    if (self.by_node.contains(node_id)) self.by_node[node_id].open else 0
}

/// Discharges one sample.
public fun record_answer(self: &mut PenaltyLedger, node_id: &ID) {
    assert!(self.asked(node_id) > self.answered(node_id), ENoDuty);
    let duty = &mut self.by_node[node_id];
    duty.answered = duty.answered + 1;
}

/// Records a challenge.
public fun record_challenge(self: &mut PenaltyLedger, node_id: ID) {
    if (!self.by_node.contains(&node_id)) {
        self.by_node.insert(node_id, Duty { asked: 0, answered: 0, open: 0 });
    };
    let duty = &mut self.by_node[&node_id];
    duty.open = duty.open + 1;
}

/// Discharges a challenge.
public fun discharge_challenge(self: &mut PenaltyLedger, node_id: &ID) {
    assert!(self.open(node_id) > 0, ENoDuty);
    let duty = &mut self.by_node[node_id];
    duty.open = duty.open - 1;
}

// === Penalties ===

/// What the nodes lose for the epoch, by node ID, and whether so many are concerned that their stakers
/// are spared. Nodes that did their duty are not listed.
public(package) fun settle(
    self: &PenaltyLedger,
    committee_ids: &vector<ID>,
    weights: &vector<u16>,
    n_shards: u16,
): (VecMap<ID, Penalty>, bool) {
    let mut penalties = vec_map::empty();
    let mut penalised_shards = 0u64;
    self.by_node.length().do!(|i| {
        let (node_id, duty) = self.by_node.get_entry_by_idx(i);
        let fraction = self.params.fraction(duty);
        if (fraction > 0) {
            committee_ids.find_index!(|id| id == node_id).do!(|index| {
                penalised_shards = penalised_shards + (weights[index] as u64);
                penalties.insert(
                    *node_id,
                    Penalty {
                        fraction,
                        missed_challenges: duty.open,
                        principal_min_bp: self.params.principal_min_bp,
                        bounty_bp: self.params.bounty_bp,
                    },
                );
            });
        }
    });
    let limit = (n_shards as u64) * (self.params.breaker_bp as u64);
    (penalties, penalised_shards * N_BASIS_POINTS > limit)
}

/// The part of the stake that a duty costs if the epoch ends now, in billionths.
public(package) fun fraction(self: &AuditParams, duty: &Duty): u64 {
    let missed = (duty.asked - duty.answered) as u64;
    let rate = if (duty.asked == 0) 0 else missed * ONE / (duty.asked as u64);
    let tolerance = (self.tolerance_bp as u64) * PARTS_PER_BASIS_POINT;
    let audit = if (rate <= tolerance) 0
    else (rate - tolerance) * (self.slope_bp as u64) / N_BASIS_POINTS;
    let challenges =
        (duty.open as u64) * (self.miss_penalty_bp as u64) * PARTS_PER_BASIS_POINT;
    (audit + challenges).min((self.max_penalty_bp as u64) * PARTS_PER_BASIS_POINT)
}

/// The part of rewards that is burned because no audit took place in the epoch.
public(package) fun no_audit_burn(self: &PenaltyLedger, rewards: u64): u64 {
    if (self.seeded) 0
    else {
        let share = (rewards as u128) * (self.params.no_set_burn_bp as u128);
        (share / (N_BASIS_POINTS as u128)) as u64
    }
}

/// A penalty.
public(package) fun new_penalty(
    fraction: u64,
    missed_challenges: u16,
    principal_min_bp: u16,
    bounty_bp: u16,
): Penalty {
    Penalty { fraction, missed_challenges, principal_min_bp, bounty_bp }
}

/// Number of challenges that were not answered.
public(package) fun missed_challenges(self: &Penalty): u16 { self.missed_challenges }

/// Part of the stake, in billionths.
public(package) fun penalty_fraction(self: &Penalty): u64 { self.fraction }

/// What a stake of `wal_balance` loses.
public(package) fun loss(self: &Penalty, wal_balance: u64): u64 {
    ((wal_balance as u128) * (self.fraction as u128) / (ONE as u128)) as u64
}

/// The part of a loss that the stakers bear even if the operator could pay all of it.
public(package) fun least_principal_loss(self: &Penalty, loss: u64): u64 {
    ((loss as u128) * (self.principal_min_bp as u128) / (N_BASIS_POINTS as u128)) as u64
}

/// The part of what the operator loses that goes to its challengers.
public(package) fun bounty(self: &Penalty, seized: u64): u64 {
    if (self.missed_challenges == 0) 0
    else ((seized as u128) * (self.bounty_bp as u128) / (N_BASIS_POINTS as u128)) as u64
}
