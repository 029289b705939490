#[test_only]
module walrus::encoding_tests;

use std::unit_test::assert_eq;
use walrus::blob;
use walrus::encoding;
use walrus::market_tables;
use walrus::redstuff;

#[test]
fun sizes_agree_with_the_reference() {
    market_tables::encoded_sizes().do!(|row| {
        let n_shards = row[1] as u16;
        assert_eq!(redstuff::symbol_size(row[0], n_shards) as u64, row[2]);
        assert_eq!(encoding::encoded_blob_length(row[0], 1, n_shards), row[3]);
    });
}

#[test]
fun sizes_agree_with_the_specification() {
    vector[
        vector[0, 1000, 66_034_000],
        vector[1, 1000, 66_034_000],
        vector[445_556, 1000, 66_034_000],
        vector[445_557, 1000, 68_036_000],
        vector[1_000_000, 1000, 70_038_000],
        vector[1 << 20, 1000, 70_038_000],
        vector[22_277_800, 1000, 164_132_000],
        vector[1_000_000_000, 1000, 4_558_522_000],
        vector[1 << 30, 1000, 4_888_852_000],
        vector[1000, 7, 7_168],
        vector[0, 7, 3_472],
        vector[1000, 10, 10_680],
        vector[0, 10, 6_940],
        vector[2_800, 10, 17_720],
        vector[31 << 20, 100, 144_770_200],
    ].do!(|row| assert_eq!(encoding::encoded_blob_length(row[0], 1, row[1] as u16), row[2]));
}

#[test]
fun shares_of_the_shards() {
    // n, f, K1, K2
    vector[
        vector[4, 1, 2, 3],
        vector[7, 2, 3, 5],
        vector[10, 3, 4, 7],
        vector[1000, 333, 334, 667],
    ].do!(|row| {
        let n_shards = row[0] as u16;
        assert_eq!(redstuff::max_byzantine(n_shards), row[1]);
        assert_eq!(redstuff::source_symbols_primary(n_shards), row[2]);
        assert_eq!(redstuff::source_symbols_secondary(n_shards), row[3]);
    });
    assert_eq!(redstuff::metadata_length(1000), 64_032);
}

#[test]
fun blob_ids_agree_with_the_reference() {
    market_tables::blob_ids().do!(|row| {
        assert_eq!(blob::derive_blob_id(row[0], row[1] as u8, row[2] as u64), row[3]);
    });
}

#[test]
fun blob_id_agrees_with_the_specification() {
    let root_hash = sui::bcs::new(vector::tabulate!(32, |i| i as u8)).peel_u256();
    let blob_id = sui::bcs::new(
        x"e0857fa62198e50d40d24138895369db8b524cc454e982680587a5aac12466a5",
    ).peel_u256();
    assert_eq!(blob::derive_blob_id(root_hash, 1, 1000), blob_id);
}

#[test, expected_failure(abort_code = encoding::EInvalidEncodingType)]
fun retired_encoding_type_fails() {
    encoding::encoded_blob_length(1, 0, 1000);
}

#[test, expected_failure(abort_code = encoding::EInvalidEncodingType)]
fun unknown_encoding_type_fails() {
    encoding::encoded_blob_length(1, 2, 1000);
}

#[test, expected_failure(arithmetic_error, location = walrus::redstuff)]
fun too_large_blob_fails() {
    encoding::encoded_blob_length(14_599_533_453, 1, 1000);
}

#[test, expected_failure(arithmetic_error, location = walrus::redstuff)]
fun largest_number_as_size_fails() {
    encoding::encoded_blob_length(std::u64::max_value!(), 1, 10);
}
