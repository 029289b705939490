/**
 * Traces of transactions. One that was executed before runs again on the state of that time, in a ledger that
 * is built from the commits before it, and must come to the same effects; nothing of it is written.
 */
import type { LocalLedger } from '../ledger/ledger.js';
import type { ExecutedTransaction } from '../ledger/types.js';
import { parseTransaction, userTransaction } from '../ledger/validity.js';
import { CallTracer } from './call-tracer.js';
import type { TraceLimits } from './call-tracer.js';
import { NotTraceable } from './errors.js';
import { abortMeaning } from './failure.js';
import type { PackageNames } from './gas-report.js';
import type { LineLookup } from './source-map.js';
import { Trace } from './trace.js';

/** A trace with the transaction as the traced run left it: effects, gas, events, failure. */
export class TransactionTrace extends Trace {
  constructor(
    tracer: CallTracer,
    readonly transaction: ExecutedTransaction,
    known: ConstructorParameters<typeof Trace>[2],
  ) {
    super(tracer.roots, tracer.gas, known);
  }

  /** The calls, and the failure of the transaction if it has one. */
  override toText(options: Parameters<Trace['toText']>[0] = {}): string {
    const { failureDescription } = this.transaction;
    const text = super.toText(options);
    return failureDescription === undefined ? text : `${text}\n${failureDescription}`;
  }
}

export interface TracedRun {
  readonly limits: TraceLimits;
  readonly lines: LineLookup | undefined;
  readonly names: PackageNames;
}

/** Runs transaction bytes on the present state of a ledger and keeps nothing. @throws TransactionRejected, NotTraceable */
export function traceOnPresentState(ledger: LocalLedger, bytes: Uint8Array, run: TracedRun): TransactionTrace {
  const data = parseTransaction(bytes);
  const tracer = new CallTracer(run.limits);
  const { transaction } = ledger.simulate(data, { checks: true, trace: tracer });
  return new TransactionTrace(tracer.finish(), transaction, { ...run, meaning: abortMeaning(ledger.vm) });
}

/**
 * Runs an executed transaction again. `ledgerFrom` builds a ledger from commits.
 * @throws NotTraceable
 */
export function traceExecuted(
  ledger: LocalLedger,
  digest: string,
  ledgerFrom: (commits: Iterable<Uint8Array>) => LocalLedger,
  run: TracedRun,
): TransactionTrace {
  const record = ledger.getTransaction(digest);
  if (record === undefined) throw new NotTraceable(`no transaction ${digest} was executed here`, digest);
  if (record.data.V1.kind.ProgrammableTransaction === undefined)
    throw new NotTraceable(`${digest} is a transaction of the network itself`, digest);
  userTransaction(record.data.V1);
  const past = ledgerFrom(firstOf(ledger.commits(), Number(record.checkpoint)));
  const trace = traceOnPresentState(past, record.bytes, run);
  if (trace.transaction.effectsDigest !== record.effectsDigest)
    throw new NotTraceable(`${digest} does not come to the same effects again`, digest);
  return trace;
}

function* firstOf<T>(items: Iterable<T>, count: number): Iterable<T> {
  let taken = 0;
  if (count === 0) return;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
