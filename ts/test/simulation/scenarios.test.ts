/**
 * Faults in a whole network on virtual time: each scenario holds as it is, and its oracle fails when the defence is
 * switched off or the faults are more than the protocol bears.
 */
import { expect } from 'chai';
import { Simulation, type World } from '../../src/simulation/index.js';
import { ALL, content, NODES, play, readsBack, setFaults, SHARDS, write } from './scenario.js';
import { EPOCHS } from './stories/epochs.js';
import { READS } from './stories/reads.js';
import { REPAIRS } from './stories/repairs.js';
import { WRITES } from './stories/writes.js';

describe('faults in a simulation', function () {
  this.timeout(60_000);
  let simulation: Simulation;

  before(async function () {
    this.timeout(180_000);
    simulation = await Simulation.start({ nodeCount: NODES, shardCount: SHARDS });
  });
  after(() => simulation.stop());

  describe('a run', () => {
    /** Something of everything: losses, repeats, recovery, an epoch. */
    const story = async (world: World) => {
      world.network.setLink('*', '*', { delayMs: [1, 300], dropRequest: 0.05, dropResponse: 0.05, duplicate: 0.1 });
      await setFaults(world, ALL.slice(0, 2), 'drop');
      const blob = content(2000, 1);
      const { blobId } = await write(world, blob);
      await readsBack(world, blobId, blob);
      await world.cluster.wipeNode('node-5');
      await world.clock.sleep(6000);
      await world.nextEpoch();
    };

    it('is reproduced from its seed', async () => {
      const first = await simulation.run('seed 1', story);
      const events = [...simulation.world!.log.events];
      const second = await simulation.run('seed 1', story);
      expect(simulation.world!.log.events).to.deep.equal(events);
      expect(second).to.deep.equal(first);
      expect(first.eventCount).to.be.greaterThan(100);
    });

    it('differs with the seed', async () => {
      const [one, two] = [await simulation.run('seed 2', story), await simulation.run('seed 3', story)];
      expect(one.hash).to.not.equal(two.hash);
    });
  });

  describe('writers', () => WRITES.forEach((scenario) => play(() => simulation, scenario)));
  describe('readers', () => READS.forEach((scenario) => play(() => simulation, scenario)));
  describe('repairs', () => REPAIRS.forEach((scenario) => play(() => simulation, scenario)));
  describe('epochs', () => EPOCHS.forEach((scenario) => play(() => simulation, scenario)));
});
