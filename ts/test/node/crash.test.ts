/**
 * A node on disk that is killed again and again while it stores blobs, and one whose disk is full: what was
 * acknowledged is there, whole, and nothing else is there in part.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { blobIdToText, BlobEncoder, encodeBlobMetadata, pairOfShard } from '../../src/encoding/index.js';
import { LmdbStore } from '../../src/node/index.js';
import { isCertified } from '../../src/node/records.js';
import { contentOf } from './crash-content.js';
import { createNode, EPOCH, FakeChain, member, SHARDS } from './fake-chain.js';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const ROUNDS = 3;
/** Blobs that may be under way when the node ends: three at a time. */
const LANES = 3;

interface Life {
  readonly acknowledged: readonly number[];
  readonly failures: readonly string[] | undefined;
  /** Null when it was killed. */
  readonly code: number | null;
}

describe('a node that is killed', function () {
  this.timeout(120_000);
  let directory: string;
  const encoder = new BlobEncoder(SHARDS);

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-crash-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Runs a node until it has acknowledged so many blobs, then kills it; or to its own end. */
  function live(first: number, size: number, killAfter: number | undefined, limitKiB?: number): Promise<Life> {
    const node = [process.execPath, '--import', here('../support/register.mjs'), '--no-warnings', here('crash-child.ts')];
    const limit = limitKiB === undefined ? '' : `ulimit -f ${limitKiB}; `;
    const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...node, directory, String(first), String(size)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: number[] = [];
    let failures: string[] | undefined;
    readline.createInterface({ input: child.stdout }).on('line', (text) => {
      const said = JSON.parse(text) as { acknowledged?: number; failures?: string[] };
      if (said.acknowledged !== undefined) acknowledged.push(said.acknowledged);
      failures = said.failures ?? failures;
      if (acknowledged.length === killAfter) child.kill('SIGKILL');
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ acknowledged, failures, code }));
    });
  }

  /** Looks at the store of a dead node: acknowledged blobs are whole, of the others every part is right. */
  async function examine(size: number, acknowledged: readonly number[], upTo: number): Promise<void> {
    const store = new LmdbStore(directory);
    const { app } = createNode(store, new FakeChain());
    for (let number = 0; number < upTo; number++) {
      const { blobId, metadata, slivers } = await encoder.encode(contentOf(number, size));
      const whole = acknowledged.includes(number);
      const stored = store.getMetadata(blobId);
      if (whole || stored !== undefined) expect(stored).to.deep.equal(encodeBlobMetadata(metadata));
      for (const shard of member.shards) {
        for (const axis of ['primary', 'secondary'] as const) {
          const sliver = store.getSliver({ blobId, shard, axis });
          if (!whole && sliver === undefined) continue;
          expect(Buffer.compare(sliver ?? new Uint8Array(), slivers[pairOfShard(shard, blobId, SHARDS)]![axis].framed)).to.equal(0);
        }
      }
      if (!whole) continue;
      expect(isCertified(store.getRecord(blobId), EPOCH)).to.equal(true);
      expect((await app.request(`/v1/blobs/${blobIdToText(blobId)}/confirmation/permanent`)).status).to.equal(200);
    }
    await store.close();
  }

  it('has everything it acknowledged, and goes on', async () => {
    const acknowledged: number[] = [];
    let next = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const life = await live(next, 2000, 3 + 3 * round);
      expect(life.failures).to.equal(undefined); // it did not end by itself
      expect(life.acknowledged).to.have.length.at.least(3 + 3 * round);
      acknowledged.push(...life.acknowledged);
      next = Math.max(...acknowledged) + LANES + 1;
      await examine(2000, acknowledged, next);
    }
  });

  it('answers 500 when the disk is full, and keeps what it acknowledged', async () => {
    const { acknowledged, failures, code } = await live(0, 100_000, undefined, 2048);
    expect(code).to.equal(0); // it did not fall over
    expect(failures).to.include('StoreWriteFailed');
    expect(acknowledged).to.have.length.greaterThan(2);
    await examine(100_000, acknowledged, Math.max(...acknowledged) + LANES + 1);
    const more = await live(1000, 2000, 3);
    expect(more.acknowledged).to.have.length.at.least(3); // there is room again
  });
});
