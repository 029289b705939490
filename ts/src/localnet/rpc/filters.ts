/**
 * Filters on transactions and events: a disjunction of terms, each a conjunction of literals that may be negated
 * (sui-rpc.md §4 "List streams"). A parsed filter is a predicate.
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import type { ExecutedTransaction, LedgerEvent, Owner } from '../ledger/types.js';
import { effectsOf } from './effects.js';
import { invalidField, missingField } from './errors.js';
import { owningAddress, parseAddress, parseMovePath, parseTypeFilter } from './values.js';

/** Whether a transaction matches. */
export type TransactionPredicate = (executed: ExecutedTransaction) => boolean;
/** Whether an event of a transaction matches. */
export type EventPredicate = (event: LedgerEvent, executed: ExecutedTransaction) => boolean;

/** Most literals of a filter, over all its terms. */
const MAX_LITERALS = 100;

interface Literal<P> {
  readonly negated: boolean;
  readonly predicate: P;
}

/**
 * Parses a filter on transactions; undefined matches all.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseTransactionFilter(filter: GrpcTypes.TransactionFilter | undefined): TransactionPredicate {
  if (filter === undefined) return () => true;
  return parseTerms(filter.terms, transactionPredicate, (predicate, executed: ExecutedTransaction) => predicate(executed));
}

/**
 * Parses a filter on events; undefined matches all.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseEventFilter(filter: GrpcTypes.EventFilter | undefined): EventPredicate {
  if (filter === undefined) return () => true;
  const matches = parseTerms(filter.terms, eventPredicate, (predicate, item: readonly [LedgerEvent, ExecutedTransaction]) =>
    predicate(...item),
  );
  return (event, executed) => matches([event, executed]);
}

function parseTerms<P, Q, I>(
  terms: readonly { readonly literals: readonly Literal<P>[] }[],
  parse: (field: string, predicate: P) => Q,
  test: (predicate: Q, item: I) => boolean,
): (item: I) => boolean {
  if (terms.length === 0) throw missingField('filter.terms');
  if (terms.reduce((count, term) => count + term.literals.length, 0) > MAX_LITERALS)
    throw invalidField('filter', `more than ${MAX_LITERALS} literals`);
  const parsed = terms.map((term, termIndex) => {
    if (term.literals.length === 0) throw missingField(`filter.terms[${termIndex}].literals`);
    return term.literals.map((literal, index) => ({
      negated: literal.negated,
      predicate: parse(`filter.terms[${termIndex}].literals[${index}]`, literal.predicate),
    }));
  });
  return (item) => parsed.some((term) => term.every(({ negated, predicate }) => test(predicate, item) !== negated));
}

function transactionPredicate(
  field: string,
  predicate: GrpcTypes.TransactionLiteral['predicate'],
): TransactionPredicate {
  switch (predicate.oneofKind) {
    case 'sender': {
      const address = parseAddress(`${field}.sender.address`, predicate.sender.address);
      return (executed) => executed.data.V1.sender === address;
    }
    case 'affectedAddress': {
      const address = parseAddress(`${field}.affected_address.address`, predicate.affectedAddress.address);
      return (executed) => affects(executed, address);
    }
    case 'affectedObject': {
      const objectId = parseAddress(`${field}.affected_object.object_id`, predicate.affectedObject.objectId);
      return (executed) => effectsOf(executed).changedObjects.some(([id]) => id === objectId);
    }
    case 'moveCall': {
      const path = parseMovePath(`${field}.move_call.function`, predicate.moveCall.function, 3);
      return (executed) => calls(executed, path);
    }
    case 'packageWrite':
      return (executed) =>
        effectsOf(executed).changedObjects.some(([, { outputState }]) => outputState.$kind === 'PackageWrite');
    default: {
      const matches = eventPredicate(field, predicate);
      return (executed) => executed.events.some((event) => matches(event, executed));
    }
  }
}

function eventPredicate(field: string, predicate: GrpcTypes.EventLiteral['predicate']): EventPredicate {
  switch (predicate.oneofKind) {
    case 'sender': {
      const address = parseAddress(`${field}.sender.address`, predicate.sender.address);
      return (_event, executed) => executed.data.V1.sender === address;
    }
    case 'emitModule': {
      const path = parseMovePath(`${field}.emit_module.module`, predicate.emitModule.module, 2);
      return path.includes('::')
        ? (event) => `${event.packageId}::${event.module}` === path
        : (event) => event.packageId === path;
    }
    case 'eventType': {
      const { eventType } = predicate.eventType;
      if (eventType === undefined || eventType === '') throw missingField(`${field}.event_type.event_type`);
      const matches = parseTypeFilter(`${field}.event_type.event_type`, eventType);
      return (event) => matches(event.type);
    }
    case 'eventStreamHead':
      // This network has no authenticated event streams, so no event belongs to one.
      parseAddress(`${field}.event_stream_head.stream_id`, predicate.eventStreamHead.streamId);
      return () => false;
    default:
      throw missingField(`${field}.predicate`);
  }
}

function affects(executed: ExecutedTransaction, address: string): boolean {
  const owns = (owner: Owner): boolean => owningAddress(owner) === address;
  return effectsOf(executed).changedObjects.some(([, { inputState, outputState }]) => {
    if (inputState.$kind === 'Exist' && owns(inputState.Exist[1])) return true;
    if (outputState.$kind === 'ObjectWrite') return owns(outputState.ObjectWrite[1]);
    return outputState.$kind === 'AccumulatorWriteV1' && outputState.AccumulatorWriteV1.address.address === address;
  });
}

/** Whether a transaction calls a function below a path `package[::module[::function]]`. */
function calls(executed: ExecutedTransaction, path: string): boolean {
  const { kind } = executed.data.V1;
  if (kind.$kind !== 'ProgrammableTransaction') return false;
  return kind.ProgrammableTransaction.commands.some((command) => {
    if (command.$kind !== 'MoveCall') return false;
    const { package: packageId, module, function: name } = command.MoveCall;
    const called = `${packageId}::${module}::${name}`;
    return called === path || called.startsWith(`${path}::`);
  });
}
