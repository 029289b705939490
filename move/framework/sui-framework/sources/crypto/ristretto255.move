/// The group Ristretto255 (RFC 9496): scalars (integers modulo the group order, 32 bytes,
/// little-endian) and points (32 bytes). The VM neither hashes to this group nor multiplies many scalars
/// at once.
module sui::ristretto255;

use sui::group_ops::{Self, Element};

/// The integers modulo the order of the group.
public struct Scalar {}

/// The group.
public struct G {}

/// The scalar 0.
const SCALAR_ZERO_BYTES: vector<u8> =
    x"0000000000000000000000000000000000000000000000000000000000000000";

/// The scalar 1.
const SCALAR_ONE_BYTES: vector<u8> =
    x"0100000000000000000000000000000000000000000000000000000000000000";

/// The identity.
const G_IDENTITY_BYTES: vector<u8> =
    x"0000000000000000000000000000000000000000000000000000000000000000";

/// The generator of RFC 9496, section 4.
const G_GENERATOR_BYTES: vector<u8> =
    x"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";

/// The number of the scalars in the VM.
const SCALAR_TYPE: u8 = 5;

/// The number of the group in the VM.
const G_TYPE: u8 = 6;

/// The scalar of 32 bytes, little-endian. Aborts when they are not below the group order.
public fun scalar_from_bytes(bytes: &vector<u8>): Element<Scalar> {
    group_ops::from_bytes(SCALAR_TYPE, *bytes, false)
}

/// The scalar of this number.
public fun scalar_from_u64(x: u64): Element<Scalar> {
    let mut bytes = SCALAR_ZERO_BYTES;
    group_ops::set_as_prefix(x, false, &mut bytes);
    group_ops::from_bytes(SCALAR_TYPE, bytes, true)
}

/// The scalar 0.
public fun scalar_zero(): Element<Scalar> {
    group_ops::from_bytes(SCALAR_TYPE, SCALAR_ZERO_BYTES, true)
}

/// The scalar 1.
public fun scalar_one(): Element<Scalar> {
    group_ops::from_bytes(SCALAR_TYPE, SCALAR_ONE_BYTES, true)
}

/// `e1 + e2`.
public fun scalar_add(e1: &Element<Scalar>, e2: &Element<Scalar>): Element<Scalar> {
    group_ops::add(SCALAR_TYPE, e1, e2)
}

/// `e1 - e2`.
public fun scalar_sub(e1: &Element<Scalar>, e2: &Element<Scalar>): Element<Scalar> {
    group_ops::sub(SCALAR_TYPE, e1, e2)
}

/// `e1 * e2`.
public fun scalar_mul(e1: &Element<Scalar>, e2: &Element<Scalar>): Element<Scalar> {
    group_ops::mul(SCALAR_TYPE, e1, e2)
}

/// `e2 / e1`: the divisor comes first. Aborts when it is zero.
public fun scalar_div(e1: &Element<Scalar>, e2: &Element<Scalar>): Element<Scalar> {
    group_ops::div(SCALAR_TYPE, e1, e2)
}

/// `-e`.
public fun scalar_neg(e: &Element<Scalar>): Element<Scalar> {
    scalar_sub(&scalar_zero(), e)
}

/// `1 / e`. Aborts when `e` is zero.
public fun scalar_inv(e: &Element<Scalar>): Element<Scalar> {
    scalar_div(e, &scalar_one())
}

// === Points ===

/// The point of 32 bytes. Aborts when they are no canonical form of one.
public fun g_from_bytes(bytes: &vector<u8>): Element<G> {
    group_ops::from_bytes(G_TYPE, *bytes, false)
}

/// The element that changes nothing when added.
public fun g_identity(): Element<G> {
    group_ops::from_bytes(G_TYPE, G_IDENTITY_BYTES, true)
}

/// The generator of the group.
public fun g_generator(): Element<G> {
    group_ops::from_bytes(G_TYPE, G_GENERATOR_BYTES, true)
}

/// `e1 + e2`.
public fun g_add(e1: &Element<G>, e2: &Element<G>): Element<G> {
    group_ops::add(G_TYPE, e1, e2)
}

/// `e1 - e2`.
public fun g_sub(e1: &Element<G>, e2: &Element<G>): Element<G> {
    group_ops::sub(G_TYPE, e1, e2)
}

/// `e1 * e2`, a scalar times an element.
public fun g_mul(e1: &Element<Scalar>, e2: &Element<G>): Element<G> {
    group_ops::mul(G_TYPE, e1, e2)
}

/// `e2 / e1`, an element by a scalar, which comes first. Aborts when the scalar is zero.
public fun g_div(e1: &Element<Scalar>, e2: &Element<G>): Element<G> {
    group_ops::div(G_TYPE, e1, e2)
}

/// `-e`.
public fun g_neg(e: &Element<G>): Element<G> {
    g_sub(&g_identity(), e)
}
