/// ECDSA on curve secp256k1. The message is hashed by the function whose number is given:
/// 0 is Keccak-256, 1 is SHA-256. Signatures are the numbers r and s, 32 bytes each, big-endian.
///
/// Source: SEC 1 and SEC 2.
module sui::ecdsa_k1;

/// No public key gives this signature of the message, or the hash function is unknown.
#[allow(unused_const)]
const EFailToRecoverPubKey: u64 = 0;

/// The signature does not have the right form.
#[allow(unused_const)]
const EInvalidSignature: u64 = 1;

/// The public key does not have the right form.
#[allow(unused_const)]
const EInvalidPubKey: u64 = 2;

/// The number of Keccak-256.
#[allow(unused_const)]
const KECCAK256: u8 = 0;

/// The number of SHA-256.
#[allow(unused_const)]
const SHA256: u8 = 1;

/// The compressed public key (33 bytes) whose signature of `msg` is `signature` (64 bytes and one
/// from 0 to 3 that tells which of the candidates). Aborts with `EInvalidSignature` or
/// `EFailToRecoverPubKey`.
public native fun secp256k1_ecrecover(
    signature: &vector<u8>,
    msg: &vector<u8>,
    hash: u8,
): vector<u8>;

/// The public key of 65 bytes that the 33 bytes of `pubkey` abbreviate. Aborts with
/// `EInvalidPubKey`.
public native fun decompress_pubkey(pubkey: &vector<u8>): vector<u8>;

/// Whether `signature` (64 bytes) is one of `msg` under the compressed `public_key` (33 bytes).
/// Wrong forms, unknown hash functions and signatures whose s is in the upper half are false.
public native fun secp256k1_verify(
    signature: &vector<u8>,
    public_key: &vector<u8>,
    msg: &vector<u8>,
    hash: u8,
): bool;

/// A private key and its compressed public key.
#[test_only]
public struct KeyPair has drop {
    private_key: vector<u8>,
    public_key: vector<u8>,
}

/// The private key, 32 bytes.
#[test_only]
public fun private_key(self: &KeyPair): &vector<u8> {
    &self.private_key
}

/// The compressed public key, 33 bytes.
#[test_only]
public fun public_key(self: &KeyPair): &vector<u8> {
    &self.public_key
}

/// A signature of `msg`: 64 bytes, or 65 when `recoverable`, as `secp256k1_ecrecover` takes them.
#[test_only]
public native fun secp256k1_sign(
    private_key: &vector<u8>,
    msg: &vector<u8>,
    hash: u8,
    recoverable: bool,
): vector<u8>;

/// The key pair that follows from a seed of 32 bytes.
#[test_only]
public native fun secp256k1_keypair_from_seed(seed: &vector<u8>): KeyPair;
