/** Somebody who uses the network all the time: stores a blob, reads it back, reads an older one, and again. */
import type { Signer } from '@mysten/sui/cryptography';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { HauloutClient } from '../../client/index.js';

/** Long enough for any demonstration. */
const EPOCHS = 50;
const BLOB_SIZE_BYTES = 4096;
const PAUSE_MS = 50;

export interface LoadSum {
  readonly stored: number;
  readonly read: number;
  /** Blobs that could not be stored, or read as they were stored, even the second time. */
  readonly lost: number;
  /** Why something had to be tried twice, as when an epoch began between two steps of storing a blob. */
  readonly retried: readonly string[];
}

export class BlobLoad {
  readonly #stored: { readonly blobId: string; readonly blob: Uint8Array }[] = [];
  #read = 0;
  #lost = 0;
  readonly #retried: string[] = [];
  #count = 0;
  #running = false;
  #task: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: HauloutClient,
    private readonly signer: Signer,
    private readonly seed: string,
  ) {}

  start(): void {
    this.#running = true;
    this.#task = this.#run();
  }

  /** Ends the load without a look back. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#task;
  }

  /** Ends the load and reads everything again that was ever stored. */
  async finish(): Promise<LoadSum> {
    await this.stop();
    for (const one of this.#stored) await this.#check(one);
    return { stored: this.#stored.length, read: this.#read, lost: this.#lost, retried: this.#retried };
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const blob = this.#nextBlob();
      const stored = await this.#twice(() => this.client.store(blob, { signer: this.signer, epochs: EPOCHS }));
      if (stored === undefined) {
        this.#lost += 1;
      } else {
        const one = { blobId: stored.blobId, blob };
        this.#stored.push(one);
        await this.#check(one);
        await this.#check(this.#stored[Math.floor(this.#stored.length / 2)]!);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #check({ blobId, blob }: { readonly blobId: string; readonly blob: Uint8Array }): Promise<void> {
    const found = await this.#twice(() => this.client.download(blobId, { check: 'strict' }));
    if (found !== undefined && Buffer.compare(found.blob, blob) === 0) this.#read += 1;
    else this.#lost += 1;
  }

  /** Tries once more after a failure; a second one is the result. */
  async #twice<T>(task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (first) {
      this.#retried.push(reasonOf(first));
      return task().catch((second: unknown) => {
        this.#retried.push(`${reasonOf(second)} (for the second time)`);
        return undefined;
      });
    }
  }

  #nextBlob(): Uint8Array {
    const block = sha256(utf8ToBytes(`${this.seed} ${this.#count++}`));
    return Uint8Array.from({ length: BLOB_SIZE_BYTES }, (_, i) => block[i % block.length]! ^ (i >> 5));
  }
}

/** What the changes of the story look like to a transaction that was built just before. */
const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/balance::destroy_zero|balance::split/, 'the price changed between quote and payment'],
  [/assert_version/, 'the contracts were upgraded under the transaction'],
];

/** A sentence for what is expected here, the first line of anything else. */
function reasonOf(error: unknown): string {
  const [text] = String(error).split('\n', 1) as [string];
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}
