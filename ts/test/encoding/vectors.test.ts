import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { BlobEncoder, blobIdFromText, blobIdToText, blobIdToU256 } from '../../src/encoding/index.js';
import type { EncodedBlob } from '../../src/encoding/index.js';
import { BLOB_VECTORS, generatedBlob } from './blob-vectors.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function payloads(encoded: EncodedBlob): { primary: Uint8Array[]; secondary: Uint8Array[] } {
  return {
    primary: encoded.slivers.map(({ primary }) => primary.data),
    secondary: encoded.slivers.map(({ secondary }) => secondary.data).reverse(),
  };
}

describe('encoding: vectors of the specification', () => {
  for (const vector of BLOB_VECTORS) {
    it(`${vector.shards} shards, ${vector.length} bytes`, async () => {
      const encoder = new BlobEncoder(vector.shards);
      const encoded = await encoder.encode(generatedBlob(vector.length));
      expect(blobIdToText(encoded.blobId)).to.equal(vector.blobId);
      expect(hex(encoded.rootHash)).to.equal(vector.rootHash);
      expect(encoded.slivers[0]!.primary.symbolSize).to.equal(vector.symbolSize);

      const { primary, secondary } = payloads(encoded);
      const ends = [primary[0]!, primary.at(-1)!, secondary[0]!, secondary.at(-1)!];
      expect(ends.map((payload) => sha256(payload).slice(0, 32))).to.deep.equal(vector.payloads);
      expect(sha256(Buffer.concat([...primary, ...secondary]))).to.equal(vector.allPayloads);

      const computed = await encoder.computeMetadata(generatedBlob(vector.length));
      expect(hex(computed.blobId)).to.equal(hex(encoded.blobId));
      expect(computed.metadata).to.deep.equal(encoded.metadata);
    });
  }

  it('upstream regression string', async () => {
    const blob = new TextEncoder().encode('walrus blob id v1 regression test');
    const { blobId } = await new BlobEncoder(10).computeMetadata(blob);
    expect(blobIdToText(blobId)).to.equal('RcU82Mwf-CFkv1LaI_2qcpANwpGUuG3TMwnVzZxD2kY');
    expect(hex(blobIdFromText(blobIdToText(blobId)))).to.equal(hex(blobId));
    expect(blobIdToU256(blobId) & 0xffn).to.equal(BigInt(blobId[0]!));
  });
});
