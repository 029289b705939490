/**
 * A storage node that stores blobs as fast as it can, and says which are acknowledged: killed or starved by
 * `crash.test.ts`. Arguments: folder, first blob number, bytes per blob.
 */
import { blobIdToText, BlobEncoder, encodeBlobMetadata, pairOfShard } from '../../src/encoding/index.js';
import { LmdbStore, StoreWriteFailed } from '../../src/node/index.js';
import { contentOf } from './crash-content.js';
import { certified, createNode, FakeChain, happen, member, registered, SHARDS } from './fake-chain.js';

const [directory, first, size] = process.argv.slice(2);
const store = new LmdbStore(directory!);
const failures: string[] = [];
const { app } = createNode(store, new FakeChain(), {
  log: (level, _, fields) => {
    if (level === 'error') failures.push(String(fields?.['error']));
  },
});
const encoder = new BlobEncoder(SHARDS);
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function put(url: string, body: Uint8Array): Promise<number> {
  const response = await app.request(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer> });
  return response.status;
}

async function storeBlob(number: number): Promise<boolean> {
  const blob = await encoder.encode(contentOf(number, Number(size)));
  const root = `/v1/blobs/${blobIdToText(blob.blobId)}`;
  await happen(store, blob.blobId, registered());
  if ((await put(`${root}/metadata`, encodeBlobMetadata(blob.metadata))) >= 400) return false;
  const codes = await Promise.all(
    member.shards.flatMap((shard) => {
      const pair = pairOfShard(shard, blob.blobId, SHARDS);
      return (['primary', 'secondary'] as const).map((axis) => put(`${root}/slivers/${pair}/${axis}`, blob.slivers[pair]![axis].framed));
    }),
  );
  if (codes.some((code) => code >= 400)) return false;
  await happen(store, blob.blobId, certified());
  if ((await app.request(`${root}/confirmation/permanent`)).status !== 200) return false;
  say({ acknowledged: number });
  return true;
}

let next = Number(first);
const lane = async () => {
  for (;;) if (!(await storeBlob(next++))) return;
};
for (const outcome of await Promise.allSettled([lane(), lane(), lane()])) {
  if (outcome.status === 'fulfilled') continue;
  if (!(outcome.reason instanceof StoreWriteFailed)) throw outcome.reason;
  failures.push(outcome.reason.name);
}
say({ failures });
