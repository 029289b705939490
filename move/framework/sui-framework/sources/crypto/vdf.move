/// Verifiable delay functions: squaring in a class group of imaginary quadratic forms, with proofs
/// of Wesolowski.
module sui::vdf;

/// An element or a proof does not have the right form, or the number of squarings is zero.
#[allow(unused_const)]
const EInvalidInput: u64 = 0;

/// The element of the group to which `message` hashes.
public fun hash_to_input(message: &vector<u8>): vector<u8> {
    hash_to_input_internal(message)
}

/// Whether `proof` shows that `output` is `input` squared `iterations` times. Aborts with
/// `EInvalidInput`.
public fun vdf_verify(
    input: &vector<u8>,
    output: &vector<u8>,
    proof: &vector<u8>,
    iterations: u64,
): bool {
    vdf_verify_internal(input, output, proof, iterations)
}

/// As `hash_to_input`.
native fun hash_to_input_internal(message: &vector<u8>): vector<u8>;

/// As `vdf_verify`.
native fun vdf_verify_internal(
    input: &vector<u8>,
    output: &vector<u8>,
    proof: &vector<u8>,
    iterations: u64,
): bool;
