import { boundaryLengths, compareWithPeer, Random, randomContent } from './differential.js';

describe('encoding: same bytes as @mysten/walrus-wasm', () => {
  const seed = 20260101;

  it('every shard count from 4 to 70, one random size each', async () => {
    const random = new Random(seed);
    for (let shards = 4; shards <= 70; shards++) {
      await compareWithPeer(shards, randomContent(random, random.below(20_000)), random);
    }
  });

  for (const shards of [4, 7, 10, 13, 31]) {
    it(`boundary sizes at ${shards} shards`, async () => {
      const random = new Random(seed + shards);
      for (const length of boundaryLengths(shards, 6)) {
        await compareWithPeer(shards, randomContent(random, length), random);
      }
    });
  }

  it('symbols around multiples of the 64-byte block', async () => {
    const random = new Random(seed);
    for (const symbolSize of [62, 64, 66, 126, 128, 130, 190, 256, 1022, 4098]) {
      const length = 4 * 7 * symbolSize - random.below(3);
      await compareWithPeer(10, random.bytes(length), random);
      await compareWithPeer(10, random.bytes(length), random, 2);
    }
  });

  it('larger committees, on one thread and on two', async () => {
    const random = new Random(seed);
    for (const [shards, length] of [[100, 50_000], [139, 1_000_003], [301, 1_000_001]] as const) {
      const blob = random.bytes(length);
      await compareWithPeer(shards, blob, random, 1);
      await compareWithPeer(shards, blob, random, 2);
    }
  });

  it('1000 shards', async () => {
    const random = new Random(seed);
    await compareWithPeer(1000, random.bytes(300_000), random, 2);
  });
});
