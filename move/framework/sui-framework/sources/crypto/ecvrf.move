/// Verifiable random functions on the group Ristretto255 with SHA-512.
///
/// Source: RFC 9381, with the suite string `sui_vrf`.
module sui::ecvrf;

/// The hash does not have 64 bytes.
#[allow(unused_const)]
const EInvalidHashLength: u64 = 1;

/// The public key is no element of the group.
#[allow(unused_const)]
const EInvalidPublicKeyEncoding: u64 = 2;

/// The proof does not have 80 bytes or holds no element of the group.
#[allow(unused_const)]
const EInvalidProofEncoding: u64 = 3;

/// Whether `proof` (80 bytes) shows that the holder of `public_key` (32 bytes) gets `hash` (64
/// bytes) from `alpha_string`. Aborts with `EInvalidHashLength`, `EInvalidPublicKeyEncoding` or
/// `EInvalidProofEncoding` when something does not have the right form.
public native fun ecvrf_verify(
    hash: &vector<u8>,
    alpha_string: &vector<u8>,
    public_key: &vector<u8>,
    proof: &vector<u8>,
): bool;
