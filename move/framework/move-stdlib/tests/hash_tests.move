/// `std::hash`, with the example messages of NIST (FIPS 180 and 202): nothing, `abc`, 56 and 200
/// bytes.
#[test_only]
module std::hash_tests;

use std::hash;
use std::unit_test::assert_eq;

#[test]
fun sha2_256() {
    assert_eq!(
        hash::sha2_256(b""),
        x"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    assert_eq!(
        hash::sha2_256(b"abc"),
        x"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    assert_eq!(
        hash::sha2_256(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        x"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    assert_eq!(
        hash::sha2_256(vector::tabulate!(200, |_| 0xA3)),
        x"8edfea24cad8f0e6da7fb5ebde442300fdf913be8a3bdfce06557e34d8f4efa3",
    );
}

#[test]
fun sha3_256() {
    assert_eq!(
        hash::sha3_256(b""),
        x"a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
    );
    assert_eq!(
        hash::sha3_256(b"abc"),
        x"3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    );
    assert_eq!(
        hash::sha3_256(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        x"41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376",
    );
    assert_eq!(
        hash::sha3_256(vector::tabulate!(200, |_| 0xA3)),
        x"79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787",
    );
}
