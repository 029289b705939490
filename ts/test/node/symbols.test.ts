/** Recovery and decoding symbols, inconsistency proofs, and the query strings around them (HTTP specification §2.8–2.10). */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Hono } from 'hono';
import {
  BlobEncoder,
  blobIdToText,
  computeRootHash,
  decodeDecodingSymbolListing,
  decodeGeneralRecoverySymbols,
  deriveBlobId,
  encodeBlobMetadata,
  encodeInconsistencyProof,
  encodeSliverData,
  MerkleTree,
  pairOfShard,
  pairOfSliver,
  type Axis,
  type BlobMetadata,
  type EncodedBlob,
} from '../../src/encoding/index.js';
import { MemoryStore, type NodeContext } from '../../src/node/index.js';
import { invalidBlobIdMessage, verifyBls } from '../../src/protocol/index.js';
import { createNode, encode, EPOCH, FakeChain, happen, member, protocolKey, registered, SHARDS } from './fake-chain.js';

const encoder = new BlobEncoder(SHARDS);
/** Seven shards: f = 2, three rows, five columns. */
const [ROWS, COLUMNS] = [3, 5];

describe('symbols of a storage node', () => {
  let store: MemoryStore;
  let chain: FakeChain;
  let app: Hono;
  let context: NodeContext;
  let blocked: boolean;
  let blob: EncodedBlob;
  let root: string;

  beforeEach(async () => {
    store = new MemoryStore();
    chain = new FakeChain();
    blocked = false;
    ({ app, context } = createNode(store, chain, { isBlocked: () => blocked }));
    blob = await encode('a walrus on the ice, with fish');
    root = `/v1/blobs/${blobIdToText(blob.blobId)}`;
    await happen(store, blob.blobId, registered());
    await store.putMetadata(blob.blobId, encodeBlobMetadata(blob.metadata));
    for (const shard of member.shards) {
      const { primary, secondary } = blob.slivers[pairOfShard(shard, blob.blobId, SHARDS)]!;
      await store.putSliver({ blobId: blob.blobId, shard, axis: 'primary' }, primary.framed);
      await store.putSliver({ blobId: blob.blobId, shard, axis: 'secondary' }, secondary.framed);
    }
  });

  const pairs = () => member.shards.map((shard) => pairOfShard(shard, blob.blobId, SHARDS));
  /** Indices of the slivers of an axis that the node holds. */
  const held = (axis: Axis) => pairs().map((pair) => (axis === 'primary' ? pair : SHARDS - 1 - pair));
  const foreign = (axis: Axis) => Array.from({ length: SHARDS }, (_, i) => i).filter((i) => !held(axis).includes(i));
  const bytesOf = async (response: Response) => {
    expect([response.status, response.headers.get('content-type')]).to.deep.equal([200, 'application/octet-stream']);
    return new Uint8Array(await response.arrayBuffer());
  };
  async function expectRefusal(url: string, code: number, reason: string, domain = 'storage.walrus.space'): Promise<void> {
    const response = await app.request(url);
    const { error } = (await response.json()) as { error: { code: number; details: { reason: string; domain: string }[] } };
    expect(response.status).to.equal(code);
    expect([error.code, error.details[0]!.reason, error.details[0]!.domain]).to.deep.equal([code, reason, domain]);
  }

  for (const axis of ['primary', 'secondary'] as const) {
    const source = axis === 'primary' ? 'secondary' : 'primary';

    it(`gives every symbol of a ${axis} sliver that it holds, with proofs`, async () => {
      for (let index = 0; index < SHARDS; index++) {
        const answer = await app.request(`${root}/recoverySymbols?targetSliver=${index}&targetType=${axis}&proofAxis=${source}`);
        const symbols = decodeGeneralRecoverySymbols(await bytesOf(answer));
        expect(symbols.map((symbol) => symbol.index)).to.deep.equal(held(source));
        for (const symbol of symbols) {
          expect([symbol.targetAxis, symbol.targetIndex]).to.deep.equal([axis, index]);
          encoder.verifyRecoverySymbol(blob.metadata, { axis, index }, symbol);
        }
      }
    });

    it(`gives symbols without proofs for systematic ${axis} slivers`, async () => {
      const answer = await app.request(`${root}/decodingSymbols?targetSlivers=1&targetSlivers=0&targetType=${axis}`);
      const listing = decodeDecodingSymbolListing(await bytesOf(answer));
      expect([...listing.keys()]).to.deep.equal([0, 1]);
      for (const [index, symbols] of listing) {
        const pair = pairOfSliver(axis, index, SHARDS);
        const expanded = await encoder.expandSliver(blob.slivers[pair]![axis]);
        const { symbolSize } = blob.slivers[pair]![axis];
        for (const symbol of symbols) {
          expect(symbol.targetAxis).to.equal(axis);
          expect(symbol.data).to.deep.equal(expanded.slice(symbol.index * symbolSize, (symbol.index + 1) * symbolSize));
        }
        expect(symbols.map((symbol) => symbol.index)).to.have.members(held(source));
      }
      const systematic = axis === 'primary' ? ROWS : COLUMNS;
      const beyond = `${root}/decodingSymbols?targetSlivers=${systematic}&targetType=${axis}`;
      await expectRefusal(beyond, 400, 'RECOVERY_SYMBOL_OUT_OF_RANGE');
    });
  }

  it('answers symbols by ID in the order of the request, leaving out what it cannot give', async () => {
    const [mine, other] = [held('primary')[1]!, foreign('secondary')[0]!];
    const [theirs] = foreign('primary');
    const ids = [`${theirs}-${other}`, `${mine}-${other}`, `${theirs}-${held('secondary')[0]!}`, `99-1`];
    const symbols = decodeGeneralRecoverySymbols(await bytesOf(await app.request(`${root}/recoverySymbols?id=${ids.join('&id=')}`)));
    expect(symbols.map(({ targetAxis, targetIndex, index }) => [targetAxis, targetIndex, index])).to.deep.equal([
      ['secondary', other, mine],
      ['primary', theirs, held('secondary')[0]!],
    ]);
  });

  it('gives the cell from the axis that is asked for', async () => {
    const [row, column] = [held('primary')[0]!, held('secondary')[0]!];
    for (const source of ['primary', 'secondary'] as const) {
      const answer = await app.request(`${root}/recoverySymbols?id=${row}-${column}&proofAxis=${source}`);
      const [symbol] = decodeGeneralRecoverySymbols(await bytesOf(answer));
      expect(symbol!.index).to.equal(source === 'primary' ? row : column);
    }
  });

  it('refuses in the order of the specification', async () => {
    const url = `${root}/recoverySymbols`;
    const [row] = foreign('primary');
    const column = foreign('secondary').find((index) => pairOfSliver('secondary', index, SHARDS) !== row)!;
    await expectRefusal(url, 400, 'NO_SYMBOLS_SPECIFIED');
    await expectRefusal(`${url}?targetSliver=1`, 400, 'INVALID_FILTER');
    await expectRefusal(`${url}?targetType=primary`, 400, 'INVALID_FILTER');
    await expectRefusal(`${url}?targetSliver=1&targetType=primary&proofAxis=primary`, 400, 'INVALID_FILTER');
    await expectRefusal(`${url}?targetSliver=1&targetType=primary&id=1-1`, 400, 'INVALID_FILTER');
    await expectRefusal(`${url}?id=${Array(5000).fill('1-1').join('&id=')}`, 400, 'INVALID_FILTER');
    await expectRefusal(`${url}?targetSliver=7&targetType=primary`, 400, 'INDEX_OUT_OF_RANGE');
    await expectRefusal(`${url}?id=7-0`, 400, 'INDEX_OUT_OF_RANGE');
    await expectRefusal(`${url}?id=${row}-${column}`, 400, 'SYMBOL_NOT_PRESENT_AT_SHARDS');
    await expectRefusal(`${url}?id=${row}-${column}&proofAxis=primary`, 400, 'SHARD_NOT_ASSIGNED');
    await expectRefusal(`${root}/decodingSymbols?targetType=primary`, 400, 'NO_TARGET_SLIVERS_SPECIFIED');
    for (const shard of member.shards) await store.removeSliver({ blobId: blob.blobId, shard, axis: 'primary' });
    await expectRefusal(`${url}?targetSliver=1&targetType=secondary`, 404, 'SLIVER_NOT_FOUND');
    await expectRefusal(`${root}/decodingSymbols?targetSlivers=1&targetType=secondary`, 404, 'SLIVER_NOT_FOUND');
    chain.state.epoch = EPOCH + 9;
    await expectRefusal(`${url}?targetSliver=1&targetType=primary`, 404, 'SLIVER_NOT_FOUND');
    blocked = true;
    await expectRefusal(`${url}?targetSliver=1&targetType=primary`, 451, 'FORBIDDEN_BLOB');
    await expectRefusal(`${root}/decodingSymbols?targetSlivers=1&targetType=primary`, 451, 'FORBIDDEN_BLOB');
    await expectRefusal(`${root}/metadata`, 451, 'FORBIDDEN_BLOB');
    await expectRefusal(`${root}/slivers/0/primary`, 451, 'FORBIDDEN_BLOB');
  });

  for (const query of ['id=1', 'id=a-b', 'id=70000-1', 'targetSliver=x&targetType=primary', 'targetSliver=1&targetType=both', 'id=1-1&colour=red']) {
    it(`answers ?${query} with plain text 400`, async () => {
      const response = await app.request(`${root}/recoverySymbols?${query}`);
      expect([response.status, response.headers.get('content-type')?.split(';')[0]]).to.deep.equal([400, 'text/plain']);
    });
  }

  it('serves so many symbol requests at a time and refuses the others with 503', async () => {
    ({ app } = createNode(store, chain, { limits: { symbols: 2 } }));
    const url = `${root}/recoverySymbols?targetSliver=1&targetType=primary`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.request(url)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 200, 503, 503, 503]);
    const refused = answers.find(({ status }) => status === 503)!;
    const { error } = (await refused.json()) as { error: { status: string; details: { domain: string }[] } };
    expect([error.status, error.details[0]!.domain]).to.deep.equal(['UNAVAILABLE', 'global']);
    expect((await app.request(url)).status).to.equal(200);
  });

  describe('inconsistency proofs', () => {
    let bad: BlobMetadata;
    let badId: Uint8Array;
    const post = (body: Uint8Array, axis = 'primary', id = badId) =>
      app.request(`/v1/blobs/${blobIdToText(id)}/inconsistencyProof/${axis}`, { method: 'POST', body: body as Uint8Array<ArrayBuffer> });
    const reasonOf = async (response: Response) =>
      [response.status, ((await response.json()) as { error: { details: { reason: string }[] } }).error.details[0]!.reason];
    const target = { axis: 'primary', index: 4 } as const;

    async function proofSymbols(indices: readonly number[]) {
      return Promise.all(
        indices.map((index) => encoder.recoverySymbol(blob.slivers[pairOfSliver('secondary', index, SHARDS)]!.secondary, target.index)),
      );
    }

    /** The metadata of a writer who lies about primary sliver 4. */
    beforeEach(async () => {
      const wrong = { ...blob.slivers[target.index]!.primary, data: blob.slivers[target.index]!.primary.data.map((byte) => byte ^ 1) };
      const { symbolSize } = wrong;
      const expanded = await encoder.expandSliver(wrong);
      const leaves = Array.from({ length: SHARDS }, (_, i) => expanded.slice(i * symbolSize, (i + 1) * symbolSize));
      const hashes = blob.metadata.hashes.map((pair, index) =>
        index === target.index ? { ...pair, primaryHash: MerkleTree.ofLeaves(leaves).root } : pair,
      );
      bad = { ...blob.metadata, hashes };
      badId = deriveBlobId(bad.unencodedLength, computeRootHash(bad));
      await happen(store, badId, registered());
      await store.putMetadata(badId, encodeBlobMetadata(bad));
    });

    it('are confirmed with a signature over the invalid blob ID', async () => {
      const symbols = await proofSymbols([6, 1, 2, 3, 0]);
      const proof = await encoder.createInconsistencyProof(bad, target, symbols);
      const response = await post(encodeInconsistencyProof(proof));
      expect(response.status).to.equal(200);
      const { data } = ((await response.json()) as { success: { data: Record<string, string> } }).success;
      const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
      const message = invalidBlobIdMessage(EPOCH, badId);
      expect(bytes(data['serializedMessage']!)).to.deep.equal(message);
      expect(verifyBls(protocolKey.publicKey, message, bytes(data['signature']!))).to.equal(true);
    });

    it('are refused unless they prove it', async () => {
      const symbols = (await proofSymbols([0, 1, 2, 3, 4])).map(({ index, data, proof }) => ({ index, data, proof }));
      const proofOf = (some: typeof symbols, targetIndex: number = target.index) =>
        encodeInconsistencyProof({ targetAxis: 'primary', targetIndex, symbols: some });
      const good = proofOf(symbols);
      expect(await reasonOf(await post(proofOf(symbols.slice(1))))).to.deep.equal([400, 'INVALID_PROOF']);
      expect(await reasonOf(await post(proofOf([...symbols.slice(1), symbols[1]!])))).to.deep.equal([400, 'INVALID_PROOF']);
      expect(await reasonOf(await post(proofOf(symbols, 3)))).to.deep.equal([400, 'INVALID_PROOF']);
      expect(await reasonOf(await post(good, 'secondary'))).to.deep.equal([400, 'INVALID_PROOF']);
      const forged = [{ ...symbols[0]!, data: symbols[0]!.data.map((byte) => byte ^ 1) }, ...symbols.slice(1)];
      expect(await reasonOf(await post(proofOf(forged)))).to.deep.equal([400, 'INVALID_PROOF']);
      // The same symbols against the metadata of the honest blob.
      expect(await reasonOf(await post(good, 'primary', blob.blobId))).to.deep.equal([400, 'INVALID_PROOF']);
      expect(await reasonOf(await post(good.subarray(1)))).to.deep.equal([400, 'INVALID_CONTENT_TYPE']);
      expect(await reasonOf(await post(good, 'primary', new Uint8Array(32)))).to.deep.equal([400, 'METADATA_NOT_FOUND']);
      expect(await reasonOf(await post(new Uint8Array(3 << 20)))).to.deep.equal([403, 'BODY_TOO_LARGE']);
      expect((await post(good, 'tertiary')).status).to.equal(400);
      expect((await post(good)).status).to.equal(200);
    });
  });

  it('never crashes on arbitrary queries', async () => {
    const name = fc.constantFrom('id', 'targetSliver', 'targetType', 'proofAxis', 'x');
    const value = fc.oneof(fc.constantFrom('primary', 'secondary', '0-0', '1-2', '3', '70000', ''), fc.string({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (entries) => {
        const query = entries.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&');
        const { status } = await app.request(`${root}/recoverySymbols?${query}`);
        expect([200, 400, 404]).to.include(status);
      }),
    );
  });

  it('gives symbols of shards that moved away while their slivers are here', async () => {
    await store.commit({ shards: member.shards.map((shard) => [shard, { status: 'active', since: EPOCH }]) });
    chain.state.committee = [{ ...member, shards: [6] }];
    const sliver = blob.slivers[pairs()[0]!]!.primary;
    expect(await bytesOf(await app.request(`${root}/slivers/${pairs()[0]!}/primary`))).to.deep.equal(encodeSliverData(sliver));
    const answer = await app.request(`${root}/recoverySymbols?targetSliver=1&targetType=primary`);
    expect(decodeGeneralRecoverySymbols(await bytesOf(answer))).to.have.length(member.shards.length);
    expect(context.presentShards()).to.deep.equal([0, 1, 2, 6]);
  });
});
