import { expect } from 'chai';
import fc from 'fast-check';

import { KernelEngine, MerkleTree, proofLength, ReferenceEngine, verifyProof } from '../../src/encoding/index.js';
import { foldProofs, nodeBytes } from '../../src/encoding/merkle.js';

const hex = (bytes: Uint8Array | null): string => (bytes === null ? 'empty' : Buffer.from(bytes).toString('hex'));

/** Specification §4: roots over the single-byte leaves 00, 01, 02, … */
const ROOTS: readonly (readonly [number, string])[] = [
  [1, '9ee6dfb61a2fb903df487c401663825643bb825d41695e63df8af6162ab145a6'],
  [2, '47f61e4f4620e9946a8831b8c717a76f36982b82d88e005bc4635a1b21c73eff'],
  [3, '59ce73994fc6e221f8694ec889e9ecfc59930e3faa2886f12349ba212b3ed64f'],
  [5, '0b208bd527a6e6dd5aaf61b1b73bbe006a57a13580038536abdc2a75aa49a637'],
];

const leaves = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => Uint8Array.of(i));

describe('encoding: Merkle trees', () => {
  for (const [count, root] of ROOTS) {
    it(`check value for ${count} leaves`, async () => {
      expect(hex(MerkleTree.ofLeaves(leaves(count)).root)).to.equal(root);
      const joined = Uint8Array.from({ length: count }, (_, i) => i);
      expect(hex(await new KernelEngine().merkleRoot(joined, 1))).to.equal(root);
    });
  }

  it('no leaves: the root is the empty node', () => {
    expect(MerkleTree.ofLeaves([]).root).to.equal(null);
  });

  it('every proof of every tree up to 40 leaves verifies, and only where it belongs', () => {
    for (let count = 1; count <= 40; count++) {
      const tree = MerkleTree.ofLeaves(leaves(count));
      for (let index = 0; index < count; index++) {
        const proof = tree.prove(index);
        expect(proof.length).to.equal(proofLength(count));
        expect(verifyProof(tree.root, count, Uint8Array.of(index), index, proof)).to.equal(true);
        expect(verifyProof(tree.root, count, Uint8Array.of(index + 1), index, proof)).to.equal(false);
        expect(verifyProof(tree.root, count, Uint8Array.of(index), index ^ 1, proof)).to.equal(false);
      }
    }
  });

  it('are the same when hashed a level at a time, by kernels and by the reference', async () => {
    for (const engine of [new KernelEngine(), new ReferenceEngine()]) {
      for (const count of [1, 2, 3, 4, 5, 13, 64, 65, 100]) {
        const tree = MerkleTree.ofLeaves(leaves(count));
        const joined = Uint8Array.from({ length: count }, (_, i) => i);
        const batched = await MerkleTree.hashedBy(engine, await engine.leafHashes(joined, 1));
        expect(hex(batched.root)).to.equal(hex(tree.root));
        for (let index = 0; index < count; index++) expect(batched.prove(index).map(hex)).to.deep.equal(tree.prove(index).map(hex));
      }
      expect((await MerkleTree.hashedBy(engine, new Uint8Array())).root).to.equal(null);
    }
  });

  it('rejects paths that are too long and indices that do not fit the path', () => {
    const tree = MerkleTree.ofLeaves(leaves(4));
    const proof = tree.prove(1);
    expect(verifyProof(tree.root, 4, Uint8Array.of(1), 1, [...proof, null])).to.equal(false);
    expect(verifyProof(tree.root, 4, Uint8Array.of(1), 5, proof)).to.equal(false);
    expect(verifyProof(tree.root, 4, Uint8Array.of(1), -1, proof)).to.equal(false);
    expect(verifyProof(tree.root, 4, Uint8Array.of(1), 1, proof.slice(0, 1))).to.equal(false);
  });

  it('kernels and reference hash leaves of every length alike', async () => {
    const kernels = new KernelEngine();
    const reference = new ReferenceEngine();
    const size = fc.integer({ min: 1, max: 700 });
    await fc.assert(
      fc.asyncProperty(size, fc.integer({ min: 1, max: 20 }), fc.integer(), async (leafSize, count, seed) => {
        const data = Uint8Array.from({ length: leafSize * count }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24);
        expect(hex(await kernels.leafHashes(data, leafSize))).to.equal(hex(await reference.leafHashes(data, leafSize)));
        expect(hex(await kernels.merkleRoot(data, leafSize))).to.equal(hex(await reference.merkleRoot(data, leafSize)));
      }),
      { numRuns: 150 },
    );
  });

  it('hashes of many leaves do not depend on how they are batched', async () => {
    const [kernels, reference] = [new KernelEngine(), new ReferenceEngine()];
    for (const leafSize of [72, 127, 128, 144, 199, 200, 451]) {
      for (const count of [71, 72, 73, 145, 217]) {
        const data = Uint8Array.from({ length: leafSize * count }, (_, i) => Math.imul(i + count, 2654435761) >>> 24);
        expect(hex(await kernels.leafHashes(data, leafSize))).to.equal(hex(await reference.leafHashes(data, leafSize)));
      }
    }
  });

  it('many proofs at once are judged like each alone, by kernels and reference', async () => {
    for (const engine of [new KernelEngine(), new ReferenceEngine()]) {
      for (const count of [1, 2, 5, 13, 40]) {
        const tree = MerkleTree.ofLeaves(leaves(count));
        const claims = Array.from({ length: count }, (_, index) => index).flatMap((index) => {
          const path = tree.prove(index);
          const data = Uint8Array.of(index);
          const flipped = path.map((node, i) => (i === 0 && node !== null ? node.map((byte) => byte ^ 1) : node));
          return [
            { data, index, path },
            { data: Uint8Array.of(index + 1), index, path },
            { data, index: index ^ 1, path },
            { data, index: -1, path },
            { data, index, path: [...path, null] },
            { data, index, path: path.slice(1) },
            { data, index, path: flipped },
          ];
        });
        const roots = await foldProofs(engine, count, 1, claims);
        claims.forEach(({ data, index, path }, i) => {
          const root = roots[i];
          const valid = root !== undefined && hex(root) === hex(nodeBytes(tree.root));
          expect(valid, `${count} leaves, claim ${i}`).to.equal(verifyProof(tree.root, count, data, index, path));
        });
      }
    }
  });
});
