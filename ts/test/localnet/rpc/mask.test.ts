import { expect } from 'chai';
import fc from 'fast-check';
import { GrpcTypes, RpcError } from '@mysten/sui/grpc';
import type { FieldInfo } from '@protobuf-ts/runtime';
import { ReadMask } from '../../../src/localnet/rpc/mask.js';

type MessageTypeLike = { readonly typeName: string; readonly fields: readonly FieldInfo[] };

/** All paths of a message down to a depth, in proto spelling. */
function pathsOf(type: MessageTypeLike, depth: number, prefix = ''): string[] {
  return type.fields.flatMap((field) => {
    const path = prefix + field.name;
    if (field.kind !== 'message' || depth === 0) return [path];
    const below = field.T() as MessageTypeLike;
    if (below.typeName.startsWith('google.')) return [path];
    return [path, ...pathsOf(below, depth - 1, `${path}.`)];
  });
}

/** The model: keeps of a JSON tree (proto names) what the paths select. */
function select(json: unknown, paths: readonly string[][]): unknown {
  if (paths.some((path) => path.length === 0)) return json;
  if (Array.isArray(json)) return json.map((item) => select(item, paths));
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json as object)) {
    const below = paths.filter(([head]) => head === name).map((path) => path.slice(1));
    if (below.length > 0) kept[name] = select(value, below);
  }
  return kept;
}

/** Drops empty objects and lists, which JSON of protobuf cannot tell from unset ones. */
function prune(json: unknown): unknown {
  if (Array.isArray(json)) return json.length === 0 ? undefined : json.map((item) => prune(item) ?? {});
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json)
    .map(([name, value]) => [name, prune(value)] as const)
    .filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const sample = (): GrpcTypes.ExecutedTransaction =>
  GrpcTypes.ExecutedTransaction.create({
    digest: 'd',
    transaction: {
      digest: 'd',
      sender: '0x1',
      version: 1,
      kind: {
        kind: 1,
        data: {
          oneofKind: 'programmableTransaction',
          programmableTransaction: {
            inputs: [{ kind: 1, pure: Uint8Array.of(1) }, { objectId: '0x2', mutable: true }],
            commands: [
              { command: { oneofKind: 'splitCoins', splitCoins: { coin: { kind: 1 }, amounts: [{ kind: 2, input: 0 }] } } },
            ],
          },
        },
      },
      gasPayment: { owner: '0x1', price: 5n, budget: 6n, objects: [{ objectId: '0x3', version: 1n, digest: 'x' }] },
    },
    signatures: [{ scheme: 0, bcs: { name: 'n', value: Uint8Array.of(9) } }],
    effects: {
      digest: 'e',
      status: { success: false, error: { description: 'why', errorDetails: { oneofKind: 'objectId', objectId: '0x9' } } },
      gasUsed: { computationCost: 1n, storageCost: 2n },
      changedObjects: [{ objectId: '0x2', objectType: 't', inputOwner: { kind: 1, address: '0x1' } }],
      dependencies: ['p', 'q'],
    },
    events: { digest: 'v', events: [{ packageId: '0x5', json: { kind: { oneofKind: 'stringValue', stringValue: 's' } } }] },
    checkpoint: 4n,
    timestamp: { seconds: 1n, nanos: 5 },
    balanceChanges: [{ address: '0x1', coinType: 'c', amount: '-1' }],
  });

describe('field masks', () => {
  const type = GrpcTypes.ExecutedTransaction;
  const allPaths = pathsOf(type, 4);

  it('keep exactly what the paths select', () => {
    const full = type.toJson(sample(), { useProtoFieldName: true, emitDefaultValues: false });
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...allPaths), { minLength: 1, maxLength: 6 }), (paths) => {
        const masked = ReadMask.parse(type, { paths }, []).apply(type, sample());
        const actual = prune(type.toJson(masked, { useProtoFieldName: true, emitDefaultValues: false }));
        const wanted = prune(select(full, paths.map((path) => path.split('.'))));
        expect(actual, paths.join()).deep.equal(wanted);
        // What was cleared can still be encoded.
        type.toBinary(masked);
      }),
      { numRuns: 300 },
    );
  });

  it('agree with `has` and `child`, whatever the order of the paths', () => {
    for (const paths of [
      ['effects', 'effects.status', 'digest'],
      ['effects.status', 'effects', 'digest'],
    ]) {
      const mask = ReadMask.parse(type, { paths }, []);
      expect(mask.has('effects')).equal(true);
      expect(mask.child('effects').isAll).equal(true);
      expect(mask.has('events')).equal(false);
      expect(mask.child('events').has('digest')).equal(false);
    }
    const nested = ReadMask.parse(type, { paths: ['effects.status'] }, []);
    expect(nested.child('effects').has('status')).equal(true);
    expect(nested.child('effects').has('bcs')).equal(false);
  });

  it('select everything with a star, and the default without paths', () => {
    expect(ReadMask.parse(type, { paths: ['digest', '*'] }, []).isAll).equal(true);
    for (const mask of [undefined, { paths: [] }]) {
      const parsed = ReadMask.parse(type, mask, ['digest']);
      expect([parsed.has('digest'), parsed.has('effects')]).deep.equal([true, false]);
    }
  });

  for (const path of ['', '.', 'nope', 'digest.', '.digest', 'digest.x', 'effects.nope', 'effects..status', 'timestamp.seconds', 'events.events.json.kind', 'effects.*', 'Digest', 'balanceChanges', '__proto__', 'constructor']) {
    it(`refuse the path "${path}"`, () => {
      expect(() => ReadMask.parse(type, { paths: [path] }, [])).throw(RpcError).with.property('code', 'INVALID_ARGUMENT');
    });
  }

  it('refuse too many or too long paths', () => {
    expect(() => ReadMask.parse(type, { paths: Array<string>(513).fill('digest') }, [])).throw(RpcError);
    expect(() => ReadMask.parse(type, { paths: [`effects.${'a'.repeat(600)}`] }, [])).throw(RpcError);
  });
});
