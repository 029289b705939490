/** Executed transactions as the ledger keeps them; what is only shown is worked out when asked for. */
import { bcs } from '@mysten/sui/bcs';
import { toBase58 } from '../runtime/digests.js';
import type { Execution } from '../runtime/execute.js';
import type { StoredObject } from '../runtime/objects.js';
import type { Address } from '../vm/types.js';
import type { CleverError, ExecutedTransaction, LedgerEvent, TransactionData, TransactionEffects } from './types.js';

export interface TransactionRecordParts {
  readonly digest: Uint8Array;
  readonly data: TransactionData;
  readonly bytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly execution: Execution;
  readonly checkpoint: bigint;
  readonly index: bigint;
  readonly timestampMs: bigint;
  readonly describe: (execution: Execution) => FailureDescription;
}

export interface FailureDescription {
  readonly sentence: string | undefined;
  readonly cleverError: CleverError | undefined;
}

export class TransactionRecord implements ExecutedTransaction {
  readonly data: TransactionData;
  readonly bytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly effectsBytes: Uint8Array;
  readonly effectsDigestBytes: Uint8Array;
  readonly digestBytes: Uint8Array;
  readonly events: readonly LedgerEvent[];
  readonly eventsBytes: Uint8Array | undefined;
  readonly checkpoint: bigint;
  readonly index: bigint;
  readonly timestampMs: bigint;
  readonly inputObjects: readonly StoredObject[];
  readonly outputObjects: readonly StoredObject[];
  /** Objects deleted or wrapped. */
  readonly removedIds: readonly Address[];
  readonly failureDescription: string | undefined;
  readonly cleverError: CleverError | undefined;
  readonly succeeded: boolean;
  #effects: TransactionEffects | undefined;
  #digest: string | undefined;

  constructor(parts: TransactionRecordParts) {
    const { execution } = parts;
    this.digestBytes = parts.digest;
    this.data = parts.data;
    this.bytes = parts.bytes;
    this.signatures = parts.signatures;
    this.effectsBytes = execution.effectsBytes;
    this.effectsDigestBytes = execution.effectsDigest;
    this.events = execution.events;
    this.eventsBytes = execution.eventsBytes;
    this.checkpoint = parts.checkpoint;
    this.index = parts.index;
    this.timestampMs = parts.timestampMs;
    this.inputObjects = execution.inputObjects;
    this.outputObjects = execution.written;
    this.removedIds = execution.removed;
    this.succeeded = execution.failure === undefined;
    const description = execution.failure ? parts.describe(execution) : undefined;
    this.failureDescription = description?.sentence;
    this.cleverError = description?.cleverError;
  }

  get digest(): string {
    return (this.#digest ??= toBase58(this.digestBytes));
  }

  get effects(): TransactionEffects {
    return (this.#effects ??= bcs.TransactionEffects.parse(this.effectsBytes));
  }

  get effectsDigest(): string {
    return toBase58(this.effectsDigestBytes);
  }
}
