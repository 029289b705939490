/** Networks that live in a directory: they go on where they stopped, and say why when they cannot. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { open } from 'lmdb';
import {
  CorruptDataDirectory,
  type DataDirectoryError,
  DataDirectoryInUse,
  DataDirectoryUnusable,
  ForeignDataDirectory,
  LocalNet,
  NewerDataDirectory,
  SeedMismatch,
  type LocalNetOptions,
} from '../../../src/localnet/index.js';
import { FIXTURES } from '../support/bench.js';

describe('networks in a directory', () => {
  let base: string;
  let directory: string;
  let count = 0;
  before(async () => {
    base = await mkdtemp(path.join(os.tmpdir(), 'haulout-data-'));
  });
  beforeEach(() => {
    directory = path.join(base, `${count++}`, 'data');
  });
  after(() => rm(base, { recursive: true, force: true }));

  const start = (options: LocalNetOptions = {}) => LocalNet.start({ data: directory, ...options });
  const failure = async (options: LocalNetOptions = {}): Promise<unknown> => {
    try {
      await (await start(options)).stop();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const state = (net: LocalNet) => {
    const { ledger } = net;
    return {
      chainId: ledger.chainId,
      latest: ledger.latestCheckpoint.digest,
      transactions: ledger.transactionCount,
      epoch: ledger.epoch,
      epochs: Array.from({ length: Number(ledger.epoch.epoch) + 1 }, (_, epoch) => ledger.getEpoch(BigInt(epoch))),
      gas: ledger.epochGas,
      time: net.clock.nowMs,
      published: net.publishedPackages(),
    };
  };

  it('go on with everything they had', async () => {
    const net = await start({ epochMs: 5_000, seed: 'go on' });
    const signer = net.createSigner('a');
    await net.faucet(signer.toSuiAddress(), 10_000_000_000n);
    await net.publish(FIXTURES + 'basics', signer);
    net.clock.advance(12_345);
    net.ledger.advanceCheckpoint();
    net.mintCoin('0x2::sui::SUI', 7, '0xb0b');
    const before = state(net);
    await net.stop();

    const again = await start();
    expect(state(again)).to.deep.equal(before);
    expect(again.ledger.epoch.epoch).to.equal(2n);
    const bob = '0x' + 'b0b'.padStart(64, '0');
    expect([...again.ledger.ownedObjects(bob)]).to.have.length(1);
    // Boundaries of epochs are still where they were, and what is published is found by name.
    again.clock.advance(2_655);
    expect(again.ledger.epoch.epoch).to.equal(3n);
    const address = signer.toSuiAddress();
    expect(again.createSigner('a').toSuiAddress()).to.equal(address);
    await again.faucet(address, 5_000_000_000n);
    await again.stop();
    await again.stop();
  });

  it('know every epoch since genesis, with its checkpoints', async () => {
    const net = await start();
    await net.faucet('0x7', 1);
    net.clock.advance(1_000);
    net.advanceEpoch();
    net.advanceEpoch();
    await net.faucet('0x7', 1);
    const dump = net.dump();
    await net.stop();
    const restored = [net, await start(), LocalNet.load(dump)];
    for (const { ledger } of restored) {
      const epochs = [0n, 1n, 2n].map((epoch) => ledger.getEpoch(epoch)!);
      expect(epochs.map(({ firstCheckpoint, lastCheckpoint }) => [firstCheckpoint, lastCheckpoint])).to.deep.equal([
        [0n, 3n],
        [4n, 4n],
        [5n, undefined],
      ]);
      for (const { epoch, firstCheckpoint, lastCheckpoint = ledger.latestCheckpoint.sequenceNumber } of epochs) {
        for (let number = firstCheckpoint; number <= lastCheckpoint; number++) {
          expect(ledger.getCheckpoint(number)!.epoch).to.equal(epoch);
        }
      }
      expect(epochs[0]!.endTimestampMs).to.equal(epochs[1]!.startTimestampMs);
      expect(ledger.getEpoch(3n)).to.equal(undefined);
    }
    const { response } = await restored[1]!.client.ledgerService.getEpoch({
      epoch: 0n,
      readMask: { paths: ['epoch', 'first_checkpoint', 'last_checkpoint', 'start', 'end'] },
    });
    expect([response.epoch?.firstCheckpoint, response.epoch?.lastCheckpoint]).to.deep.equal([0n, 3n]);
    expect(response.epoch!.end!.seconds - response.epoch!.start!.seconds).to.equal(1n);
    await restored[1]!.stop();
  });

  it('forget what was taken back', async () => {
    const net = await start();
    await net.faucet('0x7', 1);
    const snapshot = net.snapshot();
    await net.faucet('0x7', 2);
    net.advanceEpoch();
    await net.settled();
    net.revert(snapshot);
    expect(net.ledger.getEpoch(1n)).to.equal(undefined);
    const { digest } = await net.faucet('0x7', 3);
    const before = state(net);
    await net.stop();
    const again = await start();
    expect(state(again)).to.deep.equal(before);
    expect(again.ledger.getTransaction(digest)?.succeeded).to.equal(true);
    await again.stop();
  });

  it('do what a network in memory does, wherever they are stopped', async () => {
    type Step = 'faucet' | 'clock' | 'epoch' | 'checkpoint' | 'snapshot' | 'revert' | 'restart';
    const steps = fc.array(
      fc.constantFrom<Step>('faucet', 'clock', 'epoch', 'checkpoint', 'snapshot', 'revert', 'restart'),
      { maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        directory = path.join(base, `${count++}`);
        const model = await LocalNet.start();
        let net = await start();
        let snapshots: { model: number; net: number } | undefined;
        for (const step of story) {
          if (step === 'restart') {
            await net.stop();
            net = await start();
            snapshots = undefined;
          } else if (step === 'snapshot') snapshots = { model: model.snapshot(), net: net.snapshot() };
          else if (step === 'revert') {
            if (snapshots) model.revert(snapshots.model);
            if (snapshots) net.revert(snapshots.net);
          } else {
            for (const each of [model, net]) {
              if (step === 'faucet') await each.faucet('0x7', 5);
              else if (step === 'clock') each.clock.advance(10);
              else if (step === 'epoch') each.advanceEpoch();
              else each.ledger.advanceCheckpoint();
            }
          }
        }
        expect(state(net)).to.deep.equal(state(model));
        await net.stop();
        const last = await start();
        expect(state(last)).to.deep.equal(state(model));
        await last.stop();
      }),
      { numRuns: 12 },
    );
  });

  it('take a new length of epochs, but no other seed', async () => {
    await (await start({ seed: 'one', epochMs: 10 })).stop();
    expect(await failure({ seed: 'two' })).to.be.instanceOf(SeedMismatch);
    const net = await start({ seed: 'one', epochMs: 1_000, genesisTimeMs: 5 });
    net.clock.advance(100);
    expect(net.ledger.epoch.epoch).to.equal(0n);
    expect(net.clock.nowMs).to.be.greaterThan(1_000);
    await net.stop();
  });

  it('answer when their last transactions are safe', async () => {
    const net = await start();
    const digests = await Promise.all(Array.from({ length: 20 }, () => net.faucet('0x7', 1).then(({ digest }) => digest)));
    net.clock.advance(1);
    await net.settled();
    // A copy of the files is what a crash at this moment would leave.
    const copy = path.join(base, `${count++}`);
    await mkdir(copy);
    await writeFile(path.join(copy, 'data.mdb'), await readFile(path.join(directory, 'data.mdb')));
    const { latestCheckpoint } = net.ledger;
    await net.stop();
    const again = await start({ data: copy });
    expect(again.ledger.latestCheckpoint.digest).to.equal(latestCheckpoint.digest);
    for (const digest of digests) expect(again.ledger.getTransaction(digest)).to.not.equal(undefined);
    await again.stop();
  });

  describe('are refused', () => {
    const expectRefusal = async (kind: new (...args: never[]) => DataDirectoryError, words: RegExp) => {
      const error = await failure();
      expect(error).to.be.instanceOf(kind);
      expect((error as Error).message).to.match(words).and.to.contain(directory);
    };
    const database = () => open<Buffer, Buffer>({ path: directory, encoding: 'binary', keyEncoding: 'binary' });
    const key = (index: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(index));
      return bytes;
    };
    /** A stopped network of three commits, then changed. */
    const damage = async (change: (root: ReturnType<typeof database>) => void) => {
      const net = await start();
      await net.faucet('0x7', 1);
      await net.faucet('0x7', 1);
      await net.stop();
      const root = database();
      change(root);
      await root.close();
    };

    it('when the directory is open already', async () => {
      const net = await start();
      await expectRefusal(DataDirectoryInUse, /runs this network; end it/);
      await net.stop();
      expect(await failure()).to.equal(undefined);
    });

    it('when it holds other files', async () => {
      await mkdir(directory, { recursive: true });
      await writeFile(path.join(directory, 'thesis.txt'), 'do not touch');
      await expectRefusal(ForeignDataDirectory, /other files.*choose an empty directory/);
      expect(existsSync(path.join(directory, 'data.mdb'))).to.equal(false);
    });

    it('when data.mdb is anything', async () => {
      for (const bytes of [Buffer.from('hello'), Buffer.alloc(20_000, 0x5a), Buffer.alloc(8_192)]) {
        await mkdir(directory, { recursive: true });
        await writeFile(path.join(directory, 'data.mdb'), bytes);
        await expectRefusal(ForeignDataDirectory, /no LMDB file/);
        expect(await readFile(path.join(directory, 'data.mdb'))).to.deep.equal(bytes);
      }
    });

    it('when the database is of another program', async () => {
      await mkdir(directory, { recursive: true });
      const root = database();
      await root.put(Buffer.from('metadata'), Buffer.from('of somebody'));
      await root.close();
      await expectRefusal(ForeignDataDirectory, /another program/);
      await damage((ours) => ours.putSync(Buffer.from('header'), Buffer.from('{"format":1}'))).catch(() => undefined);
      await expectRefusal(ForeignDataDirectory, /choose an empty directory/);
    });

    it('when its format is newer', async () => {
      await damage((root) => {
        const header = JSON.parse(root.get(Buffer.from('header'))!.toString('utf8')) as object;
        root.putSync(Buffer.from('header'), Buffer.from(JSON.stringify({ ...header, format: 2, more: true })));
      });
      await expectRefusal(NewerDataDirectory, /format 2.*newer version of haulout/);
    });

    it('when a commit is changed, missing, or does not follow', async () => {
      await damage((root) => {
        const commit = Buffer.from(root.get(key(2))!);
        commit[100]! ^= 1;
        root.putSync(key(2), commit);
      });
      await expectRefusal(CorruptDataDirectory, /commit 2 has been changed.*from a copy/);
      directory = path.join(base, `${count++}`);
      await damage((root) => root.removeSync(key(1)));
      await expectRefusal(CorruptDataDirectory, /commit 1 is missing/);
      directory = path.join(base, `${count++}`);
      await damage((root) => root.putSync(key(2), Buffer.from(root.get(key(1))!)));
      await expectRefusal(CorruptDataDirectory, /./);
      directory = path.join(base, `${count++}`);
      await damage((root) => root.putSync(Buffer.from('header'), Buffer.from('{"network":"haulout","format":1}')));
      await expectRefusal(CorruptDataDirectory, /header is damaged/);
    });

    it('when the file has been cut off', async () => {
      await damage(() => undefined);
      await truncate(path.join(directory, 'data.mdb'), 12_288);
      await expectRefusal(CorruptDataDirectory, /cut off/);
    });

    it('when the directory cannot be made or written', async () => {
      await mkdir(path.dirname(directory), { recursive: true });
      await writeFile(directory, 'a file');
      await expectRefusal(DataDirectoryUnusable, /choose a directory that this user may write/);
      directory = path.join(base, `${count++}`);
      await mkdir(directory);
      await chmod(directory, 0o555);
      // The superuser may write anywhere, so it becomes nobody for a moment.
      const superuser = process.geteuid?.() === 0;
      await chmod(base, 0o755);
      if (superuser) process.seteuid!(65_534);
      try {
        await expectRefusal(DataDirectoryUnusable, /permission denied/i);
      } finally {
        if (superuser) process.seteuid!(0);
      }
    });
  });
});
