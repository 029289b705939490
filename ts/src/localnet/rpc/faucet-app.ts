/**
 * The faucet's HTTP interface (sui-rpc.md §7): `POST /v2/gas` as the SDK calls it, the older `/gas` and `/v1/gas`
 * with its status, health. Where the money comes from is a function of the caller.
 */
import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import { isValidSuiAddress, normalizeSuiAddress } from '@mysten/sui/utils';
import { BodyTooLarge, readBody } from './body.js';

/** A coin that was sent. */
export interface SentCoin {
  readonly amount: bigint;
  readonly id: string;
  readonly transferTxDigest: string;
}

/** What the faucet gives and how. */
export interface FaucetOptions {
  /** Sends one new SUI coin of `amountMist` to an address. */
  readonly send: (recipient: string, amountMist: bigint) => Promise<SentCoin>;
  /** Amount per coin, MIST; 200 SUI unless given, as on Sui's local faucet. */
  readonly coinAmountMist?: bigint;
  /** Coins per request; 5 unless given, as on Sui's local faucet. */
  readonly coinsPerRequest?: number;
  /** Requests accepted per minute over all clients; unlimited unless given. */
  readonly requestsPerMinute?: number;
  /** Clock of the limit, ms. */
  readonly nowMs?: () => number;
}

const DEFAULT_COIN_AMOUNT_MIST = 200_000_000_000n;
const DEFAULT_COINS_PER_REQUEST = 5;
const MAX_BODY_BYTES = 4_096;
const MINUTE_MS = 60_000;
/** Finished tasks of the old interface that can still be asked about. */
const MAX_TASKS = 1_000;

/** Why a request was not served, with its HTTP status. */
class FaucetFailure extends Error {
  override readonly name = 'FaucetFailure';
  constructor(
    readonly status: 400 | 413 | 429,
    message: string,
  ) {
    super(message);
  }
}

interface CoinJson {
  amount: number;
  id: string;
  transferTxDigest: string;
}

/** The faucet as an application. */
export function createFaucetApp(options: FaucetOptions): Hono {
  const app = new Hono();
  const limiter = createLimiter(options);
  const tasks = new Map<string, CoinJson[]>();
  const give = async (context: Context): Promise<CoinJson[]> => {
    limiter();
    return sendCoins(options, await readRecipient(context.req.raw));
  };
  app.use(cors({ origin: '*' }));
  app.get('/', (context) => context.text('OK'));
  app.get('/health', (context) => context.text('OK'));
  app.post('/v2/gas', async (context) => {
    try {
      return context.json({ status: 'Success', coins_sent: await give(context) }, 200);
    } catch (error) {
      const status = error instanceof FaucetFailure ? error.status : 500;
      return context.json({ status: { Failure: { internal: messageOf(error) } }, coins_sent: null }, status);
    }
  });
  app.post('/gas', async (context) => {
    try {
      return context.json({ transferredGasObjects: await give(context), error: null }, 201);
    } catch (error) {
      const status = error instanceof FaucetFailure ? error.status : 500;
      return context.json({ transferredGasObjects: [], error: messageOf(error) }, status);
    }
  });
  app.post('/v1/gas', async (context) => {
    try {
      const coins = await give(context);
      const task = (coins[0] as CoinJson).transferTxDigest;
      if (tasks.size >= MAX_TASKS) tasks.delete(tasks.keys().next().value as string);
      tasks.set(task, coins);
      return context.json({ task, error: null }, 202);
    } catch (error) {
      const status = error instanceof FaucetFailure ? error.status : 500;
      return context.json({ task: null, error: messageOf(error) }, status);
    }
  });
  app.get('/v1/status/:task', (context) => {
    const sent = tasks.get(context.req.param('task'));
    if (sent === undefined) return context.json({ status: null, error: 'unknown task' }, 404);
    return context.json({ status: { status: 'SUCCEEDED', transferred_gas_objects: { sent } }, error: null });
  });
  return app;
}

async function sendCoins(options: FaucetOptions, recipient: string): Promise<CoinJson[]> {
  const amount = options.coinAmountMist ?? DEFAULT_COIN_AMOUNT_MIST;
  const coins: CoinJson[] = [];
  for (let i = 0; i < (options.coinsPerRequest ?? DEFAULT_COINS_PER_REQUEST); i++) {
    const coin = await options.send(recipient, amount);
    coins.push({ amount: Number(coin.amount), id: coin.id, transferTxDigest: coin.transferTxDigest });
  }
  return coins;
}

/** The recipient of `{"FixedAmountRequest":{"recipient":"0x…"}}`. @throws FaucetFailure */
async function readRecipient(request: Request): Promise<string> {
  const json = await readJson(request);
  const fixed = isRecord(json) ? json.FixedAmountRequest : undefined;
  const recipient = isRecord(fixed) ? fixed.recipient : undefined;
  if (typeof recipient !== 'string') throw new FaucetFailure(400, 'expected {"FixedAmountRequest":{"recipient":"0x…"}}');
  const address = recipient.length <= 66 ? normalizeSuiAddress(recipient) : recipient;
  if (!isValidSuiAddress(address)) throw new FaucetFailure(400, 'the recipient is not an address');
  return address;
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await readBody(request, MAX_BODY_BYTES))) as unknown;
  } catch (error) {
    if (error instanceof BodyTooLarge) throw new FaucetFailure(413, error.message);
    throw Object.assign(new FaucetFailure(400, 'the body is not JSON'), { cause: error });
  }
}

/** Counts requests in windows of a minute. */
function createLimiter({ requestsPerMinute, nowMs = Date.now }: FaucetOptions): () => void {
  let windowStartMs = 0;
  let count = 0;
  return () => {
    if (requestsPerMinute === undefined) return;
    const now = nowMs();
    if (now - windowStartMs >= MINUTE_MS) {
      windowStartMs = now;
      count = 0;
    }
    if (++count > requestsPerMinute) throw new FaucetFailure(429, 'too many requests');
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
