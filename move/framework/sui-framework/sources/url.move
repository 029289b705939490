/// Addresses of resources outside the chain. Nothing checks that the text is a URL.
module sui::url;

use std::ascii::{Self, String};

/// The text of a URL.
public struct Url has copy, drop, store {
    url: String,
}

/// The URL of this text, whatever it is.
public fun new_unsafe(url: String): Url {
    Url { url }
}

/// The URL of these characters. Aborts in `ascii` when one is not ASCII.
public fun new_unsafe_from_bytes(bytes: vector<u8>): Url {
    Url { url: ascii::string(bytes) }
}

/// The text of the URL.
public fun inner_url(self: &Url): String {
    self.url
}

/// Replaces the text.
public fun update(self: &mut Url, url: String) {
    self.url = url;
}
