import { expect } from 'chai';
import { FaucetRateLimitError, requestSuiFromFaucetV2 } from '@mysten/sui/faucet';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { createFaucetApp, serveApp, type SentCoin } from '../../../src/localnet/rpc/index.js';

describe('faucet application', () => {
  const recipient = normalizeSuiAddress('0xabc');
  const sent: { to: string; amount: bigint }[] = [];
  const send = async (to: string, amount: bigint): Promise<SentCoin> => {
    sent.push({ to, amount });
    return { amount, id: normalizeSuiAddress('0x1'), transferTxDigest: `digest${sent.length}` };
  };
  const request = (body: unknown) => ({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const good = request({ FixedAmountRequest: { recipient } });

  beforeEach(() => (sent.length = 0));

  it('serves the helper of the SDK', async () => {
    const server = await serveApp(createFaucetApp({ send }), { port: 0 });
    try {
      const answer = await requestSuiFromFaucetV2({ host: server.url, recipient: '0xabc' });
      // Five coins, as Sui's local faucet gives: programs pay with one and use the others.
      expect(answer).deep.equal({
        status: 'Success',
        coins_sent: [1, 2, 3, 4, 5].map((i) => ({
          amount: 200_000_000_000,
          id: normalizeSuiAddress('0x1'),
          transferTxDigest: `digest${i}`,
        })),
      });
      expect(sent).deep.equal(sent.map(() => ({ to: recipient, amount: 200_000_000_000n })));
    } finally {
      await server.close();
    }
  });

  it('limits its rate with the error the SDK knows', async () => {
    let nowMs = 0;
    const app = createFaucetApp({ send, requestsPerMinute: 1, nowMs: () => nowMs });
    const server = await serveApp(app, { port: 0 });
    try {
      nowMs = 100_000;
      await requestSuiFromFaucetV2({ host: server.url, recipient });
      const error = await requestSuiFromFaucetV2({ host: server.url, recipient }).catch((e: unknown) => e);
      expect(error).instanceOf(FaucetRateLimitError);
      nowMs += 60_000;
      await requestSuiFromFaucetV2({ host: server.url, recipient });
    } finally {
      await server.close();
    }
  });

  it('speaks the older interfaces', async () => {
    const app = createFaucetApp({ send, coinsPerRequest: 2, coinAmountMist: 5n });
    const plain = await app.request('/gas', good);
    expect(plain.status).equal(201);
    expect(((await plain.json()) as { transferredGasObjects: unknown[] }).transferredGasObjects).length(2);
    const batch = await app.request('/v1/gas', good);
    expect(batch.status).equal(202);
    const { task } = (await batch.json()) as { task: string };
    const status = (await (await app.request(`/v1/status/${task}`)).json()) as { status: { status: string } };
    expect(status.status.status).equal('SUCCEEDED');
    expect((await app.request('/v1/status/none')).status).equal(404);
  });

  it('answers health checks and browsers', async () => {
    const app = createFaucetApp({ send });
    for (const path of ['/', '/health']) expect(await (await app.request(path)).text()).equal('OK');
    const preflight = await app.request('/v2/gas', { method: 'OPTIONS', headers: { origin: 'https://app.example' } });
    expect(preflight.headers.get('access-control-allow-origin')).equal('*');
  });

  for (const { name, body, status } of [
    { name: 'no JSON', body: 'gas please', status: 400 },
    { name: 'another request', body: { Other: {} }, status: 400 },
    { name: 'no recipient', body: { FixedAmountRequest: {} }, status: 400 },
    { name: 'something that is not an address', body: { FixedAmountRequest: { recipient: '0xzz' } }, status: 400 },
    { name: 'an address that is too long', body: { FixedAmountRequest: { recipient: `0x${'1'.repeat(65)}` } }, status: 400 },
    { name: 'a huge body', body: 'x'.repeat(5_000), status: 413 },
  ]) {
    it(`refuses ${name}`, async () => {
      const response = await createFaucetApp({ send }).request('/v2/gas', request(body));
      expect(response.status).equal(status);
      const json = (await response.json()) as { status: { Failure: { internal: string } }; coins_sent: null };
      expect(json.status.Failure.internal).a('string');
      expect(json.coins_sent).equal(null);
      expect(sent).deep.equal([]);
    });
  }

  it('reports a failing source of money', async () => {
    const app = createFaucetApp({
      send: async () => {
        throw new Error('empty');
      },
    });
    const response = await app.request('/v2/gas', good);
    expect(response.status).equal(500);
    expect(await response.json()).deep.equal({ status: { Failure: { internal: 'empty' } }, coins_sent: null });
  });
});
