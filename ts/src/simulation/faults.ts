/**
 * Faults on purpose: what can be wrong with a storage node, one switch each. A fault lies around the node's HTTP
 * handler, so the same switches work in a simulation and on a network with sockets; only a crash is not a matter of
 * answers: the node has to be stopped.
 */
import { sleep, type Schedule } from '../node/index.js';
import { BLS_SEED_BYTES, BlsKeyPair } from '../protocol/index.js';
import type { Handler } from '../cluster/index.js';
import { answerToResponse, readAnswer, type Answer } from './answers.js';
import { UnknownFault } from './errors.js';

/** What each switch does. */
export const FAULTS = {
  crash: 'the process is gone: connections are refused, what it stored stays',
  hang: 'takes requests and never answers',
  delay: 'answers correctly, 3 seconds late',
  drop: 'loses every second request or answer: the connection breaks off',
  corrupt: 'flips a bit in all data that it gives: metadata, slivers, symbols, shards',
  stale: 'answers each question as it answered it the first time',
  'sign-wrongly': 'its signatures do not verify',
  equivocate: 'signs every second time something else than it was asked for, with its own key',
  refuse: 'takes nothing and gives nothing: 403 to everything about blobs',
} as const;

export type FaultKind = keyof typeof FAULTS;
/** Faults of a node that still runs. */
export type AnswerFault = Exclude<FaultKind, 'crash'>;

export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];
export const FAULT_DELAY_MS = 3000;

/** What faults need of the world. */
export interface FaultSurroundings {
  readonly schedule: Schedule;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The faulty node's own protocol key. */
  readonly protocolKey: BlsKeyPair;
}

/** A key that no committee knows. */
const WRONG_KEY = BlsKeyPair.fromSeed(new Uint8Array(BLS_SEED_BYTES).fill(0x5a));
const LOSS_PROBABILITY = 0.5;

/** `node-3=corrupt`. @throws UnknownFault */
export function parseFault(text: string): { readonly node: string; readonly kind: FaultKind } {
  const [node, kind, ...rest] = text.split('=');
  const known = FAULT_KINDS.find((one) => one === kind);
  if (!node || known === undefined || rest.length > 0) throw new UnknownFault(text, FAULT_KINDS);
  return { node, kind: known };
}

/** The handler of a node that has the fault. It keeps what the fault has to remember. */
export function withFault(kind: AnswerFault, handle: Handler, surroundings: FaultSurroundings): Handler {
  return MAKERS[kind](handle, surroundings);
}

type Maker = (handle: Handler, surroundings: FaultSurroundings) => Handler;

const MAKERS: Readonly<Record<AnswerFault, Maker>> = {
  hang: () => ({ signal }) =>
    new Promise((resolve) => {
      const leave = () => resolve(brokenOff());
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    }),
  delay: (handle, { schedule }) => async (request) => {
    await sleep(schedule, FAULT_DELAY_MS, request.signal);
    return handle(request);
  },
  drop: (handle, { random }) => async (request) => {
    if (random() >= LOSS_PROBABILITY) return handle(request);
    // Half of what is lost is lost on the way back: the node has done what it was asked.
    if (random() < 0.5) await handle(request);
    return brokenOff();
  },
  corrupt: (handle, { random }) => async (request) => {
    const response = await handle(request);
    const type = response.headers.get('content-type') ?? '';
    if (!response.ok || !type.startsWith('application/octet-stream')) return response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    // Behind the first half lies payload in every format.
    const at = Math.floor(bytes.length * (0.5 + random() / 2));
    if (bytes.length > 0) bytes[at]! ^= 1 << Math.floor(random() * 8);
    return new Response(bytes, { status: response.status, headers: { 'content-type': type } });
  },
  stale: (handle) => {
    const first = new Map<string, Answer>();
    return async (request) => {
      if (request.method !== 'GET') return handle(request);
      const answer = first.get(request.url) ?? (await readAnswer(await handle(request)));
      first.set(request.url, answer);
      return answerToResponse(answer);
    };
  },
  'sign-wrongly': (handle) => resigned(handle, (message) => ({ message, signature: WRONG_KEY.sign(message) })),
  equivocate: (handle, { protocolKey }) => {
    let count = 0;
    return resigned(handle, (message, signature) => {
      count += 1;
      if (count % 2 === 0) return { message, signature };
      const other = message.slice();
      other[other.length - 1]! ^= 1;
      return { message: other, signature: protocolKey.sign(other) };
    });
  },
  refuse: (handle) => (request) => (new URL(request.url).pathname.startsWith('/v1/blobs/') ? refusal() : handle(request)),
};

interface Signed {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Replaces the signed message of an answer that is one. */
function resigned(handle: Handler, sign: (message: Uint8Array, signature: Uint8Array) => Signed): Handler {
  return async (request) => {
    const response = await handle(request);
    const { pathname } = new URL(request.url);
    if (!response.ok || !/\/(confirmation|inconsistencyProof)\//.test(pathname)) return response;
    const answer = (await response.json()) as { success: { code: number; data: Record<string, unknown> } };
    const { data } = answer.success;
    const holder = ('signed' in data ? data.signed : data) as { serializedMessage: string; signature: string };
    const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
    const { message, signature } = sign(bytesOf(holder.serializedMessage), bytesOf(holder.signature));
    holder.serializedMessage = Buffer.from(message).toString('base64');
    holder.signature = Buffer.from(signature).toString('base64');
    return Response.json(answer, { status: response.status });
  };
}

/** An answer that promises a byte and ends before it: the connection breaks off. */
function brokenOff(): Response {
  return new Response(null, { headers: { 'content-length': '1', connection: 'close' } });
}

function refusal(): Response {
  const details = [{ '@type': 'ErrorInfo', reason: 'REFUSED', domain: 'global', metadata: {} }];
  const error = { status: 'PERMISSION_DENIED', code: 403, message: 'this node refuses', details };
  return Response.json({ error }, { status: 403 });
}
