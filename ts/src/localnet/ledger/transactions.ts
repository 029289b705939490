/** Executed transactions as the ledger keeps them; what is only shown is worked out when asked for. */
import { bcs } from '@mysten/sui/bcs';
import { toBase58 } from '../runtime/digests.js';
import type { StoredObject } from '../runtime/objects.js';
import type { Address } from '../vm/types.js';
import type { CleverError, ExecutedTransaction, LedgerEvent, TransactionData, TransactionEffects } from './types.js';

export interface TransactionRecordParts {
  /** 32 bytes. */
  readonly digest: Uint8Array;
  readonly data: TransactionData;
  readonly bytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly effectsBytes: Uint8Array;
  /** 32 bytes. */
  readonly effectsDigest: Uint8Array;
  readonly events: readonly LedgerEvent[];
  readonly eventsBytes: Uint8Array | undefined;
  readonly checkpoint: bigint;
  readonly index: bigint;
  readonly timestampMs: bigint;
  readonly inputObjects: readonly StoredObject[];
  readonly outputObjects: readonly StoredObject[];
  /** Objects deleted or wrapped. */
  readonly removedIds: readonly Address[];
  readonly succeeded: boolean;
  readonly failureDescription: string | undefined;
  readonly cleverError: CleverError | undefined;
}

export class TransactionRecord implements ExecutedTransaction {
  readonly #parts: TransactionRecordParts;
  #effects: TransactionEffects | undefined;
  #digest: string | undefined;

  constructor(parts: TransactionRecordParts) {
    this.#parts = parts;
  }

  get digest(): string {
    return (this.#digest ??= toBase58(this.#parts.digest));
  }

  get digestBytes(): Uint8Array {
    return this.#parts.digest;
  }

  get data(): TransactionData {
    return this.#parts.data;
  }

  get bytes(): Uint8Array {
    return this.#parts.bytes;
  }

  get signatures(): readonly Uint8Array[] {
    return this.#parts.signatures;
  }

  get effects(): TransactionEffects {
    return (this.#effects ??= bcs.TransactionEffects.parse(this.#parts.effectsBytes));
  }

  get effectsBytes(): Uint8Array {
    return this.#parts.effectsBytes;
  }

  get effectsDigest(): string {
    return toBase58(this.#parts.effectsDigest);
  }

  get effectsDigestBytes(): Uint8Array {
    return this.#parts.effectsDigest;
  }

  get events(): readonly LedgerEvent[] {
    return this.#parts.events;
  }

  get eventsBytes(): Uint8Array | undefined {
    return this.#parts.eventsBytes;
  }

  get checkpoint(): bigint {
    return this.#parts.checkpoint;
  }

  get index(): bigint {
    return this.#parts.index;
  }

  get timestampMs(): bigint {
    return this.#parts.timestampMs;
  }

  get inputObjects(): readonly StoredObject[] {
    return this.#parts.inputObjects;
  }

  get outputObjects(): readonly StoredObject[] {
    return this.#parts.outputObjects;
  }

  /** Objects deleted or wrapped. */
  get removedIds(): readonly Address[] {
    return this.#parts.removedIds;
  }

  get succeeded(): boolean {
    return this.#parts.succeeded;
  }

  get failureDescription(): string | undefined {
    return this.#parts.failureDescription;
  }

  get cleverError(): CleverError | undefined {
    return this.#parts.cleverError;
  }
}
