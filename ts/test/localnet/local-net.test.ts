/** The library's front door: boot, faucet, publish, clock, epochs, snapshots, determinism, the SDK's client. */
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import { Transaction } from '@mysten/sui/transactions';
import { CorruptCommit, LocalLedger, LocalNet, NoGasCoin, TransactionFailed, UnknownSnapshot } from '../../src/localnet/index.js';
import { Bench, FIXTURES } from './support/bench.js';

const CLOCK = '0x' + '6'.padStart(64, '0');

describe('LocalNet', () => {
  it('boots warm in well under a second', async () => {
    await LocalNet.start();
    const started = performance.now();
    await LocalNet.start();
    expect(performance.now() - started).to.be.lessThan(1_000);
  });

  it('has the singletons of genesis at version 1', async () => {
    const { ledger } = await LocalNet.start();
    for (const id of ['1', '2', '6', '8', 'c', 'd', '403', 'acc']) {
      const object = ledger.getObject('0x' + id.padStart(64, '0'));
      expect(object?.version, id).to.equal(1n);
      expect(object!.previousTransaction).to.equal(ledger.transactionByIndex(0n)!.digest);
    }
    expect(ledger.getObject(CLOCK)!.owner.Shared).to.deep.equal({ initialSharedVersion: '1' });
    expect(ledger.latestCheckpoint.sequenceNumber).to.equal(0n);
    expect(ledger.chainId).to.equal(ledger.latestCheckpoint.digest);
    const genesis = ledger.transactionByIndex(0n)!;
    expect(bcs.TransactionData.parse(genesis.bytes).V1.kind.$kind).to.equal('Genesis');
  });

  it('is deterministic: same seed and calls, same digests', async () => {
    const story = async (seed: string) => {
      const net = await LocalNet.start({ seed });
      const signer = net.createSigner('a');
      await net.faucet(signer.toSuiAddress(), 10_000_000_000n);
      await net.publish(FIXTURES + 'basics', signer);
      net.clock.advance(1_000);
      net.advanceEpoch();
      await net.faucet('0xb0b', 5n);
      return [net.ledger.chainId, net.ledger.latestCheckpoint.digest];
    };
    expect(await story('one')).to.deep.equal(await story('one'));
    expect(await story('one')).to.not.deep.equal(await story('two'));
  });

  it('does not disturb another network of the process', async () => {
    const [a, b] = await Promise.all([LocalNet.start({ seed: 'a' }), LocalNet.start({ seed: 'b' })]);
    const before = b.ledger.latestCheckpoint.digest;
    const { coinId } = await a.faucet('0x7', 1);
    a.clock.advance(5);
    expect(b.ledger.latestCheckpoint.digest).to.equal(before);
    expect(b.ledger.getObject(coinId)).to.equal(undefined);
  });

  it('says what is missing', async () => {
    const net = await LocalNet.start();
    const poor = net.createSigner('poor');
    const failure = async (action: () => Promise<unknown>) => {
      try {
        await action();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(await failure(() => net.publish(FIXTURES + 'basics', poor))).to.be.instanceOf(NoGasCoin);
    await net.faucet(poor.toSuiAddress(), 3_000_000);
    expect(await failure(() => net.publish(FIXTURES + 'basics', poor))).to.be.instanceOf(TransactionFailed);
    expect(() => net.revert(1)).to.throw(UnknownSnapshot);
  });

  describe('time', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.start({ epochMs: 1_000 });
    });

    it('stands still until it is moved', async () => {
      const { nowMs } = bench.net.clock;
      await bench.net.faucet('0xb0b', 1);
      expect(bench.net.clock.nowMs).to.equal(nowMs);
      bench.net.clock.advance(250);
      expect(bench.net.clock.nowMs).to.equal(nowMs + 250);
      const contents = bench.object(CLOCK).contents!;
      expect(Buffer.from(contents).readBigUInt64LE(32)).to.equal(BigInt(nowMs + 250));
      expect(bench.ledger.latestCheckpoint.timestampMs).to.equal(BigInt(nowMs + 250));
      expect(() => bench.net.clock.advance(-1)).to.throw(RangeError);
    });

    it('enters an epoch at each boundary', async () => {
      const { epoch, startTimestampMs } = bench.ledger.epoch;
      bench.net.clock.advance(2_500);
      expect(bench.ledger.epoch.epoch).to.equal(epoch + 2n);
      expect(bench.ledger.epoch.startTimestampMs).to.equal(startTimestampMs + 2_000n);
    });

    it('ends an epoch with a checkpoint that says so', async () => {
      const before = bench.ledger.epoch.epoch;
      bench.net.advanceEpoch();
      const last = bench.ledger.getCheckpoint(bench.ledger.epoch.firstCheckpoint - 1n)!;
      expect(last.epoch).to.equal(before);
      // end_of_epoch_data is followed by the two bytes of version-specific data and their length.
      expect([...last.summaryBytes.subarray(-14)]).to.deep.equal([1, 0, 123, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0]);
      await bench.net.faucet('0xb0b', 1);
      expect(bench.ledger.latestCheckpoint.epoch).to.equal(before + 1n);
    });

    it('writes empty checkpoints', () => {
      const { sequenceNumber, networkTotalTransactions } = bench.ledger.latestCheckpoint;
      const checkpoint = bench.ledger.advanceCheckpoint();
      expect(checkpoint.sequenceNumber).to.equal(sequenceNumber + 1n);
      expect(checkpoint.networkTotalTransactions).to.equal(networkTotalTransactions);
      expect(checkpoint.transactionDigests).to.deep.equal([]);
    });
  });

  describe('snapshots', () => {
    it('put everything back, again and again, and forget later ones', async () => {
      const bench = await Bench.start();
      const address = '0x' + 'b0b'.padStart(64, '0');
      const state = () => ({
        digest: bench.ledger.latestCheckpoint.digest,
        transactions: bench.ledger.transactionCount,
        owned: [...bench.ledger.ownedObjects(address)].map((object) => object.digest),
        gas: bench.gasCoin().digest,
        time: bench.net.clock.nowMs,
        epoch: bench.ledger.epoch,
        ofType: [...bench.ledger.objectsOfType(bench.gasCoin().type)].length,
      });
      await bench.net.faucet(address, 5);
      const before = state();
      const snapshot = bench.net.snapshot();
      for (let round = 0; round < 2; round++) {
        await bench.net.faucet(address, 6);
        const later = bench.net.snapshot();
        const counter = await bench.createCounter();
        bench.net.clock.advance(7);
        bench.net.advanceEpoch();
        expect(state()).to.not.deep.equal(before);
        bench.net.revert(snapshot);
        expect(state()).to.deep.equal(before);
        expect(bench.ledger.getObject(counter)).to.equal(undefined);
        expect(() => bench.net.revert(later)).to.throw(UnknownSnapshot);
      }
    });

    it('bring back thousands of objects, again and again', async () => {
      const bench = await Bench.start();
      for (let i = 0; i < 10; i++) {
        await bench.succeed((tx) => {
          const coins = tx.splitCoins(tx.gas, Array<number>(500).fill(1));
          tx.transferObjects(Array.from({ length: 500 }, (_, n) => coins[n]!), '0xb0b');
        });
      }
      const bob = '0x' + 'b0b'.padStart(64, '0');
      const snapshot = bench.net.snapshot();
      for (let i = 0; i < 3; i++) {
        await bench.net.faucet(bob, 1);
        expect([...bench.ledger.ownedObjects(bob)]).to.have.length(5_001);
        bench.net.revert(snapshot);
        expect([...bench.ledger.ownedObjects(bob)]).to.have.length(5_000);
      }
    });
  });

  describe('simulation', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.start();
    });
    const simulate = async (build: (tx: Transaction) => void, checks = true) => {
      const tx = new Transaction();
      build(tx);
      const data = bcs.TransactionData.parse(await bench.bytes(tx));
      data.V1.gasData.payment = [];
      return bench.ledger.simulate(data, { checks, mockGasCoin: true });
    };

    it('answers outputs and effects and stores nothing', async () => {
      const { digest } = bench.ledger.latestCheckpoint;
      const { transaction, commandOutputs } = await simulate((tx) => {
        const value = tx.moveCall({ target: bench.target('rules::add'), arguments: [tx.pure.u64(1), tx.pure.u64(2)] });
        tx.moveCall({ target: bench.target('rules::increment'), arguments: [value] });
      });
      expect(transaction.effects.V2!.status.$kind).to.equal('Success');
      expect(commandOutputs[0]!.returnValues).to.deep.equal([
        { type: 'u64', bytes: new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0]) },
      ]);
      expect(commandOutputs[1]!.mutatedByReference).to.deep.equal([
        {
          type: 'u64',
          bytes: new Uint8Array([4, 0, 0, 0, 0, 0, 0, 0]),
          argument: { $kind: 'Result', Result: 0 },
        },
      ]);
      expect(bench.ledger.latestCheckpoint.digest).to.equal(digest);
      expect(bench.ledger.getTransaction(transaction.digest)).to.equal(undefined);
    });

    it('inspects without rules: private functions, references, any type, leftovers', async () => {
      const build = (tx: Transaction) => {
        tx.moveCall({ target: bench.target('rules::hidden'), arguments: [tx.pure.u64(1)] });
        tx.moveCall({ target: bench.target('rules::reference'), arguments: [tx.pure.u64(9)] });
        tx.moveCall({ target: bench.target('rules::potato'), arguments: [tx.pure.u64(1)] });
        tx.moveCall({ target: bench.target('rules::droppable_value'), arguments: [tx.pure.u64(5)] });
      };
      const { transaction, commandOutputs } = await simulate(build, false);
      expect(transaction.failureDescription).to.equal(undefined);
      expect(commandOutputs.map((output) => output.returnValues[0]!.bytes[0])).to.deep.equal([1, 9, 1, 5]);
      expect((await simulate(build)).transaction.effects.V2!.status.$kind).to.equal('Failure');
    });
  });

  describe('dumps', () => {
    it('bring back the whole network, which goes on as the first would', async () => {
      const bench = await Bench.start({ epochMs: 10_000 });
      const { net } = bench;
      const counter = await bench.createCounter();
      await bench.run((tx) => {
        tx.moveCall({ target: bench.target('rules::abort_clever') });
      });
      await bench.succeed((tx) => {
        tx.moveCall({ target: bench.target('object_basics::emit_many'), arguments: [tx.pure.u64(2)] });
      });
      net.clock.advance(12_345);
      net.ledger.advanceCheckpoint();
      const copy = LocalNet.load(net.dump());
      expect(copy.ledger.latestCheckpoint.digest).to.equal(net.ledger.latestCheckpoint.digest);
      expect(copy.ledger.epoch).to.deep.equal(net.ledger.epoch);
      expect(copy.clock.nowMs).to.equal(net.clock.nowMs);
      expect(copy.ledger.transactionCount).to.equal(net.ledger.transactionCount);
      expect(copy.publishedPackages()).to.deep.equal(net.publishedPackages());
      for (let index = 0n; index < net.ledger.transactionCount; index++) {
        const [original, restored] = [net.ledger, copy.ledger].map((ledger) => {
          const { digest, effects, events, failureDescription, cleverError, checkpoint, inputObjects } =
            ledger.transactionByIndex(index)!;
          const inputs = inputObjects.map((object) => object.digest);
          return { digest, effects, events, failureDescription, cleverError, checkpoint, inputs };
        });
        expect(restored).to.deep.equal(original);
      }
      expect(copy.ledger.getObject(counter)!.bcs).to.deep.equal(net.ledger.getObject(counter)!.bcs);
      for (const each of [net, copy]) {
        await each.faucet('0x7', 5);
        each.advanceEpoch();
        const tx = new Transaction();
        tx.moveCall({ target: bench.target('counter::increment'), arguments: [bench.shared(tx, counter)] });
        expect((await each.executeAs(bench.sender, tx)).succeeded).to.equal(true);
      }
      expect(copy.ledger.latestCheckpoint.digest).to.equal(net.ledger.latestCheckpoint.digest);
    });

    it('are refused when they are changed or no dumps', async () => {
      const net = await LocalNet.start();
      await net.faucet('0x7', 5);
      expect(() => LocalNet.load(new Uint8Array([1, 2, 3]))).to.throw(CorruptCommit);
      expect(() => LocalNet.load(net.dump().slice(0, 5_000))).to.throw(CorruptCommit);
      const commits = [...net.ledger.commits()];
      const options = { std: [], sui: [], seed: new Uint8Array(32), timestampMs: 0n, faucet: '0x7' };
      expect(() => new LocalLedger(options, commits.slice(1))).to.throw(CorruptCommit);
      expect(new LocalLedger(options, commits).latestCheckpoint.digest).to.equal(net.ledger.latestCheckpoint.digest);
    });

    it('are fed by commits as they happen', async () => {
      const net = await LocalNet.start();
      const commits = [...net.ledger.commits()];
      const leave = net.ledger.onCommit((bytes) => commits.push(bytes));
      await net.faucet('0x7', 5);
      net.clock.advance(1);
      net.advanceEpoch();
      leave();
      expect(commits).to.deep.equal([...net.ledger.commits()]);
    });
  });

  it('mints any object, which code then uses', async () => {
    const bench = await Bench.start();
    const fields = bcs.u64().serialize(41n).toBytes();
    const counter = bench.net.mintObject(bench.target('counter::Counter'), fields, 'shared');
    await bench.succeed((tx) => {
      tx.moveCall({ target: bench.target('counter::increment'), arguments: [bench.shared(tx, counter.id)] });
    });
    expect(bench.object(counter.id).contents![32]).to.equal(42);
    const coin = bench.net.mintCoin(bench.target('fake::FAKE'), 7, bench.sender);
    await bench.succeed((tx) => tx.transferObjects([bench.owned(tx, coin.id)], '0xb0b'));
    expect(bench.net.mintCoin('0x2::sui::SUI', 1, '0x7').id).to.not.equal(bench.net.mintCoin('0x2::sui::SUI', 1, '0x7').id);
    const copy = LocalNet.load(bench.net.dump());
    expect(copy.ledger.getObject(counter.id)!.digest).to.equal(bench.object(counter.id).digest);
    expect(() => bench.net.mintObject('u64', fields, '0x7')).to.throw(TypeError);
    expect(() => bench.net.mintObject(bench.target('counter::Counter'), new Uint8Array(3), '0x7')).to.throw();
  });

  it('executes as anybody', async () => {
    const bench = await Bench.start();
    const { coinId } = await bench.net.faucet('0xb0b', 5_000_000_000);
    const tx = new Transaction();
    tx.transferObjects([tx.splitCoins(tx.gas, [3])[0]!], '0x7');
    const record = await bench.net.executeAs('0xb0b', tx);
    expect(record.succeeded).to.equal(true);
    expect(record.inputObjects[0]!.id).to.equal(coinId);
  });

  it('serves the SDK client in process', async () => {
    const bench = await Bench.start();
    const tx = new Transaction();
    tx.moveCall({
      target: bench.target('object_basics::create'),
      arguments: [tx.pure.u64(7), tx.pure.address(bench.sender)],
    });
    const result = await bench.net.client.signAndExecuteTransaction({ transaction: tx, signer: bench.signer });
    expect(result.$kind).to.equal('Transaction');
    const { objects } = await bench.net.client.listOwnedObjects({
      owner: bench.sender,
      type: bench.target('object_basics::Object'),
    });
    expect(objects).to.have.length(1);
  });

  it('notifies subscribers until they leave', async () => {
    const net = await LocalNet.start();
    const seen: bigint[] = [];
    const leave = net.ledger.subscribe((_transaction, checkpoint) => seen.push(checkpoint.sequenceNumber));
    await net.faucet('0x7', 1);
    leave();
    await net.faucet('0x7', 1);
    expect(seen).to.deep.equal([1n]);
  });
});
