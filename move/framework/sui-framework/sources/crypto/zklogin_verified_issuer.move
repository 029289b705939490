/// Proofs that an address belongs to some identity of a given OpenID provider.
module sui::zklogin_verified_issuer;

use std::string::String;

/// The provider's name is too long.
#[allow(unused_const)]
const EInvalidInput: u64 = 0;

/// The address does not follow from the seed and the provider.
const EInvalidProof: u64 = 1;

/// `owner` is the address of an identity of `issuer`.
public struct VerifiedIssuer has key {
    id: UID,
    owner: address,
    issuer: String,
}

/// The address.
public fun owner(verified_issuer: &VerifiedIssuer): address {
    verified_issuer.owner
}

/// The provider.
public fun issuer(verified_issuer: &VerifiedIssuer): &String {
    &verified_issuer.issuer
}

/// Deletes the proof.
public fun delete(verified_issuer: VerifiedIssuer) {
    let VerifiedIssuer { id, .. } = verified_issuer;
    id.delete();
}

/// Gives the sender a proof. Aborts with `EInvalidProof` unless the sender's address follows from
/// the seed and the provider.
public fun verify_zklogin_issuer(address_seed: u256, issuer: String, ctx: &mut TxContext) {
    let owner = ctx.sender();
    assert!(check_zklogin_issuer(owner, address_seed, &issuer), EInvalidProof);
    transfer::transfer(VerifiedIssuer { id: object::new(ctx), owner, issuer }, owner)
}

/// Whether `address` is the BLAKE2b-256 of flag 5, the provider's name behind its length and the
/// seed, which itself hides the identity.
public fun check_zklogin_issuer(address: address, address_seed: u256, issuer: &String): bool {
    check_zklogin_issuer_internal(address, address_seed, issuer.as_bytes())
}

/// As `check_zklogin_issuer`. Aborts with `EInvalidInput`.
native fun check_zklogin_issuer_internal(
    address: address,
    address_seed: u256,
    issuer: &vector<u8>,
): bool;
