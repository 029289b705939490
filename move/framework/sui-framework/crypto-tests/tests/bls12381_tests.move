/// `sui::bls12381`. Multiples of the generators, hashes to the curve and signatures were computed with
/// noble-curves. Abort codes are written as numbers because packages rely on them.
#[test_only, allow(implicit_const_copy)]
module sui_crypto_tests::bls12381_tests;

use std::unit_test::assert_eq;
use sui::bls12381::{Self, Scalar};
use sui::group_ops::Element;

/// The group order, big-endian.
const ORDER: vector<u8> = x"73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

const G1_2: vector<u8> =
    x"a572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62ae28f75bb8f1c7c42c39a8c5529bf0f4e";

const G1_3: vector<u8> =
    x"89ece308f9d1f0131765212deca99697b112d61f9be9a5f1f3780a51335b3ff981747a0b2ca2179b96d2c0c9024e5224";

const G1_6: vector<u8> =
    x"a6e82f6da4520f85c5d27d8f329eccfa05944fd1096b20734c894966d12a9e2a9a9744529d7212d33883113a0cadb909";

const G2_2: vector<u8> =
    x"aa4edef9c1ed7f729f520e47730a124fd70662a904ba1074728114d1031e1572c6c886f6b57ec72a6178288c47c335771638533957d540a9d2370f17cc7ed5863bc0b995b8825e0ee1ea1e1e4d00dbae81f14b0bf3611b78c952aacab827a053";

const G2_3: vector<u8> =
    x"89380275bbc8e5dcea7dc4dd7e0550ff2ac480905396eda55062650f8d251c96eb480673937cc6d9d6a44aaa56ca66dc122915c824a0857e2ee414a3dccb23ae691ae54329781315a0c75df1c04d6d7a50a030fc866f09d516020ef82324afae";

const G2_6: vector<u8> =
    x"83f4b4e761936d90fd5f55f99087138a07a69755ad4a46e4dd1c2cfe6d11371e1cc033111a0595e3bba98d0f538db45119e384121b7d70927c49e6d044fd8517c36bc6ed2813a8956dd64f049869e8a77f7e46930240e6984abe26fa6a89658f";

/// On the curve, but not in the group.
const OUTSIDE_G1: vector<u8> =
    x"800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000004";

const MESSAGE: vector<u8> = b"message";

const PUBLIC_KEY_G1: vector<u8> =
    x"b138d489aae2c8970bfbde0ec856380bee782d21a3970103be785bf7283c830954da5eb1b9114183538908cac1382815";

const PUBLIC_KEY_G2: vector<u8> =
    x"a1d6ff62c0ecab6c144a940fb8f87469ebfc81bac7dfd534ccf5c9805138f17b4d25d21e0b3ace6e29eb339a44f497230424c44efb3532f5b075e61f43fae55ea23df5f7bcad61c9b991e60509a3808770d4332d1a1519668b1c9a42d0dc8039";

const SIGNATURE_G1: vector<u8> =
    x"8922961def265249ff28bfbd187cb7a1f5ebbc479c60a28aab8d79032863d278e2a2ad806509182620cd7878f22b73b0";

const SIGNATURE_G2: vector<u8> =
    x"a91e4b3a2948f0486d5faaf9c60556c7aebe662851c2af9d36fbecc21ad4e601f911ce56d34502a2907fb39342a02d141910312cee491d9af9a82256af3020540f6eb76b09990ce7213ba668eb8d616aecc442488d6be56aff36183d28e60893";

fun scalar(x: u64): Element<Scalar> {
    bls12381::scalar_from_u64(x)
}

#[test]
fun scalars_follow_the_laws_of_a_field() {
    assert_eq!(scalar(0), bls12381::scalar_zero());
    assert_eq!(scalar(1), bls12381::scalar_one());
    assert_eq!(bls12381::scalar_add(&scalar(2), &scalar(3)), scalar(5));
    assert_eq!(bls12381::scalar_sub(&scalar(5), &scalar(3)), scalar(2));
    assert_eq!(bls12381::scalar_mul(&scalar(2), &scalar(3)), scalar(6));
    assert_eq!(bls12381::scalar_div(&scalar(2), &scalar(6)), scalar(3));
    assert_eq!(
        bls12381::scalar_neg(&scalar(1)),
        bls12381::scalar_from_bytes(&x"73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000"),
    );
    assert_eq!(
        bls12381::scalar_inv(&scalar(2)),
        bls12381::scalar_from_bytes(&x"39f6d3a994cebea4199cec0404d0ec02a9ded2017fff2dff7fffffff80000001"),
    );
    assert_eq!(bls12381::scalar_neg(&scalar(0)), scalar(0));
    assert_eq!(
        *scalar(0x0102030405060708).bytes(),
        x"0000000000000000000000000000000000000000000000000102030405060708",
    );
}

#[test]
fun g1_follows_the_laws_of_a_group() {
    let one = bls12381::g1_generator();
    let two = bls12381::g1_from_bytes(&G1_2);
    let three = bls12381::g1_from_bytes(&G1_3);
    let six = bls12381::g1_from_bytes(&G1_6);
    let zero = bls12381::g1_identity();
    assert_eq!(bls12381::g1_from_bytes(one.bytes()), one);
    assert_eq!(bls12381::g1_from_bytes(zero.bytes()), zero);
    assert_eq!(bls12381::g1_add(&one, &one), two);
    assert_eq!(bls12381::g1_add(&two, &one), three);
    assert_eq!(bls12381::g1_add(&zero, &two), two);
    assert_eq!(bls12381::g1_sub(&three, &two), one);
    assert_eq!(bls12381::g1_sub(&three, &three), zero);
    assert_eq!(bls12381::g1_mul(&scalar(2), &three), six);
    assert_eq!(bls12381::g1_mul(&scalar(0), &three), zero);
    assert_eq!(bls12381::g1_div(&scalar(2), &six), three);
    assert_eq!(bls12381::g1_add(&three, &bls12381::g1_neg(&three)), zero);
    assert_eq!(*bls12381::g1_neg(&one).bytes(), x"b7f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
}

#[test]
fun hash_to_g1() {
    assert_eq!(
        *bls12381::hash_to_g1(&b"abc").bytes(),
        x"8ab1bfed57bef131b205541860254dd546a592eaa86da31f3128792be5e0a7a823cb6e7f5e4b82e2e0cfc84ef82f5cdb",
    );
}

#[test]
fun g1_multi_scalar_multiplication() {
    let one = bls12381::g1_generator();
    let two = bls12381::g1_from_bytes(&G1_2);
    assert_eq!(
        *bls12381::g1_multi_scalar_multiplication(
            &vector[scalar(2), scalar(2)],
            &vector[one, two],
        ).bytes(),
        G1_6,
    );
    // The most terms there may be.
    assert_eq!(
        bls12381::g1_multi_scalar_multiplication(
            &vector::tabulate!(32, |_| scalar(1)),
            &vector::tabulate!(32, |_| one),
        ),
        bls12381::g1_mul(&scalar(32), &one),
    );
}

#[test]
fun g2_follows_the_laws_of_a_group() {
    let one = bls12381::g2_generator();
    let two = bls12381::g2_from_bytes(&G2_2);
    let three = bls12381::g2_from_bytes(&G2_3);
    let six = bls12381::g2_from_bytes(&G2_6);
    let zero = bls12381::g2_identity();
    assert_eq!(bls12381::g2_from_bytes(one.bytes()), one);
    assert_eq!(bls12381::g2_from_bytes(zero.bytes()), zero);
    assert_eq!(bls12381::g2_add(&one, &one), two);
    assert_eq!(bls12381::g2_add(&two, &one), three);
    assert_eq!(bls12381::g2_add(&zero, &two), two);
    assert_eq!(bls12381::g2_sub(&three, &two), one);
    assert_eq!(bls12381::g2_sub(&three, &three), zero);
    assert_eq!(bls12381::g2_mul(&scalar(2), &three), six);
    assert_eq!(bls12381::g2_mul(&scalar(0), &three), zero);
    assert_eq!(bls12381::g2_div(&scalar(2), &six), three);
    assert_eq!(bls12381::g2_add(&three, &bls12381::g2_neg(&three)), zero);
    assert_eq!(*bls12381::g2_neg(&one).bytes(), x"b3e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8");
}

#[test]
fun hash_to_g2() {
    assert_eq!(
        *bls12381::hash_to_g2(&b"abc").bytes(),
        x"89d977002d7afe013debf409d2d95f6b49495d92e904874a9b35c2c314cdf95d35b61ab2b4218c22ffbb82eb2c4aeef60eb30ce531087cd542cf33a5940752f71d49584b1c6db73277661ca69f253d28ec8e67c45384da8af75a2c9c56a8ff77",
    );
}

#[test]
fun g2_multi_scalar_multiplication() {
    let one = bls12381::g2_generator();
    let two = bls12381::g2_from_bytes(&G2_2);
    assert_eq!(
        *bls12381::g2_multi_scalar_multiplication(
            &vector[scalar(2), scalar(2)],
            &vector[one, two],
        ).bytes(),
        G2_6,
    );
    // The most terms there may be.
    assert_eq!(
        bls12381::g2_multi_scalar_multiplication(
            &vector::tabulate!(32, |_| scalar(1)),
            &vector::tabulate!(32, |_| one),
        ),
        bls12381::g2_mul(&scalar(32), &one),
    );
}

#[test]
fun gt_follows_the_laws_of_a_group() {
    let one = bls12381::gt_generator();
    let zero = bls12381::gt_identity();
    let two = bls12381::gt_add(&one, &one);
    let three = bls12381::gt_add(&two, &one);
    let six = bls12381::gt_add(&three, &three);
    assert_eq!(bls12381::gt_add(&zero, &one), one);
    assert_eq!(bls12381::gt_sub(&three, &two), one);
    assert_eq!(bls12381::gt_sub(&three, &three), zero);
    assert_eq!(bls12381::gt_mul(&scalar(2), &three), six);
    assert_eq!(bls12381::gt_div(&scalar(2), &six), three);
    assert_eq!(bls12381::gt_add(&one, &bls12381::gt_neg(&one)), zero);
}

#[test]
fun the_pairing_is_bilinear() {
    assert_eq!(
        bls12381::pairing(&bls12381::g1_generator(), &bls12381::g2_generator()),
        bls12381::gt_generator(),
    );
    assert_eq!(
        bls12381::pairing(&bls12381::g1_from_bytes(&G1_2), &bls12381::g2_from_bytes(&G2_3)),
        bls12381::gt_mul(&scalar(6), &bls12381::gt_generator()),
    );
    assert_eq!(
        bls12381::pairing(&bls12381::g1_identity(), &bls12381::g2_generator()),
        bls12381::gt_identity(),
    );
}

#[test]
fun uncompressed_points() {
    let one = bls12381::g1_to_uncompressed_g1(&bls12381::g1_generator());
    assert_eq!(
        *one.bytes(),
        x"17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1",
    );
    let two = bls12381::g1_to_uncompressed_g1(&bls12381::g1_from_bytes(&G1_2));
    let three = bls12381::uncompressed_g1_sum(&vector[one, two]);
    assert_eq!(
        *three.bytes(),
        x"09ece308f9d1f0131765212deca99697b112d61f9be9a5f1f3780a51335b3ff981747a0b2ca2179b96d2c0c9024e5224032b80d3a6f5b09f8a84623389c5f80ca69a0cddabc3097f9d9c27310fd43be6e745256c634af45ca3473b0590ae30d1",
    );
    assert_eq!(*bls12381::uncompressed_g1_to_g1(&three).bytes(), G1_3);
    assert_eq!(
        bls12381::uncompressed_g1_to_g1(&bls12381::uncompressed_g1_sum(&vector[])),
        bls12381::g1_identity(),
    );
}

#[test]
fun signatures_in_g2() {
    assert!(bls12381::bls12381_min_pk_verify(&SIGNATURE_G2, &PUBLIC_KEY_G1, &MESSAGE));
    assert!(!bls12381::bls12381_min_pk_verify(&SIGNATURE_G2, &PUBLIC_KEY_G1, &b"other"));
    assert!(!bls12381::bls12381_min_pk_verify(&SIGNATURE_G2, &G1_2, &MESSAGE));
    assert!(!bls12381::bls12381_min_pk_verify(&G2_2, &PUBLIC_KEY_G1, &MESSAGE));
    assert!(!bls12381::bls12381_min_pk_verify(&SIGNATURE_G2, &OUTSIDE_G1, &MESSAGE));
    assert!(!bls12381::bls12381_min_pk_verify(&x"00", &PUBLIC_KEY_G1, &MESSAGE));
    assert!(!bls12381::bls12381_min_pk_verify(&SIGNATURE_G2, &x"00", &MESSAGE));
    assert!(!bls12381::bls12381_min_pk_verify(&SIGNATURE_G1, &PUBLIC_KEY_G2, &MESSAGE));
}

#[test]
fun signatures_in_g1() {
    assert!(bls12381::bls12381_min_sig_verify(&SIGNATURE_G1, &PUBLIC_KEY_G2, &MESSAGE));
    assert!(!bls12381::bls12381_min_sig_verify(&SIGNATURE_G1, &PUBLIC_KEY_G2, &b"other"));
    assert!(!bls12381::bls12381_min_sig_verify(&SIGNATURE_G1, &G2_2, &MESSAGE));
    assert!(!bls12381::bls12381_min_sig_verify(&G1_2, &PUBLIC_KEY_G2, &MESSAGE));
    assert!(!bls12381::bls12381_min_sig_verify(&OUTSIDE_G1, &PUBLIC_KEY_G2, &MESSAGE));
    assert!(!bls12381::bls12381_min_sig_verify(&x"00", &PUBLIC_KEY_G2, &MESSAGE));
    assert!(!bls12381::bls12381_min_sig_verify(&SIGNATURE_G1, &x"00", &MESSAGE));
    assert!(!bls12381::bls12381_min_sig_verify(&SIGNATURE_G2, &PUBLIC_KEY_G1, &MESSAGE));
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun scalar_of_the_order() {
    bls12381::scalar_from_bytes(&ORDER);
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun scalar_too_short() {
    bls12381::scalar_from_bytes(&ORDER.take(31));
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun scalar_by_zero() {
    bls12381::scalar_div(&scalar(0), &scalar(1));
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun inverse_of_zero() {
    bls12381::scalar_inv(&scalar(0));
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun g1_by_zero() {
    bls12381::g1_div(&scalar(0), &bls12381::g1_generator());
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun g2_by_zero() {
    bls12381::g2_div(&scalar(0), &bls12381::g2_generator());
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun gt_by_zero() {
    bls12381::gt_div(&scalar(0), &bls12381::gt_generator());
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun point_outside_the_group() {
    bls12381::g1_from_bytes(&OUTSIDE_G1);
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun g1_too_short() {
    bls12381::g1_from_bytes(&G1_2.take(47));
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun g2_too_short() {
    bls12381::g2_from_bytes(&G2_2.take(95));
}

#[test, expected_failure(abort_code = 2, location = sui::group_ops)]
fun terms_of_33() {
    bls12381::g1_multi_scalar_multiplication(
        &vector::tabulate!(33, |_| scalar(1)),
        &vector::tabulate!(33, |_| bls12381::g1_generator()),
    );
}

#[test, expected_failure(abort_code = 2, location = sui::group_ops)]
fun sum_of_1201() {
    bls12381::uncompressed_g1_sum(
        &vector::tabulate!(
            1201,
            |_| bls12381::g1_to_uncompressed_g1(&bls12381::g1_identity()),
        ),
    );
}
