/** Certificates of the committee of the moment, good ones and such as must be refused (contracts specification §5). */
import { hasCorrectNode, ensure, isQuorum } from './model/arithmetic.js';
import type { History } from './history.js';
import type { Argument, Ptb } from './ptb.js';

export interface Certificate {
  /** Signature, bitmap and message as arguments. */
  readonly arguments: (tx: Ptb) => Argument[];
  /** Checks in the order of §5.4, §5.5 and §5.2. @throws Abort */
  readonly predict: () => void;
}

/** What is wrong with a certificate, by a number; nothing with most. */
const FAULTS = ['few', 'few', 'signature', 'message', 'epoch', 'long', 'stranger', 'type'] as const;

/**
 * @param write the message for an epoch
 * @param number chooses signers and faults
 */
export function certificate(h: History, write: (epoch: number) => Uint8Array, number: number, rule: 'quorum' | 'one correct'): Certificate {
  const { staking, world } = h;
  const fault = FAULTS[number % 24];
  const members = [...staking.committee.keys()];
  const shards = staking.shards;
  const enough = (weight: number): boolean => (rule === 'quorum' ? isQuorum : hasCorrectNode)(weight, shards);
  const signers: number[] = [];
  let weight = 0;
  for (let i = 0; i < members.length && !enough(weight); i += 1) {
    const index = (i + number) % members.length;
    signers.push(index);
    weight += staking.weight(members[index]!);
  }
  if (fault === 'few' && signers.length > 0) weight -= staking.weight(members[signers.pop()!]!);

  const message = write(staking.epoch + (fault === 'epoch' ? 1 : 0)).slice();
  if (fault === 'type') message[0] = 6 - message[0]!;
  const keys = signers.map((i) => staking.pool(members[i]!).publicKey);
  // A bitmap of whole bytes has no place for one.
  const isStranger = fault === 'stranger' && members.length % 8 !== 0;
  // A signature that is never looked at need not be one.
  const isRead = keys.length > 0 && enough(weight) && fault !== 'long' && !isStranger;
  const signature = isRead ? world.sign(keys, message).slice() : new Uint8Array(96);
  if (fault === 'signature') signature[95]! ^= 1;
  if (fault === 'message') message[message.length - 1]! ^= 1;

  const bitmap = new Uint8Array(Math.ceil(members.length / 8) + (fault === 'long' ? 1 : 0));
  for (const i of signers) bitmap[i >> 3]! |= 1 << (i & 7);
  if (isStranger) bitmap[members.length >> 3]! |= 1 << (members.length & 7);
  return {
    arguments: (tx) => [tx.bytes(signature), tx.bytes(bitmap), tx.bytes(message)],
    predict: () => {
      ensure(fault !== 'long' && !isStranger, 'bls_aggregate', 0);
      ensure(members.length > 0 && enough(weight), 'bls_aggregate', 2);
      ensure(fault !== 'signature' && fault !== 'message', 'bls_aggregate', 1);
      ensure(fault !== 'epoch', 'messages', 1);
      ensure(fault !== 'type', 'messages', 2);
    },
  };
}
