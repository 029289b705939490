/** Objects that come into being without code: at genesis, and when a test asks for them. */
import { digestOf } from '../runtime/digests.js';
import { effectsBytes } from '../runtime/effects.js';
import type { Execution } from '../runtime/execute.js';
import { ZERO_GAS } from '../runtime/gas.js';
import type { StoredObject } from '../runtime/objects.js';

/** The execution that creates these objects (all of version 1) by decree. */
export function directWrite(objects: readonly StoredObject[], digest: Uint8Array, epoch: bigint): Execution {
  const effects = {
    failure: undefined,
    executedEpoch: epoch,
    gas: ZERO_GAS,
    transactionDigest: digest,
    gasObject: undefined,
    eventsDigest: undefined,
    dependencies: [],
    lamportVersion: 1n,
    changes: objects.map((object) => ({
      id: object.id,
      before: undefined,
      after:
        object.data.kind === 'package'
          ? { kind: 'package' as const, version: 1n, digest: object.digestBytes }
          : { kind: 'object' as const, digest: object.digestBytes, owner: object.owner },
      idOperation: 'created' as const,
    })),
    unchangedConsensus: [],
  };
  const bytes = effectsBytes(effects);
  return {
    effects,
    effectsBytes: bytes,
    effectsDigest: digestOf('TransactionEffects', bytes),
    events: [],
    eventsBytes: undefined,
    written: objects,
    removed: [],
    inputObjects: [],
    failure: undefined,
    funds: [],
    outputs: [],
    debugOutput: [],
  };
}
