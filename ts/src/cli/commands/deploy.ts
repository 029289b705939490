/**
 * `haulout deploy`: all contracts on any Sui network, in steps that are written down before they are sent. Run
 * again, it goes on where it stopped; run once more, it does nothing.
 */
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import { requestSuiFromFaucetV2 } from '@mysten/sui/faucet';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import type { Signer } from '@mysten/sui/cryptography';
import colors from 'picocolors';
import { contractCompiler } from '../../cluster/index.js';
import { LocalNet } from '../../localnet/index.js';
import { deployEverything, journalSchema, JournalMismatch, type FullDeployment, type Journal, type StepReport } from '../../protocol/index.js';
import { clientConfigText } from '../network-files.js';
import { CommandError, json, line } from '../output.js';

export interface DeployCommandOptions {
  readonly rpcUrl: string;
  readonly faucetUrl?: string;
  readonly keyFile?: string;
  readonly out: string;
  readonly shards: number;
  /** Milliseconds. */
  readonly epoch: number;
  readonly epochZero: number;
  readonly maxEpochsAhead: number;
  /** FROST. */
  readonly exchange?: bigint;
  readonly dryRun?: boolean;
  readonly framework?: string;
  readonly json?: boolean;
}

const MIST_PER_SUI = 1_000_000_000n;
const LOCAL_FAUCET = 'http://127.0.0.1:9123';
/** Publishing everything takes about a third of it. */
const NEEDED_MIST = 5n * MIST_PER_SUI;

export async function deploy(options: DeployCommandOptions): Promise<void> {
  if (options.dryRun === true) return rehearse(options);
  const client = new SuiGrpcClient({ network: 'custom', baseUrl: options.rpcUrl });
  const chainId = await client.core.getChainIdentifier().then(
    ({ chainIdentifier }) => chainIdentifier,
    (cause: unknown) => {
      throw new CommandError(`no Sui network answers at ${options.rpcUrl}`, 'start one with: haulout sui, or name one with --rpc-url', { cause });
    },
  );
  await mkdir(options.out, { recursive: true });
  const signer = await signerFor(options, client);
  if (options.json !== true) line(`${colors.bold('Deploying to')} ${options.rpcUrl} (chain ${chainId}) as ${signer.toSuiAddress()}`);
  const steps: StepReport[] = [];
  const deployment = await deployEverything({
    client,
    signer,
    ...common(options),
    journal: fileJournal(path.join(options.out, 'journal.json')),
    onStep: (step) => {
      steps.push(step);
      if (options.json !== true) line(stepText(step));
    },
  }).catch((error: unknown) => {
    if (!(error instanceof JournalMismatch)) throw error;
    throw new CommandError(error.message, `choose another folder with --out, or remove ${options.out} to begin anew`, { cause: error });
  });
  const manifest = manifestOf(options, deployment);
  const files = { manifest: path.resolve(options.out, 'manifest.json'), clientConfig: path.resolve(options.out, 'client_config.yaml') };
  await writeFile(files.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await writeFile(files.clientConfig, clientConfigText(
    { ...deployment, shards: options.shards, maxEpochsAhead: options.maxEpochsAhead, rpcUrl: options.rpcUrl },
    deployment.exchangeObjectId === undefined ? [] : [deployment.exchangeObjectId],
  ));
  if (options.json === true) return json({ ...manifest, steps, files });
  const isDone = steps.every(({ isOld }) => isOld);
  line(isDone ? 'Everything was deployed before; nothing was sent.' : `Done for ${sui(total(steps.filter(({ isOld }) => !isOld)))}.`);
  line(`  manifest       ${files.manifest}`);
  line(`  configuration  ${files.clientConfig}`);
}

/** The same steps on a network in this process. */
async function rehearse(options: DeployCommandOptions): Promise<void> {
  const net = await LocalNet.start(options.framework === undefined ? {} : { framework: options.framework });
  const steps: StepReport[] = [];
  try {
    const signer = net.createSigner('deployer');
    await net.faucet(signer.toSuiAddress(), 1000n * MIST_PER_SUI);
    await deployEverything({
      client: net.client,
      signer,
      ...common(options),
      journal: memoryJournal(),
      onStep: (step) => {
        steps.push(step);
        if (options.json !== true) line(stepText(step));
      },
    });
  } finally {
    await net.stop();
  }
  const gasMist = total(steps);
  if (options.json === true) return json({ dryRun: true, steps, gasMist });
  line(`In all ${sui(gasMist)} at a gas price of 1000 MIST. Nothing was sent.`);
}

function common(options: DeployCommandOptions) {
  return {
    compile: contractCompiler(options.framework === undefined ? {} : { framework: options.framework }),
    parameters: {
      shardCount: options.shards,
      epochDurationMs: BigInt(options.epoch),
      epochZeroDurationMs: BigInt(options.epochZero),
      maxEpochsAhead: options.maxEpochsAhead,
    },
    ...(options.exchange === undefined ? {} : { exchangeFrost: options.exchange }),
  };
}

function manifestOf(options: DeployCommandOptions, deployment: FullDeployment) {
  const { governance, ...protocol } = deployment;
  const { auditPackageId, governancePackageId, governanceObjectId, auditRegistryId } = governance;
  return { rpcUrl: options.rpcUrl, shards: options.shards, maxEpochsAhead: options.maxEpochsAhead, ...protocol, auditPackageId, governancePackageId, governanceObjectId, auditRegistryId };
}

/** The key that pays: the file named, or one of this deployment that a faucet has filled. */
async function signerFor(options: DeployCommandOptions, client: SuiGrpcClient): Promise<Signer> {
  const file = options.keyFile ?? path.join(options.out, 'deployer.key');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' && options.keyFile === undefined) return undefined;
    throw new CommandError(`the key file ${file} cannot be read (${cause.code ?? cause.message})`, 'name a file that holds suiprivkey…', { cause });
  });
  const signer = text === undefined ? new Ed25519Keypair() : parseKey(text.trim(), file);
  if (text === undefined) await writeFile(file, `${(signer as Ed25519Keypair).getSecretKey()}\n`, { mode: 0o600 });
  const owner = signer.toSuiAddress();
  const { balance } = await client.core.getBalance({ owner });
  if (BigInt(balance.balance) >= NEEDED_MIST) return signer;
  const host = options.faucetUrl ?? (/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${options.rpcUrl}/`) ? LOCAL_FAUCET : undefined);
  const advice = `send ${sui(NEEDED_MIST)} to ${owner}, or name a faucet with --faucet-url`;
  if (host === undefined) throw new CommandError(`${owner} holds ${sui(BigInt(balance.balance))}, which does not pay for a deployment`, advice);
  try {
    await requestSuiFromFaucetV2({ host, recipient: owner });
  } catch (cause) {
    throw new CommandError(`the faucet ${host} gave nothing`, advice, { cause });
  }
  return signer;
}

function parseKey(text: string, file: string): Signer {
  try {
    const { scheme, secretKey } = decodeSuiPrivateKey(text);
    if (scheme === 'ED25519') return Ed25519Keypair.fromSecretKey(secretKey);
    if (scheme === 'Secp256k1') return Secp256k1Keypair.fromSecretKey(secretKey);
    if (scheme === 'Secp256r1') return Secp256r1Keypair.fromSecretKey(secretKey);
  } catch {
    // Not even the reason may quote a key.
    throw new CommandError(`${file} holds no key`, 'it has to be one line: suiprivkey…');
  }
  throw new CommandError(`${file} holds a key of a scheme that cannot sign alone`, 'use an Ed25519, secp256k1 or secp256r1 key');
}

/** A file that is replaced whole and synced, so that a crash leaves the old record or the new one. */
function fileJournal(file: string): Journal {
  return {
    async load() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return undefined;
      try {
        return journalSchema.parse(JSON.parse(text));
      } catch (cause) {
        throw new CommandError(`${file} is no journal of a deployment`, 'choose another folder with --out', { cause });
      }
    },
    async save(record) {
      const draft = await open(`${file}.new`, 'w', 0o600);
      try {
        await draft.writeFile(`${JSON.stringify(record, undefined, 1)}\n`);
        await draft.sync();
      } finally {
        await draft.close();
      }
      await rename(`${file}.new`, file);
    },
  };
}

function memoryJournal(): Journal {
  return { load: async () => undefined, save: async () => undefined };
}

function stepText({ purpose, digest, isOld, gasMist }: StepReport): string {
  return `  ${isOld ? colors.dim('before') : colors.green('  done')}  ${purpose.padEnd(30)} ${sui(gasMist).padStart(14)}  ${colors.dim(digest)}`;
}

function total(steps: readonly StepReport[]): bigint {
  return steps.reduce((sum, { gasMist }) => sum + gasMist, 0n);
}

function sui(mist: bigint): string {
  return `${(Number(mist) / 1e9).toFixed(4)} SUI`;
}
