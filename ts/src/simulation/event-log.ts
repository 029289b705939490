/** What happened in a run, in order. Two runs with the same hash did the same. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Events that a long run keeps in words; the hash is over all of them. */
const KEPT_EVENTS = 20_000;

export class EventLog {
  readonly #hash = sha256.create();
  readonly #events: string[] = [];
  #count = 0;

  /** @param nowMs virtual time */
  add(nowMs: number, event: string): void {
    const line = `${nowMs.toFixed(3)} ${event}`;
    this.#hash.update(utf8ToBytes(`${line}\n`));
    this.#count += 1;
    if (this.#events.length < KEPT_EVENTS) this.#events.push(line);
  }

  get count(): number {
    return this.#count;
  }

  /** The first events, each as `<virtual ms> <what>`. */
  get events(): readonly string[] {
    return this.#events;
  }

  /** SHA-256 of all events so far, hex. */
  get hash(): string {
    return bytesToHex(this.#hash.clone().digest());
  }
}
