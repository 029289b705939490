/**
 * Audits without a chain: does what the contracts do with sets, seeds, answers and challenges, and checks openings
 * with the Merkle proofs of the encoding alone. Time stands still unless a test moves it.
 */
import { blobIdToU256, verifyProof, type MerklePath } from '../../src/encoding/index.js';
import type { AnswerOutcome, AuditActions } from '../../src/node/audit-actions.js';
import {
  TransactionFailed,
  type AuditState,
  type Certificate,
  type OpenChallenge,
  type Opening,
  type SampleAnswer,
} from '../../src/protocol/index.js';
import { auditState, roundOf } from './audit-state.js';
import { EPOCH, member, SHARDS } from './fake-chain.js';

export class FakeAudits implements AuditActions {
  current: AuditState = auditState({ shards: new Map([[member.nodeId, [0, 1, 2, 3, 4, 5, 6]]]) });
  challenges: OpenChallenge[] = [];
  readonly committed: Certificate[] = [];
  /** Samples of each call, as they came. */
  readonly calls: number[][] = [];
  readonly excused: { readonly k: number; readonly certificate: Certificate }[] = [];
  readonly excusedChallenges: { readonly challengeId: bigint; readonly certificate: Certificate }[] = [];
  /** Samples that the chain refuses whatever is opened. */
  refused = new Set<number>();
  /** Thrown by the next answer before anything happens, or after all of it has. */
  failure: { readonly error: Error; readonly when: 'before' | 'after' } | undefined;
  /** Called when answers have arrived. */
  onAnswer = () => {};
  readonly #bitmap: Uint8Array;

  constructor(readonly asked: number) {
    this.#bitmap = new Uint8Array(Math.ceil(asked / 8));
  }

  get answered(): number[] {
    return Array.from({ length: this.asked }, (_, k) => k).filter((k) => (this.#bitmap[k >> 3]! >> (k & 7)) & 1);
  }

  async state(): Promise<AuditState> {
    return this.current;
  }

  async openChallenges(from: bigint, until: bigint): Promise<OpenChallenge[]> {
    return this.challenges.filter(({ challengeId }) => challengeId >= from && challengeId < until);
  }

  /** Message: intent and type, 3 bytes; epoch, 4; the set's epoch, 4; root, 32; count, 8. */
  async commitBlobSet(certificate: Certificate): Promise<void> {
    const { message } = certificate;
    if (this.current.round !== undefined) throw refusal();
    this.committed.push(certificate);
    const count = new DataView(message.buffer, message.byteOffset).getBigUint64(message.length - 8, true);
    const round = roundOf({ set_root: message.slice(-40, -8), set_count: count.toString() });
    this.current = { ...this.current, round };
  }

  async drawSeed(): Promise<void> {
    const { round } = this.current;
    if (round === undefined || round.seed.length > 0) throw refusal();
    this.#update({ round: { ...round, seed: new Uint8Array(32).fill(5), deadline_ms: '45000' } });
  }

  async answer(answers: readonly SampleAnswer[]): Promise<AnswerOutcome> {
    const { failure } = this;
    this.failure = undefined;
    if (failure?.when === 'before') throw failure.error;
    this.calls.push(answers.map(({ k }) => k));
    const refused = answers.filter(({ k, opening }) => this.refused.has(k) || !opens(opening));
    for (const answer of answers) if (!refused.includes(answer)) this.#mark(answer.k);
    this.#update({});
    this.onAnswer();
    if (failure !== undefined) throw failure.error;
    const numbers = (of: readonly SampleAnswer[]) => of.map(({ k }) => k);
    return { answered: numbers(answers.filter((one) => !refused.includes(one))), refused: numbers(refused) };
  }

  async excuseInvalid(k: number, _: readonly Uint8Array[], certificate: Certificate): Promise<void> {
    this.excused.push({ k, certificate });
    this.#mark(k);
    this.#update({});
  }

  async excuseChallenge(challengeId: bigint, certificate: Certificate): Promise<void> {
    if (!this.challenges.some((one) => one.challengeId === challengeId)) throw refusal();
    this.challenges = this.challenges.filter((one) => one.challengeId !== challengeId);
    this.excusedChallenges.push({ challengeId, certificate });
  }

  async answerChallenge(challengeId: bigint, opening: Opening): Promise<void> {
    const challenge = this.challenges.find((one) => one.challengeId === challengeId);
    if (challenge === undefined || !opens(opening)) throw refusal();
    this.challenges = this.challenges.filter((one) => one !== challenge);
  }

  challenge(challengeId: bigint, blobId: Uint8Array, shard: number): void {
    const target = { blob_id: blobIdToU256(blobId).toString(), shard, axis: 0, symbol: 4 };
    this.challenges.push({
      ...{ challengeId, epoch: EPOCH, node_id: member.nodeId, target, deadline_ms: '90000' },
      ...{ challenger: member.nodeId, bond: '10', held_blob: null },
    });
    this.current = { ...this.current, nextChallengeId: challengeId + 1n };
  }

  #mark(k: number): void {
    this.#bitmap[k >> 3]! |= 1 << (k & 7);
  }

  #update(change: Partial<AuditState>): void {
    const round = { ...(change.round ?? this.current.round!), answered: { contents: [{ key: member.nodeId, value: this.#bitmap }] } };
    const duties = new Map([[member.nodeId, { asked: this.asked, answered: this.answered.length, open: 0 }]]);
    this.current = { ...this.current, round, duties };
  }
}

/** Whether the symbol is in one of the two slivers: which one is not told. */
function opens({ primaryRoot, secondaryRoot, symbol, symbolPath }: Opening): boolean {
  const path: MerklePath = symbolPath;
  return [primaryRoot, secondaryRoot].some((root) =>
    Array.from({ length: SHARDS }, (_, index) => index).some((index) => verifyProof(root, SHARDS, symbol, index, path)),
  );
}

export function refusal(): TransactionFailed {
  return new TransactionFailed('answer samples', 'digest', 'MoveAbort');
}
