/** Scenarios of epochs that change: shards move, nodes are down or behind, blobs end. */
import { BlobEncoder } from '../../../src/encoding/index.js';
import { MemoryStore } from '../../../src/node/index.js';
import type { World } from '../../../src/simulation/index.js';
import {
  ALL, content, endsWithin, F, holdsAnything, holdsSlivers, mustSucceed, NODES, nodes, oracle, pass, readsBack, replaceMethod, setFaults, write,
  type Scenario,
} from '../scenario.js';

/** As much stake as a node has from the start: it gets a shard of another node. */
const MORE_STAKE_FROST = 1_000_000_000_000n;
const GROWING = 'node-3';

async function shardsOf(world: World): Promise<Map<string, readonly number[]>> {
  return new Map((await world.cluster.state()).committee.map(({ name, shards }) => [name, shards]));
}

/** Enters the next epoch, in which the growing node has a shard more. Answers who had it before. */
async function moveShard(world: World): Promise<{ report: Awaited<ReturnType<World['nextEpoch']>>; loser: string }> {
  const before = await shardsOf(world);
  await world.cluster.stake(GROWING, MORE_STAKE_FROST);
  const report = await world.nextEpoch();
  const gained = (await shardsOf(world)).get(GROWING)!.filter((shard) => !before.get(GROWING)!.includes(shard));
  oracle(gained.length > 0, 'no shard has moved');
  return { report, loser: [...before].find(([, shards]) => shards.includes(gained[0]!))![0] };
}

export const EPOCHS: readonly Scenario[] = [
  {
    name: 'the epoch changes with f crashed nodes',
    without: 'f + 1 crashed nodes',
    tell: async (world, isDefended) => {
      const blob = content(900, 41);
      const { blobId } = await write(world, blob);
      const gone = nodes(...Array(isDefended ? F : F + 1).keys());
      await setFaults(world, gone, 'crash');
      const { synced, epoch } = await world.nextEpoch();
      oracle(synced, `epoch ${epoch} was not attested by a quorum`);
      await readsBack(world, blobId, blob);
      await setFaults(world, gone, undefined);
      await pass(world, 12_000);
      for (const name of gone) oracle(world.node(name).store.milestone('attested') === epoch, `${name} has not attested epoch ${epoch}`);
    },
    violation: /was not attested by a quorum/,
  },
  {
    name: 'the epoch changes with a lagging node',
    without: 'a node that is cut off',
    tell: async (world, isDefended) => {
      const blob = content(900, 42);
      const { blobId } = await write(world, blob);
      await pass(world, 6000);
      world.network.setLink(GROWING, '*', { delayMs: [1500, 4000] });
      if (!isDefended) world.network.partition([GROWING]);
      const { report } = await endsWithin(world, 120_000, 'the change', moveShard(world));
      oracle(report.synced, 'the epoch was not attested by a quorum');
      oracle(report.attested.includes(GROWING), `${GROWING} has not attested`);
      await holdsSlivers(world, GROWING, blobId, blob);
    },
    violation: /the change did not end within|node-3 has not attested/,
  },
  {
    name: 'a shard comes from an old holder who lies',
    without: 'a new holder who does not verify slivers',
    tell: async (world) => {
      const blob = content(900, 43);
      const { blobId } = await write(world, blob);
      await pass(world, 6000);
      // Who loses a shard is known from a rehearsal: the chain does the same again.
      const rehearsal = world.cluster.net.snapshot();
      const { loser } = await moveShard(world);
      await setFaults(world, ALL, 'crash');
      world.cluster.net.revert(rehearsal);
      for (const name of ALL) await world.cluster.wipeNode(name);
      const { blobId: again } = await write(world, content(901, 43));
      await pass(world, 6000);
      await world.setFault(loser, 'corrupt');
      const { report } = await moveShard(world);
      oracle(report.synced, 'the epoch was not attested by a quorum');
      oracle(blobId !== again, 'the same blob twice');
      await pass(world, 12_000);
      await holdsSlivers(world, GROWING, again, content(901, 43));
    },
    disable: () => replaceMethod(BlobEncoder.prototype, 'verifySliver', async () => undefined),
    violation: /holds a wrong/,
  },
  {
    name: 'a reader goes on while the epoch changes and shards move',
    without: 'most nodes crash with the change',
    tell: async (world, isDefended) => {
      const blob = content(900, 44);
      const { blobId } = await write(world, blob);
      await pass(world, 6000);
      let isChanging = true;
      const change = moveShard(world).finally(() => (isChanging = false));
      change.catch(() => undefined); // awaited below, unless a read fails before
      if (!isDefended) await setFaults(world, nodes(0, 1, 2, 4, 5), 'crash');
      let reads = 0;
      while (isChanging || reads < 3) {
        await readsBack(world, blobId, blob);
        reads += 1;
      }
      const { report } = await mustSucceed('the change', change);
      oracle(report.synced, 'the epoch was not attested by a quorum');
      await holdsSlivers(world, GROWING, blobId, blob);
    },
    violation: /the read failed/,
  },
  {
    name: 'a blob that expires is collected',
    without: 'stores that let nothing go',
    tell: async (world) => {
      const [short, long] = [content(900, 45), content(900, 46)];
      const ended = await write(world, short, { epochs: 1 });
      const kept = await write(world, long, { epochs: 2 });
      await pass(world, 6000);
      await world.nextEpoch();
      await pass(world, 6000);
      const holders = ALL.filter((name) => holdsAnything(world, name, ended.blobId));
      oracle(holders.length === 0, `${holders.length} of ${NODES} nodes still hold the blob that ended`);
      await readsBack(world, kept.blobId, long);
    },
    disable: () => replaceMethod(MemoryStore.prototype, 'settle', async () => undefined),
    violation: /still hold the blob that ended/,
  },
];
