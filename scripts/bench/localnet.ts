/**
 * `npm run bench:localnet -- [--rounds N] [--json]`: our Move VM beside the WebAssembly build of the real one,
 * and what the embedded network does per second. Counted: the time of the tests' code alone (the same package
 * with one round is subtracted on the peer's side, which reports no times); whole transactions with signature
 * check, effects and checkpoint.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Transaction } from '@mysten/sui/transactions';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { bytesToU256, deriveBlobId } from '../../ts/src/encoding/index.js';
import { Cluster, contractCompiler, protocolKey } from '../../ts/src/cluster/index.js';
import { LocalNet, runMoveTests } from '../../ts/src/localnet/index.js';
import { BlsKeyPair, execute, loadFastBls, registerBlob, signersBitmap, storageConfirmationMessage, storageCost } from '../../ts/src/protocol/index.js';
import { testPackage } from '../../ts/src/move/index.js';

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '200000' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(flags.rounds);
const RUNS = 3;

interface Row {
  readonly name: string;
  readonly oursMs: number | null;
  readonly peerMs: number | null;
  readonly ratio: number | null;
  readonly perSecond: number | null;
  /** Heap per object, where that was measured. */
  readonly bytesPerObject?: number;
}

const benchPackage = fileURLToPath(new URL('./move', import.meta.url));
const counterPackage = fileURLToPath(new URL('../../docs/examples/counter', import.meta.url));
const rows: Row[] = [];
const rounded = (value: number) => Number(value.toPrecision(4));

async function timed<T>(work: () => Promise<T> | T): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now();
  const value = await work();
  return { ms: performance.now() - startedAt, value };
}

/** The package with another number of rounds and, for the peer, only one of its tests. */
async function variant(directory: string, count: number, only?: string): Promise<string> {
  const target = await mkdtemp(path.join(directory, 'variant-'));
  await cp(benchPackage, target, { recursive: true });
  const file = path.join(target, 'sources/bench.move');
  let text = (await readFile(file, 'utf8')).replace('ROUNDS: u64 = 1', `ROUNDS: u64 = ${count}`);
  if (only !== undefined) text = text.replace(/#\[test\]\nfun (\w+)/g, (all, name) => (name === only ? all : `#[allow(unused_function)]\nfun ${name}`));
  await writeFile(file, text);
  return target;
}

async function compute(directory: string): Promise<void> {
  const ours = new Map<string, number[]>();
  const package_ = await variant(directory, rounds);
  for (let run = 0; run < RUNS + 1; run++) {
    for await (const { test, passed, durationMs, reason } of runMoveTests(package_)) {
      if (!passed) throw new Error(`${test.name}: ${reason}`);
      if (run > 0) ours.set(test.name, [...(ours.get(test.name) ?? []), durationMs]);
    }
  }
  for (const [name, times] of ours) {
    const [large, small] = [await variant(directory, rounds, name), await variant(directory, 1, name)];
    // The peer reports no times, so the same package with one round is subtracted; the best run of each counts.
    const best = { base: Infinity, full: Infinity };
    for (let run = 0; run < RUNS; run++)
      for (const [kind, directory] of [['base', small], ['full', large]] as const) {
        const { ms, value } = await timed(() => testPackage(directory));
        if (!value.passed) throw new Error(`${name} fails on the peer`);
        best[kind] = Math.min(best[kind], ms);
      }
    const [oursMs, peerMs] = [Math.min(...times), best.full - best.base];
    rows.push({
      name: `${name}, ${rounds} rounds`,
      oursMs: rounded(oursMs),
      peerMs: rounded(peerMs),
      ratio: rounded(peerMs / oursMs),
      perSecond: rounded((rounds / oursMs) * 1000),
    });
  }
}

function own(name: string, ms: number, count = 1): void {
  rows.push({ name, oursMs: rounded(ms), peerMs: null, ratio: null, perSecond: count > 1 ? rounded((count / ms) * 1000) : null });
}

async function firstTransaction(cache: string | undefined): Promise<number> {
  const { ms } = await timed(async () => {
    const net = await LocalNet.start(cache === undefined ? {} : { cache });
    await net.faucet(net.createSigner('a').toSuiAddress(), 1n);
  });
  return ms;
}

/** Signed bytes of `count` transactions, each paid with a coin of its own, so that all can be built ahead. */
async function prepared(net: LocalNet, signer: Ed25519Keypair, count: number, fill: (transaction: Transaction, index: number) => void) {
  const transactions: { bytes: Uint8Array; signature: Uint8Array }[] = [];
  for (let i = 0; i < count; i++) {
    const { coinId } = await net.faucet(signer.toSuiAddress(), 100_000_000n);
    const coin = net.ledger.getObject(coinId)!;
    const transaction = new Transaction();
    transaction.setSender(signer.toSuiAddress());
    transaction.setGasPrice(1000);
    transaction.setGasBudget(50_000_000);
    transaction.setGasPayment([{ objectId: coinId, version: coin.version.toString(), digest: coin.digest }]);
    fill(transaction, i);
    const bytes = await transaction.build();
    const { signature } = await signer.signTransaction(bytes);
    transactions.push({ bytes, signature: new Uint8Array(Buffer.from(signature, 'base64')) });
  }
  return transactions;
}

async function throughput(): Promise<void> {
  const net = await LocalNet.start();
  const signer = net.createSigner('bench');
  await net.faucet(signer.toSuiAddress(), 10_000_000_000n);
  const { packageId } = await net.publish(counterPackage, signer);
  const created = await net.executeAs(signer.toSuiAddress(), call(`${packageId}::counter::create`));
  const counter = created.outputObjects.find(({ owner }) => owner.Shared !== undefined)!;
  const count = 2000;
  const kinds: Record<string, (transaction: Transaction) => void> = {
    'signed transfers': (tx) => {
      const [coin] = tx.splitCoins(tx.gas, [1]);
      tx.transferObjects([coin!], `0x${'05'.repeat(32)}`);
    },
    'shared counter': (tx) => {
      const shared = { objectId: counter.id, initialSharedVersion: counter.version.toString(), mutable: true };
      tx.moveCall({ target: `${packageId}::counter::increment`, arguments: [tx.sharedObjectRef(shared)] });
    },
  };
  for (const [name, fill] of Object.entries(kinds)) {
    const transactions = await prepared(net, signer, count, fill);
    own(`${name}, ${count}`, await executeAll(net, transactions, name), count);
  }
  const snapshot = await timed(() => net.snapshot());
  own(`snapshot, ${4 * count} objects and more`, snapshot.ms);
  await net.faucet(signer.toSuiAddress(), 1n);
  own('revert', (await timed(() => net.revert(snapshot.value))).ms);
}

/** Milliseconds for all of them, one after the other. */
async function executeAll(net: LocalNet, transactions: readonly { bytes: Uint8Array; signature: Uint8Array }[], name: string): Promise<number> {
  const { ms } = await timed(async () => {
    for (const { bytes, signature } of transactions) {
      const { effects } = await net.ledger.execute(bytes, [signature]);
      if (effects.V2?.status.Success === undefined) throw new Error(`${name}: a transaction failed`);
    }
  });
  return ms;
}

/** `certify_blob` with the signature of a committee of ten, and what publishing the protocol takes. */
async function protocol(): Promise<void> {
  const started = await timed(() => Cluster.start({ transport: 'memory', seed: 'bench' }));
  const cluster = started.value;
  const { net, deployment, signer } = cluster;
  own('protocol deployed, ten nodes in committee', started.ms);
  const { modules, dependencies } = await contractCompiler()('walrus', { wal: { publishedAt: deployment.walPackageId } });
  const publication = new Transaction();
  publication.transferObjects([publication.publish({ modules: modules.map((m) => [...m]), dependencies: [...dependencies] })], signer.toSuiAddress());
  own('publish of the protocol package', (await timed(() => execute(net.client, signer, publication, 'publish'))).ms);
  await loadFastBls();
  const state = await cluster.state();
  const calls = { ids: deployment, packageId: deployment.packageId, walType: deployment.walType };
  const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
  const secrets = cluster.nodes.map(({ name }) => BigInt(`0x${Buffer.from(protocolKey('bench', name).exportSecretKey()).toString('hex')}`));
  const sum = secrets.reduce((total, secret) => (total + secret) % order, 0n);
  // The sum of all members' signatures over a message is the signature of the sum of their keys.
  const committee = BlsKeyPair.fromSecretKey(Buffer.from(sum.toString(16).padStart(64, '0'), 'hex'));
  const count = 100;
  const certificates: { object: { objectId: string; version: string; digest: string }; message: Uint8Array; signature: Uint8Array }[] = [];
  for (let i = 0; i < count; i++) {
    const rootHash = new Uint8Array(32).fill(i + 1);
    const blobId = deriveBlobId(1000n, rootHash);
    const registration = registerBlob(calls, storageCost(state, 1000n, 1), {
      blobId: bytesToU256(blobId), rootHash: bytesToU256(rootHash), sizeBytes: 1000n, epochs: 1, deletable: false, owner: signer.toSuiAddress(),
    });
    const { effects, objectTypes } = await execute(net.client, signer, registration, 'register');
    const { objectId } = effects.changedObjects.find((change) => objectTypes[change.objectId]?.endsWith('::blob::Blob') === true)!;
    const { version, digest } = net.ledger.getObject(objectId)!;
    const message = storageConfirmationMessage(state.epoch, blobId, { kind: 'permanent' });
    certificates.push({ object: { objectId, version: version.toString(), digest }, message, signature: committee.sign(message) });
  }
  const systemOwner = net.ledger.getObject(deployment.systemObjectId)!.owner.Shared!;
  const system = { objectId: deployment.systemObjectId, initialSharedVersion: systemOwner.initialSharedVersion, mutable: false };
  const bitmap = signersBitmap(cluster.nodes.map((_, i) => i), cluster.nodes.length);
  const transactions = await prepared(net, signer, count, (tx, i) => {
    const { object, message, signature } = certificates[i]!;
    tx.moveCall({
      target: `${deployment.packageId}::system::certify_blob`,
      arguments: [tx.sharedObjectRef(system), tx.objectRef(object), tx.pure.vector('u8', signature), tx.pure.vector('u8', bitmap), tx.pure.vector('u8', message)],
    });
  });
  own(`certify_blob, ten signers, ${count}`, await executeAll(net, transactions, 'certify_blob'), count);
  await cluster.stop();
}

/** Heap that 100,000 objects of one transaction each take, records and checkpoints included. */
async function memory(): Promise<void> {
  const net = await LocalNet.start();
  const owner = net.createSigner('many').toSuiAddress();
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  const before = process.memoryUsage().heapUsed;
  const objects = 100_000;
  const perTransaction = 500;
  const { ms } = await timed(async () => {
    for (let made = 0; made < objects; made += perTransaction) {
      const tx = new Transaction();
      const coins = tx.splitCoins(tx.gas, Array.from({ length: perTransaction }, () => 1));
      tx.transferObjects(Array.from({ length: perTransaction }, (_, i) => coins[i]!), owner);
      const { coinId } = await net.faucet(owner, 100_000_000_000n);
      const coin = net.ledger.getObject(coinId)!;
      tx.setGasPayment([{ objectId: coinId, version: coin.version.toString(), digest: coin.digest }]);
      tx.setGasPrice(1000);
      tx.setGasBudget(50_000_000_000);
      await net.executeAs(owner, tx);
    }
  });
  gc?.();
  const bytesPerObject = Math.round((process.memoryUsage().heapUsed - before) / objects);
  rows.push({ name: `${objects} objects created`, oursMs: rounded(ms), peerMs: null, ratio: null, perSecond: rounded((objects / ms) * 1000), bytesPerObject });
}

function call(target: string): Transaction {
  const transaction = new Transaction();
  transaction.moveCall({ target });
  return transaction;
}

const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-bench-'));
try {
  own('start to first transaction, cold', await firstTransaction(path.join(directory, 'cache')));
  const warm = [];
  for (let run = 0; run < RUNS; run++) warm.push(await firstTransaction(path.join(directory, 'cache')));
  own('start to first transaction, warm', Math.min(...warm));
  await throughput();
  await protocol();
  await memory();
  await compute(directory);
} finally {
  await rm(directory, { recursive: true, force: true });
}
console.log(`Node.js ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'}; best of ${RUNS}`);
console.table(rows);
if (flags.json) console.log(JSON.stringify(rows));
