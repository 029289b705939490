/// What the groups of elliptic curve cryptography share. An element is its canonical bytes; the
/// type parameter says to which group it belongs, and the modules of the groups pass the number by
/// which the VM knows that group.
module sui::group_ops;

use sui::bcs;

/// The network does not offer this operation.
#[allow(unused_const)]
const ENotSupported: u64 = 0;

/// The bytes are not an element, or the operation has no result.
const EInvalidInput: u64 = 1;

/// There are more terms or bytes than the network allows.
#[allow(unused_const)]
const EInputTooLong: u64 = 2;

/// A number does not fit into the bytes given for it.
const EInvalidBufferLength: u64 = 3;

/// An element of group `T`.
public struct Element<phantom T> has copy, drop, store {
    bytes: vector<u8>,
}

/// The canonical bytes of the element.
public fun bytes<G>(e: &Element<G>): &vector<u8> {
    &e.bytes
}

/// Whether two elements are the same.
public fun equal<G>(e1: &Element<G>, e2: &Element<G>): bool {
    e1.bytes == e2.bytes
}

/// The element of these bytes. Unless they are `trusted`, as constants of a group are, aborts with
/// `EInvalidInput` when they are no element.
public(package) fun from_bytes<G>(type_: u8, bytes: vector<u8>, trusted: bool): Element<G> {
    assert!(trusted || internal_validate(type_, &bytes), EInvalidInput);
    Element { bytes }
}

/// `e1 + e2`.
public(package) fun add<G>(type_: u8, e1: &Element<G>, e2: &Element<G>): Element<G> {
    Element { bytes: internal_add(type_, &e1.bytes, &e2.bytes) }
}

/// `e1 - e2`.
public(package) fun sub<G>(type_: u8, e1: &Element<G>, e2: &Element<G>): Element<G> {
    Element { bytes: internal_sub(type_, &e1.bytes, &e2.bytes) }
}

/// `scalar * e`.
public(package) fun mul<S, G>(type_: u8, scalar: &Element<S>, e: &Element<G>): Element<G> {
    Element { bytes: internal_mul(type_, &scalar.bytes, &e.bytes) }
}

/// `1 / scalar * e`. Aborts with `EInvalidInput` when the scalar is zero.
public(package) fun div<S, G>(type_: u8, scalar: &Element<S>, e: &Element<G>): Element<G> {
    Element { bytes: internal_div(type_, &scalar.bytes, &e.bytes) }
}

/// The element to which the group's hash function takes `m`.
public(package) fun hash_to<G>(type_: u8, m: &vector<u8>): Element<G> {
    Element { bytes: internal_hash_to(type_, m) }
}

/// The sum of `scalars[i] * elements[i]`. Aborts with `EInvalidInput` when there are no terms or the
/// vectors differ in length, and with `EInputTooLong` when there are more than the network allows.
public(package) fun multi_scalar_multiplication<S, G>(
    type_: u8,
    scalars: &vector<Element<S>>,
    elements: &vector<Element<G>>,
): Element<G> {
    assert!(scalars.length() > 0 && scalars.length() == elements.length(), EInvalidInput);
    let mut scalars_bytes = vector[];
    scalars.do_ref!(|scalar| scalars_bytes.append(scalar.bytes));
    let mut elements_bytes = vector[];
    elements.do_ref!(|e| elements_bytes.append(e.bytes));
    Element { bytes: internal_multi_scalar_mul(type_, &scalars_bytes, &elements_bytes) }
}

/// The pairing of `e1` and `e2`; the group number is that of `e1`.
public(package) fun pairing<G1, G2, G3>(
    type_: u8,
    e1: &Element<G1>,
    e2: &Element<G2>,
): Element<G3> {
    Element { bytes: internal_pairing(type_, &e1.bytes, &e2.bytes) }
}

/// The same element in another form.
public(package) fun convert<From, To>(
    from_type_: u8,
    to_type_: u8,
    e: &Element<From>,
): Element<To> {
    Element { bytes: internal_convert(from_type_, to_type_, &e.bytes) }
}

/// The sum of the elements. Aborts with `EInputTooLong` when there are more than the network allows.
public(package) fun sum<G>(type_: u8, terms: &vector<Element<G>>): Element<G> {
    Element { bytes: internal_sum(type_, &terms.map_ref!(|e| e.bytes)) }
}

/// Writes `x` over the first 8 bytes of `buffer`, or over its last 8 in big-endian order, as fits
/// scalars of either byte order; the other bytes stay. Aborts with `EInvalidBufferLength` when the
/// buffer has 8 bytes or fewer.
public(package) fun set_as_prefix(x: u64, big_endian: bool, buffer: &mut vector<u8>) {
    let n = buffer.length();
    assert!(n > 8, EInvalidBufferLength);
    let x_bytes = bcs::to_bytes(&x);
    8u64.do!(|i| {
        let at = if (big_endian) n - 1 - i else i;
        *(&mut buffer[at]) = x_bytes[i];
    });
}

/// Whether the bytes are an element of the group.
native fun internal_validate(type_: u8, bytes: &vector<u8>): bool;

/// The sum of two elements.
native fun internal_add(type_: u8, e1: &vector<u8>, e2: &vector<u8>): vector<u8>;

/// The difference of two elements.
native fun internal_sub(type_: u8, e1: &vector<u8>, e2: &vector<u8>): vector<u8>;

/// The product of scalar `e1` and element `e2`.
native fun internal_mul(type_: u8, e1: &vector<u8>, e2: &vector<u8>): vector<u8>;

/// The product of the inverse of scalar `e1` and element `e2`.
native fun internal_div(type_: u8, e1: &vector<u8>, e2: &vector<u8>): vector<u8>;

/// The element to which `m` hashes.
native fun internal_hash_to(type_: u8, m: &vector<u8>): vector<u8>;

/// The sum of products of the scalars and the elements, each concatenated.
native fun internal_multi_scalar_mul(
    type_: u8,
    scalars: &vector<u8>,
    elements: &vector<u8>,
): vector<u8>;

/// The pairing of two elements.
native fun internal_pairing(type_: u8, e1: &vector<u8>, e2: &vector<u8>): vector<u8>;

/// The element in the form of another group number.
native fun internal_convert(from_type_: u8, to_type_: u8, e: &vector<u8>): vector<u8>;

/// The sum of the elements.
native fun internal_sum(type_: u8, e: &vector<vector<u8>>): vector<u8>;
