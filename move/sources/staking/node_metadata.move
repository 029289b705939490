/// What a storage node tells about itself. Shown by explorers and wallets, not used by the
/// protocol, and kept in an object of its own so that its size costs nobody else anything.
module walrus::node_metadata;

use std::string::String;
use sui::vec_map::{Self, VecMap};

/// Description of a storage node.
public struct NodeMetadata has copy, drop, store {
    /// Picture of the node.
    image_url: String,
    /// Page of the project behind the node.
    project_url: String,
    /// Free text.
    description: String,
    /// Whatever else the operator wants to publish.
    extra_fields: VecMap<String, String>,
}

/// Metadata without extra fields.
public fun new(image_url: String, project_url: String, description: String): NodeMetadata {
    NodeMetadata { image_url, project_url, description, extra_fields: vec_map::empty() }
}

/// Replaces the picture.
public fun set_image_url(self: &mut NodeMetadata, image_url: String) {
    self.image_url = image_url;
}

/// Replaces the project page.
public fun set_project_url(self: &mut NodeMetadata, project_url: String) {
    self.project_url = project_url;
}

/// Replaces the free text.
public fun set_description(self: &mut NodeMetadata, description: String) {
    self.description = description;
}

/// Replaces all extra fields.
public fun set_extra_fields(self: &mut NodeMetadata, extra_fields: VecMap<String, String>) {
    self.extra_fields = extra_fields;
}

/// Picture of the node.
public fun image_url(self: &NodeMetadata): String { self.image_url }

/// Page of the project behind the node.
public fun project_url(self: &NodeMetadata): String { self.project_url }

/// Free text.
public fun description(self: &NodeMetadata): String { self.description }

/// Whatever else the operator wants to publish.
public fun extra_fields(self: &NodeMetadata): &VecMap<String, String> { &self.extra_fields }

/// A node without a description.
public(package) fun default(): NodeMetadata {
    new(b"".to_string(), b"".to_string(), b"".to_string())
}
