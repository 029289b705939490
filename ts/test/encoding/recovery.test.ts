import { expect } from 'chai';

import {
  BlobEncoder,
  computeRootHash,
  decodeInconsistencyProof,
  deriveBlobId,
  encodeInconsistencyProof,
  hashLeaf,
  InvalidInconsistencyProofError,
  InvalidRecoverySymbolError,
  MerkleTree,
  NotEnoughSymbolsError,
  RecoveredSliverMismatchError,
  symbolForTarget,
} from '../../src/encoding/index.js';
import type { Axis, BlobMetadata, EncodedBlob, GeneralRecoverySymbol, SliverTarget } from '../../src/encoding/index.js';
import { Random } from './differential.js';
import { rejection } from './rejection.js';

const AXES: readonly Axis[] = ['primary', 'secondary'];
const random = new Random(77);

/** Symbols with proofs that `count` random holders have for `target`. */
async function symbolsFor(
  encoder: BlobEncoder,
  encoded: EncodedBlob,
  target: SliverTarget,
  count: number,
): Promise<GeneralRecoverySymbol[]> {
  const holders = random.sample(count, encoder.shardCount).map((t) => encoded.slivers[t]!);
  const sources = holders.map((pair) => (target.axis === 'primary' ? pair.secondary : pair.primary));
  return Promise.all(sources.map((source) => encoder.recoverySymbol(source, target.index)));
}

const needed = (encoder: BlobEncoder, axis: Axis): number =>
  axis === 'primary' ? encoder.parameters.secondarySymbols : encoder.parameters.primarySymbols;

describe('encoding: sliver recovery', () => {
  for (const shards of [4, 7, 10, 13, 31, 100]) {
    it(`every kind of sliver of ${shards} shards, with and without proofs`, async () => {
      const encoder = new BlobEncoder(shards);
      const encoded = await encoder.encode(random.bytes(300 + random.below(5000)));
      for (const axis of AXES) {
        for (const index of [0, shards - 1, random.below(shards)]) {
          const target = { axis, index };
          const symbols = await symbolsFor(encoder, encoded, target, needed(encoder, axis));
          const recovered = await encoder.recoverSliver(encoded.metadata, target, symbols);
          const original = encoded.slivers.map((pair) => pair[axis]).find((sliver) => sliver.index === index)!;
          expect(Buffer.compare(recovered.data, original.data)).to.equal(0);
          const bare = symbols.map((symbol) => ({ index: symbol.index, data: symbol.data }));
          expect((await encoder.recoverSliver(encoded.metadata, target, bare)).data).to.deep.equal(recovered.data);
          // No more bytes than the minimum: the symbols together are as long as the sliver.
          expect(symbols.reduce((sum, symbol) => sum + symbol.data.length, 0)).to.equal(original.data.length);
        }
      }
    });
  }

  it('decoding symbols are the cells that both slivers share', async () => {
    const encoder = new BlobEncoder(10);
    const { slivers } = await encoder.encode(random.bytes(999));
    const primary = (i: number) => slivers[i]!.primary;
    const secondary = (j: number) => slivers[9 - j]!.secondary;
    for (let i = 0; i < 10; i++) {
      for (let j = 0; j < 10; j++) {
        const fromRow = await encoder.decodingSymbol(primary(i), j);
        const fromColumn = await encoder.decodingSymbol(secondary(j), i);
        expect(fromRow).to.deep.include({ targetAxis: 'secondary', index: i });
        expect(fromColumn).to.deep.include({ targetAxis: 'primary', index: j });
        expect(fromRow.data).to.deep.equal(fromColumn.data);
      }
    }
  });

  it('a symbol serves the other sliver through its cell', async () => {
    const encoder = new BlobEncoder(7);
    const encoded = await encoder.encode(random.bytes(100));
    const symbol = await encoder.recoverySymbol(encoded.slivers[2]!.primary, 5);
    expect(symbolForTarget(symbol, { axis: 'secondary', index: 5 })).to.deep.equal({ index: 2, data: symbol.data });
    expect(symbolForTarget(symbol, { axis: 'primary', index: 2 })).to.deep.equal({ index: 5, data: symbol.data });
    expect(symbolForTarget(symbol, { axis: 'primary', index: 5 })).to.equal(undefined);
    expect(symbolForTarget(symbol, { axis: 'secondary', index: 2 })).to.equal(undefined);
  });

  it('forged symbols are named and dropped', async () => {
    const encoder = new BlobEncoder(10);
    const encoded = await encoder.encode(random.bytes(2000));
    const target = { axis: 'primary', index: 8 } as const;
    const symbols = await symbolsFor(encoder, encoded, target, 10);
    const [good] = symbols;
    encoder.verifyRecoverySymbol(encoded.metadata, target, good!);
    const forged = [
      { fault: 'index', symbol: { ...good!, index: 10 }, target },
      { fault: 'target', symbol: good!, target: { axis: 'primary', index: 10 } as const },
      { fault: 'length', symbol: { ...good!, data: good!.data.subarray(2) }, target },
      { fault: 'proof', symbol: { ...good!, data: good!.data.map((b) => b ^ 1) }, target },
      { fault: 'proof', symbol: { ...good!, index: (good!.index + 1) % 10 }, target },
      { fault: 'proof', symbol: { ...good!, proof: good!.proof.slice(1) }, target },
      { fault: 'proof', symbol: { ...good!, proof: [...good!.proof, null] }, target },
      { fault: 'proof', symbol: good!, target: { axis: 'primary', index: 7 } as const },
    ];
    for (const { fault, symbol, target: claimed } of forged) {
      expect(() => encoder.verifyRecoverySymbol(encoded.metadata, claimed, symbol))
        .to.throw(InvalidRecoverySymbolError)
        .with.property('fault', fault);
    }
    const bad = symbols.map((symbol, x) => (x < 3 ? { ...symbol, data: symbol.data.map((b) => b ^ 255) } : symbol));
    const recovered = await encoder.recoverSliver(encoded.metadata, target, bad);
    expect(recovered.data).to.deep.equal(encoded.slivers[8]!.primary.data);
    const error = await rejection(
      NotEnoughSymbolsError,
      encoder.recoverSliver(encoded.metadata, target, bad.slice(0, 9)),
    );
    expect(error).to.include({ what: 'symbols', available: 6, needed: 7 });
    const unproven = bad.map(({ index, data }) => ({ index, data }));
    await rejection(RecoveredSliverMismatchError, encoder.recoverSliver(encoded.metadata, target, unproven));
  });
});

/** A blob whose writer put another hash in place of that of one sliver. */
async function inconsistentBlob(
  encoder: BlobEncoder,
  target: SliverTarget,
): Promise<{ encoded: EncodedBlob; blobId: Uint8Array; metadata: BlobMetadata }> {
  const encoded = await encoder.encode(random.bytes(1500));
  const n = encoder.shardCount;
  const pair = target.axis === 'primary' ? target.index : n - 1 - target.index;
  const forged = MerkleTree.ofLeaves([Uint8Array.of(1), Uint8Array.of(2)]).root!;
  const hashes = encoded.metadata.hashes.map((entry, t) =>
    t !== pair ? entry : target.axis === 'primary' ? { ...entry, primaryHash: forged } : { ...entry, secondaryHash: forged },
  );
  const metadata = { ...encoded.metadata, hashes };
  return { encoded, metadata, blobId: deriveBlobId(metadata.unencodedLength, computeRootHash(metadata)) };
}

describe('encoding: inconsistency proofs', () => {
  for (const target of [{ axis: 'primary', index: 9 }, { axis: 'secondary', index: 2 }] as const) {
    it(`made and verified for a ${target.axis} sliver`, async () => {
      const encoder = new BlobEncoder(10);
      const { encoded, metadata, blobId } = await inconsistentBlob(encoder, target);
      encoder.verifyMetadata({ blobId, metadata });
      const symbols = await symbolsFor(encoder, encoded, target, 10);
      await rejection(RecoveredSliverMismatchError, encoder.recoverSliver(metadata, target, symbols));

      const proof = await encoder.createInconsistencyProof(metadata, target, symbols);
      expect(proof.symbols.length).to.equal(needed(encoder, target.axis));
      const received = decodeInconsistencyProof(target.axis, encodeInconsistencyProof(proof));
      await encoder.verifyInconsistencyProof(metadata, received);

      const rejected = [
        { ...proof, symbols: proof.symbols.slice(1) },
        { ...proof, symbols: [...proof.symbols, proof.symbols[0]!] },
        { ...proof, symbols: proof.symbols.map((symbol, x) => (x === 0 ? proof.symbols[1]! : symbol)) },
        { ...proof, symbols: proof.symbols.map((s, x) => (x === 2 ? { ...s, data: s.data.map((b) => b ^ 1) } : s)) },
        { ...proof, targetIndex: (proof.targetIndex + 1) % 10 },
        { ...proof, targetIndex: 10 },
      ];
      for (const wrong of rejected) {
        await rejection(InvalidInconsistencyProofError, encoder.verifyInconsistencyProof(metadata, wrong));
      }
      // The same symbols prove nothing against the honest metadata.
      await rejection(InvalidInconsistencyProofError, encoder.verifyInconsistencyProof(encoded.metadata, proof));
      await rejection(
        InvalidInconsistencyProofError,
        encoder.createInconsistencyProof(encoded.metadata, target, symbols),
      );
      await rejection(
        NotEnoughSymbolsError,
        encoder.createInconsistencyProof(metadata, target, symbols.slice(0, 2)),
      );
    });
  }

  it('leaf and pair preimages cannot be confused', () => {
    expect(hashLeaf(new Uint8Array(64))).to.not.deep.equal(MerkleTree.ofLeaves([new Uint8Array(64), new Uint8Array(64)]).root);
  });
});
