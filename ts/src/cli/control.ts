/**
 * How `haulout fund`, `haulout epoch next` and `haulout down` reach the process of `haulout up`: HTTP on the
 * loopback interface, with the token of the manifest. One schema per message, used by both sides.
 */
import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isValidSuiAddress } from '@mysten/sui/utils';
import { z } from 'zod';
import { CommandError } from './output.js';
import type { NetworkManifest } from './network-files.js';

const MAX_BODY_BYTES = 4096;
const MAX_AMOUNT = (1n << 64n) - 1n;
const amount = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt)
  .refine((value) => value <= MAX_AMOUNT);

const fundRequest = z.object({ address: z.string().refine((text) => isValidSuiAddress(text)), mist: amount, frost: amount });
const fundReply = z.object({ digest: z.string() });
const epochReply = z.object({
  epoch: z.number().int(),
  synced: z.boolean(),
  attested: z.array(z.string()),
  withheld: z.array(z.string()),
  stopped: z.array(z.string()),
});
const failureReply = z.object({ error: z.string() });

export type EpochReply = z.infer<typeof epochReply>;

/** What the network can be told. */
export interface Controls {
  fund(address: string, amounts: { readonly mist: bigint; readonly frost: bigint }): Promise<string>;
  nextEpoch(): Promise<EpochReply>;
  /** Begins the end; must not wait for it. */
  stop(): void;
}

/** The server's side. */
export function createControlApp(controls: Controls, token: string): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (!sameText(c.req.header('authorization') ?? '', `Bearer ${token}`)) return c.json({ error: 'wrong token' }, 401);
    return next();
  });
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.onError((error, c) => c.json({ error: error.message }, error instanceof z.ZodError ? 400 : 500));
  app.post('/fund', async (c) => {
    const { address, mist, frost } = fundRequest.parse(await c.req.json());
    return c.json({ digest: await controls.fund(address, { mist, frost }) });
  });
  app.post('/epoch/next', async (c) => c.json(await controls.nextEpoch()));
  app.post('/stop', (c) => {
    controls.stop();
    return c.json({});
  });
  return app;
}

/** The commands' side. Every failure is a `CommandError`. */
export class ControlClient {
  constructor(private readonly control: NetworkManifest['control']) {}

  async fund(address: string, amounts: { readonly mist: bigint; readonly frost: bigint }): Promise<string> {
    const request = { address, mist: amounts.mist.toString(), frost: amounts.frost.toString() };
    return fundReply.parse(await this.#post('/fund', request)).digest;
  }

  async nextEpoch(): Promise<EpochReply> {
    return epochReply.parse(await this.#post('/epoch/next'));
  }

  async stop(): Promise<void> {
    await this.#post('/stop');
  }

  async #post(path: string, body: unknown = {}): Promise<unknown> {
    const { url, token } = this.control;
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw new CommandError(`the network does not answer at ${url}`, 'is it still running?', { cause });
    });
    const reply: unknown = await response.json();
    if (response.ok) return reply;
    throw new CommandError(failureReply.parse(reply).error);
  }
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
