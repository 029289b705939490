/// Attributes of a blob: pairs of strings, free for applications to use.
module walrus::metadata;

use std::string::String;
use sui::vec_map::{Self, VecMap};

/// The attributes of a blob.
public struct Metadata has drop, store {
    /// Values by key, in the order of their last change.
    metadata: VecMap<String, String>,
}

/// No attributes.
public fun new(): Metadata {
    Metadata { metadata: vec_map::empty() }
}

/// Sets the attribute. A key that exists moves to the end of the map.
public fun insert_or_update(self: &mut Metadata, key: String, value: String) {
    self.remove_if_exists(&key);
    self.metadata.insert(key, value);
}

/// Removes the attribute and returns key and value. Aborts in the map if the key is missing.
public fun remove(self: &mut Metadata, key: &String): (String, String) {
    self.metadata.remove(key)
}

/// Removes the attribute if it exists and returns its value.
public fun remove_if_exists(self: &mut Metadata, key: &String): Option<String> {
    if (self.metadata.contains(key)) {
        let (_, value) = self.metadata.remove(key);
        option::some(value)
    } else {
        option::none()
    }
}

/// The attributes.
#[test_only]
public fun inner(self: &Metadata): &VecMap<String, String> {
    &self.metadata
}
