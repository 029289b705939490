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
  /** Signatures of the checked ones; those that were checked together are summed up. */
  readonly #sums: Uint8Array[] = [];
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
    const sum = batch.length > 1 ? this.#validSum(batch) : undefined;
    if (sum !== undefined) {
      this.#checked.push(...batch);
      this.#sums.push(sum);
      return [];
    }
    const liars: CommitteeMember[] = [];
    for (const { member, signature } of batch) {
      if (verifyBls(member.publicKey, this.message, signature)) {
        this.#checked.push({ member, signature });
        this.#sums.push(signature);
      } else liars.push(member);
    }
    return liars;
  }

  #validSum(batch: readonly Confirmation[]): Uint8Array | undefined {
    const publicKeys = batch.map(({ member }) => member.publicKey);
    let sum: Uint8Array;
    try {
      sum = aggregateSignatures(batch.map((one) => one.signature));
    } catch {
      return undefined; // some signature is no point; each is looked at then
    }
    return verifyAggregate(publicKeys, this.message, sum) ? sum : undefined;
  }

  /** The certificate over all checked confirmations, or undefined without a quorum. */
  build(): Certificate | undefined {
    const signers = [...this.#checked].sort((a, b) => a.member.index - b.member.index);
    const confirmedShards = signers.reduce((sum, { member }) => sum + member.shards.length, 0);
    if (!isQuorum(confirmedShards, this.shardCount)) return undefined;
    return {
      message: this.message,
      signature: this.#sums.length === 1 ? this.#sums[0]! : aggregateSignatures(this.#sums),
      bitmap: signersBitmap(signers.map(({ member }) => member.index), this.memberCount),
      signers: signers.map(({ member }) => member),
      confirmedShards,
    };
  }
}
