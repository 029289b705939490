/** Resolution of unfinished transactions, as a client without the SDK may send them; over the fake ledger. */
import { expect } from 'chai';
import { GrpcTypes, RpcError } from '@mysten/sui/grpc';
import { bcs } from '@mysten/sui/bcs';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { fromHex, toBase58 } from '@mysten/bcs';
import type { Owner } from '../../../src/localnet/ledger/types.js';
import type { SignatureType } from '../../../src/localnet/vm/types.js';
import { simulateTransaction } from '../../../src/localnet/rpc/execution-service.js';
import { MAX_GAS_BUDGET } from '../../../src/localnet/rpc/gas-selection.js';
import { addressOwner, DEMO_PACKAGE, FakeLedger, FRAMEWORK } from './fake-ledger.js';

const { Input_InputKind: InputKind, Argument_ArgumentKind: ArgumentKind, SimulateTransactionRequest_TransactionChecks: Checks } =
  GrpcTypes;
const sender = normalizeSuiAddress('0x5e');
const thing = normalizeSuiAddress('0x71');
const shared = normalizeSuiAddress('0x5a');
const party = normalizeSuiAddress('0x9a');
const child = normalizeSuiAddress('0xc4');
const digest = toBase58(new Uint8Array(32).fill(5));

const thingType: SignatureType = { kind: 'datatype', address: DEMO_PACKAGE, module: 'demo', name: 'Thing', typeArguments: [] };
const receivingType: SignatureType = {
  kind: 'datatype',
  address: FRAMEWORK,
  module: 'transfer',
  name: 'Receiving',
  typeArguments: [thingType],
};
const std = normalizeSuiAddress('0x1');
const stringType: SignatureType = { kind: 'datatype', address: std, module: 'string', name: 'String', typeArguments: [] };
const optionType: SignatureType = { kind: 'datatype', address: std, module: 'option', name: 'Option', typeArguments: [{ kind: 'u8' }] };

describe('simulation of unfinished transactions', () => {
  let ledger: FakeLedger;
  beforeEach(() => {
    ledger = new FakeLedger();
    ledger.putCoin('0xc1', sender, 5_000_000_000n);
    const put = (id: string, owner: Owner) =>
      ledger.put({ id, type: `${DEMO_PACKAGE}::demo::Thing`, contents: fromHex(id), owner, version: 4n });
    put(thing, addressOwner(sender));
    put(shared, { $kind: 'Shared', Shared: { initialSharedVersion: '2' } });
    put(party, { $kind: 'ConsensusAddressOwner', ConsensusAddressOwner: { startVersion: '3', owner: sender } });
    put(child, { $kind: 'ObjectOwner', ObjectOwner: thing });
    ledger.putPackage({ storageId: DEMO_PACKAGE, originalId: DEMO_PACKAGE, version: 1n, modules: new Map(), linkage: new Map(), typeOrigins: new Map() });
  });

  const declare = (...parameters: SignatureType[]): void => {
    ledger.functions.set(`${DEMO_PACKAGE}::demo::f`, {
      name: 'f',
      index: 0,
      visibility: 'public',
      isEntry: false,
      isNative: false,
      typeParameters: [],
      parameters,
      returns: [],
    });
  };
  /** Simulates a call of `f` with these inputs as arguments. */
  const simulate = (inputs: GrpcTypes.Input[], more: Partial<GrpcTypes.SimulateTransactionRequest> = {}) =>
    simulateTransaction(ledger, {
      transaction: GrpcTypes.Transaction.create({
        sender,
        kind: {
          data: {
            oneofKind: 'programmableTransaction',
            programmableTransaction: {
              inputs,
              commands: [
                {
                  command: {
                    oneofKind: 'moveCall',
                    moveCall: {
                      package: DEMO_PACKAGE,
                      module: 'demo',
                      function: 'f',
                      typeArguments: [],
                      arguments: inputs.map((_input, index) => ({ kind: ArgumentKind.INPUT, input: index })),
                    },
                  },
                },
              ],
            },
          },
        },
      }),
      ...more,
    });
  const resolved = (inputs: GrpcTypes.Input[], more: Partial<GrpcTypes.SimulateTransactionRequest> = {}) => {
    const { transaction } = simulate(inputs, more);
    const data = transaction?.transaction?.kind?.data;
    return data?.oneofKind === 'programmableTransaction' ? data.programmableTransaction.inputs : [];
  };
  const by = (type: SignatureType, mutable: boolean): SignatureType => ({ kind: 'reference', mutable, target: type });

  it('finds version and digest of an owned object', () => {
    declare(by(thingType, true));
    const [input] = resolved([{ objectId: '0x71' }]);
    expect(input).deep.include({ kind: InputKind.IMMUTABLE_OR_OWNED, objectId: thing, version: 4n });
    expect(input?.digest).equal(ledger.getObject(thing)?.digest);
  });

  for (const [name, type, mutable] of [
    ['&T', by(thingType, false), false],
    ['&mut T', by(thingType, true), true],
    ['T', thingType, true],
  ] as const)
    it(`makes a shared object ${mutable ? 'mutable' : 'immutable'} for a parameter ${name}`, () => {
      declare(type, type);
      expect(resolved([{ objectId: shared }, { objectId: party }]).map(({ kind, version, mutable: m }) => [kind, version, m])).deep.equal([
        [InputKind.SHARED, 2n, mutable],
        [InputKind.SHARED, 3n, mutable],
      ]);
    });

  it('honours a client that wants the object mutable', () => {
    declare(by(thingType, false));
    expect(resolved([{ objectId: shared, mutable: true }])[0]?.mutable).equal(true);
  });

  it('receives an object only when every use says so', () => {
    for (const type of [receivingType, by(receivingType, false), by(receivingType, true)]) {
      declare(type);
      expect(resolved([{ objectId: thing }])[0]?.kind).equal(InputKind.RECEIVING);
    }
    declare(thingType);
    expect(resolved([{ objectId: thing }])[0]?.kind).equal(InputKind.IMMUTABLE_OR_OWNED);
  });

  it('takes complete inputs as they are', () => {
    declare(by(thingType, false));
    const input = { kind: InputKind.SHARED, objectId: shared, version: 77n, mutable: true };
    expect(resolved([input])[0]).deep.include(input);
    const reference = { kind: InputKind.RECEIVING, objectId: thing, version: 9n, digest };
    expect(resolved([reference])[0]).deep.include(reference);
  });

  for (const [name, input, code] of [
    ['an unknown object', { objectId: '0xdead' }, 'NOT_FOUND'],
    ['a child object', { objectId: child }, 'INVALID_ARGUMENT'],
    ['a package', { objectId: DEMO_PACKAGE }, 'INVALID_ARGUMENT'],
    ['another version', { objectId: thing, version: 3n }, 'INVALID_ARGUMENT'],
    ['another digest', { objectId: thing, digest }, 'INVALID_ARGUMENT'],
    ['another initial version', { objectId: shared, version: 4n }, 'INVALID_ARGUMENT'],
    ['a digest of a shared object', { objectId: shared, digest }, 'INVALID_ARGUMENT'],
    ['an owned object as shared', { kind: InputKind.SHARED, objectId: thing }, 'INVALID_ARGUMENT'],
    ['a shared object as owned', { kind: InputKind.IMMUTABLE_OR_OWNED, objectId: shared }, 'INVALID_ARGUMENT'],
    ['a bad ID', { objectId: '0xxyz' }, 'INVALID_ARGUMENT'],
    ['nothing', {}, 'INVALID_ARGUMENT'],
    ['pure without bytes', { kind: InputKind.PURE }, 'INVALID_ARGUMENT'],
    ['a withdrawal without amount', { kind: InputKind.FUNDS_WITHDRAWAL, fundsWithdrawal: {} }, 'INVALID_ARGUMENT'],
    ['an unknown kind', { kind: 99, objectId: thing }, 'INVALID_ARGUMENT'],
  ] as const)
    it(`refuses ${name}`, () => {
      declare(thingType);
      expect(() => simulate([input as GrpcTypes.Input])).throw(RpcError).with.property('code', code);
    });

  it('refuses a function that does not exist, when it has to know it', () => {
    expect(() => simulate([{ objectId: thing }])).throw(/function .*::demo::f does not exist/);
  });

  const literal = (json: NonNullable<GrpcTypes.Input['literal']>['kind']): GrpcTypes.Input => ({ literal: { kind: json } });
  const text = (stringValue: string) => literal({ oneofKind: 'stringValue', stringValue });

  it('encodes literals for the parameters they are passed to', () => {
    const cases: [SignatureType, GrpcTypes.Input, Uint8Array][] = [
      [{ kind: 'u8' }, literal({ oneofKind: 'numberValue', numberValue: 255 }), Uint8Array.of(255)],
      [{ kind: 'u64' }, text('18446744073709551615'), new Uint8Array(8).fill(255)],
      [{ kind: 'u256' }, text('1'), bcs.u256().serialize(1n).toBytes()],
      [{ kind: 'bool' }, literal({ oneofKind: 'boolValue', boolValue: true }), Uint8Array.of(1)],
      [{ kind: 'address' }, text('0x2'), fromHex(normalizeSuiAddress('0x2'))],
      [stringType, text('größe'), bcs.string().serialize('größe').toBytes()],
      [optionType, literal({ oneofKind: 'nullValue', nullValue: 0 }), Uint8Array.of(0)],
      [optionType, literal({ oneofKind: 'numberValue', numberValue: 3 }), Uint8Array.of(1, 3)],
      [{ kind: 'vector', element: { kind: 'u8' } }, text('AQI='), Uint8Array.of(2, 1, 2)],
      [
        { kind: 'vector', element: { kind: 'u16' } },
        literal({ oneofKind: 'listValue', listValue: { values: [{ kind: { oneofKind: 'numberValue', numberValue: 513 } }] } }),
        Uint8Array.of(1, 1, 2),
      ],
    ];
    for (const [type, input, bytes] of cases) {
      declare(type);
      expect(resolved([input])[0]).deep.equal({ kind: InputKind.PURE, pure: bytes });
    }
    declare(by(thingType, true));
    expect(resolved([text(thing)])[0]).deep.include({ kind: InputKind.IMMUTABLE_OR_OWNED, objectId: thing });
  });

  it('refuses literals that do not fit', () => {
    const number = (numberValue: number) => literal({ oneofKind: 'numberValue', numberValue });
    const cases: [SignatureType, GrpcTypes.Input][] = [
      [{ kind: 'u8' }, number(256)],
      [{ kind: 'u8' }, number(-1)],
      [{ kind: 'u64' }, number(1.5)],
      [{ kind: 'u64' }, text('0x1')],
      [{ kind: 'bool' }, number(1)],
      [{ kind: 'address' }, text('me')],
      [stringType, number(1)],
      [{ kind: 'vector', element: { kind: 'u8' } }, text('%%')],
      [{ kind: 'vector', element: { kind: 'u64' } }, text('1')],
      [thingType, number(1)],
    ];
    for (const [type, input] of cases) {
      declare(type);
      expect(() => simulate([input]), JSON.stringify(type)).throw(RpcError).with.property('code', 'INVALID_ARGUMENT');
    }
  });

  const gasOf = (response: GrpcTypes.SimulateTransactionResponse) => response.transaction?.transaction?.gasPayment;

  it('uses the reference price, the largest budget and no payment without gas selection', () => {
    declare();
    expect(gasOf(simulate([]))).deep.equal({ owner: sender, price: 1000n, budget: MAX_GAS_BUDGET, objects: [] });
  });

  it('pays for loading more than one coin', () => {
    declare();
    ledger.objects.delete(normalizeSuiAddress('0xc1'));
    for (let i = 0; i < 4; i++) ledger.putCoin(`0xca${i}`, sender, 900_000n);
    const gas = gasOf(simulate([], { doGasSelection: true }));
    // 1,000,000 computation + 1,000,000 overhead + 1,000 units × 1,000 for loading the further coins.
    expect(gas?.budget).equal(3_000_000n);
    expect(gas?.objects).length(4);
  });

  it('ignores gas selection without checks', () => {
    declare();
    const gas = gasOf(simulate([], { doGasSelection: true, checks: Checks.DISABLED }));
    expect(gas?.objects).deep.equal([]);
  });

  it('limits the budget to the coins of a given payment', () => {
    declare();
    const coin = ledger.getObject(normalizeSuiAddress('0xc1'));
    const request = GrpcTypes.Transaction.create({
      sender,
      kind: { data: { oneofKind: 'programmableTransaction', programmableTransaction: { inputs: [], commands: [] } } },
      gasPayment: { objects: [{ objectId: '0xc1', version: 1n, digest: coin?.digest }] },
    });
    expect(gasOf(simulateTransaction(ledger, { transaction: request }))?.budget).equal(5_000_000_000n);
  });

  it('refuses requests without transaction, kind or sender, and system transactions', () => {
    const kind = { data: { oneofKind: 'genesis' as const, genesis: { objects: [] } } };
    for (const transaction of [undefined, GrpcTypes.Transaction.create(), GrpcTypes.Transaction.create({ sender }), GrpcTypes.Transaction.create({ sender, kind })])
      expect(() => simulateTransaction(ledger, { transaction })).throw(RpcError).with.property('code', 'INVALID_ARGUMENT');
    expect(() => simulateTransaction(ledger, { transaction: { bcs: { value: Uint8Array.of(0) } } })).throw(RpcError);
  });

  it('refuses arguments that are out of range or incomplete', () => {
    const withCommand = (command: GrpcTypes.Command['command']) =>
      GrpcTypes.Transaction.create({
        sender,
        kind: { data: { oneofKind: 'programmableTransaction', programmableTransaction: { inputs: [], commands: [{ command }] } } },
      });
    for (const argument of [{}, { kind: 9 }, { kind: ArgumentKind.INPUT }, { kind: ArgumentKind.INPUT, input: 70_000 }, { kind: ArgumentKind.RESULT }])
      expect(() => simulateTransaction(ledger, { transaction: withCommand({ oneofKind: 'splitCoins', splitCoins: { coin: argument, amounts: [] } }) }))
        .throw(RpcError)
        .with.property('code', 'INVALID_ARGUMENT');
    expect(() => simulateTransaction(ledger, { transaction: withCommand({ oneofKind: undefined }) })).throw(RpcError);
  });
});
