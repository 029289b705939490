/// `sui::nitro_attestation`. The code is written as a number because packages rely on it.
#[test_only]
module sui::nitro_attestation_tests;

use sui::clock;
use sui::nitro_attestation::load_nitro_attestation;

#[test, expected_failure(abort_code = 0, location = sui::nitro_attestation)]
fun bytes_of_no_document() {
    let clock = clock::create_for_testing(&mut tx_context::dummy());
    load_nitro_attestation(b"no document", &clock);
    clock.destroy_for_testing();
}
