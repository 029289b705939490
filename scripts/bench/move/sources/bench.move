/// Loops that the localnet benchmark runs on two VMs. `ROUNDS` is replaced before compilation.
module bench::bench;

const ROUNDS: u64 = 1;

public struct Point has copy, drop { x: u64, y: u64 }

public struct Cell<T: copy + drop> has copy, drop { value: T }

fun next(state: u64): u64 { (state * 1103515245 + 12345) % 2147483648 }

fun swap_value<T: copy + drop>(cell: &mut Cell<T>, value: T): T {
    let old = cell.value;
    cell.value = value;
    old
}

#[test]
fun arithmetic() {
    let mut i = 0;
    let mut state = 1;
    while (i < ROUNDS) {
        state = (state * 1103515245 + 12345) % 2147483648;
        state = state ^ (state >> 3);
        i = i + 1;
    };
    assert!(state < 4294967296, 0);
}

#[test]
fun vectors() {
    let mut values = vector[1u64, 2, 3, 4, 5, 6, 7, 8];
    let mut i = 0;
    while (i < ROUNDS) {
        let at = i % 8;
        let value = values[at];
        *&mut values[at] = (value + i) % 1000003;
        values.push_back(value);
        values.pop_back();
        i = i + 1;
    };
    assert!(values.length() == 8, 0);
}

#[test]
fun structs() {
    let mut point = Point { x: 1, y: 2 };
    let mut i = 0;
    while (i < ROUNDS) {
        let copied = point;
        point.x = (copied.x + copied.y) % 1000003;
        point.y = copied.x;
        i = i + 1;
    };
    assert!(point.x < 1000003, 0);
}

#[test]
fun generic_calls() {
    let mut cell = Cell { value: 1u64 };
    let mut i = 0;
    while (i < ROUNDS) {
        let old = swap_value(&mut cell, next(i));
        cell.value = (cell.value + old) % 2147483648;
        i = i + 1;
    };
    assert!(cell.value < 2147483648, 0);
}
