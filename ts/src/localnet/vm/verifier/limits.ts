/** Limits: the numbers of sui-execution.md §1.1 and the pass that compares declarations with them. */
import type { CompiledModule, Token } from '../module.js';
import { VerificationError } from './errors.js';

export const minBytecodeVersion = 6;
export const maxBytecodeVersion = 7;

/** Entries of the tables of a module. */
const tableLimits = {
  moduleHandles: 100,
  datatypeHandles: 300,
  functionHandles: 1500,
  functionInstantiations: 750,
  signatures: 1000,
  constants: 4000,
  identifiers: 10_000,
  addresses: 100,
  structInstantiations: 100,
  fieldHandles: 500,
  fieldInstantiations: 250,
  friends: 100,
  enums: 200,
  enumInstantiations: 100,
  variantHandles: 1024,
  variantInstantiations: 1024,
} as const satisfies Partial<Record<keyof CompiledModule, number>>;

export const verifierLimits = {
  /** Structs and enums together. */
  datatypeDefinitions: 200,
  functionDefinitions: 1000,
  fieldsPerDatatype: 32,
  variantsPerEnum: 127,
  identifierLength: 128,
  functionParameters: 128,
  typeParameters: 32,
  /** Weighted nodes of one type, see `typeSize`. */
  typeNodes: 256,
  basicBlocks: 1024,
  loopDepth: 5,
  backEdges: 10_000,
  valueStack: 1024,
  /** Values that the code of one function pushes, each instruction counted once. */
  pushes: 10_000,
  dependencyDepth: 100,
} as const;

/** Datatypes and type parameters weigh more than other nodes of a type: they may stand for more. */
const namedNodeWeight = 4;

function typeSize(token: Token): number {
  switch (token.kind) {
    case 'vector':
      return 1 + typeSize(token.element);
    case 'reference':
      return 1 + typeSize(token.target);
    case 'typeParameter':
      return namedNodeWeight;
    case 'datatype':
      return token.typeArguments.reduce((sum, t) => sum + typeSize(t), namedNodeWeight);
    default:
      return 1;
  }
}

export function checkLimits(module: CompiledModule): void {
  const fail = (status: string, detail: string): never => {
    throw new VerificationError('limits', status, detail, { module: module.self.name });
  };
  const most = (count: number, limit: number, status: string, what: string): void => {
    if (count > limit) fail(status, `${count} ${what}, at most ${limit} are allowed`);
  };
  for (const [table, limit] of Object.entries(tableLimits) as [keyof typeof tableLimits, number][])
    most(module[table].length, limit, 'MALFORMED', table);
  const { structs, enums, functions } = module;
  most(functions.length, verifierLimits.functionDefinitions, 'MAX_FUNCTION_DEFINITIONS_REACHED', 'functions');
  most(structs.length + enums.length, verifierLimits.datatypeDefinitions, 'MAX_STRUCT_DEFINITIONS_REACHED', 'datatypes');
  for (const { fields } of [...structs, ...enums.flatMap((e) => e.variants)])
    most(fields.length, verifierLimits.fieldsPerDatatype, 'MAX_FIELD_DEFINITIONS_REACHED', 'fields');
  for (const { variants } of enums) most(variants.length, verifierLimits.variantsPerEnum, 'MAX_VARIANTS_REACHED', 'variants');
  for (const handle of [...module.functionHandles, ...module.datatypeHandles])
    most(handle.typeParameters.length, verifierLimits.typeParameters, 'TOO_MANY_TYPE_PARAMETERS', 'type parameters');
  for (const { parameters, returns } of module.functionHandles)
    most(Math.max(parameters.length, returns.length), verifierLimits.functionParameters, 'TOO_MANY_PARAMETERS', 'parameters or results');
  for (const name of module.identifiers) {
    const length = Buffer.byteLength(name);
    most(length, verifierLimits.identifierLength, 'IDENTIFIER_TOO_LONG', 'bytes in an identifier');
  }
  const fieldTypes = [...structs, ...enums.flatMap((e) => e.variants)].flatMap(({ fields }) => fields.map((f) => f.type));
  for (const token of [...module.signatures.flat(), ...fieldTypes, ...module.constants.map((c) => c.type)])
    most(typeSize(token), verifierLimits.typeNodes, 'TOO_MANY_TYPE_NODES', 'type nodes');
}
