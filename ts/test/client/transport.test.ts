/** The two ways to a node: over sockets and through a `fetch`. One suite for both; what only sockets can do apart. */
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { AnswerTooLarge, fetchTransport, socketTransport, type TransportRequest } from '../../src/client/transport.js';

const never = new AbortController().signal;
const get: TransportRequest = { method: 'GET', signal: never, maxBytes: 1000 };

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

async function listening(server: net.Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const transports = { sockets: socketTransport, fetch: fetchTransport((url, init) => fetch(url, init)) };

for (const [name, transport] of Object.entries(transports)) {
  describe(`transport: ${name}`, () => {
    let server: http.Server;
    let root: string;
    let hanging: Promise<void>;

    before(async () => {
      let announce = (): void => undefined;
      hanging = new Promise((resolve) => (announce = resolve));
      server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { url, method, headers } = request;
          if (url === '/echo') {
            response.writeHead(201, { 'x-method': method });
            response.end(Buffer.concat([Buffer.from(`${method} ${headers['content-type'] ?? 'nothing'} `), ...chunks]));
          } else if (url === '/declared') {
            response.writeHead(200, { 'content-length': 1001 });
            response.end(Buffer.alloc(1001));
          } else if (url === '/endless') {
            const more = (): void => void (response.destroyed || response.write(Buffer.alloc(400), more));
            more();
          } else if (url === '/cut') {
            response.writeHead(200, { 'content-length': 100 });
            response.write('less', () => response.destroy());
          } else if (url === '/hang') announce();
          else response.writeHead(404).end('no such page');
        });
      });
      root = await listening(server);
    });

    after(() => {
      server.close();
      server.closeAllConnections();
    });

    it('sends octets and gives the answer with its code', async () => {
      const { status, body } = await transport(`${root}/echo`, { ...get, method: 'PUT', body: Buffer.from('sliver') });
      expect([status, Buffer.from(body).toString()]).to.deep.equal([201, 'PUT application/octet-stream sliver']);
    });

    it('sends an empty body, and none', async () => {
      const put = await transport(`${root}/echo`, { ...get, method: 'PUT', body: new Uint8Array(0) });
      expect(Buffer.from(put.body).toString()).to.equal('PUT application/octet-stream ');
      expect(Buffer.from((await transport(`${root}/echo`, get)).body).toString()).to.equal('GET nothing ');
    });

    it('gives bytes whose slices are copies', async () => {
      const { body } = await transport(`${root}/echo`, get);
      expect(body.constructor).to.equal(Uint8Array);
    });

    it('gives refusals like other answers', async () => {
      const { status, body } = await transport(`${root}/nowhere`, get);
      expect([status, Buffer.from(body).toString()]).to.deep.equal([404, 'no such page']);
    });

    for (const path of ['declared', 'endless']) {
      it(`takes no more than allowed of an answer that is ${path}`, async () => {
        expect(await rejection(transport(`${root}/${path}`, get))).to.be.instanceOf(AnswerTooLarge);
      });
    }

    it('takes an answer of exactly the allowed length', async () => {
      expect((await transport(`${root}/declared`, { ...get, maxBytes: 1001 })).body).to.have.length(1001);
    });

    it('rejects when the answer is cut off', async () => {
      expect(await rejection(transport(`${root}/cut`, get))).to.be.instanceOf(Error);
    });

    it('rejects when nobody listens', async () => {
      const nobody = net.createServer();
      const address = await listening(nobody);
      await new Promise((done) => nobody.close(done));
      expect(await rejection(transport(`${address}/echo`, get))).to.be.instanceOf(Error);
    });

    it('is called off before and while it waits, for the reason given', async () => {
      expect(await rejection(transport(`${root}/echo`, { ...get, signal: AbortSignal.abort('early') }))).to.equal('early');
      const caller = new AbortController();
      const waiting = rejection(transport(`${root}/hang`, { ...get, signal: caller.signal }));
      await hanging;
      caller.abort('no longer wanted');
      expect(await waiting).to.equal('no longer wanted');
    });
  });
}

describe('sockets that stay open', () => {
  let server: net.Server;
  let connections: net.Socket[];

  afterEach(() => {
    server.close();
    for (const socket of connections) socket.destroy();
  });

  /** Answers `answers` requests of every connection, then closes it when the next one comes. */
  function closing(answers: number): Promise<string> {
    connections = [];
    server = net.createServer((socket) => {
      connections.push(socket);
      let left = answers;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        if (left-- > 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok');
        else socket.destroy();
      });
    });
    return listening(server);
  }

  it('are used again', async () => {
    const root = await closing(3);
    for (let i = 0; i < 3; i++) await socketTransport(root, get);
    expect(connections).to.have.length(1);
  });

  it('are replaced when the node has closed them meanwhile', async () => {
    const root = await closing(1);
    for (let i = 1; i <= 3; i++) {
      const { status } = await socketTransport(root, { ...get, method: 'PUT', body: Buffer.from('again') });
      expect([status, connections.length]).to.deep.equal([200, i]);
    }
  });

  it('are not replaced when they were new', async () => {
    const root = await closing(0);
    expect(await rejection(socketTransport(root, get))).to.have.property('code', 'ECONNRESET');
    expect(connections).to.have.length(1);
  });
});
