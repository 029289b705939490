/** The switches themselves, over real sockets, and the parts that simulations are made of. */
import { expect } from 'chai';
import { protocolKey } from '../../src/cluster/index.js';
import { processEnvironment, serveApp, type Schedule } from '../../src/node/index.js';
import { verifyBls } from '../../src/protocol/index.js';
import {
  EventLog, FAULT_KINDS, FAULTS, parseFault, seededRandom, SimulatedNetwork, SimulationStuck, UnknownFault, VirtualClock, withFault,
  type AnswerFault,
} from '../../src/simulation/index.js';

const key = protocolKey('faults', 'node-0');
const message = Uint8Array.of(1, 2, 3, 4);
const data = Uint8Array.from({ length: 64 }, (_, i) => i);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A node in small: data, a confirmation, and a counter of what it was asked. */
function honest() {
  let count = 0;
  return (request: Request): Response => {
    count += 1;
    const { pathname } = new URL(request.url);
    if (pathname.endsWith('/count')) return new Response(String(count));
    if (!pathname.includes('/confirmation/')) return new Response(data, { headers: { 'content-type': 'application/octet-stream' } });
    const signed = { serializedMessage: base64(message), signature: base64(key.sign(message)) };
    return Response.json({ success: { code: 200, data: { signed } } });
  };
}

/** What a client with a real socket gets. */
async function served<T>(kind: AnswerFault, ask: (url: string) => Promise<T>): Promise<T> {
  const immediately: Schedule = (action) => processEnvironment.schedule(action, 0);
  const surroundings = { schedule: immediately, random: seededRandom('faults', kind), protocolKey: key };
  const server = await serveApp({ fetch: withFault(kind, honest(), surroundings) } as Parameters<typeof serveApp>[0]);
  try {
    return await ask(`http://${server.address}/v1/blobs/x`);
  } finally {
    await server.close();
  }
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
async function signedAt(url: string): Promise<{ message: Uint8Array; signature: Uint8Array }> {
  const answer = (await (await fetch(`${url}/confirmation/permanent`)).json()) as {
    success: { data: { signed: { serializedMessage: string; signature: string } } };
  };
  const { serializedMessage, signature } = answer.success.data.signed;
  return { message: new Uint8Array(Buffer.from(serializedMessage, 'base64')), signature: new Uint8Array(Buffer.from(signature, 'base64')) };
}

describe('faults on purpose', () => {
  it('are named by the node and the switch', () => {
    for (const kind of FAULT_KINDS) expect(parseFault(`node-3=${kind}`)).to.deep.equal({ node: 'node-3', kind });
    for (const text of ['', 'node-3', 'node-3=', '=crash', 'node-3=lie', 'node-3=crash=hang', 'node-3=constructor']) {
      expect(() => parseFault(text), text).to.throw(UnknownFault);
    }
    expect(Object.keys(FAULTS)).to.have.length(9);
  });

  it('hang: no answer until the client gives up', async () => {
    const stop = new AbortController();
    await served('hang', async (url) => {
      const failure = failureOf(fetch(url, { signal: stop.signal }));
      setImmediate(() => stop.abort());
      expect(await failure).to.have.property('name', 'AbortError');
    });
  });

  it('delay: the right answer', async () => {
    expect(await served('delay', bytesAt)).to.deep.equal(data);
  });

  it('drop: some connections break off, and some of what is asked is done all the same', async () => {
    await served('drop', async (url) => {
      const failures = [];
      for (let i = 0; i < 20; i++) failures.push(await failureOf(bytesAt(url)));
      expect(failures.filter((one) => one instanceof TypeError)).to.have.length.within(4, 16);
      expect(failures.filter((one) => one === undefined)).to.have.length.within(4, 16);
    });
  });

  it('corrupt: one bit is wrong, each time another', async () => {
    await served('corrupt', async (url) => {
      for (let i = 0; i < 5; i++) {
        const bytes = await bytesAt(url);
        const flipped = bytes.reduce((sum, byte, at) => sum + (byte ^ data[at]!).toString(2).replaceAll('0', '').length, 0);
        expect([bytes.length, flipped]).to.deep.equal([data.length, 1]);
      }
    });
  });

  it('stale: the first answer again', async () => {
    await served('stale', async (url) => {
      const count = async () => (await fetch(`${url}/count`)).text();
      expect([await count(), await count(), await count()]).to.deep.equal(['1', '1', '1']);
    });
  });

  it('sign-wrongly: the message is right, the signature is not', async () => {
    const signed = await served('sign-wrongly', signedAt);
    expect(signed.message).to.deep.equal(message);
    expect(verifyBls(key.publicKey, message, signed.signature)).to.equal(false);
  });

  it('equivocate: two different messages, both validly signed', async () => {
    await served('equivocate', async (url) => {
      const [one, two] = [await signedAt(url), await signedAt(url)];
      expect(one.message).to.not.deep.equal(two.message);
      expect([one, two].map((each) => verifyBls(key.publicKey, each.message, each.signature))).to.deep.equal([true, true]);
    });
  });

  it('refuse: 403 for blobs, health as ever', async () => {
    await served('refuse', async (url) => {
      expect((await fetch(url)).status).to.equal(403);
      expect((await fetch(new URL('/v1/health', url))).status).to.equal(200);
    });
  });
});

describe('virtual time', () => {
  it('fires timers by time, then in the order in which they were set', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} at ${clock.nowMs}`);
    clock.schedule(note('late'), 500);
    clock.schedule(note('first'), 100);
    clock.schedule(note('second'), 100);
    clock.schedule(note('never'), 200)();
    await clock.run(clock.sleep(1000));
    expect(fired).to.deep.equal(['first at 100', 'second at 100', 'late at 500']);
    expect(clock.nowMs).to.equal(1000);
  });

  it('ends a wait that is called off', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    clock.schedule(() => stop.abort(), 10);
    await clock.run(clock.sleep(1000, stop.signal));
    expect(clock.nowMs).to.equal(10);
  });

  it('says when nothing can happen any more, or not in time', async () => {
    const clock = new VirtualClock();
    expect(await failureOf(clock.run(new Promise(() => undefined)))).to.be.instanceOf(SimulationStuck);
    expect(await failureOf(clock.run(clock.sleep(1001), 1000))).to.be.instanceOf(SimulationStuck);
    expect(await failureOf(clock.run(Promise.reject(new RangeError('it failed'))))).to.be.instanceOf(RangeError);
  });
});

describe('the seeded network', () => {
  function network(seed: string) {
    const [clock, log] = [new VirtualClock(), new EventLog()];
    const delivered: string[] = [];
    const deliver = async (url: string) => {
      delivered.push(new URL(url).pathname);
      return new Response('yes');
    };
    return { clock, log, delivered, network: new SimulatedNetwork({ seed, clock, log, nameOf: (host) => host, deliver }) };
  }
  const ask = (from: ReturnType<typeof network>, path: string, signal?: AbortSignal) =>
    from.clock.run(from.network.fetchFrom('client')(`http://node${path}`, signal === undefined ? {} : { signal }));

  it('delivers a request twice, or not at all, or loses its answer', async () => {
    const net = network('a');
    expect(await (await ask(net, '/plain')).text()).to.equal('yes');
    net.network.setLink('client', 'node', { duplicate: 1 });
    await ask(net, '/double');
    await net.clock.run(net.clock.sleep(100));
    net.network.setLink('client', '*', { duplicate: 0, dropRequest: 1 });
    expect(await failureOf(ask(net, '/lost'))).to.be.instanceOf(TypeError);
    net.network.heal();
    net.network.setLink('*', '*', { dropResponse: 1 });
    expect(await failureOf(ask(net, '/unanswered'))).to.be.instanceOf(TypeError);
    expect(net.delivered).to.deep.equal(['/plain', '/double', '/double', '/unanswered']);
  });

  it('keeps silent across a partition until the sender gives up', async () => {
    const net = network('b');
    net.network.partition(['node']);
    const stop = new AbortController();
    net.clock.schedule(() => stop.abort(), 5000);
    expect(await failureOf(ask(net, '/cut', stop.signal))).to.be.instanceOf(TypeError);
    expect([net.clock.nowMs, net.delivered]).to.deep.equal([5000, []]);
    net.network.heal();
    await ask(net, '/healed');
    expect(net.delivered).to.deep.equal(['/healed']);
  });

  it('does the same for the same seed', async () => {
    const hashOf = async (seed: string) => {
      const net = network(seed);
      net.network.setLink('*', '*', { delayMs: [0, 100], dropRequest: 0.3 });
      for (let i = 0; i < 20; i++) await failureOf(ask(net, `/${i}`));
      return net.log.hash;
    };
    expect(await hashOf('one')).to.equal(await hashOf('one'));
    expect(await hashOf('one')).to.not.equal(await hashOf('two'));
  });
});
