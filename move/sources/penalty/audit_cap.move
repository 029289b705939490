/// The right to record what storage nodes are asked and what they answered.
///
/// There is one such capability. It belongs to the audit package, which is a package of its own because
/// the protocol would not fit into one.
module walrus::audit_cap;

/// Whoever holds this can have nodes penalised; it must be locked into the audit registry.
public struct AuditCap has key, store {
    /// The capability's own ID.
    id: UID,
}

/// Creates the capability.
public(package) fun new(ctx: &mut TxContext): AuditCap { AuditCap { id: object::new(ctx) } }

/// Another capability.
#[test_only]
public fun new_for_testing(ctx: &mut TxContext): AuditCap { new(ctx) }
