/// Merkle paths and openings, against an encoding by the official encoder.
#[test_only]
module walrus_audit::opening_tests;

use std::unit_test::assert_eq;
use walrus_audit::merkle;
use walrus_audit::opening;
use walrus_audit::openings;

const N_SHARDS: u16 = 10;

// === Merkle trees ===

#[test]
fun every_entry_of_every_list_is_included_at_its_place_only() {
    let ids = openings::ids();
    openings::list_roots().length().do!(|list| {
        let root = openings::list_roots()[list];
        let n = list + 1;
        n.do!(|i| {
            let path = &openings::list_paths()[list][i];
            n.do!(|place| {
                ids.length().do!(|entry| {
                    let included = merkle::is_included(&root, n, place, ids[entry], path);
                    assert_eq!(included, place == i && entry == i);
                })
            });
            // Neither beyond the end, nor in a list of another height.
            assert!(!merkle::is_included(&root, n, n, ids[i], path));
            assert!(!merkle::is_included(&root, 4 * n, i, ids[i], path));
        });
    });
}

#[test]
fun paths_have_the_height_of_the_tree() {
    let expected = vector[0, 0, 1, 2, 2, 3, 3, 3, 3, 4];
    expected.length().do!(|n| assert_eq!(merkle::height(n), expected[n]));
    assert_eq!(merkle::height(1000), 10);
    assert_eq!(merkle::height(1024), 10);
    assert_eq!(merkle::height(1025), 11);
}

#[test]
fun an_inner_node_is_no_leaf() {
    // The first inner node of the list of four, as a leaf of a list of two.
    let root = openings::list_roots()[3];
    let mut path = openings::list_paths()[3][0];
    let ids = openings::ids();
    let mut inner = vector[0];
    inner.append(ids[0]);
    let mut node = vector[1];
    node.append(sui::hash::blake2b256(&inner));
    node.append(path.remove(0));
    let digest = sui::hash::blake2b256(&node);
    assert!(!merkle::is_included(&root, 2, 0, digest, &path));
    node.remove(0);
    assert!(!merkle::is_included(&root, 2, 0, node, &path));
}

#[test]
fun altered_paths_are_refused() {
    let root = openings::list_roots()[4];
    let id = openings::ids()[2];
    let path = openings::list_paths()[4][2];
    assert!(merkle::is_included(&root, 5, 2, id, &path));
    let mut short = path;
    short.pop_back();
    assert!(!merkle::is_included(&root, 5, 2, id, &short));
    let mut long = path;
    long.push_back(path[0]);
    assert!(!merkle::is_included(&root, 5, 2, id, &long));
    path.length().do!(|i| {
        let mut changed = path;
        *(&mut changed[i][31]) = changed[i][31] ^ 1;
        assert!(!merkle::is_included(&root, 5, 2, id, &changed));
        let mut cut = path;
        cut[i].pop_back();
        assert!(!merkle::is_included(&root, 5, 2, id, &cut));
    });
    assert!(!merkle::is_included(&vector[], 5, 2, id, &path));
    assert!(!merkle::is_included(&root, 0, 0, id, &vector[]));
}

// === Openings ===

/// The test vector of the specification: with 1000 shards the blob ID rotates by 781.
#[test]
fun pairs_are_rotated_by_the_blob_id() {
    let id = x"e0857fa62198e50d40d24138895369db8b524cc454e982680587a5aac12466a5";
    let blob_id = sui::bcs::new(id).peel_u256();
    assert_eq!(opening::pair_index(blob_id, 781, 1000), 0);
    assert_eq!(opening::pair_index(blob_id, 0, 1000), 219);
    assert_eq!(opening::pair_index(blob_id, 999, 1000), 218);
    assert_eq!(
        opening::pair_index(openings::blob_id(), openings::shard(), N_SHARDS),
        openings::pair(),
    );
}

/// Verifies a symbol of the table, with what the test makes of it.
fun verify(
    axis: u8,
    index: u64,
    size: u64,
    primary_root: vector<u8>,
    pair_path: vector<vector<u8>>,
    chunks: vector<vector<u8>>,
    symbol_path: vector<vector<u8>>,
) {
    let target =
        opening::target(openings::blob_id(), openings::shard(), axis, index as u16);
    target.verify(
        N_SHARDS,
        openings::root_hash(),
        size,
        1,
        primary_root,
        openings::sliver_roots()[1],
        &pair_path,
        chunks,
        &symbol_path,
    );
}

#[test]
fun all_symbols_of_both_slivers_open() {
    2u8.do!(|axis| 10u64.do!(|i| {
        let symbol = openings::symbols(axis)[i];
        let path = openings::symbol_paths(axis)[i];
        let root = openings::sliver_roots()[0];
        verify(axis, i, 1000, root, openings::pair_path(), vector[symbol], path);
        // In several chunks, some of them empty.
        let chunks = vector[symbol.take(5), vector[], symbol.skip(5), vector[]];
        verify(axis, i, 1000, root, openings::pair_path(), chunks, path);
    }));
    let target = opening::target(1, 2, 3, 4);
    assert_eq!(target.blob_id(), 1);
    assert_eq!(target.shard(), 2);
    assert_eq!(target.axis(), 3);
    assert_eq!(target.symbol(), 4);
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongBlob)]
fun another_size() {
    verify(
        0,
        0,
        1001,
        openings::sliver_roots()[0],
        openings::pair_path(),
        vector[openings::symbols(0)[0]],
        openings::symbol_paths(0)[0],
    );
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSliverPair)]
fun another_sliver() {
    verify(
        0,
        0,
        1000,
        openings::sliver_roots()[1],
        openings::pair_path(),
        vector[openings::symbols(0)[0]],
        openings::symbol_paths(0)[0],
    );
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSliverPair)]
fun a_root_of_another_length() {
    verify(
        0,
        0,
        1000,
        vector[],
        openings::pair_path(),
        vector[openings::symbols(0)[0]],
        openings::symbol_paths(0)[0],
    );
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSymbolLength)]
fun a_symbol_with_a_byte_more() {
    verify(
        0,
        0,
        1000,
        openings::sliver_roots()[0],
        openings::pair_path(),
        vector[openings::symbols(0)[0], vector[0]],
        openings::symbol_paths(0)[0],
    );
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSymbol)]
fun another_symbol_of_the_sliver() {
    verify(
        0,
        0,
        1000,
        openings::sliver_roots()[0],
        openings::pair_path(),
        vector[openings::symbols(0)[1]],
        openings::symbol_paths(0)[1],
    );
}

#[test, expected_failure(abort_code = walrus_audit::opening::EWrongSymbol)]
fun a_symbol_of_the_other_axis() {
    verify(
        1,
        0,
        1000,
        openings::sliver_roots()[0],
        openings::pair_path(),
        vector[openings::symbols(0)[0]],
        openings::symbol_paths(0)[0],
    );
}
