/// ECDSA on curve secp256r1, also known as P-256. The message is hashed by the function whose number
/// is given: 0 is Keccak-256, 1 is SHA-256. Signatures are the numbers r and s, 32 bytes each,
/// big-endian.
///
/// Source: SEC 1, SEC 2 and FIPS 186-5.
module sui::ecdsa_r1;

/// No public key gives this signature of the message, or the hash function is unknown.
#[allow(unused_const)]
const EFailToRecoverPubKey: u64 = 0;

/// The signature does not have the right form.
#[allow(unused_const)]
const EInvalidSignature: u64 = 1;

/// The number of Keccak-256.
#[allow(unused_const)]
const KECCAK256: u8 = 0;

/// The number of SHA-256.
#[allow(unused_const)]
const SHA256: u8 = 1;

/// The compressed public key (33 bytes) whose signature of `msg` is `signature` (64 bytes and one
/// from 0 to 3 that tells which of the candidates). Aborts with `EInvalidSignature` or
/// `EFailToRecoverPubKey`.
public native fun secp256r1_ecrecover(
    signature: &vector<u8>,
    msg: &vector<u8>,
    hash: u8,
): vector<u8>;

/// Whether `signature` (64 bytes) is one of `msg` under the compressed `public_key` (33 bytes).
/// Wrong forms and unknown hash functions are false.
public native fun secp256r1_verify(
    signature: &vector<u8>,
    public_key: &vector<u8>,
    msg: &vector<u8>,
    hash: u8,
): bool;
