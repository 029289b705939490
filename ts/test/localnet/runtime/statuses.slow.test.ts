/** Statuses and limits of statuses.test.ts that take seconds to reach. */
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import type { Transaction } from '@mysten/sui/transactions';
import type { PublishResult } from '../../../src/localnet/index.js';
import { Bench, FIXTURES, type Failure } from '../support/bench.js';

const BUDGET_MIST = 90_000_000_000n;

describe('execution failure statuses that take long', function () {
  this.timeout(180_000);
  let bench: Bench;
  let transfers: PublishResult;
  let bigObjects: PublishResult;
  let snapshot: number;
  let treasure: string;
  before(async () => {
    bench = await Bench.start();
    transfers = await bench.net.publish(`${FIXTURES}gas/transfers`, bench.signer);
    bigObjects = await bench.net.publish(`${FIXTURES}gas/big_objects`, bench.signer);
    treasure = bench.net.mintCoin('0x2::sui::SUI', BUDGET_MIST * 2n, bench.sender).id;
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const expensive = (build: (tx: Transaction) => void): Promise<Failure> =>
    bench.fail((tx) => {
      tx.setGasPayment([bench.ref(treasure)]);
      tx.setGasBudget(BUDGET_MIST);
      build(tx);
    });
  const transferIds = (tx: Transaction, count: number) =>
    tx.moveCall({ target: `${transfers.packageId}::M1::transfer_n_ids`, arguments: [tx.pure.u64(count)] });

  it('EffectsTooLarge: thousands of objects made and thousands rewritten', async () => {
    const coins = Array.from({ length: 1_700 }, () => bench.net.mintCoin('0x2::sui::SUI', 1, bench.sender).id);
    const failure = await expensive((tx) => {
      for (const id of coins) bench.owned(tx, id);
      transferIds(tx, 2_048);
    });
    expect(failure.error).to.have.nested.property('EffectsTooLarge.maxSize', '524288');
  });

  it('WrittenObjectsTooLarge: twenty objects of 255,000 bytes', async () => {
    const contents = bcs.byteVector().serialize(new Uint8Array(255_000 - 32 - 3)).toBytes();
    const ids = Array.from({ length: 20 }, () => bench.net.mintObject(`${bigObjects.packageId}::M1::S`, contents, bench.sender).id);
    const failure = await expensive((tx) => {
      for (const id of ids) bench.owned(tx, id);
      tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0x1');
    });
    expect(failure.error).to.have.nested.property('WrittenObjectsTooLarge.maxSize', '5000000');
  });

  it('more than 2,048 new IDs, in a call and in a command', async () => {
    const nativeOf = ({ error }: Failure) =>
      (error as { MovePrimitiveRuntimeError: { functionName: string | null } | null }).MovePrimitiveRuntimeError?.functionName;
    const inCall = await expensive((tx) => transferIds(tx, 2_049));
    expect([inCall.kind, nativeOf(inCall)]).to.deep.equal(['MovePrimitiveRuntimeError', 'fresh_id']);
    const inCommand = await expensive((tx) => {
      for (let i = 0; i < 5; i++) {
        const parts = tx.splitCoins(tx.gas, Array<number>(500).fill(1));
        tx.transferObjects(Array.from({ length: 500 }, (_, n) => parts[n]!), '0x1');
      }
    });
    expect([inCommand.kind, nativeOf(inCommand)]).to.deep.equal(['MovePrimitiveRuntimeError', undefined]);
  });
});
