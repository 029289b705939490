/** Every command and every argument rule of sui-execution.md §1.4–1.7, on the `basics` fixture. */
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import type { Transaction, TransactionArgument } from '@mysten/sui/transactions';
import { readCoinBalance } from '../../../src/localnet/runtime/write-set.js';
import type { Argument as RawArgument } from '../../../src/localnet/runtime/ptb.js';
import { Bench, changeOf, createdId, failureOf } from '../support/bench.js';

type Argument = TransactionArgument;

describe('commands of programmable transactions', () => {
  let bench: Bench;
  let snapshot: number;
  before(async () => {
    bench = await Bench.start();
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const call = (tx: Transaction, name: string, args: Argument[] = [], typeArguments: string[] = []) =>
    tx.moveCall({ target: bench.target(name), arguments: args, typeArguments });
  const expectArgumentError = (failure: { error: unknown }, argIdx: number, kind: string, fields: unknown = true) => {
    expect(failure.error).to.deep.equal({
      $kind: 'CommandArgumentError',
      CommandArgumentError: { argIdx, kind: { $kind: kind, [kind]: fields } },
    });
  };

  describe('SplitCoins, MergeCoins, TransferObjects', () => {
    it('splits the gas coin and transfers the parts', async () => {
      const record = await bench.succeed((tx) => {
        const [a, b] = tx.splitCoins(tx.gas, [5, 0]);
        tx.transferObjects([a!, b!], '0xb0b');
      });
      const balances = [...bench.ledger.ownedObjects('0x' + 'b0b'.padStart(64, '0'))]
        .map((coin) => readCoinBalance(coin.contents!))
        .sort();
      expect(balances).to.deep.equal([0n, 5n]);
      expect(record.effects.V2!.gasObjectIndex).to.be.a('number');
    });

    it('withholds the budget from the gas coin', async () => {
      const coin = bench.gasCoin();
      const balance = readCoinBalance(coin.contents!);
      const visible = balance - 1_000_000_000n;
      const { error, command } = await bench.fail((tx) => {
        tx.transferObjects([tx.splitCoins(tx.gas, [visible + 1n])[0]!], '0x1');
      });
      expect(error).to.have.property('$kind', 'InsufficientCoinBalance');
      expect(command).to.equal(0);
      const left = readCoinBalance(bench.gasCoin().contents!) - 1_000_000_000n;
      await bench.succeed((tx) => {
        tx.transferObjects([tx.splitCoins(tx.gas, [left])[0]!], '0x1');
      });
    });

    it('reports the overflow of amounts', async () => {
      const { kind } = await bench.fail((tx) => {
        tx.splitCoins(tx.gas, [(1n << 64n) - 1n, 1n]);
      });
      // The parts have no drop, which is found before anything runs.
      expect(kind).to.equal('UnusedValueWithoutDrop');
      const failure = await bench.fail((tx) => {
        const parts = tx.splitCoins(tx.gas, [(1n << 64n) - 1n, 1n]);
        tx.transferObjects([parts[0]!, parts[1]!], '0x1');
      });
      expect(failure.kind).to.equal('CoinBalanceOverflow');
    });

    it('merges coins and deletes the sources', async () => {
      const first = await bench.succeed((tx) => {
        const [a, b] = tx.splitCoins(tx.gas, [30, 12]);
        tx.transferObjects([a!, b!], bench.sender);
      });
      const gas = first.effects.V2!.changedObjects[first.effects.V2!.gasObjectIndex!]![0];
      const [a, b] = first.outputObjects.filter((object) => object.id !== gas).map((object) => object.id);
      const record = await bench.succeed((tx) => {
        tx.setGasPayment([bench.ref(gas)]);
        tx.mergeCoins(bench.owned(tx, a!), [bench.owned(tx, b!)]);
      });
      expect(readCoinBalance(bench.object(a!).contents!)).to.equal(42n);
      expect(bench.ledger.getObject(b!)).to.equal(undefined);
      expect(changeOf(record, b!)).to.deep.include({ idOperation: { $kind: 'Deleted', Deleted: true } });
    });

    it('lets the whole gas coin go, cost deducted', async () => {
      const coin = bench.gasCoin();
      const before = readCoinBalance(coin.contents!);
      const record = await bench.succeed((tx) => {
        tx.transferObjects([tx.gas], '0xb0b');
      });
      const { computationCost, storageCost, storageRebate } = record.effects.V2!.gasUsed;
      const cost = BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
      const after = bench.object(coin.id);
      expect(after.owner.AddressOwner).to.equal('0x' + 'b0b'.padStart(64, '0'));
      expect(readCoinBalance(after.contents!)).to.equal(before - cost);
    });

    it('refuses objects without store and pure bytes', async () => {
      const failure = await bench.fail((tx) => {
        tx.transferObjects([call(tx, 'object_basics::new_bound')], '0x1');
      });
      expectArgumentError(failure, 0, 'InvalidTransferObject');
      expect(failure.command).to.equal(1);
      expectArgumentError(
        await bench.fail((tx) => {
          tx.transferObjects([tx.pure.u64(1)], '0x1');
        }),
        0,
        'InvalidUsageOfPureArg',
      );
    });

    it('refuses a coin of another kind', async () => {
      const id = await bench.createObject();
      expectArgumentError(
        await bench.fail((tx) => {
          tx.splitCoins(bench.owned(tx, id), [1]);
        }),
        0,
        'TypeMismatch',
      );
      expectArgumentError(
        await bench.fail((tx) => {
          tx.mergeCoins(tx.gas, [bench.owned(tx, id)]);
        }),
        1,
        'TypeMismatch',
      );
      expectArgumentError(
        await bench.fail((tx) => {
          const [part] = tx.splitCoins(tx.gas, [1]);
          tx.mergeCoins(part!, [tx.gas]);
        }),
        1,
        'InvalidGasCoinUsage',
      );
    });
  });

  describe('MakeMoveVec', () => {
    it('makes vectors of values and of objects', async () => {
      const record = await bench.succeed((tx) => {
        const values = tx.makeMoveVec({ type: 'u64', elements: [tx.pure.u64(3), tx.pure.u64(4)] });
        call(tx, 'rules::equal', [call(tx, 'rules::sum', [values]), tx.pure.u64(7)]);
        const empty = tx.makeMoveVec({ type: 'u64', elements: [] });
        call(tx, 'rules::equal', [call(tx, 'rules::sum', [empty]), tx.pure.u64(0)]);
      });
      expect(record.succeeded).to.equal(true);
    });

    it('needs objects when it has no type', async () => {
      expectArgumentError(
        await bench.fail((tx) => {
          tx.makeMoveVec({ elements: [call(tx, 'rules::droppable', [tx.pure.u64(1)])] });
        }),
        0,
        'InvalidMakeMoveVecNonObjectArgument',
      );
    });

    it('needs elements of one type', async () => {
      expectArgumentError(
        await bench.fail((tx) => {
          const [coin] = tx.splitCoins(tx.gas, [1]);
          const object = call(tx, 'object_basics::new', [tx.pure.u64(1)]);
          tx.makeMoveVec({ elements: [coin!, object] });
        }),
        1,
        'TypeMismatch',
      );
    });
  });

  describe('results', () => {
    it('uses results, nested results and results again', async () => {
      await bench.succeed((tx) => {
        const two = call(tx, 'rules::two');
        call(tx, 'rules::equal', [two[0]!, tx.pure.u64(1)]);
        const sum = call(tx, 'rules::add', [two[0]!, two[0]!]);
        call(tx, 'rules::increment', [sum]);
        call(tx, 'rules::equal', [sum, tx.pure.u64(3)]);
        call(tx, 'rules::equal', [sum, tx.pure.u64(3)]);
      });
    });

    it('names indices that do not exist', async () => {
      const cases: [RawArgument, string, unknown][] = [
        [{ $kind: 'Input', Input: 9 }, 'IndexOutOfBounds', { idx: 9 }],
        [{ $kind: 'Result', Result: 3 }, 'IndexOutOfBounds', { idx: 3 }],
        [{ $kind: 'NestedResult', NestedResult: [0, 2] }, 'SecondaryIndexOutOfBounds', { resultIdx: 0, secondaryIdx: 2 }],
      ];
      for (const [argument, kind, fields] of cases) {
        const record = await bench.runChanged(
          (tx) => {
            call(tx, 'rules::two');
            call(tx, 'rules::read', [tx.pure.u64(1)]);
          },
          (data) => {
            data.kind.ProgrammableTransaction!.commands[1]!.MoveCall!.arguments[0] = argument;
          },
        );
        expectArgumentError(failureOf(record)!, 0, kind, fields);
      }
      expectArgumentError(
        await bench.fail((tx) => {
          call(tx, 'rules::two');
          call(tx, 'rules::read', [{ $kind: 'Result', Result: 0 }]);
        }),
        0,
        'InvalidResultArity',
        { resultIdx: 0 },
      );
    });

    it('refuses leftover values without drop', async () => {
      const failure = await bench.fail((tx) => call(tx, 'rules::potato', [tx.pure.u64(1)]));
      expect(failure.error).to.deep.equal({
        $kind: 'UnusedValueWithoutDrop',
        UnusedValueWithoutDrop: { resultIdx: 0, secondaryIdx: 0 },
      });
      expect(failure.command).to.equal(undefined);
    });

    it('drops values with drop, consumes sticky ones by their last use', async () => {
      await bench.succeed((tx) => {
        call(tx, 'rules::droppable', [tx.pure.u64(1)]);
        const sticky = call(tx, 'rules::sticky', [tx.pure.u64(1)]);
        call(tx, 'rules::consume', [sticky]);
        call(tx, 'rules::consume', [sticky]);
      });
      const { kind } = await bench.fail((tx) => call(tx, 'rules::sticky', [tx.pure.u64(1)]));
      expect(kind).to.equal('UnusedValueWithoutDrop');
    });

    it('refuses a value that was moved', async () => {
      const id = await bench.createObject();
      const failure = await bench.fail((tx) => {
        const object = bench.owned(tx, id);
        call(tx, 'object_basics::delete', [object]);
        call(tx, 'object_basics::value', [object]);
      });
      expectArgumentError(failure, 0, 'ArgumentWithoutValue');
      expect(failure.command).to.equal(1);
    });

    it('refuses conflicting borrows and moves of borrowed values', async () => {
      const id = await bench.createObject();
      expectArgumentError(
        await bench.fail((tx) => {
          const object = bench.owned(tx, id);
          call(tx, 'object_basics::update', [object, object]);
        }),
        0,
        'InvalidReferenceArgument',
      );
      expectArgumentError(
        await bench.fail((tx) => {
          const object = bench.owned(tx, id);
          call(tx, 'object_basics::add_child', [object, tx.pure.u64(1), object]);
        }),
        2,
        'CannotMoveBorrowedValue',
      );
    });
  });

  describe('pure arguments', () => {
    it('reads every allowed type', async () => {
      await bench.succeed((tx) => {
        call(tx, 'rules::equal', [call(tx, 'rules::text_length', [tx.pure.string('héllo')]), tx.pure.u64(6)]);
        call(tx, 'rules::equal', [call(tx, 'rules::ascii_length', [tx.pure.string('hello')]), tx.pure.u64(5)]);
        call(tx, 'rules::equal', [
          call(tx, 'rules::option_or', [tx.pure.option('u64', null), tx.pure.u64(9)]),
          tx.pure.u64(9),
        ]);
        call(tx, 'rules::equal', [
          call(tx, 'rules::option_or', [tx.pure.option('u64', 8), tx.pure.u64(9)]),
          tx.pure.u64(8),
        ]);
        call(tx, 'rules::equal', [call(tx, 'rules::sum', [tx.pure.vector('u64', [1, 2, 3])]), tx.pure.u64(6)]);
        call(tx, 'rules::id_to_address', [tx.pure.id('0x123')]);
      });
    });

    it('reads one input at several types', async () => {
      await bench.succeed((tx) => {
        const bytes = tx.pure(bcs.vector(bcs.u8()).serialize([104, 105]));
        call(tx, 'rules::text_length', [bytes]);
        call(tx, 'rules::ascii_length', [bytes]);
      });
    });

    it('keeps one place per input and type', async () => {
      await bench.succeed((tx) => {
        const value = tx.pure(bcs.u64().serialize(4n));
        call(tx, 'rules::increment', [value]);
        call(tx, 'rules::equal', [value, tx.pure.u64(5)]);
      });
    });

    it('refuses bytes that are not the type', async () => {
      const cases: [string, Uint8Array][] = [
        ['rules::read', new Uint8Array([1, 2, 3])],
        ['rules::read', new Uint8Array(9)],
        ['rules::text_length', new Uint8Array([2, 0xff, 0xfe])],
        ['rules::ascii_length', new Uint8Array([1, 0x80])],
        ['rules::sum', new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f])],
      ];
      for (const [name, bytes] of cases) {
        expectArgumentError(await bench.fail((tx) => call(tx, name, [tx.pure(bytes)])), 0, 'InvalidBCSBytes');
      }
    });

    it('refuses types that bytes may not have', async () => {
      expectArgumentError(
        await bench.fail((tx) => call(tx, 'rules::droppable_value', [tx.pure.u64(1)])),
        0,
        'InvalidUsageOfPureArg',
      );
    });
  });

  describe('MoveCall', () => {
    it('injects the context', async () => {
      const record = await bench.succeed((tx) => call(tx, 'rules::facts'));
      expect(record.succeeded).to.equal(true);
    });

    it('checks the function', async () => {
      expect(await bench.fail((tx) => call(tx, 'rules::missing'))).to.include({ kind: 'FunctionNotFound', command: 0 });
      expect(await bench.fail((tx) => call(tx, 'nowhere::missing'))).to.include({ kind: 'FunctionNotFound' });
      expect(await bench.fail((tx) => call(tx, 'rules::read'))).to.include({ kind: 'ArityMismatch' });
      expect(await bench.fail((tx) => call(tx, 'rules::read', [tx.pure.u64(1)], ['u64']))).to.include({
        kind: 'TypeArityMismatch',
      });
      for (const name of ['rules::hidden', 'rules::for_package']) {
        expect(await bench.fail((tx) => call(tx, name, [tx.pure.u64(1)]))).to.include({ kind: 'NonEntryFunctionInvoked' });
      }
      const failure = await bench.fail((tx) =>
        tx.moveCall({
          target: '0x2::transfer::share_object',
          typeArguments: [bench.target('object_basics::Object')],
          arguments: [call(tx, 'object_basics::new', [tx.pure.u64(1)])],
        }),
      );
      expect(failure).to.include({ kind: 'NonEntryFunctionInvoked', command: 1 });
    });

    it('checks type arguments', async () => {
      const failure = await bench.fail((tx) =>
        call(tx, 'rules::only_copy', [call(tx, 'rules::droppable', [tx.pure.u64(1)])], [bench.target('rules::Droppable')]),
      );
      expect(failure.error).to.deep.equal({
        $kind: 'TypeArgumentError',
        TypeArgumentError: {
          argumentIdx: 0,
          kind: { $kind: 'ConstraintNotSatisfied', ConstraintNotSatisfied: true },
        },
      });
      const missing = await bench.fail((tx) => call(tx, 'rules::only_copy', [tx.pure.u64(1)], [bench.target('rules::Nope')]));
      expect(missing.kind).to.equal('TypeArgumentError');
    });

    it('refuses to return references', async () => {
      const failure = await bench.fail((tx) => call(tx, 'rules::reference', [tx.pure.u64(1)]));
      expect(failure.error).to.deep.equal({
        $kind: 'InvalidPublicFunctionReturnType',
        InvalidPublicFunctionReturnType: { idx: 0 },
      });
    });

    it('reports aborts with location, plain and clever', async () => {
      const plain = await bench.fail((tx) => call(tx, 'rules::abort_plain'));
      const [location, code] = (plain.error as { MoveAbort: [Record<string, unknown>, string] }).MoveAbort;
      expect(code).to.equal('7');
      expect(location['module']).to.deep.equal({ address: bench.packageId, name: 'rules' });
      expect(location['functionName']).to.equal('abort_plain');
      const { record } = await bench.fail((tx) => call(tx, 'rules::abort_clever'));
      expect(record.cleverError).to.include({
        constantName: 'ENotAllowed',
        rendered: 'This is not allowed',
        constantType: 'vector<u8>',
        errorCode: undefined,
      });
      const coded = await bench.fail((tx) => call(tx, 'rules::abort_with_code'));
      expect(coded.record.cleverError).to.include({ errorCode: 5, constantName: 'EWithCode', rendered: '42' });
      const line = await bench.fail((tx) => call(tx, 'rules::abort_line', [tx.pure.bool(false)]));
      expect(line.record.cleverError!.lineNumber).to.be.greaterThan(0);
      expect(line.record.cleverError!.constantName).to.equal(undefined);
    });

    it('reports arithmetic errors with the original address', async () => {
      const failure = await bench.fail((tx) => call(tx, 'rules::divide', [tx.pure.u64(1), tx.pure.u64(0)]));
      expect(failure.kind).to.equal('MovePrimitiveRuntimeError');
    });

    it('runs out of gas', async () => {
      const { kind, record } = await bench.fail((tx) => {
        tx.setGasBudget(2_000_000);
        call(tx, 'rules::burn_gas', [tx.pure.u64(10_000_000)]);
      });
      expect(kind).to.equal('InsufficientGas');
      expect(record.effects.V2!.gasUsed.computationCost).to.equal('2000000');
    });
  });

  describe('hot values and private entry functions', () => {
    it('calls private entry functions with clean values', async () => {
      await bench.succeed((tx) => {
        const value = call(tx, 'rules::private_entry', [tx.pure.u64(1)]);
        call(tx, 'rules::private_entry', [value]);
      });
    });

    it('refuses a value that a living hot potato touched', async () => {
      const failure = await bench.fail((tx) => {
        const potato = call(tx, 'rules::potato', [tx.pure.u64(1)]);
        const peeked = call(tx, 'rules::peek', [potato]);
        call(tx, 'rules::private_entry', [peeked]);
        call(tx, 'rules::eat', [potato]);
      });
      expectArgumentError(failure, 0, 'InvalidArgumentToPrivateEntryFunction');
      expect(failure.command).to.equal(2);
    });

    it('allows it once the potato is gone', async () => {
      await bench.succeed((tx) => {
        const potato = call(tx, 'rules::potato', [tx.pure.u64(1)]);
        const peeked = call(tx, 'rules::peek', [potato]);
        call(tx, 'rules::eat', [potato]);
        call(tx, 'rules::private_entry', [peeked]);
      });
    });

    it('does not mind public functions', async () => {
      await bench.succeed((tx) => {
        const potato = call(tx, 'rules::potato', [tx.pure.u64(1)]);
        call(tx, 'rules::public_entry', [call(tx, 'rules::peek', [potato])]);
        call(tx, 'rules::eat', [potato]);
      });
    });
  });

  describe('objects as arguments', () => {
    it('refuses writes to immutable and read-only inputs', async () => {
      const id = await bench.createObject();
      await bench.succeed((tx) => call(tx, 'object_basics::freeze_object', [bench.owned(tx, id)]));
      expectArgumentError(
        await bench.fail((tx) => call(tx, 'object_basics::set_value', [bench.owned(tx, id), tx.pure.u64(2)])),
        0,
        'InvalidObjectByMutRef',
      );
      expectArgumentError(
        await bench.fail((tx) => call(tx, 'object_basics::delete', [bench.owned(tx, id)])),
        0,
        'InvalidObjectByValue',
      );
      await bench.succeed((tx) => call(tx, 'object_basics::value', [bench.owned(tx, id)]));
      const counter = await bench.createCounter();
      expectArgumentError(
        await bench.fail((tx) => call(tx, 'counter::increment', [bench.shared(tx, counter, false)])),
        0,
        'InvalidObjectByMutRef',
      );
    });

    it('reads a shared object without changing it', async () => {
      const counter = await bench.createCounter();
      const before = bench.object(counter);
      const record = await bench.succeed((tx) => call(tx, 'counter::value', [bench.shared(tx, counter, false)]));
      expect(bench.object(counter).version).to.equal(before.version);
      expect(record.effects.V2!.unchangedConsensusObjects).to.deep.equal([
        [counter, { $kind: 'ReadOnlyRoot', ReadOnlyRoot: [before.version.toString(), before.digest] }],
      ]);
    });

    it('changes a shared object, re-shares it, deletes it, and no more', async () => {
      const counter = await bench.createCounter();
      await bench.succeed((tx) => {
        const shared = bench.shared(tx, counter);
        call(tx, 'counter::increment', [shared]);
        call(tx, 'counter::increment', [shared]);
      });
      expect(bench.object(counter).contents!.at(32)).to.equal(2);
      const owner = bench.object(counter).owner;
      await bench.succeed((tx) => call(tx, 'counter::reshare', [bench.shared(tx, counter)]));
      expect(bench.object(counter).owner).to.deep.equal(owner);
      const stolen = await bench.fail((tx) => call(tx, 'counter::steal', [bench.shared(tx, counter)]));
      expect(stolen.kind).to.equal('SharedObjectOperationNotAllowed');
      await bench.succeed((tx) => call(tx, 'counter::destroy', [bench.shared(tx, counter)]));
      expect(bench.ledger.getObject(counter)).to.equal(undefined);
    });

    it('does not share what existed before', async () => {
      const id = await bench.createObject();
      const failure = await bench.fail((tx) => call(tx, 'object_basics::share', [bench.owned(tx, id)]));
      const [location, code] = (failure.error as { MoveAbort: [{ module: { name: string } }, string] }).MoveAbort;
      expect([location.module.name, code]).to.deep.equal(['transfer', '0']);
    });

    it('receives an object sent to an object', async () => {
      const parent = await bench.createObject(1);
      const child = await bench.createObject(2, parent);
      const record = await bench.succeed((tx) => {
        const received = call(tx, 'object_basics::receive', [bench.owned(tx, parent), bench.receiving(tx, child)]);
        tx.transferObjects([received], bench.sender);
      });
      expect(bench.object(child).owner.AddressOwner).to.equal(bench.sender);
      expect(changeOf(record, child)!.inputState.$kind).to.equal('Exist');
    });

    it('leaves an unused receiving input alone', async () => {
      const parent = await bench.createObject(1);
      const child = await bench.createObject(2, parent);
      const before = bench.object(child);
      const record = await bench.succeed((tx) => {
        bench.receiving(tx, child);
        call(tx, 'rules::two');
      });
      expect(bench.object(child)).to.equal(before);
      expect(changeOf(record, child)).to.equal(undefined);
      const other = await bench.createObject(3);
      const failure = await bench.fail((tx) => {
        const received = call(tx, 'object_basics::receive', [bench.owned(tx, other), bench.receiving(tx, child)]);
        tx.transferObjects([received], bench.sender);
      });
      expect((failure.error as { MoveAbort: [unknown, string] }).MoveAbort[1]).to.equal('3');
    });

    it('takes party objects from their owner', async () => {
      const id = await bench.createObject(5);
      await bench.succeed((tx) =>
        call(tx, 'object_basics::party', [bench.owned(tx, id), tx.pure.address(bench.sender)]),
      );
      const owner = bench.object(id).owner.ConsensusAddressOwner!;
      expect(owner.owner).to.equal(bench.sender);
      expect(BigInt(owner.startVersion)).to.equal(bench.object(id).version);
      await bench.succeed((tx) => call(tx, 'object_basics::set_value', [bench.shared(tx, id), tx.pure.u64(6)]));
      expect(bench.object(id).owner.ConsensusAddressOwner).to.deep.equal(owner);
      await bench.succeed((tx) => {
        tx.transferObjects([bench.shared(tx, id)], bench.sender);
      });
      expect(bench.object(id).owner.AddressOwner).to.equal(bench.sender);
    });
  });

  describe('wrapping and dynamic fields', () => {
    it('wraps and unwraps', async () => {
      const id = await bench.createObject();
      const wrapped = await bench.succeed((tx) => call(tx, 'object_basics::wrap', [bench.owned(tx, id)]));
      expect(changeOf(wrapped, id)).to.deep.include({
        outputState: { $kind: 'NotExist', NotExist: true },
        idOperation: { $kind: 'None', None: true },
      });
      expect(bench.ledger.getObject(id)).to.equal(undefined);
      const wrapper = createdId(wrapped, '::object_basics::Wrapper');
      const unwrapped = await bench.succeed((tx) => call(tx, 'object_basics::unwrap', [bench.owned(tx, wrapper)]));
      expect(changeOf(unwrapped, id)).to.deep.include({
        inputState: { $kind: 'NotExist', NotExist: true },
        idOperation: { $kind: 'None', None: true },
      });
      expect(bench.object(id).version).to.equal(BigInt(unwrapped.effects.V2!.lamportVersion));
    });

    it('records objects created and wrapped at once', async () => {
      const record = await bench.succeed((tx) => call(tx, 'object_basics::create_and_wrap', [tx.pure.u64(1)]));
      const ghosts = record.effects.V2!.changedObjects.filter(
        ([, change]) => change.inputState.$kind === 'NotExist' && change.outputState.$kind === 'NotExist',
      );
      expect(ghosts.map(([, change]) => change.idOperation.$kind)).to.deep.equal(['Created']);
      const wrapper = createdId(record, '::object_basics::Wrapper');
      const gone = await bench.succeed((tx) => call(tx, 'object_basics::unwrap_and_delete', [bench.owned(tx, wrapper)]));
      expect(changeOf(gone, ghosts[0]![0])).to.deep.equal({
        inputState: { $kind: 'NotExist', NotExist: true },
        outputState: { $kind: 'NotExist', NotExist: true },
        idOperation: { $kind: 'Deleted', Deleted: true },
      });
    });

    it('adds, changes, reads and removes dynamic fields', async () => {
      const id = await bench.createObject();
      const args = (tx: Transaction) => [bench.owned(tx, id), tx.pure.u64(1)];
      await bench.succeed((tx) => call(tx, 'object_basics::add_field', [...args(tx), tx.pure.u64(10)]));
      const [field] = [...bench.ledger.dynamicFields(id)];
      expect(field!.owner.ObjectOwner).to.equal(id);
      await bench.succeed((tx) => call(tx, 'object_basics::bump_field', args(tx)));
      expect(bench.object(field!.id).contents!.at(40)).to.equal(11);
      const read = await bench.succeed((tx) => call(tx, 'object_basics::read_field', args(tx)));
      expect(changeOf(read, field!.id)).to.equal(undefined);
      const touched = await bench.succeed((tx) => call(tx, 'object_basics::touch_field', args(tx)));
      expect(changeOf(touched, field!.id)).to.equal(undefined);
      const removed = await bench.succeed((tx) => call(tx, 'object_basics::remove_field', args(tx)));
      expect(changeOf(removed, field!.id)!.idOperation.$kind).to.equal('Deleted');
      expect([...bench.ledger.dynamicFields(id)]).to.deep.equal([]);
    });

    it('keeps objects in dynamic object fields', async () => {
      const parent = await bench.createObject(1);
      const child = await bench.createObject(2);
      await bench.succeed((tx) =>
        call(tx, 'object_basics::add_child', [bench.owned(tx, parent), tx.pure.u64(1), bench.owned(tx, child)]),
      );
      const [field] = [...bench.ledger.dynamicFields(parent)];
      expect(bench.object(child).owner.ObjectOwner).to.equal(field!.id);
      await bench.succeed((tx) =>
        call(tx, 'object_basics::set_child', [bench.owned(tx, parent), tx.pure.u64(1), tx.pure.u64(77)]),
      );
      expect(bench.object(child).contents!.at(32)).to.equal(77);
      const taken = await bench.succeed((tx) => {
        const object = call(tx, 'object_basics::take_child', [bench.owned(tx, parent), tx.pure.u64(1)]);
        tx.transferObjects([object], bench.sender);
      });
      expect(changeOf(taken, child)!.inputState.$kind).to.equal('Exist');
      expect(bench.object(child).owner.AddressOwner).to.equal(bench.sender);
    });
  });

  describe('events', () => {
    it('carries the called module, sender and order', async () => {
      const record = await bench.succeed((tx) => {
        call(tx, 'object_basics::emit_many', [tx.pure.u64(2)]);
      });
      expect(record.events.map((event) => [event.packageId, event.module, event.sender])).to.deep.equal([
        [bench.packageId, 'object_basics', bench.sender],
        [bench.packageId, 'object_basics', bench.sender],
      ]);
      expect(record.events.map((event) => event.contents[0])).to.deep.equal([0, 1]);
      expect(record.effects.V2!.eventsDigest).to.be.a('string');
    });

    it('limits their number', async () => {
      const failure = await bench.fail((tx) => call(tx, 'object_basics::emit_many', [tx.pure.u64(1025)]));
      expect(failure.kind).to.equal('MovePrimitiveRuntimeError');
      expect(failure.record.events).to.deep.equal([]);
      await bench.succeed((tx) => call(tx, 'object_basics::emit_many', [tx.pure.u64(1024)]));
    });
  });

  it('gives fresh randomness to a transaction that asks for it', async () => {
    const rolled = async () => {
      const record = await bench.succeed((tx) => call(tx, 'rules::roll', [bench.shared(tx, '0x' + '8'.padStart(64, '0'), false)]));
      return Buffer.from(record.events[0]!.contents).toString('hex');
    };
    expect(await rolled()).to.not.equal(await rolled());
  });

  it('changes nothing but gas and versions when it fails', async () => {
    const id = await bench.createObject(1);
    const before = bench.object(id);
    const failure = await bench.fail((tx) => {
      call(tx, 'object_basics::set_value', [bench.owned(tx, id), tx.pure.u64(9)]);
      call(tx, 'rules::abort_plain');
    });
    const after = bench.object(id);
    expect(failure.command).to.equal(1);
    expect(after.contents).to.deep.equal(before.contents);
    expect(after.version).to.equal(BigInt(failure.record.effects.V2!.lamportVersion));
    expect(after.previousTransaction).to.equal(failure.record.digest);
    expect(failure.record.effects.V2!.changedObjects).to.have.length(2);
  });
});
