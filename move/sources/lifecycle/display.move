/// How wallets and explorers show the objects of the protocol.
module walrus::display;

use std::type_name;
use sui::display;
use sui::object_bag::{Self, ObjectBag};
use sui::package::Publisher;
use walrus::blob::Blob;
use walrus::staked_wal::StakedWal;
use walrus::storage_resource::Storage;

/// Holds the display templates and the publisher that can change them.
public struct ObjectDisplay has key {
    /// The shared object's own ID.
    id: UID,
    /// Displays by type name, and the publisher under its own key.
    inner: ObjectBag,
}

/// Key of the publisher.
public struct PublisherKey() has copy, drop, store;

/// Site of the protocol.
const PROJECT_URL: vector<u8> = b"https://www.walrus.xyz";

/// Shares an object with the templates of blobs, storage resources and stakes.
public(package) fun create(publisher: Publisher, ctx: &mut TxContext) {
    let mut inner = object_bag::new(ctx);
    add<Blob>(
        &mut inner,
        &publisher,
        b"Walrus Blob ({size} bytes)",
        b"Registered in epoch {registered_epoch}, stored until epoch {storage.end_epoch}.",
        b"%2327a",
        ctx,
    );
    add<Storage>(
        &mut inner,
        &publisher,
        b"Walrus Storage ({storage_size} bytes)",
        b"Space from epoch {start_epoch} to epoch {end_epoch}.",
        b"%2372a",
        ctx,
    );
    add<StakedWal>(
        &mut inner,
        &publisher,
        b"Staked WAL ({principal} FROST)",
        b"Staked with node {node_id}, active from epoch {activation_epoch}.",
        b"%23a27",
        ctx,
    );
    inner.add(PublisherKey(), publisher);
    transfer::share_object(ObjectDisplay { id: object::new(ctx), inner })
}

/// Adds the template of a type, shown as a disk of the given colour.
#[allow(deprecated_usage)]
fun add<T: key>(
    inner: &mut ObjectBag,
    publisher: &Publisher,
    name: vector<u8>,
    description: vector<u8>,
    color: vector<u8>,
    ctx: &mut TxContext,
) {
    let mut display = display::new_with_fields<T>(
        publisher,
        vector[b"name", b"description", b"image_url", b"project_url", b"link"].map!(
            |field| field.to_string(),
        ),
        vector[name, description, image_url(color), PROJECT_URL, PROJECT_URL].map!(
            |value| value.to_string(),
        ),
        ctx,
    );
    display.update_version();
    inner.add(type_name::with_defining_ids<T>(), display);
}

/// A disk, as an image within the URL.
fun image_url(color: vector<u8>): vector<u8> {
    let mut url =
        b"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E%3Ccircle cx='1' cy='1' r='1' fill='";
    url.append(color);
    url.append(b"'/%3E%3C/svg%3E");
    url
}

// === Tests ===

/// The template of a field of a type.
#[test_only]
public fun template<T: key>(self: &ObjectDisplay, field: vector<u8>): std::string::String {
    let display: &display::Display<T> = &self.inner[type_name::with_defining_ids<T>()];
    display.fields()[&field.to_string()]
}

/// The publisher.
#[test_only]
public fun publisher(self: &ObjectDisplay): &Publisher {
    &self.inner[PublisherKey()]
}
