/** Address balances (sui.md §4.4): deposits, withdrawals, gas from the balance. */
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import type { Transaction } from '@mysten/sui/transactions';
import { TransactionRejected } from '../../../src/localnet/index.js';
import { accumulatorId, balanceType, readFunds } from '../../../src/localnet/runtime/funds.js';
import { SUI_TYPE } from '../../../src/localnet/runtime/type-tags.js';
import { readCoinBalance } from '../../../src/localnet/runtime/write-set.js';
import type { TransactionDataV1 } from '../../../src/localnet/runtime/ptb.js';
import { Bench, changeOf } from '../support/bench.js';

const SUI = '0x2::sui::SUI';

describe('address balances', () => {
  let bench: Bench;
  let snapshot: number;
  before(async () => {
    bench = await Bench.start();
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const funds = (owner: string) =>
    readFunds({ readObject: (id) => bench.ledger.getObject(id) }, owner, balanceType(SUI_TYPE));
  const deposit = (amount: number | bigint, recipient = bench.sender) =>
    bench.succeed((tx) => {
      tx.moveCall({
        target: '0x2::coin::send_funds',
        typeArguments: [SUI],
        arguments: [tx.splitCoins(tx.gas, [amount])[0]!, tx.pure.address(recipient)],
      });
    });
  const withdraw = (tx: Transaction, amount: number) => tx.withdrawal({ amount, type: SUI });
  const redeem = (tx: Transaction, amount: number) =>
    tx.moveCall({
      target: '0x2::coin::redeem_funds',
      typeArguments: [SUI],
      arguments: [withdraw(tx, amount)],
    });

  it('are written by deposits and settled at once', async () => {
    const record = await deposit(500);
    const change = changeOf(record, accumulatorId(bench.sender, balanceType(SUI_TYPE)))!;
    expect(change.outputState.AccumulatorWriteV1).to.deep.include({
      operation: { $kind: 'Merge', Merge: true },
      value: { $kind: 'Integer', Integer: '500' },
    });
    expect(change.inputState.$kind).to.equal('NotExist');
    expect(funds(bench.sender)).to.equal(500n);
    await deposit(500);
    expect(funds(bench.sender)).to.equal(1_000n);
    const settlement = bench.ledger.transactionByIndex(bench.ledger.transactionCount - 1n)!;
    expect(settlement.data.V1.kind.$kind).to.equal('ProgrammableSystemTransaction');
  });

  it('are taken out as coins, and vanish at zero', async () => {
    await deposit(500);
    const record = await bench.succeed((tx) => tx.transferObjects([redeem(tx, 200)], '0xb0b'));
    const change = changeOf(record, accumulatorId(bench.sender, balanceType(SUI_TYPE)))!;
    expect(change.outputState.AccumulatorWriteV1!.operation.$kind).to.equal('Split');
    expect(funds(bench.sender)).to.equal(300n);
    await bench.succeed((tx) => tx.transferObjects([redeem(tx, 300)], '0xb0b'));
    expect(funds(bench.sender)).to.equal(0n);
    expect(bench.ledger.getObject(accumulatorId(bench.sender, balanceType(SUI_TYPE)))).to.equal(undefined);
  });

  it('leave no entry when deposit and withdrawal cancel out', async () => {
    await deposit(500);
    const record = await bench.succeed((tx) => {
      tx.moveCall({
        target: '0x2::coin::send_funds',
        typeArguments: [SUI],
        arguments: [redeem(tx, 200), tx.pure.address(bench.sender)],
      });
    });
    expect(changeOf(record, accumulatorId(bench.sender, balanceType(SUI_TYPE)))).to.equal(undefined);
    expect(funds(bench.sender)).to.equal(500n);
  });

  async function reasonOf(action: () => Promise<unknown>): Promise<string> {
    try {
      await action();
    } catch (error) {
      expect(error).to.be.instanceOf(TransactionRejected);
      return (error as TransactionRejected).reason;
    }
    throw new Error('not rejected');
  }

  it('cannot be overdrawn, by one input or by several', async () => {
    await deposit(500);
    expect(await reasonOf(() => bench.run((tx) => tx.transferObjects([redeem(tx, 501)], '0xb0b')))).to.equal(
      'InvalidWithdrawReservation',
    );
    const twice = (tx: Transaction) => tx.transferObjects([redeem(tx, 300), redeem(tx, 300)], '0xb0b');
    expect(await reasonOf(() => bench.run(twice))).to.equal('InvalidWithdrawReservation');
    expect(await reasonOf(() => bench.run((tx) => tx.transferObjects([redeem(tx, 0)], '0xb0b')))).to.equal(
      'InvalidWithdrawReservation',
    );
  });

  it('take the whole gas coin; what is left of the budget follows it', async () => {
    const coin = bench.gasCoin();
    const before = readCoinBalance(coin.contents!);
    const record = await bench.succeed((tx) => {
      tx.moveCall({
        target: '0x2::coin::send_funds',
        typeArguments: [SUI],
        arguments: [tx.gas, tx.pure.address(bench.sender)],
      });
    });
    const { computationCost, storageCost, storageRebate } = record.effects.V2!.gasUsed;
    const cost = BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
    expect(funds(bench.sender)).to.equal(before - cost);
    expect(bench.ledger.getObject(coin.id)).to.equal(undefined);
  });

  it('do not change when the transaction fails', async () => {
    await deposit(500);
    const record = await bench.run((tx) => {
      tx.transferObjects([redeem(tx, 200)], '0xb0b');
      tx.moveCall({ target: bench.target('rules::abort_plain') });
    });
    expect(record.succeeded).to.equal(false);
    expect(funds(bench.sender)).to.equal(500n);
  });

  describe('as payment', () => {
    const window = (data: TransactionDataV1) => {
      data.gasData.payment = [];
      data.expiration = {
        $kind: 'ValidDuring',
        ValidDuring: {
          minEpoch: '0',
          maxEpoch: '1',
          minTimestamp: null,
          maxTimestamp: null,
          chain: bench.ledger.chainId,
          nonce: 1,
        },
      };
    };
    const create = (tx: Transaction) => {
      tx.setGasBudget(10_000_000);
      tx.moveCall({
        target: bench.target('object_basics::create'),
        arguments: [tx.pure.u64(1), tx.pure.address('0xb0b')],
      });
    };

    it('pay without any coin', async () => {
      await deposit(50_000_000);
      const record = await bench.runChanged(create, window);
      expect(record.failureDescription).to.equal(undefined);
      const { gasUsed, gasObjectIndex } = record.effects.V2!;
      expect(gasObjectIndex).to.equal(null);
      const cost = BigInt(gasUsed.computationCost) + BigInt(gasUsed.storageCost) - BigInt(gasUsed.storageRebate);
      expect(funds(bench.sender)).to.equal(50_000_000n - cost);
      expect(bcs.TransactionEffects.parse(record.effectsBytes)).to.deep.equal(record.effects);
    });

    it('pay for failures too', async () => {
      await deposit(50_000_000);
      const record = await bench.runChanged((tx) => {
        tx.setGasBudget(10_000_000);
        tx.moveCall({ target: bench.target('rules::abort_plain') });
      }, window);
      expect(record.succeeded).to.equal(false);
      expect(funds(bench.sender)).to.equal(49_000_000n);
    });

    it('must cover the budget and need a window of validity', async () => {
      await deposit(5_000_000);
      expect(await reasonOf(() => bench.runChanged(create, window))).to.equal('GasBalanceTooLow');
      await deposit(50_000_000);
      const plain = (data: TransactionDataV1) => {
        data.gasData.payment = [];
      };
      expect(await reasonOf(() => bench.runChanged(create, plain))).to.equal('MissingGasPayment');
    });
  });
});
