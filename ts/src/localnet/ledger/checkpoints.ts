/** Checkpoints: one per transaction, BCS and digests of sui.md §1.4. */
import { BcsWriter } from '../runtime/bytes.js';
import { digestOf, toBase58 } from '../runtime/digests.js';
import type { GasCostSummary } from '../runtime/gas.js';
import type { Checkpoint } from './types.js';

export interface CheckpointTransaction {
  readonly digest: Uint8Array;
  readonly effectsDigest: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

export interface CheckpointParts {
  readonly epoch: bigint;
  readonly sequenceNumber: bigint;
  readonly networkTotalTransactions: bigint;
  readonly previous: SealedCheckpoint | undefined;
  /** Sums since the beginning of the epoch, this checkpoint included. */
  readonly epochGas: GasCostSummary;
  readonly timestampMs: bigint;
  readonly transactions: readonly CheckpointTransaction[];
  /** Set on the last checkpoint of an epoch: protocol version of the next one. */
  readonly nextProtocolVersion: bigint | undefined;
}

/** `CheckpointVersionSpecificData::V1` without randomness rounds. */
const VERSION_SPECIFIC_DATA = new Uint8Array([0, 0]);

/** A checkpoint; text digests are worked out when somebody asks. */
export class SealedCheckpoint implements Checkpoint {
  readonly epoch: bigint;
  readonly sequenceNumber: bigint;
  readonly networkTotalTransactions: bigint;
  readonly timestampMs: bigint;
  readonly epochGas: GasCostSummary;
  /** The last one of its epoch. */
  readonly endsEpoch: boolean;
  readonly summaryBytes: Uint8Array;
  readonly contentsBytes: Uint8Array;
  readonly digestBytes: Uint8Array;
  readonly #contentsDigest: Uint8Array;
  readonly #previousDigest: Uint8Array | undefined;
  readonly #transactions: readonly Uint8Array[];
  #digest: string | undefined;

  constructor(parts: CheckpointParts) {
    this.epoch = parts.epoch;
    this.sequenceNumber = parts.sequenceNumber;
    this.networkTotalTransactions = parts.networkTotalTransactions;
    this.timestampMs = parts.timestampMs;
    this.epochGas = parts.epochGas;
    this.endsEpoch = parts.nextProtocolVersion !== undefined;
    this.#previousDigest = parts.previous?.digestBytes;
    this.#transactions = parts.transactions.map((transaction) => transaction.digest);
    this.contentsBytes = contentsBytes(parts.transactions);
    this.#contentsDigest = digestOf('CheckpointContents', this.contentsBytes);
    this.summaryBytes = summaryBytes(parts, this.#contentsDigest);
    this.digestBytes = digestOf('CheckpointSummary', this.summaryBytes);
  }

  get digest(): string {
    return (this.#digest ??= toBase58(this.digestBytes));
  }

  get contentsDigest(): string {
    return toBase58(this.#contentsDigest);
  }

  get previousDigest(): string | undefined {
    return this.#previousDigest && toBase58(this.#previousDigest);
  }

  get transactionDigests(): readonly string[] {
    return this.#transactions.map(toBase58);
  }
}

/** BCS of `CheckpointContents::V1`. */
function contentsBytes(transactions: readonly CheckpointTransaction[]): Uint8Array {
  const writer = new BcsWriter(256);
  writer.u8(0);
  writer.vector(transactions, ({ digest, effectsDigest }) => writer.byteVector(digest).byteVector(effectsDigest));
  writer.vector(transactions, ({ signatures }) =>
    writer.vector(signatures, (signature) => writer.byteVector(signature)),
  );
  return writer.finish();
}

/** BCS of `CheckpointSummary`. */
function summaryBytes(parts: CheckpointParts, contentsDigest: Uint8Array): Uint8Array {
  const writer = new BcsWriter(256);
  writer.u64(parts.epoch).u64(parts.sequenceNumber).u64(parts.networkTotalTransactions);
  writer.byteVector(contentsDigest);
  writer.option(parts.previous, (previous) => writer.byteVector(previous.digestBytes));
  const { computationCost, storageCost, storageRebate, nonRefundableStorageFee } = parts.epochGas;
  writer.u64(computationCost).u64(storageCost).u64(storageRebate).u64(nonRefundableStorageFee);
  writer.u64(parts.timestampMs);
  writer.uleb(0);
  writer.option(parts.nextProtocolVersion, (version) => writer.uleb(0).u64(version).uleb(0));
  writer.byteVector(VERSION_SPECIFIC_DATA);
  return writer.finish();
}
