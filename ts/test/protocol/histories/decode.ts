/**
 * Objects of the network as plain values: a BCS reader made from the declarations in the published bytecode,
 * not from the layouts in `src/protocol`. Balances of one coin are added up on the way, wherever they are:
 * what the conservation of WAL is checked with.
 */
import type { MoveVm } from '../../../src/localnet/vm/index.js';
import type { MoveType, SignatureType } from '../../../src/localnet/vm/types.js';
import { typeToText } from '../../../src/localnet/runtime/type-tags.js';

/** u64 and wider are bigint, addresses text, enums `{ $: variant, …fields }`, one-field wrappers as declared. */
export type Decoded = boolean | number | bigint | string | Uint8Array | Decoded[] | { [field: string]: Decoded };

interface Cursor {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  at: number;
  /** Sum of the counted balances so far. */
  sum: bigint;
  supply: bigint | undefined;
}

type Read = (cursor: Cursor) => Decoded;

/** An object with the WAL in it. */
export interface DecodedObject {
  readonly value: Record<string, Decoded>;
  /** FROST in all balances of the object. */
  readonly frost: bigint;
  /** Total supply, in the object that holds it. */
  readonly supply: bigint | undefined;
}

export class ObjectDecoder {
  readonly #readers = new Map<string, Read>();

  /** @param coinType type of the coin whose balances are counted */
  constructor(
    readonly vm: MoveVm,
    readonly coinType: string,
  ) {}

  decode(type: MoveType, bytes: Uint8Array): DecodedObject {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const cursor: Cursor = { view, bytes, at: 0, sum: 0n, supply: undefined };
    const value = this.#reader(type)(cursor) as Record<string, Decoded>;
    if (cursor.at !== bytes.length) throw new Error(`${typeToText(type)}: ${bytes.length - cursor.at} bytes left`);
    return { value, frost: cursor.sum, supply: cursor.supply };
  }

  #reader(type: MoveType): Read {
    const text = typeToText(type);
    const known = this.#readers.get(text);
    if (known !== undefined) return known;
    const read = this.#build(type, text);
    this.#readers.set(text, read);
    return read;
  }

  #build(type: MoveType, text: string): Read {
    switch (type.kind) {
      case 'bool':
        return (c) => c.bytes[c.at++] === 1;
      case 'u8':
        return (c) => c.bytes[c.at++]!;
      case 'u16':
        return (c) => ((c.at += 2), c.view.getUint16(c.at - 2, true));
      case 'u32':
        return (c) => ((c.at += 4), c.view.getUint32(c.at - 4, true));
      case 'u64':
        return (c) => ((c.at += 8), c.view.getBigUint64(c.at - 8, true));
      case 'u128':
        return (c) => wide(c, 2);
      case 'u256':
        return (c) => wide(c, 4);
      case 'address':
      case 'signer':
        return (c) => `0x${Buffer.from(take(c, 32)).toString('hex')}`;
      case 'vector':
        return this.#vector(type.element);
      case 'datatype':
        return this.#datatype(type, text);
    }
  }

  #vector(element: MoveType): Read {
    if (element.kind === 'u8') return (c) => take(c, uleb(c));
    const read = this.#reader(element);
    return (c) => Array.from({ length: uleb(c) }, () => read(c));
  }

  #datatype(type: MoveType & { kind: 'datatype' }, text: string): Read {
    const fields = this.vm.structFields(type);
    const end = `<${this.coinType}>`;
    if (fields !== undefined) {
      const readers = fields.map(({ name, type: field }) => [name, this.#reader(field)] as const);
      const read: Read = (c) => {
        const value: Record<string, Decoded> = {};
        for (const [name, field] of readers) value[name] = field(c);
        return value;
      };
      if (text.endsWith(`::balance::Balance${end}`)) {
        return (c) => {
          const amount = (read(c) as { value: bigint }).value;
          c.sum += amount;
          return amount;
        };
      }
      if (text.endsWith(`::balance::Supply${end}`)) {
        return (c) => (c.supply = (read(c) as { value: bigint }).value);
      }
      return collapse(text, read);
    }
    const { variants } = this.vm.datatypeInfo(type.address, type.module, type.name)!;
    const readers = variants.map(({ name, fields: own }) => ({
      name,
      fields: own.map((f) => [f.name, this.#reader(this.#close(f.type, type.typeArguments))] as const),
    }));
    return (c) => {
      const variant = readers[uleb(c)]!;
      const value: Record<string, Decoded> = { $: variant.name };
      for (const [name, read] of variant.fields) value[name] = read(c);
      return value;
    };
  }

  #close(type: SignatureType, typeArguments: readonly MoveType[]): MoveType {
    return this.vm.instantiate(type, typeArguments);
  }
}

/** UIDs and IDs as their address, options as a list of none or one, maps as their entries. */
function collapse(text: string, read: Read): Read {
  const only = (field: string): Read => (c) => (read(c) as Record<string, Decoded>)[field]!;
  if (/::object::UID$/.test(text)) return only('id');
  if (/::object::ID$|^0x0*1::string::String$/.test(text)) return only('bytes');
  if (/^0x0*1::option::Option</.test(text)) return only('vec');
  if (/^0x0*2::vec_(map::VecMap|set::VecSet)</.test(text)) return only('contents');
  return read;
}

function take(c: Cursor, length: number): Uint8Array {
  c.at += length;
  if (c.at > c.bytes.length) throw new RangeError('object ends early');
  return c.bytes.subarray(c.at - length, c.at);
}

function wide(c: Cursor, words: number): bigint {
  let value = 0n;
  for (let i = words - 1; i >= 0; i -= 1) value = (value << 64n) | c.view.getBigUint64(c.at + 8 * i, true);
  c.at += 8 * words;
  return value;
}

function uleb(c: Cursor): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = c.bytes[c.at++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}
