/** Openings and blob sets against the vectors that `scripts/tables/openings.mjs` made with the official encoder. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect } from 'chai';
import { BlobEncoder, pairOfShard, u256ToBytes } from '../../src/encoding/index.js';
import { BlobOpenings, BlobSet, isAnswered } from '../../src/protocol/index.js';

const table = readFileSync(fileURLToPath(new URL('../../../move/walrus_audit/tests/openings.move', import.meta.url)), 'utf8');
/** Body of a function of the table. */
const body = (name: string) => new RegExp(`fun ${name}\\([^{]*\\{([\\s\\S]*?)\\n?\\}`).exec(table)![1]!;
const digests = (text: string) => [...text.matchAll(/x"([0-9a-f]+)"/g)].map(([, hex]) => hexToBytes(hex!));
const number = (name: string) => BigInt(body(name).trim());
/** Values of the primary and of the secondary axis. */
const axes = (name: string) => body(name).split('else').map(digests);

const AXES = ['primary', 'secondary'] as const;
const SHARDS = 10;
const PATH_NODES = 4;

describe('openings of audits', () => {
  let openings: BlobOpenings;
  let symbols: Awaited<ReturnType<BlobEncoder['recoverySymbols']>>[];
  const shard = Number(number('shard'));

  before(async () => {
    const encoder = new BlobEncoder(SHARDS);
    const blob = Uint8Array.from({ length: Number(number('size')) }, (_, i) => (31 * i + 7) % 256);
    const { blobId, metadata, slivers } = await encoder.encode(blob);
    expect(blobId).to.deep.equal(u256ToBytes(number('blob_id')));
    const pair = slivers[pairOfShard(shard, blobId, SHARDS)]!;
    openings = new BlobOpenings(blobId, metadata);
    const all = Array.from({ length: SHARDS }, (_, i) => i);
    symbols = await Promise.all([pair.primary, pair.secondary].map((sliver) => encoder.recoverySymbols(sliver, all)));
  });

  it('opens every symbol of both slivers of a pair', () => {
    for (const [a, axis] of AXES.entries()) {
      const [expected, paths] = [axes('symbols')[a]!, axes('symbol_paths')[a]!];
      for (let symbol = 0; symbol < SHARDS; symbol++) {
        expect(openings.open({ shard, axis, symbol }, symbols[a]![symbol]!), `${axis} ${symbol}`).to.deep.equal({
          rootHash: number('root_hash'),
          sizeBytes: number('size'),
          encodingType: 1,
          primaryRoot: digests(body('sliver_roots'))[0],
          secondaryRoot: digests(body('sliver_roots'))[1],
          pairPath: digests(body('pair_path')),
          symbol: expected[symbol],
          symbolPath: paths.slice(symbol * PATH_NODES, (symbol + 1) * PATH_NODES),
        });
      }
    }
  });

  it('opens nothing that the metadata does not commit to', () => {
    const proven = symbols[0]![2]!;
    const data = proven.data.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    expect(openings.open({ shard, axis: 'primary', symbol: 2 }, { ...proven, data })).to.equal(undefined);
    expect(openings.open({ shard, axis: 'primary', symbol: 3 }, proven)).to.equal(undefined);
    expect(openings.open({ shard, axis: 'secondary', symbol: 2 }, proven)).to.equal(undefined);
    expect(openings.open({ shard: (shard + 1) % SHARDS, axis: 'primary', symbol: 2 }, proven)).to.equal(undefined);
  });

  it('makes trees of lists of blob IDs', () => {
    const ids = digests(body('ids'));
    const roots = digests(body('list_roots'));
    const paths = digests(body('list_paths'));
    let at = 0;
    for (let count = 1; count <= ids.length; count++) {
      const set = new BlobSet(ids.slice(0, count));
      expect([set.count, set.root]).to.deep.equal([BigInt(count), roots[count - 1]]);
      for (let leaf = 0; leaf < count; leaf++) {
        const path = set.path(leaf);
        expect(path).to.deep.equal(paths.slice(at, at + path.length));
        at += path.length;
      }
    }
    expect(at).to.equal(paths.length);
    expect(new BlobSet([]).root).to.deep.equal(new Uint8Array(32));
  });

  it('reads bitmaps of answers', () => {
    const bitmap = Uint8Array.of(0b10, 0b1);
    expect([0, 1, 8, 9].map((k) => isAnswered(bitmap, k))).to.deep.equal([false, true, true, false]);
    expect(isAnswered(undefined, 0)).to.equal(false);
  });
});
