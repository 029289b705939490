/** Executed transactions as the ledger keeps them; what is only shown is worked out when asked for. */
import { bcs } from '@mysten/sui/bcs';
import { toBase58 } from '../runtime/digests.js';
import type { StoredObject } from '../runtime/objects.js';
import type { Address } from '../vm/types.js';
import type { CleverError, ExecutedTransaction, LedgerEvent, TransactionData, TransactionEffects } from './types.js';

const Event = bcs.struct('Event', {
  packageId: bcs.Address,
  module: bcs.string(),
  sender: bcs.Address,
  type: bcs.StructTag,
  contents: bcs.byteVector(),
});
const Events = bcs.vector(Event);

export interface TransactionRecordParts {
  /** 32 bytes. */
  readonly digest: Uint8Array;
  /** Left out: read from `bytes` when asked for. */
  readonly data?: TransactionData;
  readonly bytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly effectsBytes: Uint8Array;
  /** 32 bytes. */
  readonly effectsDigest: Uint8Array;
  /** Left out: read from `eventsBytes` when asked for. */
  readonly events?: readonly LedgerEvent[];
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
  #data: TransactionData | undefined;
  #events: readonly LedgerEvent[] | undefined;
  #effects: TransactionEffects | undefined;
  #digest: string | undefined;

  constructor(parts: TransactionRecordParts) {
    this.#parts = parts;
    this.#data = parts.data;
    this.#events = parts.events;
  }

  get digest(): string {
    return (this.#digest ??= toBase58(this.#parts.digest));
  }

  get digestBytes(): Uint8Array {
    return this.#parts.digest;
  }

  get data(): TransactionData {
    return (this.#data ??= bcs.TransactionData.parse(this.#parts.bytes));
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
    return (this.#events ??= this.#parts.eventsBytes ? decodeEvents(this.#parts.eventsBytes) : []);
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

function decodeEvents(bytes: Uint8Array): LedgerEvent[] {
  return Events.parse(bytes).map(({ type, ...event }) => ({
    ...event,
    type: typeTextOf({ struct: type }),
  }));
}

/** Canonical text of a type tag in the SDK's shape. */
export function typeTextOf(tag: Parameters<typeof bcs.TypeTag.serialize>[0]): string {
  return bcs.TypeTag.parse(bcs.TypeTag.serialize(tag).toBytes()).replaceAll(', ', ',');
}
