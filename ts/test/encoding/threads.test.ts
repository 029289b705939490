import { expect } from 'chai';
import fc from 'fast-check';

import { BlobEncoder, isShared, KernelEngine } from '../../src/encoding/index.js';
import type { EncodedBlob } from '../../src/encoding/index.js';
import { WorkerPool } from '../../src/encoding/kernels/pool.js';
import { copyShared, SharedArena } from '../../src/encoding/kernels/shared-memory.js';
import { Random } from './differential.js';

function expectSameSlivers(actual: EncodedBlob, expected: EncodedBlob): void {
  expect(actual.blobId).to.deep.equal(expected.blobId);
  expected.slivers.forEach(({ primary, secondary }, t) => {
    for (const [sliver, other] of [[actual.slivers[t]!.primary, primary], [actual.slivers[t]!.secondary, secondary]] as const) {
      expect(Buffer.compare(sliver.framed, other.framed), `${other.axis} ${other.index}`).to.equal(0);
      expect(isShared(sliver.framed)).to.equal(false);
    }
  });
}

describe('encoding: threads', () => {
  it('any number of threads makes the same slivers, roots and blobs as one', async () => {
    const random = new Random(41);
    for (const [shards, length] of [[31, 1_500_000], [100, 700_001], [100, 2_300_000], [301, 90_000]] as const) {
      const blob = random.bytes(length);
      const expected = await new BlobEncoder(shards, { threads: 1 }).encode(blob);
      for (const threads of [2, 3, 5]) {
        const encoder = new BlobEncoder(shards, { engine: new KernelEngine({ threads }) });
        expectSameSlivers(await encoder.encode(blob), expected);
        expect((await encoder.computeMetadata(blob)).metadata).to.deep.equal(expected.metadata);
        // Systematic and parity rows mixed, so that some are in place and others are not.
        const { primarySymbols: p } = encoder.parameters;
        const primary = random.sample(p, shards).map((t) => expected.slivers[t]!.primary);
        expect(Buffer.compare(await encoder.decode(expected, primary, { check: 'strict' }), blob)).to.equal(0);
        const secondary = random.sample(encoder.parameters.secondarySymbols, shards).map((t) => expected.slivers[t]!.secondary);
        expect(Buffer.compare(await encoder.decode(expected, secondary), blob)).to.equal(0);
      }
    }
  });

  it('calls may overlap, and inputs may lie anywhere', async () => {
    const random = new Random(43);
    const shards = 100;
    const encoder = new BlobEncoder(shards, { engine: new KernelEngine({ threads: 2 }) });
    const single = new BlobEncoder(shards, { threads: 1 });
    const memory = random.bytes(600_011);
    const blobs = [0, 1, 3, 6].map((offset) => memory.subarray(offset, offset + 600_000 - 7 * offset));
    const shared = new Uint8Array(new SharedArrayBuffer(600_005)).subarray(5);
    shared.set(blobs[1]!.subarray(0, shared.length));
    const inputs = [...blobs, shared];
    const encoded = await Promise.all(inputs.map((blob) => encoder.encode(blob)));
    for (const [i, blob] of inputs.entries()) expectSameSlivers(encoded[i]!, await single.encode(blob));
  });
});

describe('encoding: idle workers', () => {
  /** A pool whose timers run when the test says so, and an encoder on it. */
  function pooled(idleBytes: number): { pool: WorkerPool; encoder: BlobEncoder; delaysMs: number[]; pending: Set<() => void> } {
    const pending = new Set<() => void>();
    const delaysMs: number[] = [];
    const pool = new WorkerPool({
      idleMs: 1234,
      idleBytes,
      schedule: (callback, delayMs) => {
        pending.add(callback);
        delaysMs.push(delayMs);
        return () => void pending.delete(callback);
      },
    });
    return { pool, encoder: new BlobEncoder(100, { engine: new KernelEngine({ threads: 2, pool }) }), delaysMs, pending };
  }

  const blob = new Random(47).bytes(1_500_000);

  it('are stopped after the idle time, with their memory, and start again when there is work', async () => {
    const { pool, encoder, delaysMs, pending } = pooled(0);
    expect(pool.workerCount).to.equal(0);
    const { blobId } = await encoder.encode(blob);
    for (let round = 0; round < 2; round++) {
      expect(pool.workerCount).to.equal(2);
      expect(pool.heldBytes).to.be.greaterThan(0);
      expect(delaysMs.every((delayMs) => delayMs === 1234)).to.equal(true);
      expect(pending.size).to.equal(1);
      for (const callback of pending) callback();
      pending.clear();
      expect([pool.workerCount, pool.heldBytes]).to.deep.equal([0, 0]);
      expect((await encoder.encode(blob)).blobId).to.deep.equal(blobId);
    }
    for (const callback of pending) callback();
  });

  it('stay if they hold little, and a job in time keeps them', async () => {
    const { pool, encoder, pending } = pooled(1 << 30);
    await encoder.encode(blob);
    const [first] = pending;
    for (const callback of pending) callback();
    expect(pool.workerCount).to.equal(2);
    await encoder.encode(blob);
    expect(pending.has(first!)).to.equal(false);
    expect(pending.size).to.equal(1);
    expect(pool.workerCount).to.equal(2);
    pool.stop();
  });
});

describe('encoding: shared memory', () => {
  it('copies whatever the alignment of the two sides', () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(15), fc.nat(15), fc.boolean(), (size, from, to, sharedIsTarget) => {
        const memory = (length: number, shared: boolean): Uint8Array =>
          new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
        const source = memory(size + 16, !sharedIsTarget).subarray(from, from + size);
        source.forEach((_, i) => (source[i] = Math.imul(i + 1, 0x9e3779b1) >>> 24));
        const target = memory(size + 32, sharedIsTarget);
        copyShared(target, to, source, sharedIsTarget);
        expect(Buffer.compare(target.subarray(to, to + size), source)).to.equal(0);
        expect([...target.subarray(0, to), ...target.subarray(to + size)].every((byte) => byte === 0)).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });

  it('an arena gives disjoint memory with the address asked for, and the same again after a reset', () => {
    const arena = new SharedArena();
    const sizes = [1, 64, 5_000_000, 100, 9_000_000, 0];
    const allocate = (): Uint8Array[] => sizes.map((size, skew) => arena.allocate(size, skew));
    const first = allocate();
    first.forEach((bytes, skew) => {
      expect(bytes.byteOffset % 8).to.equal(skew);
      bytes.fill(skew + 1);
    });
    first.forEach((bytes, skew) => expect(bytes.every((byte) => byte === skew + 1)).to.equal(true));
    const held = arena.sizeBytes;
    arena.reset();
    allocate();
    expect(arena.sizeBytes).to.equal(held);
    arena.reset();
    arena.allocate(10);
    arena.reset();
    expect(arena.sizeBytes).to.be.lessThan(held);
  });
});
