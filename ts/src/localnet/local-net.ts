/**
 * The embedded network as a library: boot, fund, publish, travel in time, go back. Everything that reads
 * disk or builds packages is here; the ledger below is pure and deterministic.
 */
import { bcs } from '@mysten/sui/bcs';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import type { Signer } from '@mysten/sui/cryptography';
import { buildFramework, buildPackage, type BuildOptions, type PublishedPackage } from '../move/index.js';
import type { Address } from './vm/types.js';
import { bytesEqual } from './runtime/bytes.js';
import { blake2b256 } from './runtime/digests.js';
import { GAS_COIN_TEXT } from './runtime/type-tags.js';
import { REFERENCE_GAS_PRICE } from './runtime/limits.js';
import { fullAddress } from './runtime/bytes.js';
import { owners } from './runtime/objects.js';
import { readCoinBalance } from './runtime/write-set.js';
import { CorruptCommit } from './ledger/commits.js';
import { decodeDump, encodeDump } from './ledger/dump.js';
import { CorruptDataDirectory, LocalNetError, SeedMismatch, type LedgerNotPersisted } from './ledger/errors.js';
import { LedgerStore, type PublishedName } from './ledger/ledger-store.js';
import { LocalLedger } from './ledger/ledger.js';
import type { TransactionRecord } from './ledger/transactions.js';
import type { EpochInfo, LedgerObject } from './ledger/types.js';
import { createInProcessTransport } from './rpc/index.js';
import { DEFAULT_TRACE_LIMITS } from './tracing/call-tracer.js';
import type { TraceLimits } from './tracing/call-tracer.js';
import { NotTraceable } from './tracing/errors.js';
import { PublishedSources } from './tracing/published-sources.js';
import { traceExecuted, traceOnPresentState } from './tracing/transaction-trace.js';
import type { TracedRun, TransactionTrace } from './tracing/transaction-trace.js';

/** Genesis of a network that is not told another time: 2025-01-01T00:00:00Z. */
export const DEFAULT_GENESIS_TIME_MS = 1_735_689_600_000;

/** Budget of transactions that the network builds itself, MIST. */
const OWN_BUDGET_MIST = 10_000_000_000n;
const FAUCET_BUDGET_MIST = 50_000_000n;
const MAX_PAYMENT_COINS = 256;

export interface LocalNetOptions {
  /** Same seed, same calls: same digests. */
  readonly seed?: string | Uint8Array;
  /** Length of an epoch on the network's clock; `clock.advance` enters new epochs. Epochs stand still without it. */
  readonly epochMs?: number;
  /** Folder with `move-stdlib/` and `sui-framework/`; ours by default. */
  readonly framework?: string;
  /** Time of genesis, ms since 1970. */
  readonly genesisTimeMs?: number;
  /** Folder of the build cache; false builds anew. */
  readonly cache?: string | false;
  /** Protocol features that Move code may find enabled. */
  readonly features?: readonly string[];
  /**
   * Directory that keeps the network: made when it is missing, gone on with when it holds one. Then seed, time
   * of genesis and framework are those it was started with; `epochMs` and `features` may be given anew.
   */
  readonly data?: string;
  /** Called once when the directory cannot be written any more; nothing is executed after that. */
  readonly onDataFailure?: (error: LedgerNotPersisted) => void;
}

/** A ledger of this network from commits; a new one from the framework's modules. */
type LedgerFactory = (
  commits?: Iterable<Uint8Array>,
  framework?: { readonly std: readonly Uint8Array[]; readonly sui: readonly Uint8Array[] },
) => LocalLedger;

export interface TraceOptions {
  /** How much of the tree is kept; the rest is counted, and its gas summed. */
  readonly limits?: Partial<TraceLimits>;
  /** Sender of a transaction that names none. */
  readonly sender?: string;
}

/** What `publish` answers. */
export interface PublishResult {
  readonly packageId: Address;
  readonly upgradeCapId: Address | undefined;
  readonly digest: string;
  /** Objects that the transaction created, the package aside. */
  readonly created: readonly LedgerObject[];
  readonly transaction: TransactionRecord;
}

/** The address has no SUI to pay with; `faucet` helps. */
export class NoGasCoin extends LocalNetError {
  override readonly name = 'NoGasCoin';
  constructor(readonly address: Address) {
    super(`${address} owns no SUI; give it some with faucet()`);
  }
}

/** A transaction was executed and failed. */
export class TransactionFailed extends LocalNetError {
  override readonly name = 'TransactionFailed';
  constructor(readonly transaction: TransactionRecord) {
    super(transaction.failureDescription ?? 'transaction failed');
  }
}

/** Modules were built against dependencies that are not on this network. */
export class UnpublishedDependencies extends LocalNetError {
  override readonly name = 'UnpublishedDependencies';
  constructor(readonly names: readonly string[]) {
    super(`publish these packages first: ${names.join(', ')}`);
  }
}

export class LocalNet {
  readonly ledger: LocalLedger;
  /** The SDK's client, talking to this network without leaving the process. */
  readonly client: SuiGrpcClient;
  readonly clock: NetworkClock;
  readonly #options: LocalNetOptions;
  readonly #seed: Uint8Array;
  readonly #faucet: Ed25519Keypair;
  /** Packages published by `publish`, by name, newest last. */
  readonly #published: PublishedName[] = [];
  readonly #ledgerFrom: LedgerFactory;
  readonly #sources: PublishedSources;
  #store: LedgerStore | undefined;
  #stopped = false;

  private constructor(
    ledger: LocalLedger,
    ledgerFrom: LedgerFactory,
    seed: Uint8Array,
    faucet: Ed25519Keypair,
    options: LocalNetOptions,
  ) {
    this.ledger = ledger;
    this.#ledgerFrom = ledgerFrom;
    const { framework, cache } = options;
    this.#sources = new PublishedSources({
      ...(framework === undefined ? {} : { framework }),
      ...(cache === undefined ? {} : { cache }),
    });
    this.#seed = seed;
    this.#faucet = faucet;
    this.#options = options;
    this.client = new SuiGrpcClient({ network: 'localnet', transport: createInProcessTransport(ledger) });
    this.clock = new NetworkClock(ledger, options.epochMs === undefined ? undefined : BigInt(options.epochMs));
  }

  /**
   * Builds the framework (from the cache when it can) and boots a network of its own, or goes on with the one
   * in `options.data`.
   * @throws DataDirectoryError
   */
  static async start(options: LocalNetOptions = {}): Promise<LocalNet> {
    const store = options.data === undefined ? undefined : LedgerStore.open(options.data, options.onDataFailure);
    try {
      if (store?.header) return LocalNet.#resume(store, options);
      const build = options.cache === undefined ? {} : { cache: options.cache };
      const framework = await buildFramework(options.framework, build);
      const net = LocalNet.#boot(seedBytes(options.seed), options, framework);
      if (store) await net.#keepIn(store);
      return net;
    } catch (error) {
      await store?.close();
      throw error;
    }
  }

  /** The network that a directory holds, as it was after its last commit. */
  static #resume(store: LedgerStore, options: LocalNetOptions): LocalNet {
    const { seed, genesisTimeMs, epochMs, features } = store.header!;
    if (options.seed !== undefined && !bytesEqual(seedBytes(options.seed), seed)) throw new SeedMismatch(store.directory);
    const restored = { features, ...(epochMs === undefined ? {} : { epochMs }), ...options, genesisTimeMs };
    let net: LocalNet;
    try {
      net = LocalNet.#boot(seed, restored, { std: [], sui: [] }, store.commits());
    } catch (cause) {
      if (!(cause instanceof CorruptCommit)) throw cause;
      throw new CorruptDataDirectory(store.directory, cause.message, { cause });
    }
    net.#published.push(...store.published());
    net.#follow(store);
    return net;
  }

  /** Writes a network that has just begun. */
  async #keepIn(store: LedgerStore): Promise<void> {
    const { genesisTimeMs, epochMs, features } = this.#options;
    store.initialize({
      seed: this.#seed,
      genesisTimeMs: genesisTimeMs ?? DEFAULT_GENESIS_TIME_MS,
      epochMs,
      features: features ?? [],
    });
    for (const commit of this.ledger.commits()) store.append(commit);
    this.#follow(store);
    await store.flush();
  }

  #follow(store: LedgerStore): void {
    this.#store = store;
    this.ledger.attach(store);
  }

  /**
   * A network as it was when `dump` was called, its snapshots aside.
   * @throws CorruptCommit
   */
  static load(bytes: Uint8Array, options: Pick<LocalNetOptions, 'framework' | 'cache'> = {}): LocalNet {
    const dump = decodeDump(bytes);
    const restored: LocalNetOptions = {
      ...options,
      features: dump.features,
      genesisTimeMs: Number(dump.genesisTimeMs),
      ...(dump.epochMs === undefined ? {} : { epochMs: Number(dump.epochMs) }),
    };
    const net = LocalNet.#boot(dump.seed, restored, { std: [], sui: [] }, dump.commits);
    net.#published.push(...dump.published);
    return net;
  }

  static #boot(
    seed: Uint8Array,
    options: LocalNetOptions,
    framework: { readonly std: readonly Uint8Array[]; readonly sui: readonly Uint8Array[] },
    commits?: Iterable<Uint8Array>,
  ): LocalNet {
    const faucet = deriveSigner(seed, 'faucet');
    const ledgerFrom: LedgerFactory = (from, modules) =>
      new LocalLedger(
        {
          std: modules?.std ?? [],
          sui: modules?.sui ?? [],
          seed,
          timestampMs: BigInt(options.genesisTimeMs ?? DEFAULT_GENESIS_TIME_MS),
          faucet: faucet.toSuiAddress(),
          ...(options.features ? { features: options.features } : {}),
        },
        from,
      );
    return new LocalNet(ledgerFrom(commits, framework), ledgerFrom, seed, faucet, options);
  }

  /** The whole network as bytes, for `load`. */
  dump(): Uint8Array {
    const { genesisTimeMs, epochMs, features } = this.#options;
    return encodeDump({
      seed: this.#seed,
      genesisTimeMs: BigInt(genesisTimeMs ?? DEFAULT_GENESIS_TIME_MS),
      epochMs: epochMs === undefined ? undefined : BigInt(epochMs),
      features: features ?? [],
      published: this.#published,
      commits: [...this.ledger.commits()],
    });
  }

  /** An Ed25519 account that depends on the network's seed and the label only. */
  createSigner(label: string): Ed25519Keypair {
    return deriveSigner(this.#seed, `account:${label}`);
  }

  get faucetAddress(): Address {
    return this.#faucet.toSuiAddress();
  }

  /** Sends `amount` MIST as one new coin. */
  async faucet(address: string, amount: bigint | number): Promise<{ digest: string; coinId: Address }> {
    const recipient = fullAddress(address);
    const transaction = new Transaction();
    const [coin] = transaction.splitCoins(transaction.gas, [BigInt(amount)]);
    transaction.transferObjects([coin!], recipient);
    const record = await this.#signAndExecute(transaction, this.#faucet, FAUCET_BUDGET_MIST);
    const created = record.outputObjects.find((object) => object.owner.AddressOwner === recipient);
    return { digest: record.digest, coinId: created!.id };
  }

  /**
   * Builds and publishes a Move package. Local dependencies must have been published before, by this
   * method or named in `options.published`. The UpgradeCap goes to the signer.
   * @throws NoGasCoin, TransactionFailed, UnpublishedDependencies, MoveToolError
   */
  async publish(directory: string, signer: Signer, options: BuildOptions = {}): Promise<PublishResult> {
    const built = await buildPackage(directory, {
      ...(this.#options.framework === undefined ? {} : { framework: this.#options.framework }),
      ...(this.#options.cache === undefined ? {} : { cache: this.#options.cache }),
      ...options,
      published: { ...this.publishedPackages(), ...options.published },
    });
    if (built.unpublishedDependencies.length > 0) throw new UnpublishedDependencies(built.unpublishedDependencies);
    const result = await this.publishModules(built.modules, built.dependencies, signer);
    this.#published.push({ name: built.name, packageId: result.packageId });
    this.#store?.putPublished(this.#published);
    await this.#sources.remember(result.packageId, built.directory);
    await this.settled();
    return result;
  }

  /** Publishes compiled modules. */
  async publishModules(
    modules: readonly Uint8Array[],
    dependencies: readonly string[],
    signer: Signer,
  ): Promise<PublishResult> {
    const transaction = new Transaction();
    const cap = transaction.publish({
      modules: modules.map((bytes) => Array.from(bytes)),
      dependencies: [...dependencies],
    });
    transaction.transferObjects([cap], signer.toSuiAddress());
    const record = await this.#signAndExecute(transaction, signer, OWN_BUDGET_MIST);
    const pkg = record.outputObjects.find((object) => object.type === 'package');
    const created = record.outputObjects.filter(
      (object) => object !== pkg && !record.inputObjects.some((input) => input.id === object.id),
    );
    const capType = `${fullAddress('0x2')}::package::UpgradeCap`;
    return {
      packageId: pkg!.id,
      upgradeCapId: created.find((object) => object.type === capType)?.id,
      digest: record.digest,
      created,
      transaction: record,
    };
  }

  /** What `publish` has put on this network (and a revert has not taken away), by package name. */
  publishedPackages(): Record<string, PublishedPackage> {
    const known: Record<string, PublishedPackage> = {};
    for (const { name, packageId } of this.#published) {
      if (this.ledger.getPackage(packageId)) known[name] = { publishedAt: packageId };
    }
    return known;
  }

  /** Signs and executes, paying with the signer's coins. @throws TransactionFailed */
  async #signAndExecute(transaction: Transaction, signer: Signer, budget: bigint): Promise<TransactionRecord> {
    const bytes = await this.#build(transaction, signer.toSuiAddress(), budget);
    const { signature } = await signer.signTransaction(bytes);
    const record = await this.ledger.execute(bytes, [new Uint8Array(Buffer.from(signature, 'base64'))]);
    if (!record.succeeded) throw new TransactionFailed(record);
    return record;
  }

  /**
   * Executes as any address, without its signature. The transaction is resolved through `client`; gas comes
   * from coins of the sender. The result may be a failed execution.
   */
  async executeAs(sender: string, transaction: Transaction): Promise<TransactionRecord> {
    const address = fullAddress(sender);
    transaction.setSender(address);
    this.#pay(transaction, transaction.getData().gasData.owner ?? address, OWN_BUDGET_MIST);
    const bytes = await transaction.build({ client: this.client });
    const record = this.ledger.executeUnsigned(bytes);
    await this.settled();
    return record;
  }

  /**
   * Traces a transaction: an executed one by its digest, on the state it met; or one that is given as bytes or
   * as the SDK's builder (with its sender, or `options.sender`), on the present state, without executing it.
   * Calls in packages that `publish` built are shown with their source lines, if the sources are unchanged.
   * @throws NotTraceable, TransactionRejected, NoGasCoin
   */
  async trace(what: string | Uint8Array | Transaction, options: TraceOptions = {}): Promise<TransactionTrace> {
    const names = this.#published.flatMap(({ name, packageId }): [Address, string][] => {
      const pkg = this.ledger.getPackage(packageId);
      return pkg === undefined ? [] : [[pkg.originalId, name]];
    });
    const run: TracedRun = {
      limits: { ...DEFAULT_TRACE_LIMITS, ...options.limits },
      lines: await this.#sources.lineLookup((id) => this.ledger.getPackage(id)),
      names: new Map(names),
    };
    if (typeof what === 'string') return traceExecuted(this.ledger, what, this.#ledgerFrom, run);
    if (what instanceof Uint8Array) return traceOnPresentState(this.ledger, what, run);
    const { sender: named, expiration, gasData } = what.getData();
    const sender = options.sender ?? named;
    if (typeof sender !== 'string') throw new NotTraceable('a transaction that was not executed needs a sender');
    // The SDK resolves a whole transaction only if it succeeds, a part of one always.
    const kind = await Transaction.from(what).build({ client: this.client, onlyTransactionKind: true });
    const whole = Transaction.fromKind(kind);
    whole.setSender(fullAddress(sender));
    if (expiration) whole.setExpiration(expiration);
    if (gasData.owner) whole.setGasOwner(gasData.owner);
    if (gasData.payment) whole.setGasPayment(gasData.payment);
    if (gasData.price) whole.setGasPrice(gasData.price);
    if (gasData.budget) whole.setGasBudget(gasData.budget);
    this.#pay(whole, gasData.owner ?? fullAddress(sender), OWN_BUDGET_MIST);
    return traceOnPresentState(this.ledger, await whole.build(), run);
  }

  /** Bytes of a transaction that needs nothing from a client but payment. */
  async #build(transaction: Transaction, sender: Address, budget: bigint): Promise<Uint8Array> {
    transaction.setSender(sender);
    this.#pay(transaction, sender, budget);
    return transaction.build();
  }

  /** Fills in what the transaction does not say about gas. @throws NoGasCoin */
  #pay(transaction: Transaction, payer: Address, budget: bigint): void {
    const { gasData, inputs } = transaction.getData();
    if (gasData.price === null) transaction.setGasPrice(REFERENCE_GAS_PRICE);
    if (gasData.payment !== null && gasData.budget !== null) return;
    const used = new Set(inputs.map((input) => objectIdOfInput(input)));
    const coins = [...this.ledger.ownedObjects(payer)]
      .filter((object) => object.type === GAS_COIN_TEXT && !used.has(object.id))
      .map((coin) => ({ coin, balance: readCoinBalance(coin.contents!) }))
      .sort((a, b) => (a.balance > b.balance ? -1 : a.balance < b.balance ? 1 : 0));
    const payment = [];
    let total = 0n;
    for (const { coin, balance } of coins.slice(0, MAX_PAYMENT_COINS)) {
      if (payment.length > 0 && total >= budget) break;
      payment.push({ objectId: coin.id, version: coin.version.toString(), digest: coin.digest });
      total += balance;
    }
    if (gasData.payment === null) {
      if (payment.length === 0) throw new NoGasCoin(payer);
      transaction.setGasPayment(payment);
    }
    // The budget is withheld from the gas coin while the transaction runs, so half is left to spend.
    if (gasData.budget === null) transaction.setGasBudget(total < 2n * budget ? total / 2n : budget);
  }

  /**
   * Puts an object of any type on the network, for tests. `fields` is the BCS of everything behind its ID;
   * the owner is an address, `shared` or `immutable`.
   * @throws TypeError when type and bytes do not make an object
   */
  mintObject(type: string, fields: Uint8Array, owner: string): LedgerObject {
    const kind =
      owner === 'shared' ? owners.shared(1n) : owner === 'immutable' ? owners.immutable : owners.address(fullAddress(owner));
    return this.ledger.createObject(type, fields, kind);
  }

  /** A coin of any type out of nothing; the supply of its treasury does not know of it. */
  mintCoin(coinType: string, amount: bigint | number, owner: string): LedgerObject {
    return this.mintObject(`0x2::coin::Coin<${coinType}>`, bcs.u64().serialize(amount).toBytes(), owner);
  }

  /** Remembers the state of the whole network. */
  snapshot(): number {
    return this.ledger.snapshot();
  }

  /** Goes back to a snapshot, which stays usable; later ones are forgotten. @throws UnknownSnapshot */
  revert(id: number): void {
    this.ledger.revert(id);
  }

  /** Enters the next epoch. */
  advanceEpoch(): EpochInfo {
    return this.ledger.advanceEpoch();
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /**
   * Resolves when everything done so far is on disk: at once without `data`. Calls that answer at once, such as
   * `clock.advance`, `mintObject` and `revert`, do not wait for the disk; everything that answers a promise does.
   */
  settled(): Promise<void> {
    return this.ledger.settled();
  }

  /**
   * Ends the network. Nothing runs in the background, so there is nothing to wait for but open servers and,
   * with `data`, the disk.
   * @throws LedgerNotPersisted when the directory could not be written
   */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#store?.close();
  }
}

/** The network's clock: it stands still until it is moved. */
export class NetworkClock {
  readonly #ledger: LocalLedger;
  readonly #epochMs: bigint | undefined;

  constructor(ledger: LocalLedger, epochMs: bigint | undefined) {
    this.#ledger = ledger;
    this.#epochMs = epochMs;
  }

  /** Time of the network, ms since 1970. */
  get nowMs(): number {
    return Number(this.#ledger.timestampMs);
  }

  /** Moves the clock forward; enters a new epoch at each boundary that is passed. Answers the new time. */
  advance(milliseconds: number | bigint): number {
    let left = BigInt(milliseconds);
    while (this.#epochMs !== undefined) {
      const boundary = this.#ledger.epoch.startTimestampMs + this.#epochMs;
      const step = boundary - this.#ledger.timestampMs;
      if (left < step) break;
      this.#ledger.advanceClock(step);
      this.#ledger.advanceEpoch();
      left -= step;
    }
    if (left !== 0n || this.#epochMs === undefined) this.#ledger.advanceClock(left);
    return this.nowMs;
  }
}

/** Object that an input of the SDK's builder names, resolved or not. */
function objectIdOfInput(input: ReturnType<Transaction['getData']>['inputs'][number]): Address | undefined {
  if (input.UnresolvedObject) return input.UnresolvedObject.objectId;
  const object = input.Object;
  return (object?.ImmOrOwnedObject ?? object?.SharedObject ?? object?.Receiving)?.objectId;
}

function seedBytes(seed: string | Uint8Array = 'haulout'): Uint8Array {
  return blake2b256(typeof seed === 'string' ? new TextEncoder().encode(seed) : seed);
}

function deriveSigner(seed: Uint8Array, label: string): Ed25519Keypair {
  return Ed25519Keypair.fromSecretKey(blake2b256(Buffer.concat([seed, Buffer.from(label)])));
}
