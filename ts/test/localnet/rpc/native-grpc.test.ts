/** Native gRPC on the port of gRPC-web, by a plain HTTP/2 client. */
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { expect } from 'chai';
import { GrpcTypes, SuiGrpcClient } from '@mysten/sui/grpc';
import type { IMessageType } from '@protobuf-ts/runtime';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { createRpcServer, type RunningServer } from '../../../src/localnet/rpc/index.js';
import { FakeLedger } from './fake-ledger.js';

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly messages: Uint8Array[];
}

function frame(message: Uint8Array, flag = 0): Buffer {
  const header = Buffer.alloc(5);
  header[0] = flag;
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

describe('native gRPC', () => {
  let ledger: FakeLedger;
  let server: RunningServer;
  let session: ClientHttp2Session;

  beforeEach(async () => {
    ledger = new FakeLedger();
    server = await createRpcServer(ledger, { port: 0 });
    session = connect(server.url);
  });
  afterEach(async () => {
    session.destroy();
    await server.close();
  });

  async function call(path: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers });
    let answered: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on('response', (fields) => (answered = fields));
    stream.on('trailers', (fields) => (trailers = fields));
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    // In pieces: a frame need not arrive in one.
    for (let at = 0; at < body.length; at += 7_000) stream.write(body.subarray(at, at + 7_000));
    stream.end();
    await once(stream, 'close');
    const messages: Uint8Array[] = [];
    for (let rest = Buffer.concat(chunks); rest.length > 0; ) {
      expect(rest[0]).equal(0);
      const end = 5 + rest.readUInt32BE(1);
      messages.push(rest.subarray(5, end));
      rest = rest.subarray(end);
    }
    return { headers: answered, trailers, messages };
  }
  const encode = <T extends object>(type: IMessageType<T>, message: T): Buffer => frame(type.toBinary(message));

  it('answers a call with its message, and the status in trailers', async () => {
    const request = encode(GrpcTypes.GetServiceInfoRequest, GrpcTypes.GetServiceInfoRequest.create());
    for (const type of ['application/grpc', 'application/grpc+proto']) {
      const answer = await call('/sui.rpc.v2.LedgerService/GetServiceInfo', request, { 'content-type': type });
      expect(answer.headers).include({ ':status': 200, 'content-type': 'application/grpc' });
      expect(answer.trailers['grpc-status']).equal('0');
      expect(answer.messages).length(1);
      const web = await new SuiGrpcClient({ network: 'localnet', baseUrl: server.url }).ledgerService.getServiceInfo({});
      expect(GrpcTypes.GetServiceInfoResponse.fromBinary(answer.messages[0]!)).deep.equal(web.response);
    }
  });

  it('gives statuses with message and details', async () => {
    const request = GrpcTypes.GetObjectRequest.create({ objectId: normalizeSuiAddress('0xdead') });
    const missing = await call('/sui.rpc.v2.LedgerService/GetObject', encode(GrpcTypes.GetObjectRequest, request));
    expect(missing.trailers['grpc-status']).equal('5');
    expect(missing.trailers['grpc-message']).match(/not found/);
    expect(missing.messages).length(0);
    const bad = await call('/sui.rpc.v2.LedgerService/GetObject', encode(GrpcTypes.GetObjectRequest, GrpcTypes.GetObjectRequest.create({ objectId: 'x' })));
    expect(bad.trailers).include.keys('grpc-status-details-bin');
    for (const [name, path, body, status] of [
      ['an unknown method', '/sui.rpc.v2.LedgerService/Nothing', frame(new Uint8Array()), '12'],
      ['no service at all', '/nothing', frame(new Uint8Array()), '12'],
      ['a damaged message', '/sui.rpc.v2.LedgerService/GetObject', frame(Uint8Array.of(255, 255)), '3'],
      ['a compressed message', '/sui.rpc.v2.LedgerService/GetObject', frame(new Uint8Array(), 1), '12'],
      ['half a frame', '/sui.rpc.v2.LedgerService/GetObject', frame(new Uint8Array(9)).subarray(0, 8), '3'],
      ['too large a message', '/sui.rpc.v2.LedgerService/GetObject', frame(new Uint8Array(5 * 1024 * 1024)), '8'],
    ] as const) {
      const answer = await call(path, body);
      expect(answer.headers[':status'], name).equal(200);
      expect(answer.trailers['grpc-status'] ?? answer.headers['grpc-status'], name).equal(status);
    }
  });

  it('streams, and ends the stream when the client leaves', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/sui.rpc.v2.SubscriptionService/SubscribeCheckpoints', 'content-type': 'application/grpc' });
    stream.end(frame(new Uint8Array()));
    await once(stream, 'response');
    const first = once(stream, 'data') as Promise<[Buffer]>;
    ledger.advanceCheckpoint();
    const [bytes] = await first;
    const message = GrpcTypes.SubscribeCheckpointsResponse.fromBinary(bytes.subarray(5, 5 + bytes.readUInt32BE(1)));
    expect(message.cursor).equal(ledger.checkpoints.at(-1)?.sequenceNumber);
    stream.close();
    await once(stream, 'close');
    const again = await call('/sui.rpc.v2.LedgerService/GetServiceInfo', frame(new Uint8Array()));
    expect(again.trailers['grpc-status']).equal('0');
  });

  it('ends a call at its deadline', async () => {
    const answer = await call('/sui.rpc.v2.SubscriptionService/SubscribeCheckpoints', frame(new Uint8Array()), { 'grpc-timeout': '20m' });
    expect(answer.trailers['grpc-status']).equal('4');
  });

  it('leaves HTTP/1.1 and gRPC-web as they are, byte by byte too', async () => {
    const socket = connectTcp(server.port, '127.0.0.1');
    const request = 'GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
    for (const character of request.slice(0, 4)) {
      socket.write(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.write(request.slice(4));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).match(/^HTTP\/1\.1 200 [\s\S]*OK$/);
    const plain = session.request({ ':path': '/health' });
    const [headers] = (await once(plain, 'response')) as [IncomingHttpHeaders];
    expect(headers[':status']).equal(200);
  });

  it('closes with silent and with busy connections open', async () => {
    const silent = connectTcp(server.port, '127.0.0.1');
    const closed = once(silent, 'close');
    silent.resume();
    await once(silent, 'connect');
    const stream = session.request({ ':method': 'POST', ':path': '/sui.rpc.v2.SubscriptionService/SubscribeCheckpoints', 'content-type': 'application/grpc' });
    stream.on('error', () => undefined);
    session.on('error', () => undefined);
    stream.end(frame(new Uint8Array()));
    await once(stream, 'response');
    await server.close();
    await closed;
    server = await createRpcServer(ledger, { port: 0 });
  });
});
