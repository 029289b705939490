/**
 * Gathering a certificate (contracts specification §5.5): confirmations of members over one message, until
 * their shards make a quorum. Signatures are checked summed up, which costs one check instead of one per
 * member; only when the sum is wrong is each looked at.
 */
import {
  aggregateSignatures,
  isQuorum,
  signersBitmap,
  verifyAggregate,
  verifyBls,
  type CommitteeMember,
} from '../protocol/index.js';

/** What goes on chain. */
export interface Certificate {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly bitmap: Uint8Array;
  readonly signers: readonly CommitteeMember[];
  readonly confirmedShards: number;
}

interface Confirmation {
  readonly member: CommitteeMember;
  readonly signature: Uint8Array;
}

export class CertificateBuilder {
  readonly #checked: Confirmation[] = [];
  #unchecked: Confirmation[] = [];

  constructor(
    readonly message: Uint8Array,
    readonly shardCount: number,
    readonly memberCount: number,
  ) {}

  /** Shards of those who confirmed, unless they lied. */
  get weight(): number {
    return [...this.#checked, ...this.#unchecked].reduce((sum, { member }) => sum + member.shards.length, 0);
  }

  add(member: CommitteeMember, signature: Uint8Array): void {
    this.#unchecked.push({ member, signature });
  }

  /** Checks what was not checked yet. Gives the members whose signature does not verify; they no longer count. */
  check(): CommitteeMember[] {
    const batch = this.#unchecked;
    this.#unchecked = [];
    if (batch.length === 0) return [];
    if (batch.length > 1 && this.#isValidSum(batch)) {
      this.#checked.push(...batch);
      return [];
    }
    const liars: CommitteeMember[] = [];
    for (const confirmation of batch) {
      if (verifyBls(confirmation.member.publicKey, this.message, confirmation.signature)) this.#checked.push(confirmation);
      else liars.push(confirmation.member);
    }
    return liars;
  }

  #isValidSum(batch: readonly Confirmation[]): boolean {
    const publicKeys = batch.map(({ member }) => member.publicKey);
    let signature: Uint8Array;
    try {
      signature = aggregateSignatures(batch.map((one) => one.signature));
    } catch {
      return false; // some signature is no point; each is looked at then
    }
    return verifyAggregate(publicKeys, this.message, signature);
  }

  /** The certificate over all checked confirmations, or undefined without a quorum. */
  build(): Certificate | undefined {
    const signers = [...this.#checked].sort((a, b) => a.member.index - b.member.index);
    const confirmedShards = signers.reduce((sum, { member }) => sum + member.shards.length, 0);
    if (!isQuorum(confirmedShards, this.shardCount)) return undefined;
    return {
      message: this.message,
      signature: aggregateSignatures(signers.map(({ signature }) => signature)),
      bitmap: signersBitmap(signers.map(({ member }) => member.index), this.memberCount),
      signers: signers.map(({ member }) => member),
      confirmedShards,
    };
  }
}
