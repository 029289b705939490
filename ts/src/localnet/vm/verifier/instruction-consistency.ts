/** Instruction consistency: generic things are used by generic instructions, and only they are. */
import type { CompiledModule } from '../module.js';
import type { Instruction } from '../opcodes.js';
import type { FunctionContext } from './context.js';

export function checkInstructionConsistency(fn: FunctionContext): void {
  fn.body.code.forEach((instruction, at) => {
    const count = typeParameterCount(fn.context.module, instruction);
    if (count !== undefined && count > 0 !== instruction.op.includes('Generic'))
      fn.fail('instruction consistency', 'GENERIC_MEMBER_OPCODE_MISMATCH', `${instruction.op} of something with ${count} type parameters`, at);
  });
}

/** Type parameters of what an instruction names; undefined if it names nothing that could have any. */
function typeParameterCount(module: CompiledModule, { op, operand }: Instruction): number | undefined {
  const ofDatatype = (definition: { readonly handle: number }): number =>
    module.datatypeHandles[definition.handle]!.typeParameters.length;
  switch (op) {
    case 'Call':
      return module.functionHandles[operand]!.typeParameters.length;
    case 'CallGeneric':
      return module.functionHandles[module.functionInstantiations[operand]!.target]!.typeParameters.length;
    case 'Pack':
    case 'Unpack':
      return ofDatatype(module.structs[operand]!);
    case 'PackGeneric':
    case 'UnpackGeneric':
      return ofDatatype(module.structs[module.structInstantiations[operand]!.target]!);
    case 'MutBorrowField':
    case 'ImmBorrowField':
      return ofDatatype(module.structs[module.fieldHandles[operand]!.struct]!);
    case 'MutBorrowFieldGeneric':
    case 'ImmBorrowFieldGeneric':
      return ofDatatype(module.structs[module.fieldHandles[module.fieldInstantiations[operand]!.target]!.struct]!);
    case 'PackVariant':
    case 'UnpackVariant':
    case 'UnpackVariantImmRef':
    case 'UnpackVariantMutRef':
      return ofDatatype(module.enums[module.variantHandles[operand]!.enum]!);
    case 'PackVariantGeneric':
    case 'UnpackVariantGeneric':
    case 'UnpackVariantGenericImmRef':
    case 'UnpackVariantGenericMutRef': {
      const { enumInstantiation } = module.variantInstantiations[operand]!;
      return ofDatatype(module.enums[module.enumInstantiations[enumInstantiation]!.target]!);
    }
    default:
      return undefined;
  }
}
