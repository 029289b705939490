/// Everyday operations on coins that end in a transfer.
module sui::pay;

use sui::coin::Coin;

/// There must be at least one coin.
const ENoCoins: u64 = 0;

/// Gives a coin to the sender.
public fun keep<T>(c: Coin<T>, ctx: &TxContext) {
    transfer::public_transfer(c, ctx.sender())
}

/// Takes a coin out of a coin and gives it to the sender.
public entry fun split<T>(coin: &mut Coin<T>, split_amount: u64, ctx: &mut TxContext) {
    keep(coin.split(split_amount, ctx), ctx)
}

/// Takes one coin per amount out of a coin and gives them to the sender.
public entry fun split_vec<T>(
    self: &mut Coin<T>,
    split_amounts: vector<u64>,
    ctx: &mut TxContext,
) {
    split_amounts.do!(|amount| split(self, amount, ctx))
}

/// Takes a coin out of a coin and gives it to an address.
public entry fun split_and_transfer<T>(
    c: &mut Coin<T>,
    amount: u64,
    recipient: address,
    ctx: &mut TxContext,
) {
    transfer::public_transfer(c.split(amount, ctx), recipient)
}

/// Takes `n - 1` equal parts out of a coin and gives them to the sender.
public entry fun divide_and_keep<T>(self: &mut Coin<T>, n: u64, ctx: &mut TxContext) {
    self.divide_into_n(n, ctx).do!(|coin| keep(coin, ctx))
}

/// Adds one coin to another.
public entry fun join<T>(self: &mut Coin<T>, coin: Coin<T>) {
    self.join(coin)
}

/// Adds coins to a coin.
public entry fun join_vec<T>(self: &mut Coin<T>, coins: vector<Coin<T>>) {
    coins.destroy!(|coin| self.join(coin))
}

/// Makes one coin of many and gives it to an address; aborts with `ENoCoins` when there are none.
public entry fun join_vec_and_transfer<T>(mut coins: vector<Coin<T>>, receiver: address) {
    assert!(coins.length() > 0, ENoCoins);
    let mut coin = coins.pop_back();
    join_vec(&mut coin, coins);
    transfer::public_transfer(coin, receiver)
}
