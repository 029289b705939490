/** Regulated coins: denied addresses and the global pause, now and in the next epoch. */
import { expect } from 'chai';
import type { Transaction } from '@mysten/sui/transactions';
import { TransactionRejected, type LedgerObject } from '../../../src/localnet/index.js';
import { Bench, FIXTURES, createdId } from '../support/bench.js';

const id = (short: string) => '0x' + short.padStart(64, '0');
const BOB = id('b0b');

describe('regulated coins', () => {
  let bench: Bench;
  let coinType: string;
  let treasury: string;
  let cap: string;
  let snapshot: number;
  before(async () => {
    bench = await Bench.start();
    const { created, packageId } = await bench.net.publish(FIXTURES + 'basics', bench.signer);
    coinType = `${packageId}::regulated::REGULATED`;
    const find = (part: string) => created.find((object: LedgerObject) => object.type.includes(`${part}<${coinType}>`))!.id;
    treasury = find('TreasuryCap');
    cap = find('DenyCapV2');
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const mint = (recipient: string) => (tx: Transaction) =>
    tx.moveCall({
      target: '0x2::coin::mint_and_transfer',
      typeArguments: [coinType],
      arguments: [bench.owned(tx, treasury), tx.pure.u64(5), tx.pure.address(recipient)],
    });
  const denyList = (name: string, address?: string) =>
    bench.succeed((tx) =>
      tx.moveCall({
        target: `0x2::coin::${name}`,
        typeArguments: [coinType],
        arguments: [
          bench.shared(tx, id('403')),
          bench.owned(tx, cap),
          ...(address === undefined ? [] : [tx.pure.address(address)]),
        ],
      }),
    );

  it('reach a denied address until the next epoch, then no more', async () => {
    await denyList('deny_list_v2_add', BOB);
    await bench.succeed(mint(BOB));
    bench.net.advanceEpoch();
    const failure = await bench.fail(mint(BOB));
    expect(failure.error).to.deep.equal({
      $kind: 'AddressDeniedForCoin',
      AddressDeniedForCoin: { address: BOB, coinType: coinType.slice(2) },
    });
    expect(failure.command).to.equal(undefined);
    await bench.succeed(mint(id('a11ce')));
    await denyList('deny_list_v2_remove', BOB);
    bench.net.advanceEpoch();
    await bench.succeed(mint(BOB));
  });

  it('stop for everybody while paused', async () => {
    await denyList('deny_list_v2_enable_global_pause');
    bench.net.advanceEpoch();
    const failure = await bench.fail(mint(BOB));
    expect(failure.error).to.deep.equal({ $kind: 'CoinTypeGlobalPause', CoinTypeGlobalPause: { coinType: coinType.slice(2) } });
  });

  it('cannot be used by a denied sender, at once', async () => {
    await bench.net.faucet(BOB, 5_000_000_000);
    const coin = createdId(await bench.succeed(mint(BOB)), `Coin<${coinType}>`);
    const spend = (tx: Transaction) => tx.transferObjects([bench.owned(tx, coin)], '0x7');
    await denyList('deny_list_v2_add', BOB);
    let reason: string | undefined;
    try {
      await bench.run(spend, BOB);
    } catch (error) {
      expect(error).to.be.instanceOf(TransactionRejected);
      reason = (error as TransactionRejected).reason;
    }
    expect(reason).to.equal('AddressDeniedForCoin');
    await denyList('deny_list_v2_remove', BOB);
    await bench.succeed(spend, BOB);
  });
});
