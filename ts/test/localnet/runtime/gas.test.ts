/** Gas: rounding, rebates and the worked examples of sui-gas.md §7. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Transaction } from '@mysten/sui/transactions';
import { meterBudget, netGas, roundUnits, splitRebate } from '../../../src/localnet/runtime/gas.js';
import { gasPrices } from '../../../src/localnet/runtime/limits.js';
import { readCoinBalance } from '../../../src/localnet/runtime/write-set.js';
import type { TransactionRecord } from '../../../src/localnet/ledger/transactions.js';
import { Bench, createdId } from '../support/bench.js';

describe('gas arithmetic', () => {
  it('rounds by half the digits', () => {
    const cases: [bigint, bigint][] = [
      [0n, 1000n], [999n, 1000n], [1000n, 1000n], [1001n, 1010n], [20001n, 20100n], [300001n, 300100n],
      [1000001n, 1001000n], [1010n, 1010n], [99999n, 100000n],
    ];
    for (const [units, rounded] of cases) expect(roundUnits(units), `${units}`).to.equal(rounded);
  });

  it('never rounds down and never by more than a part in ten', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1000n, max: 5_000_000n }), (units) => {
        const rounded = roundUnits(units);
        expect(rounded >= units && rounded * 10n <= units * 11n).to.equal(true);
      }),
    );
  });

  it('splits rebates as the published fixtures do', () => {
    const published: [bigint, bigint, bigint, bigint][] = [
      [2_386_400n, 9_999n, 2_386_161n, 239n],
      [3_784_800n, 9_999n, 3_784_422n, 378n],
      [988_000n, 9_999n, 987_901n, 99n],
      [2_637_200n, 9_999n, 2_636_936n, 264n],
      [2_690_400n, 9_900n, 2_663_496n, 26_904n],
      [4_012_800n, 9_900n, 3_972_672n, 40_128n],
      [1_976_000n, 9_999n, 1_975_802n, 198n],
    ];
    for (const [total, rate, returned, kept] of published) {
      expect(splitRebate(total, rate)).to.deep.equal({ returned, kept });
    }
  });

  it('bounds the meter by budget and protocol', () => {
    expect(meterBudget(2_000_000n, 1_000n)).to.equal(2_000_000n);
    expect(meterBudget(gasPrices.maxBudget, 1_000n)).to.equal(5_000_000_000n);
  });
});

/** The published examples, with the rebate rate of this protocol version (9900). */
describe('worked gas examples', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.start();
  });
  const GAS_COIN = 988_000n;
  const OBJECT = 1_398_400n;
  const WRAPPER = 217n * 7_600n;

  const call = (tx: Transaction, name: string, args: Parameters<Transaction['moveCall']>[0]['arguments'] = []) =>
    tx.moveCall({ target: bench.target(name), arguments: args });

  const expectGas = (record: TransactionRecord, storage: bigint, oldRebates: bigint) => {
    const { returned, kept } = splitRebate(oldRebates);
    expect(record.effects.V2!.gasUsed).to.deep.equal({
      computationCost: '1000000',
      storageCost: storage.toString(),
      storageRebate: returned.toString(),
      nonRefundableStorageFee: kept.toString(),
    });
  };
  const create = () =>
    bench.succeed((tx) => call(tx, 'object_basics::create', [tx.pure.u64(1), tx.pure.address(bench.sender)]));

  it('create an object: (130 + 184) bytes', async () => {
    expectGas(await create(), 2_386_400n, GAS_COIN);
  });

  it('transfer it', async () => {
    const id = createdId(await create(), '::Object');
    const record = await bench.succeed((tx) => tx.transferObjects([bench.owned(tx, id)], '0xb0b'));
    expectGas(record, 2_386_400n, 2_386_400n);
  });

  it('update one, read another, one event', async () => {
    const a = createdId(await create(), '::Object');
    const b = createdId(await create(), '::Object');
    const record = await bench.succeed((tx) => call(tx, 'object_basics::update', [bench.owned(tx, a), bench.owned(tx, b)]));
    expectGas(record, 3_784_800n, 3_784_800n);
    expect(record.events).to.have.length(1);
  });

  it('delete', async () => {
    const id = createdId(await create(), '::Object');
    expectGas(await bench.succeed((tx) => call(tx, 'object_basics::delete', [bench.owned(tx, id)])), GAS_COIN, 2_386_400n);
  });

  it('wrap, then unwrap and delete', async () => {
    const id = createdId(await create(), '::Object');
    const wrapped = await bench.succeed((tx) => call(tx, 'object_basics::wrap', [bench.owned(tx, id)]));
    expectGas(wrapped, 2_637_200n, GAS_COIN + OBJECT);
    const wrapper = createdId(wrapped, '::Wrapper');
    const gone = await bench.succeed((tx) => call(tx, 'object_basics::unwrap_and_delete', [bench.owned(tx, wrapper)]));
    expectGas(gone, GAS_COIN, GAS_COIN + WRAPPER);
  });

  it('create and wrap in one transaction', async () => {
    const record = await bench.succeed((tx) => call(tx, 'object_basics::create_and_wrap', [tx.pure.u64(1)]));
    expectGas(record, 2_637_200n, GAS_COIN);
  });

  it('split and transfer; a hundred of them', async () => {
    const one = await bench.succeed((tx) => tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0xb0b'));
    expectGas(one, 1_976_000n, GAS_COIN);
    const many = await bench.succeed((tx) => {
      const coins = tx.splitCoins(tx.gas, Array<number>(100).fill(1));
      tx.transferObjects(Array.from({ length: 100 }, (_, i) => coins[i]!), '0xb0b');
    });
    expect(many.effects.V2!.gasUsed.storageCost).to.equal('99788000');
  });

  it('mint of a custom coin: 130 + 174 + 224 bytes, deny list read', async () => {
    const { created, packageId } = await bench.net.publish(new URL('../fixtures/basics', import.meta.url).pathname, bench.signer);
    const treasury = created.find((object) => object.type.includes('TreasuryCap'))!;
    const record = await bench.succeed((tx) => {
      tx.moveCall({
        target: '0x2::coin::mint_and_transfer',
        typeArguments: [`${packageId}::fake::FAKE`],
        arguments: [bench.owned(tx, treasury.id), tx.pure.u64(5), tx.pure.address(bench.sender)],
      });
    });
    expectGas(record, 4_012_800n, 2_690_400n);
    expect(record.effects.V2!.unchangedConsensusObjects).to.deep.equal([
      ['0x' + '403'.padStart(64, '0'), { $kind: 'PerEpochConfig', PerEpochConfig: true }],
    ]);
  });

  it('smashes gas coins, also when execution fails', async () => {
    const sender = bench.net.createSigner('many coins').toSuiAddress();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await bench.net.faucet(sender, 50_000_000)).coinId);
    const record = await bench.run((tx) => {
      tx.setGasPayment(ids.map((id) => bench.ref(id)));
      tx.setGasBudget(100_000_000);
      call(tx, 'rules::abort_plain');
    }, sender);
    expect(record.succeeded).to.equal(false);
    const { gasUsed } = record.effects.V2!;
    expect(BigInt(gasUsed.storageRebate) + BigInt(gasUsed.nonRefundableStorageFee)).to.equal(3n * GAS_COIN);
    expect(gasUsed.storageCost).to.equal('988000');
    expect(bench.ledger.getObject(ids[1]!)).to.equal(undefined);
    const cost = netGas({
      computationCost: BigInt(gasUsed.computationCost),
      storageCost: BigInt(gasUsed.storageCost),
      storageRebate: BigInt(gasUsed.storageRebate),
      nonRefundableStorageFee: BigInt(gasUsed.nonRefundableStorageFee),
    });
    expect(readCoinBalance(bench.object(ids[0]!).contents!)).to.equal(150_000_000n - cost);
  });

  it('fails when storage is not affordable and charges the inputs only', async () => {
    const { kind, record } = await bench.fail((tx) => {
      tx.setGasBudget(2_000_000);
      const coins = tx.splitCoins(tx.gas, Array<number>(20).fill(1));
      tx.transferObjects(Array.from({ length: 20 }, (_, i) => coins[i]!), '0xb0b');
    });
    expect(kind).to.equal('InsufficientGas');
    expect(record.effects.V2!.gasUsed).to.include({ computationCost: '1000000', storageCost: '988000' });
  });

  it('caps the price of a failed transaction', async () => {
    const record = await bench.run((tx) => {
      tx.setGasPrice(1_000_000);
      tx.setGasBudget(5_000_000_000);
      call(tx, 'rules::abort_plain');
    });
    expect(record.effects.V2!.gasUsed.computationCost).to.equal((1_000n * 100_000n).toString());
  });

  it('conserves SUI', async () => {
    const total = () =>
      [...bench.ledger.objectsOfType(bench.gasCoin().type)].reduce((sum, coin) => sum + readCoinBalance(coin.contents!), 0n);
    const before = total();
    const records = [await create(), await create()];
    const paid = records.reduce((sum, record) => {
      const { computationCost, storageCost, storageRebate } = record.effects.V2!.gasUsed;
      return sum + BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
    }, 0n);
    expect(before - total()).to.equal(paid);
  });
});
