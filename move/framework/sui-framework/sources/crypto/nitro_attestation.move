/// Documents in which an AWS Nitro enclave says what code it runs, signed by its hypervisor.
module sui::nitro_attestation;

use sui::clock::Clock;

/// The network does not offer this operation.
#[allow(unused_const)]
const ENotSupportedError: u64 = 0;

/// The document does not have the right form.
#[allow(unused_const)]
const EParseError: u64 = 1;

/// The signature or the chain of certificates does not hold, or a certificate is out of date.
#[allow(unused_const)]
const EVerifyError: u64 = 2;

/// The platform configuration registers do not have the right form.
#[allow(unused_const)]
const EInvalidPCRsError: u64 = 3;

/// A platform configuration register: a hash of part of what the enclave runs.
public struct PCREntry has drop {
    index: u8,
    value: vector<u8>,
}

/// A verified document.
public struct NitroAttestationDocument has drop {
    module_id: vector<u8>,
    timestamp: u64,
    digest: vector<u8>,
    pcrs: vector<PCREntry>,
    public_key: Option<vector<u8>>,
    user_data: Option<vector<u8>>,
    nonce: Option<vector<u8>>,
}

/// The document of these bytes (COSE of CBOR), verified at the time of the clock up to the root
/// certificate of AWS. Aborts with one of this module's codes.
public fun load_nitro_attestation(
    attestation: vector<u8>,
    clock: &Clock,
): NitroAttestationDocument {
    load_nitro_attestation_internal(&attestation, clock.timestamp_ms())
}

/// The name of the module that issued the document.
public fun module_id(attestation: &NitroAttestationDocument): &vector<u8> {
    &attestation.module_id
}

/// When the document was made, in milliseconds since 1970.
public fun timestamp(attestation: &NitroAttestationDocument): &u64 {
    &attestation.timestamp
}

/// The name of the hash function of the registers.
public fun digest(attestation: &NitroAttestationDocument): &vector<u8> {
    &attestation.digest
}

/// The registers that are not all zero.
public fun pcrs(attestation: &NitroAttestationDocument): &vector<PCREntry> {
    &attestation.pcrs
}

/// The public key that the enclave put into the document.
public fun public_key(attestation: &NitroAttestationDocument): &Option<vector<u8>> {
    &attestation.public_key
}

/// The data that the enclave put into the document.
public fun user_data(attestation: &NitroAttestationDocument): &Option<vector<u8>> {
    &attestation.user_data
}

/// The nonce that the enclave put into the document.
public fun nonce(attestation: &NitroAttestationDocument): &Option<vector<u8>> {
    &attestation.nonce
}

/// The index of the register.
public fun index(entry: &PCREntry): u8 {
    entry.index
}

/// The hash in the register.
public fun value(entry: &PCREntry): &vector<u8> {
    &entry.value
}

/// As `load_nitro_attestation`, at a time in milliseconds since 1970.
native fun load_nitro_attestation_internal(
    attestation: &vector<u8>,
    current_timestamp: u64,
): NitroAttestationDocument;

#[test]
fun getters_give_the_fields() {
    let document = NitroAttestationDocument {
        module_id: b"i-1-enc2",
        timestamp: 3,
        digest: b"SHA384",
        pcrs: vector[PCREntry { index: 4, value: x"05" }],
        public_key: option::some(x"06"),
        user_data: option::none(),
        nonce: option::some(x"07"),
    };
    assert!(document.module_id() == b"i-1-enc2");
    assert!(document.timestamp() == 3);
    assert!(document.digest() == b"SHA384");
    assert!(document.pcrs().length() == 1);
    assert!(document.pcrs()[0].index() == 4);
    assert!(document.pcrs()[0].value() == x"05");
    assert!(document.public_key() == option::some(x"06"));
    assert!(document.user_data().is_none());
    assert!(document.nonce() == option::some(x"07"));
}
