/** A chain view without a chain, and blobs encoded for it. */
import { expect } from 'chai';
import { BlobEncoder, type EncodedBlob } from '../../src/encoding/index.js';
import { applyEvent, EMPTY_RECORD, type BlobEvent } from '../../src/node/records.js';
import {
  createNodeApp,
  NodeContext,
  NodeMetrics,
  processEnvironment,
  ShardSource,
  silent,
  StorageNode,
  SymbolSource,
  type ChainView,
  type NodeAppOptions,
  type NodeChainState,
  type NodeContextOptions,
  type NodeStore,
  type StorageNodeOptions,
} from '../../src/node/index.js';
import { healthReport } from '../../src/node/health.js';
import { BlsKeyPair, type CommitteeMember } from '../../src/protocol/index.js';

export const SHARDS = 7;
export const EPOCH = 5;
export const OBJECT_ID = `0x${'0b'.repeat(32)}`;

export const protocolKey = BlsKeyPair.fromSeed(new Uint8Array(48).fill(9));
/** The node under test holds shards 0, 1 and 2 of seven. */
export const member: CommitteeMember = {
  index: 0,
  nodeId: `0x${'01'.repeat(32)}`,
  name: 'node-0',
  networkAddress: 'node-0.local:1',
  publicKey: protocolKey.publicKey,
  shards: [0, 1, 2],
};

export class FakeChain implements ChainView {
  state: { -readonly [Key in keyof NodeChainState]: NodeChainState[Key] } = {
    ...{ epoch: EPOCH, epochState: 'done', shardCount: SHARDS, committee: [member], previousCommittee: [member] },
    nextCommittee: undefined,
  };
  /** Run by the next `sync`, like events that arrive late. */
  pending: (() => Promise<void>)[] = [];

  async sync(): Promise<void> {
    for (const arrive of this.pending.splice(0)) await arrive();
  }
}

/** A node without a process around it: rules and HTTP API. */
export function createNode(
  store: NodeStore,
  chain: ChainView,
  options: Partial<NodeContextOptions & StorageNodeOptions & NodeAppOptions> = {},
) {
  const context = new NodeContext({
    ...{ nodeId: member.nodeId, protocolKeys: [protocolKey], store, chain, environment: processEnvironment },
    ...{ metrics: new NodeMetrics(), log: silent },
    ...options,
  });
  const node = new StorageNode(context, options);
  const app = createNodeApp(
    {
      node,
      symbols: new SymbolSource(context),
      shards: new ShardSource(context),
      health: (detailed) => healthReport(context, { uptimeMs: 1500, checkpoint: 7 }, detailed),
    },
    { onDefect: (error) => expect.fail(String(error)), ...options },
  );
  return { context, node, app };
}

let sequence = 0;

/** Feeds one event to a store. */
export async function happen(store: NodeStore, blobId: Uint8Array, event: Omit<BlobEvent, 'position'>): Promise<void> {
  const position = { txDigest: 'test', eventSeq: sequence++ };
  const record = applyEvent(store.getRecord(blobId) ?? EMPTY_RECORD, { ...event, position } as BlobEvent);
  await store.commit({ records: [[blobId, record]], cursor: String(sequence) });
}

export function registered(deletable = false, endEpoch = EPOCH + 3, objectId = OBJECT_ID): Omit<BlobEvent, 'position'> {
  return {
    kind: 'BlobRegistered',
    fields: {
      epoch: EPOCH,
      blob_id: '0',
      size: '0',
      encoding_type: 1,
      end_epoch: endEpoch,
      deletable,
      object_id: objectId,
    },
  };
}

export function certified(endEpoch = EPOCH + 3, objectId = OBJECT_ID): Omit<BlobEvent, 'position'> {
  return {
    kind: 'BlobCertified',
    fields: { epoch: EPOCH, blob_id: '0', end_epoch: endEpoch, deletable: false, object_id: objectId, is_extension: false },
  };
}

export function encode(text: string): Promise<EncodedBlob> {
  return new BlobEncoder(SHARDS).encode(new TextEncoder().encode(text));
}
