/**
 * Copying, comparing, sizing and (de)serialising values, as JavaScript generated per type. Only numbers
 * and identifiers made here reach the generated source; other types are passed in as functions.
 */
import { BcsReader, BcsWriter } from './bcs.js';
import { BcsError } from './errors.js';
import { maxValueDepth } from './runtime-type.js';
import type { RuntimeField, RuntimeType } from './runtime-type.js';
import type { MoveValue } from './types.js';

type Copy = (value: unknown) => unknown;
type Equal = (a: unknown, b: unknown) => boolean;
type Assign = (target: unknown, source: unknown) => void;
type Size = (value: unknown) => number;
type Write = (writer: BcsWriter, value: unknown) => void;
type Read = (reader: BcsReader) => unknown;

/** The operations of one type, each generated when first used. */
export class TypeOperations {
  constructor(private readonly type: RuntimeType) {}

  private copyCache: Copy | undefined;
  private equalCache: Equal | undefined;
  private assignCache: Assign | undefined;
  private sizeCache: Size | undefined;
  private writeCache: Write | undefined;
  private readCache: Read | undefined;
  private fixedSizeCache: number | null | undefined;
  private minBytesCache: number | undefined;

  /** Deep copy. */
  get copy(): Copy {
    return (this.copyCache ??= generate(this.type, copyTemplate) as Copy);
  }

  /** Deep equality. */
  get equal(): Equal {
    return (this.equalCache ??= generate(this.type, equalTemplate) as Equal);
  }

  /** Replaces the content of a struct, enum or vector in place; the source must not be used afterwards. */
  get assign(): Assign {
    return (this.assignCache ??= generateAssign(this.type));
  }

  /** Abstract size for gas (sui-gas.md §4). */
  get size(): Size {
    return (this.sizeCache ??= generate(this.type, sizeTemplate) as Size);
  }

  get write(): Write {
    return (this.writeCache ??= generate(this.type, writeTemplate) as Write);
  }

  get read(): Read {
    return (this.readCache ??= generate(this.type, readTemplate) as Read);
  }

  /** Abstract size when it does not depend on the value. */
  get fixedSize(): number | undefined {
    if (this.fixedSizeCache === undefined) this.fixedSizeCache = fixedSizeOf(this.type) ?? null;
    return this.fixedSizeCache ?? undefined;
  }

  /** Least number of BCS bytes of a value; bounds what a hostile vector length may allocate. */
  get minBytes(): number {
    return (this.minBytesCache ??= minBytesOf(this.type));
  }
}

export function operationsOf(type: RuntimeType): TypeOperations {
  return (type.operations ??= new TypeOperations(type));
}

/** Abstract size of a primitive. */
export function primitiveSize(type: RuntimeType): number {
  if (type.kind === 'u128') return 16;
  return type.kind === 'u256' || type.kind === 'address' || type.kind === 'signer' ? 32 : 8;
}

/** Bytes per element in the abstract size of a vector of primitives. */
function elementBytes(type: RuntimeType): number {
  if (type.bits !== undefined) return type.bits / 8;
  return type.kind === 'bool' ? 1 : 32;
}

function fixedSizeOf(type: RuntimeType): number | undefined {
  if (type.isPrimitive) return primitiveSize(type);
  if (type.kind !== 'struct') return undefined;
  let sum = 2;
  for (const field of type.fields) {
    const size = operationsOf(field.type).fixedSize;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

function minBytesOf(type: RuntimeType): number {
  if (type.isPrimitive) return elementBytes(type);
  if (type.kind === 'vector') return 1;
  const sums = type.variants.map((v) => v.fields.reduce((sum, f) => sum + operationsOf(f.type).minBytes, 0));
  return Math.max(1, Math.min(...sums) + (type.kind === 'enum' ? 1 : 0));
}

/** Most fields of any variant: enum values carry this many slots, so that all variants share one shape. */
export function slotCount(type: RuntimeType): number {
  return type.variants.reduce((max, v) => Math.max(max, v.fields.length), 0);
}

/** Collects functions that generated source refers to as k0, k1, …. */
class Constants {
  readonly values: unknown[] = [];
  name(value: unknown): string {
    this.values.push(value);
    return `k${this.values.length - 1}`;
  }
}

/** Source of one operation: `primitive` is an expression, `vector` and `variant` are statements that return. */
interface Template {
  readonly parameters: string;
  readonly ofPrimitive: (type: RuntimeType) => string;
  readonly ofVector: (element: RuntimeType, constants: Constants) => string;
  readonly ofFields: (fields: readonly RuntimeField[], type: RuntimeType, tag: number | undefined, k: Constants) => string;
  /** Statement that sets `tag` for an enum. */
  readonly ofTag: string;
  /** Statement for a tag that the enum does not have. */
  readonly ofUnknownTag?: string;
}

function generate(type: RuntimeType, template: Template): unknown {
  const constants = new Constants();
  const { variants } = type;
  let source: string;
  if (type.kind === 'vector') source = template.ofVector(type.element, constants);
  else if (type.kind === 'struct') source = template.ofFields(type.fields, type, undefined, constants);
  else if (type.kind === 'enum') {
    const cases = variants.map((v, tag) => `case ${tag}:{${template.ofFields(v.fields, type, tag, constants)}}`);
    source = `${template.ofTag}switch(tag){${cases.join('')}}${template.ofUnknownTag ?? ''}`;
  } else source = `return ${template.ofPrimitive(type)};`;
  return assemble(constants, `"use strict";return function(${template.parameters}){${source}};`);
}

function assemble(constants: Constants, source: string): unknown {
  const names = constants.values.map((_, i) => `k${i}`);
  return (new Function(...names, source) as (...values: unknown[]) => unknown)(...constants.values);
}

/** Object literal with every slot of the type, so that all values of it have one hidden class. */
export function literal(type: RuntimeType, tag: number | undefined, values: readonly string[]): string {
  if (tag === undefined) return `{${values.map((v, i) => `f${i}:${v}`).join(',')}}`;
  const slots = Array.from({ length: slotCount(type) }, (_, i) => `,f${i}:${values[i] ?? 'undefined'}`);
  return `{$:${tag}${slots.join('')}}`;
}

const copyTemplate: Template = {
  parameters: 'v',
  ofPrimitive: () => 'v',
  ofVector: (element, k) =>
    element.isPrimitive
      ? 'return v.slice();'
      : `const c=${k.name(operationsOf(element).copy)},r=[];for(let i=0;i<v.length;i++)r.push(c(v[i]));return r;`,
  ofFields: (fields, type, tag, k) => {
    const values = fields.map((f, i) => (f.type.isPrimitive ? `v.f${i}` : `${k.name(operationsOf(f.type).copy)}(v.f${i})`));
    return `return${literal(type, tag, values)};`;
  },
  ofTag: 'const tag=v.$;',
};

const equalTemplate: Template = {
  parameters: 'a,b',
  ofPrimitive: () => 'a===b',
  ofVector: (element, k) => {
    const differs = element.isPrimitive ? 'a[i]!==b[i]' : `!${k.name(operationsOf(element).equal)}(a[i],b[i])`;
    return `const n=a.length;if(n!==b.length)return false;for(let i=0;i<n;i++)if(${differs})return false;return true;`;
  },
  ofFields: (fields, _type, _tag, k) => {
    const parts = fields.map((f, i) =>
      f.type.isPrimitive ? `a.f${i}===b.f${i}` : `${k.name(operationsOf(f.type).equal)}(a.f${i},b.f${i})`,
    );
    return `return ${parts.length === 0 ? 'true' : parts.join('&&')};`;
  },
  ofTag: 'const tag=a.$;if(tag!==b.$)return false;',
};

const sizeTemplate: Template = {
  parameters: 'v',
  ofPrimitive: (type) => String(primitiveSize(type)),
  ofVector: (element, k) => {
    if (element.isPrimitive) return `return 2+${elementBytes(element)}*v.length;`;
    const fixed = operationsOf(element).fixedSize;
    if (fixed !== undefined) return `return 2+${fixed}*v.length;`;
    return `const s=${k.name(operationsOf(element).size)};let n=2;for(let i=0;i<v.length;i++)n+=s(v[i]);return n;`;
  },
  ofFields: (fields, _type, _tag, k) => {
    let fixedSum = 2;
    const parts: string[] = [];
    fields.forEach((f, i) => {
      const fixed = operationsOf(f.type).fixedSize;
      if (fixed === undefined) parts.push(`${k.name(operationsOf(f.type).size)}(v.f${i})`);
      else fixedSum += fixed;
    });
    return `return ${[fixedSum, ...parts].join('+')};`;
  },
  ofTag: 'const tag=v.$;',
};

const isByte = (type: RuntimeType): boolean => type.kind === 'u8';
const codecName = (type: RuntimeType): string => (type.kind === 'signer' ? 'address' : type.kind);
const writeCall = (type: RuntimeType, value: string, k: Constants): string =>
  type.isPrimitive ? `w.${codecName(type)}(${value});` : `${k.name(operationsOf(type).write)}(w,${value});`;
const readCall = (type: RuntimeType, k: Constants): string =>
  type.isPrimitive ? `r.${codecName(type)}()` : `${k.name(operationsOf(type).read)}(r)`;

const writeTemplate: Template = {
  parameters: 'w,v',
  ofPrimitive: (type) => `w.${codecName(type)}(v)`,
  ofVector: (element, k) =>
    isByte(element)
      ? 'w.byteVector(v);'
      : `w.uleb(v.length);for(let i=0;i<v.length;i++)${writeCall(element, 'v[i]', k)}`,
  ofFields: (fields, _type, tag, k) =>
    `${tag === undefined ? '' : `w.uleb(${tag});`}${fields.map((f, i) => writeCall(f.type, `v.f${i}`, k)).join('')}return;`,
  ofTag: 'const tag=v.$;',
};

const readTemplate: Template = {
  parameters: 'r',
  ofPrimitive: (type) => `r.${codecName(type)}()`,
  ofVector: (element, k) =>
    isByte(element)
      ? 'return r.byteVector();'
      : `const n=r.vectorLength(${operationsOf(element).minBytes}),v=[];` +
        `for(let i=0;i<n;i++)v.push(${readCall(element, k)});return v;`,
  // Fields are read into constants first: the order of evaluation is then plain to see.
  ofFields: (fields, type, tag, k) => {
    const reads = fields.map((f, i) => `const x${i}=${readCall(f.type, k)};`);
    return `${reads.join('')}return${literal(type, tag, fields.map((_, i) => `x${i}`))};`;
  },
  ofTag: 'const tag=r.uleb();',
  ofUnknownTag: 'r.fail("unknown enum variant");',
};

function generateAssign(type: RuntimeType): Assign {
  let source: string;
  if (type.kind === 'vector') source = 'd.length=0;for(let i=0;i<s.length;i++)d.push(s[i]);';
  else {
    const slots = Array.from({ length: slotCount(type) }, (_, i) => `d.f${i}=s.f${i};`);
    source = `${type.kind === 'enum' ? 'd.$=s.$;' : ''}${slots.join('')}`;
  }
  return assemble(new Constants(), `"use strict";return function(d,s){${source}};`) as Assign;
}

const sharedWriter = new BcsWriter();

/** Canonical BCS of a value. Throws `BcsError` for a type whose values may nest too deeply. */
export function serializeValue(type: RuntimeType, value: unknown): Uint8Array {
  if (type.valueDepth > maxValueDepth) throw new BcsError('value is nested too deeply', 0);
  sharedWriter.clear();
  operationsOf(type).write(sharedWriter, value);
  return sharedWriter.take();
}

/** Decodes canonical BCS; every byte must be used. Throws `BcsError`. */
export function deserializeValue(type: RuntimeType, bytes: Uint8Array): MoveValue {
  if (type.valueDepth > maxValueDepth) throw new BcsError('value is nested too deeply', 0);
  const reader = new BcsReader(bytes);
  const value = operationsOf(type).read(reader);
  reader.end();
  return value as MoveValue;
}
