/** Types as text and tags, BCS and JSON of values; the SDK's own codec is the oracle. */
import { bcs } from '@mysten/bcs';
import { TypeTagSerializer } from '@mysten/sui/bcs';
import { bcs as suiBcs } from '@mysten/sui/bcs';
import { expect } from 'chai';
import fc from 'fast-check';
import { BcsError, typeFromText, TypeResolutionError, TypeSyntaxError, typeToText } from '../../../src/localnet/vm/index.js';
import type { MoveType, MoveVm } from '../../../src/localnet/vm/index.js';
import { address, fixture, vmWith } from './support.js';

const point: MoveType = { kind: 'datatype', address: address(0), module: 'basics', name: 'Point', typeArguments: [] };
const line: MoveType = { ...point, name: 'Line' };
const shape: MoveType = { ...point, name: 'Shape' };
const vectorOf = (element: MoveType): MoveType => ({ kind: 'vector', element });
const wrapOf = (type: MoveType): MoveType => ({ ...point, name: 'Wrap', typeArguments: [type] });

describe('Move VM: types and BCS', function () {
  let vm: MoveVm;

  before(async () => {
    ({ vm } = await vmWith(fixture('basics')));
  });

  describe('type text', () => {
    const valid: [string, string][] = [
      ['u8', 'u8'],
      ['vector< vector<u64> >', 'vector<vector<u64>>'],
      ['0x2::sui::SUI', `${address(2)}::sui::SUI`],
      ['0x2::coin::Coin<0x2::sui::SUI>', `${address(2)}::coin::Coin<${address(2)}::sui::SUI>`],
      ['2::m::T<u8, bool>', `${address(2)}::m::T<u8,bool>`],
    ];
    for (const [text, canonical] of valid)
      it(`reads ${text}`, () => expect(typeToText(typeFromText(text))).to.equal(canonical));

    for (const text of ['', 'u9', 'vector', 'vector<u8', 'vector<u8,u8>', '0x2::sui', '0x2::sui::SUI<', '0xg::m::T', 'u8 u8', '0x2::m::T<>', `0x${'1'.repeat(65)}::m::T`, `${'vector<'.repeat(100)}u8${'>'.repeat(100)}`])
      it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => expect(() => typeFromText(text)).to.throw(TypeSyntaxError));

    it('encodes tags as the SDK does', () => {
      for (const text of ['bool', 'address', 'signer', 'u16', 'u256', 'vector<u32>', '0x2::coin::Coin<0x2::sui::SUI>', '0x1::m::T<u8,vector<u128>>']) {
        const ours = vm.serializeTypeTag(typeFromText(text));
        const theirs = suiBcs.TypeTag.serialize(TypeTagSerializer.parseFromStr(text, true)).toBytes();
        expect(Buffer.from(ours).toString('hex'), text).to.equal(Buffer.from(theirs).toString('hex'));
      }
    });

    it('checks existence, arity and constraints of types', () => {
      expect(() => vm.resolveType({ ...point, name: 'Missing' })).to.throw(TypeResolutionError).with.property('reason', 'notFound');
      expect(() => vm.resolveType({ ...point, typeArguments: [point] })).to.throw(TypeResolutionError).with.property('reason', 'arity');
      const balance = typeFromText('0x2::balance::Balance<u8>');
      expect(vm.abilities(balance)).to.equal(4);
      expect(vm.abilities(vectorOf(balance))).to.equal(4);
      expect(vm.abilities(wrapOf({ kind: 'u8' }))).to.equal(7);
      const table = typeFromText('0x2::table::Table<0x2::object::UID,u8>');
      expect(() => vm.resolveType(table)).to.throw(TypeResolutionError).with.property('reason', 'constraint');
    });
  });

  describe('values', () => {
    const Point = bcs.struct('Point', { x: bcs.u64(), y: bcs.u64() });
    const Line = bcs.struct('Line', { from: Point, to: Point, tags: bcs.vector(bcs.u8()) });
    const Shape = bcs.enum('Shape', {
      Empty: null,
      Circle: bcs.struct('Circle', { radius: bcs.u64() }),
      Named: bcs.tuple([bcs.vector(bcs.u8()), bcs.bool()]),
    });
    const u64 = fc.bigInt(0n, (1n << 64n) - 1n);

    it('writes and reads structs as the SDK does', () => {
      fc.assert(
        fc.property(u64, u64, u64, u64, fc.array(fc.nat(255), { maxLength: 300 }), (a, b, c, d, tags) => {
          const theirs = Line.serialize({ from: { x: a, y: b }, to: { x: c, y: d }, tags }).toBytes();
          const value = { f0: { f0: a, f1: b }, f1: { f0: c, f1: d }, f2: tags };
          expect(vm.serialize(line, value)).to.deep.equal(theirs);
          expect(vm.deserialize(line, theirs)).to.deep.equal(value);
        }),
        { numRuns: 100 },
      );
    });

    it('writes and reads enums as the SDK does', () => {
      const bytes = [Shape.serialize({ Empty: true }), Shape.serialize({ Circle: { radius: 9n } }), Shape.serialize({ Named: [[1, 2], true] })];
      for (const [tag, serialized] of bytes.entries()) {
        const value = vm.deserialize(shape, serialized.toBytes()) as { $: number };
        expect(value.$).to.equal(tag);
        expect(vm.serialize(shape, value)).to.deep.equal(serialized.toBytes());
      }
    });

    it('writes and reads integers of all widths, addresses and nested vectors', () => {
      const cases: [MoveType, Uint8Array, unknown][] = [
        [{ kind: 'u16' }, bcs.u16().serialize(65535).toBytes(), 65535],
        [{ kind: 'u32' }, bcs.u32().serialize(4294967295).toBytes(), 4294967295],
        [{ kind: 'u128' }, bcs.u128().serialize(1n << 127n).toBytes(), 1n << 127n],
        [{ kind: 'u256' }, bcs.u256().serialize((1n << 255n) + 5n).toBytes(), (1n << 255n) + 5n],
        [{ kind: 'address' }, Uint8Array.from({ length: 32 }, (_, i) => i), `0x${Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0')).join('')}`],
        [vectorOf(vectorOf({ kind: 'bool' })), Uint8Array.of(2, 1, 1, 0), [[true], []]],
      ];
      for (const [type, bytes, value] of cases) {
        expect(vm.deserialize(type, bytes), type.kind).to.deep.equal(value);
        expect(vm.serialize(type, value as never)).to.deep.equal(bytes);
      }
    });

    const hostile: { name: string; type: MoveType; bytes: number[] }[] = [
      { name: 'bool 2', type: { kind: 'bool' }, bytes: [2] },
      { name: 'missing bytes', type: { kind: 'u64' }, bytes: [1, 2, 3] },
      { name: 'trailing bytes', type: { kind: 'u8' }, bytes: [1, 2] },
      { name: 'long form of a length', type: vectorOf({ kind: 'u8' }), bytes: [0x81, 0x00, 1] },
      { name: 'length of 2^35', type: vectorOf({ kind: 'u8' }), bytes: [0xff, 0xff, 0xff, 0xff, 0x7f] },
      { name: 'length beyond the bytes', type: vectorOf({ kind: 'u64' }), bytes: [0xff, 0xff, 0xff, 0xff, 0x0f] },
      { name: 'unknown variant', type: shape, bytes: [3] },
      { name: 'unknown variant inside a vector', type: vectorOf(shape), bytes: [1, 9] },
    ];
    for (const { name, type, bytes } of hostile)
      it(`refuses ${name}`, () => expect(() => vm.deserialize(type, Uint8Array.from(bytes))).to.throw(BcsError));

    it('copies deeply and compares by content', () => {
      const value = { f0: { f0: 1n, f1: 2n }, f1: { f0: 3n, f1: 4n }, f2: [1] };
      const copy = vm.copyValue(line, value) as typeof value;
      expect(vm.valuesEqual(line, value, copy)).to.equal(true);
      copy.f2.push(5);
      copy.f0.f0 = 9n;
      expect(value).to.deep.equal({ f0: { f0: 1n, f1: 2n }, f1: { f0: 3n, f1: 4n }, f2: [1] });
      expect(vm.valuesEqual(line, value, copy)).to.equal(false);
    });

    it('renders JSON as the services show it', () => {
      const json = vm.renderJson(line, { f0: { f0: 1n, f1: 2n }, f1: { f0: 3n, f1: 4n }, f2: [1, 2, 255] });
      expect(json).to.deep.equal({ from: { x: '1', y: '2' }, to: { x: '3', y: '4' }, tags: 'AQL/' });
      expect(vm.renderJson(shape, { $: 1, f0: 7n })).to.deep.equal({ '@variant': 'Circle', radius: '7' });
      const option = typeFromText('0x1::option::Option<0x1::string::String>');
      expect(vm.renderJson(option, { f0: [{ f0: [104, 105] }] })).to.equal('hi');
      expect(vm.renderJson(option, { f0: [] })).to.equal(null);
      expect(vm.renderJson(typeFromText('0x2::object::UID'), { f0: { f0: address(7) } })).to.equal(address(7));
    });
  });
});
