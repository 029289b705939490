/**
 * Signatures: types are well formed (references only around whole parameters, results and locals), type
 * arguments have the abilities their parameters ask for, phantom parameters stay in phantom places.
 */
import type { Instruction } from '../opcodes.js';
import type { AbilitySet } from '../types.js';
import { declaredFields, typesOf } from './bounds.js';
import type { FunctionContext, ModuleContext } from './context.js';
import { VerificationError } from './errors.js';
import type { VerificationLocation } from './errors.js';
import { AbilityTable, isReference, targetOf } from './type-pool.js';
import type { PooledType } from './type-pool.js';

const pass = 'signatures';

function fail(status: string, detail: string, where: VerificationLocation): never {
  throw new VerificationError(pass, status, detail, where);
}

/** Everything declared: signatures, fields, function handles. */
export function checkSignatures(context: ModuleContext): void {
  const { module, pool, location } = context;
  for (const signature of module.signatures) for (const type of context.types(signature)) checkShape(targetOf(type), location);
  for (const { handle, fields } of declaredFields(module)) {
    const { typeParameters } = module.datatypeHandles[handle]!;
    const abilities = new AbilityTable(module.datatypeHandles, typeParameters.map((p) => p.constraints));
    const phantom = new Set(typeParameters.flatMap((p, i) => (p.isPhantom ? [i] : [])));
    for (const field of fields) {
      const type = pool.of(field.type);
      checkShape(type, location);
      checkConstraints(context, type, abilities, location);
      if (phantom.size > 0) checkPhantom(context, type, phantom, true);
    }
  }
  for (const handle of module.functionHandles) {
    const abilities = new AbilityTable(module.datatypeHandles, handle.typeParameters);
    const where = { ...location, function: handle.name };
    for (const type of context.types([...handle.parameters, ...handle.returns]))
      checkConstraints(context, targetOf(type), abilities, where);
  }
}

/** Types that the code of a function names: locals and type arguments of its instructions. */
export function checkCodeSignatures(fn: FunctionContext): void {
  const { context } = fn;
  for (const type of context.types(fn.body.locals)) checkConstraints(context, targetOf(type), fn.abilities, fn.location());
  fn.body.code.forEach((instruction, at) => {
    const tokens = typesOf(context.module, instruction);
    if (tokens === undefined) return;
    const types = context.types(tokens);
    for (const type of types) {
      checkShape(type, fn.location(at));
      checkConstraints(context, type, fn.abilities, fn.location(at));
    }
    checkArguments(types, constraintsOf(context, instruction), fn.abilities, fn.location(at));
  });
}

/** Constraints of the type parameters that an instruction fills. */
function constraintsOf({ module }: ModuleContext, { op, operand }: Instruction): readonly AbilitySet[] {
  const ofDatatype = (handle: number): AbilitySet[] => module.datatypeHandles[handle]!.typeParameters.map((p) => p.constraints);
  switch (op) {
    case 'CallGeneric':
      return module.functionHandles[module.functionInstantiations[operand]!.target]!.typeParameters;
    case 'PackGeneric':
    case 'UnpackGeneric':
      return ofDatatype(module.structs[module.structInstantiations[operand]!.target]!.handle);
    case 'MutBorrowFieldGeneric':
    case 'ImmBorrowFieldGeneric':
      return ofDatatype(module.structs[module.fieldHandles[module.fieldInstantiations[operand]!.target]!.struct]!.handle);
    case 'PackVariantGeneric':
    case 'UnpackVariantGeneric':
    case 'UnpackVariantGenericImmRef':
    case 'UnpackVariantGenericMutRef': {
      const { enumInstantiation } = module.variantInstantiations[operand]!;
      return ofDatatype(module.enums[module.enumInstantiations[enumInstantiation]!.target]!.handle);
    }
    default:
      // Vector instructions: one element type of any kind.
      return [0];
  }
}

/** No reference inside. */
function checkShape(type: PooledType, where: VerificationLocation): void {
  if (isReference(type)) fail('INVALID_SIGNATURE_TOKEN', 'a reference inside a type', where);
  for (const inner of type.inner) checkShape(inner, where);
}

function checkConstraints(context: ModuleContext, type: PooledType, abilities: AbilityTable, where: VerificationLocation): void {
  context.meter.charge(1, pass, where);
  for (const inner of type.inner) checkConstraints(context, inner, abilities, where);
  if (type.kind !== 'datatype') return;
  const { typeParameters } = context.module.datatypeHandles[type.index]!;
  checkArguments(type.inner, typeParameters.map((p) => p.constraints), abilities, where);
}

function checkArguments(types: readonly PooledType[], constraints: readonly AbilitySet[], abilities: AbilityTable, where: VerificationLocation): void {
  if (types.length !== constraints.length)
    fail('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', `${types.length} type arguments where ${constraints.length} are expected`, where);
  types.forEach((type, i) => {
    if (!abilities.has(type, constraints[i]!)) fail('CONSTRAINT_NOT_SATISFIED', `type argument ${i} lacks an ability`, where);
  });
}

function checkPhantom(context: ModuleContext, type: PooledType, phantom: ReadonlySet<number>, counts: boolean): void {
  if (type.kind === 'typeParameter' && counts && phantom.has(type.index))
    context.fail(pass, 'INVALID_PHANTOM_TYPE_PARAM_POSITION', `phantom type parameter ${type.index} is used for a field`);
  const parameters = type.kind === 'datatype' ? context.module.datatypeHandles[type.index]!.typeParameters : [];
  type.inner.forEach((inner, i) => checkPhantom(context, inner, phantom, parameters[i]?.isPhantom !== true));
}
