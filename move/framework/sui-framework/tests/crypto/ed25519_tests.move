/// `sui::ed25519`, with the first vectors of RFC 8032 section 7.1 and one case in which ZIP 215 decides
/// otherwise than stricter rules.
#[test_only, allow(implicit_const_copy)]
module sui::ed25519_tests;

use sui::ed25519::ed25519_verify;

const PUBLIC_KEY: vector<u8> =
    x"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

const SIGNATURE: vector<u8> =
    x"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

#[test]
fun vectors_of_the_rfc() {
    assert!(
        ed25519_verify(
            &x"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            &x"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &x"",
        ),
    );
    assert!(ed25519_verify(&SIGNATURE, &PUBLIC_KEY, &x"72"));
    assert!(
        ed25519_verify(
            &x"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            &x"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            &x"af82",
        ),
    );
}

#[test]
fun anything_changed_is_false() {
    assert!(!ed25519_verify(&SIGNATURE, &PUBLIC_KEY, &x"73"));
    assert!(!ed25519_verify(&SIGNATURE, &PUBLIC_KEY, &x""));
    vector[0u64, 31, 32, 63].do!(|i| {
        let mut changed = SIGNATURE;
        *(&mut changed[i]) = changed[i] ^ 1;
        assert!(!ed25519_verify(&changed, &PUBLIC_KEY, &x"72"));
    });
    let mut changed = PUBLIC_KEY;
    *(&mut changed[0]) = changed[0] ^ 1;
    assert!(!ed25519_verify(&SIGNATURE, &changed, &x"72"));
}

#[test]
fun wrong_lengths_are_false() {
    let mut signature = SIGNATURE;
    assert!(!ed25519_verify(&x"", &PUBLIC_KEY, &x"72"));
    assert!(!ed25519_verify(&signature, &x"", &x"72"));
    assert!(!ed25519_verify(&signature.take(63), &PUBLIC_KEY, &x"72"));
    assert!(!ed25519_verify(&signature, &PUBLIC_KEY.take(31), &x"72"));
    signature.push_back(0);
    assert!(!ed25519_verify(&signature, &PUBLIC_KEY, &x"72"));
}

#[test]
fun a_response_not_below_the_group_order_is_false() {
    let mut signature = SIGNATURE;
    // The group order added to the second half of the signature, little-endian.
    let order = x"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let mut carry = 0u16;
    32u64.do!(|i| {
        let sum = (signature[32 + i] as u16) + (order[i] as u16) + carry;
        *(&mut signature[32 + i]) = (sum & 0xFF) as u8;
        carry = sum >> 8;
    });
    assert!(!ed25519_verify(&signature, &PUBLIC_KEY, &x"72"));
}

#[test]
fun points_of_small_order_are_allowed() {
    let identity = x"0100000000000000000000000000000000000000000000000000000000000000";
    let mut signature = identity;
    signature.append(x"0000000000000000000000000000000000000000000000000000000000000000");
    assert!(ed25519_verify(&signature, &identity, &b"any message"));
}
