/// What the protocol version of the network offers.
module sui::protocol_config;

/// Whether a feature flag, named in ASCII, is on. Aborts in the runtime for an unknown name.
public(package) native fun is_feature_enabled(feature_flag_name: vector<u8>): bool;
