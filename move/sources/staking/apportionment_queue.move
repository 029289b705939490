/// A binary max-heap of values by priority, used to hand out shards and to select votes.
///
/// Of two equal priorities the one with the smaller tie breaker comes first; tie breakers are
/// distinct, so the order is total and the same for everybody.
module walrus::apportionment_queue;

/// There is nothing to pop.
const EPopFromEmptyHeap: u64 = 0;

/// A value with its place in the order.
public struct Entry<T> has copy, drop, store {
    /// Higher comes first.
    priority: u128,
    /// Among equal priorities, lower comes first.
    tie_breaker: u64,
    /// What is queued.
    value: T,
}

/// Heap in array form: the children of entry `i` are the entries `2i + 1` and `2i + 2`.
public struct ApportionmentQueue<T> has copy, drop, store {
    /// A binary heap: no entry comes before its parent.
    entries: vector<Entry<T>>,
}

/// An empty queue.
public(package) fun new<T>(): ApportionmentQueue<T> {
    ApportionmentQueue { entries: vector[] }
}

/// Number of queued values.
public(package) fun length<T>(self: &ApportionmentQueue<T>): u64 { self.entries.length() }

/// Whether nothing is queued.
public(package) fun is_empty<T>(self: &ApportionmentQueue<T>): bool { self.entries.is_empty() }

/// Queues a value.
public(package) fun insert<T>(
    self: &mut ApportionmentQueue<T>,
    priority: u128,
    tie_breaker: u64,
    value: T,
) {
    let mut child = self.entries.length();
    self.entries.push_back(Entry { priority, tie_breaker, value });
    while (child > 0) {
        let parent = (child - 1) / 2;
        if (!self.precedes(child, parent)) break;
        self.entries.swap(child, parent);
        child = parent;
    }
}

/// Removes the first entry and returns its priority, tie breaker and value.
public(package) fun pop<T>(self: &mut ApportionmentQueue<T>): (u128, u64, T) {
    assert!(!self.entries.is_empty(), EPopFromEmptyHeap);
    let Entry { priority, tie_breaker, value } = self.entries.swap_remove(0);
    let length = self.entries.length();
    let mut parent = 0;
    loop {
        let left = 2 * parent + 1;
        if (left >= length) break;
        let right = left + 1;
        let first = if (right < length && self.precedes(right, left)) right else left;
        if (!self.precedes(first, parent)) break;
        self.entries.swap(first, parent);
        parent = first;
    };
    (priority, tie_breaker, value)
}

/// Whether entry `a` comes before entry `b`.
fun precedes<T>(self: &ApportionmentQueue<T>, a: u64, b: u64): bool {
    let (a, b) = (&self.entries[a], &self.entries[b]);
    a.priority > b.priority || (a.priority == b.priority && a.tie_breaker < b.tie_breaker)
}
