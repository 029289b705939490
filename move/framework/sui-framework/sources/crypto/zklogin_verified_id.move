/// Proofs that an address belongs to an identity of an OpenID provider. New ones can no longer be
/// made; old ones can be read and deleted.
module sui::zklogin_verified_id;

use std::string::String;

/// The function no longer works.
const EFunctionDisabled: u64 = 0;

/// `owner` is the address of the identity that `issuer` knows under `key_claim_value`, the value of
/// claim `key_claim_name`, for the application `audience`.
public struct VerifiedID has key {
    id: UID,
    owner: address,
    key_claim_name: String,
    key_claim_value: String,
    issuer: String,
    audience: String,
}

/// The address.
public fun owner(verified_id: &VerifiedID): address {
    verified_id.owner
}

/// The name of the claim.
public fun key_claim_name(verified_id: &VerifiedID): &String {
    &verified_id.key_claim_name
}

/// The value of the claim.
public fun key_claim_value(verified_id: &VerifiedID): &String {
    &verified_id.key_claim_value
}

/// The provider.
public fun issuer(verified_id: &VerifiedID): &String {
    &verified_id.issuer
}

/// The application.
public fun audience(verified_id: &VerifiedID): &String {
    &verified_id.audience
}

/// Deletes the proof.
public fun delete(verified_id: VerifiedID) {
    let VerifiedID { id, .. } = verified_id;
    id.delete();
}

/// Made a proof for the sender. Always aborts with `EFunctionDisabled`.
public fun verify_zklogin_id(
    _key_claim_name: String,
    _key_claim_value: String,
    _issuer: String,
    _audience: String,
    _pin_hash: u256,
    _ctx: &mut TxContext,
) {
    abort EFunctionDisabled
}

/// Told whether an address belongs to an identity. Always aborts with `EFunctionDisabled`.
public fun check_zklogin_id(
    _address: address,
    _key_claim_name: &String,
    _key_claim_value: &String,
    _issuer: &String,
    _audience: &String,
    _pin_hash: u256,
): bool {
    abort EFunctionDisabled
}

/// As `check_zklogin_id`.
#[allow(unused_function)]
native fun check_zklogin_id_internal(
    address: address,
    key_claim_name: &vector<u8>,
    key_claim_value: &vector<u8>,
    issuer: &vector<u8>,
    audience: &vector<u8>,
    pin_hash: u256,
): bool;

#[test]
fun getters_give_the_fields() {
    let verified_id = VerifiedID {
        id: object::new(&mut tx_context::dummy()),
        owner: @0x1,
        key_claim_name: b"sub".to_string(),
        key_claim_value: b"2".to_string(),
        issuer: b"issuer".to_string(),
        audience: b"app".to_string(),
    };
    assert!(verified_id.owner() == @0x1);
    assert!(verified_id.key_claim_name() == b"sub".to_string());
    assert!(verified_id.key_claim_value() == b"2".to_string());
    assert!(verified_id.issuer() == b"issuer".to_string());
    assert!(verified_id.audience() == b"app".to_string());
    verified_id.delete();
}
