/// What `sui::groth16` does itself. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::groth16_tests;

use std::unit_test::assert_eq;
use sui::groth16;

#[test]
fun curves_differ() {
    assert!(groth16::bls12381() != groth16::bn254());
    assert_eq!(std::bcs::to_bytes(&groth16::bls12381()), x"00");
    assert_eq!(std::bcs::to_bytes(&groth16::bn254()), x"01");
}

#[test]
fun prepared_keys_are_their_parts() {
    let pvk = groth16::pvk_from_bytes(x"01", x"02", x"03", x"04");
    assert_eq!(std::bcs::to_bytes(&pvk), x"0101010201030104");
    assert_eq!(groth16::pvk_to_bytes(pvk), vector[x"01", x"02", x"03", x"04"]);
}

#[test]
fun inputs_are_up_to_eight_scalars() {
    vector[0u64, 1, 8].do!(|n| {
        let bytes = vector::tabulate!(32 * n, |_| 0);
        assert_eq!(
            std::bcs::to_bytes(&groth16::public_proof_inputs_from_bytes(bytes)),
            std::bcs::to_bytes(&bytes),
        );
    });
}

#[test]
fun proof_points_are_their_bytes() {
    assert_eq!(std::bcs::to_bytes(&groth16::proof_points_from_bytes(b"abc")), x"03616263");
}

#[test, expected_failure(abort_code = 3, location = sui::groth16)]
fun inputs_cut_short() {
    groth16::public_proof_inputs_from_bytes(vector::tabulate!(33, |_| 0));
}

#[test, expected_failure(abort_code = 2, location = sui::groth16)]
fun nine_inputs() {
    groth16::public_proof_inputs_from_bytes(vector::tabulate!(32 * 9, |_| 0));
}
