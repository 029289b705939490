/// A kiosk: a place where an owner keeps things, shows them to the world and sells them for SUI. Each
/// purchase yields a request that the transfer policy of the type must confirm; a thing that is
/// locked can leave the kiosk no other way.
module sui::kiosk;

use sui::balance::{Self, Balance};
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use sui::dynamic_object_field as dof;
use sui::event;
use sui::sui::SUI;
use sui::transfer_policy::{Self, TransferPolicy, TransferRequest};

/// The cap belongs to another kiosk.
const ENotOwner: u64 = 0;
/// The payment is not the price, or below the least price.
const EIncorrectAmount: u64 = 1;
/// The kiosk has earned less than that.
const ENotEnough: u64 = 2;
/// The kiosk still holds things.
const ENotEmpty: u64 = 3;
/// Somebody has the exclusive right to buy the thing.
const EListedExclusively: u64 = 4;
/// The cap or the promise belongs to another kiosk.
const EWrongKiosk: u64 = 5;
/// The thing is on sale already.
const EAlreadyListed: u64 = 6;
/// The owner does not allow changes of the identity.
const EUidAccessNotAllowed: u64 = 7;
/// The thing is locked.
const EItemLocked: u64 = 8;
/// The thing is on sale.
const EItemIsListed: u64 = 9;
/// The thing is not the one that was lent.
const EItemMismatch: u64 = 10;
/// There is no such thing in the kiosk.
const EItemNotFound: u64 = 11;
/// The thing is not on sale.
const ENotListed: u64 = 12;

/// A kiosk.
public struct Kiosk has key, store {
    id: UID,
    /// What was earned.
    profits: Balance<SUI>,
    /// Who it says it belongs to; the right to it lies in the cap.
    owner: address,
    /// Number of things.
    item_count: u32,
    /// Whether anybody may use the mutable identity.
    allow_extensions: bool,
}

/// The right to manage a kiosk.
public struct KioskOwnerCap has key, store {
    id: UID,
    `for`: ID,
}

/// The exclusive right to buy a thing for a least price.
public struct PurchaseCap<phantom T: key + store> has key, store {
    id: UID,
    kiosk_id: ID,
    item_id: ID,
    min_price: u64,
}

/// The promise to bring a thing back.
public struct Borrow {
    kiosk_id: ID,
    item_id: ID,
}

/// Name of the field with a thing.
public struct Item has copy, drop, store {
    id: ID,
}

/// Name of the field with the price of a thing.
public struct Listing has copy, drop, store {
    id: ID,
    is_exclusive: bool,
}

/// Name of the field that marks a thing as locked.
public struct Lock has copy, drop, store {
    id: ID,
}

/// A thing was put on sale.
public struct ItemListed<phantom T: key + store> has copy, drop {
    kiosk: ID,
    id: ID,
    price: u64,
}

/// A thing was sold.
public struct ItemPurchased<phantom T: key + store> has copy, drop {
    kiosk: ID,
    id: ID,
    price: u64,
}

/// A thing is no longer on sale.
public struct ItemDelisted<phantom T: key + store> has copy, drop {
    kiosk: ID,
    id: ID,
}

public use fun kiosk_owner_cap_for as KioskOwnerCap.kiosk;
public use fun purchase_cap_item as PurchaseCap.item;
public use fun purchase_cap_kiosk as PurchaseCap.kiosk;
public use fun purchase_cap_min_price as PurchaseCap.min_price;

// === The kiosk ===

#[allow(lint(self_transfer, share_owned))]
/// Makes a kiosk, shares it and gives the cap to the sender.
entry fun default(ctx: &mut TxContext) {
    let (kiosk, cap) = new(ctx);
    transfer::transfer(cap, ctx.sender());
    transfer::share_object(kiosk);
}

/// A kiosk and its cap.
public fun new(ctx: &mut TxContext): (Kiosk, KioskOwnerCap) {
    let kiosk = Kiosk {
        id: object::new(ctx),
        profits: balance::zero(),
        owner: ctx.sender(),
        item_count: 0,
        allow_extensions: false,
    };
    let cap = KioskOwnerCap { id: object::new(ctx), `for`: object::id(&kiosk) };
    (kiosk, cap)
}

/// Destroys an empty kiosk and returns what it earned; aborts with `ENotOwner` or `ENotEmpty`.
public fun close_and_withdraw(self: Kiosk, cap: KioskOwnerCap, ctx: &mut TxContext): Coin<SUI> {
    let Kiosk { id, profits, owner: _, item_count, allow_extensions: _ } = self;
    let KioskOwnerCap { id: cap_id, `for` } = cap;
    assert!(id.to_inner() == `for`, ENotOwner);
    assert!(item_count == 0, ENotEmpty);
    cap_id.delete();
    id.delete();
    profits.into_coin(ctx)
}

/// Says that the kiosk belongs to the sender; aborts with `ENotOwner`.
public fun set_owner(self: &mut Kiosk, cap: &KioskOwnerCap, ctx: &TxContext) {
    assert!(self.has_access(cap), ENotOwner);
    self.owner = ctx.sender();
}

/// Says that the kiosk belongs to an address; aborts with `ENotOwner`.
public fun set_owner_custom(self: &mut Kiosk, cap: &KioskOwnerCap, owner: address) {
    assert!(self.has_access(cap), ENotOwner);
    self.owner = owner
}

// === Place, lock, take ===

/// Puts a thing in; aborts with `ENotOwner`.
public fun place<T: key + store>(self: &mut Kiosk, cap: &KioskOwnerCap, item: T) {
    assert!(self.has_access(cap), ENotOwner);
    self.place_internal(item)
}

/// Puts a thing in for good: it can only be sold. The policy proves that it can be. Aborts with
/// `ENotOwner`.
public fun lock<T: key + store>(
    self: &mut Kiosk,
    cap: &KioskOwnerCap,
    _policy: &TransferPolicy<T>,
    item: T,
) {
    assert!(self.has_access(cap), ENotOwner);
    self.lock_internal(item)
}

/// Takes a thing out; it is no longer on sale. Aborts with `ENotOwner`, `EItemLocked`,
/// `EListedExclusively` or `EItemNotFound`.
public fun take<T: key + store>(self: &mut Kiosk, cap: &KioskOwnerCap, id: ID): T {
    assert!(self.has_access(cap), ENotOwner);
    assert!(!self.is_locked(id), EItemLocked);
    assert!(!self.is_listed_exclusively(id), EListedExclusively);
    assert!(self.has_item(id), EItemNotFound);
    df::remove_if_exists<Listing, u64>(&mut self.id, Listing { id, is_exclusive: false });
    self.remove_item(id)
}

// === Sale ===

/// Puts a thing on sale; aborts with `ENotOwner`, `EItemNotFound` or `EListedExclusively`.
public fun list<T: key + store>(self: &mut Kiosk, cap: &KioskOwnerCap, id: ID, price: u64) {
    assert!(self.has_access(cap), ENotOwner);
    assert!(self.has_item_with_type<T>(id), EItemNotFound);
    assert!(!self.is_listed_exclusively(id), EListedExclusively);
    df::add(&mut self.id, Listing { id, is_exclusive: false }, price);
    event::emit(ItemListed<T> { kiosk: object::id(self), id, price })
}

/// `place` and `list` in one.
public fun place_and_list<T: key + store>(
    self: &mut Kiosk,
    cap: &KioskOwnerCap,
    item: T,
    price: u64,
) {
    let id = object::id(&item);
    self.place(cap, item);
    self.list<T>(cap, id, price)
}

/// Takes a thing off sale; aborts with `ENotOwner`, `EItemNotFound`, `EListedExclusively` or
/// `ENotListed`.
public fun delist<T: key + store>(self: &mut Kiosk, cap: &KioskOwnerCap, id: ID) {
    assert!(self.has_access(cap), ENotOwner);
    assert!(self.has_item_with_type<T>(id), EItemNotFound);
    assert!(!self.is_listed_exclusively(id), EListedExclusively);
    assert!(self.is_listed(id), ENotListed);
    df::remove<Listing, u64>(&mut self.id, Listing { id, is_exclusive: false });
    event::emit(ItemDelisted<T> { kiosk: object::id(self), id })
}

/// Buys a thing for its exact price; aborts with `EIncorrectAmount`, or in `sui::dynamic_field` when
/// it is not on sale to everybody.
public fun purchase<T: key + store>(
    self: &mut Kiosk,
    id: ID,
    payment: Coin<SUI>,
): (T, TransferRequest<T>) {
    let price = df::remove<Listing, u64>(&mut self.id, Listing { id, is_exclusive: false });
    let item = self.remove_item(id);
    assert!(price == payment.value(), EIncorrectAmount);
    df::remove_if_exists<Lock, bool>(&mut self.id, Lock { id });
    coin::put(&mut self.profits, payment);
    event::emit(ItemPurchased<T> { kiosk: object::id(self), id, price });
    (item, transfer_policy::new_request(id, price, object::id(self)))
}

/// Gives the exclusive right to buy a thing for a least price; aborts with `ENotOwner`,
/// `EItemNotFound` or `EAlreadyListed`.
public fun list_with_purchase_cap<T: key + store>(
    self: &mut Kiosk,
    cap: &KioskOwnerCap,
    id: ID,
    min_price: u64,
    ctx: &mut TxContext,
): PurchaseCap<T> {
    assert!(self.has_access(cap), ENotOwner);
    assert!(self.has_item_with_type<T>(id), EItemNotFound);
    assert!(!self.is_listed(id), EAlreadyListed);
    df::add(&mut self.id, Listing { id, is_exclusive: true }, min_price);
    PurchaseCap { id: object::new(ctx), kiosk_id: object::id(self), item_id: id, min_price }
}

/// Buys a thing for at least the least price; aborts with `EIncorrectAmount` or `EWrongKiosk`.
public fun purchase_with_cap<T: key + store>(
    self: &mut Kiosk,
    purchase_cap: PurchaseCap<T>,
    payment: Coin<SUI>,
): (T, TransferRequest<T>) {
    let PurchaseCap { id: cap_id, kiosk_id, item_id, min_price } = purchase_cap;
    cap_id.delete();
    let paid = payment.value();
    assert!(paid >= min_price, EIncorrectAmount);
    assert!(object::id(self) == kiosk_id, EWrongKiosk);
    df::remove<Listing, u64>(&mut self.id, Listing { id: item_id, is_exclusive: true });
    coin::put(&mut self.profits, payment);
    df::remove_if_exists<Lock, bool>(&mut self.id, Lock { id: item_id });
    let item = self.remove_item(item_id);
    (item, transfer_policy::new_request(item_id, paid, kiosk_id))
}

/// Gives the exclusive right back; aborts with `EWrongKiosk`.
public fun return_purchase_cap<T: key + store>(self: &mut Kiosk, purchase_cap: PurchaseCap<T>) {
    let PurchaseCap { id, kiosk_id, item_id, min_price: _ } = purchase_cap;
    assert!(object::id(self) == kiosk_id, EWrongKiosk);
    df::remove<Listing, u64>(&mut self.id, Listing { id: item_id, is_exclusive: true });
    id.delete()
}

/// Takes earned SUI, all of it without an amount; aborts with `ENotOwner` or `ENotEnough`.
public fun withdraw(
    self: &mut Kiosk,
    cap: &KioskOwnerCap,
    amount: Option<u64>,
    ctx: &mut TxContext,
): Coin<SUI> {
    assert!(self.has_access(cap), ENotOwner);
    let amount = amount.destroy_or!(self.profits.value());
    assert!(amount <= self.profits.value(), ENotEnough);
    coin::take(&mut self.profits, amount, ctx)
}

// === For extensions ===

/// Puts a thing in, locked.
public(package) fun lock_internal<T: key + store>(self: &mut Kiosk, item: T) {
    df::add(&mut self.id, Lock { id: object::id(&item) }, true);
    self.place_internal(item)
}

/// Puts a thing in.
public(package) fun place_internal<T: key + store>(self: &mut Kiosk, item: T) {
    self.item_count = self.item_count + 1;
    dof::add(&mut self.id, Item { id: object::id(&item) }, item)
}

/// The identity, to be changed.
public(package) fun uid_mut_internal(self: &mut Kiosk): &mut UID {
    &mut self.id
}

fun remove_item<T: key + store>(self: &mut Kiosk, id: ID): T {
    self.item_count = self.item_count - 1;
    dof::remove(&mut self.id, Item { id })
}

// === Getters ===

/// Whether there is a thing with this ID.
public fun has_item(self: &Kiosk, id: ID): bool {
    dof::exists_(&self.id, Item { id })
}

/// Whether there is a thing of type `T` with this ID.
public fun has_item_with_type<T: key + store>(self: &Kiosk, id: ID): bool {
    dof::exists_with_type<Item, T>(&self.id, Item { id })
}

/// Whether a thing is locked.
public fun is_locked(self: &Kiosk, id: ID): bool {
    df::exists_(&self.id, Lock { id })
}

/// Whether a thing is on sale, to everybody or exclusively.
public fun is_listed(self: &Kiosk, id: ID): bool {
    df::exists_(&self.id, Listing { id, is_exclusive: false }) || self.is_listed_exclusively(id)
}

/// Whether somebody has the exclusive right to buy a thing.
public fun is_listed_exclusively(self: &Kiosk, id: ID): bool {
    df::exists_(&self.id, Listing { id, is_exclusive: true })
}

/// Whether a cap belongs to this kiosk.
public fun has_access(self: &mut Kiosk, cap: &KioskOwnerCap): bool {
    object::id(self) == cap.`for`
}

/// The identity, to be changed by the owner; aborts with `ENotOwner`.
public fun uid_mut_as_owner(self: &mut Kiosk, cap: &KioskOwnerCap): &mut UID {
    assert!(self.has_access(cap), ENotOwner);
    &mut self.id
}

/// Lets anybody use the mutable identity, or nobody; aborts with `ENotOwner`. Superseded by
/// `sui::kiosk_extension`.
public fun set_allow_extensions(self: &mut Kiosk, cap: &KioskOwnerCap, allow_extensions: bool) {
    assert!(self.has_access(cap), ENotOwner);
    self.allow_extensions = allow_extensions;
}

/// The identity.
public fun uid(self: &Kiosk): &UID {
    &self.id
}

/// The identity, to be changed; aborts with `EUidAccessNotAllowed`.
public fun uid_mut(self: &mut Kiosk): &mut UID {
    assert!(self.allow_extensions, EUidAccessNotAllowed);
    &mut self.id
}

/// Who the kiosk says it belongs to.
public fun owner(self: &Kiosk): address {
    self.owner
}

/// Number of things.
public fun item_count(self: &Kiosk): u32 {
    self.item_count
}

/// What was earned, in MIST.
public fun profits_amount(self: &Kiosk): u64 {
    self.profits.value()
}

/// What was earned, to be changed; aborts with `ENotOwner`.
public fun profits_mut(self: &mut Kiosk, cap: &KioskOwnerCap): &mut Balance<SUI> {
    assert!(self.has_access(cap), ENotOwner);
    &mut self.profits
}

// === Use of things by the owner ===

#[syntax(index)]
/// A thing; aborts with `ENotOwner` or `EItemNotFound`.
public fun borrow<T: key + store>(self: &Kiosk, cap: &KioskOwnerCap, id: ID): &T {
    assert!(object::id(self) == cap.`for`, ENotOwner);
    assert!(self.has_item(id), EItemNotFound);
    dof::borrow(&self.id, Item { id })
}

#[syntax(index)]
/// A thing, to be changed; aborts with `ENotOwner`, `EItemNotFound` or `EItemIsListed`.
public fun borrow_mut<T: key + store>(self: &mut Kiosk, cap: &KioskOwnerCap, id: ID): &mut T {
    assert!(self.has_access(cap), ENotOwner);
    assert!(self.has_item(id), EItemNotFound);
    assert!(!self.is_listed(id), EItemIsListed);
    dof::borrow_mut(&mut self.id, Item { id })
}

/// Lends a thing; `return_val` must bring it back before the transaction ends. Aborts with
/// `ENotOwner`, `EItemNotFound` or `EItemIsListed`.
public fun borrow_val<T: key + store>(
    self: &mut Kiosk,
    cap: &KioskOwnerCap,
    id: ID,
): (T, Borrow) {
    assert!(self.has_access(cap), ENotOwner);
    assert!(self.has_item(id), EItemNotFound);
    assert!(!self.is_listed(id), EItemIsListed);
    let promise = Borrow { kiosk_id: object::id(self), item_id: id };
    (dof::remove(&mut self.id, Item { id }), promise)
}

/// Brings a thing back; aborts with `EWrongKiosk` or `EItemMismatch`.
public fun return_val<T: key + store>(self: &mut Kiosk, item: T, borrow: Borrow) {
    let Borrow { kiosk_id, item_id } = borrow;
    assert!(object::id(self) == kiosk_id, EWrongKiosk);
    assert!(object::id(&item) == item_id, EItemMismatch);
    dof::add(&mut self.id, Item { id: item_id }, item);
}

/// The kiosk of a cap.
public fun kiosk_owner_cap_for(cap: &KioskOwnerCap): ID {
    cap.`for`
}

/// The kiosk in which a right to buy holds.
public fun purchase_cap_kiosk<T: key + store>(self: &PurchaseCap<T>): ID {
    self.kiosk_id
}

/// The thing that may be bought.
public fun purchase_cap_item<T: key + store>(self: &PurchaseCap<T>): ID {
    self.item_id
}

/// The least price.
public fun purchase_cap_min_price<T: key + store>(self: &PurchaseCap<T>): u64 {
    self.min_price
}
