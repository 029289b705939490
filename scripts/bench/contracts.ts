/**
 * `npm run bench:contracts -- [--calls N] [--nodes 10,50,105] [--json]`: gas of the contracts' functions, as
 * random histories call them, and how a change of epoch grows with nodes and stakers. Counted: computation in gas
 * units as effects report it, storage in MIST, objects that were loaded and written; each beside the limit of one
 * transaction on Sui. Penalties are the worst case: every node of the committee is charged.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bcs } from '@mysten/sui/bcs';
import { limits, gasPrices } from '../../ts/src/localnet/runtime/limits.js';
import type { TransactionRecord } from '../../ts/src/localnet/ledger/transactions.js';
import { makeHistory, runHistory } from '../../ts/test/protocol/histories/run.js';
import { EPOCH_MS, World, type Account } from '../../ts/test/protocol/histories/world.js';
import type { Argument, Ptb } from '../../ts/test/protocol/histories/ptb.js';

const { values: flags } = parseArgs({
  options: {
    calls: { type: 'string', default: '6000' },
    nodes: { type: 'string', default: '10,50,105' },
    stakers: { type: 'string', default: '1,10' },
    json: { type: 'boolean', default: false },
  },
});
const directory = fileURLToPath(new URL('../../move', import.meta.url));
const PRICE = 1000n;
const WAL = 1_000_000_000n;

/** Share of a limit, as a part of one with three digits. */
const share = (value: number, limit: number): number => Number((value / limit).toPrecision(3));

interface Row {
  readonly name: string;
  readonly calls: number;
  /** Gas units: middle and largest of all calls. */
  readonly unitsMedian: number;
  readonly unitsMax: number;
  /** Largest computation as a share of what one transaction may use. */
  readonly shareOfUnits: number;
  /** Storage fee less rebate, MIST, of the middle call. */
  readonly storageMist: number;
  /** Most objects taken in, those it changed among dynamic fields included, and their share of the limit of 1,000 fields. */
  readonly objectsMax: number;
  readonly shareOfObjects: number;
  /** Most bytes written, as a share of the limit. */
  readonly shareOfWrites: number;
}

interface Cost {
  readonly units: number;
  readonly storageMist: number;
  readonly objects: number;
  readonly writtenBytes: number;
}

function costOf(record: TransactionRecord): Cost {
  const { gasUsed } = record.effects.V2!;
  return {
    units: Number(BigInt(gasUsed.computationCost) / PRICE),
    storageMist: Number(BigInt(gasUsed.storageCost) - BigInt(gasUsed.storageRebate)),
    objects: record.inputObjects.length,
    writtenBytes: record.outputObjects.reduce((sum, object) => sum + object.bcs.length, 0),
  };
}

function rowOf(name: string, costs: readonly Cost[]): Row {
  const sorted = (of: keyof Cost): number[] => costs.map((cost) => cost[of]).sort((a, b) => a - b);
  const middle = (of: keyof Cost): number => sorted(of)[costs.length >> 1]!;
  const most = (of: keyof Cost): number => sorted(of).at(-1)!;
  return {
    name,
    calls: costs.length,
    unitsMedian: middle('units'),
    unitsMax: most('units'),
    shareOfUnits: share(most('units'), Number(gasPrices.maxComputationUnits)),
    storageMist: middle('storageMist'),
    objectsMax: most('objects'),
    shareOfObjects: share(most('objects'), limits.childObjectCacheEntries),
    shareOfWrites: share(most('writtenBytes'), limits.writtenObjectsSizeBytes),
  };
}

const packagesOf = (world: World): string[] => [world.packageId, world.auditPackageId, world.governancePackageId];

/** The function that a transaction is about: the last one that is no mere preparation. */
function functionOf(world: World, record: TransactionRecord): string | undefined {
  const packages = packagesOf(world);
  const { commands } = record.data.V1!.kind.ProgrammableTransaction!;
  const names = commands.flatMap(({ MoveCall: call }) =>
    call === undefined || !packages.includes(call.package) || call.module === 'auth' ? [] : [`${call.module}::${call.function}`],
  );
  return names.at(-1);
}

/** Gas of everything that histories call, of what operators call besides, and the public functions that are left. */
function measureCalls(world: World, wanted: number): { rows: Row[]; missing: string[] } {
  const costs = new Map<string, Cost[]>();
  world.onRecord = (record) => {
    const name = functionOf(world, record);
    if (name === undefined || !record.succeeded) return;
    let list = costs.get(name);
    if (list === undefined) costs.set(name, (list = []));
    list.push(costOf(record));
  };
  for (let seed = 1, executed = 0; executed < wanted; seed += 1) {
    const result = runHistory(world, makeHistory(seed, Math.min(2000, wanted)));
    if (result.failure !== undefined) throw result.failure.error;
    executed += result.executed;
  }
  callTheRest(world);
  world.onRecord = undefined;
  const rows = [...costs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => rowOf(name, list));
  return { rows, missing: changingFunctions(world).filter((name) => !costs.has(name)) };
}

/** What histories leave out: calls that change nothing a model could check. Early in a history, by operators who hold their rights. */
function callTheRest(world: World): void {
  const opening = runHistory(world, makeHistory(2, 0));
  if (opening.failure !== undefined) throw opening.failure.error;
  if (opening.epochs === 0) throw new Error('the opening of this history selects no committee');
  const { stakingObjectId, systemObjectId, upgradeManagerId, walType } = world.deployment;
  const { committee, epoch } = world.staking();
  const number = world.nodes.findIndex(({ id }) => committee.pos0.some(({ key }) => key === id));
  const [node, operator] = [world.nodes[number]!, world.accounts[number]!];
  const call = (build: (tx: Ptb) => void): void => {
    const tx = world.ptb();
    build(tx);
    const outcome = world.execute(operator, tx);
    if (outcome.kind !== 'done') throw new Error(JSON.stringify({ ...outcome, record: undefined }));
  };
  const staking = (tx: Ptb) => tx.object(stakingObjectId);
  const digest = new Uint8Array(32).fill(1);
  call((tx) => tx.call('staking::set_network_public_key', [staking(tx), tx.object(node.cap), tx.bytes(new Uint8Array(33).fill(3))]));
  call((tx) => {
    const metadata = tx.call('node_metadata::new', ['a', 'b', 'c'].map((text) => tx.text(text.repeat(100))));
    tx.call('staking::set_node_metadata', [staking(tx), tx.object(node.cap), metadata]);
  });
  call((tx) => tx.call('system::register_deny_list_update', [tx.object(systemObjectId), tx.object(node.cap), tx.u256(1n), tx.u64(1n)]));
  call((tx) => {
    const balance = tx.call('0x2::coin::into_balance', [tx.split(tx.object(operator.wal), WAL)], [walType]);
    tx.call('system::add_per_epoch_subsidies', [tx.object(systemObjectId), tx.vector(`0x2::balance::Balance<${walType}>`, [balance])]);
  });
  call((tx) => {
    const sender = tx.call('auth::authenticate_sender', []);
    tx.call('upgrade::vote_for_upgrade', [tx.object(upgradeManagerId), staking(tx), sender, tx.id(node.id), tx.bytes(digest)]);
  });
  call((tx) => tx.call('upgrade::cleanup_upgrade_proposals', [tx.object(upgradeManagerId), staking(tx), tx.bytesList([digest])]));
  call((tx) => tx.call('slashing::cleanup_slashing_proposals', [tx.object(world.slashingManagerId), staking(tx), tx.ids([node.id])]));
  const epochs = (tx: Ptb) => tx.pure(bcs.vector(bcs.u32()).serialize([0]).toBytes());
  call((tx) => tx.call(`${world.auditPackageId}::audit::cleanup_rounds`, [tx.object(world.registryId), staking(tx), epochs(tx)]));

  const message = Buffer.alloc(19);
  message.set([6, 0, 3]);
  message.writeUInt32LE(epoch, 3);
  message.writeUInt32LE(epoch + 1, 7);
  message.writeUInt32LE(2, 11);
  call((tx) => tx.call('system::update_protocol_version', [tx.object(systemObjectId), tx.object(node.cap), ...signedByAll(world, message)(tx)]));
}

/** The arguments of a certificate that every member of the committee has signed. */
function signedByAll(world: World, message: Uint8Array): (tx: Ptb) => Argument[] {
  const keys = world.system().committee.members.map(({ public_key }) => Buffer.from(public_key.bytes).toString('hex'));
  const bitmap = Uint8Array.from({ length: Math.ceil(keys.length / 8) }, (_, i) => (1 << Math.min(8, keys.length - 8 * i)) - 1);
  return (tx) => [tx.bytes(world.sign(keys, message)), tx.bytes(bitmap), tx.bytes(message)];
}

/** Public functions that change a shared object, or the account of a voter. */
function changingFunctions(world: World): string[] {
  const { ledger } = world.net;
  const shared = /^(System|Staking|AuditRegistry|SharedBlob|SlashingManager|UpgradeManager|Governance|VoterAccount)$/;
  return packagesOf(world).flatMap((id) =>
    [...ledger.getPackage(id)!.modules.keys()].flatMap((module) =>
      ledger.reflection
        .getModule(id, module)!
        .functions.filter(({ visibility, isEntry, parameters: [first] }) => {
          const target = first?.kind === 'reference' && first.mutable ? first.target : undefined;
          return (visibility === 'public' || isEntry) && target?.kind === 'datatype' && shared.test(target.name);
        })
        .map(({ name }) => `${module}::${name}`),
    ),
  );
}

/** Epochs of a network of a thousand shards: the calls that grow with the committee. */
async function measureEpochs(nodes: number, stakersPerNode: number): Promise<Row[]> {
  const world = await World.start({ directory }, { shards: 1000, nodes, users: 1, maxAhead: 53 });
  const rows: Row[] = [];
  const { stakingObjectId, systemObjectId, treasuryObjectId } = world.deployment;
  const user = world.accounts[nodes]!;
  const call = (sender: Account, build: (tx: Ptb) => void, name?: string): void => {
    world.onRecord = (record) => {
      if (name !== undefined) rows.push(rowOf(`${name}, ${nodes} nodes, ${stakersPerNode} stakers each`, [costOf(record)]));
    };
    const tx = world.ptb();
    build(tx);
    const outcome = world.execute(sender, tx);
    world.onRecord = undefined;
    if (outcome.kind !== 'done') throw new Error(`${name ?? 'preparation'}: ${JSON.stringify({ ...outcome, record: undefined })}`);
  };
  const staking = (tx: Ptb) => tx.object(stakingObjectId);
  const stakeAll = (): void => {
    for (const { id } of world.nodes) {
      call(user, (tx) => {
        const coins = Array.from({ length: stakersPerNode }, () => tx.split(tx.object(user.wal), 1000n * WAL));
        tx.transfer(coins.map((coin) => tx.call('staking::stake_with_pool', [staking(tx), coin, tx.id(id)])), user.address);
      });
    }
  };
  const selectAndChange = (label: string): void => {
    call(user, (tx) => tx.call('staking::voting_end', [staking(tx), tx.object('0x6')]), `voting_end, ${label}`);
    world.advance(EPOCH_MS);
    const change = (tx: Ptb) =>
      tx.call('staking::initiate_epoch_change_v2', [staking(tx), tx.object(systemObjectId), tx.object(treasuryObjectId), tx.object('0x6')]);
    call(user, change, `initiate_epoch_change_v2, ${label}`);
  };
  const sync = (): void => {
    const { epoch } = world.staking();
    for (const [i, { cap }] of world.nodes.entries()) {
      call(world.accounts[i]!, (tx) => tx.call('staking::epoch_sync_done', [staking(tx), tx.object(cap), tx.u32(epoch), tx.object('0x6')]));
    }
  };

  stakeAll();
  world.advance(EPOCH_MS);
  selectAndChange('into epoch 1');
  sync();
  // Fees to distribute, and new stake in every pool.
  stakeAll();
  call(user, (tx) => {
    const storage = tx.call('system::reserve_space', [tx.object(systemObjectId), tx.u64(1n << 20n), tx.u32(3), tx.object(user.wal)]);
    tx.transfer([storage], user.address);
  });
  call(user, (tx) => tx.call('system::add_subsidy', [tx.object(systemObjectId), tx.split(tx.object(user.wal), 1_000_000n * WAL), tx.u32(3)]));
  world.advance(EPOCH_MS / 2n);
  selectAndChange('with rewards');
  sync();

  // An audit that nobody answers, with parameters under which everybody is charged.
  const registry = (tx: Ptb) => tx.object(world.registryId);
  const values = [1000, 1, 2500, 500, 2000, 1000, 10, 0, 1000, 20, 5000, 10_000, 1000];
  call(world.accounts[0]!, (tx) => {
    const params = tx.call('penalty_ledger::new_params', values.map((value, i) => (i === 7 ? tx.u64(WAL) : tx.u16(value))));
    tx.call(`${world.auditPackageId}::audit::set_params`, [registry(tx), tx.object(world.auditAdminCapId), params]);
  });
  const message = Buffer.alloc(51);
  message.set([7, 0, 3]);
  message.writeUInt32LE(world.staking().epoch, 3);
  message.writeUInt32LE(world.staking().epoch, 7);
  message.writeUInt32LE(1, 43);
  const certificate = signedByAll(world, message);
  call(user, (tx) => tx.call(`${world.auditPackageId}::audit::commit_blob_set`, [registry(tx), tx.object(systemObjectId), staking(tx), ...certificate(tx)]), 'commit_blob_set');
  call(user, (tx) => tx.call(`${world.auditPackageId}::audit::draw_seed`, [registry(tx), staking(tx), tx.object('0x8'), tx.object('0x6')]), 'draw_seed');
  world.advance(EPOCH_MS / 2n);
  selectAndChange('with penalties for all');
  return rows;
}

const { rows, missing } = measureCalls(await World.start({ directory }), Number(flags.calls));
for (const nodes of flags.nodes.split(',').map(Number)) {
  for (const stakers of flags.stakers.split(',').map(Number)) rows.push(...(await measureEpochs(nodes, stakers)));
}
if (flags.json) {
  const { childObjectCacheEntries: dynamicFields, writtenObjectsSizeBytes: writtenBytes } = limits;
  console.log(JSON.stringify({ limits: { units: Number(gasPrices.maxComputationUnits), dynamicFields, writtenBytes }, rows, missing }));
} else {
  console.log(`Limits of one transaction: ${gasPrices.maxComputationUnits} gas units, ${limits.childObjectCacheEntries} dynamic fields, ${limits.writtenObjectsSizeBytes} bytes written`);
  console.table(rows);
  if (missing.length > 0) console.log(`Not called by histories: ${missing.join(', ')}`);
}
