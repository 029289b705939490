/// A party: who may do what with an object whose versions are decided by consensus.
module sui::party;

use sui::vec_map::{Self, VecMap};

/// The object may be used as an immutable input.
const READ: u64 = 0x01;
/// The object may be used by mutable reference.
const WRITE: u64 = 0x02;
/// The object may be used by value, to be deleted, wrapped or sent on as it was.
const DELETE: u64 = 0x04;
/// The object may be used by value and its owner changed.
const TRANSFER: u64 = 0x08;
/// Nothing is permitted.
const NO_PERMISSIONS: u64 = 0;
/// Everything is permitted.
const ALL_PERMISSIONS: u64 = READ | WRITE | DELETE | TRANSFER;

/// Permissions of the members of a party, and of everybody else.
public struct Party has copy, drop {
    /// Permissions of an address that is not a member.
    default: Permissions,
    /// Permissions by address.
    members: VecMap<address, Permissions>,
}

/// A set of permissions, one bit each.
public struct Permissions(u64) has copy, drop;

/// A party in which one address has all permissions and everybody else has none.
public fun single_owner(owner: address): Party {
    let mut party = empty();
    party.set_permissions(owner, Permissions(ALL_PERMISSIONS));
    party
}

fun empty(): Party {
    Party { default: Permissions(NO_PERMISSIONS), members: vec_map::empty() }
}

fun set_permissions(party: &mut Party, address: address, permissions: Permissions) {
    if (party.members.contains(&address)) {
        party.members.remove(&address);
    };
    party.members.insert(address, permissions);
}

/// Whether exactly one address has all permissions and everybody else none.
public(package) fun is_single_owner(party: &Party): bool {
    if (party.default.0 != NO_PERMISSIONS || party.members.length() != 1) return false;
    let (_, permissions) = party.members.get_entry_by_idx(0);
    permissions.0 == ALL_PERMISSIONS
}

/// The party as the runtime takes it: default permissions, members, their permissions.
public(package) fun into_native(party: Party): (u64, vector<address>, vector<u64>) {
    let Party { default, members } = party;
    let (addresses, permissions) = members.into_keys_values();
    (default.0, addresses, permissions.map!(|Permissions(bits)| bits))
}

#[test_only]
/// An empty party, for tests of unsupported permissions.
public fun empty_for_testing(): Party {
    empty()
}
