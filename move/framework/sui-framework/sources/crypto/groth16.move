/// Verification of the zero-knowledge proofs of Groth16 on curves BLS12-381 and BN254.
///
/// Keys, inputs and proofs are in the compressed form of the arkworks libraries.
module sui::groth16;

/// The verifying key does not have the right form.
#[allow(unused_const)]
const EInvalidVerifyingKey: u64 = 0;

/// The curve is unknown.
#[allow(unused_const)]
const EInvalidCurve: u64 = 1;

/// There are more than 8 public inputs.
const ETooManyPublicInputs: u64 = 2;

/// The bytes are no sequence of scalars of 32 bytes.
const EInvalidScalar: u64 = 3;

/// The most public inputs a proof may have.
const MAX_PUBLIC_INPUTS: u64 = 8;

/// The number of bytes of a scalar.
const SCALAR_SIZE: u64 = 32;

/// A curve, by its number in the VM.
public struct Curve has copy, drop, store {
    id: u8,
}

/// A verifying key of which the parts that do not depend on the proof are computed already.
public struct PreparedVerifyingKey has copy, drop, store {
    vk_gamma_abc_g1_bytes: vector<u8>,
    alpha_g1_beta_g2_bytes: vector<u8>,
    gamma_g2_neg_pc_bytes: vector<u8>,
    delta_g2_neg_pc_bytes: vector<u8>,
}

/// The public inputs of a proof, one after the other.
public struct PublicProofInputs has copy, drop, store {
    bytes: vector<u8>,
}

/// The three points of a proof.
public struct ProofPoints has copy, drop, store {
    bytes: vector<u8>,
}

/// The curve BLS12-381.
public fun bls12381(): Curve {
    Curve { id: 0 }
}

/// The curve BN254.
public fun bn254(): Curve {
    Curve { id: 1 }
}

/// The prepared key of these parts, unchecked.
public fun pvk_from_bytes(
    vk_gamma_abc_g1_bytes: vector<u8>,
    alpha_g1_beta_g2_bytes: vector<u8>,
    gamma_g2_neg_pc_bytes: vector<u8>,
    delta_g2_neg_pc_bytes: vector<u8>,
): PreparedVerifyingKey {
    PreparedVerifyingKey {
        vk_gamma_abc_g1_bytes,
        alpha_g1_beta_g2_bytes,
        gamma_g2_neg_pc_bytes,
        delta_g2_neg_pc_bytes,
    }
}

/// The four parts of the prepared key, in the order in which `pvk_from_bytes` takes them.
public fun pvk_to_bytes(pvk: PreparedVerifyingKey): vector<vector<u8>> {
    let PreparedVerifyingKey {
        vk_gamma_abc_g1_bytes,
        alpha_g1_beta_g2_bytes,
        gamma_g2_neg_pc_bytes,
        delta_g2_neg_pc_bytes,
    } = pvk;
    vector[
        vk_gamma_abc_g1_bytes,
        alpha_g1_beta_g2_bytes,
        gamma_g2_neg_pc_bytes,
        delta_g2_neg_pc_bytes,
    ]
}

/// The inputs of these bytes: scalars of 32 bytes, little-endian. Aborts with `EInvalidScalar` when
/// the last is cut short and with `ETooManyPublicInputs` above 8.
public fun public_proof_inputs_from_bytes(bytes: vector<u8>): PublicProofInputs {
    assert!(bytes.length() % SCALAR_SIZE == 0, EInvalidScalar);
    assert!(bytes.length() / SCALAR_SIZE <= MAX_PUBLIC_INPUTS, ETooManyPublicInputs);
    PublicProofInputs { bytes }
}

/// The points of these bytes, unchecked.
public fun proof_points_from_bytes(bytes: vector<u8>): ProofPoints {
    ProofPoints { bytes }
}

/// Computes what verification needs of a key and no proof changes. Aborts with
/// `EInvalidVerifyingKey` or `EInvalidCurve`.
public fun prepare_verifying_key(curve: &Curve, verifying_key: &vector<u8>): PreparedVerifyingKey {
    prepare_verifying_key_internal(curve.id, verifying_key)
}

/// Whether the proof holds for the public inputs under the key. Aborts with `EInvalidCurve`,
/// `EInvalidScalar`, `EInvalidVerifyingKey` or `ETooManyPublicInputs`.
public fun verify_groth16_proof(
    curve: &Curve,
    prepared_verifying_key: &PreparedVerifyingKey,
    public_proof_inputs: &PublicProofInputs,
    proof_points: &ProofPoints,
): bool {
    verify_groth16_proof_internal(
        curve.id,
        &prepared_verifying_key.vk_gamma_abc_g1_bytes,
        &prepared_verifying_key.alpha_g1_beta_g2_bytes,
        &prepared_verifying_key.gamma_g2_neg_pc_bytes,
        &prepared_verifying_key.delta_g2_neg_pc_bytes,
        &public_proof_inputs.bytes,
        &proof_points.bytes,
    )
}

/// As `prepare_verifying_key`.
native fun prepare_verifying_key_internal(
    curve: u8,
    verifying_key: &vector<u8>,
): PreparedVerifyingKey;

/// As `verify_groth16_proof`.
native fun verify_groth16_proof_internal(
    curve: u8,
    vk_gamma_abc_g1_bytes: &vector<u8>,
    alpha_g1_beta_g2_bytes: &vector<u8>,
    gamma_g2_neg_pc_bytes: &vector<u8>,
    delta_g2_neg_pc_bytes: &vector<u8>,
    public_proof_inputs: &vector<u8>,
    proof_points: &vector<u8>,
): bool;
