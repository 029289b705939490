/** `haulout node`: a storage node as a program of its own, against any network: `setup`, `register`, `run`. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import colors from 'picocolors';
import { Hono } from 'hono';
import { blobIdFromText, blobIdToText } from '../../encoding/index.js';
import { createAuditActions, createChainActions, jsonLog, LmdbStore, METRICS_CONTENT_TYPE, NodeRuntime, serveApp } from '../../node/index.js';
import { BLS_SEED_BYTES, BlsKeyPair, ChainReader, registerNode, type AuditIds, type Deployment } from '../../protocol/index.js';
import { connect, ownedCaps, registeredNode, requireFunds } from '../node-account.js';
import { keyFileText, loadNodeConfig, readNetworkPublicKey, readProtocolKey, writeNewSecret, type NodeConfig } from '../node-config.js';
import { readNetworkReference, type NetworkReference } from '../network-files.js';
import { CommandError, json, line, note, portFailure, walText } from '../output.js';
import { catchInterruption } from '../signals.js';

export interface NodeOptions {
  readonly config: string;
  readonly json?: boolean;
}

export interface NodeSetupOptions {
  readonly dir: string;
  readonly name: string;
  /** In place of the five that follow. */
  readonly manifest?: string;
  readonly rpc?: string;
  readonly systemObject?: string;
  readonly stakingObject?: string;
  readonly auditPackage?: string;
  readonly auditRegistry?: string;
  readonly publicHost: string;
  readonly port: number;
  readonly json?: boolean;
}

/** Makes keys, a wallet and a configuration. Refuses to overwrite any of them. */
export async function nodeSetup(options: NodeSetupOptions): Promise<void> {
  const joined = await networkToJoin(options);
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const at = (name: string) => path.resolve(options.dir, name);
  const wallet = new Ed25519Keypair();
  const network = decodeSuiPrivateKey(new Secp256r1Keypair().getSecretKey()).secretKey;
  const protocol = BlsKeyPair.fromSeed(new Uint8Array(randomBytes(BLS_SEED_BYTES))).exportSecretKey();
  const config = [
    `name = ${JSON.stringify(options.name)}`,
    'storage_path = "storage"',
    'protocol_key_pair = "protocol.key"',
    'network_key_pair = "network.key"',
    `public_host = ${JSON.stringify(options.publicHost)}`,
    `public_port = ${options.port}`,
    `rest_api_address = "0.0.0.0:${options.port}"`,
    `peer_scheme = ${JSON.stringify(isLoopback(options.publicHost) ? 'http' : 'https')}`,
    '',
    '[sui]',
    `rpc = ${JSON.stringify(joined.rpcUrl)}`,
    `system_object = ${JSON.stringify(joined.systemObjectId)}`,
    `staking_object = ${JSON.stringify(joined.stakingObjectId)}`,
    ...(joined.treasuryObjectId === undefined ? [] : [`treasury_object = ${JSON.stringify(joined.treasuryObjectId)}`]),
    ...(joined.audits === undefined
      ? []
      : [`audit_package = ${JSON.stringify(joined.audits.packageId)}`, `audit_registry = ${JSON.stringify(joined.audits.registryId)}`]),
    'wallet = "wallet.key"',
    '',
  ].join('\n');
  await writeNewSecret(at('wallet.key'), `${wallet.getSecretKey()}\n`);
  await writeNewSecret(at('network.key'), keyFileText('network', network));
  await writeNewSecret(at('protocol.key'), keyFileText('protocol', protocol));
  await writeNewSecret(at('node.toml'), config);
  const address = wallet.toSuiAddress();
  if (options.json) return json({ config: at('node.toml'), address });
  line(`${colors.bold(options.name)}: keys and configuration are in ${path.resolve(options.dir)}`);
  line(`account ${address}: give it SUI for gas and WAL to stake, then: haulout node register --config ${at('node.toml')}`);
}

/** @throws CommandError naming the options that are missing */
async function networkToJoin(options: NodeSetupOptions): Promise<NetworkReference> {
  const { manifest, rpc, systemObject, stakingObject, auditPackage, auditRegistry } = options;
  if (manifest !== undefined) return readNetworkReference(manifest);
  if (rpc === undefined || systemObject === undefined || stakingObject === undefined) {
    throw new CommandError('which network is it?', 'name its --manifest, or --rpc, --system-object and --staking-object');
  }
  if ((auditPackage === undefined) !== (auditRegistry === undefined)) {
    throw new CommandError('storage challenges have a package and a registry', 'name both, or neither');
  }
  return {
    ...{ rpcUrl: rpc, systemObjectId: systemObject, stakingObjectId: stakingObject },
    ...(auditPackage === undefined || auditRegistry === undefined
      ? {}
      : { audits: { packageId: auditPackage, registryId: auditRegistry } }),
  };
}

/** Registers the node on chain and stakes with it. */
export async function nodeRegister(options: NodeOptions & { readonly stake: bigint }): Promise<void> {
  const config = await loadNodeConfig(options.config);
  const account = await connect(config);
  const { client, ids, signer } = account;
  const known = await ownedCaps(config, account);
  if (known.length > 0) throw new CommandError(`this account has registered a node already (${known[0]!.nodeId})`);
  await requireFunds(account, options.stake);
  const reader = new ChainReader(client, ids);
  const { packageId } = await reader.state();
  const { storage_price: storagePrice, write_price: writePrice, node_capacity: capacityBytes } = config.voting_params;
  const registered = await registerNode(client, { ...ids, packageId, walType: await reader.walType() } as Deployment, {
    name: config.name,
    networkAddress: `${config.public_host}:${config.public_port}`,
    protocolKey: await readProtocolKey(config.protocol_key_pair),
    networkPublicKey: await readNetworkPublicKey(config.network_key_pair),
    ...{ signer, stakeFrost: options.stake, commissionBasisPoints: config.commission_rate, storagePrice, writePrice, capacityBytes },
  });
  if (options.json) return json({ nodeId: registered.nodeId, capId: registered.capId, stakedWalId: registered.stakedWalId });
  line(`${config.name} is registered as ${registered.nodeId} with ${walText(options.stake)}`);
  line('it joins the committee at an epoch change, if its stake is enough');
}

/** Runs the node until Ctrl-C. Logs are JSON lines on standard error. */
export async function nodeRun(options: NodeOptions): Promise<void> {
  const interruption = catchInterruption();
  const config = await loadNodeConfig(options.config);
  const { client, ids, signer, nodeId, capId } = await registeredNode(config, options.config);
  const key = await readProtocolKey(config.protocol_key_pair);
  const next = config.next_protocol_key_pair === undefined ? [] : [await readProtocolKey(config.next_protocol_key_pair)];
  const blocked = await readBlocklist(config.blocklist_path);
  await mkdir(config.storage_path, { recursive: true });
  // Closed in reverse order, whatever happens.
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const store = new LmdbStore(config.storage_path);
    closers.push(() => store.close());
    const { treasury_object: treasuryObjectId } = config.sui;
    const actions = createChainActions(client, { ...ids, treasuryObjectId: treasuryObjectId ?? '' }, { signer, capId });
    const audits = auditIds(config, await new ChainReader(client, ids).walType());
    const runtime = new NodeRuntime({
      ...{ nodeId, protocolKeys: [key, ...next], store, client, ids },
      actions,
      ...(audits === undefined ? {} : { audit: { actions: createAuditActions(client, audits, { nodeId, capId, send: actions.send }) } }),
      ...(treasuryObjectId === undefined ? {} : { epochClockMs: () => BigInt(Date.now()) }),
      log: jsonLog(note, () => new Date().toISOString(), config.log_level),
      urlScheme: config.peer_scheme,
      pollMs: config.sui.event_polling_interval_millis,
      maintenance: {
        blobLanes: config.blob_recovery.max_concurrent_blob_syncs,
        shardLanes: config.shard_sync_config.shard_sync_concurrency,
        uploadGraceMs: config.live_upload_deferral_millis,
      },
      limits: Object.fromEntries(Object.entries(config.max_active_requests).filter(([, limit]) => limit !== undefined)),
      longPollMs: config.confirmation_long_poll_max_millis,
      serveMetrics: config.metrics_address === undefined,
      isBlocked: (blobId) => blocked.has(blobIdToText(blobId)),
    });
    await runtime.open();
    const api = await listen(runtime.app, config.rest_api_address);
    closers.push(() => api.close());
    let metricsUrl = `http://${api.address}/metrics`;
    if (config.metrics_address !== undefined) {
      const { metrics } = runtime.context;
      const app = new Hono().get('/metrics', () => new Response(metrics.render(), { headers: { 'content-type': METRICS_CONTENT_TYPE } }));
      const server = await listen(app, config.metrics_address);
      closers.push(() => server.close());
      metricsUrl = `http://${server.address}/metrics`;
    }
    runtime.start();
    closers.push(() => runtime.stop());
    const url = `http://${api.address}`;
    const { epoch, shards } = runtime.node;
    if (options.json) json({ nodeId, url, metricsUrl, epoch, shards: shards.length, audits: audits !== undefined });
    else line(`${colors.bold(config.name)} (${nodeId}) answers at ${colors.cyan(url)}; epoch ${epoch}, ${shards.length} shards. Ctrl-C ends it.`);
    await interruption.received;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Undefined when the configuration names no audits. */
function auditIds({ sui }: NodeConfig, walType: string): AuditIds | undefined {
  const { audit_package: auditPackageId, audit_registry: auditRegistryId, system_object, staking_object } = sui;
  if (auditPackageId === undefined || auditRegistryId === undefined) return undefined;
  return { auditPackageId, auditRegistryId, systemObjectId: system_object, stakingObjectId: staking_object, walType };
}

async function readBlocklist(file: string | undefined): Promise<ReadonlySet<string>> {
  if (file === undefined) return new Set();
  const lines = (await readFile(file, 'utf8')).split('\n').map((text) => text.trim());
  return new Set(lines.filter((text) => text !== '' && !text.startsWith('#')).map((text) => blobIdToText(blobIdFromText(text))));
}

function listen(app: Pick<Hono, 'fetch'>, address: string) {
  const [host, port] = address.split(':');
  return serveApp(app, host, Number(port)).catch((error: unknown) => {
    throw portFailure(error, 'choose another address in the configuration');
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.');
}
