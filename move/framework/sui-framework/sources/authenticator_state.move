/// The keys of the identity providers that zkLogin trusts: an object at 0x7 the validators keep up to
/// date. Users cannot use it in transactions.
module sui::authenticator_state;

use std::string::String;
use sui::dynamic_field;

/// Only the system may use the object.
const ENotSystemAddress: u64 = 0;
/// The content has a version this code does not know.
const EWrongInnerVersion: u64 = 1;
/// The keys are not in strictly rising order.
const EJwksNotSorted: u64 = 2;

const CURRENT_VERSION: u64 = 1;

/// The object.
public struct AuthenticatorState has key {
    id: UID,
    version: u64,
}

/// Its content, in a dynamic field under the version.
public struct AuthenticatorStateInner has store {
    version: u64,
    /// Sorted by issuer, key ID and key.
    active_jwks: vector<ActiveJwk>,
}

/// A key of an identity provider, as the provider publishes it.
public struct JWK has copy, drop, store {
    kty: String,
    e: String,
    n: String,
    alg: String,
}

/// Which key it is.
public struct JwkId has copy, drop, store {
    iss: String,
    kid: String,
}

/// A key in use.
public struct ActiveJwk has copy, drop, store {
    jwk_id: JwkId,
    jwk: JWK,
    /// The latest epoch in which validators saw the key.
    epoch: u64,
}

#[allow(unused_function)]
/// Creates the object.
fun create(ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let mut self = AuthenticatorState {
        id: object::authenticator_state(),
        version: CURRENT_VERSION,
    };
    let inner = AuthenticatorStateInner { version: CURRENT_VERSION, active_jwks: vector[] };
    dynamic_field::add(&mut self.id, CURRENT_VERSION, inner);
    transfer::share_object(self);
}

fun load_inner_mut(self: &mut AuthenticatorState): &mut AuthenticatorStateInner {
    assert!(self.version == CURRENT_VERSION, EWrongInnerVersion);
    let inner: &mut AuthenticatorStateInner = dynamic_field::borrow_mut(&mut self.id, self.version);
    assert!(inner.version == self.version, EWrongInnerVersion);
    inner
}

fun load_inner(self: &AuthenticatorState): &AuthenticatorStateInner {
    assert!(self.version == CURRENT_VERSION, EWrongInnerVersion);
    let inner: &AuthenticatorStateInner = dynamic_field::borrow(&self.id, self.version);
    assert!(inner.version == self.version, EWrongInnerVersion);
    inner
}

#[allow(unused_function)]
/// Adds keys, which must be sorted. A known key is in use for longer; a key that takes the ID of a
/// known one is ignored until that one has expired.
fun update_authenticator_state(
    self: &mut AuthenticatorState,
    new_active_jwks: vector<ActiveJwk>,
    ctx: &TxContext,
) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    check_sorted(&new_active_jwks);
    let jwks = &mut self.load_inner_mut().active_jwks;
    new_active_jwks.do!(|jwk| add_jwk(jwks, jwk));
}

fun add_jwk(jwks: &mut vector<ActiveJwk>, new: ActiveJwk) {
    let known = jwks.find_index!(|old| old.jwk_id == new.jwk_id);
    if (known.is_some()) {
        let old = &mut jwks[known.destroy_some()];
        if (old.jwk == new.jwk) old.epoch = old.epoch.max(new.epoch);
        return
    };
    let place = jwks.find_index!(|old| jwk_lt(&new, old)).destroy_or!(jwks.length());
    jwks.insert(new, place);
}

#[allow(unused_function)]
/// Removes the keys last seen before `min_epoch`, except those of an issuer that would have none left.
fun expire_jwks(self: &mut AuthenticatorState, min_epoch: u64, ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let inner = self.load_inner_mut();
    let jwks = inner.active_jwks;
    inner.active_jwks =
        jwks.filter!(|jwk| {
            jwk.epoch >= min_epoch ||
            !jwks.any!(|other| other.jwk_id.iss == jwk.jwk_id.iss && other.epoch >= min_epoch)
        });
}

#[allow(unused_function)]
/// The keys in use.
fun get_active_jwks(self: &AuthenticatorState, ctx: &TxContext): vector<ActiveJwk> {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    self.load_inner().active_jwks
}

fun check_sorted(jwks: &vector<ActiveJwk>) {
    let n = jwks.length();
    if (n < 2) return;
    (n - 1).do!(|i| assert!(jwk_lt(&jwks[i], &jwks[i + 1]), EJwksNotSorted));
}

/// Order by issuer, key ID and the parts of the key.
fun jwk_lt(a: &ActiveJwk, b: &ActiveJwk): bool {
    if (&a.jwk_id.iss != &b.jwk_id.iss) return string_bytes_lt(&a.jwk_id.iss, &b.jwk_id.iss);
    if (&a.jwk_id.kid != &b.jwk_id.kid) return string_bytes_lt(&a.jwk_id.kid, &b.jwk_id.kid);
    if (&a.jwk.kty != &b.jwk.kty) return string_bytes_lt(&a.jwk.kty, &b.jwk.kty);
    if (&a.jwk.e != &b.jwk.e) return string_bytes_lt(&a.jwk.e, &b.jwk.e);
    if (&a.jwk.n != &b.jwk.n) return string_bytes_lt(&a.jwk.n, &b.jwk.n);
    string_bytes_lt(&a.jwk.alg, &b.jwk.alg)
}

/// A shorter string comes first; equally long ones are compared byte by byte.
fun string_bytes_lt(a: &String, b: &String): bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if (a.length() != b.length()) return a.length() < b.length();
    let mut i = 0;
    while (i < a.length()) {
        if (a[i] != b[i]) return a[i] < b[i];
        i = i + 1;
    };
    false
}

// === Tests ===

#[test_only]
/// `create` for tests.
public fun create_for_testing(ctx: &TxContext) {
    create(ctx)
}

#[test_only]
/// `update_authenticator_state` for tests.
public fun update_authenticator_state_for_testing(
    self: &mut AuthenticatorState,
    new_active_jwks: vector<ActiveJwk>,
    ctx: &TxContext,
) {
    update_authenticator_state(self, new_active_jwks, ctx)
}

#[test_only]
/// `expire_jwks` for tests.
public fun expire_jwks_for_testing(self: &mut AuthenticatorState, min_epoch: u64, ctx: &TxContext) {
    expire_jwks(self, min_epoch, ctx)
}

#[test_only]
/// `get_active_jwks` for tests.
public fun get_active_jwks_for_testing(
    self: &AuthenticatorState,
    ctx: &TxContext,
): vector<ActiveJwk> {
    get_active_jwks(self, ctx)
}

#[test_only]
/// A key with everything but issuer, key ID and epoch fixed.
public fun create_active_jwk_for_testing(
    iss: String,
    kid: String,
    kty: String,
    epoch: u64,
): ActiveJwk {
    ActiveJwk {
        jwk_id: JwkId { iss, kid },
        jwk: JWK { kty, e: b"AQAB".to_string(), n: b"test".to_string(), alg: b"RS256".to_string() },
        epoch,
    }
}
