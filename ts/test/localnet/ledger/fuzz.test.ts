/**
 * Random programmable transactions: whatever they say, they are executed or rejected, never crash the
 * network, and conserve SUI.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { bcs } from '@mysten/sui/bcs';
import { Transaction } from '@mysten/sui/transactions';
import { TransactionRejected } from '../../../src/localnet/index.js';
import type { Argument, CallArg, Command } from '../../../src/localnet/runtime/ptb.js';
import { readCoinBalance } from '../../../src/localnet/runtime/write-set.js';
import { buildPackage } from '../../../src/move/index.js';
import { Bench, FIXTURES } from '../support/bench.js';

const argument: fc.Arbitrary<Argument> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ $kind: 'GasCoin', GasCoin: true } as Argument) },
  { weight: 5, arbitrary: fc.nat(7).map((Input) => ({ $kind: 'Input', Input }) as Argument) },
  { weight: 4, arbitrary: fc.nat(5).map((Result) => ({ $kind: 'Result', Result }) as Argument) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(5), fc.nat(2))
      .map((NestedResult) => ({ $kind: 'NestedResult', NestedResult }) as unknown as Argument),
  },
);

describe('random transactions', () => {
  let bench: Bench;
  let inputs: CallArg[];
  let functions: string[];
  let snapshot: number;
  before(async () => {
    bench = await Bench.start();
    const [a, b] = [await bench.createObject(1), await bench.createObject(2)];
    const counter = await bench.createCounter();
    const tx = new Transaction();
    bench.owned(tx, a);
    bench.owned(tx, b);
    bench.shared(tx, counter);
    bench.shared(tx, '0x' + '6'.padStart(64, '0'), false);
    tx.pure.u64(3);
    tx.pure.address(bench.sender);
    tx.pure.vector('u64', [1, 2]);
    tx.moveCall({ target: bench.target('rules::two') });
    inputs = bcs.TransactionData.parse(await bench.bytes(tx)).V1.kind.ProgrammableTransaction!.inputs;
    functions = ['object_basics', 'rules', 'counter'].flatMap((module) =>
      bench.ledger.reflection
        .getModule(bench.packageId, module)!
        .functions.filter(({ name }) => name !== 'burn_gas')
        .map(({ name }) => `${module}::${name}`),
    );
    snapshot = bench.net.snapshot();
  });

  const command = (): fc.Arbitrary<Command> => {
    const args = fc.array(argument, { maxLength: 4 });
    return fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(fc.constantFrom(...functions), args, fc.constantFrom<string[]>([], ['u64'])).map(
          ([target, list, typeArguments]) => {
            const [module, name] = target.split('::') as [string, string];
            const MoveCall = { package: bench.packageId, module, function: name, typeArguments, arguments: list };
            return { $kind: 'MoveCall', MoveCall } as Command;
          },
        ),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(args, argument)
          .map(([objects, address]) => ({ $kind: 'TransferObjects', TransferObjects: { objects, address } }) as Command),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(argument, args)
          .map(([coin, amounts]) => ({ $kind: 'SplitCoins', SplitCoins: { coin, amounts } }) as Command),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(argument, args)
          .map(([destination, sources]) => ({ $kind: 'MergeCoins', MergeCoins: { destination, sources } }) as Command),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(null, 'u64', 'address'), args)
          .map(([type, elements]) => ({ $kind: 'MakeMoveVec', MakeMoveVec: { type, elements } }) as Command),
      },
    );
  };

  it('end as effects or as a rejection, and SUI is conserved', async () => {
    const total = () =>
      [...bench.ledger.objectsOfType(bench.gasCoin().type)].reduce((sum, coin) => sum + readCoinBalance(coin.contents!), 0n);
    const outcomes = { succeeded: 0, failed: 0, rejected: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(command(), { minLength: 1, maxLength: 5 }), async (commands) => {
        bench.net.revert(snapshot);
        const before = total();
        const tx = new Transaction();
        tx.setGasBudget(50_000_000);
        tx.splitCoins(tx.gas, [1]);
        const data = bcs.TransactionData.parse(await bench.bytes(tx));
        data.V1.kind.ProgrammableTransaction = { inputs, commands };
        bench.ledger.simulate(data, { checks: false });
        try {
          const record = bench.ledger.executeUnsigned(bcs.TransactionData.serialize(data).toBytes());
          outcomes[record.succeeded ? 'succeeded' : 'failed']++;
          expect(bcs.TransactionEffects.serialize(record.effects).toBytes()).to.deep.equal(record.effectsBytes);
          const { computationCost, storageCost, storageRebate } = record.effects.V2!.gasUsed;
          expect(before - total()).to.equal(BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate));
        } catch (error) {
          if (!(error instanceof TransactionRejected)) throw error;
          outcomes.rejected++;
        }
      }),
      { numRuns: 400 },
    );
    expect(outcomes.failed).to.be.greaterThan(50);
  });

  it('that publish damaged modules end as effects', async () => {
    const { modules } = await buildPackage(FIXTURES + 'basics');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(modules.length - 1),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (which, changes) => {
          bench.net.revert(snapshot);
          const module = Array.from(modules[which]!);
          for (const [at, byte] of changes) module[at % module.length] = byte;
          const record = await bench.run((tx) => {
            const cap = tx.publish({ modules: [module], dependencies: ['0x1', '0x2'] });
            tx.transferObjects([cap], bench.sender);
          });
          expect(record.effects.V2!.status.$kind).to.be.oneOf(['Success', 'Failure']);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('made of random bytes are rejected', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => bench.ledger.executeUnsigned(bytes)).to.throw(TransactionRejected);
      }),
    );
  });
});
