/**
 * What a running local network leaves on disk for other commands: `.haulout/networks/<process id>/` in the
 * working directory, with a manifest (private: it holds a test key and the control token) and the client
 * configuration in the public format (HTTP specification §9.3). Removed when the network ends.
 */
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError } from './output.js';

const NETWORKS_DIRECTORY = path.join('.haulout', 'networks');
const MANIFEST_FILE = 'manifest.json';
const CLIENT_CONFIG_FILE = 'client_config.yaml';

const objectId = z.string().regex(/^0x[0-9a-f]{64}$/);

/** Everything another process needs to use and steer the network. */
const manifestSchema = z.object({
  /** The process that runs the network. */
  processId: z.number().int().positive(),
  startedAt: z.string(),
  rpcUrl: z.url(),
  faucetUrl: z.url(),
  chainId: z.string(),
  systemObjectId: objectId,
  stakingObjectId: objectId,
  treasuryObjectId: objectId,
  upgradeManagerId: objectId,
  packageId: objectId,
  walPackageId: objectId,
  walType: z.string(),
  /** Storage challenges and governance, if the network has them. */
  auditPackageId: objectId.optional(),
  auditRegistryId: objectId.optional(),
  governancePackageId: objectId.optional(),
  governanceObjectId: objectId.optional(),
  shards: z.number().int(),
  epochMs: z.number().int(),
  /** False when epochs change by hand only. */
  epochsRun: z.boolean(),
  maxEpochsAhead: z.number().int(),
  nodes: z.array(z.object({ name: z.string(), id: objectId, url: z.url() })),
  /** Test account with SUI and WAL: `suiprivkey…`. */
  fundedKey: z.string(),
  /** Commands that change the network go here, with the token. */
  control: z.object({ url: z.url(), token: z.string() }),
});

export type NetworkManifest = z.infer<typeof manifestSchema>;

/** What a node has to know of a network: part of the manifests of `haulout up` and of `haulout deploy`. */
const networkReference = z.object({
  rpcUrl: z.url(),
  systemObjectId: objectId,
  stakingObjectId: objectId,
  auditPackageId: objectId.optional(),
  auditRegistryId: objectId.optional(),
  treasuryObjectId: objectId.optional(),
  /** Only `haulout up` has it, which moves its epochs on by itself. */
  control: z.unknown().optional(),
});

/** A network for a node to join. */
export interface NetworkReference {
  readonly rpcUrl: string;
  readonly systemObjectId: string;
  readonly stakingObjectId: string;
  readonly audits?: { readonly packageId: string; readonly registryId: string };
  /** Named when nodes have to move epochs on. */
  readonly treasuryObjectId?: string;
}

export interface NetworkFiles {
  /** Absolute paths. */
  readonly manifest: string;
  readonly clientConfig: string;
}

/** Where the files of this process's network are or will be. */
export function networkFilesHere(): NetworkFiles {
  const directory = path.resolve(NETWORKS_DIRECTORY, String(process.pid));
  return { manifest: path.join(directory, MANIFEST_FILE), clientConfig: path.join(directory, CLIENT_CONFIG_FILE) };
}

/** Writes both files; the manifest last and at once, so whoever sees it can read all of it. */
export async function writeNetworkFiles(files: NetworkFiles, manifest: NetworkManifest): Promise<void> {
  await mkdir(path.dirname(files.manifest), { recursive: true, mode: 0o700 });
  await writeFile(files.clientConfig, clientConfigText(manifest));
  const draft = `${files.manifest}.new`;
  await writeFile(draft, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, files.manifest);
}

/** Removes what `writeNetworkFiles` wrote. */
export async function removeNetworkFiles({ manifest }: Pick<NetworkFiles, 'manifest'>): Promise<void> {
  await rm(path.dirname(manifest), { recursive: true, force: true });
}

/** The public client configuration, YAML. */
export function clientConfigText(
  network: Pick<NetworkManifest, 'systemObjectId' | 'stakingObjectId' | 'shards' | 'maxEpochsAhead' | 'rpcUrl'>,
  exchangeObjects: readonly string[] = [],
): string {
  return [
    `system_object: ${network.systemObjectId}`,
    `staking_object: ${network.stakingObjectId}`,
    exchangeObjects.length === 0 ? 'exchange_objects: []' : `exchange_objects:\n${exchangeObjects.map((id) => `  - ${id}`).join('\n')}`,
    `n_shards: ${network.shards}`,
    `max_epochs_ahead: ${network.maxEpochsAhead}`,
    'rpc_urls:',
    `  - ${network.rpcUrl}`,
    '',
  ].join('\n');
}

/** A manifest and where it is. */
export interface FoundNetwork {
  readonly file: string;
  readonly network: NetworkManifest;
}

/**
 * The network that a command means: the named manifest, or the only network that was started in this folder.
 * @throws CommandError when there is none, or more than one to choose from
 */
export async function findNetwork(manifestFile: string | undefined): Promise<FoundNetwork> {
  if (manifestFile !== undefined) return { file: path.resolve(manifestFile), network: await readManifest(manifestFile) };
  const running = await runningNetworks();
  const [only, ...others] = running;
  if (only === undefined) {
    throw new CommandError('no network was started in this folder', 'start one with: haulout up, or name its --manifest');
  }
  if (others.length > 0) {
    const list = running.map(({ file, network }) => `  ${network.rpcUrl}  ${file}`).join('\n');
    throw new CommandError(`${running.length} networks run in this folder:\n${list}`, 'choose one with --manifest <file>');
  }
  return only;
}

/** False once the network has removed its manifest, which it does last, or its process is gone. */
export async function isRunning({ file, network }: FoundNetwork): Promise<boolean> {
  return isAlive(network.processId) && (await exists(file));
}

/** Networks of this folder whose process is alive. What others left behind is removed. */
async function runningNetworks(): Promise<FoundNetwork[]> {
  const names = await readdir(NETWORKS_DIRECTORY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: FoundNetwork[] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const file = path.resolve(NETWORKS_DIRECTORY, name, MANIFEST_FILE);
    if (!isAlive(Number(name))) await removeNetworkFiles({ manifest: file });
    else if (await exists(file)) found.push({ file, network: await readManifest(file) });
  }
  return found;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** The network that a manifest of either command describes. @throws CommandError */
export async function readNetworkReference(file: string): Promise<NetworkReference> {
  const { rpcUrl, systemObjectId, stakingObjectId, auditPackageId, auditRegistryId, treasuryObjectId, control } = await readJson(
    file,
    networkReference,
  );
  return {
    ...{ rpcUrl, systemObjectId, stakingObjectId },
    ...(auditPackageId === undefined || auditRegistryId === undefined
      ? {}
      : { audits: { packageId: auditPackageId, registryId: auditRegistryId } }),
    ...(treasuryObjectId === undefined || control !== undefined ? {} : { treasuryObjectId }),
  };
}

function readManifest(file: string): Promise<NetworkManifest> {
  return readJson(file, manifestSchema);
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: ${(cause as Error).message}`, 'is the network still running?', { cause });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(`${file} is not the manifest of a network`, 'haulout up and haulout deploy say where they write it', { cause });
  }
}

/** Signal 0 only asks. A process of somebody else answers EPERM, and is alive. */
function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
