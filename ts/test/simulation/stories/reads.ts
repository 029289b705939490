/** Scenarios of readers: what becomes of reads when nodes lie, are slow or gone. */
import { ClientError, NotEnoughSlivers } from '../../../src/client/index.js';
import { BlobEncoder, blobIdToText } from '../../../src/encoding/index.js';
import { MemoryStore } from '../../../src/node/index.js';
import type { World } from '../../../src/simulation/index.js';
import {
  ALL, content, F, holderOf, holdsAnything, mustFail, mustSucceed, NODES, nodes, oracle, pass, readsBack, replaceMethod, setFaults, SHARDS, within, write,
  type Scenario,
} from '../scenario.js';

const FOREVER_MS = 86_400_000;

/** Nodes that are asked first: they hold the first pairs, which need no decoding. */
async function firstHolders(world: World, blobId: string, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, pair) => holderOf(world, blobId, pair)));
}

export const READS: readonly Scenario[] = [
  {
    name: 'a reader with f corrupting nodes',
    without: 'a reader who does not verify slivers',
    tell: async (world) => {
      const blob = content(900, 21);
      const { blobId } = await write(world, blob);
      await setFaults(world, await firstHolders(world, blobId, F), 'corrupt');
      await readsBack(world, blobId, blob);
    },
    disable: () => replaceMethod(BlobEncoder.prototype, 'verifySliver', async () => undefined),
    violation: /the read failed|other bytes/,
  },
  {
    name: 'a reader with f hanging nodes',
    without: 'a reader who asks nobody else meanwhile',
    tell: async (world, isDefended) => {
      const blob = content(900, 22);
      const { blobId } = await write(world, blob);
      await setFaults(world, await firstHolders(world, blobId, F), 'hang');
      const hedgeMs = isDefended ? {} : { hedgeMs: FOREVER_MS };
      world.network.setLink('reader', await holderOf(world, blobId, F), { delayMs: [20_000, 20_000] });
      await within(world, 5000, 'the read', () => readsBack(world, blobId, blob, hedgeMs));
    },
    violation: /the read took \d+ ms/,
  },
  {
    name: 'slow links to the nodes that a reader asks first',
    without: 'a reader who asks nobody else meanwhile',
    tell: async (world, isDefended) => {
      const blob = content(900, 23);
      const { blobId } = await write(world, blob);
      for (const name of await firstHolders(world, blobId, 3)) world.network.setLink('*', name, { delayMs: [10_000, 10_000] });
      const hedgeMs = isDefended ? {} : { hedgeMs: FOREVER_MS };
      await within(world, 5000, 'the read', () => readsBack(world, blobId, blob, hedgeMs));
    },
    violation: /the read took \d+ ms/,
  },
  {
    name: 'f nodes serve what was true before the write',
    without: 'all but f nodes do',
    tell: async (world, isDefended) => {
      await setFaults(world, nodes(...Array(isDefended ? F : NODES - F).keys()), 'stale');
      const blob = content(900, 24);
      const { blobId } = await new BlobEncoder(SHARDS).encode(blob);
      const text = blobIdToText(blobId);
      await mustFail('the read before the write', world.client({}, 'early').read(text));
      oracle((await world.client({}, 'early').status(text)) === 'nonexistent', 'the blob was known before the write');
      // A status is known once enough nodes agree: the others are asked as well.
      for (const { address } of world.cluster.nodes) {
        for (const what of ['status', 'metadata']) await world.network.fetchFrom('early')(`http://${address}/v1/blobs/${text}/${what}`, {});
      }
      await write(world, blob);
      const status = await mustSucceed('the status', world.client({}, 'reader').status(text));
      oracle(typeof status === 'object' && 'permanent' in status, `the status after the write is ${JSON.stringify(status)}`);
      await readsBack(world, text, blob);
    },
    violation: /the status/,
  },
  {
    name: 'with too many faults the reader is told what is missing',
    without: 'f crashed nodes',
    tell: async (world, isDefended) => {
      const blob = content(900, 25);
      const { blobId } = await write(world, blob);
      const gone = nodes(...Array(isDefended ? NODES - F : F).keys());
      await setFaults(world, gone, 'crash');
      const error = await mustFail('reading without most nodes', world.client().read(blobId));
      oracle(error instanceof NotEnoughSlivers, `the reader was told: ${String(error)}`);
      const missing = world.cluster.nodes.filter(({ name }) => gone.includes(name)).flatMap(({ node }) => [...node.shards]);
      missing.sort((a, b) => a - b);
      oracle(error.missingShards.join() === missing.join(), `${error.missingShards.join()} are said to be missing instead of ${missing.join()}`);
      oracle(error.shortOf === 1, `short of ${error.shortOf} shards instead of 1`);
      await world.setFault('node-0', undefined);
      await readsBack(world, blobId, blob);
    },
    violation: /reading without most nodes: it succeeded/,
  },
  {
    name: 'a blob is deleted while it is read',
    without: 'stores that let nothing go',
    tell: async (world) => {
      const blob = content(900, 26);
      const { blobId, objectId } = await write(world, blob, { deletable: true });
      await pass(world, 5000);
      world.network.setLink('reader', '*', { delayMs: [500, 3000] });
      const reading = world.client({}, 'reader').read(blobId).then(
        (bytes) => oracle(Buffer.compare(bytes, blob) === 0, 'the reader was given other bytes than were written'),
        (error: unknown) => oracle(error instanceof ClientError, `the reader was told: ${String(error)}`),
      );
      await pass(world, 1000);
      await world.client().delete(objectId, world.writer);
      await reading;
      await pass(world, 5000);
      const holders = ALL.filter((name) => holdsAnything(world, name, blobId));
      oracle(holders.length === 0, `${holders.join(', ')} still hold the blob`);
      await mustFail('reading a deleted blob', world.client({}, 'late').read(blobId));
    },
    disable: () => replaceMethod(MemoryStore.prototype, 'settle', async () => undefined),
    violation: /still hold the blob/,
  },
  {
    name: 'a reader on links that lose a third of everything',
    without: 'nobody but the first nodes to ask',
    tell: async (world, isDefended) => {
      const blob = content(900, 27);
      const { blobId } = await write(world, blob);
      world.network.setLink('reader', '*', { dropRequest: 1 / 6, dropResponse: 1 / 6, delayMs: [1, 300] });
      if (!isDefended) await setFaults(world, nodes(...Array(NODES - F).keys()), 'crash');
      await readsBack(world, blobId, blob);
    },
    violation: /the read failed/,
  },
];
