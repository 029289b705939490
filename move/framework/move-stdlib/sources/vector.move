/// Growable sequences, the only collection the virtual machine itself knows. The eight natives at
/// the top are bytecode instructions; everything else is built from them.
#[defines_primitive(vector)]
module std::vector;

public use fun std::string::utf8 as vector.to_string;
public use fun std::string::try_utf8 as vector.try_to_string;
public use fun std::ascii::string as vector.to_ascii_string;
public use fun std::ascii::try_string as vector.try_to_ascii_string;

/// An index lies outside the vector.
const EINDEX_OUT_OF_BOUNDS: u64 = 0x20000;

// === Bytecode instructions ===

/// A vector without elements.
#[bytecode_instruction]
public native fun empty<Element>(): vector<Element>;

/// How many elements `v` holds.
#[bytecode_instruction]
public native fun length<Element>(v: &vector<Element>): u64;

/// A reference to element `i`; the VM stops with a vector error when there is none.
#[syntax(index)]
#[bytecode_instruction]
public native fun borrow<Element>(v: &vector<Element>, i: u64): &Element;

/// Puts `e` behind the last element.
#[bytecode_instruction]
public native fun push_back<Element>(v: &mut vector<Element>, e: Element);

/// A mutable reference to element `i`; the VM stops with a vector error when there is none.
#[syntax(index)]
#[bytecode_instruction]
public native fun borrow_mut<Element>(v: &mut vector<Element>, i: u64): &mut Element;

/// Takes the last element off; the VM stops with a vector error when `v` is empty.
#[bytecode_instruction]
public native fun pop_back<Element>(v: &mut vector<Element>): Element;

/// Consumes a vector that has no elements; the VM stops with a vector error otherwise.
#[bytecode_instruction]
public native fun destroy_empty<Element>(v: vector<Element>);

/// Exchanges elements `i` and `j`; the VM stops with a vector error when either is missing.
#[bytecode_instruction]
public native fun swap<Element>(v: &mut vector<Element>, i: u64, j: u64);

// === Functions ===

/// The vector whose only element is `e`.
public fun singleton<Element>(e: Element): vector<Element> {
    vector[e]
}

/// Turns the order of the elements around, in place.
public fun reverse<Element>(v: &mut vector<Element>) {
    let n = v.length();
    let mut i = 0;
    while (i < n / 2) {
        v.swap(i, n - 1 - i);
        i = i + 1;
    }
}

/// Moves all elements of `other`, in their order, behind those of `lhs`.
public fun append<Element>(lhs: &mut vector<Element>, mut other: vector<Element>) {
    other.reverse();
    while (other.length() > 0) lhs.push_back(other.pop_back());
    other.destroy_empty();
}

/// Whether `v` has no elements.
public fun is_empty<Element>(v: &vector<Element>): bool {
    v.length() == 0
}

/// Whether some element of `v` equals `e`.
public fun contains<Element>(v: &vector<Element>, e: &Element): bool {
    let (found, _) = v.index_of(e);
    found
}

/// `(true, i)` where `i` is the first place of `e` in `v`, or `(false, 0)` when it is not there.
public fun index_of<Element>(v: &vector<Element>, e: &Element): (bool, u64) {
    let n = v.length();
    let mut i = 0;
    while (i < n) {
        if (&v[i] == e) return (true, i);
        i = i + 1;
    };
    (false, 0)
}

/// Takes out element `i`; the elements behind it move one place forward. Linear in their number.
/// Aborts with `EINDEX_OUT_OF_BOUNDS` when there is no element `i`.
public fun remove<Element>(v: &mut vector<Element>, mut i: u64): Element {
    let n = v.length();
    assert!(i < n, EINDEX_OUT_OF_BOUNDS);
    while (i + 1 < n) {
        v.swap(i, i + 1);
        i = i + 1;
    };
    v.pop_back()
}

/// Puts `e` at place `i`; the elements from there on move one place back. Linear in their number.
/// Aborts with `EINDEX_OUT_OF_BOUNDS` when `i` exceeds the length.
public fun insert<Element>(v: &mut vector<Element>, e: Element, i: u64) {
    let mut hole = v.length();
    assert!(i <= hole, EINDEX_OUT_OF_BOUNDS);
    v.push_back(e);
    while (hole > i) {
        v.swap(hole - 1, hole);
        hole = hole - 1;
    }
}

/// Takes out element `i` in constant time by letting the last element take its place.
/// Aborts with `EINDEX_OUT_OF_BOUNDS` when `v` is empty; any other bad index is a VM error.
public fun swap_remove<Element>(v: &mut vector<Element>, i: u64): Element {
    let n = v.length();
    assert!(n > 0, EINDEX_OUT_OF_BOUNDS);
    v.swap(i, n - 1);
    v.pop_back()
}

/// All elements but the first `n`; nothing remains when `n` exceeds the length.
public fun skip<T: drop>(mut v: vector<T>, n: u64): vector<T> {
    let mut rest = vector[];
    while (v.length() > n) rest.push_back(v.pop_back());
    rest.reverse();
    rest
}

/// The first `n` elements. Aborts when there are fewer.
public fun take<T: drop>(mut v: vector<T>, n: u64): vector<T> {
    assert!(n <= v.length());
    while (v.length() > n) { v.pop_back(); };
    v
}

/// The elements of all inner vectors, one after the other.
public fun flatten<T>(v: vector<vector<T>>): vector<T> {
    let mut flat = vector[];
    v.do!(|part| flat.append(part));
    flat
}

// === Macros ===

/// The vector `[f(0), …, f(n - 1)]`.
public macro fun tabulate<$T>($n: u64, $f: |u64| -> $T): vector<$T> {
    let n = $n;
    let mut v = vector[];
    let mut i = 0;
    while (i < n) {
        v.push_back($f(i));
        i = i + 1;
    };
    v
}

/// Consumes `v`, handing each element to `f`, first to last. The same as `do!`.
public macro fun destroy<$T, $R: drop>($v: vector<$T>, $f: |$T| -> $R) {
    let mut v = $v;
    v.reverse();
    while (!v.is_empty()) { $f(v.pop_back()); };
    v.destroy_empty();
}

/// Consumes `v`, handing each element to `f`, first to last.
public macro fun do<$T, $R: drop>($v: vector<$T>, $f: |$T| -> $R) {
    let mut v = $v;
    v.reverse();
    while (!v.is_empty()) { $f(v.pop_back()); };
    v.destroy_empty();
}

/// Hands a reference to each element to `f`, first to last.
public macro fun do_ref<$T, $R: drop>($v: &vector<$T>, $f: |&$T| -> $R) {
    let v = $v;
    let n = v.length();
    let mut i = 0;
    while (i < n) {
        $f(&v[i]);
        i = i + 1;
    }
}

/// Hands a mutable reference to each element to `f`, first to last.
public macro fun do_mut<$T, $R: drop>($v: &mut vector<$T>, $f: |&mut $T| -> $R) {
    let v = $v;
    let n = v.length();
    let mut i = 0;
    while (i < n) {
        $f(&mut v[i]);
        i = i + 1;
    }
}

/// The results of `f` on the elements, which are consumed, in the same order.
public macro fun map<$T, $U>($v: vector<$T>, $f: |$T| -> $U): vector<$U> {
    let mut mapped = vector[];
    do!($v, |e| mapped.push_back($f(e)));
    mapped
}

/// The results of `f` on references to the elements, in the same order.
public macro fun map_ref<$T, $U>($v: &vector<$T>, $f: |&$T| -> $U): vector<$U> {
    let mut mapped = vector[];
    do_ref!($v, |e| mapped.push_back($f(e)));
    mapped
}

/// The elements for which `f` is true, in the same order; the others are dropped.
public macro fun filter<$T: drop>($v: vector<$T>, $f: |&$T| -> bool): vector<$T> {
    let mut kept = vector[];
    do!($v, |e| if ($f(&e)) kept.push_back(e));
    kept
}

/// The elements for which `f` is true and those for which it is false, each in the same order.
public macro fun partition<$T>($v: vector<$T>, $f: |&$T| -> bool): (vector<$T>, vector<$T>) {
    let mut passed = vector[];
    let mut failed = vector[];
    do!($v, |e| if ($f(&e)) passed.push_back(e) else failed.push_back(e));
    (passed, failed)
}

/// The index of the first element for which `f` is true.
public macro fun find_index<$T>($v: &vector<$T>, $f: |&$T| -> bool): Option<u64> {
    let v = $v;
    let n = v.length();
    let mut i = 0;
    'search: {
        while (i < n) {
            if ($f(&v[i])) return 'search std::option::some(i);
            i = i + 1;
        };
        std::option::none()
    }
}

/// The indices, ascending, of all elements for which `f` is true.
public macro fun find_indices<$T>($v: &vector<$T>, $f: |&$T| -> bool): vector<u64> {
    let v = $v;
    let n = v.length();
    let mut indices = vector[];
    let mut i = 0;
    while (i < n) {
        if ($f(&v[i])) indices.push_back(i);
        i = i + 1;
    };
    indices
}

/// For how many elements `f` is true.
public macro fun count<$T>($v: &vector<$T>, $f: |&$T| -> bool): u64 {
    let mut n = 0;
    do_ref!($v, |e| if ($f(e)) n = n + 1);
    n
}

/// `f(… f(f(init, v[0]), v[1]) …)`: combines all elements, first to last, into one value.
public macro fun fold<$T, $Acc>($v: vector<$T>, $init: $Acc, $f: |$Acc, $T| -> $Acc): $Acc {
    let mut acc = $init;
    do!($v, |e| acc = $f(acc, e));
    acc
}

/// Whether `f` is true for some element; later elements are not looked at.
public macro fun any<$T>($v: &vector<$T>, $f: |&$T| -> bool): bool {
    let v = $v;
    let n = v.length();
    let mut i = 0;
    'search: {
        while (i < n) {
            if ($f(&v[i])) return 'search true;
            i = i + 1;
        };
        false
    }
}

/// Whether `f` is true for all elements; stops at the first for which it is not.
public macro fun all<$T>($v: &vector<$T>, $f: |&$T| -> bool): bool {
    let v = $v;
    let n = v.length();
    let mut i = 0;
    'search: {
        while (i < n) {
            if (!$f(&v[i])) return 'search false;
            i = i + 1;
        };
        true
    }
}

/// Consumes both vectors, handing the pairs of elements at the same index to `f`, first to last.
/// Aborts when the lengths differ.
public macro fun zip_do<$T1, $T2, $R: drop>(
    $v1: vector<$T1>,
    $v2: vector<$T2>,
    $f: |$T1, $T2| -> $R,
) {
    let v1 = $v1;
    let mut v2 = $v2;
    assert!(v1.length() == v2.length());
    v2.reverse();
    v1.do!(|e1| $f(e1, v2.pop_back()));
    v2.destroy_empty();
}

/// As `zip_do!`, last pair to first. Aborts when the lengths differ.
public macro fun zip_do_reverse<$T1, $T2, $R: drop>(
    $v1: vector<$T1>,
    $v2: vector<$T2>,
    $f: |$T1, $T2| -> $R,
) {
    let mut v1 = $v1;
    let mut v2 = $v2;
    assert!(v1.length() == v2.length());
    while (!v1.is_empty()) { $f(v1.pop_back(), v2.pop_back()); };
    v1.destroy_empty();
    v2.destroy_empty();
}

/// Hands references to the pairs of elements at the same index to `f`, first to last.
/// Aborts when the lengths differ.
public macro fun zip_do_ref<$T1, $T2, $R: drop>(
    $v1: &vector<$T1>,
    $v2: &vector<$T2>,
    $f: |&$T1, &$T2| -> $R,
) {
    let v1 = $v1;
    let v2 = $v2;
    let n = v1.length();
    assert!(n == v2.length());
    let mut i = 0;
    while (i < n) {
        $f(&v1[i], &v2[i]);
        i = i + 1;
    }
}

/// Hands mutable references to the pairs of elements at the same index to `f`, first to last.
/// Aborts when the lengths differ.
public macro fun zip_do_mut<$T1, $T2, $R: drop>(
    $v1: &mut vector<$T1>,
    $v2: &mut vector<$T2>,
    $f: |&mut $T1, &mut $T2| -> $R,
) {
    let v1 = $v1;
    let v2 = $v2;
    let n = v1.length();
    assert!(n == v2.length());
    let mut i = 0;
    while (i < n) {
        $f(&mut v1[i], &mut v2[i]);
        i = i + 1;
    }
}

/// Consumes both vectors and gives `f` of each pair at the same index. Aborts when the lengths
/// differ.
public macro fun zip_map<$T1, $T2, $U>(
    $v1: vector<$T1>,
    $v2: vector<$T2>,
    $f: |$T1, $T2| -> $U,
): vector<$U> {
    let mut mapped = vector[];
    zip_do!($v1, $v2, |e1, e2| mapped.push_back($f(e1, e2)));
    mapped
}

/// `f` of references to each pair at the same index. Aborts when the lengths differ.
public macro fun zip_map_ref<$T1, $T2, $U>(
    $v1: &vector<$T1>,
    $v2: &vector<$T2>,
    $f: |&$T1, &$T2| -> $U,
): vector<$U> {
    let mut mapped = vector[];
    zip_do_ref!($v1, $v2, |e1, e2| mapped.push_back($f(e1, e2)));
    mapped
}

/// Sorts in place so that `le` holds between neighbours. Stable; cheap for short or nearly sorted
/// vectors, quadratic in the worst case.
public macro fun insertion_sort_by<$T>($v: &mut vector<$T>, $le: |&$T, &$T| -> bool) {
    let v = $v;
    let n = v.length();
    let mut sorted = 1;
    while (sorted < n) {
        let mut i = sorted;
        while (i > 0 && !$le(&v[i - 1], &v[i])) {
            v.swap(i - 1, i);
            i = i - 1;
        };
        sorted = sorted + 1;
    }
}

/// Sorts in place so that `le` holds between neighbours. Stable, `n log n` comparisons.
public macro fun merge_sort_by<$T>($v: &mut vector<$T>, $le: |&$T, &$T| -> bool) {
    let v = $v;
    // Runs are sorted and kept last element first, so that merging only pops and pushes.
    let mut runs: vector<vector<$T>> = vector[];
    while (!v.is_empty()) runs.push_back(vector[v.pop_back()]);
    runs.reverse();
    while (runs.length() > 1) {
        let mut merged = vector[];
        runs.reverse();
        while (!runs.is_empty()) {
            let mut left = runs.pop_back();
            if (!runs.is_empty()) {
                let mut right = runs.pop_back();
                let mut run = vector[];
                while (!left.is_empty() && !right.is_empty()) {
                    let take_left = $le(&left[left.length() - 1], &right[right.length() - 1]);
                    run.push_back(if (take_left) left.pop_back() else right.pop_back());
                };
                left.reverse();
                right.reverse();
                run.append(left);
                run.append(right);
                run.reverse();
                merged.push_back(run);
            } else {
                merged.push_back(left);
            };
        };
        runs.destroy_empty();
        runs = merged;
    };
    runs.destroy!(|mut run| {
        run.reverse();
        v.append(run);
    });
}

/// Whether `le` holds between all neighbours.
public macro fun is_sorted_by<$T>($v: &vector<$T>, $le: |&$T, &$T| -> bool): bool {
    let v = $v;
    let n = v.length();
    let mut i = 1;
    'search: {
        while (i < n) {
            if (!$le(&v[i - 1], &v[i])) return 'search false;
            i = i + 1;
        };
        true
    }
}

/// The longest beginning of `v` for all elements of which `p` is true.
public macro fun take_while<$T: drop>($v: vector<$T>, $p: |&$T| -> bool): vector<$T> {
    let mut v = $v;
    v.reverse();
    let mut taken = vector[];
    'walk: {
        while (!v.is_empty()) {
            let e = v.pop_back();
            if (!$p(&e)) return 'walk;
            taken.push_back(e);
        };
    };
    taken
}

/// What remains of `v` from the first element on for which `p` is false.
public macro fun skip_while<$T: drop>($v: vector<$T>, $p: |&$T| -> bool): vector<$T> {
    let mut v = $v;
    v.reverse();
    'walk: {
        while (!v.is_empty()) {
            if (!$p(&v[v.length() - 1])) return 'walk;
            v.pop_back();
        };
    };
    v.reverse();
    v
}
