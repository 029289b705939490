/// Where the protocol stands, as far as the rules of one staking pool depend on it.
module walrus::walrus_context;

/// Epoch and committee membership, from the point of view of one pool.
public struct WalrusContext has copy, drop {
    /// Current epoch.
    epoch: u32,
    /// Whether the next committee is already selected.
    committee_selected: bool,
    /// Whether the pool's node is in the current committee.
    in_committee: bool,
    /// Whether the pool's node is in the next committee; false as long as none is selected.
    in_next_committee: bool,
}

/// Bundles the facts.
public(package) fun new(
    epoch: u32,
    committee_selected: bool,
    in_committee: bool,
    in_next_committee: bool,
): WalrusContext {
    WalrusContext { epoch, committee_selected, in_committee, in_next_committee }
}

/// Current epoch.
public(package) fun epoch(self: &WalrusContext): u32 { self.epoch }

/// Whether the next committee is already selected.
public(package) fun committee_selected(self: &WalrusContext): bool { self.committee_selected }

/// Whether the pool's node is in the current committee.
public(package) fun in_committee(self: &WalrusContext): bool { self.in_committee }

/// Whether the pool's node is in the next committee; false as long as none is selected.
public(package) fun in_next_committee(self: &WalrusContext): bool { self.in_next_committee }

/// First epoch in which stake added now backs the node.
public(package) fun activation_epoch(self: &WalrusContext): u32 {
    self.epoch + if (self.committee_selected) 2 else 1
}

/// Epoch whose committee the next selection determines.
public(package) fun next_selection_epoch(self: &WalrusContext): u32 { self.activation_epoch() }
