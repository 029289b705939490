/**
 * The bytecode verifier (sui-execution.md §2.7): what is published passes all of Move's and Sui's passes
 * before anything is generated from it. Pure: modules in, a `VerificationError` or nothing out. Framework
 * modules that a network boots with are trusted and never come here.
 */
import { MalformedModuleError } from '../errors.js';
import { parseModule } from '../module.js';
import type { CompiledModule } from '../module.js';
import { checkBounds } from './bounds.js';
import { checkConstants } from './constants.js';
import { FunctionContext, ModuleContext } from './context.js';
import { checkControlFlow } from './control-flow.js';
import { checkDependencies, checkModuleCycles } from './dependencies.js';
import type { ModuleLookup } from './dependencies.js';
import { checkDuplication } from './duplication.js';
import { checkEntryPoints, checkInitNotCalled } from './entry-points.js';
import { VerificationError } from './errors.js';
import type { VerificationLocation } from './errors.js';
import { checkFieldAbilities } from './field-abilities.js';
import { checkFriends } from './friends.js';
import { checkIdLeak } from './id-leak.js';
import { checkInstantiationLoops } from './instantiation-loops.js';
import { checkInstructionConsistency } from './instruction-consistency.js';
import { checkLimits } from './limits.js';
import { checkLocalsSafety } from './locals-safety.js';
import { VerifierMeter } from './meter.js';
import { checkOneTimeWitness, checkWitnessNotMade } from './one-time-witness.js';
import { checkPrivateGenerics } from './private-generics.js';
import { checkRecursiveDatatypes } from './recursive-datatypes.js';
import { checkReferenceSafety } from './reference-safety.js';
import { checkCodeSignatures, checkSignatures } from './signatures.js';
import { checkStackUsage } from './stack-usage.js';
import { checkStructsWithKey } from './struct-with-key.js';
import { SYSTEM_ADDRESSES } from './sui-names.js';
import { checkTypeSafety } from './type-safety.js';

export { SuiVerificationError, VerificationError, VerificationTimedOut } from './errors.js';
export type { VerificationLocation, VerifierPass } from './errors.js';
export type { ModuleLookup } from './dependencies.js';
export { MAX_TICKS, VerifierMeter } from './meter.js';
export { verifierLimits } from './limits.js';

/** A module that passed Move's own passes, with what they found out about it. */
interface VerifiedModule {
  readonly context: ModuleContext;
  readonly functions: readonly FunctionContext[];
}

/** What parsing reports of tables and code that were read, but do not fit each other. */
const boundsStatuses: ReadonlySet<string> = new Set([
  'INDEX_OUT_OF_BOUNDS', 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', 'INVALID_ENUM_SWITCH', 'EMPTY_CODE_UNIT', 'TOO_MANY_LOCALS',
]);

/** Parsing fails with `MalformedModuleError`, which knows no module; here it gets its place. */
function located<T>(where: VerificationLocation, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof MalformedModuleError)) throw error;
    const pass = boundsStatuses.has(error.status) ? 'bounds' : 'deserialization';
    throw new VerificationError(pass, error.status, error.message, where);
  }
}

/** Reads a module that is to be verified. @throws VerificationError */
export function readModule(bytes: Uint8Array): CompiledModule {
  return located({ module: '?' }, () => parseModule(bytes));
}

/** Move's passes over one module. @throws VerificationError */
export function verifyModule(module: CompiledModule, meter: VerifierMeter = new VerifierMeter()): void {
  verifyMove(module, meter);
}

function verifyMove(module: CompiledModule, meter: VerifierMeter): VerifiedModule {
  const location = { module: module.self.name };
  for (const definition of module.functions)
    located({ ...location, function: module.functionHandles[definition.handle]!.name }, () => definition.body());
  checkBounds(module);
  checkLimits(module);
  const context = new ModuleContext(module, meter);
  checkDuplication(context);
  checkSignatures(context);
  checkConstants(context);
  checkFriends(context);
  checkFieldAbilities(context);
  checkRecursiveDatatypes(context);
  const functions: FunctionContext[] = [];
  for (const definition of module.functions) {
    const body = definition.body();
    if (body === undefined) continue;
    const where = { ...location, function: module.functionHandles[definition.handle]!.name };
    functions.push(new FunctionContext(context, definition, body, checkControlFlow(body, meter, where)));
  }
  for (const fn of functions) {
    checkCodeSignatures(fn);
    checkInstructionConsistency(fn);
  }
  checkInstantiationLoops(context, functions);
  for (const fn of functions) {
    checkStackUsage(fn);
    checkTypeSafety(fn);
    checkLocalsSafety(fn);
    checkReferenceSafety(fn);
  }
  return { context, functions };
}

/** The rules that Sui adds. @throws SuiVerificationError */
function verifySui({ context, functions }: VerifiedModule): void {
  if (SYSTEM_ADDRESSES.has(context.module.self.address)) return;
  checkStructsWithKey(context);
  for (const fn of functions) {
    checkIdLeak(fn);
    checkPrivateGenerics(fn);
  }
  checkEntryPoints(context);
  for (const fn of functions) checkInitNotCalled(fn);
  checkOneTimeWitness(context);
  for (const fn of functions) checkWitnessNotMade(fn);
}

/**
 * All passes over the modules of a package. `lookup` finds modules of other packages by what bytecode names;
 * those of the package itself are found here. @throws VerificationError
 */
export function verifyPackage(modules: readonly CompiledModule[], lookup: ModuleLookup, meter: VerifierMeter = new VerifierMeter()): void {
  const own = new Map(modules.map((module) => [`${module.self.address}::${module.self.name}`, module]));
  const verified = modules.map((module) => verifyMove(module, meter));
  checkModuleCycles(modules);
  for (const module of modules)
    checkDependencies(module, (handle) => own.get(`${handle.address}::${handle.name}`) ?? lookup(handle));
  for (const module of verified) verifySui(module);
}
