/// The order of node IDs, in which committees list their members.
module walrus::sort;

/// Whether `a` comes strictly before `b` when both are read as big-endian numbers.
public(package) fun id_less_than(a: &ID, b: &ID): bool {
    a.to_address().to_u256() < b.to_address().to_u256()
}

/// Whether the IDs strictly ascend, hence contain no duplicate.
public(package) fun is_strictly_ascending(ids: &vector<ID>): bool {
    let n = ids.length();
    let mut i = 1;
    while (i < n) {
        if (!id_less_than(&ids[i - 1], &ids[i])) return false;
        i = i + 1;
    };
    true
}
