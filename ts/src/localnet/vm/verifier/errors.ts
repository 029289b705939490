/**
 * Errors of the bytecode verifier. Each names where the rule was broken, which pass found it and the Move
 * status code by name; `executionStatus` is what a transaction that publishes the module ends with
 * (sui-execution.md §1.12–1.13).
 */
import { VmError } from '../errors.js';

/** The passes, in the order of sui-execution.md §2.7; Sui's own follow Move's. */
export type VerifierPass =
  | 'deserialization'
  | 'bounds'
  | 'limits'
  | 'duplication'
  | 'signatures'
  | 'instruction consistency'
  | 'constants'
  | 'friends'
  | 'field abilities'
  | 'recursive datatypes'
  | 'instantiation loops'
  | 'control flow'
  | 'stack usage'
  | 'type safety'
  | 'locals safety'
  | 'reference safety'
  | 'dependencies'
  | 'struct with key'
  | 'id leak'
  | 'private generics'
  | 'entry points'
  | 'one-time witness';

/** Where in a module a rule was broken. */
export interface VerificationLocation {
  readonly module: string;
  /** Name of the function; undefined for rules about declarations. */
  readonly function?: string;
  /** Code offset in that function. */
  readonly instruction?: number;
}

function describe({ module, function: name, instruction }: VerificationLocation): string {
  const inFunction = name === undefined ? '' : `::${name}`;
  return `${module}${inFunction}${instruction === undefined ? '' : ` at ${instruction}`}`;
}

/** A module that Move's verifier refuses. */
export class VerificationError extends VmError {
  override readonly name: string = 'VerificationError';
  /** Name of the execution status of a transaction that publishes the module. */
  readonly executionStatus: 'VMVerificationOrDeserializationError' | 'SuiMoveVerificationError' | 'SuiMoveVerificationTimedout' =
    'VMVerificationOrDeserializationError';

  constructor(
    readonly pass: VerifierPass,
    /** Move status code by name, for example `CALL_TYPE_MISMATCH_ERROR`. */
    readonly status: string,
    /** What is wrong, for people. */
    readonly detail: string,
    readonly location: VerificationLocation,
  ) {
    super(`${describe(location)}: ${pass}: ${detail} (${status})`);
  }
}

/** A module that breaks one of the rules Sui adds. They have no Move status code. */
export class SuiVerificationError extends VerificationError {
  override readonly name = 'SuiVerificationError';
  override readonly executionStatus = 'SuiMoveVerificationError';

  constructor(pass: VerifierPass, detail: string, location: VerificationLocation) {
    super(pass, 'SUI_MOVE_VERIFICATION_ERROR', detail, location);
  }
}

/** Verification took more than the ticks it is given. */
export class VerificationTimedOut extends VerificationError {
  override readonly name = 'VerificationTimedOut';
  override readonly executionStatus = 'SuiMoveVerificationTimedout';

  constructor(pass: VerifierPass, location: VerificationLocation) {
    super(pass, 'PROGRAM_TOO_COMPLEX', 'verification takes too long', location);
  }
}
