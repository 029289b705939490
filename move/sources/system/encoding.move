/// Choice of the encoding by its type number.
module walrus::encoding;

use walrus::redstuff;

/// The encoding type is not supported.
const EInvalidEncodingType: u64 = 0;

/// RedStuff over Reed-Solomon codes, the only type in use. Type 0 is retired.
const RED_STUFF_REED_SOLOMON: u8 = 1;

/// Bytes that all shards together store for a blob of the given unencoded size.
public fun encoded_blob_length(
    unencoded_length: u64,
    encoding_type: u8,
    n_shards: u16,
): u64 {
    assert!(encoding_type == RED_STUFF_REED_SOLOMON, EInvalidEncodingType);
    redstuff::encoded_blob_length(unencoded_length, n_shards)
}

/// Bytes of a symbol of a blob of the given unencoded size.
public fun symbol_size(unencoded_length: u64, encoding_type: u8, n_shards: u16): u16 {
    assert!(encoding_type == RED_STUFF_REED_SOLOMON, EInvalidEncodingType);
    redstuff::symbol_size(unencoded_length, n_shards)
}
