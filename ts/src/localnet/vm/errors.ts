/**
 * Errors of the Move VM. A Move abort or run-time error is a result (`VmFailure`), never thrown to the
 * caller of `MoveVm.call`; the classes here are for code that cannot be loaded, values that cannot be
 * decoded and for the gas meter.
 */
import type { Address } from './types.js';

/** Base of every error the VM throws on purpose. */
export class VmError extends Error {
  override readonly name: string = 'VmError';
}

/** A package, module, function or datatype that code refers to does not exist or does not fit. */
export class LinkError extends VmError {
  override readonly name = 'LinkError';
}

/** Module bytes that do not deserialise or break a structural rule; nothing was generated from them. */
export class MalformedModuleError extends VmError {
  override readonly name = 'MalformedModuleError';
  constructor(
    message: string,
    /** Name of the module when it could be read. */
    readonly moduleName?: string,
    /** Name of the Move status code that describes it best. */
    readonly status: string = 'MALFORMED',
  ) {
    super(moduleName === undefined ? message : `module ${moduleName}: ${message}`);
  }
}

/** BCS bytes that are not the canonical encoding of a value of the type. */
export class BcsError extends VmError {
  override readonly name = 'BcsError';
  constructor(
    message: string,
    /** Offset of the first byte that does not fit. */
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`);
  }
}

/** Text that is not a Move type. */
export class TypeSyntaxError extends VmError {
  override readonly name = 'TypeSyntaxError';
  constructor(
    message: string,
    readonly text: string,
  ) {
    super(`${message}: ${JSON.stringify(text.slice(0, 200))}`);
  }
}

/** A type that names nothing, has the wrong number of arguments or breaks a constraint or depth limit. */
export class TypeResolutionError extends VmError {
  override readonly name = 'TypeResolutionError';
  constructor(
    readonly reason: 'notFound' | 'arity' | 'constraint' | 'depth',
    message: string,
    readonly packageId?: Address,
  ) {
    super(message);
  }
}

/** The budget of a gas meter is exhausted. */
export class OutOfGas extends VmError {
  override readonly name = 'OutOfGas';
  constructor() {
    super('out of gas');
  }
}

/** A limit on objects or events of one transaction; natives report it as MEMORY_LIMIT_EXCEEDED with this sub-status. */
export class ObjectLimitReached extends VmError {
  override readonly name = 'ObjectLimitReached';
  constructor(
    readonly limit: keyof typeof objectLimits,
    message: string,
  ) {
    super(message);
  }
}

/** Sub-statuses of MEMORY_LIMIT_EXCEEDED. */
export const objectLimits = {
  eventCount: 0,
  eventSize: 1,
  newIds: 2,
  deletedIds: 3,
  transferredIds: 4,
  cachedObjects: 5,
  storedObjects: 6,
  eventsTotalSize: 7,
} as const;
