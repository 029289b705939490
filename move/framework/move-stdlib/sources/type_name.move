/// The names of types as values at run time.
module std::type_name;

use std::ascii::String;

/// A colon, which separates address, module and type.
const ASCII_COLON: u8 = 58;

/// A less-than sign, before the first type argument.
const ASCII_LESS_THAN: u8 = 60;

/// The letters of `vector` before its type argument.
const ASCII_VECTOR: vector<u8> = b"vector<";

/// The type is a primitive and belongs to no module.
const ENonModuleType: u64 = 0;

/// The canonical text of a type: addresses are 64 hex digits without `0x`, parts are separated by
/// `::`, type arguments stand in `<>` separated by commas without spaces.
public struct TypeName has copy, drop, store {
    name: String,
}

/// The name of `T`, with the packages that first defined each type: after an upgrade that adds a
/// type, the address of that upgrade.
public native fun with_defining_ids<T>(): TypeName;

/// The name of `T`, with the first version of each package, whichever version added the type.
public native fun with_original_ids<T>(): TypeName;

/// The package version that first defined `T`. Aborts with `ENonModuleType` for primitives.
public native fun defining_id<T>(): address;

/// The first version of the package of `T`. Aborts with `ENonModuleType` for primitives.
public native fun original_id<T>(): address;

/// Whether the type belongs to no module: an integer, `bool`, `address`, `signer`, or a vector.
public fun is_primitive(self: &TypeName): bool {
    let bytes = self.name.as_bytes();
    bytes == &b"bool" ||
    bytes == &b"u8" ||
    bytes == &b"u16" ||
    bytes == &b"u32" ||
    bytes == &b"u64" ||
    bytes == &b"u128" ||
    bytes == &b"u256" ||
    bytes == &b"address" ||
    bytes == &b"signer" ||
    starts_with(bytes, ASCII_VECTOR)
}

/// The text of the name.
public fun as_string(self: &TypeName): &String {
    &self.name
}

/// The address of the type: 64 hex digits without `0x`. Aborts with `ENonModuleType` for
/// primitives.
public fun address_string(self: &TypeName): String {
    assert!(!self.is_primitive(), ENonModuleType);
    self.name.substring(0, address_length())
}

/// The module of the type. Aborts with `ENonModuleType` for primitives.
public fun module_string(self: &TypeName): String {
    assert!(!self.is_primitive(), ENonModuleType);
    let bytes = self.name.as_bytes();
    let start = address_length() + 2;
    let mut end = start;
    while (bytes[end] != ASCII_COLON) end = end + 1;
    self.name.substring(start, end)
}

/// The name of the type itself, without its type arguments. Aborts with `ENonModuleType` for
/// primitives.
public fun datatype_string(self: &TypeName): String {
    assert!(!self.is_primitive(), ENonModuleType);
    let bytes = self.name.as_bytes();
    let start = address_length() + 2 + self.module_string().length() + 2;
    let mut end = start;
    while (end < bytes.length() && bytes[end] != ASCII_LESS_THAN) end = end + 1;
    self.name.substring(start, end)
}

/// Consumes the name and gives its text.
public fun into_string(self: TypeName): String {
    self.name
}

/// The number of hex digits of an address.
fun address_length(): u64 {
    std::address::length() * 2
}

fun starts_with(bytes: &vector<u8>, beginning: vector<u8>): bool {
    let n = beginning.length();
    bytes.length() >= n && vector::tabulate!(n, |i| bytes[i]) == beginning
}

// === Former names ===

/// The former name of `with_defining_ids`.
#[deprecated(note = b"Use `with_defining_ids`.")]
public fun get<T>(): TypeName {
    with_defining_ids<T>()
}

/// The former name of `with_original_ids`.
#[deprecated(note = b"Use `with_original_ids`.")]
public fun get_with_original_ids<T>(): TypeName {
    with_original_ids<T>()
}

/// The former name of `as_string`.
#[deprecated(note = b"Use `as_string`.")]
public fun borrow_string(self: &TypeName): &String {
    self.as_string()
}

/// The former name of `address_string`.
#[deprecated(note = b"Use `address_string`.")]
public fun get_address(self: &TypeName): String {
    self.address_string()
}

/// The former name of `module_string`.
#[deprecated(note = b"Use `module_string`.")]
public fun get_module(self: &TypeName): String {
    self.module_string()
}
