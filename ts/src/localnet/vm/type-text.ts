/**
 * Text of Move types: `0x2::coin::Coin<0x2::sui::SUI>` and back. Printing is canonical (full addresses,
 * no spaces); parsing accepts short addresses and spaces.
 */
import { TypeSyntaxError } from './errors.js';
import type { Address, MoveType, PrimitiveName } from './types.js';

const primitives: ReadonlySet<string> = new Set<PrimitiveName>([
  'bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer',
]);
/** Longest text that is looked at, and deepest nesting. */
const maxTextLength = 65_536;
const maxDepth = 64;

/** `0x` + 64 lower-case hex digits from any hex address of up to 64 digits. Throws `TypeSyntaxError`. */
export function normalizeAddress(text: string): Address {
  if (!/^(0x)?[0-9a-fA-F]{1,64}$/.test(text)) throw new TypeSyntaxError('not an address', text);
  return `0x${text.replace(/^0x/, '').toLowerCase().padStart(64, '0')}`;
}

/** Canonical text of a type. */
export function typeToText(type: MoveType): string {
  if (type.kind === 'vector') return `vector<${typeToText(type.element)}>`;
  if (type.kind !== 'datatype') return type.kind;
  const args = type.typeArguments.length === 0 ? '' : `<${type.typeArguments.map(typeToText).join(',')}>`;
  return `${type.address}::${type.module}::${type.name}${args}`;
}

/** Parses a type. Throws `TypeSyntaxError`. */
export function typeFromText(text: string): MoveType {
  if (text.length > maxTextLength) throw new TypeSyntaxError('type too long', text);
  const tokens = text.match(/::|[<>,]|[A-Za-z0-9_]+|\S/g) ?? [];
  let at = 0;
  const fail = (message: string): never => {
    throw new TypeSyntaxError(message, text);
  };
  const expectToken = (token: string): void => {
    if (tokens[at++] !== token) fail(`expected '${token}'`);
  };
  const identifier = (): string => {
    const token = tokens[at++] ?? '';
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(token)) fail('expected an identifier');
    return token;
  };
  const argumentsOf = (depth: number): MoveType[] => {
    const list: MoveType[] = [];
    if (tokens[at] !== '<') return list;
    at++;
    do list.push(parse(depth + 1));
    while (tokens[at] === ',' && ++at > 0);
    expectToken('>');
    return list;
  };
  const parse = (depth: number): MoveType => {
    if (depth > maxDepth) fail('type too deep');
    const head = tokens[at++] ?? fail('unexpected end of type');
    if (primitives.has(head) && tokens[at] !== '::') return { kind: head as PrimitiveName };
    if (head === 'vector' && tokens[at] !== '::') {
      const list = argumentsOf(depth);
      if (list.length !== 1) fail('vector takes one type argument');
      return { kind: 'vector', element: list[0]! };
    }
    const address = normalizeAddress(head);
    expectToken('::');
    const module = identifier();
    expectToken('::');
    const name = identifier();
    return { kind: 'datatype', address, module, name, typeArguments: argumentsOf(depth) };
  };
  const type = parse(0);
  if (at !== tokens.length) fail('trailing text after type');
  return type;
}
