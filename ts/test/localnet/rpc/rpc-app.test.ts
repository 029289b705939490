/**
 * The HTTP edge: content types, sizes, damaged input, CORS, deadlines, flushing. Frames are made by hand.
 */
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { GrpcTypes } from '@mysten/sui/grpc';
import { fromBase64, toBase64 } from '@mysten/bcs';
import { createRpcApp, createRpcServer, methodPaths } from '../../../src/localnet/rpc/index.js';
import { FakeLedger } from './fake-ledger.js';

const INFO = '/sui.rpc.v2.LedgerService/GetServiceInfo';
const GET_OBJECT = '/sui.rpc.v2.LedgerService/GetObject';
const BINARY = 'application/grpc-web+proto';
const TEXT = 'application/grpc-web-text';

function frame(payload: Uint8Array, flag = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 + payload.length);
  bytes[0] = flag;
  new DataView(bytes.buffer).setUint32(1, payload.length);
  bytes.set(payload, 5);
  return bytes;
}

/** Frames of an answer: messages and trailers. */
function parseFrames(body: Uint8Array): { messages: Uint8Array[]; trailers: Record<string, string> } {
  const messages: Uint8Array[] = [];
  let trailers: Record<string, string> = {};
  for (let offset = 0; offset < body.length; ) {
    const length = new DataView(body.buffer, body.byteOffset + offset).getUint32(1);
    const payload = body.subarray(offset + 5, offset + 5 + length);
    if (body[offset] === 0x80)
      trailers = Object.fromEntries(
        new TextDecoder()
          .decode(payload)
          .trim()
          .split('\r\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
      ) as Record<string, string>;
    else messages.push(payload);
    offset += 5 + length;
  }
  return { messages, trailers };
}

describe('gRPC-web application', () => {
  const ledger = new FakeLedger();
  const app = createRpcApp(ledger);

  async function post(path: string, body: BodyInit, contentType: string, headers: Record<string, string> = {}) {
    const response = await app.request(path, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType, ...headers },
    });
    const raw = new Uint8Array(await response.arrayBuffer());
    const isFramed = response.headers.get('content-type') === BINARY;
    return { response, raw, ...parseFrames(isFramed ? raw : new Uint8Array()) };
  }

  it('serves every method of the services the SDK calls', () => {
    const paths = methodPaths();
    const { LedgerService, StateService, TransactionExecutionService, MovePackageService } = GrpcTypes;
    const { SignatureVerificationService, NameService, SubscriptionService, ForkingService } = GrpcTypes;
    for (const service of [
      LedgerService,
      StateService,
      TransactionExecutionService,
      MovePackageService,
      SignatureVerificationService,
      NameService,
      SubscriptionService,
      ForkingService,
    ])
      for (const method of service.methods) expect(paths).include(`${service.typeName}/${method.name}`);
  });

  it('answers a message and a trailer frame, in the format of the request', async () => {
    const binary = await post(INFO, frame(new Uint8Array()), BINARY);
    expect(binary.response.headers.get('content-type')).equal('application/grpc-web+proto');
    expect(binary.trailers).deep.equal({ 'grpc-status': '0' });
    const info = GrpcTypes.GetServiceInfoResponse.fromBinary(binary.messages[0] as Uint8Array);
    expect(info.chainId).equal(ledger.chainId);
    const text = await post(INFO, toBase64(frame(new Uint8Array())), TEXT);
    expect(text.response.headers.get('content-type')).equal('application/grpc-web-text');
    // Two padded pieces: the message, then the trailers.
    const pieces = new TextDecoder().decode(text.raw).match(/[^=]+=*/g) ?? [];
    const joined = Uint8Array.of(...pieces.flatMap((piece) => [...fromBase64(piece)]));
    expect(parseFrames(joined).trailers).deep.equal({ 'grpc-status': '0' });
  });

  it('accepts a text body in several padded pieces', async () => {
    const bytes = frame(GrpcTypes.GetObjectRequest.toBinary({ objectId: '0x5' }));
    const body = toBase64(bytes.slice(0, 5)) + toBase64(bytes.slice(5));
    const { response } = await post(GET_OBJECT, body, TEXT);
    expect(response.headers.get('grpc-status')).equal('5');
  });

  for (const { name, path, body, type, status, http } of [
    { name: 'an unknown method', path: '/sui.rpc.v2.LedgerService/Nothing', body: frame(new Uint8Array()), type: BINARY, status: 12, http: 200 },
    { name: 'an unknown service', path: '/a.b.C/D', body: frame(new Uint8Array()), type: BINARY, status: 12, http: 200 },
    { name: 'a path of another shape', path: '/a/b/c', body: frame(new Uint8Array()), type: BINARY, status: 12, http: 404 },
    { name: 'JSON', path: INFO, body: '{}', type: 'application/json', status: 3, http: 415 },
    { name: 'native gRPC', path: INFO, body: frame(new Uint8Array()), type: 'application/grpc', status: 3, http: 415 },
    { name: 'another message codec', path: INFO, body: frame(new Uint8Array()), type: 'application/grpc-web+json', status: 3, http: 415 },
    { name: 'an empty body', path: INFO, body: new Uint8Array(), type: BINARY, status: 3, http: 200 },
    { name: 'a frame that is cut', path: INFO, body: frame(new Uint8Array(9)).slice(0, 8), type: BINARY, status: 3, http: 200 },
    { name: 'a frame that lies about its length', path: INFO, body: Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff), type: BINARY, status: 3, http: 200 },
    { name: 'two messages', path: INFO, body: Uint8Array.of(...frame(new Uint8Array()), ...frame(new Uint8Array())), type: BINARY, status: 3, http: 200 },
    { name: 'trailers instead of a message', path: INFO, body: frame(new Uint8Array(), 0x80), type: BINARY, status: 3, http: 200 },
    { name: 'a compressed message', path: INFO, body: frame(new Uint8Array(), 1), type: BINARY, status: 12, http: 200 },
    { name: 'text that is not Base64', path: INFO, body: '***', type: TEXT, status: 3, http: 200 },
    { name: 'malformed protobuf', path: GET_OBJECT, body: frame(Uint8Array.of(0x0a, 0x7f, 1)), type: BINARY, status: 3, http: 200 },
    { name: 'a wire type that does not exist', path: GET_OBJECT, body: frame(Uint8Array.of(0x0f)), type: BINARY, status: 3, http: 200 },
    { name: 'a message over the limit', path: INFO, body: frame(new Uint8Array(4 * 1024 * 1024 + 1)), type: BINARY, status: 8, http: 200 },
    { name: 'a text over the limit', path: INFO, body: 'A'.repeat(6 * 1024 * 1024), type: TEXT, status: 8, http: 200 },
    { name: 'a missing field', path: GET_OBJECT, body: frame(new Uint8Array()), type: BINARY, status: 3, http: 200 },
  ]) {
    it(`refuses ${name} with status ${status}`, async () => {
      const { response, trailers } = await post(path, body, type);
      expect(response.status).equal(http);
      expect(response.headers.get('grpc-status')).equal(String(status));
      if (type === BINARY && http === 200) expect(trailers['grpc-status']).equal(String(status));
    });
  }

  it('skips fields of a newer protocol', async () => {
    const known = GrpcTypes.GetObjectRequest.toBinary({ objectId: '0x77' });
    const unknown = Uint8Array.of(0xfa, 0x3f, 2, 1, 2);
    const { response } = await post(GET_OBJECT, frame(Uint8Array.of(...known, ...unknown)), BINARY);
    expect(response.headers.get('grpc-status')).equal('5');
  });

  it('names the offending field in the details', async () => {
    const { trailers } = await post(GET_OBJECT, frame(new Uint8Array()), BINARY);
    const details = new TextDecoder('latin1').decode(fromBase64(trailers['grpc-status-details-bin'] as string));
    expect(details).include('type.googleapis.com/google.rpc.BadRequest').and.include('object_id').and.include('FIELD_MISSING');
  });

  it('percent-encodes what is not plain in a message', async () => {
    const body = frame(GrpcTypes.GetObjectRequest.toBinary({ objectId: 'größe 100%\r\ngrpc-status:0' }));
    const { trailers } = await post(GET_OBJECT, body, BINARY);
    expect(trailers['grpc-status']).equal('3');
    expect(decodeURIComponent(trailers['grpc-message'] as string)).include('größe 100%\r\ngrpc-status:0');
  });

  it('takes any bytes without an internal error', async () => {
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methodPaths().filter((path) => !path.includes('Subscri') && !path.includes('Forking'))),
        fc.uint8Array({ maxLength: 64 }),
        fc.boolean(),
        async (path, payload, framed) => {
          const body = framed ? frame(payload) : Uint8Array.from(payload);
          const { response, trailers } = await post(`/${path}`, body, BINARY);
          const status = trailers['grpc-status'] ?? response.headers.get('grpc-status') ?? 'none';
          codes.add(status);
          return !['none', '13', '2'].includes(status);
        },
      ),
      { numRuns: 400 },
    );
    expect(codes.size).greaterThan(1);
  });

  it('answers preflight requests of browsers', async () => {
    const response = await app.request(INFO, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-grpc-web,grpc-timeout,x-sui-client-protocol-version',
      },
    });
    expect(response.status).equal(204);
    expect(response.headers.get('access-control-allow-origin')).equal('*');
    expect(response.headers.get('access-control-allow-methods')).include('POST');
    expect(response.headers.get('access-control-allow-headers')).include('x-sui-client-protocol-version');
    const answer = await post(INFO, frame(new Uint8Array()), BINARY, { origin: 'https://app.example' });
    expect(answer.response.headers.get('access-control-allow-origin')).equal('*');
    expect(answer.response.headers.get('access-control-expose-headers')).match(/grpc-status,\s?grpc-message/);
  });

  it('says which HTTP method a gRPC method takes', async () => {
    const response = await app.request(INFO);
    expect(response.status).equal(405);
    expect(response.headers.get('allow')).include('POST');
    expect((await app.request('/health')).status).equal(200);
  });

  it('ends a stream when the deadline passes', async () => {
    const body = frame(new Uint8Array());
    const { trailers } = await post('/sui.rpc.v2.SubscriptionService/SubscribeCheckpoints', body, BINARY, {
      'grpc-timeout': '30m',
    });
    expect(trailers['grpc-status']).equal('4');
    expect(ledger.listeners.size).equal(0);
  });
});

describe('gRPC server', () => {
  it('refuses a declared length over the limit before reading it', async () => {
    const server = await createRpcServer(new FakeLedger(), { port: 0 });
    try {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', reject);
        socket.once('data', (data) => {
          resolve(data.toString('latin1'));
          socket.destroy();
        });
        // No body follows: an answer means that nothing was waited for.
        socket.write(
          `POST ${INFO} HTTP/1.1\r\nhost: x\r\ncontent-type: ${BINARY}\r\ncontent-length: 1000000000\r\n\r\n`,
        );
      });
      expect(answer).match(/^HTTP\/1\.1 200/);
      expect(answer).match(/grpc-status: 8/i);
    } finally {
      await server.close();
    }
  });

  it('ends running streams when it closes, and frees its port', async () => {
    const ledger = new FakeLedger();
    const server = await createRpcServer(ledger, { port: 0 });
    const response = await fetch(`${server.url}/sui.rpc.v2.SubscriptionService/SubscribeTransactions`, {
      method: 'POST',
      headers: { 'content-type': BINARY },
      body: frame(new Uint8Array()),
    });
    expect(response.status).equal(200);
    expect(ledger.listeners.size).equal(1);
    const reading = response.arrayBuffer().then(
      () => 'ended',
      () => 'cut',
    );
    await server.close();
    expect(await reading).oneOf(['ended', 'cut']);
    expect(ledger.listeners.size).equal(0);
    const again = await createRpcServer(ledger, { port: server.port });
    await again.close();
  });

  it('rejects when the port is taken', async () => {
    const ledger = new FakeLedger();
    const server = await createRpcServer(ledger, { port: 0 });
    const error = await createRpcServer(ledger, { port: server.port }).catch((reason: unknown) => reason);
    await server.close();
    expect(error).property('code', 'EADDRINUSE');
  });
});
