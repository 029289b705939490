/** Coin reservations (sui-gas.md §8): coins that a transaction takes from an address balance, also to pay with. */
import { expect } from 'chai';
import fc from 'fast-check';
import { Transaction } from '@mysten/sui/transactions';
import { deriveDynamicFieldID, fromBase58, normalizeSuiAddress, toBase58 } from '@mysten/sui/utils';
import { TransactionRejected } from '../../../src/localnet/index.js';
import { readReservation, reservationReference } from '../../../src/localnet/runtime/coin-reservations.js';
import { balanceType, readFunds } from '../../../src/localnet/runtime/funds.js';
import { SUI_TYPE } from '../../../src/localnet/runtime/type-tags.js';
import { readCoinBalance } from '../../../src/localnet/runtime/write-set.js';
import { Bench } from '../support/bench.js';

const SUI = '0x2::sui::SUI';
const BUDGET = 10_000_000;
const BOB = normalizeSuiAddress('0xb0b');

describe('coin reservations', () => {
  let bench: Bench;
  let snapshot: number;
  /** Has an address balance and one coin. */
  let owner: string;
  let coin: string;
  before(async () => {
    bench = await Bench.start();
    owner = bench.net.createSigner('reserves').toSuiAddress();
    coin = bench.net.mintCoin(SUI, 50_000_000, owner).id;
    await bench.succeed((tx) => {
      const [part] = tx.splitCoins(tx.gas, [500_000_000]);
      tx.moveCall({ target: '0x2::coin::send_funds', typeArguments: [SUI], arguments: [part!, tx.pure.address(owner)] });
    });
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const funds = (address: string) => readFunds({ readObject: (id) => bench.ledger.getObject(id) }, address, balanceType(SUI_TYPE));
  const coinsOf = (address: string) =>
    [...bench.ledger.ownedObjects(address)].reduce((sum, each) => sum + readCoinBalance(each.contents!), 0n);
  const reserve = (amount: bigint, address = owner, epoch = 0n) =>
    reservationReference({ amount, epoch }, address, balanceType(SUI_TYPE), bench.ledger.chainId);
  const costOf = ({ effects }: { effects: Awaited<ReturnType<typeof bench.run>>['effects'] }) => {
    const { computationCost, storageCost, storageRebate } = effects.V2!.gasUsed;
    return BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
  };
  const pay = (payment: { objectId: string; version: string; digest: string }[], build: (tx: Transaction) => void) =>
    bench.run((tx) => {
      tx.setGasBudget(BUDGET);
      tx.setGasPayment(payment);
      build(tx);
    }, owner);
  const rejected = async (action: () => Promise<unknown>): Promise<string> => {
    const error = await action().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(TransactionRejected);
    return (error as TransactionRejected).reason;
  };
  const input = (tx: Transaction, ref: { objectId: string; version: string; digest: string }) =>
    tx.object({ $kind: 'Object', Object: { $kind: 'ImmOrOwnedObject', ImmOrOwnedObject: ref } });

  it('are references of a fixed form', () => {
    const { objectId, version, digest } = reserve(0x0102030405060708n, owner, 0x0a0b0c0dn);
    expect(version).to.equal('0');
    const bytes = Buffer.from(fromBase58(digest)).toString('hex');
    expect(bytes).to.equal('0807060504030201' + '0d0c0b0a' + 'ac'.repeat(20));
    // The field's ID by the SDK's own function.
    const field = deriveDynamicFieldID('0xacc', `0x2::accumulator::Key<0x2::balance::Balance<${SUI}>>`, Buffer.from(owner.slice(2), 'hex'));
    const chain = fromBase58(bench.ledger.chainId);
    const masked = Buffer.from(field.slice(2), 'hex').map((byte, index) => byte ^ chain[index]!);
    expect(objectId).to.equal('0x' + Buffer.from(masked).toString('hex'));
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 32n - 1n), (amount, epoch) => {
        expect(readReservation(reserve(amount, owner, epoch))).to.deep.equal({ amount, epoch });
      }),
    );
    expect(readReservation({ version: '1', digest })).to.equal(undefined);
    expect(readReservation({ version: '0', digest: toBase58(new Uint8Array(32)) })).to.equal(undefined);
  });

  describe('as payment', () => {
    it('let commands use the gas coin; what is left returns', async () => {
      const record = await pay([reserve(500_000_000n)], (tx) => {
        tx.transferObjects([tx.splitCoins(tx.gas, [1_000])[0]!], BOB);
      });
      expect(record.failureDescription).to.equal(undefined);
      expect(record.effects.V2!.gasObjectIndex).to.equal(null);
      expect(coinsOf(BOB)).to.equal(1_000n);
      expect(funds(owner)).to.equal(500_000_000n - 1_000n - costOf(record));
    });

    it('first: coins behind them go to the balance', async () => {
      const record = await pay([reserve(400_000_000n), bench.ref(coin)], (tx) => {
        tx.transferObjects([tx.splitCoins(tx.gas, [430_000_000])[0]!], BOB);
      });
      expect(record.failureDescription).to.equal(undefined);
      expect(bench.ledger.getObject(coin)).to.equal(undefined);
      expect(coinsOf(BOB)).to.equal(430_000_000n);
      expect(funds(owner)).to.equal(550_000_000n - 430_000_000n - costOf(record));
    });

    it('behind a coin: that coin takes what they reserve', async () => {
      const record = await pay([bench.ref(coin), reserve(400_000_000n)], (tx) => {
        tx.transferObjects([tx.splitCoins(tx.gas, [430_000_000])[0]!], BOB);
      });
      expect(record.failureDescription).to.equal(undefined);
      expect(funds(owner)).to.equal(100_000_000n);
      expect(coinsOf(owner)).to.equal(450_000_000n - 430_000_000n - costOf(record));
    });

    it('transfer everything with the gas coin', async () => {
      const record = await pay([reserve(500_000_000n), bench.ref(coin)], (tx) => tx.transferObjects([tx.gas], BOB));
      expect(record.failureDescription).to.equal(undefined);
      expect(funds(owner)).to.equal(0n);
      expect(coinsOf(BOB)).to.equal(550_000_000n - costOf(record));
    });

    it('send everything to another balance', async () => {
      const record = await pay([reserve(500_000_000n), bench.ref(coin)], (tx) => {
        tx.moveCall({ target: '0x2::coin::send_funds', typeArguments: [SUI], arguments: [tx.gas, tx.pure.address(BOB)] });
      });
      expect(record.failureDescription).to.equal(undefined);
      expect([funds(owner), coinsOf(owner)]).to.deep.equal([0n, 0n]);
      expect(funds(BOB)).to.equal(550_000_000n - costOf(record));
    });

    it('pay for failures, which change nothing else', async () => {
      const record = await pay([reserve(500_000_000n), bench.ref(coin)], (tx) => {
        tx.transferObjects([tx.splitCoins(tx.gas, [1_000])[0]!], BOB);
        tx.moveCall({ target: bench.target('rules::abort_plain') });
      });
      expect(record.succeeded).to.equal(false);
      expect(funds(owner)).to.equal(550_000_000n - costOf(record));
      expect(coinsOf(BOB)).to.equal(0n);
    });

    it('are refused when they do not hold', async () => {
      const nothing = (tx: Transaction) => tx.makeMoveVec({ type: 'u8', elements: [] });
      expect(await rejected(() => pay([reserve(500_000_001n)], nothing))).to.equal('InvalidWithdrawReservation');
      expect(await rejected(() => pay([reserve(300_000_000n), reserve(300_000_000n)], nothing))).to.equal('InvalidWithdrawReservation');
      expect(await rejected(() => pay([reserve(0n)], nothing))).to.equal('InvalidWithdrawReservation');
      expect(await rejected(() => pay([reserve(9_999_999n)], nothing))).to.equal('GasBalanceTooLow');
      expect(await rejected(() => pay([reserve(500_000_000n, bench.sender)], nothing))).to.equal('InvalidWithdrawReservation');
      expect(await rejected(() => pay([reserve(500_000_000n, owner, 1n)], nothing))).to.equal('TransactionExpired');
      const stranger = { ...reserve(500_000_000n), objectId: coin };
      expect(await rejected(() => pay([stranger], nothing))).to.equal('InvalidWithdrawReservation');
    });
  });

  describe('as inputs', () => {
    it('are coins to split; what stays returns', async () => {
      const record = await pay([bench.ref(coin)], (tx) => {
        tx.transferObjects([tx.splitCoins(input(tx, reserve(100_000_000n)), [1_000])[0]!], BOB);
      });
      expect(record.failureDescription).to.equal(undefined);
      expect(coinsOf(BOB)).to.equal(1_000n);
      expect(funds(owner)).to.equal(499_999_000n);
    });

    it('are coins to merge', async () => {
      const record = await pay([bench.ref(coin)], (tx) => tx.mergeCoins(tx.gas, [input(tx, reserve(100_000_000n))]));
      expect(record.failureDescription).to.equal(undefined);
      expect(funds(owner)).to.equal(400_000_000n);
      expect(coinsOf(owner)).to.equal(150_000_000n - costOf(record));
    });

    it('that no command uses change nothing', async () => {
      const record = await pay([bench.ref(coin)], (tx) => {
        input(tx, reserve(100_000_000n));
        tx.makeMoveVec({ type: 'u8', elements: [] });
      });
      expect(record.failureDescription).to.equal(undefined);
      expect(funds(owner)).to.equal(500_000_000n);
    });

    it('are bounded by the balance, together with other withdrawals, and belong to the sender', async () => {
      const use = (amount: bigint, withdrawn: number, address = owner) =>
        pay([bench.ref(coin)], (tx) => {
          tx.transferObjects([input(tx, reserve(amount, address))], BOB);
          if (withdrawn === 0) return;
          const balance = tx.withdrawal({ amount: withdrawn, type: SUI });
          const redeemed = tx.moveCall({ target: '0x2::coin::redeem_funds', typeArguments: [SUI], arguments: [balance] });
          tx.transferObjects([redeemed], BOB);
        });
      expect(await rejected(() => use(500_000_001n, 0))).to.equal('InvalidWithdrawReservation');
      expect(await rejected(() => use(300_000_000n, 200_000_001))).to.equal('InvalidWithdrawReservation');
      expect(await rejected(() => use(1n, 0, bench.sender))).to.equal('InvalidWithdrawReservation');
      expect((await use(300_000_000n, 200_000_000)).failureDescription).to.equal(undefined);
      expect(coinsOf(BOB)).to.equal(500_000_000n);
    });
  });

  describe('chosen by the server', () => {
    const resolved = async (build: (tx: Transaction) => void, address = owner) => {
      const tx = new Transaction();
      tx.setSender(address);
      build(tx);
      const bytes = await tx.build({ client: bench.net.client });
      return { bytes, data: Transaction.from(bytes).getData() };
    };

    it('make the whole balance available when the gas coin is used, before all coins', async () => {
      const { bytes, data } = await resolved((tx) => tx.transferObjects([tx.splitCoins(tx.gas, [520_000_000])[0]!], BOB));
      expect(data.gasData.payment).to.deep.equal([reserve(500_000_000n), bench.ref(coin)]);
      expect(bench.ledger.executeUnsigned(bytes).failureDescription).to.equal(undefined);
      expect(coinsOf(BOB)).to.equal(520_000_000n);
    });

    it('do without any coin', async () => {
      const alone = bench.net.createSigner('no coins').toSuiAddress();
      await bench.succeed((tx) => {
        const [part] = tx.splitCoins(tx.gas, [500_000_000]);
        tx.moveCall({ target: '0x2::coin::send_funds', typeArguments: [SUI], arguments: [part!, tx.pure.address(alone)] });
      });
      const { bytes, data } = await resolved((tx) => tx.transferObjects([tx.splitCoins(tx.gas, [1_000])[0]!], BOB), alone);
      expect(data.gasData.payment).to.deep.equal([reserve(500_000_000n, alone)]);
      expect(bench.ledger.executeUnsigned(bytes).failureDescription).to.equal(undefined);
    });

    it('are not needed when no command uses the gas coin', async () => {
      const { data } = await resolved((tx) => tx.moveCall({ target: '0x2::clock::timestamp_ms', arguments: [tx.object.clock()] }));
      expect(data.gasData.payment).to.deep.equal([]);
    });
  });
});
