/** Transactions that may not run at all (sui-execution.md §1.2): each reason, and that nothing changes. */
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import type { Signer } from '@mysten/sui/cryptography';
import { MultiSigPublicKey } from '@mysten/sui/multisig';
import { Transaction } from '@mysten/sui/transactions';
import { TransactionRejected } from '../../../src/localnet/index.js';
import type { TransactionDataV1 } from '../../../src/localnet/runtime/ptb.js';
import { Bench } from '../support/bench.js';

const id = (short: string) => '0x' + short.padStart(64, '0');
const toBytes = (signature: string) => new Uint8Array(Buffer.from(signature, 'base64'));

describe('transactions that are rejected', () => {
  let bench: Bench;
  let snapshot: number;
  before(async () => {
    bench = await Bench.start();
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  async function rejection(action: () => Promise<unknown>): Promise<TransactionRejected> {
    const { digest } = bench.ledger.latestCheckpoint;
    try {
      await action();
    } catch (error) {
      expect(error).to.be.instanceOf(TransactionRejected);
      expect(bench.ledger.latestCheckpoint.digest).to.equal(digest);
      return error as TransactionRejected;
    }
    throw new Error('the transaction was not rejected');
  }
  const expectReason = async (reason: string, build: (tx: Transaction) => void, sender?: string) => {
    const rejected = await rejection(() => bench.run(build, sender));
    expect(rejected.reason).to.equal(reason);
    return rejected;
  };
  const expectReasonOf = async (reason: string, change: (data: TransactionDataV1) => void) => {
    const rejected = await rejection(() =>
      bench.runChanged((tx) => tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0x1'), change),
    );
    expect(rejected.reason).to.equal(reason);
  };

  describe('bytes', () => {
    it('that are no transaction', async () => {
      for (const bytes of [new Uint8Array(), new Uint8Array([0]), new Uint8Array(200).fill(255)]) {
        const rejected = await rejection(() => Promise.resolve().then(() => bench.ledger.executeUnsigned(bytes)));
        expect(rejected.reason).to.equal('InvalidTransactionBytes');
      }
    });

    it('with something behind the end', async () => {
      const tx = new Transaction();
      tx.splitCoins(tx.gas, [1]);
      const bytes = new Uint8Array([...(await bench.bytes(tx)), 0]);
      const rejected = await rejection(() => Promise.resolve().then(() => bench.ledger.executeUnsigned(bytes)));
      expect(rejected.reason).to.equal('InvalidTransactionBytes');
    });

    it('that are too many', async () => {
      const rejected = await rejection(() =>
        Promise.resolve().then(() => bench.ledger.executeUnsigned(new Uint8Array(131_073))),
      );
      expect(rejected.reason).to.equal('SizeLimitExceeded');
    });

    it('of a system transaction', async () => {
      const system = bench.ledger.transactionByIndex(0n)!;
      const copy = { ...system.data.V1, expiration: { $kind: 'Epoch' as const, Epoch: 5 } };
      const bytes = bcs.TransactionData.serialize({ V1: copy }).toBytes();
      const rejected = await rejection(() => Promise.resolve().then(() => bench.ledger.executeUnsigned(bytes)));
      expect(rejected.reason).to.be.oneOf(['Unsupported', 'SizeLimitExceeded']);
    });
  });

  describe('shape', () => {
    it('empty commands', async () => {
      await expectReason('EmptyCommandInput', (tx) => tx.transferObjects([], '0x1'));
      await expectReason('EmptyCommandInput', (tx) => {
        tx.splitCoins(tx.gas, []);
      });
      await expectReason('EmptyCommandInput', (tx) => {
        tx.mergeCoins(tx.gas, []);
      });
      await expectReason('EmptyCommandInput', (tx) => {
        tx.makeMoveVec({ elements: [] });
      });
      await expectReason('EmptyCommandInput', (tx) => {
        tx.publish({ modules: [], dependencies: [] });
      });
    });

    it('too many commands, arguments, type arguments, pure bytes', async () => {
      await expectReason('SizeLimitExceeded', (tx) => {
        for (let i = 0; i < 1024; i++) tx.moveCall({ target: bench.target('rules::two') });
      });
      await expectReason('SizeLimitExceeded', (tx) => {
        const amount = tx.pure.u64(0);
        tx.makeMoveVec({ type: 'u64', elements: Array.from({ length: 512 }, () => amount) });
      });
      await expectReason('SizeLimitExceeded', (tx) => {
        tx.moveCall({ target: bench.target('rules::two'), typeArguments: Array<string>(17).fill('u8') });
      });
      await expectReason('SizeLimitExceeded', (tx) => {
        tx.moveCall({ target: bench.target('rules::two'), typeArguments: ['vector<'.repeat(17) + 'u8' + '>'.repeat(17)] });
      });
      await expectReason('SizeLimitExceeded', (tx) => {
        tx.pure(new Uint8Array(16_390));
      });
    });

    it('too many publish commands', async () => {
      await expectReason('MaxPublishCountExceeded', (tx) => {
        for (let i = 0; i < 6; i++) tx.publish({ modules: [[1]], dependencies: ['0x1'] });
      });
    });

    it('names that are no identifiers', async () => {
      await expectReasonOf('InvalidIdentifier', (data) => {
        data.kind.ProgrammableTransaction!.commands.push({
          $kind: 'MoveCall',
          MoveCall: { package: id('2'), module: 'a;b', function: 'f', typeArguments: [], arguments: [] },
        });
      });
    });

    it('objects given twice', async () => {
      const object = await bench.createObject();
      await expectReasonOf('DuplicateObjectRefInput', (data) => {
        const ref = bench.ref(object);
        for (let i = 0; i < 2; i++) {
          data.kind.ProgrammableTransaction!.inputs.push({
            $kind: 'Object',
            Object: { $kind: 'ImmOrOwnedObject', ImmOrOwnedObject: ref },
          });
        }
      });
      await expectReason('MutableObjectUsedMoreThanOnce', (tx) => {
        bench.owned(tx, bench.gasCoin().id);
        tx.splitCoins(tx.gas, [1]);
      });
    });

    it('commands after one that takes randomness', async () => {
      await expectReason('PostRandomCommandRestrictions', (tx) => {
        tx.moveCall({ target: bench.target('rules::roll'), arguments: [bench.shared(tx, id('8'), false)] });
        tx.moveCall({ target: bench.target('rules::two') });
      });
    });
  });

  describe('expiration', () => {
    it('in a past epoch', async () => {
      bench.net.advanceEpoch();
      await expectReasonOf('TransactionExpired', (data) => {
        data.expiration = { $kind: 'Epoch', Epoch: 0 };
      });
      await bench.succeed((tx) => {
        tx.setExpiration({ Epoch: 1 });
        tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0x1');
      });
    });

    it('outside its window, of another chain, or malformed', async () => {
      const window = (overrides: object) => (data: TransactionDataV1) => {
        data.expiration = {
          $kind: 'ValidDuring',
          ValidDuring: {
            minEpoch: '0',
            maxEpoch: '1',
            minTimestamp: null,
            maxTimestamp: null,
            chain: bench.ledger.chainId,
            nonce: 1,
            ...overrides,
          },
        };
      };
      await expectReasonOf('InvalidChainId', window({ chain: bench.ledger.latestCheckpoint.digest }));
      await expectReasonOf('TransactionExpired', window({ minEpoch: '4', maxEpoch: '5' }));
      await expectReasonOf('InvalidExpiration', window({ maxEpoch: '2' }));
      await expectReasonOf('InvalidExpiration', window({ minTimestamp: '5' }));
      const record = await bench.runChanged(
        (tx) => tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0x1'),
        window({}),
      );
      expect(record.succeeded).to.equal(true);
    });
  });

  describe('gas', () => {
    const transfer = (tx: Transaction) => tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0x1');
    it('terms out of bounds', async () => {
      await expectReason('GasPriceUnderRGP', (tx) => (tx.setGasPrice(999), transfer(tx)));
      await expectReason('GasPriceTooHigh', (tx) => (tx.setGasPrice(50_000_000_000), transfer(tx)));
      await expectReason('GasBudgetTooLow', (tx) => (tx.setGasBudget(999_999), transfer(tx)));
      await expectReason('GasBudgetTooHigh', (tx) => (tx.setGasBudget(50_000_000_000_001n), transfer(tx)));
      await expectReason('GasBalanceTooLow', (tx) => (tx.setGasBudget(1_000_000_000_000n), transfer(tx)));
    });

    it('coins that cannot pay', async () => {
      const object = await bench.createObject();
      await expectReason('InvalidGasObject', (tx) => (tx.setGasPayment([bench.ref(object)]), transfer(tx)));
      const { coinId } = await bench.net.faucet('0xb0b', 5_000_000_000);
      await expectReason('IncorrectUserSignature', (tx) => (tx.setGasPayment([bench.ref(coinId)]), transfer(tx)));
    });
  });

  describe('objects', () => {
    it('unknown, deleted, stale, with a wrong digest', async () => {
      const object = await bench.createObject();
      const ref = bench.ref(object);
      const use = (changes: object) => (tx: Transaction) => {
        const ImmOrOwnedObject = { ...ref, ...changes };
        const input = tx.object({ $kind: 'Object', Object: { $kind: 'ImmOrOwnedObject', ImmOrOwnedObject } });
        tx.moveCall({ target: bench.target('object_basics::value'), arguments: [input] });
      };
      const unknown = await expectReason('ObjectNotFound', use({ objectId: id('dead') }));
      expect(unknown.objectId).to.equal(id('dead'));
      await expectReason('ObjectVersionUnavailableForConsumption', use({ version: '1' }));
      await expectReason('InvalidObjectDigest', use({ digest: bench.ledger.chainId }));
      await expectReason('MovePackageAsObject', use({ objectId: bench.packageId }));
      await bench.succeed((tx) =>
        tx.moveCall({ target: bench.target('object_basics::delete'), arguments: [bench.owned(tx, object)] }),
      );
      await expectReason('ObjectDeleted', use({}));
    });

    it('of somebody else', async () => {
      const object = await bench.createObject(1, id('b0b'));
      await expectReason('IncorrectUserSignature', (tx) =>
        tx.moveCall({ target: bench.target('object_basics::value'), arguments: [bench.owned(tx, object)] }),
      );
    });

    it('children of objects', async () => {
      const parent = await bench.createObject();
      await bench.succeed((tx) =>
        tx.moveCall({
          target: bench.target('object_basics::add_field'),
          arguments: [bench.owned(tx, parent), tx.pure.u64(1), tx.pure.u64(2)],
        }),
      );
      const [field] = [...bench.ledger.dynamicFields(parent)];
      await expectReason('InvalidChildObjectArgument', (tx) => {
        bench.owned(tx, field!.id);
        tx.moveCall({ target: bench.target('rules::two') });
      });
    });

    it('shared ones as owned, owned ones as shared, with a wrong initial version', async () => {
      const counter = await bench.createCounter();
      const object = await bench.createObject();
      const noop = (tx: Transaction) => tx.moveCall({ target: bench.target('rules::two') });
      await expectReason('NotImmutableOrOwnedObjectError', (tx) => (bench.owned(tx, counter), noop(tx)));
      await expectReason('NotSharedObjectError', (tx) => (bench.shared(tx, object), noop(tx)));
      await expectReason('SharedObjectStartingVersionMismatch', (tx) => {
        const SharedObject = { objectId: counter, initialSharedVersion: '1', mutable: true };
        tx.object({ $kind: 'Object', Object: { $kind: 'SharedObject', SharedObject } });
        noop(tx);
      });
    });

    it('the clock and randomness for writing', async () => {
      for (const object of ['6', '8']) {
        await expectReason('ImmutableParameterExpectedError', (tx) => {
          bench.shared(tx, id(object), true);
          tx.moveCall({ target: bench.target('rules::two') });
        });
      }
    });

    it('party objects of others', async () => {
      const object = await bench.createObject();
      await bench.succeed((tx) =>
        tx.moveCall({
          target: bench.target('object_basics::party'),
          arguments: [bench.owned(tx, object), tx.pure.address('0xb0b')],
        }),
      );
      await expectReason('IncorrectUserSignature', (tx) => {
        bench.shared(tx, object, false);
        tx.moveCall({ target: bench.target('rules::two') });
      });
    });

    it('packages that do not exist', async () => {
      await expectReason('DependentPackageNotFound', (tx) => tx.moveCall({ target: '0xdead::m::f' }));
      const object = await bench.createObject();
      await expectReason('MoveObjectAsPackage', (tx) => tx.moveCall({ target: `${object}::m::f` }));
      await expectReason('DependentPackageNotFound', (tx) =>
        tx.moveCall({ target: bench.target('rules::only_copy'), typeArguments: ['0xdead::m::T'], arguments: [tx.pure.u64(1)] }),
      );
    });
  });

  describe('signatures', () => {
    async function signed(signer: Signer, sender = signer.toSuiAddress()) {
      await bench.net.faucet(sender, 5_000_000_000);
      const tx = new Transaction();
      tx.transferObjects([tx.splitCoins(tx.gas, [1])[0]!], '0x1');
      return bench.bytes(tx, sender);
    }
    const message = new Uint8Array(32).fill(7);

    for (const [name, signer] of [
      ['Ed25519', Ed25519Keypair.fromSecretKey(message)],
      ['Secp256k1', Secp256k1Keypair.fromSecretKey(message)],
      ['Secp256r1', Secp256r1Keypair.fromSecretKey(message)],
    ] as const) {
      it(`${name}: accepted, refused when changed`, async () => {
        const bytes = await signed(signer);
        const signature = toBytes((await signer.signTransaction(bytes)).signature);
        const wrong = signature.slice();
        wrong[10]! ^= 1;
        expect((await rejection(() => bench.ledger.execute(bytes, [wrong]))).reason).to.equal('InvalidSignature');
        expect((await rejection(() => bench.ledger.execute(bytes, [signature.slice(0, 60)]))).reason).to.equal(
          'InvalidSignature',
        );
        expect((await bench.ledger.execute(bytes, [signature])).succeeded).to.equal(true);
        // The same transaction again is answered from the ledger.
        const count = bench.ledger.transactionCount;
        await bench.ledger.execute(bytes, [signature]);
        expect(bench.ledger.transactionCount).to.equal(count);
      });
    }

    it('of the wrong signer, too few, too many, empty', async () => {
      const signer = Ed25519Keypair.fromSecretKey(message);
      const other = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(8));
      const bytes = await signed(signer);
      const good = toBytes((await signer.signTransaction(bytes)).signature);
      const bad = toBytes((await other.signTransaction(bytes)).signature);
      const reasonOf = async (signatures: Uint8Array[]) =>
        (await rejection(() => bench.ledger.execute(bytes, signatures))).reason;
      expect(await reasonOf([bad])).to.equal('SignerSignatureAbsent');
      expect(await reasonOf([])).to.equal('SignerSignatureNumberMismatch');
      expect(await reasonOf([good, good])).to.equal('SignerSignatureNumberMismatch');
      expect(await reasonOf([new Uint8Array()])).to.equal('InvalidSignature');
      expect(await reasonOf([new Uint8Array([5, 1, 2])])).to.equal('Unsupported');
      expect(await reasonOf([new Uint8Array([9, 1, 2])])).to.equal('InvalidSignature');
    });

    it('multisig', async () => {
      const signers = [1, 2, 3].map((n) => Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(n)));
      const publicKey = MultiSigPublicKey.fromPublicKeys({
        threshold: 2,
        publicKeys: signers.map((signer) => ({ publicKey: signer.getPublicKey(), weight: 1 })),
      });
      const bytes = await signed(signers[0]!, publicKey.toSuiAddress());
      const parts = await Promise.all(signers.map(async (signer) => (await signer.signTransaction(bytes)).signature));
      const one = toBytes(publicKey.combinePartialSignatures([parts[0]!]));
      expect((await rejection(() => bench.ledger.execute(bytes, [one]))).reason).to.equal('InvalidSignature');
      const two = toBytes(publicKey.combinePartialSignatures([parts[0]!, parts[2]!]));
      expect((await bench.ledger.execute(bytes, [two])).succeeded).to.equal(true);
    });

    it('sponsored: both sign, the sponsor pays', async () => {
      const sponsor = bench.net.createSigner('sponsor');
      await bench.net.faucet(sponsor.toSuiAddress(), 5_000_000_000);
      const object = await bench.createObject();
      const tx = new Transaction();
      tx.setSender(bench.sender);
      tx.setGasOwner(sponsor.toSuiAddress());
      tx.transferObjects([bench.owned(tx, object)], '0xb0b');
      const bytes = await bench.bytes(tx);
      const own = toBytes((await bench.signer.signTransaction(bytes)).signature);
      const theirs = toBytes((await sponsor.signTransaction(bytes)).signature);
      expect((await rejection(() => bench.ledger.execute(bytes, [own]))).reason).to.equal('SignerSignatureNumberMismatch');
      const record = await bench.ledger.execute(bytes, [theirs, own]);
      expect(record.succeeded).to.equal(true);
      const gas = record.effects.V2!.changedObjects[record.effects.V2!.gasObjectIndex!]!;
      expect(gas[1].outputState.ObjectWrite![1]).to.deep.include({ AddressOwner: sponsor.toSuiAddress() });
    });
  });
});
