/**
 * Native of `0x2::poseidon`: the Poseidon hash over the scalar field of BN254 with circom's parameters
 * (8 full rounds, x^5, constants of the Grain generator). Sheet: sui-execution.md §4.3.
 */
import { grainGenConstants, poseidon as noblePoseidon } from '@noble/curves/abstract/poseidon.js';
import { bn254_Fr as Fr } from '@noble/curves/bn254.js';
import type { NativeModule } from './native.js';
import type { MoveBytes } from './support.js';

/** Partial rounds by number of inputs, from one. */
const partialRounds = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
const fullRounds = 8;

/** Abort codes of `poseidon`, for callers that bypass the Move wrapper. */
const nonCanonicalInput = 0;
const emptyInput = 1;
const tooManyInputs = 2;

type Permutation = (state: bigint[]) => bigint[];
const permutations = new Map<number, Permutation>();

/** The permutation for this many inputs; constants are generated once (a few hundred milliseconds for many inputs). */
function permutation(inputs: number): Permutation {
  let found = permutations.get(inputs);
  if (found === undefined) {
    const options = { Fp: Fr, t: inputs + 1, roundsFull: fullRounds, roundsPartial: partialRounds[inputs - 1]!, sboxPower: 5 };
    found = noblePoseidon({ ...options, ...grainGenConstants(options) });
    permutations.set(inputs, found);
  }
  return found;
}

/** Poseidon of 1 to 16 field elements. */
export function poseidonHash(inputs: readonly bigint[]): bigint {
  return permutation(inputs.length)([0n, ...inputs])[0]!;
}

function decode(bytes: MoveBytes): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
}

export const poseidon: NativeModule = {
  poseidon_bn254_internal: (env) => (data: MoveBytes[]): MoveBytes => {
    env.charge(260 + 388 * data.length);
    if (data.length === 0) return env.abort(emptyInput);
    if (data.length > partialRounds.length) return env.abort(tooManyInputs);
    const inputs = data.map(decode);
    if (data.some((d) => d.length !== 32) || inputs.some((x) => x >= Fr.ORDER)) return env.abort(nonCanonicalInput);
    const hash = poseidonHash(inputs).toString(16).padStart(64, '0');
    return Array.from(Buffer.from(hash, 'hex').reverse());
  },
};
