/// A queue that gives the value of highest priority first: a binary heap in a vector. Values of equal
/// priority come in no particular order.
module sui::priority_queue;

/// The queue is empty.
const EPopFromEmptyHeap: u64 = 0;

/// There are not as many values as priorities.
const EUnequalLengths: u64 = 0;

/// No entry has a higher priority than the one at half its index, counted from one.
public struct PriorityQueue<T: drop> has drop, store {
    entries: vector<Entry<T>>,
}

/// A value and its priority.
public struct Entry<T: drop> has drop, store {
    priority: u64,
    value: T,
}

/// The queue of these entries.
public fun new<T: drop>(mut entries: vector<Entry<T>>): PriorityQueue<T> {
    let n = entries.length();
    let mut i = n / 2;
    while (i > 0) {
        i = i - 1;
        sift_down(&mut entries, i);
    };
    PriorityQueue { entries }
}

/// Takes out the value of highest priority, given behind that priority. Aborts with
/// `EPopFromEmptyHeap` when there is none.
public fun pop_max<T: drop>(pq: &mut PriorityQueue<T>): (u64, T) {
    assert!(!pq.entries.is_empty(), EPopFromEmptyHeap);
    let Entry { priority, value } = pq.entries.swap_remove(0);
    sift_down(&mut pq.entries, 0);
    (priority, value)
}

/// Puts in a value.
public fun insert<T: drop>(pq: &mut PriorityQueue<T>, priority: u64, value: T) {
    let i = pq.entries.length();
    pq.entries.push_back(Entry { priority, value });
    sift_up(&mut pq.entries, i);
}

/// An entry for `new`.
public fun new_entry<T: drop>(priority: u64, value: T): Entry<T> {
    Entry { priority, value }
}

/// The entries of these priorities and the values of the same index. Aborts with code 0 when the
/// vectors differ in length.
public fun create_entries<T: drop>(p: vector<u64>, v: vector<T>): vector<Entry<T>> {
    assert!(p.length() == v.length(), EUnequalLengths);
    p.zip_map!(v, |priority, value| Entry { priority, value })
}

/// All priorities, in the order of the heap.
public fun priorities<T: drop>(pq: &PriorityQueue<T>): vector<u64> {
    pq.entries.map_ref!(|entry| entry.priority)
}

/// Moves the entry at `i` towards the root until the one above is no less.
fun sift_up<T: drop>(entries: &mut vector<Entry<T>>, mut i: u64) {
    while (i > 0) {
        let parent = (i - 1) / 2;
        if (entries[i].priority <= entries[parent].priority) return;
        entries.swap(i, parent);
        i = parent;
    }
}

/// Moves the entry at `i` away from the root until both below are no more.
fun sift_down<T: drop>(entries: &mut vector<Entry<T>>, mut i: u64) {
    let n = entries.length();
    loop {
        let left = 2 * i + 1;
        let right = left + 1;
        let mut largest = i;
        if (left < n && entries[left].priority > entries[largest].priority) largest = left;
        if (right < n && entries[right].priority > entries[largest].priority) largest = right;
        if (largest == i) return;
        entries.swap(i, largest);
        i = largest;
    }
}
