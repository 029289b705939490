/// Hash functions beside those of `std::hash`.
module sui::hash;

/// BLAKE2b of `data`, cut by parameter (not truncated) to 256 bits: 32 bytes.
public native fun blake2b256(data: &vector<u8>): vector<u8>;

/// Keccak-256 of `data`, as Ethereum uses it, not SHA3-256: 32 bytes.
public native fun keccak256(data: &vector<u8>): vector<u8>;
