/**
 * The network that histories run on: contracts deployed, accounts funded, nodes registered; and a mirror of
 * all objects that matter, decoded once per version. Histories start from one snapshot.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { buildPackage, type BuildOptions } from '../../../src/move/index.js';
import { LocalNet, TransactionRejected } from '../../../src/localnet/index.js';
import type { StoredObject } from '../../../src/localnet/runtime/objects.js';
import type { TransactionRecord } from '../../../src/localnet/ledger/transactions.js';
import { BlsKeyPair, deployContracts, proofOfPossessionMessage, type Deployment } from '../../../src/protocol/index.js';
import { protocolKey } from '../../../src/cluster/keys.js';
import { fieldOf, hex, type ChainActiveSet, type ChainPool, type ChainStaking, type ChainSystem } from './state.js';
import { ObjectDecoder, type Decoded, type DecodedObject } from './decode.js';
import { encodeContents, type EncodedContent } from './contents.js';
import { Ptb } from './ptb.js';

/** Divisible by three: every rounding of a quorum shows. */
export const SHARDS = 12;
export const MAX_AHEAD = 5;
export const EPOCH_MS = 3_600_000n;
export const NODES = 8;
/** Keys for nodes that register, and for keys that are rotated in. */
const SPARE_KEYS = 8;
const USERS = 4;
const WALLET_FROST = 200_000_000_000_000_000n;
const GAS_MIST = 10_000_000_000_000_000n;

/** What came of a call: it changed the network, failed there, or was not let in. */
export type Outcome =
  | { readonly kind: 'done'; readonly record: TransactionRecord }
  | { readonly kind: 'aborted'; readonly module: string; readonly code: number }
  | { readonly kind: 'failed'; readonly status: string }
  | { readonly kind: 'rejected'; readonly reason: string };

export interface Entry extends DecodedObject {
  readonly object: StoredObject;
  readonly type: string;
}

/** A node as it stands at the beginning of every history. */
export interface InitialNode {
  readonly id: string;
  readonly cap: string;
  readonly operator: string;
  readonly key: string;
}

/** What all nodes vote for and take at the beginning. */
export const INITIAL = { commissionBp: 1000, storage: 100n, write: 50n, capacity: 60n << 20n } as const;

/** Someone who sends transactions, with one coin of gas and one of WAL. */
export interface Account {
  readonly address: string;
  readonly gas: string;
  readonly wal: string;
}

/** Folders of the packages; another tree shows what the histories say about other contracts. */
export interface Contracts {
  readonly directory: string;
  readonly build?: BuildOptions;
}

/** How large a network is; histories have the small one that is the default, benchmarks larger ones. */
export interface Size {
  readonly shards: number;
  readonly nodes: number;
  /** Accounts besides the operators. */
  readonly users: number;
  readonly maxAhead: number;
}

const SMALL: Size = { shards: SHARDS, nodes: NODES, users: USERS, maxAhead: MAX_AHEAD };

export class World {
  readonly objects = new Map<string, Entry>();
  /** Parent → dynamic fields. */
  readonly children = new Map<string, Set<string>>();
  readonly accounts: Account[] = [];
  readonly keys: readonly BlsKeyPair[];
  /** Told of every transaction that was executed. */
  onRecord: ((record: TransactionRecord) => void) | undefined;
  readonly nodes: InitialNode[] = [];
  readonly #byType = new Map<string, Set<string>>();
  readonly #secrets = new Map<string, bigint>();
  readonly #decoder: ObjectDecoder;
  #base = 0;
  #baseObjects: readonly Entry[] = [];
  #frost = 0n;
  auditPackageId = '';
  registryId = '';
  auditAdminCapId = '';
  governancePackageId = '';
  /** What governance is made of: capabilities for decisions, audits, and linking the two packages anew. */
  readonly governanceCaps: string[] = [];
  slashingManagerId = '';
  supply = 0n;

  private constructor(
    readonly net: LocalNet,
    readonly deployment: Deployment,
    readonly contents: readonly EncodedContent[],
    nodes: number,
  ) {
    this.keys = Array.from({ length: nodes + SPARE_KEYS }, (_, i) => protocolKey('histories', `key ${i}`));
    this.#decoder = new ObjectDecoder(net.ledger.vm, deployment.walType);
    for (const key of this.keys) {
      const point = bls12_381.G1.Point.fromBytes(key.publicKey).toBytes(false);
      this.#secrets.set(Buffer.from(point).toString('hex'), BigInt(`0x${Buffer.from(key.exportSecretKey()).toString('hex')}`));
    }
  }

  static async start({ directory, build = {} }: Contracts, size = SMALL): Promise<World> {
    const net = await LocalNet.start({ seed: 'histories' });
    const signer = net.createSigner('deployer');
    await net.faucet(signer.toSuiAddress(), GAS_MIST);
    const folders = { wal: `${directory}/wal`, walrus: directory };
    const compile = (name: keyof typeof folders, published: BuildOptions['published']) =>
      buildPackage(folders[name], { ...build, ...(published === undefined ? {} : { published }) });
    const deployment = await deployContracts(net.client, signer, compile, {
      shardCount: size.shards,
      epochDurationMs: EPOCH_MS,
      epochZeroDurationMs: EPOCH_MS,
      maxEpochsAhead: size.maxAhead,
    });
    const world = new World(net, deployment, await encodeContents(size.shards), size.nodes);
    const audit = await net.publish(`${directory}/walrus_audit`, signer, {
      ...build,
      published: { wal: { publishedAt: deployment.walPackageId }, walrus: { publishedAt: deployment.packageId } },
    });
    world.auditPackageId = audit.packageId;
    const governance = await net.publish(`${directory}/walrus_governance`, signer, {
      ...build,
      published: {
        wal: { publishedAt: deployment.walPackageId },
        walrus: { publishedAt: deployment.packageId },
        walrus_audit: { publishedAt: audit.packageId },
      },
    });
    world.governancePackageId = governance.packageId;
    world.governanceCaps.push(deployment.governanceCapId, audit.upgradeCapId!, governance.upgradeCapId!);
    for (let i = 0n; i < net.ledger.transactionCount; i += 1n) world.#absorb(net.ledger.transactionByIndex(i)!);
    await world.#populate(signer.toSuiAddress(), size);
    world.#base = net.snapshot();
    world.#baseObjects = [...world.objects.values()];
    return world;
  }

  get packageId(): string {
    return this.deployment.packageId;
  }

  get nowMs(): bigint {
    return this.net.ledger.timestampMs;
  }

  /** FROST in all objects of the network. */
  get frost(): bigint {
    return this.#frost;
  }

  /** Back to the network as it was before the first call of any history. */
  reset(): void {
    this.net.revert(this.#base);
    this.objects.clear();
    this.children.clear();
    this.#byType.clear();
    this.#frost = 0n;
    for (const entry of this.#baseObjects) this.#put(entry);
  }

  ptb(): Ptb {
    return new Ptb((id) => this.lookup(id), this.packageId, this.deployment.walType);
  }

  lookup(id: string): StoredObject {
    const object = this.net.ledger.getObject(id);
    if (object === undefined) throw new Error(`no object ${id}`);
    return object;
  }

  /** Executes as the sender, and takes over what changed. */
  execute(sender: Account, ptb: Ptb): Outcome {
    let record: TransactionRecord;
    try {
      record = this.net.ledger.executeUnsigned(ptb.build(sender.address, this.lookup(sender.gas)));
    } catch (error) {
      if (error instanceof TransactionRejected) return { kind: 'rejected', reason: error.reason };
      throw error;
    }
    this.#absorb(record);
    this.onRecord?.(record);
    return record.succeeded ? { kind: 'done', record } : failureOf(record);
  }

  /** Moves the clock. */
  advance(ms: bigint): void {
    this.net.clock.advance(ms);
  }

  #absorb(record: TransactionRecord): void {
    for (const id of record.removedIds) this.#remove(id);
    for (const object of record.outputObjects) this.#take(object);
  }

  /** The decoded objects of a type, by the end of its name. */
  *ofType(suffix: string): Iterable<Entry> {
    for (const [type, ids] of this.#byType) {
      if (type.endsWith(suffix)) for (const id of ids) yield this.objects.get(id)!;
    }
  }

  staking(): ChainStaking {
    return fieldOf<ChainStaking>(this, this.deployment.stakingObjectId, '::staking_inner::StakingInnerV1')!;
  }

  system(): ChainSystem {
    return fieldOf<ChainSystem>(this, this.deployment.systemObjectId, '::system_state_inner::SystemStateInnerV1')!;
  }

  activeSet(): ChainActiveSet {
    return fieldOf<ChainActiveSet>(this, this.staking().active_set.id, '::active_set::ActiveSet')!;
  }

  pool(id: string): ChainPool {
    return this.objects.get(id)!.value as unknown as ChainPool;
  }

  coinBalance(id: string): bigint {
    return this.objects.get(id)!.value.balance as bigint;
  }

  /** ID of a blob in a storage pool. */
  pooledBlobId(pool: string, blobId: bigint): string {
    for (const { object, value } of this.ofType('::storage_pool::PooledBlob')) {
      if (value.storage_pool_id === pool && value.blob_id === blobId) return object.id;
    }
    throw new Error(`pool ${pool} has no blob ${blobId}`);
  }

  /** Key as committees hold it, in hex. */
  uncompressed(key: BlsKeyPair): string {
    return hex(bls12_381.G1.Point.fromBytes(key.publicKey).toBytes(false));
  }

  /** Sum of keys as committees hold it: 48 bytes compressed, in hex. */
  sumOfKeys(keys: readonly string[]): string {
    const points = keys.map((key) => bls12_381.G1.Point.fromHex(key));
    return hex(points.reduce((a, b) => a.add(b), bls12_381.G1.Point.ZERO).toBytes(true));
  }

  /** Values of the dynamic fields of a parent whose type contains the text. */
  *fieldsOf(parent: string, text: string): Iterable<Record<string, Decoded>> {
    for (const id of this.children.get(parent) ?? []) {
      const entry = this.objects.get(id)!;
      if (entry.type.includes(text)) yield entry.value;
    }
  }

  /** Secret keys of members added up, so that an aggregate costs one signature. */
  sign(publicKeys: readonly string[], message: Uint8Array): Uint8Array {
    const order = bls12_381.fields.Fr.ORDER;
    const total = publicKeys.reduce((a, key) => (a + this.#secrets.get(key)!) % order, 0n);
    const bytes = Buffer.from(total.toString(16).padStart(64, '0'), 'hex');
    return BlsKeyPair.fromSecretKey(bytes).sign(message);
  }

  #take(object: StoredObject): void {
    const { moveType, type } = object;
    if (moveType === undefined || !this.#matters(type)) return;
    this.#put({ object, type, ...this.#decoder.decode(moveType, object.contents!) });
  }

  #matters(type: string): boolean {
    return [this.deployment.walPackageId, this.deployment.packageId, this.auditPackageId, this.governancePackageId].some((id) => id !== '' && type.includes(id));
  }

  #put(entry: Entry): void {
    const { id, owner } = entry.object;
    this.#remove(id);
    this.objects.set(id, entry);
    addTo(this.#byType, entry.type, id);
    this.#frost += entry.frost;
    if (entry.supply !== undefined) this.supply = entry.supply;
    const parent = owner.ObjectOwner;
    if (parent === undefined || parent === null) return;
    addTo(this.children, parent, id);
  }

  #remove(id: string): void {
    const entry = this.objects.get(id);
    if (entry === undefined) return;
    this.objects.delete(id);
    this.#byType.get(entry.type)!.delete(id);
    this.#frost -= entry.frost;
    const parent = entry.object.owner.ObjectOwner;
    if (parent !== undefined && parent !== null) this.children.get(parent)!.delete(id);
  }

  async #populate(deployer: string, { nodes, users }: Size): Promise<void> {
    const { net, deployment } = this;
    const { coinId: gas } = await net.faucet(deployer, GAS_MIST);
    const supply = [...this.ofType(`::coin::Coin<${deployment.walType}>`)][0]!.object.id;
    const root: Account = { address: deployer, gas, wal: supply };
    // Half of the supply stays with the deployer.
    const part = this.supply / BigInt(2 * (nodes + users));
    const frost = part < WALLET_FROST ? part : WALLET_FROST;
    for (let i = 0; i < nodes + users; i += 1) {
      const address = net.createSigner(`account ${i}`).toSuiAddress();
      const { coinId } = await net.faucet(address, GAS_MIST);
      const tx = this.ptb();
      tx.transfer([tx.split(tx.object(supply), frost)], address);
      this.accounts.push({ address, gas: coinId, wal: this.#created(this.execute(root, tx), 'Coin<')[0]!.id });
    }
    this.accounts.push(root);
    const tx = this.ptb();
    const [cap] = [...this.ofType('::audit_cap::AuditCap')];
    tx.transfer([tx.call(`${this.auditPackageId}::audit::create`, [tx.object(cap!.object.id)])], this.accounts[0]!.address);
    tx.transfer(this.governanceCaps.map((id) => tx.object(id)), this.accounts[0]!.address);
    const created = this.execute(root, tx);
    this.registryId = this.#created(created, '::audit::AuditRegistry')[0]!.id;
    this.auditAdminCapId = this.#created(created, '::audit::AuditAdminCap')[0]!.id;
    for (let i = 0; i < nodes; i += 1) this.#register(i);
    this.slashingManagerId = [...this.ofType('::slashing::SlashingManager')][0]!.object.id;
  }

  #register(number: number): void {
    const { address } = this.accounts[number]!;
    const key = this.keys[number]!;
    const tx = this.ptb();
    const metadata = tx.call('node_metadata::new', [tx.text(''), tx.text(''), tx.text('')]);
    const { commissionBp, storage, write, capacity } = INITIAL;
    const cap = tx.call('staking::register_candidate', [
      tx.object(this.deployment.stakingObjectId),
      tx.text(`node ${number}`),
      tx.text('127.0.0.1:9185'),
      metadata,
      tx.bytes(key.publicKey),
      tx.bytes(new Uint8Array(33).fill(2)),
      tx.bytes(this.proof(key, 0, address)),
      tx.u16(commissionBp),
      ...[storage, write, capacity].map((vote) => tx.u64(vote)),
    ]);
    tx.transfer([cap], address);
    const outcome = this.execute(this.accounts[number]!, tx);
    const id = (type: string): string => this.#created(outcome, type)[0]!.id;
    this.nodes.push({ id: id('::staking_pool::StakingPool'), cap: id('::StorageNodeCap'), operator: address, key: this.uncompressed(key) });
  }

  #created(outcome: Outcome, type: string): StoredObject[] {
    if (outcome.kind !== 'done') throw new Error(`preparing the network: ${JSON.stringify(outcome)}`);
    const { inputObjects, outputObjects } = outcome.record;
    return outputObjects.filter(({ id, type: text }) => text.includes(type) && !inputObjects.some((input) => input.id === id));
  }

  /** Proof that a key belongs to its sender, for an epoch. */
  proof(key: BlsKeyPair, epoch: number, sender: string): Uint8Array {
    return key.sign(proofOfPossessionMessage(epoch, sender, key.publicKey));
  }
}

function failureOf(record: TransactionRecord): Outcome {
  const { status } = record.effects.V2!;
  const { error } = status.Failure!;
  if (error.$kind === 'MoveAbort') {
    const [{ module }, code] = error.MoveAbort;
    return { kind: 'aborted', module: module.name, code: Number(code) };
  }
  return { kind: 'failed', status: error.$kind };
}

function addTo(sets: Map<string, Set<string>>, key: string, id: string): void {
  let set = sets.get(key);
  if (set === undefined) sets.set(key, (set = new Set()));
  set.add(id);
}
