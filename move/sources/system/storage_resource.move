/// Storage resources: paid space for a range of epochs, which can be split, fused and traded.
module walrus::storage_resource;

/// The epoch does not lie inside the range of the resource.
const EInvalidEpoch: u64 = 0;
/// The ranges of the two resources do not fit together.
const EIncompatibleEpochs: u64 = 1;
/// The sizes of the two resources do not fit together, or the resource is too small.
const EIncompatibleAmount: u64 = 2;
/// A resource must start before it ends.
const EInvalidEpochRange: u64 = 3;

/// The right to store `storage_size` encoded bytes in the epochs from `start_epoch` to `end_epoch` - 1.
public struct Storage has key, store {
    /// The resource's own ID.
    id: UID,
    /// First epoch of the range.
    start_epoch: u32,
    /// First epoch after the range.
    end_epoch: u32,
    /// Encoded bytes.
    storage_size: u64,
}

// === Views ===

/// First epoch of the range.
public fun start_epoch(self: &Storage): u32 {
    self.start_epoch
}

/// First epoch after the range.
public fun end_epoch(self: &Storage): u32 {
    self.end_epoch
}

/// Encoded bytes that may be stored.
public fun size(self: &Storage): u64 {
    self.storage_size
}

// === Package functions ===

/// Creates a resource. The caller has accounted for it.
public(package) fun create_storage(
    start_epoch: u32,
    end_epoch: u32,
    storage_size: u64,
    ctx: &mut TxContext,
): Storage {
    assert!(start_epoch < end_epoch, EInvalidEpochRange);
    Storage { id: object::new(ctx), start_epoch, end_epoch, storage_size }
}

/// Moves the end of the range. The caller has accounted for the added epochs.
public(package) fun extend_end_epoch(self: &mut Storage, extended_epochs: u32) {
    self.end_epoch = self.end_epoch + extended_epochs;
}

/// Adds to the size. The caller has accounted for the added bytes.
public(package) fun increase_size(self: &mut Storage, additional_size: u64) {
    self.storage_size = self.storage_size + additional_size;
}

// === Splitting ===

/// Keeps the epochs before `split_epoch` and returns a resource with the rest.
public fun split_by_epoch(storage: &mut Storage, split_epoch: u32, ctx: &mut TxContext): Storage {
    assert!(
        storage.start_epoch < split_epoch && split_epoch < storage.end_epoch,
        EInvalidEpoch,
    );
    let end_epoch = storage.end_epoch;
    storage.end_epoch = split_epoch;
    create_storage(split_epoch, end_epoch, storage.storage_size, ctx)
}

/// Keeps `split_size` bytes and returns a resource with the rest. Either part may be empty.
public fun split_by_size(storage: &mut Storage, split_size: u64, ctx: &mut TxContext): Storage {
    assert!(split_size <= storage.storage_size, EIncompatibleAmount);
    let rest = storage.storage_size - split_size;
    storage.storage_size = split_size;
    create_storage(storage.start_epoch, storage.end_epoch, rest, ctx)
}

// === Fusing ===

/// Joins a resource of the same size whose range directly precedes or follows.
public fun fuse_periods(first: &mut Storage, second: Storage) {
    let Storage { id, start_epoch, end_epoch, storage_size } = second;
    id.delete();
    assert!(first.storage_size == storage_size, EIncompatibleAmount);
    if (first.end_epoch == start_epoch) {
        first.end_epoch = end_epoch;
    } else {
        assert!(first.start_epoch == end_epoch, EIncompatibleEpochs);
        first.start_epoch = start_epoch;
    }
}

/// Joins a resource with the same range; the sizes add up.
public fun fuse_amount(first: &mut Storage, second: Storage) {
    let Storage { id, start_epoch, end_epoch, storage_size } = second;
    id.delete();
    assert!(
        first.start_epoch == start_epoch && first.end_epoch == end_epoch,
        EIncompatibleEpochs,
    );
    first.storage_size = first.storage_size + storage_size;
}

/// Joins by size if both ranges start together, otherwise by epochs.
public fun fuse(first: &mut Storage, second: Storage) {
    if (first.start_epoch == second.start_epoch) {
        first.fuse_amount(second)
    } else {
        first.fuse_periods(second)
    }
}

/// Deletes the resource. The space it reserved stays accounted for and nothing is refunded.
public fun destroy(storage: Storage) {
    let Storage { id, .. } = storage;
    id.delete();
}

/// Creates a resource without accounting.
#[test_only]
public fun create_for_test(
    start_epoch: u32,
    end_epoch: u32,
    storage_size: u64,
    ctx: &mut TxContext,
): Storage {
    create_storage(start_epoch, end_epoch, storage_size, ctx)
}
