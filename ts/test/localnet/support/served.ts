/** `haulout sui` as a process of its own, and clients that hammer it. Needs `npm run build`. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bcs } from '@mysten/sui/bcs';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';

const bin = fileURLToPath(new URL('../../../../bin/haulout.mjs', import.meta.url));

export interface Served {
  readonly process: ChildProcessWithoutNullStreams;
  readonly client: SuiGrpcClient;
  readonly faucetUrl: string;
  readonly chainId: string;
  /** What it has written to standard error so far. */
  readonly errors: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts the command on free ports. `shell` is put before it, such as a limit. Rejects when it ends before it serves. */
export async function serve(directory: string, shell?: string): Promise<Served> {
  const args = [bin, 'sui', '--port', '0', '--faucet-port', '0', '--json', '--data', directory];
  const environment = { env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } };
  const child =
    shell === undefined
      ? spawn(process.execPath, args, environment)
      : spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], environment);
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then((code) => Promise.reject(new Error(`haulout sui ended with ${code}: ${errors}`))),
  ]);
  const { rpcUrl, faucetUrl, chainId } = JSON.parse(String(first[0])) as Record<string, string>;
  const client = new SuiGrpcClient({ network: 'localnet', baseUrl: rpcUrl! });
  return { process: child, client, faucetUrl: faucetUrl!, chainId: chainId!, errors: () => errors, ended };
}

/** An account that pays with one coin, transaction after transaction. */
export class Payer {
  readonly signer: Ed25519Keypair;
  /** Receives what this payer sends, and nothing else. */
  readonly recipient: string;
  /** Digests that the network answered. */
  readonly acknowledged: string[] = [];
  /** Also those whose answer never came. */
  sent = 0;
  #coin: { objectId: string; version: string; digest: string } | undefined;

  constructor(index: number) {
    this.signer = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(index + 1));
    this.recipient = '0x' + (0xb0b000 + index).toString(16).padStart(64, '0');
  }

  async fund({ faucetUrl }: Served): Promise<void> {
    const response = await fetch(`${faucetUrl}/v2/gas`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ FixedAmountRequest: { recipient: this.signer.toSuiAddress() } }),
    });
    const { coins_sent: coins } = (await response.json()) as { coins_sent: { transferTxDigest: string }[] };
    this.acknowledged.push(coins[0]!.transferTxDigest);
  }

  /** Looks its coin up again; after a restart it may have changed without an answer. */
  async find({ client }: Served): Promise<void> {
    const { objects } = await client.listCoins({ owner: this.signer.toSuiAddress() });
    const { objectId, version, digest } = objects[0]!;
    this.#coin = { objectId, version, digest };
  }

  /** Sends 1 MIST to the recipient. Rejects when no answer comes. */
  async pay({ client }: Served): Promise<void> {
    const transaction = new Transaction();
    transaction.setSender(this.signer.toSuiAddress());
    transaction.setGasPrice(1_000);
    transaction.setGasBudget(10_000_000);
    transaction.setGasPayment([this.#coin!]);
    transaction.transferObjects([transaction.splitCoins(transaction.gas, [1])[0]!], this.recipient);
    const bytes = await transaction.build();
    const { signature } = await this.signer.signTransaction(bytes);
    this.sent++;
    const { response } = await client.transactionExecutionService.executeTransaction({
      transaction: { bcs: { value: bytes } },
      signatures: [{ bcs: { value: new Uint8Array(Buffer.from(signature, 'base64')) }, signature: { oneofKind: undefined } }],
      readMask: { paths: ['digest', 'effects.bcs'] },
    });
    const effects = bcs.TransactionEffects.parse(response.transaction!.effects!.bcs!.value!).V2!;
    if (effects.status.$kind !== 'Success') throw new Error(`a payment failed: ${effects.status.Failure.error.$kind}`);
    this.acknowledged.push(response.transaction!.digest!);
    const [objectId, { outputState }] = effects.changedObjects[effects.gasObjectIndex!]!;
    this.#coin = { objectId, version: effects.lamportVersion, digest: outputState.ObjectWrite![0] };
  }
}
