/**
 * A small WebAssembly assembler (WebAssembly core specification 2.0, §5): flat text of one instruction
 * after the other to a module's bytes. It knows what `integer-code.ts` writes and nothing else: i32 and
 * i64 values, labelled blocks, mutable i32 globals, function imports.
 */
export type ValueType = 'i32' | 'i64';

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface FunctionCode extends FunctionType {
  /** Types of the locals behind the parameters. */
  readonly locals: readonly ValueType[];
  /** Instructions separated by spaces; `block $x … end`, `loop $x … end`, `if … end`, `br $x`. */
  readonly text: string;
}

export interface WasmModule {
  /** Imported functions of the namespace `m`, by name; they come first in the index space. */
  readonly imports: Readonly<Record<string, FunctionType>>;
  readonly functions: readonly FunctionCode[];
  /** Number of mutable i32 globals, all exported as g0, g1, …. */
  readonly globals: number;
  /** Index of the function (imports counted) that is exported as `run`. */
  readonly run: number;
}

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e };

const plain: Readonly<Record<string, number>> = {
  unreachable: 0x00, return: 0x0f, drop: 0x1a,
  'i32.eqz': 0x45, 'i32.eq': 0x46, 'i32.ne': 0x47, 'i32.lt_u': 0x49, 'i32.gt_u': 0x4b, 'i32.le_u': 0x4d, 'i32.ge_u': 0x4f,
  'i64.eqz': 0x50, 'i64.eq': 0x51, 'i64.ne': 0x52, 'i64.lt_u': 0x54, 'i64.gt_u': 0x56, 'i64.le_u': 0x58, 'i64.ge_u': 0x5a,
  'i32.add': 0x6a, 'i32.sub': 0x6b, 'i32.mul': 0x6c, 'i32.div_u': 0x6e, 'i32.rem_u': 0x70,
  'i32.and': 0x71, 'i32.or': 0x72, 'i32.xor': 0x73, 'i32.shl': 0x74, 'i32.shr_u': 0x76,
  'i64.add': 0x7c, 'i64.sub': 0x7d, 'i64.mul': 0x7e, 'i64.div_u': 0x80, 'i64.rem_u': 0x82,
  'i64.and': 0x83, 'i64.or': 0x84, 'i64.xor': 0x85, 'i64.shl': 0x86, 'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7, 'i64.extend_i32_u': 0xad,
};

const indexed: Readonly<Record<string, number>> = {
  call: 0x10, 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22, 'global.get': 0x23, 'global.set': 0x24,
};

const emptyBlockType = 0x40;
const blocks: Readonly<Record<string, number>> = { block: 0x02, loop: 0x03 };

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** Code of one function body, without its locals. */
function assemble(text: string): number[] {
  const tokens = text.split(' ').filter((token) => token !== '');
  const labels: (string | undefined)[] = [];
  const bytes: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const opcode = plain[token];
    if (opcode !== undefined) bytes.push(opcode);
    else if (indexed[token] !== undefined) bytes.push(indexed[token], ...unsigned(Number(tokens[++at])));
    else if (blocks[token] !== undefined) {
      labels.push(tokens[++at]);
      bytes.push(blocks[token], emptyBlockType);
    } else if (token === 'if') {
      labels.push(undefined);
      bytes.push(0x04, emptyBlockType);
    } else if (token === 'end') {
      labels.pop();
      bytes.push(0x0b);
    } else if (token === 'br') {
      const depth = labels.length - 1 - labels.lastIndexOf(tokens[++at]);
      bytes.push(0x0c, ...unsigned(depth));
    } else if (token === 'i32.const') bytes.push(0x41, ...signed(BigInt.asIntN(32, BigInt(tokens[++at]!))));
    else if (token === 'i64.const') bytes.push(0x42, ...signed(BigInt.asIntN(64, BigInt(tokens[++at]!))));
    else throw new Error(`no WebAssembly instruction ${token}`);
  }
  return bytes;
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
const name = (text: string): number[] => [...unsigned(text.length), ...Buffer.from(text, 'latin1')];
const typesOf = (types: readonly ValueType[]): number[] => vector(types.map((t) => [valueTypes[t]]));

/** Bytes of the module. */
export function assembleModule(module: WasmModule): Uint8Array<ArrayBuffer> {
  const imports = Object.entries(module.imports);
  const functionTypes = [...imports.map(([, type]) => type), ...module.functions];
  const types = functionTypes.map((t) => [0x60, ...typesOf(t.parameters), ...typesOf(t.results)]);
  const globals = Array.from({ length: module.globals }, (_, i) => i);
  const bodies = module.functions.map((f) => {
    const code = [...vector(f.locals.map((t) => [1, valueTypes[t]])), ...assemble(f.text), 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector(imports.map(([label], i) => [...name('m'), ...name(label), 0x00, ...unsigned(i)]))),
    ...section(3, vector(module.functions.map((_, i) => unsigned(imports.length + i)))),
    ...section(6, vector(globals.map(() => [valueTypes.i32, 0x01, 0x41, 0x00, 0x0b]))),
    ...section(7, vector([
      [...name('run'), 0x00, ...unsigned(module.run)],
      ...globals.map((i) => [...name(`g${i}`), 0x03, ...unsigned(i)]),
    ])),
    ...section(10, vector(bodies)),
  ]);
}
