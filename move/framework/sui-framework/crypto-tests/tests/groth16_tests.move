/// `sui::groth16`. Keys and proofs were made from known secrets with noble-curves: for secrets α, β, γ, δ
/// and the combination l of the public inputs, the scalars a, b and (ab - αβ - lγ) / δ times the
/// generators are a proof. Abort codes are written as numbers because packages rely on them.
#[test_only, allow(implicit_const_copy)]
module sui_crypto_tests::groth16_tests;

use sui::groth16::{Self, Curve};

/// The public inputs 5 and 7.
const INPUTS: vector<u8> =
    x"05000000000000000000000000000000000000000000000000000000000000000700000000000000000000000000000000000000000000000000000000000000";

const BLS12381_KEY: vector<u8> =
    x"80fd75ebcc0a21649e3177bcce15426da0e4f25d6828fbf4038d4d7ed3bd4421de3ef61d70f794687b12b2d571971a558bf78a97086750eb166986ed8e428ca1d23ae3bbf8b2ee67451d7dd84445311e8bc8ab558b0bc008199f577195fc39b7152110e866f1a6e8c5348f6e005dbd93de671b7d0fbfa04d6614bcdd27a3cb2a70f0deacb3608ba95226268481a0be7cad05ceb0be53d2624a796a7a033aec59d9463c18d672c451ec4f2e679daef882cab7d8dd88789065156a1340ca9d42650ef786ebdcda12e142a32f091307f2fedf52f6c36beb278b0007a03ad81bf9fee3710a04928e43e541d02c9be44722e8ad52c7a82fece99279de7a49439c0ff8463a637cc6003320275d69549442c95184fd75ee5e7122e5575af7432e51592902b29192945df0a74eed138e431962f1d39978202d247335ffbf29d8a02e982c69e96b58d7d92528baf5c422ed633f1f03000000000000008c8b694b04d98a749a0763c72fc020ef61b2bb3f63ebb182cb2e568f6a8b9ca3ae013ae78317599e7e7ba2a528ec754a8515e7f61ca0470e165a44d247a23f17f24bf6e37185467bedb7981c1003ea70bbec875703f793dd8d11e56afa7f74bab29043a7273d0a2dbc2b747dcf6a5eccbd7ccb44b2d72e985537b117929bc3fd3a99001481327788ad040b4077c47c0d";

const BLS12381_PROOF: vector<u8> =
    x"8f207bd83dad262dd9de867748094f7141dade78704eca74a71fd9cfc9136b5278d934db83f4f3908d7a3de84d583fc9aec5ca29110a3bb3b1e0edc0fb7442d252ba737a91f98851bbfd91dbb035ed3cd8a4bf41246c2074fb94de59774faf31132e787664ad6dbabce1bb87ffb4cb09086059cf806e45ac94861c1462224c8f67517377aef83d3c86d3f9ea7fed79f0a8992824bf55e7e102c798810d6e6abcf2a5d3f66abef01480e25720b8b57f2e036ae535c3b88478798a72e0beb2f79b";

const BN254_KEY: vector<u8> =
    x"ef493dfc801fb7a82cc12ae97f478224b8cdee518680a89d1809b037557014aaf705a9721515cd6427fbe51db944623124d1ebfa35960475dca9cca7f366ad23d1979052ae0a83ab2e6dbb27d4373cee4c09cc8a583911f5568c8a69f0da9e8098801fb4c199e216ff498f8d55b50280b7cbdc9d73297b6719311db667a3510c2c9c49ae4e16a4f1bf33b959327a1d70bc15b2b54b508bed473bffa5bb7170224d4075bff6893dc7c440b0199c7a10730ccb152a13ada40b3dc73bb79abacb154ec5e9a54fca6bc048247603f06fe6c0661431414837744159c6185fe37b40a50300000000000000f111b8290c6270c9d481efb9cfd214d36a77f21ff84ce8c1de71e90e0f26289e7d0af0ddc7b0628555559bb154c45c0c42767120d374d715ef1a2eeac1ff05163c85adbd93a07e673bfdbfa2a4581f6476a952a179e3bfcbf4a6771225fab494";

const BN254_PROOF: vector<u8> =
    x"63d0459e9d9cb4edd10e6492383acb3ef24cf102e15a105fbead4b6da553f22483c00c7f04e239c2151aba64446341c331977207618acb165b5976c33702551474c0ccd54d626ba63d7ff131dd26ea74cccc014dd01db4f3338cf092cb81249107023193fe66ba7b62554f0778ea7fb32ea092cfd7bbe2a7a623b7f5d2cb880d";

fun verify(curve: Curve, key: vector<u8>, inputs: vector<u8>, proof: vector<u8>): bool {
    groth16::verify_groth16_proof(
        &curve,
        &groth16::prepare_verifying_key(&curve, &key),
        &groth16::public_proof_inputs_from_bytes(inputs),
        &groth16::proof_points_from_bytes(proof),
    )
}

#[test]
fun valid_proofs() {
    assert!(verify(groth16::bls12381(), BLS12381_KEY, INPUTS, BLS12381_PROOF));
    assert!(verify(groth16::bn254(), BN254_KEY, INPUTS, BN254_PROOF));
}

#[test]
fun other_inputs_are_false() {
    let mut inputs = INPUTS;
    *(&mut inputs[0]) = 6;
    assert!(!verify(groth16::bls12381(), BLS12381_KEY, inputs, BLS12381_PROOF));
    assert!(!verify(groth16::bn254(), BN254_KEY, inputs, BN254_PROOF));
}

#[test]
fun prepared_keys_survive_their_bytes() {
    let curve = groth16::bn254();
    let mut parts = groth16::pvk_to_bytes(groth16::prepare_verifying_key(&curve, &BN254_KEY));
    let delta = parts.pop_back();
    let gamma = parts.pop_back();
    let alpha_beta = parts.pop_back();
    let gamma_abc = parts.pop_back();
    assert!(
        groth16::verify_groth16_proof(
            &curve,
            &groth16::pvk_from_bytes(gamma_abc, alpha_beta, gamma, delta),
            &groth16::public_proof_inputs_from_bytes(INPUTS),
            &groth16::proof_points_from_bytes(BN254_PROOF),
        ),
    );
}

#[test, expected_failure(abort_code = 0, location = sui::groth16)]
fun bytes_of_no_key() {
    groth16::prepare_verifying_key(&groth16::bn254(), &x"00");
}

#[test, expected_failure(abort_code = 3, location = sui::groth16)]
fun input_not_below_the_order() {
    let mut inputs = vector::tabulate!(32, |_| 0xFF);
    inputs.append(INPUTS.skip(32));
    verify(groth16::bn254(), BN254_KEY, inputs, BN254_PROOF);
}
