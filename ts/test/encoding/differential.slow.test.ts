import { boundaryLengths, compareWithPeer, Random, randomContent } from './differential.js';

/** Run with `npm run test:slow`; `ENCODING_SEED` repeats a run. */
describe('encoding: 10,000 cases against @mysten/walrus-wasm', function () {
  this.timeout(0);
  const seed = Number(process.env.ENCODING_SEED ?? Date.now() % 2 ** 31);
  const SHARDS = [75, 82, 94, 99, 100, 101, 127, 128, 129, 192, 193, 255, 256, 257, 300, 383, 385, 512, 600, 1000];
  let cases = 0;

  it(`boundary sizes of every shard count from 4 to 70 (seed ${seed})`, async () => {
    const random = new Random(seed);
    for (let shards = 4; shards <= 70; shards++) {
      const symbolSizes = shards < 20 ? 12 : shards < 40 ? 8 : 4;
      for (const length of boundaryLengths(shards, symbolSizes)) {
        await compareWithPeer(shards, randomContent(random, length), random, 1 + (cases++ % 2));
      }
    }
  });

  it(`larger shard counts (seed ${seed})`, async () => {
    const random = new Random(seed + 1);
    for (const shards of SHARDS) {
      for (let round = 0; round < (shards > 400 ? 2 : 4); round++, cases++) {
        await compareWithPeer(shards, randomContent(random, random.below(3_000_000)), random, 1 + (cases % 2));
      }
    }
  });

  it(`largest blobs of small committees (seed ${seed})`, async () => {
    const random = new Random(seed + 2);
    for (const [shards, max] of [[4, 393_204], [7, 983_010], [10, 1_834_952]] as const) {
      for (const length of [max, max - 1, max - 2]) {
        await compareWithPeer(shards, random.bytes(length), random, 1 + (cases++ % 2));
      }
    }
  });

  it(`random sizes until 10,000 cases are done (seed ${seed})`, async () => {
    const random = new Random(seed + 3);
    while (cases < 10_000) {
      const shards = 4 + random.below(67);
      const length = random.below(10) === 0 ? random.below(200_000) : random.below(6000);
      await compareWithPeer(shards, randomContent(random, length), random, 1 + (cases++ % 2));
    }
  });
});
