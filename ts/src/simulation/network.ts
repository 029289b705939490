/**
 * The network between nodes and clients of a simulation: every message takes time, and may be lost, come twice or
 * overtake others, by chance that comes from a seed. Each link has its own chance, so that what happens on one does
 * not depend on the others.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Fetch } from '../node/index.js';
import { answerToResponse, readAnswer, type Answer } from './answers.js';
import type { EventLog } from './event-log.js';
import { seededRandom } from './random.js';
import type { VirtualClock } from './virtual-clock.js';

/** How a link treats messages. Probabilities are for each message. */
export interface Link {
  /** Shortest and longest way, ms: messages that draw different times overtake each other. */
  readonly delayMs: readonly [number, number];
  /** The request is lost: its sender learns of it when the connection breaks. */
  readonly dropRequest: number;
  /** The answer is lost, though the receiver has acted. */
  readonly dropResponse: number;
  /** The request arrives a second time, later. */
  readonly duplicate: number;
}

export const DEFAULT_LINK: Link = { delayMs: [1, 5], dropRequest: 0, dropResponse: 0, duplicate: 0 };

export interface SimulatedNetworkOptions {
  readonly seed: string;
  readonly clock: VirtualClock;
  readonly log: EventLog;
  /** Name of the node at `host:port`. */
  readonly nameOf: (host: string) => string;
  /** Delivers a request to its node. */
  readonly deliver: Fetch;
}

/** Told of a request before it is delivered, and may delay that. */
export type DeliveryHook = (to: string, method: string, path: string) => void | Promise<void>;

export class SimulatedNetwork {
  readonly #random = new Map<string, () => number>();
  readonly #links: { readonly from: string; readonly to: string; readonly link: Partial<Link> }[] = [];
  #cut: ReadonlySet<string> = new Set();
  #count = 0;
  #hook: DeliveryHook = () => undefined;

  constructor(private readonly options: SimulatedNetworkOptions) {}

  /** Changes links; `*` stands for everybody. Later settings win. */
  setLink(from: string, to: string, link: Partial<Link>): void {
    this.#links.push({ from, to, link });
  }

  /** Cuts these off from everybody else, clients too: messages across are lost without a word. */
  partition(names: readonly string[]): void {
    this.#cut = new Set(names);
    this.#note(`partition [${names.join(' ')}]`);
  }

  /** Ends the partition and makes all links what they were. */
  heal(): void {
    this.#cut = new Set();
    this.#links.length = 0;
    this.#note('healed');
  }

  /** Calls the hook with every request from now on, when it arrives. */
  onDelivery(hook: DeliveryHook): void {
    this.#hook = hook;
  }

  /** How one participant reaches the nodes. */
  fetchFrom(from: string): Fetch {
    return (url, init) => this.#request(from, url, init);
  }

  async #request(from: string, url: string, init: RequestInit): Promise<Response> {
    const { clock, nameOf } = this.options;
    const { host, pathname, search } = new URL(url);
    const to = nameOf(host);
    const { method = 'GET' } = init;
    const id = `#${++this.#count}`;
    const link = this.#link(from, to);
    const random = this.#chance(from, to);
    const way = () => link.delayMs[0] + random() * (link.delayMs[1] - link.delayMs[0]);
    const signal = init.signal ?? undefined;
    this.#note(`${id} ${from} > ${to} ${method} ${pathname}${search} ${digest(init.body)}`);
    const lost = async (what: string): Promise<never> => {
      this.#note(`${id} ${what}`);
      throw new TypeError(what);
    };
    if (this.#cut.has(from) !== this.#cut.has(to)) {
      this.#note(`${id} cut off`);
      return silence(signal);
    }
    // All draws come first: how a request ends must not change what the next one draws.
    const [there, back, later] = [way(), way(), way()];
    const [dropsRequest, dropsResponse, doubles] = [link.dropRequest, link.dropResponse, link.duplicate].map((p) => random() < p);
    await clock.sleep(there, signal);
    signal?.throwIfAborted();
    if (dropsRequest) return lost('request lost');
    if (doubles) {
      clock.schedule(() => {
        this.#deliver(`${id} again`, to, url, { ...init, signal: null }).catch((error: unknown) => this.#note(`${id} again: ${String(error)}`));
      }, later);
    }
    const answer = await this.#deliver(id, to, url, init);
    await clock.sleep(back, signal);
    signal?.throwIfAborted();
    if (dropsResponse) return lost('answer lost');
    return answerToResponse(answer);
  }

  async #deliver(id: string, to: string, url: string, init: RequestInit): Promise<Answer> {
    const { method = 'GET' } = init;
    await this.#hook(to, method, new URL(url).pathname);
    try {
      const answer = await readAnswer(await this.options.deliver(url, init));
      this.#note(`${id} ${answer.status} ${digest(answer.bytes)}`);
      return answer;
    } catch (error) {
      this.#note(`${id} ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  #link(from: string, to: string): Link {
    const matches = (pattern: string, name: string) => pattern === '*' || pattern === name;
    const settings = this.#links.filter((one) => matches(one.from, from) && matches(one.to, to));
    return Object.assign({}, DEFAULT_LINK, ...settings.map(({ link }) => link)) as Link;
  }

  #chance(from: string, to: string): () => number {
    const key = `link ${from} ${to}`;
    const random = this.#random.get(key) ?? seededRandom(this.options.seed, key);
    this.#random.set(key, random);
    return random;
  }

  #note(event: string): void {
    this.options.log.add(this.options.clock.nowMs, event);
  }
}

/** Waits until the sender gives up. */
function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const leave = () => reject(new TypeError('no answer'));
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave, { once: true });
  });
}

/** Length and the beginning of the SHA-256 of a body. */
function digest(body: BodyInit | Uint8Array | null | undefined): string {
  if (!(body instanceof Uint8Array)) return '-';
  return `${body.length}:${bytesToHex(sha256(body)).slice(0, 12)}`;
}
