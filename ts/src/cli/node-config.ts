/**
 * Configuration of `haulout node`: the keys of HTTP specification §9.2 that this node knows, in TOML or JSON. Keys
 * and wallet are files of their own, named here and never printed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { BLS_SECRET_KEY_BYTES, BlsKeyPair } from '../protocol/index.js';
import { CommandError } from './output.js';

/** First byte of a key file. */
const KEY_FLAG = { protocol: 0x04, network: 0x02 } as const;

const SECRET_MODE = 0o600;

const objectId = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'expected 0x and 64 hex digits');
const listenAddress = z.string().regex(/^[^\s:]+:\d{1,5}$/, 'expected host:port');
const count = (max: number) => z.number().int().min(1).max(max);
const amount = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(BigInt);

export const nodeConfigSchema = z.strictObject({
  /** Name on chain, at most 100 bytes. */
  name: z.string().min(1).max(100),
  storage_path: z.string().min(1),
  protocol_key_pair: z.string().min(1),
  /** Protocol key that takes over at an epoch change. */
  next_protocol_key_pair: z.string().min(1).optional(),
  network_key_pair: z.string().min(1),
  /** Blob IDs in text form, one per line, that are not served. */
  blocklist_path: z.string().min(1).optional(),
  /** How other nodes and clients reach this one. */
  public_host: z.string().min(1),
  public_port: z.number().int().min(1).max(65_535).default(9185),
  rest_api_address: listenAddress.default('0.0.0.0:9185'),
  /** Own address of `/metrics`; without it `/metrics` is served with the API. */
  metrics_address: listenAddress.optional(),
  /** `https` when nodes stand behind fronts that end TLS. */
  peer_scheme: z.enum(['http', 'https']).default('https'),
  sui: z.strictObject({
    rpc: z.url(),
    system_object: objectId,
    staking_object: objectId,
    /** With it the node moves epochs on when they are due. */
    treasury_object: objectId.optional(),
    event_polling_interval_millis: count(60_000).default(400),
    /** With both of them the node answers storage challenges. */
    audit_package: objectId.optional(),
    audit_registry: objectId.optional(),
    /** File with the account's `suiprivkey…`. */
    wallet: z.string().min(1),
  }).refine(({ audit_package: one, audit_registry: other }) => (one === undefined) === (other === undefined), {
    error: 'audit_package and audit_registry belong together',
  }),
  storage_node_cap: objectId.optional(),
  /** Basis points. */
  commission_rate: z.number().int().min(0).max(10_000).default(6000),
  voting_params: z
    .strictObject({ storage_price: amount, write_price: amount, node_capacity: amount })
    .default({ storage_price: 100_000n, write_price: 20_000n, node_capacity: 250_000_000_000n }),
  blob_recovery: z.strictObject({ max_concurrent_blob_syncs: count(1000).default(8) }).default({ max_concurrent_blob_syncs: 8 }),
  shard_sync_config: z.strictObject({ shard_sync_concurrency: count(100).default(10) }).default({ shard_sync_concurrency: 10 }),
  live_upload_deferral_millis: z.number().int().min(0).max(600_000).default(15_000),
  confirmation_long_poll_max_millis: z.number().int().min(0).max(60_000).default(5000),
  max_active_requests: z
    .strictObject({ read: count(100_000), write: count(100_000), symbols: count(100_000), transfer: count(1000), proof: count(1000) })
    .partial()
    .default({}),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type NodeConfig = z.infer<typeof nodeConfigSchema>;

/** Reads and checks a configuration; relative paths are relative to it. @throws CommandError naming every wrong key */
export async function loadNodeConfig(file: string): Promise<NodeConfig> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`cannot read ${file}`, 'name the configuration with --config <file>', { cause });
  });
  let value: unknown;
  try {
    value = file.endsWith('.json') ? JSON.parse(text) : parseToml(text);
  } catch (cause) {
    throw new CommandError(`${file} does not parse: ${(cause as Error).message}`, undefined, { cause });
  }
  const parsed = nodeConfigSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: at, message }) => `  ${at.join('.') || '(top)'}: ${message}`);
    throw new CommandError(`${file} is not a node configuration:\n${faults.join('\n')}`, 'see docs/operating.md for the keys');
  }
  const config = parsed.data;
  const beside = (name: string) => path.resolve(path.dirname(file), name);
  return {
    ...config,
    storage_path: beside(config.storage_path),
    protocol_key_pair: beside(config.protocol_key_pair),
    network_key_pair: beside(config.network_key_pair),
    ...(config.next_protocol_key_pair === undefined ? {} : { next_protocol_key_pair: beside(config.next_protocol_key_pair) }),
    ...(config.blocklist_path === undefined ? {} : { blocklist_path: beside(config.blocklist_path) }),
    sui: { ...config.sui, wallet: beside(config.sui.wallet) },
  };
}

/** Writes a file that only its owner can read. @throws CommandError rather than overwriting one */
export async function writeNewSecret(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: SECRET_MODE, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new CommandError(`${file} exists already`, 'nothing is overwritten: move it away, or choose another folder', { cause });
    throw cause;
  });
}

/** Text of a key file: base64 of flag and 32 bytes. */
export function keyFileText(kind: keyof typeof KEY_FLAG, secret: Uint8Array): string {
  return `${Buffer.from([KEY_FLAG[kind], ...secret]).toString('base64')}\n`;
}

export async function readProtocolKey(file: string): Promise<BlsKeyPair> {
  return BlsKeyPair.fromSecretKey(await readKey(file, 'protocol'));
}

/** Public half of the network key, 33 bytes. */
export async function readNetworkPublicKey(file: string): Promise<Uint8Array> {
  return Secp256r1Keypair.fromSecretKey(await readKey(file, 'network')).getPublicKey().toRawBytes();
}

export async function readWallet(file: string): Promise<Ed25519Keypair> {
  const text = (await readSecret(file)).trim();
  try {
    return Ed25519Keypair.fromSecretKey(text);
  } catch {
    throw new CommandError(`${file} holds no suiprivkey… of an Ed25519 account`); // the cause would quote the key
  }
}

async function readKey(file: string, kind: keyof typeof KEY_FLAG): Promise<Uint8Array> {
  const bytes = Buffer.from((await readSecret(file)).trim(), 'base64');
  if (bytes.length !== 1 + BLS_SECRET_KEY_BYTES || bytes[0] !== KEY_FLAG[kind]) {
    throw new CommandError(`${file} holds no ${kind} key`, 'a key file is the base64 of a flag byte and 32 bytes');
  }
  return new Uint8Array(bytes.subarray(1));
}

function readSecret(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`cannot read ${file}`, 'make keys with: haulout node setup', { cause });
  });
}
