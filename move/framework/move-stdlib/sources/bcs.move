/// Serialisation to BCS, the one canonical byte form of every Move value.
module std::bcs;

/// The BCS bytes of `v`.
public native fun to_bytes<MoveValue>(v: &MoveValue): vector<u8>;
