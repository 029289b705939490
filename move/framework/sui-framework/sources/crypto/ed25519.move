/// Signatures of RFC 8032 on Edwards curve 25519.
module sui::ed25519;

/// Whether `signature` (64 bytes) is one of `msg` under `public_key` (32 bytes), by the rules of
/// ZIP 215. Bytes of any other length or form are no signature.
public native fun ed25519_verify(
    signature: &vector<u8>,
    public_key: &vector<u8>,
    msg: &vector<u8>,
): bool;
