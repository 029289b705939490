/**
 * The rules Sui adds to Move's own verifier (sui-execution.md §2.7), as far as declarations and calls show
 * them: objects start with a UID, functions private to the module of a type are called by that module only,
 * `init` and one-time witnesses have their shape. The flow of UIDs (id leak) is not followed here.
 */
import type { CompiledModule, FunctionDefinition, Token } from '../vm/module.js';
import { fullAddress } from './bytes.js';
import { ABILITY } from './ptb.js';
import { SUI_ADDRESS } from './type-tags.js';

/** Functions whose first type argument must be declared by the calling module. */
const PRIVATE_GENERICS: Readonly<Record<string, ReadonlySet<string>>> = {
  transfer: new Set(['transfer', 'share_object', 'freeze_object', 'receive', 'party_transfer']),
  event: new Set(['emit', 'emit_authenticated']),
};
/** Framework modules check what they call themselves. */
const FRAMEWORK: ReadonlySet<string> = new Set(['0x1', '0x2', '0x3', '0xb'].map(fullAddress));

/** What breaks the rules, as a sentence; undefined when nothing does. */
export function findSuiViolation(module: CompiledModule): string | undefined {
  if (FRAMEWORK.has(module.self.address)) return undefined;
  return checkObjects(module) ?? checkInit(module) ?? checkWitness(module) ?? checkCalls(module);
}

interface Named {
  readonly address: string;
  readonly module: string;
  readonly name: string;
}

/** Datatype that a token names, by original ID. */
function datatypeOf(module: CompiledModule, token: Token): Named | undefined {
  if (token.kind !== 'datatype') return undefined;
  const handle = module.datatypeHandles[token.handle]!;
  const owner = module.moduleHandles[handle.module]!;
  return { address: owner.address, module: owner.name, name: handle.name };
}

function isFramework(named: Named | undefined, module: string, name: string): boolean {
  return named?.address === SUI_ADDRESS && named.module === module && named.name === name;
}

function checkObjects(module: CompiledModule): string | undefined {
  for (const definition of module.structs) {
    const handle = module.datatypeHandles[definition.handle]!;
    if ((handle.abilities & ABILITY.key) === 0) continue;
    const [first] = definition.fields;
    if (first?.name !== 'id' || !isFramework(datatypeOf(module, first.type), 'object', 'UID')) {
      return `the first field of ${handle.name}, which has key, is not id: UID`;
    }
  }
  for (const definition of module.enums) {
    const handle = module.datatypeHandles[definition.handle]!;
    if ((handle.abilities & ABILITY.key) !== 0) return `enum ${handle.name} has key`;
  }
  return undefined;
}

function isContext(module: CompiledModule, token: Token): boolean {
  return token.kind === 'reference' && isFramework(datatypeOf(module, token.target), 'tx_context', 'TxContext');
}

function checkInit(module: CompiledModule): string | undefined {
  const init = module.functionByName.get('init');
  if (!init) return undefined;
  const handle = module.functionHandles[init.handle]!;
  if (init.visibility !== 'private' || init.isEntry) return 'init is not private';
  if (handle.typeParameters.length > 0) return 'init has type parameters';
  if (handle.returns.length > 0) return 'init returns something';
  const { parameters } = handle;
  const last = parameters.at(-1);
  if (parameters.length < 1 || parameters.length > 2 || !last || !isContext(module, last)) {
    return 'init does not take a context as its last of at most two parameters';
  }
  if (parameters.length === 2 && witnessHandle(module) !== datatypeHandle(parameters[0]!)) {
    return 'the first parameter of init is no one-time witness';
  }
  return undefined;
}

function datatypeHandle(token: Token): number | undefined {
  return token.kind === 'datatype' ? token.handle : undefined;
}

/** Handle of the struct that is the module's one-time witness by its name and shape. */
function witnessHandle(module: CompiledModule): number | undefined {
  const name = module.self.name.toUpperCase();
  for (const definition of module.structs) {
    const handle = module.datatypeHandles[definition.handle]!;
    const [field, ...more] = definition.fields;
    const isWitness =
      handle.name === name &&
      handle.abilities === ABILITY.drop &&
      handle.typeParameters.length === 0 &&
      field?.type.kind === 'bool' &&
      more.length === 0;
    if (isWitness) return definition.handle;
  }
  return undefined;
}

/** A one-time witness that `init` takes is never made by code. */
function checkWitness(module: CompiledModule): string | undefined {
  const init = module.functionByName.get('init');
  const first = init && module.functionHandles[init.handle]!.parameters[0];
  const witness = witnessHandle(module);
  if (!first || witness === undefined || datatypeHandle(first) !== witness) return undefined;
  const definition = module.structs.findIndex((struct) => struct.handle === witness);
  for (const user of module.functions) {
    if (user.body()?.code.some(({ op, operand }) => op === 'Pack' && operand === definition)) {
      return `${nameOf(module, user)} makes the one-time witness`;
    }
  }
  return undefined;
}

function nameOf(module: CompiledModule, definition: FunctionDefinition): string {
  return module.functionHandles[definition.handle]!.name;
}

function checkCalls(module: CompiledModule): string | undefined {
  for (const caller of module.functions) {
    for (const { op, operand } of caller.body()?.code ?? []) {
      const problem =
        op === 'CallGeneric' ? checkGenericCall(module, operand) : op === 'Call' ? checkCall(module, operand) : undefined;
      if (problem) return `${nameOf(module, caller)} ${problem}`;
    }
  }
  return undefined;
}

function checkCall(module: CompiledModule, handleIndex: number): string | undefined {
  const handle = module.functionHandles[handleIndex]!;
  return handle.name === 'init' && handle.module === module.selfHandle ? 'calls init' : undefined;
}

function checkGenericCall(module: CompiledModule, instantiation: number): string | undefined {
  const { target, typeArguments } = module.functionInstantiations[instantiation]!;
  const handle = module.functionHandles[target]!;
  const owner = module.moduleHandles[handle.module]!;
  if (owner.address !== SUI_ADDRESS || !PRIVATE_GENERICS[owner.name]?.has(handle.name)) return undefined;
  const [type] = typeArguments;
  const own = type?.kind === 'datatype' && module.datatypeHandles[type.handle]!.module === module.selfHandle;
  return own ? undefined : `calls ${owner.name}::${handle.name} with a type of another module`;
}
