/**
 * Mutates compiled modules at random and runs what the verifier accepts: an accepted module may abort, fail
 * at run time or run out of gas, but the VM must neither throw anything else nor return values that are not
 * of their type. The same seed gives the same mutation.
 */
import { MoveVm, OutOfGas, VmGasMeter } from '../../../../src/localnet/vm/index.js';
import type { CallArgument, MoveStruct, MoveType, MoveValue, PackageView, SignatureType, VmFailure } from '../../../../src/localnet/vm/index.js';
import { parseModule } from '../../../../src/localnet/vm/module.js';
import { packageFromModules } from '../../../../src/localnet/vm/testing/build.js';
import { UnitTestRuntime } from '../../../../src/localnet/vm/testing/test-object-runtime.js';
import { readModule, VerificationError, verifyPackage } from '../../../../src/localnet/vm/verifier/index.js';
import { address } from '../support.js';
import { ModuleEditor } from './module-editor.js';
import type { Code, JsonCode, JsonType } from './module-editor.js';
import { lookupIn } from './support.js';

/** Numbers that depend on the seed only. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Below the limit. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

const plainOps: readonly string[] = [
  'Pop', 'Ret', 'LdTrue', 'LdFalse', 'ReadRef', 'WriteRef', 'FreezeRef', 'Add', 'Sub', 'Mul', 'Mod', 'Div', 'BitOr', 'BitAnd', 'Xor',
  'Or', 'And', 'Not', 'Eq', 'Neq', 'Lt', 'Gt', 'Le', 'Ge', 'Abort', 'Nop', 'Shl', 'Shr',
  'CastU8', 'CastU16', 'CastU32', 'CastU64', 'CastU128', 'CastU256',
];
const primitives: readonly JsonType[] = ['Bool', 'U8', 'U16', 'U32', 'U64', 'U128', 'U256', 'Address', 'Signer'];
/** Pairs of instructions that differ in one respect only: likelier to be accepted than any other. */
const relatives: Readonly<Record<string, readonly string[]>> = {
  CopyLoc: ['MoveLoc', 'ImmBorrowLoc', 'MutBorrowLoc', 'StLoc'],
  MoveLoc: ['CopyLoc', 'ImmBorrowLoc', 'MutBorrowLoc', 'StLoc'],
  StLoc: ['CopyLoc', 'MoveLoc'],
  ImmBorrowLoc: ['MutBorrowLoc', 'CopyLoc', 'MoveLoc'],
  MutBorrowLoc: ['ImmBorrowLoc', 'CopyLoc', 'MoveLoc'],
  ImmBorrowField: ['MutBorrowField'],
  MutBorrowField: ['ImmBorrowField'],
  ImmBorrowFieldGeneric: ['MutBorrowFieldGeneric'],
  MutBorrowFieldGeneric: ['ImmBorrowFieldGeneric'],
  VecImmBorrow: ['VecMutBorrow'],
  VecMutBorrow: ['VecImmBorrow'],
  UnpackVariantImmRef: ['UnpackVariantMutRef', 'UnpackVariant'],
  UnpackVariantMutRef: ['UnpackVariantImmRef', 'UnpackVariant'],
  UnpackVariant: ['UnpackVariantImmRef', 'UnpackVariantMutRef', 'PackVariant'],
  BrTrue: ['BrFalse', 'Branch'],
  BrFalse: ['BrTrue', 'Branch'],
};

/** Tables that operands index, by what is left of the opcode's name. */
function tableSize(m: ModuleEditor, op: string, code: JsonCode, localCount: number): number {
  const { json } = m;
  if (op.endsWith('Loc')) return localCount;
  if (op.startsWith('Br')) return code.code.length;
  if (op.startsWith('Vec')) return json.signatures.length;
  if (op === 'VariantSwitch') return code.jump_tables.length;
  if (op === 'LdConst') return json.constant_pool.length;
  if (op.startsWith('Call')) return op === 'Call' ? json.function_handles.length : json.function_instantiations.length;
  if (op.includes('Field')) return op.endsWith('Generic') ? json.field_instantiations.length : json.field_handles.length;
  if (op.includes('Variant')) return op.includes('Generic') ? json.variant_instantiation_handles.length : json.variant_handles.length;
  return op.endsWith('Generic') ? json.struct_def_instantiations.length : json.struct_defs.length;
}

/** The instruction with an operand of the same kind. */
function withOperand(m: ModuleEditor, random: Random, instruction: Code, code: JsonCode, localCount: number): Code {
  if (typeof instruction === 'string') return random.pick(plainOps);
  const [op, operand] = Object.entries(instruction)[0]!;
  if (op === 'VecPack' || op === 'VecUnpack') return { [op]: [random.below(m.json.signatures.length), BigInt(random.below(4))] };
  if (op === 'LdU64' || op === 'LdU128') return { [op]: random.pick([0n, 1n, 2n, 1000n, (1n << 64n) - 1n]) };
  if (op === 'LdU256') return { [op]: Array.from({ length: 32 }, () => random.below(256)) };
  if (op.startsWith('LdU')) return { [op]: random.below(256) };
  if (typeof operand !== 'number') return instruction;
  const relative = relatives[op];
  const to = relative !== undefined && random.below(2) === 0 ? random.pick(relative) : op;
  return { [to]: to !== op ? operand : random.below(Math.max(1, tableSize(m, op, code, localCount))) };
}

function shiftTargets(code: JsonCode, from: number, by: number): void {
  const shift = (target: number): number => (target >= from ? Math.max(0, target + by) : target);
  code.code = code.code.map((instruction) => {
    if (typeof instruction === 'string') return instruction;
    const [op, operand] = Object.entries(instruction)[0]!;
    return op === 'Branch' || op === 'BrTrue' || op === 'BrFalse' ? { [op]: shift(operand as number) } : instruction;
  });
  for (const { jump_table: table } of code.jump_tables) table.Full = table.Full.map(shift);
}

function mutateCode(m: ModuleEditor, random: Random): void {
  const definition = random.pick(m.json.function_defs);
  const { code } = definition;
  if (code === null || code.code.length === 0) return;
  const handle = m.json.function_handles[definition.function]!;
  const localCount = m.json.signatures[handle.parameters]!.length + m.json.signatures[code.locals]!.length;
  const at = random.below(code.code.length);
  const donor = random.pick(random.below(2) === 0 ? code.code : random.pick(m.json.function_defs).code?.code ?? code.code);
  switch (random.below(9)) {
    case 0: {
      const other = random.below(code.code.length);
      [code.code[at], code.code[other]] = [code.code[other]!, code.code[at]!];
      return;
    }
    case 1:
      code.code.splice(at, 1);
      return shiftTargets(code, at + 1, -1);
    case 2:
      code.code.splice(at, 0, donor);
      return shiftTargets(code, at + 1, 1);
    case 3:
      code.code[at] = donor;
      return;
    case 4: {
      // A value is used twice: copied before, and dropped or stored after.
      code.code.splice(at, 0, { [random.pick(['CopyLoc', 'MutBorrowLoc', 'ImmBorrowLoc'])]: random.below(Math.max(1, localCount)) }, random.pick<Code>(['Pop', { StLoc: random.below(Math.max(1, localCount)) }]));
      return shiftTargets(code, at + 1, 2);
    }
    case 5: {
      const locals = [...m.json.signatures[code.locals]!];
      if (locals.length > 0) locals[random.below(locals.length)] = random.pick(random.pick(m.json.signatures.filter((s) => s.length > 0)));
      code.locals = m.signature(locals);
      return;
    }
    default:
      code.code[at] = withOperand(m, random, code.code[at]!, code, localCount);
  }
}

function mutateDeclarations(m: ModuleEditor, random: Random): void {
  const { json } = m;
  const anyType = (): JsonType => (random.below(2) === 0 ? random.pick(primitives) : random.pick(random.pick(json.signatures.filter((s) => s.length > 0))));
  switch (random.below(8)) {
    case 0: {
      const handle = random.pick(json.datatype_handles);
      handle.abilities ^= 1 << random.below(4);
      return;
    }
    case 1: {
      const fields = random.pick([...json.struct_defs.map((s) => s.field_information.Declared), ...json.enum_defs.flatMap((e) => e.variants.map((v) => v.fields))]);
      if (fields.length > 0) fields[random.below(fields.length)]!.signature = anyType();
      return;
    }
    case 2: {
      const handle = random.pick(json.function_handles);
      const list = [...json.signatures[handle.parameters]!];
      if (list.length > 0) list[random.below(list.length)] = anyType();
      handle.parameters = m.signature(list);
      return;
    }
    case 3: {
      const handle = random.pick(json.function_handles);
      const list = [...json.signatures[handle.return_]!];
      if (list.length > 0) list[random.below(list.length)] = anyType();
      handle.return_ = m.signature(list);
      return;
    }
    case 4: {
      const handle = random.pick(json.function_handles);
      handle.type_parameters = handle.type_parameters.map((c) => c ^ (random.below(2) << random.below(4)));
      return;
    }
    case 5: {
      const handle = random.pick(json.datatype_handles);
      for (const p of handle.type_parameters) p.is_phantom = random.below(2) === 0;
      return;
    }
    case 6: {
      if (json.function_instantiations.length === 0) return;
      const instance = random.pick(json.function_instantiations);
      instance.type_parameters = m.signature(json.signatures[instance.type_parameters]!.map(anyType));
      return;
    }
    default: {
      const constant = random.pick(json.constant_pool);
      if (constant !== undefined) constant.type_ = anyType();
    }
  }
}

/** The module with one to three random changes; undefined when the serialiser refuses the result. */
export function mutateModule(bytes: Uint8Array, seed: number): Uint8Array | undefined {
  const random = new Random(seed);
  const m = new ModuleEditor(bytes);
  for (let i = 1 + random.below(3); i > 0; i--) {
    if (random.below(6) === 0) mutateDeclarations(m, random);
    else mutateCode(m, random);
  }
  try {
    return m.bytes();
  } catch (error) {
    // Ranges that the binary format cannot express.
    if (error instanceof Error) throw error;
    return undefined;
  }
}

/** The bytes with one to four of them changed. */
export function mutateBytes(bytes: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed);
  const copy = bytes.slice();
  for (let i = 1 + random.below(4); i > 0; i--) copy[random.below(copy.length)] = random.pick([random.below(256), 0, 1, 0xff]);
  return copy;
}

/** Something went wrong that verification should have made impossible. */
export class Unsound extends Error {
  override readonly name = 'Unsound';
}

export interface Framework {
  readonly std: readonly Uint8Array[];
  readonly sui: readonly Uint8Array[];
}

/** Verifies packages and runs those that pass. */
export class Sandbox {
  private readonly lookup: ReturnType<typeof lookupIn>;
  private readonly system: ReadonlyMap<string, PackageView>;

  constructor(framework: Framework) {
    this.lookup = lookupIn([...framework.std, ...framework.sui]);
    this.system = new Map([
      [address(1), packageFromModules(address(1), framework.std, [])],
      [address(2), packageFromModules(address(2), framework.sui, [address(1)])],
    ]);
  }

  /** True if the modules pass. Throws anything but a `VerificationError`. */
  accepts(modules: readonly Uint8Array[]): boolean {
    try {
      const read = modules.map(readModule);
      // Publishing refuses other addresses before it verifies; where to publish is not the module's to say.
      if (read.some(({ self }) => self.address !== address(0))) return false;
      verifyPackage(read, this.lookup);
      return true;
    } catch (error) {
      if (error instanceof VerificationError) return false;
      throw error;
    }
  }

  /** Calls every function of the modules a few times. @throws Unsound */
  run(modules: readonly Uint8Array[], seed: number): void {
    const own = packageFromModules(address(0), modules, [address(1), address(2)]);
    const vm = new MoveVm({ packages: { getPackage: (id) => (id === address(0) ? own : this.system.get(id)) } });
    for (const bytes of modules) {
      const module = parseModule(bytes);
      for (const name of module.functionByName.keys())
        for (let i = 0; i < 2; i++) new Call(vm, module.self.name, name, new Random(seed + i)).run();
    }
  }
}

const budget = 300_000n;
/** Statuses that a call of verified code may end with besides aborts. */
const ordinaryFailures: ReadonlySet<VmFailure['kind']> = new Set(['abort', 'runtimeError', 'outOfGas']);

class Call {
  constructor(
    private readonly vm: MoveVm,
    private readonly module: string,
    private readonly name: string,
    private readonly random: Random,
  ) {}

  run(): void {
    const { vm, module, name } = this;
    const info = vm.functionInfo(address(0), module, name)!;
    if (info.isNative) return;
    const typeArguments = info.typeParameters.map(({ constraints }) => this.typeWith(constraints));
    if (typeArguments.includes(undefined)) return;
    const chosen = typeArguments as MoveType[];
    let args: CallArgument[];
    try {
      args = info.parameters.map((p) => this.argument(p, chosen));
    } catch (error) {
      if (error instanceof NoValue) return;
      throw error;
    }
    const where = `${module}::${name}`;
    const runtime = new UnitTestRuntime(vm, () => new Uint8Array(32));
    const outcome = this.guard(where, () =>
      vm.call({ runtime, gas: new VmGasMeter(budget) }, { package: address(0), module, function: name, typeArguments: chosen }, args),
    );
    if (!outcome.ok) {
      if (!ordinaryFailures.has(outcome.failure.kind)) throw new Unsound(`${where}: ${JSON.stringify(outcome.failure)}`);
      return;
    }
    info.returns.forEach((type, i) => {
      if (type.kind !== 'reference') this.guard(`${where}: result ${i}`, () => this.checkValue(vm.instantiate(type, chosen), outcome.returns[i]!));
    });
    info.parameters.forEach((type, i) => {
      if (type.kind !== 'reference' || !type.mutable) return;
      const target = vm.instantiate(type.target, chosen);
      const argument = args[i]!;
      const value = isPrimitive(target) ? (argument as { container: { v: MoveValue } }).container.v : (argument as MoveValue);
      this.guard(`${where}: argument ${i}`, () => this.checkValue(target, value));
    });
  }

  private guard<T>(where: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof Unsound || error instanceof OutOfGas) throw error;
      throw new Unsound(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  /** The value has its type's shape: it survives a round trip. */
  private checkValue(type: MoveType, value: MoveValue): void {
    const { vm } = this;
    const bytes = vm.serialize(type, value);
    if (!vm.valuesEqual(type, vm.deserialize(type, bytes), value)) throw new Unsound('a value changes in a round trip');
  }

  private typeWith(constraints: number): MoveType | undefined {
    if ((constraints & 8) !== 0) return undefined;
    return this.random.pick<MoveType>([{ kind: 'u64' }, { kind: 'u8' }, { kind: 'bool' }, { kind: 'vector', element: { kind: 'u8' } }]);
  }

  private argument(type: SignatureType, typeArguments: readonly MoveType[]): CallArgument {
    if (type.kind !== 'reference') return this.value(this.vm.instantiate(type, typeArguments), 0);
    const target = this.vm.instantiate(type.target, typeArguments);
    const value = this.value(target, 0);
    return type.mutable && isPrimitive(target) ? { container: { v: value }, key: 'v' } : value;
  }

  private value(type: MoveType, depth: number): MoveValue {
    const { random } = this;
    switch (type.kind) {
      case 'bool':
        return random.below(2) === 0;
      case 'u8': case 'u16': case 'u32':
        return random.pick([0, 1, 2, 3, 2 ** Number(type.kind.slice(1)) - 1]);
      case 'u64': case 'u128': case 'u256':
        return random.pick([0n, 1n, 2n, 3n, (1n << BigInt(type.kind.slice(1))) - 1n]);
      case 'address':
      case 'signer':
        return address(random.below(4));
      case 'vector':
        return Array.from({ length: depth > 6 ? 0 : random.below(4) }, () => this.value(type.element, depth + 1));
      case 'datatype': {
        const info = this.vm.datatypeInfo(type.address, type.module, type.name)!;
        const tag = info.kind === 'enum' ? random.below(info.variants.length) : undefined;
        const fields = tag === undefined ? info.fields : info.variants[tag]!.fields;
        if (depth > 12) throw new NoValue();
        const value: MoveStruct = tag === undefined ? {} : { $: tag };
        // Values of an enum have the slots of its largest variant.
        const slots = Math.max(info.fields.length, ...info.variants.map((v) => v.fields.length));
        for (let i = 0; i < slots; i++) {
          const field = fields[i];
          value[`f${i}`] = field === undefined ? undefined : this.value(this.vm.instantiate(field.type, type.typeArguments), depth + 1);
        }
        return value;
      }
    }
  }
}

/** A type of which no value can be made up. */
class NoValue extends Error {}

const isPrimitive = (type: MoveType): boolean => type.kind !== 'datatype' && type.kind !== 'vector';
