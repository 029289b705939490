/// A vector of any size: a table whose keys are 0, 1, 2, ….
module sui::table_vec;

use sui::table::{Self, Table};

/// The index is not below the length.
const EIndexOutOfBound: u64 = 0;
/// The vector still has elements.
const ETableNonEmpty: u64 = 1;

/// A vector of elements that are stored apart.
public struct TableVec<phantom Element: store> has store {
    contents: Table<u64, Element>,
}

/// An empty vector.
public fun empty<Element: store>(ctx: &mut TxContext): TableVec<Element> {
    TableVec { contents: table::new(ctx) }
}

/// A vector with one element.
public fun singleton<Element: store>(e: Element, ctx: &mut TxContext): TableVec<Element> {
    let mut t = empty(ctx);
    t.push_back(e);
    t
}

/// Number of elements.
public fun length<Element: store>(t: &TableVec<Element>): u64 {
    t.contents.length()
}

/// Whether there is no element.
public fun is_empty<Element: store>(t: &TableVec<Element>): bool {
    t.length() == 0
}

#[syntax(index)]
/// Element number `i`; aborts with `EIndexOutOfBound`.
public fun borrow<Element: store>(t: &TableVec<Element>, i: u64): &Element {
    assert!(i < t.length(), EIndexOutOfBound);
    &t.contents[i]
}

/// Adds an element at the end.
public fun push_back<Element: store>(t: &mut TableVec<Element>, e: Element) {
    let end = t.length();
    t.contents.add(end, e);
}

#[syntax(index)]
/// Element number `i`, to be changed; aborts with `EIndexOutOfBound`.
public fun borrow_mut<Element: store>(t: &mut TableVec<Element>, i: u64): &mut Element {
    assert!(i < t.length(), EIndexOutOfBound);
    &mut t.contents[i]
}

/// Takes the last element; aborts with `EIndexOutOfBound` when there is none.
public fun pop_back<Element: store>(t: &mut TableVec<Element>): Element {
    let length = t.length();
    assert!(length > 0, EIndexOutOfBound);
    t.contents.remove(length - 1)
}

/// Destroys an empty vector; aborts with `ETableNonEmpty` otherwise.
public fun destroy_empty<Element: store>(t: TableVec<Element>) {
    assert!(t.length() == 0, ETableNonEmpty);
    let TableVec { contents } = t;
    contents.destroy_empty();
}

/// Destroys a vector whatever it holds. The elements can never be reached again.
public fun drop<Element: drop + store>(t: TableVec<Element>) {
    let TableVec { contents } = t;
    contents.drop()
}

/// Exchanges elements `i` and `j`; aborts with `EIndexOutOfBound`.
public fun swap<Element: store>(t: &mut TableVec<Element>, i: u64, j: u64) {
    let length = t.length();
    assert!(i < length && j < length, EIndexOutOfBound);
    if (i == j) return;
    let a = t.contents.remove(i);
    let b = t.contents.remove(j);
    t.contents.add(j, a);
    t.contents.add(i, b);
}

/// Takes element `i` and puts the last one in its place; aborts with `EIndexOutOfBound`.
public fun swap_remove<Element: store>(t: &mut TableVec<Element>, i: u64): Element {
    let length = t.length();
    assert!(i < length, EIndexOutOfBound);
    let last = length - 1;
    t.swap(i, last);
    t.pop_back()
}
