/** A whole network as one file: what it was started with, and its commits. Compressed BCS. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { bcs } from '@mysten/sui/bcs';
import { CorruptCommit } from './commits.js';

const FORMAT = 'haulout-localnet-1';

const DumpSchema = bcs.struct('Dump', {
  format: bcs.string(),
  seed: bcs.byteVector(),
  genesisTimeMs: bcs.u64(),
  epochMs: bcs.option(bcs.u64()),
  features: bcs.vector(bcs.string()),
  published: bcs.vector(bcs.struct('Published', { name: bcs.string(), packageId: bcs.Address })),
  commits: bcs.vector(bcs.byteVector()),
});

export interface Dump {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly genesisTimeMs: bigint;
  readonly epochMs: bigint | undefined;
  readonly features: readonly string[];
  /** Packages published by name. */
  readonly published: readonly { readonly name: string; readonly packageId: string }[];
  readonly commits: readonly Uint8Array[];
}

export function encodeDump(dump: Dump): Uint8Array {
  const bytes = DumpSchema.serialize({
    ...dump,
    format: FORMAT,
    features: [...dump.features],
    published: [...dump.published],
    commits: [...dump.commits],
  }).toBytes();
  return gzipSync(bytes);
}

/** @throws CorruptCommit when the bytes are no dump */
export function decodeDump(bytes: Uint8Array): Dump {
  let parsed: ReturnType<typeof DumpSchema.parse>;
  try {
    parsed = DumpSchema.parse(gunzipSync(bytes));
  } catch (cause) {
    throw new CorruptCommit('the bytes are no dump of a network', { cause });
  }
  if (parsed.format !== FORMAT) throw new CorruptCommit(`unknown dump format ${JSON.stringify(parsed.format.slice(0, 40))}`);
  return {
    ...parsed,
    genesisTimeMs: BigInt(parsed.genesisTimeMs),
    epochMs: parsed.epochMs === null ? undefined : BigInt(parsed.epochMs),
  };
}
