/// Helpers of unit tests; they exist in test builds only.
#[test_only]
module std::unit_test;

/// Calls to this mark a module as built for tests, which no network publishes.
public native fun poison();

/// Consumes any value, whatever its abilities.
public native fun destroy<T>(x: T);

/// Aborts, printing both values, unless they are equal.
public macro fun assert_eq<$T: drop>($t1: $T, $t2: $T) {
    let t1 = $t1;
    let t2 = $t2;
    assert_ref_eq!(&t1, &t2)
}

/// Aborts, printing both values, unless the values behind the references are equal.
public macro fun assert_ref_eq<$T>($t1: &$T, $t2: &$T) {
    let t1 = $t1;
    let t2 = $t2;
    if (t1 != t2) {
        std::debug::print(&b"Not equal:".to_ascii_string());
        std::debug::print(t1);
        std::debug::print(t2);
        assert!(false)
    }
}
