/// A value that may be absent: a vector of at most one element.
module std::option;

/// Holds one value or none.
public struct Option<Element> has copy, drop, store {
    vec: vector<Element>,
}

/// A value is there where none may be.
const EOPTION_IS_SET: u64 = 0x40000;

/// No value is there where one must be.
const EOPTION_NOT_SET: u64 = 0x40001;

/// The option without a value.
public fun none<Element>(): Option<Element> {
    Option { vec: vector[] }
}

/// The option that holds `e`.
public fun some<Element>(e: Element): Option<Element> {
    Option { vec: vector[e] }
}

/// Whether there is no value.
public fun is_none<Element>(t: &Option<Element>): bool {
    t.vec.is_empty()
}

/// Whether there is a value.
public fun is_some<Element>(t: &Option<Element>): bool {
    !t.vec.is_empty()
}

/// Whether there is a value and it equals `e_ref`.
public fun contains<Element>(t: &Option<Element>, e_ref: &Element): bool {
    t.vec.contains(e_ref)
}

/// A reference to the value. Aborts with `EOPTION_NOT_SET` when there is none.
public fun borrow<Element>(t: &Option<Element>): &Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    &t.vec[0]
}

/// A reference to the value, or `default_ref` when there is none.
public fun borrow_with_default<Element>(t: &Option<Element>, default_ref: &Element): &Element {
    if (t.is_some()) &t.vec[0] else default_ref
}

/// A copy of the value, or `default` when there is none.
public fun get_with_default<Element: copy + drop>(t: &Option<Element>, default: Element): Element {
    if (t.is_some()) t.vec[0] else default
}

/// Puts `e` into the empty option. Aborts with `EOPTION_IS_SET` when it is not empty.
public fun fill<Element>(t: &mut Option<Element>, e: Element) {
    assert!(t.is_none(), EOPTION_IS_SET);
    t.vec.push_back(e);
}

/// Takes the value out and leaves the option empty. Aborts with `EOPTION_NOT_SET` when it was.
public fun extract<Element>(t: &mut Option<Element>): Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    t.vec.pop_back()
}

/// A mutable reference to the value. Aborts with `EOPTION_NOT_SET` when there is none.
public fun borrow_mut<Element>(t: &mut Option<Element>): &mut Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    &mut t.vec[0]
}

/// Replaces the value by `e` and gives the old one. Aborts with `EOPTION_NOT_SET` when there is
/// none.
public fun swap<Element>(t: &mut Option<Element>, e: Element): Element {
    let old = t.extract();
    t.vec.push_back(e);
    old
}

/// Puts `e` into the option and gives what was there before.
public fun swap_or_fill<Element>(t: &mut Option<Element>, e: Element): Option<Element> {
    let old = if (t.is_some()) some(t.vec.pop_back()) else none();
    t.vec.push_back(e);
    old
}

/// Consumes the option and gives its value, or `default` when there is none.
public fun destroy_with_default<Element: drop>(t: Option<Element>, default: Element): Element {
    let Option { mut vec } = t;
    if (vec.is_empty()) default else vec.pop_back()
}

/// Consumes the option and gives its value. Aborts with `EOPTION_NOT_SET` when there is none.
public fun destroy_some<Element>(t: Option<Element>): Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    let Option { mut vec } = t;
    let e = vec.pop_back();
    vec.destroy_empty();
    e
}

/// Consumes the empty option. Aborts with `EOPTION_IS_SET` when it holds a value.
public fun destroy_none<Element>(t: Option<Element>) {
    assert!(t.is_none(), EOPTION_IS_SET);
    let Option { vec } = t;
    vec.destroy_empty();
}

/// The vector that holds the value, or nothing when there is none.
public fun to_vec<Element>(t: Option<Element>): vector<Element> {
    let Option { vec } = t;
    vec
}

// === Macros ===

/// Consumes the option and hands its value, if any, to `f`. The same as `do!`.
public macro fun destroy<$T, $R: drop>($o: Option<$T>, $f: |$T| -> $R) {
    do!($o, $f)
}

/// Consumes the option and hands its value, if any, to `f`.
public macro fun do<$T, $R: drop>($o: Option<$T>, $f: |$T| -> $R) {
    let o = $o;
    if (o.is_some()) {
        $f(o.destroy_some());
    } else o.destroy_none()
}

/// Hands a reference to the value, if any, to `f`.
public macro fun do_ref<$T, $R: drop>($o: &Option<$T>, $f: |&$T| -> $R) {
    let o = $o;
    if (o.is_some()) {
        $f(o.borrow());
    }
}

/// Hands a mutable reference to the value, if any, to `f`.
public macro fun do_mut<$T, $R: drop>($o: &mut Option<$T>, $f: |&mut $T| -> $R) {
    let o = $o;
    if (o.is_some()) {
        $f(o.borrow_mut());
    }
}

/// The option itself when it holds a value, otherwise `default`, which is evaluated only then.
public macro fun or<$T>($o: Option<$T>, $default: Option<$T>): Option<$T> {
    let o = $o;
    if (o.is_some()) {
        o
    } else {
        o.destroy_none();
        $default
    }
}

/// `f` of the value, or no value when there is none.
public macro fun and<$T, $U>($o: Option<$T>, $f: |$T| -> Option<$U>): Option<$U> {
    let o = $o;
    if (o.is_some()) {
        $f(o.destroy_some())
    } else {
        o.destroy_none();
        none()
    }
}

/// `f` of a reference to the value, or no value when there is none.
public macro fun and_ref<$T, $U>($o: &Option<$T>, $f: |&$T| -> Option<$U>): Option<$U> {
    let o = $o;
    if (o.is_some()) $f(o.borrow()) else none()
}

/// The option itself when it holds a value for which `f` is true, otherwise no value.
public macro fun filter<$T: drop>($o: Option<$T>, $f: |&$T| -> bool): Option<$T> {
    let o = $o;
    if (o.is_some() && $f(o.borrow())) o else none()
}

/// Whether there is a value and `f` is true for it.
public macro fun is_some_and<$T>($o: &Option<$T>, $f: |&$T| -> bool): bool {
    let o = $o;
    o.is_some() && $f(o.borrow())
}

/// Takes the value out, or gives `default`, evaluated only then, when there is none.
public macro fun extract_or<$T>($o: &mut Option<$T>, $default: $T): $T {
    let o = $o;
    if (o.is_some()) o.extract() else $default
}

/// Consumes the option and gives its value, or `default`, evaluated only then, when there is none.
public macro fun destroy_or<$T>($o: Option<$T>, $default: $T): $T {
    let o = $o;
    if (o.is_some()) {
        o.destroy_some()
    } else {
        o.destroy_none();
        $default
    }
}

/// The option that holds `f` of the value, if there is one.
public macro fun map<$T, $U>($o: Option<$T>, $f: |$T| -> $U): Option<$U> {
    let o = $o;
    if (o.is_some()) {
        some($f(o.destroy_some()))
    } else {
        o.destroy_none();
        none()
    }
}

/// The option that holds `f` of a reference to the value, if there is one.
public macro fun map_ref<$T, $U>($o: &Option<$T>, $f: |&$T| -> $U): Option<$U> {
    let o = $o;
    if (o.is_some()) some($f(o.borrow())) else none()
}

/// Consumes the option: `some` of the value, or `none`, evaluated only then, when there is none.
public macro fun fold<$T, $R>($o: Option<$T>, $none: $R, $some: |$T| -> $R): $R {
    let o = $o;
    if (o.is_some()) {
        $some(o.destroy_some())
    } else {
        o.destroy_none();
        $none
    }
}

/// `some` of a reference to the value, or `none`, evaluated only then, when there is none.
public macro fun fold_ref<$T, $R>($o: &Option<$T>, $none: $R, $some: |&$T| -> $R): $R {
    let o = $o;
    if (o.is_some()) $some(o.borrow()) else $none
}
