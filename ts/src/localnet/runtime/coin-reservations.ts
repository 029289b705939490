/**
 * Coin reservations: references that stand for a coin and take it from an address balance (sui-gas.md §8). Version
 * 0; the digest is the amount (u64, little-endian), the epoch (u32, little-endian) and 20 bytes 0xac; the object ID
 * is the ID of the balance's field XOR the chain's digest.
 */
import type { Address, MoveType } from '../vm/types.js';
import { addressToBytes, bytesToAddress } from './bytes.js';
import { fromBase58, toBase58 } from './digests.js';
import { accumulatorId } from './funds.js';

const AMOUNT_BYTES = 8;
const MARK_OFFSET = 12;
const MARK = 0xac;
const DIGEST_BYTES = 32;

export interface CoinReservation {
  readonly amount: bigint;
  /** The only epoch it is valid in. */
  readonly epoch: bigint;
}

/** What a reference reserves; undefined for references to objects, whose versions are never 0. */
export function readReservation(reference: {
  readonly version: string | bigint | number;
  readonly digest: string;
}): CoinReservation | undefined {
  const { version, digest } = reference;
  if (BigInt(version) !== 0n) return undefined;
  const bytes = fromBase58(digest);
  if (bytes.length !== DIGEST_BYTES || !bytes.subarray(MARK_OFFSET).every((byte) => byte === MARK)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { amount: view.getBigUint64(0, true), epoch: BigInt(view.getUint32(AMOUNT_BYTES, true)) };
}

/** ID of the balance's field from the ID of a reservation, and the other way round. */
export function maskReservationId(id: Address, chainId: string): Address {
  const chain = fromBase58(chainId);
  return bytesToAddress(addressToBytes(id).map((byte, index) => byte ^ chain[index]!));
}

/** A reference that takes `amount` from the balance (`Balance<T>`) of `owner` in one epoch. */
export function reservationReference(
  { amount, epoch }: CoinReservation,
  owner: Address,
  type: MoveType,
  chainId: string,
): { objectId: Address; version: string; digest: string } {
  const digest = new Uint8Array(DIGEST_BYTES).fill(MARK);
  const view = new DataView(digest.buffer);
  view.setBigUint64(0, amount, true);
  view.setUint32(AMOUNT_BYTES, Number(epoch), true);
  return { objectId: maskReservationId(accumulatorId(owner, type), chainId), version: '0', digest: toBase58(digest) };
}
