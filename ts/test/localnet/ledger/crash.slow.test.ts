/** The same promise as in `crash.test.ts`, over many more kills. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { crashLoop } from '../support/crashes.js';

describe('haulout sui --data, for long', () => {
  for (const seed of [1, 2, 3]) {
    it(`loses nothing over 15 kills, seed ${seed}`, async () => {
      const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-crash-'));
      try {
        expect(await crashLoop(directory, 15, seed)).to.be.greaterThan(50);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
  }
});
