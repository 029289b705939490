/// Sizes of RedStuff encodings, for a given unencoded size and number of shards.
///
/// With n shards of which at most f = (n - 1) / 3 are faulty, the blob is a matrix of K1 = n - 2f rows and
/// K2 = n - f columns of symbols. Each row and each column is expanded to n symbols, and every shard
/// receives one sliver of each axis.
module walrus::redstuff;

/// Bytes of a hash, and of a blob ID, in the metadata of a blob.
const DIGEST_LENGTH_BYTES: u64 = 32;
/// Symbols consist of 16-bit words.
const SYMBOL_ALIGNMENT_BYTES: u64 = 2;

/// Bytes that all shards together store for a blob: its slivers, and its metadata on every shard.
///
/// Aborts if the symbols of the blob do not fit a 16-bit size.
public(package) fun encoded_blob_length(unencoded_length: u64, n_shards: u16): u64 {
    let n = n_shards as u64;
    let symbols_per_shard = source_symbols_primary(n_shards) + source_symbols_secondary(n_shards);
    let slivers_length = symbols_per_shard * (symbol_size(unencoded_length, n_shards) as u64);
    n * (slivers_length + metadata_length(n_shards))
}

/// Bytes of one symbol: the size divided over the matrix, rounded up to an even number.
public(package) fun symbol_size(unencoded_length: u64, n_shards: u16): u16 {
    let n_symbols = source_symbols_primary(n_shards) * source_symbols_secondary(n_shards);
    let size = (unencoded_length.max(1) - 1) / n_symbols + 1;
    (size + size % SYMBOL_ALIGNMENT_BYTES) as u16
}

/// Bytes of metadata per shard: two sliver hashes for each shard, and the blob ID.
public(package) fun metadata_length(n_shards: u16): u64 {
    (n_shards as u64) * 2 * DIGEST_LENGTH_BYTES + DIGEST_LENGTH_BYTES
}

/// K1, the number of primary slivers that suffice to decode.
public(package) fun source_symbols_primary(n_shards: u16): u64 {
    (n_shards as u64) - 2 * max_byzantine(n_shards)
}

/// K2, the number of secondary slivers that suffice to decode.
public(package) fun source_symbols_secondary(n_shards: u16): u64 {
    (n_shards as u64) - max_byzantine(n_shards)
}

/// f, the largest number of faulty shards that the encoding tolerates.
public(package) fun max_byzantine(n_shards: u16): u64 {
    ((n_shards as u64) - 1) / 3
}
