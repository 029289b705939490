/** A run with blobs that the encoder would hand to worker threads, whose real time virtual time must not depend on. */
import { expect } from 'chai';
import { Simulation, type World } from '../../src/simulation/index.js';
import { content, readsBack, write } from './scenario.js';

describe('simulation with large blobs', function () {
  this.timeout(300_000);
  let simulation: Simulation;

  before(async () => {
    simulation = await Simulation.start({ nodeCount: 5, shardCount: 50 });
  });
  after(() => simulation?.stop());

  it('is reproduced from its seed', async () => {
    const story = async (world: World) => {
      world.network.setLink('*', '*', { delayMs: [1, 300], dropRequest: 0.05, dropResponse: 0.05, duplicate: 0.1 });
      const blob = content(3_000_000, 1);
      const { blobId } = await write(world, blob);
      await readsBack(world, blobId, blob);
    };
    const first = await simulation.run('seed 1', story);
    for (let i = 0; i < 2; i++) expect(await simulation.run('seed 1', story)).to.deep.equal(first);
    expect(first.eventCount).to.be.greaterThan(100);
  });
});
