/** Scenarios of nodes that get back what they lack, and of what must not stay. */
import {
  BlobEncoder, blobIdToText, bytesToU256, computeRootHash, deriveBlobId, encodeBlobMetadata, encodeSliverData, MerkleTree, pairOfShard,
  type BlobMetadata, type Sliver,
} from '../../../src/encoding/index.js';
import { ClientError } from '../../../src/client/index.js';
import {
  aggregateSignatures, certifyBlob, createdObject, execute, registerBlob, signersBitmap, storageConfirmationMessage, storageCost,
} from '../../../src/protocol/index.js';
import type { World } from '../../../src/simulation/index.js';
import {
  ALL, content, F, holdsSlivers, mustFail, nodes, oracle, pass, readsBack, setFaults, SHARDS, write, type Scenario,
} from '../scenario.js';

/** Longer than the grace that uploads have, a poll and some repeats. */
const REPAIR_MS = 12_000;

export const REPAIRS: readonly Scenario[] = [
  {
    name: 'a node restarts with an empty store',
    without: 'f more nodes are gone',
    tell: async (world, isDefended) => {
      const blob = content(900, 31);
      const { blobId } = await write(world, blob);
      await pass(world, REPAIR_MS);
      if (!isDefended) await setFaults(world, nodes(0, 1), 'crash');
      await world.cluster.wipeNode('node-5');
      await pass(world, REPAIR_MS);
      await holdsSlivers(world, 'node-5', blobId, blob);
    },
    violation: /node-5 lacks the primary sliver/,
  },
  {
    name: 'a node rebuilds its slivers though another gives corrupt symbols',
    without: 'so do f nodes, which with the one that lost its store are f + 1',
    tell: async (world, isDefended) => {
      const blob = content(900, 32);
      const { blobId } = await write(world, blob);
      await pass(world, REPAIR_MS);
      await setFaults(world, isDefended ? nodes(1) : nodes(1, 2), 'corrupt');
      await world.cluster.wipeNode('node-5');
      await pass(world, REPAIR_MS);
      await holdsSlivers(world, 'node-5', blobId, blob);
    },
    violation: /node-5 lacks/,
  },
  {
    name: 'nodes behind a partition catch up when it heals',
    without: 'a partition that stays',
    tell: async (world, isDefended) => {
      const cut = nodes(4, 5);
      world.network.partition(cut);
      const blob = content(900, 33);
      const { blobId } = await write(world, blob);
      await pass(world, REPAIR_MS);
      if (isDefended) world.network.heal();
      await pass(world, 2 * REPAIR_MS);
      for (const name of cut) await holdsSlivers(world, name, blobId, blob);
    },
    violation: /node-4 lacks/,
  },
  {
    name: 'nodes with clocks that go too slowly and too fast',
    without: 'a clock that stands still',
    tell: async (world, isDefended) => {
      world.setClockSpeed('node-4', isDefended ? 0.25 : 0);
      world.setClockSpeed('node-5', 20);
      world.network.partition(nodes(4, 5));
      const blob = content(900, 34);
      const { blobId } = await write(world, blob);
      world.network.heal();
      await pass(world, 4 * REPAIR_MS);
      for (const name of ALL) await holdsSlivers(world, name, blobId, blob);
      await readsBack(world, blobId, blob);
    },
    violation: /node-4 lacks/,
  },
  {
    name: 'a writer who encodes wrongly is caught',
    without: 'f + 1 nodes that refuse to attest',
    tell: async (world, isDefended) => {
      const victim = 'node-4';
      const { blobId, text } = await writeWrongly(world, victim);
      if (!isDefended) await setFaults(world, nodes(...Array(F + 1).keys()), 'refuse');
      await world.setFault(victim, undefined);
      await pass(world, 2 * REPAIR_MS);
      const unaware = world.cluster.nodes.filter(({ node }) => node.context.record(blobId)?.invalid === undefined).map(({ name }) => name);
      oracle(unaware.length === 0, `not known to be invalid by ${unaware.join(', ')}`);
      const error = await mustFail('reading a blob that was encoded wrongly', world.client().read(text));
      oracle(error instanceof ClientError, `the reader was told: ${String(error)}`);
      const { node } = world.node('node-0');
      oracle(!node.hasMetadata(blobId), 'its metadata was kept');
    },
    violation: /not known to be invalid/,
  },
];

/** Certifies, with the signatures of all others, a blob whose sliver in the victim's shard is not what the others say. */
async function writeWrongly(world: World, victim: string): Promise<{ blobId: Uint8Array; text: string }> {
  const { cluster, writer } = world;
  const encoder = new BlobEncoder(SHARDS);
  const blob = content(700, 35);
  const encoded = await encoder.encode(blob);
  const { slivers } = encoded;
  const shards = new Set(world.node(victim).node.shards);
  let metadata: BlobMetadata | undefined;
  let blobId: Uint8Array = encoded.blobId;
  // Which shard has a pair depends on the blob ID, which depends on the lie: try until they meet.
  for (let pair = 0, lie = 1; metadata === undefined; pair = (pair + 1) % SHARDS, lie += pair === 0 ? 1 : 0) {
    const { primary } = slivers[pair]!;
    const wrong: Sliver = { ...primary, data: primary.data.map((byte) => byte ^ lie) };
    const expanded = await encoder.expandSliver(wrong);
    const size = wrong.symbolSize;
    const primaryHash = MerkleTree.ofLeaves(Array.from({ length: SHARDS }, (_, i) => expanded.slice(i * size, (i + 1) * size))).root;
    const hashes = encoded.metadata.hashes.map((one, i) => (i === pair ? { ...one, primaryHash } : one));
    const candidate: BlobMetadata = { ...encoded.metadata, hashes };
    blobId = deriveBlobId(candidate.unencodedLength, computeRootHash(candidate));
    if ([...shards].some((shard) => pairOfShard(shard, blobId, SHARDS) === pair)) metadata = candidate;
  }
  await world.setFault(victim, 'crash');
  const state = await cluster.state();
  const calls = { ids: cluster.deployment, packageId: state.packageId, walType: cluster.deployment.walType };
  const registration = registerBlob(calls, storageCost(state, BigInt(blob.length), 5), {
    ...{ blobId: bytesToU256(blobId), rootHash: bytesToU256(computeRootHash(metadata)), sizeBytes: BigInt(blob.length) },
    ...{ epochs: 5, deletable: false, owner: writer.toSuiAddress() },
  });
  const registered = await execute(cluster.net.client, writer, registration, 'register');
  const objectId = createdObject(registered, (type) => type.endsWith('::blob::Blob'), 'Blob');
  const text = blobIdToText(blobId);
  const send = world.network.fetchFrom('liar');
  const signed: { index: number; signature: Uint8Array }[] = [];
  for (const member of state.committee.filter(({ name }) => name !== victim)) {
    const url = `http://${member.networkAddress}/v1/blobs/${text}`;
    const put = async (path: string, body: Uint8Array) => {
      const { status } = await send(`${url}/${path}`, { method: 'PUT', body: body as Uint8Array<ArrayBuffer> });
      oracle(status === 201, `PUT ${path}: ${status}`);
    };
    await put('metadata', encodeBlobMetadata(metadata));
    for (const shard of member.shards) {
      const pair = pairOfShard(shard, blobId, SHARDS);
      await put(`slivers/${pair}/primary`, encodeSliverData(slivers[pair]!.primary));
      await put(`slivers/${pair}/secondary`, encodeSliverData(slivers[pair]!.secondary));
    }
    const answer = (await (await send(`${url}/confirmation/permanent`, {})).json()) as { success: { data: { signed: { signature: string } } } };
    signed.push({ index: member.index, signature: new Uint8Array(Buffer.from(answer.success.data.signed.signature, 'base64')) });
  }
  const certificate = {
    message: storageConfirmationMessage(state.epoch, blobId, { kind: 'permanent' }),
    signature: aggregateSignatures(signed.map(({ signature }) => signature)),
    bitmap: signersBitmap(signed.map(({ index }) => index), state.committee.length),
  };
  await execute(cluster.net.client, writer, certifyBlob(calls, objectId, certificate), 'certify');
  return { blobId, text };
}
