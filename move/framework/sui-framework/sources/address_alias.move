/// Aliases: other addresses whose signatures count as those of an address. Each user who wants them
/// has an object of type `AddressAliases` of their own, at an address derived from the state at 0xa.
module sui::address_alias;

use sui::derived_object;
use sui::vec_set::{Self, VecSet};

/// Only the system may create the state.
#[error(code = 0)]
const ENotSystemAddress: vector<u8> = b"Only the system can create the alias state object.";
/// The address is no alias.
#[error(code = 1)]
const ENoSuchAlias: vector<u8> = b"Given alias does not exist.";
/// The address is an alias already.
#[error(code = 2)]
const EAliasAlreadyExists: vector<u8> = b"Alias already exists.";
/// At least one address must be able to sign.
#[error(code = 3)]
const ECannotRemoveLastAlias: vector<u8> = b"Cannot remove the last alias.";
/// There are too many aliases.
#[error(code = 4)]
const ETooManyAliases: vector<u8> = b"The number of aliases exceeds the maximum allowed.";

const CURRENT_VERSION: u64 = 0;
/// Largest number of aliases.
const MAX_ALIASES: u64 = 8;

/// The state, at 0xa.
public struct AddressAliasState has key {
    id: UID,
    version: u64,
}

/// The addresses that may sign for the owner of the object.
public struct AddressAliases has key {
    id: UID,
    aliases: VecSet<address>,
}

/// Name of the aliases of an address.
public struct AliasKey(address) has copy, drop, store;

#[allow(unused_function)]
/// Creates the state.
fun create(ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    transfer::share_object(AddressAliasState {
        id: object::address_alias_state(),
        version: CURRENT_VERSION,
    });
}

/// Makes the aliases of the sender, with the sender as the only one. Aborts in `sui::derived_object`
/// the second time.
entry fun enable(address_alias_state: &mut AddressAliasState, ctx: &TxContext) {
    let sender = ctx.sender();
    let id = derived_object::claim(&mut address_alias_state.id, AliasKey(sender));
    let aliases = AddressAliases { id, aliases: vec_set::singleton(sender) };
    transfer::party_transfer(aliases, sui::party::single_owner(sender));
}

/// Adds an alias; aborts with `EAliasAlreadyExists` or `ETooManyAliases`.
entry fun add(aliases: &mut AddressAliases, alias: address) {
    assert!(!aliases.aliases.contains(&alias), EAliasAlreadyExists);
    aliases.aliases.insert(alias);
    assert!(aliases.aliases.length() <= MAX_ALIASES, ETooManyAliases);
}

/// Replaces all aliases; aborts with `ECannotRemoveLastAlias` when there is none among the new ones
/// and with `ETooManyAliases`.
entry fun replace_all(aliases: &mut AddressAliases, new_aliases: vector<address>) {
    let new_aliases = vec_set::from_keys(new_aliases);
    assert!(!new_aliases.is_empty(), ECannotRemoveLastAlias);
    assert!(new_aliases.length() <= MAX_ALIASES, ETooManyAliases);
    aliases.aliases = new_aliases;
}

/// Removes an alias; aborts with `ENoSuchAlias` or `ECannotRemoveLastAlias`.
entry fun remove(aliases: &mut AddressAliases, alias: address) {
    assert!(aliases.aliases.contains(&alias), ENoSuchAlias);
    assert!(aliases.aliases.length() > 1, ECannotRemoveLastAlias);
    aliases.aliases.remove(&alias);
}

#[test_only]
/// `create` for tests.
public fun create_for_testing(ctx: &TxContext) {
    create(ctx)
}

#[test_only]
/// The addresses that may sign.
public fun aliases_for_testing(self: &AddressAliases): vector<address> {
    *self.aliases.keys()
}

#[test_only]
/// Aliases of nobody.
public fun new_for_testing(owner: address, ctx: &mut TxContext): AddressAliases {
    AddressAliases { id: object::new(ctx), aliases: vec_set::singleton(owner) }
}
