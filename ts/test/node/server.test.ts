/** The storage node's app on a socket: bodies, limits and headers, which requests in memory do not have. */
import net from 'node:net';
import { expect } from 'chai';
import { blobIdToText, encodeBlobMetadata, type EncodedBlob } from '../../src/encoding/index.js';
import { MemoryStore, serveApp, type RunningServer } from '../../src/node/index.js';
import { createNode, encode, FakeChain, happen, registered } from './fake-chain.js';

const METADATA_LIMIT_BYTES = 2 * 1024 * 1024;

describe('a storage node on a socket', () => {
  let server: RunningServer;
  let defects: Error[];
  let blob: EncodedBlob;
  let path: string;

  beforeEach(async () => {
    defects = [];
    const chain = new FakeChain();
    const store = new MemoryStore();
    const { app } = createNode(store, chain, { onDefect: (error) => defects.push(error) });
    blob = await encode('a walrus behind a socket');
    await happen(store, blob.blobId, registered());
    path = `/v1/blobs/${blobIdToText(blob.blobId)}/metadata`;
    server = await serveApp(app);
  });

  afterEach(async () => {
    await server.close();
    expect(defects).to.deep.equal([]);
  });

  const url = (): string => `http://${server.address}${path}`;
  const put = (body: RequestInit['body'], more: object = {}) =>
    fetch(url(), { method: 'PUT', body: body!, headers: { 'content-type': 'application/octet-stream' }, ...more });
  const streamOf = (...chunks: readonly Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  const chunked = { duplex: 'half' };

  /** Sends bytes as they are and gives the first line of the answer. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = net.connect(server.port, server.host, () => socket.write(text));
      socket.once('error', reject);
      socket.once('data', (answer) => {
        resolve(answer.toString('latin1').split('\r\n')[0]!);
        socket.destroy();
      });
    });

  it('takes a body of declared length, and one in chunks', async () => {
    const body = encodeBlobMetadata(blob.metadata);
    expect((await put(streamOf(body.slice(0, 100), body.slice(100)), chunked)).status).to.equal(201);
    expect((await put(body as Uint8Array<ArrayBuffer>)).status).to.equal(200);
  });

  it('refuses a body that is too large by its length, before it comes', async () => {
    const head = `PUT ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${METADATA_LIMIT_BYTES + 1}\r\n\r\n`;
    expect(await raw(head)).to.match(/^HTTP\/1.1 403 /);
  });

  it('refuses a body in chunks as soon as it is too large', async () => {
    const half = new Uint8Array(METADATA_LIMIT_BYTES / 2);
    const refused = await put(streamOf(half, half, new Uint8Array(1)), chunked);
    expect(await refused.json()).to.have.nested.property('error.details[0].reason', 'BODY_TOO_LARGE');
  });

  it('refuses a body with both a length and chunks', async () => {
    const head = `PUT ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`;
    expect(await raw(`${head}3\r\nabc\r\n0\r\n\r\n`)).to.match(/^HTTP\/1.1 400 /);
  });

  it('lets pages of other origins read answers and refusals', async () => {
    for (const answer of [await fetch(url()), await put('no metadata'), await fetch(`${url()}?unknown=1`)]) {
      expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
    }
  });

  it('answers browsers that ask before they send', async () => {
    const headers = { origin: 'https://example.com', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' };
    const answer = await fetch(url(), { method: 'OPTIONS', headers });
    expect(answer.status).to.equal(204);
    expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
    expect(answer.headers.get('access-control-allow-methods')).to.include('PUT');
    expect(answer.headers.get('access-control-allow-headers')).to.include('content-type');
  });
});
