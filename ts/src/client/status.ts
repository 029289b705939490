/**
 * What the network says of a blob (HTTP specification §4.2): a status counts once shards of which one must be
 * correct say the same; among several the strongest wins.
 */
import { blobIdToText } from '../encoding/index.js';
import { hasCorrectShard } from '../protocol/index.js';
import { NodeLied, NodeRequestFailed, StatusUncertain, type NodeFailure } from './errors.js';
import type { BlobStatus, NodeClient } from './node-client.js';
import { gather, shuffled, type Surroundings } from './requests.js';

/** nonexistent < deletable < permanent < invalid. */
function strength(status: BlobStatus): number {
  if (status === 'nonexistent') return 0;
  return 'deletable' in status ? 1 : 'permanent' in status ? 2 : 3;
}

/** @throws StatusUncertain */
export async function blobStatus(
  blobId: Uint8Array,
  nodes: readonly NodeClient[],
  shardCount: number,
  options: Surroundings & { readonly hedgeMs: number; readonly signal: AbortSignal },
): Promise<BlobStatus> {
  const failures: NodeFailure[] = [];
  const weights = new Map<string, { readonly status: BlobStatus; weight: number }>();
  const settled = (): BlobStatus | undefined =>
    [...weights.values()]
      .filter(({ weight }) => hasCorrectShard(weight, shardCount))
      .sort((a, b) => strength(b.status) - strength(a.status))[0]?.status;
  const ask = async (node: NodeClient, signal: AbortSignal): Promise<true | undefined> => {
    try {
      const status = await node.getStatus(blobId, signal);
      const key = JSON.stringify(status);
      const entry = weights.get(key) ?? { status, weight: 0 };
      entry.weight += node.member.shards.length;
      weights.set(key, entry);
      return true;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof NodeRequestFailed || error instanceof NodeLied)) throw error;
      failures.push(error);
      return undefined;
    }
  };
  await gather(shuffled(nodes, options.random), nodes.length, ask, { ...options, enough: () => settled() !== undefined });
  const status = settled();
  if (status === undefined) throw new StatusUncertain(blobIdToText(blobId), failures);
  return status;
}

/** Epoch since which the blob is certified without a gap; undefined when it is not. */
export function certifiedSince(status: BlobStatus): number | undefined {
  if (status === 'nonexistent' || 'invalid' in status) return undefined;
  return ('permanent' in status ? status.permanent : status.deletable).initialCertifiedEpoch ?? undefined;
}
