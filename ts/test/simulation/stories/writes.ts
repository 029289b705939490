/** Scenarios of writers: what becomes of uploads and certificates when nodes and links fail. */
import { NodeClient, NotEnoughConfirmations, type StoreCheckpoint } from '../../../src/client/index.js';
import { encodeSliverData, BlobEncoder, blobIdFromText } from '../../../src/encoding/index.js';
import { StorageNode } from '../../../src/node/index.js';
import { aggregateSignatures, certifyBlob, execute, signersBitmap, storageConfirmationMessage } from '../../../src/protocol/index.js';
import type { World } from '../../../src/simulation/index.js';
import {
  ALL, content, F, holdsSlivers, mustFail, mustSucceed, nodes, oracle, pass, readsBack, replaceMethod, setFaults, SHARDS, within, write,
  type Scenario,
} from '../scenario.js';

/** As many nodes as may fail, or one more. */
const failing = (isDefended: boolean): string[] => nodes(...Array(isDefended ? F : F + 1).keys());
const FOREVER_MS = 86_400_000;
const ONCE = { attempts: 1, firstDelayMs: 200, maxDelayMs: 5000 };

/** Slivers that nodes stored in this run. */
function storedSlivers(world: World): number {
  const count = (axis: string) => world.cluster.nodes.reduce((sum, { node }) => sum + node.context.metrics.sliversStored.get({ sliver_type: axis }), 0);
  return count('primary') + count('secondary');
}

export const WRITES: readonly Scenario[] = [
  {
    name: 'a writer with f crashed nodes',
    without: 'f + 1 crashed nodes',
    tell: async (world, isDefended) => {
      await setFaults(world, failing(isDefended), 'crash');
      const blob = content(900, 1);
      const { blobId } = await write(world, blob);
      await readsBack(world, blobId, blob);
    },
    violation: /did not complete.*4 shards confirmed/,
  },
  {
    name: 'f nodes sign wrongly',
    without: 'f + 1 such nodes',
    tell: async (world, isDefended) => {
      const liars = failing(isDefended);
      await setFaults(world, liars, 'sign-wrongly');
      const report = await write(world, content(900, 2));
      const counted = report.nodes.filter(({ node, confirmed }) => confirmed && liars.includes(node));
      oracle(counted.length === 0, 'a signature that does not verify counted');
    },
    violation: /did not complete.*4 shards confirmed/,
  },
  {
    name: 'f nodes equivocate in their confirmations',
    without: 'f + 1 such nodes',
    tell: async (world, isDefended) => {
      const liars = failing(isDefended);
      await setFaults(world, liars, 'equivocate');
      const report = await write(world, content(900, 3));
      const failures = report.nodes.filter(({ node }) => liars.includes(node)).map(({ failure }) => failure ?? '');
      oracle(failures.every((text) => text.includes('signed another message')), `the lie was not named: ${failures.join('; ')}`);
    },
    violation: /did not complete.*4 shards confirmed/,
  },
  {
    name: 'f nodes hang during the upload',
    without: 'a writer who waits for everybody',
    tell: async (world, isDefended) => {
      const victims = failing(true);
      world.network.onDelivery(async (to, method, path) => {
        if (victims.includes(to) && method === 'PUT' && path.includes('/slivers/')) await world.setFault(to, 'hang');
      });
      await within(world, 5000, 'the write', () => write(world, content(900, 4), isDefended ? {} : { tailMs: FOREVER_MS }));
    },
    violation: /the write took \d+ ms/,
  },
  {
    name: 'f nodes answer late',
    without: 'a writer who waits for everybody',
    tell: async (world, isDefended) => {
      await setFaults(world, failing(true), 'delay');
      await within(world, 2500, 'the write', () => write(world, content(900, 5), isDefended ? {} : { tailMs: FOREVER_MS }));
    },
    violation: /the write took \d+ ms/,
  },
  {
    name: 'every node drops half of the connections',
    without: 'a writer who does not repeat requests',
    tell: async (world, isDefended) => {
      await setFaults(world, ALL, 'drop');
      const blob = content(900, 6);
      const { blobId } = await write(world, blob, isDefended ? {} : { retry: ONCE });
      await setFaults(world, ALL, undefined);
      await readsBack(world, blobId, blob);
    },
    violation: /did not complete/,
  },
  {
    name: 'a third of the answers to a writer is lost',
    without: 'a writer who does not repeat requests',
    tell: async (world, isDefended) => {
      world.network.setLink('client', '*', { dropResponse: 1 / 3 });
      const blob = content(900, 7);
      await write(world, blob, isDefended ? {} : { retry: ONCE });
      oracle(storedSlivers(world) === 2 * SHARDS, `${storedSlivers(world)} slivers were stored instead of ${2 * SHARDS}`);
    },
    violation: /did not complete/,
  },
  {
    name: 'every request comes twice and out of order',
    without: 'nodes that do not look at what they hold',
    tell: async (world) => {
      world.network.setLink('*', '*', { duplicate: 1, delayMs: [1, 400] });
      const blob = content(900, 8);
      const { blobId } = await write(world, blob, { tailMs: 5000 });
      await pass(world, 1000);
      oracle(storedSlivers(world) === 2 * SHARDS, `${storedSlivers(world)} slivers were stored instead of ${2 * SHARDS}`);
      for (const name of ALL) await holdsSlivers(world, name, blobId, blob);
    },
    disable: () =>
      replaceMethod(StorageNode.prototype, 'putSliver', async function (this: StorageNode, blobId, pairIndex, axis, body) {
        await this.context.storeSliver({ blobId, shard: this.context.shardOf(blobId, pairIndex), axis }, body);
        this.context.metrics.sliversStored.add(1, { sliver_type: axis });
        return 'stored';
      }),
    violation: /28 slivers were stored instead of 14/,
  },
  {
    name: 'f nodes refuse slivers',
    without: 'f + 1 such nodes',
    tell: async (world, isDefended) => {
      await setFaults(world, failing(isDefended), 'refuse');
      const blob = content(900, 9);
      const { blobId } = await write(world, blob);
      await readsBack(world, blobId, blob);
    },
    violation: /did not complete.*4 shards confirmed/,
  },
  {
    name: 'f nodes crash between storing and confirming',
    without: 'f + 1 such nodes',
    tell: async (world, isDefended) => {
      const victims = failing(isDefended);
      world.network.onDelivery(async (to, _, path) => {
        if (victims.includes(to) && path.includes('/confirmation/')) await world.setFault(to, 'crash');
      });
      const blob = content(900, 10);
      const { blobId } = await write(world, blob);
      world.network.onDelivery(() => undefined);
      await setFaults(world, victims, undefined);
      for (const name of victims) await holdsSlivers(world, name, blobId, blob);
    },
    violation: /did not complete.*4 shards confirmed/,
  },
  {
    name: 'no certificate beyond f refusals, and none can be forged',
    without: 'f refusals',
    tell: async (world, isDefended) => {
      const silent = failing(isDefended).slice(isDefended ? 0 : 1);
      const refusing = isDefended ? [...silent, 'node-6'] : silent;
      await setFaults(world, refusing, 'refuse');
      let checkpoint: StoreCheckpoint | undefined;
      const options = { signer: world.writer, onCheckpoint: (value: StoreCheckpoint) => void (checkpoint = value) };
      const client = world.client();
      const error = await mustFail('a certificate with too few shards', client.store(content(900, 11), options));
      oracle(error instanceof NotEnoughConfirmations && error.neededShards - error.confirmedShards === 1, String(error));
      const named = new Set(error.failures.map(({ node }) => node));
      oracle(refusing.every((name) => named.has(name)), `the error does not name all of ${refusing.join(', ')}`);
      const object = () => client.chain.blob(checkpoint!.objectId);
      oracle((await object()).certified_epoch === null, 'certified on chain');
      await mustFail('the chain took a forged certificate', forge(world, checkpoint!, refusing));
      oracle((await object()).certified_epoch === null, 'certified on chain');
    },
    violation: /a certificate with too few shards: it succeeded/,
  },
  {
    name: 'two writers of the same blob',
    without: 'f + 1 crashed nodes',
    tell: async (world, isDefended) => {
      if (!isDefended) await setFaults(world, failing(false), 'crash');
      const blob = content(900, 12);
      const [one, two] = await Promise.all([write(world, blob), write(world, blob, { signer: world.secondWriter })]);
      oracle(one.objectId !== two.objectId && one.blobId === two.blobId, 'the writers got the same object');
      for (const name of ALL) await holdsSlivers(world, name, one.blobId, blob);
      await readsBack(world, one.blobId, blob);
    },
    violation: /did not complete/,
  },
  {
    name: 'a writer who is interrupted goes on without paying again',
    without: 'a writer who keeps no checkpoint',
    tell: async (world, isDefended) => {
      const interruption = new AbortController();
      let checkpoint: StoreCheckpoint | undefined;
      world.network.onDelivery((_to, method, path) => {
        if (method === 'PUT' && path.includes('/slivers/')) interruption.abort(new Error('interrupted'));
      });
      const blob = content(900, 13);
      const options = { signer: world.writer, signal: interruption.signal, onCheckpoint: (value: StoreCheckpoint) => void (checkpoint = value) };
      await mustFail('the interrupted write', world.client().store(blob, options));
      world.network.onDelivery(() => undefined);
      const report = await write(world, blob, isDefended ? { resume: checkpoint! } : {});
      oracle(report.walFrost === 0n, `paid ${report.walFrost} FROST a second time`);
      await readsBack(world, report.blobId, blob);
    },
    violation: /paid \d+ FROST a second time/,
  },
  {
    name: 'slivers that were changed on the way are refused',
    without: 'nodes that do not verify slivers',
    tell: async (world) => {
      const blob = content(900, 14);
      const { blobId } = await write(world, blob);
      const id = blobIdFromText(blobId);
      const { slivers } = await new BlobEncoder(SHARDS).encode(blob);
      const { store, node, address } = world.node('node-4');
      const shard = node.shards[0]!;
      const pair = slivers.findIndex((_, index) => node.context.shardOf(id, index) === shard);
      await store.removeSliver({ blobId: id, shard, axis: 'primary' });
      const body = encodeSliverData(slivers[pair]!.primary).slice();
      body[20]! ^= 1;
      const url = `http://${address}/v1/blobs/${blobId}/slivers/${pair}/primary`;
      const init = { method: 'PUT', body: body as Uint8Array<ArrayBuffer> };
      const { status } = await mustSucceed('the request', world.network.fetchFrom('attacker')(url, init));
      oracle(status === 400, `the node answered ${status} to a wrong sliver`);
      oracle(!store.hasSliver({ blobId: id, shard, axis: 'primary' }), 'the node stored a wrong sliver');
    },
    disable: () => replaceMethod(BlobEncoder.prototype, 'verifySliver', async () => undefined),
    violation: /answered 201 to a wrong sliver/,
  },
];

/** Certifies with the signatures of those who do sign, which are too few. */
async function forge(world: World, { blobId, objectId }: StoreCheckpoint, refusing: readonly string[]): Promise<void> {
  const { cluster, clock } = world;
  const state = await cluster.state();
  const id = blobIdFromText(blobId);
  const options = { fetch: world.network.fetchFrom('forger'), timeoutMs: 5000, urlScheme: 'http' as const, sleep: clock.sleep };
  const willing = state.committee.filter(({ name }) => !refusing.includes(name));
  const answers = await Promise.all(willing.map((member) => new NodeClient(member, options).getConfirmation(id, { kind: 'permanent' })));
  const certificate = {
    message: storageConfirmationMessage(state.epoch, id, { kind: 'permanent' }),
    signature: aggregateSignatures(answers.map(({ signature }) => signature)),
    bitmap: signersBitmap(willing.map(({ index }) => index), state.committee.length),
  };
  const calls = { ids: cluster.deployment, packageId: state.packageId, walType: cluster.deployment.walType };
  await execute(cluster.net.client, world.writer, certifyBlob(calls, objectId, certificate), 'certify with too few');
}
