/** What calls on the storage market share: who pays, what is registered, what is certified. */
import { storageConfirmationMessage } from '../../../src/protocol/index.js';
import { certificate, type Certificate } from './certificates.js';
import type { EncodedContent } from './contents.js';
import { NotAdmitted, type History } from './history.js';
import { ensure } from './model/arithmetic.js';
import { Wallet } from './model/market.js';
import type { Argument, Ptb } from './ptb.js';
import type { Account } from './world.js';
import { accountOf, payIn } from './calls-staking.js';
import { pick } from './calls.js';

export function must(condition: boolean): void {
  if (!condition) throw new NotAdmitted();
}

/** The owner, sometimes someone else. */
export function by(h: History, owner: string, number: number): Account {
  return number % 25 === 24 ? accountOf(h, number) : h.world.accounts.find(({ address }) => address === owner)!;
}

export function choose<T>(map: ReadonlyMap<string, T>, number: number): [string, T] | undefined {
  return map.size === 0 ? undefined : pick([...map], number);
}

/** One that lasts, mostly; what has ended piles up otherwise. */
export function chooseLive<T extends { readonly start: number; readonly end: number }>(h: History, map: ReadonlyMap<string, T>, number: number): [string, T] | undefined {
  const live = new Map([...map].filter(([, { start, end }]) => start <= h.market.epoch && h.market.epoch < end));
  return choose(number % 7 === 0 || live.size === 0 ? map : live, number);
}

/** One that is over, mostly. */
export function chooseEnded<T extends { readonly end: number }>(h: History, map: ReadonlyMap<string, T>, number: number): [string, T] | undefined {
  const ended = new Map([...map].filter(([, { end }]) => end <= h.market.epoch));
  return choose(number % 7 === 0 || ended.size === 0 ? map : ended, number);
}

export const system = (h: History, tx: Ptb): Argument => tx.object(h.world.deployment.systemObjectId);

/** Mostly what it costs, as the public SDK pays; sometimes one FROST less, or something more. */
function paymentFor(h: History, sender: Account, cost: bigint, number: number): bigint {
  const wanted = number % 10 === 0 && cost > 0n ? cost - 1n : number % 10 === 1 ? cost + BigInt(number) : cost;
  const limit = h.wallets.get(sender.address)!;
  return wanted > limit ? limit : wanted;
}

/** A call that pays with a coin split off for it; what is left goes back. `predict` takes from the model's coin. */
export function paying(
  h: History,
  sender: Account,
  cost: bigint,
  number: number,
  build: (tx: Ptb, coin: Argument) => void,
  predict: (coin: Wallet, created: (type: string) => string) => void,
): void {
  const amount = paymentFor(h, sender, cost, number);
  h.run(
    sender,
    (tx) => {
      const coin = tx.split(tx.object(sender.wal), amount);
      build(tx, coin);
      tx.merge(tx.object(sender.wal), [coin]);
    },
    ({ created }) => {
      const coin = new Wallet(amount);
      predict(coin, created);
      payIn(h, sender, coin.balance - amount);
      h.charged = amount - coin.balance;
    },
  );
}

/** Sizes to reserve: what some blob needs, multiples of it, and the edges. */
export function sizeOf(h: History, number: number): bigint {
  const content = pick(h.world.contents, number);
  const edges = [0n, 1n, (1n << 20n) + 1n, 1n << 20n, h.market.encoded(content) - 1n];
  return edges[number % 30] ?? h.market.encoded(content) * BigInt(1 + (number % 3));
}

export interface Registration {
  readonly content: EncodedContent;
  /** Whether blob ID and root hash belong together. */
  readonly isDerived: boolean;
  readonly arguments: (tx: Ptb) => Argument[];
}

export function registration(h: History, contentNumber: number, faultNumber: number, deletable?: boolean): Registration {
  const content = pick(h.world.contents, contentNumber);
  const isDerived = faultNumber % 12 !== 0;
  return {
    content,
    isDerived,
    arguments: (tx) => [
      tx.u256(content.blobId),
      tx.u256(isDerived ? content.rootHash : content.rootHash + 1n),
      tx.u64(content.size),
      tx.u8(1),
      ...(deletable === undefined ? [] : [tx.bool(deletable)]),
    ],
  };
}

/** Codes with which a blob, or a pooled blob, refuses a certificate. */
export const CERTIFY_CODES = {
  blob: { id: 6, certified: 5, bounds: 2, kind: 9, object: 10 },
  storage_pool: { id: 3, certified: 2, bounds: 1, kind: 4, object: 5 },
} as const;

/** A certificate for a blob, or for something near it. `fits` checks what §6.6 checks. */
export function confirmation(
  h: History,
  blob: { readonly content: EncodedContent | { blobId: bigint }; readonly deletable: boolean; readonly certified: number | undefined },
  objectId: string,
  end: number,
  a: readonly number[],
): { certificate: Certificate; fits: (module: keyof typeof CERTIFY_CODES) => void } {
  const fault = a[4]! % 14;
  const index = h.world.contents.findIndex(({ blobId }) => blobId === blob.content.blobId);
  const { blobIdBytes } = pick(h.world.contents, fault === 1 ? index + 1 : index);
  const asDeletable = fault === 2 ? !blob.deletable : blob.deletable;
  const isElsewhere = fault >= 3 && fault < 6;
  const target = isElsewhere ? h.world.registryId : objectId;
  const persistence = asDeletable ? ({ kind: 'deletable', objectId: target } as const) : ({ kind: 'permanent' } as const);
  return {
    certificate: certificate(h, (epoch) => storageConfirmationMessage(epoch, blobIdBytes, persistence), a[2]!, 'quorum'),
    fits: (module) => {
      const codes = CERTIFY_CODES[module];
      ensure(fault !== 1, module, codes.id);
      ensure(blob.certified === undefined, module, codes.certified);
      ensure(h.market.epoch < end, module, codes.bounds);
      ensure(fault !== 2, module, codes.kind);
      ensure(!blob.deletable || !isElsewhere, module, codes.object);
    },
  };
}
