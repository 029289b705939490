/**
 * Bounds: the table indices that parsing leaves open. Type parameters must exist where they are used and
 * datatypes must have as many type arguments as they have parameters; all else `../module.ts` has checked.
 */
import type { CompiledModule, Token } from '../module.js';
import type { Instruction } from '../opcodes.js';
import { VerificationError } from './errors.js';
import type { VerificationLocation } from './errors.js';
import { maxBytecodeVersion, minBytecodeVersion } from './limits.js';

const pass = 'bounds';
/** Locals are numbered by a byte. */
const maxLocals = 255;

export function checkBounds(module: CompiledModule): void {
  const where = { module: module.self.name };
  if (module.version < minBytecodeVersion || module.version > maxBytecodeVersion)
    throw new VerificationError('deserialization', 'UNKNOWN_VERSION', `bytecode version ${module.version}`, where);
  for (const { type } of module.constants) checkToken(module, type, 0, where);
  for (const { handle, fields } of declaredFields(module)) {
    const { typeParameters } = module.datatypeHandles[handle]!;
    for (const field of fields) checkToken(module, field.type, typeParameters.length, where);
  }
  for (const handle of module.functionHandles)
    checkTokens(module, [...handle.parameters, ...handle.returns], handle.typeParameters.length, { ...where, function: handle.name });
  // Signatures that nothing uses must be well formed too; which parameters they may name depends on their users.
  for (const signature of module.signatures) checkTokens(module, signature, Infinity, where);
  for (const definition of module.functions) {
    const body = definition.body();
    if (body === undefined) continue;
    const handle = module.functionHandles[definition.handle]!;
    const inFunction = { ...where, function: handle.name };
    const count = handle.typeParameters.length;
    if (handle.parameters.length + body.locals.length > maxLocals)
      throw new VerificationError(pass, 'TOO_MANY_LOCALS', 'more than 255 parameters and locals', inFunction);
    checkTokens(module, body.locals, count, inFunction);
    body.code.forEach((instruction, at) => {
      const tokens = typesOf(module, instruction);
      if (tokens !== undefined) checkTokens(module, tokens, count, { ...inFunction, instruction: at });
    });
  }
}

/** Fields of structs, and of each variant of enums. */
export function declaredFields(module: CompiledModule): { handle: number; name: string; fields: CompiledModule['structs'][number]['fields'] }[] {
  return [
    ...module.structs.map(({ handle, fields }) => ({ handle, name: module.datatypeHandles[handle]!.name, fields })),
    ...module.enums.flatMap(({ handle, variants }) =>
      variants.map(({ name, fields }) => ({ handle, name: `${module.datatypeHandles[handle]!.name}::${name}`, fields })),
    ),
  ];
}

/** Type arguments of an instruction, in terms of the type parameters of the function it is in. */
export function typesOf(module: CompiledModule, { op, operand }: Instruction): readonly Token[] | undefined {
  switch (op) {
    case 'CallGeneric':
      return module.functionInstantiations[operand]!.typeArguments;
    case 'PackGeneric':
    case 'UnpackGeneric':
      return module.structInstantiations[operand]!.typeArguments;
    case 'MutBorrowFieldGeneric':
    case 'ImmBorrowFieldGeneric':
      return module.fieldInstantiations[operand]!.typeArguments;
    case 'PackVariantGeneric':
    case 'UnpackVariantGeneric':
    case 'UnpackVariantGenericImmRef':
    case 'UnpackVariantGenericMutRef':
      return module.enumInstantiations[module.variantInstantiations[operand]!.enumInstantiation]!.typeArguments;
    case 'VecPack': case 'VecUnpack': case 'VecLen': case 'VecImmBorrow': case 'VecMutBorrow':
    case 'VecPushBack': case 'VecPopBack': case 'VecSwap':
      return module.signatures[operand]!;
    default:
      return undefined;
  }
}

function checkTokens(module: CompiledModule, tokens: readonly Token[], typeParameters: number, where: VerificationLocation): void {
  for (const token of tokens) checkToken(module, token, typeParameters, where);
}

function checkToken(module: CompiledModule, token: Token, typeParameters: number, where: VerificationLocation): void {
  switch (token.kind) {
    case 'typeParameter':
      if (token.index >= typeParameters)
        throw new VerificationError(pass, 'INDEX_OUT_OF_BOUNDS', `type parameter ${token.index} of ${typeParameters}`, where);
      return;
    case 'vector':
      return checkToken(module, token.element, typeParameters, where);
    case 'reference':
      return checkToken(module, token.target, typeParameters, where);
    case 'datatype': {
      const handle = module.datatypeHandles[token.handle]!;
      if (handle.typeParameters.length !== token.typeArguments.length)
        throw new VerificationError(
          pass, 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH',
          `${handle.name} takes ${handle.typeParameters.length} type arguments, not ${token.typeArguments.length}`, where,
        );
      return checkTokens(module, token.typeArguments, typeParameters, where);
    }
    default:
  }
}
