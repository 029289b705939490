/// What the protocol version of the network offers.
module sui::protocol_config;

/// Whether a feature flag, named in ASCII, is on. Flags the network does not know are off.
public(package) native fun is_feature_enabled(feature_flag_name: vector<u8>): bool;
