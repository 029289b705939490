/// `sui::ecvrf`, with the example of Sui's documentation. Abort codes are written as numbers because
/// packages rely on them.
#[test_only, allow(implicit_const_copy)]
module sui::ecvrf_tests;

use sui::ecvrf::ecvrf_verify;

const ALPHA: vector<u8> = b"Hello, world!";

const PUBLIC_KEY: vector<u8> =
    x"928744da5ffa614d65dd1d5659a8e9dd558e68f8565946ef3d54215d90cba015";

const HASH: vector<u8> =
    x"2b7e45821d80567761e8bb3fc519efe5ad80cdb4423227289f960319bbcf6eea1aef30c023617d73f589f98272b87563c6669f82b51dafbeb5b9cf3b17c73437";

const PROOF: vector<u8> =
    x"18ccf8bf316f00b387fc6e7b26f2d3ddadbf5e9c66d3a30986f12b208108551f9c6da87793a857d79261338a50430074b1dbc7f8f05e492149c51313381248b4229ebdda367146dbbbf95809c7fb330d";

#[test]
fun a_valid_proof() {
    assert!(ecvrf_verify(&HASH, &ALPHA, &PUBLIC_KEY, &PROOF));
}

#[test]
fun anything_changed_is_false() {
    assert!(!ecvrf_verify(&HASH, &b"Hello, World!", &PUBLIC_KEY, &PROOF));
    let mut changed = HASH;
    *(&mut changed[0]) = changed[0] ^ 1;
    assert!(!ecvrf_verify(&changed, &ALPHA, &PUBLIC_KEY, &PROOF));
    let mut changed = PROOF;
    *(&mut changed[32]) = changed[32] ^ 1;
    assert!(!ecvrf_verify(&HASH, &ALPHA, &PUBLIC_KEY, &changed));
    // Another point: the generator of RFC 9496.
    let other = x"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    assert!(!ecvrf_verify(&HASH, &ALPHA, &other, &PROOF));
}

#[test, expected_failure(abort_code = 1, location = sui::ecvrf)]
fun hash_too_short() {
    ecvrf_verify(&HASH.take(63), &ALPHA, &PUBLIC_KEY, &PROOF);
}

#[test, expected_failure(abort_code = 2, location = sui::ecvrf)]
fun public_key_too_short() {
    ecvrf_verify(&HASH, &ALPHA, &PUBLIC_KEY.take(31), &PROOF);
}

#[test, expected_failure(abort_code = 2, location = sui::ecvrf)]
fun public_key_of_no_point() {
    ecvrf_verify(&HASH, &ALPHA, &vector::tabulate!(32, |_| 0xFF), &PROOF);
}

#[test, expected_failure(abort_code = 3, location = sui::ecvrf)]
fun proof_too_short() {
    ecvrf_verify(&HASH, &ALPHA, &PUBLIC_KEY, &PROOF.take(79));
}
