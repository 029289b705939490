/** What an auditor reads from the chain and sends to it. */
import { SimulationError, type ClientWithCoreApi } from '@mysten/sui/client';
import type { Transaction } from '@mysten/sui/transactions';
import {
  answerBytes,
  answerChallenge,
  answerSamples,
  AuditReader,
  commitBlobSet,
  drawSeed,
  excuseChallenge,
  excuseInvalid,
  latestAuditPackage,
  TransactionFailed,
  type AuditIds,
  type AuditState,
  type Certificate,
  type OpenChallenge,
  type Opening,
  type SampleAnswer,
} from '../protocol/index.js';

/** The chain, as far as audits concern it. */
export interface AuditActions {
  state(): Promise<AuditState>;
  /** Open challenges with numbers from `from` on, up to `until` (exclusive). */
  openChallenges(from: bigint, until: bigint): Promise<OpenChallenge[]>;
  commitBlobSet(certificate: Certificate): Promise<void>;
  drawSeed(): Promise<void>;
  /**
   * Answers samples.
   * @param isDue whether there is still time: asked before each transaction but the first
   */
  answer(answers: readonly SampleAnswer[], isDue: () => Promise<boolean>): Promise<AnswerOutcome>;
  /** Has sample `k` excused, because its blob is invalid. @throws TransactionFailed */
  excuseInvalid(k: number, setPath: readonly Uint8Array[], certificate: Certificate): Promise<void>;
  answerChallenge(challengeId: bigint, opening: Opening): Promise<void>;
  /** Has a challenge closed, because its blob is invalid. @throws TransactionFailed */
  excuseChallenge(challengeId: bigint, certificate: Certificate): Promise<void>;
}

/** Numbers of samples; those that there was no time for are in neither. */
export interface AnswerOutcome {
  readonly answered: readonly number[];
  readonly refused: readonly number[];
}

/** Whether the chain refused: in a rehearsal, or when the transaction was executed. Trying the same again is useless. */
export function isRefusal(error: unknown): boolean {
  return error instanceof TransactionFailed || (error instanceof SimulationError && error.executionError !== undefined);
}

/** A transaction may have 128 KiB; what is not answers stays far below the rest. */
const MAX_BATCH_BYTES = 96 * 1024;
/** Keeps a transaction far below the limit of its inputs. */
const MAX_BATCH_ANSWERS = 40;

/** Who acts: the node, its capability, and a way to sign and execute for it, one transaction after another. */
export interface AuditOperator {
  readonly nodeId: string;
  readonly capId: string;
  readonly send: (transaction: Transaction, purpose: string) => Promise<unknown>;
}

export function createAuditActions(
  client: ClientWithCoreApi,
  first: AuditIds,
  { nodeId, capId, send: sendTransaction }: AuditOperator,
): AuditActions {
  const reader = new AuditReader(client, first);
  /** The package that receives calls may have been upgraded since the last one. */
  const send = async (build: (ids: AuditIds) => Transaction, purpose: string): Promise<void> => {
    const auditPackageId = await latestAuditPackage(client, first.auditPackageId);
    await sendTransaction(build({ ...first, auditPackageId }), purpose);
  };
  /** One answer that is refused would take the others with it: batches are halved until it is alone. */
  const answerAll = async (answers: readonly SampleAnswer[], isDue: () => Promise<boolean>): Promise<AnswerOutcome> => {
    const [answered, refused] = [[] as number[], [] as number[]];
    const waiting = [...batches(answers)];
    for (let isFirst = true; waiting.length > 0 && (isFirst || (await isDue())); isFirst = false) {
      const batch = waiting.shift()!;
      try {
        await send((ids) => answerSamples(ids, capId, batch), 'answer samples');
        answered.push(...batch.map(({ k }) => k));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const half = batch.length >> 1;
        if (half === 0) refused.push(batch[0]!.k);
        else waiting.unshift(batch.slice(0, half), batch.slice(half));
      }
    }
    return { answered, refused };
  };
  return {
    state: () => reader.state(),
    openChallenges: (from, until) => reader.openChallenges(from, until),
    commitBlobSet: (certificate) => send((ids) => commitBlobSet(ids, certificate), 'commit blob set'),
    drawSeed: () => send(drawSeed, 'draw seed'),
    excuseInvalid: (k, setPath, certificate) => send((ids) => excuseInvalid(ids, nodeId, k, setPath, certificate), 'excuse sample'),
    answer: answerAll,
    answerChallenge: (id, opening) => send((ids) => answerChallenge(ids, id, opening), 'answer challenge'),
    excuseChallenge: (id, certificate) => send((ids) => excuseChallenge(ids, id, certificate), 'excuse challenge'),
  };
}

/** Answers in transactions of limited size. */
function* batches(answers: readonly SampleAnswer[]): Generator<SampleAnswer[]> {
  let batch: SampleAnswer[] = [];
  let size = 0;
  for (const answer of answers) {
    const bytes = answerBytes(answer);
    if (batch.length > 0 && (batch.length === MAX_BATCH_ANSWERS || size + bytes > MAX_BATCH_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(answer);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}
