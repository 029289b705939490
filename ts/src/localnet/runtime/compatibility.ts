/**
 * Whether a package version may replace another one under an upgrade policy (sui-execution.md §1.9).
 * Types are compared by the names bytecode uses (original IDs), which an upgrade never changes.
 */
import type { Opcode } from '../vm/opcodes.js';
import type { CompiledModule, FunctionDefinition, Token } from '../vm/module.js';

export const UPGRADE_POLICY = { compatible: 0, additive: 128, dependencyOnly: 192 } as const;
export type UpgradePolicy = (typeof UPGRADE_POLICY)[keyof typeof UPGRADE_POLICY];

export function isUpgradePolicy(value: number): value is UpgradePolicy {
  return value === 0 || value === 128 || value === 192;
}

/** What an upgrade breaks, as a sentence; undefined when it may replace `before`. */
export function findIncompatibility(
  before: readonly CompiledModule[],
  after: readonly CompiledModule[],
  policy: UpgradePolicy,
): string | undefined {
  const next = new Map(after.map((module) => [module.self.name, module]));
  if (policy === UPGRADE_POLICY.dependencyOnly && next.size !== before.length) return 'modules were added or removed';
  for (const old of before) {
    const module = next.get(old.self.name);
    if (!module) return `module ${old.self.name} was removed`;
    const problem =
      compareDatatypes(old, module, policy) ??
      (policy === UPGRADE_POLICY.compatible ? comparePublic(old, module) : compareAll(old, module, policy));
    if (problem) return `module ${old.self.name}: ${problem}`;
  }
  return undefined;
}

/** Text of a token in which indices are replaced by names, so that two modules can be compared. */
function tokenText(module: CompiledModule, token: Token): string {
  return JSON.stringify(token, (key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : named(module, key, value)));
}

function named(module: CompiledModule, key: string, value: unknown): unknown {
  if (key !== 'handle' || typeof value !== 'number') return value;
  const handle = module.datatypeHandles[value]!;
  const owner = module.moduleHandles[handle.module]!;
  return `${owner.address}::${owner.name}::${handle.name}`;
}

interface Shape {
  readonly header: string;
  readonly body: string;
}

function datatypeShapes(module: CompiledModule): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  const header = (index: number) => {
    const handle = module.datatypeHandles[index]!;
    return JSON.stringify([handle.abilities, handle.typeParameters]);
  };
  const fields = (list: readonly { name: string; type: Token }[]) =>
    list.map((field) => `${field.name}:${tokenText(module, field.type)}`).join(';');
  for (const definition of module.structs) {
    const name = module.datatypeHandles[definition.handle]!.name;
    shapes.set(name, { header: `struct ${header(definition.handle)}`, body: fields(definition.fields) });
  }
  for (const definition of module.enums) {
    const name = module.datatypeHandles[definition.handle]!.name;
    const body = definition.variants.map((variant) => `${variant.name}{${fields(variant.fields)}}`).join('|');
    shapes.set(name, { header: `enum ${header(definition.handle)}`, body });
  }
  return shapes;
}

function compareDatatypes(old: CompiledModule, module: CompiledModule, policy: UpgradePolicy): string | undefined {
  const after = datatypeShapes(module);
  const before = datatypeShapes(old);
  for (const [name, shape] of before) {
    const now = after.get(name);
    if (!now) return `type ${name} was removed`;
    if (now.header !== shape.header) return `abilities or type parameters of ${name} changed`;
    if (now.body !== shape.body) return `fields of ${name} changed`;
  }
  if (policy === UPGRADE_POLICY.dependencyOnly && after.size !== before.size) return 'types were added';
  return undefined;
}

function signature(module: CompiledModule, definition: FunctionDefinition): string {
  const handle = module.functionHandles[definition.handle]!;
  return [...handle.parameters.map((token) => tokenText(module, token)), '→', ...handle.returns.map((token) => tokenText(module, token))].join(',');
}

function functionName(module: CompiledModule, definition: FunctionDefinition): string {
  return module.functionHandles[definition.handle]!.name;
}

/** Public functions keep their signature; constraints of type parameters may only be relaxed. */
function comparePublic(old: CompiledModule, module: CompiledModule): string | undefined {
  for (const definition of old.functions) {
    if (definition.visibility !== 'public') continue;
    const name = functionName(old, definition);
    const now = module.functionByName.get(name);
    if (!now || now.visibility !== 'public') return `public function ${name} was removed`;
    if (signature(module, now) !== signature(old, definition)) return `signature of ${name} changed`;
    const before = old.functionHandles[definition.handle]!.typeParameters;
    const after = module.functionHandles[now.handle]!.typeParameters;
    if (before.length !== after.length) return `type parameters of ${name} changed`;
    if (after.some((constraints, i) => (constraints & ~before[i]!) !== 0)) {
      return `constraints on the type parameters of ${name} became stricter`;
    }
  }
  return undefined;
}

/** Everything old is still there, unchanged, bodies included. */
function compareAll(old: CompiledModule, module: CompiledModule, policy: UpgradePolicy): string | undefined {
  for (const definition of old.functions) {
    const name = functionName(old, definition);
    const now = module.functionByName.get(name);
    if (!now) return `function ${name} was removed`;
    const same =
      now.visibility === definition.visibility &&
      now.isEntry === definition.isEntry &&
      signature(module, now) === signature(old, definition) &&
      bodyText(module, now) === bodyText(old, definition);
    if (!same) return `function ${name} changed`;
  }
  if (policy === UPGRADE_POLICY.dependencyOnly && module.functions.length !== old.functions.length) {
    return 'functions were added';
  }
  return undefined;
}

/** Code with every operand index replaced by what it stands for. */
function bodyText(module: CompiledModule, definition: FunctionDefinition): string {
  const body = definition.body();
  if (!body) return 'native';
  const code = body.code.map(({ op, operand, wide }) => `${op} ${operandText(module, op, operand)} ${wide}`);
  return [...body.locals.map((token) => tokenText(module, token)), ...code, JSON.stringify(body.jumpTables)].join('\n');
}

function functionText(module: CompiledModule, index: number): string {
  const handle = module.functionHandles[index]!;
  const owner = module.moduleHandles[handle.module]!;
  return `${owner.address}::${owner.name}::${handle.name}`;
}

function structText(module: CompiledModule, index: number): string {
  return module.datatypeHandles[module.structs[index]!.handle]!.name;
}

function enumText(module: CompiledModule, index: number): string {
  return module.datatypeHandles[module.enums[index]!.handle]!.name;
}

function fieldText(module: CompiledModule, index: number): string {
  const field = module.fieldHandles[index]!;
  return `${structText(module, field.struct)}.${field.field}`;
}

function argumentsText(module: CompiledModule, tokens: readonly Token[]): string {
  return `<${tokens.map((token) => tokenText(module, token)).join(',')}>`;
}

function operandText(module: CompiledModule, op: Opcode, index: number): string | number {
  switch (op) {
    case 'LdConst': {
      const constant = module.constants[index]!;
      return `${tokenText(module, constant.type)}:${Buffer.from(constant.data).toString('hex')}`;
    }
    case 'Call':
      return functionText(module, index);
    case 'CallGeneric': {
      const use = module.functionInstantiations[index]!;
      return functionText(module, use.target) + argumentsText(module, use.typeArguments);
    }
    case 'Pack':
    case 'Unpack':
      return structText(module, index);
    case 'PackGeneric':
    case 'UnpackGeneric': {
      const use = module.structInstantiations[index]!;
      return structText(module, use.target) + argumentsText(module, use.typeArguments);
    }
    case 'MutBorrowField':
    case 'ImmBorrowField':
      return fieldText(module, index);
    case 'MutBorrowFieldGeneric':
    case 'ImmBorrowFieldGeneric': {
      const use = module.fieldInstantiations[index]!;
      return fieldText(module, use.target) + argumentsText(module, use.typeArguments);
    }
    case 'VecPack':
    case 'VecUnpack':
    case 'VecLen':
    case 'VecImmBorrow':
    case 'VecMutBorrow':
    case 'VecPushBack':
    case 'VecPopBack':
    case 'VecSwap':
      return argumentsText(module, module.signatures[index]!);
    case 'PackVariant':
    case 'UnpackVariant':
    case 'UnpackVariantImmRef':
    case 'UnpackVariantMutRef': {
      const handle = module.variantHandles[index]!;
      return `${enumText(module, handle.enum)}.${handle.variant}`;
    }
    case 'PackVariantGeneric':
    case 'UnpackVariantGeneric':
    case 'UnpackVariantGenericImmRef':
    case 'UnpackVariantGenericMutRef': {
      const handle = module.variantInstantiations[index]!;
      const use = module.enumInstantiations[handle.enumInstantiation]!;
      return `${enumText(module, use.target)}${argumentsText(module, use.typeArguments)}.${handle.variant}`;
    }
    default:
      return index;
  }
}
