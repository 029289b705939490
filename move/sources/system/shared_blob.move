/// Shared blobs: certified blobs that anybody can fund and extend.
///
/// Sharing is irreversible. A shared blob cannot be unwrapped, deleted or burned.
module walrus::shared_blob;

use sui::balance::{Self, Balance};
use sui::coin::{Self, Coin};
use wal::wal::WAL;
use walrus::blob::Blob;
use walrus::system::System;

/// A blob in a shared object, with funds for its extension.
public struct SharedBlob has key, store {
    /// The shared object's own ID; the blob inside keeps its own.
    id: UID,
    /// The blob.
    blob: Blob,
    /// WAL that extensions are paid from.
    funds: Balance<WAL>,
}

/// Shares the blob without funds.
public fun new(blob: Blob, ctx: &mut TxContext) {
    share(blob, balance::zero(), ctx)
}

/// Shares the blob with funds.
public fun new_funded(blob: Blob, funds: Coin<WAL>, ctx: &mut TxContext) {
    share(blob, funds.into_balance(), ctx)
}

/// Adds funds.
public fun fund(self: &mut SharedBlob, added_funds: Coin<WAL>) {
    self.funds.join(added_funds.into_balance());
}

/// Extends the blob at the cost of its funds.
public fun extend(
    self: &mut SharedBlob,
    system: &mut System,
    extended_epochs: u32,
    ctx: &mut TxContext,
) {
    let mut payment = coin::from_balance(self.funds.withdraw_all(), ctx);
    system.extend_blob(&mut self.blob, extended_epochs, &mut payment);
    self.funds.join(payment.into_balance());
}

/// The blob.
public fun blob(self: &SharedBlob): &Blob {
    &self.blob
}

/// The funds for extensions.
public fun funds(self: &SharedBlob): &Balance<WAL> {
    &self.funds
}

#[allow(lint(share_owned))]
fun share(blob: Blob, funds: Balance<WAL>, ctx: &mut TxContext) {
    transfer::share_object(SharedBlob { id: object::new(ctx), blob, funds })
}
