/** Compares the network with the model, field by field. */
import { Violation, type History } from './history.js';
import type { Decoded } from './decode.js';
import type { BlobModel } from './model/market.js';
import type { PoolModel } from './model/pool.js';
import { AUDIT_FIELDS, RULES, type Action, type Rules } from './model/governance.js';
import { fieldOf, governanceOf, hex, mapOf, type ChainParams, type ChainRules, type ChainStake } from './state.js';

const text = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v instanceof Map ? [...v] : v)) ?? 'undefined';

function same(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) return;
  const [a, e] = [text(actual), text(expected)];
  if (a !== e) throw new Violation(`${what}: network has ${a}, model has ${e}`);
}

const sorted = <T>(entries: Iterable<readonly [number, T]>): (readonly [number, T])[] => [...entries].sort(([a], [b]) => a - b);

/** @throws Violation on the first difference */
export function compareWithModel(h: History): void {
  compareStaking(h);
  for (const pool of h.staking.pools.values()) comparePool(h, pool);
  compareStakes(h);
  compareMarket(h);
  compareBlobs(h);
  compareAudit(h);
  compareParams(h);
  compareGovernance(h);
  for (const { address, wal } of h.world.accounts) same(`wallet of ${address}`, h.world.coinBalance(wal), h.wallets.get(address));
  same('total supply', h.world.supply, h.staking.supply);
}

function compareStaking(h: History): void {
  const chain = h.world.staking();
  const { staking } = h;
  same('epoch', chain.epoch, staking.epoch);
  const { state } = staking;
  same('epoch state', [chain.epoch_state.$, chain.epoch_state.pos0], [state.kind, state.kind === 'EpochChangeSync' ? state.weight : state.at]);
  same('committee', [...mapOf(chain.committee.pos0)], [...staking.committee]);
  same('previous committee', [...mapOf(chain.previous_committee.pos0)], [...staking.previous]);
  same('next committee', chain.next_committee.map(({ pos0 }) => [...mapOf(pos0)]), staking.next === undefined ? [] : [[...staking.next]]);
  same('active set', h.world.activeSet().nodes.map(({ node_id, staked_amount }) => [node_id, staked_amount]), staking.activeSet.map(({ node, stake }) => [node, stake]));
}

function comparePool(h: History, pool: PoolModel): void {
  const chain = h.world.pool(pool.id);
  const name = `pool ${pool.id.slice(0, 8)}`;
  const { votes } = pool;
  same(`${name} W`, chain.wal_balance, pool.wal);
  same(`${name} S`, chain.num_shares, pool.shares);
  same(`${name} latest epoch`, chain.latest_epoch, pool.latest);
  same(`${name} activation epoch`, chain.activation_epoch, pool.activation);
  same(`${name} rewards`, chain.rewards_pool, pool.rewards);
  same(`${name} commission`, chain.commission, pool.commission);
  same(`${name} commission rate`, chain.commission_rate, pool.commissionBp);
  same(`${name} votes`, chain.voting_params, { storage_price: votes.storage, write_price: votes.write, node_capacity: votes.capacity });
  same(`${name} pending stake`, sorted(mapOf(chain.pending_stake.pos0)), sorted(pool.pendingStake));
  same(`${name} pending shares`, sorted(mapOf(chain.pending_shares_withdraw.pos0)), sorted(pool.pendingShares));
  same(`${name} early withdrawals`, sorted(mapOf(chain.pre_active_withdrawals.pos0)), sorted(pool.preActive));
  same(`${name} pending rates`, sorted(mapOf(chain.pending_commission_rate.pos0)).map(([k, v]) => [k, Number(v)]), sorted(pool.pendingRates));
  same(`${name} receiver`, [chain.commission_receiver.$, chain.commission_receiver.pos0], [pool.receiver.kind, pool.receiver.id]);
  same(`${name} governance`, [chain.governance_authorized.$, chain.governance_authorized.pos0], [pool.governance.kind, pool.governance.id]);
  same(`${name} key`, hex(chain.node_info.public_key.bytes), pool.publicKey);
  same(`${name} next key`, chain.node_info.next_epoch_public_key.map(({ bytes }) => hex(bytes)), pool.nextKey === undefined ? [] : [pool.nextKey]);
  same(`${name} number of rates`, chain.exchange_rates.size, BigInt(pool.rates.size));

  const extra = <T>(key: string): T | undefined => fieldOf<T>(h.world, chain.extra_fields.id, key);
  same(`${name} blocked`, extra<bigint>('NewEpochCommissionBlockedForCollection') ?? 0n, pool.blocked);
  same(`${name} outstanding`, extra<bigint>('OutstandingKey') ?? 0n, pool.outstanding);
  const bond = extra<{ funds: bigint; release_epoch: number[] }>('OperatorBondKey');
  same(`${name} bond`, bond && [bond.funds, bond.release_epoch[0]], pool.bond && [pool.bond.funds, pool.bond.release]);
  const index = extra<{ changes: { epoch: number; index: bigint }[] }>('SlashIndexKey');
  same(`${name} index`, index?.changes.map(({ epoch, index: value }) => [epoch, value]) ?? [], [...pool.index]);
}

function compareStakes(h: History): void {
  let count = 0;
  for (const { object, value } of h.world.ofType('::staked_wal::StakedWal')) {
    const chain = value as unknown as ChainStake;
    const stake = h.staking.stakes.get(chain.id);
    if (stake === undefined) throw new Violation(`stake ${chain.id} is not in the model`);
    count += 1;
    same(
      `stake ${chain.id.slice(0, 8)}`,
      [object.owner.AddressOwner ?? '', chain.node_id, chain.principal, chain.activation_epoch, chain.state.withdraw_epoch],
      [stake.owner, stake.node, stake.principal, stake.activation, stake.withdraw],
    );
  }
  same('number of stakes', count, h.staking.stakes.size);
}

function compareMarket(h: History): void {
  const chain = h.world.system();
  const { market } = h;
  same('storage price', chain.storage_price_per_unit_size, market.storagePrice);
  same('write price', chain.write_price_per_unit_size, market.writePrice);
  same('capacity', chain.total_capacity_size, market.capacity);
  const { current_index: first, ring_buffer: ring } = chain.future_accounting;
  const slots = ring.map((_, i) => ring[(first + i) % ring.length]!);
  same('slots', slots.map((slot) => [slot.epoch, slot.used_capacity, slot.rewards_to_distribute]), market.slots.map((slot) => [slot.epoch, slot.used, slot.rewards]));
}

interface ChainBlob {
  readonly id: string;
  readonly registered_epoch: number;
  readonly blob_id: bigint;
  readonly certified_epoch: readonly number[];
  readonly storage: { readonly start_epoch: number; readonly end_epoch: number; readonly storage_size: bigint };
  readonly deletable: boolean;
}

const blobFields = (blob: ChainBlob): unknown[] => [
  blob.blob_id, blob.registered_epoch, blob.certified_epoch[0], blob.deletable,
  blob.storage.start_epoch, blob.storage.end_epoch, blob.storage.storage_size,
];
const modelFields = (blob: BlobModel): unknown[] => [
  blob.content.blobId, blob.registered, blob.certified, blob.deletable, blob.start, blob.end, blob.size,
];

function compareBlobs(h: History): void {
  let count = 0;
  const known = (id: string): BlobModel => {
    const blob = h.market.blobs.get(id);
    if (blob === undefined) throw new Violation(`blob ${id} is not in the model`);
    count += 1;
    return blob;
  };
  for (const { object, value } of h.world.ofType('::blob::Blob')) {
    const blob = known(object.id);
    same('blob', [object.owner.AddressOwner, ...blobFields(value as unknown as ChainBlob)], [blob.owner, ...modelFields(blob)]);
    const metadata = fieldOf<{ metadata: { key: string; value: string }[] }>(h.world, object.id, '::metadata::Metadata');
    const bytes = (x: string | Uint8Array): string => (typeof x === 'string' ? x : Buffer.from(x).toString());
    same('attributes', metadata?.metadata.map(({ key, value: v }) => [bytes(key), bytes(v)]), blob.attributes);
  }
  for (const { object, value } of h.world.ofType('::shared_blob::SharedBlob')) {
    const blob = known(object.id);
    same('shared blob', [value.funds, ...blobFields(value.blob as unknown as ChainBlob)], [blob.funds, ...modelFields(blob)]);
  }
  const held = [...h.audit.challenges.values()].filter(({ heldBlob }) => heldBlob !== undefined).length;
  same('number of blobs', count + held, h.market.blobs.size);
  // Attributes of blobs that are gone would be found by nobody.
  const described = [...h.market.blobs.values()].filter(({ attributes }) => attributes !== undefined).length;
  same('number of attribute maps', [...h.world.ofType('::metadata::Metadata>')].length, described);

  let storages = 0;
  for (const { object, value } of h.world.ofType('::storage_resource::Storage')) {
    storages += 1;
    const storage = h.market.storages.get(object.id);
    same('storage', [object.owner.AddressOwner, value.start_epoch, value.end_epoch, value.storage_size], storage && [storage.owner, storage.start, storage.end, storage.size]);
  }
  same('number of storages', storages, h.market.storages.size);
  for (const [id, pool] of h.market.pools) {
    const chain = fieldOf<Record<string, Decoded>>(h.world, id, '::StoragePoolInnerV1')!;
    same('pool used', chain.used_encoded_bytes, h.market.poolUsed(pool));
    same('pool storage', chain.storage, { id: (chain.storage as { id: string }).id, start_epoch: pool.start, end_epoch: pool.end, storage_size: pool.reserved });
    same('pool count', chain.blob_count, BigInt(pool.blobs.size));
  }
}

function compareAudit(h: History): void {
  const ledger = fieldOf<{ epoch: number; seeded: boolean; by_node: { key: string; value: Record<string, number> }[] }>(
    h.world,
    h.world.deployment.stakingObjectId,
    '::PenaltyLedger>',
  );
  const model = h.audit.ledger;
  same('ledger', ledger && [ledger.epoch, ledger.seeded], model && [model.epoch, model.seeded]);
  same(
    'duties',
    ledger?.by_node.map(({ key, value }) => [key, value.asked, value.answered, value.open]),
    model && [...model.duties].map(([node, { asked, answered, open }]) => [node, asked, answered, open]),
  );
  const vault = fieldOf<bigint>(h.world, h.world.deployment.stakingObjectId, '::SlashVaultKey');
  same('vault', vault ?? 0n, h.staking.vault);
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What was decided, of the protocol and of audits, and the stakes that are remembered. */
function compareParams(h: History): void {
  const { world, staking } = h;
  const id = world.deployment.stakingObjectId;
  const chain = fieldOf<ChainParams>(world, id, '::governed::ParamsKey')!;
  const decided = (map: ReadonlyMap<number, bigint>): unknown => sorted([...map].map(([number, value]) => [number - 100, value] as const));
  same('decisions in force', sorted(mapOf(chain.current)), decided(staking.params));
  same('decisions for the next epoch', sorted(mapOf(chain.next)), decided(staking.nextParams));
  const { params } = fieldOf<{ params: Record<string, number | bigint> }>(world, world.registryId, '::audit::AuditInnerV1')!;
  for (const name of AUDIT_FIELDS) same(`audit ${name}`, BigInt(params[snake(name)]!), BigInt(h.audit.params[name]));
  const snapshots = [...world.fieldsOf(id, '::governed::SnapshotKey')] as unknown as { name: { epoch: number }; value: { total: bigint; powers: { key: string; value: bigint }[] } }[];
  same(
    'snapshots',
    sorted(snapshots.map(({ name, value }) => [name.epoch, [value.total, [...mapOf(value.powers)]]] as const)),
    sorted([...staking.snapshots].map(([epoch, { total, powers }]) => [epoch, [total, [...powers]]] as const)),
  );
}

const rulesOf = (chain: ChainRules): bigint[] => RULES.map((name) => BigInt(chain[snake(name) as keyof ChainRules]));
const modelRules = (rules: Rules): bigint[] => RULES.map((name) => rules[name]);

function modelAction(action: Action): unknown[] {
  if (action.kind === 'Param') return [action.kind, action.id, action.value];
  return action.kind === 'Text' ? [action.kind, hex(action.hash)] : [action.kind, hex(action.digest), action.fromVersion];
}

/** Rules, proposals with their tallies, and voter accounts with their ballots (§15.2). */
function compareGovernance(h: History): void {
  const chain = governanceOf(h);
  const model = h.governance;
  if (chain === undefined) return;
  same('rules', rulesOf(chain.params), modelRules(model.rules));
  same('forfeited deposits', chain.forfeited, model.forfeited);
  same('open proposals', [...chain.active].sort(), model.open.sort());
  same('number of proposals', chain.proposals.size, model.proposals.size);
  for (const [id, p] of model.proposals) {
    const c = chain.proposals.get(id);
    if (c === undefined) throw new Violation(`proposal ${id} is not on the network`);
    const name = `proposal ${id.slice(0, 8)}`;
    const { $: kind, ...fields } = c.action;
    same(`${name} action`, [kind, ...Object.values(fields).map((value) => (value instanceof Uint8Array ? hex(value) : value))], modelAction(p.action));
    same(`${name} beginning`, [c.proposer, c.snapshot, c.total, rulesOf(c.rules)], [p.proposer, p.snapshot, p.total, modelRules(p.rules)]);
    same(`${name} state`, [c.state.$, c.state.from, c.state.until], p.state.kind === 'Approved' ? [p.state.kind, p.state.from, p.state.until] : [p.state.kind, undefined, undefined]);
    same(`${name} closes`, [c.closes, [...h.world.fieldsOf(id, '::governance::ExtendedKey')].length], [p.closes, p.isExtended ? 1 : 0]);
    same(`${name} votes`, [c.yes, c.no, c.abstain], model.tally(p));
    same(`${name} deposit`, c.bond, p.bond);
    same(`${name} vetoes`, [c.node_veto, [...c.vetoers].sort()], [[...p.vetoes.values()].reduce((a, b) => a + b, 0), [...p.vetoes.keys()].sort()]);
    const byNode = <T>(entries: (readonly [string, T])[]): unknown => entries.sort(([a], [b]) => (a < b ? -1 : 1));
    same(
      `${name} pools`,
      byNode([...c.tallies].map(([node, { power, direct, operator }]) => [node, [power, direct, operator[0]]] as const)),
      byNode([...p.pools].map(([node, power]) => [node, [power, model.direct(p, node), p.operators.get(node)]] as const)),
    );
  }
  same('number of accounts', chain.accounts.size, model.accounts.size);
  for (const [id, account] of model.accounts) {
    const c = chain.accounts.get(id)!;
    const name = `account ${id.slice(0, 8)}`;
    same(name, [c.owner, c.stakes.size], [account.owner, BigInt(account.stakes.size)]);
    const ballots = c.votes.map(({ proposal, stake, power, node_id, choice }) => [`${proposal} ${stake}`, node_id, power, choice].join());
    same(`${name} ballots`, ballots.sort(), [...account.ballots].map(([key, { node, power, choice }]) => [key, node, power, choice].join()).sort());
  }
  for (const [id, { owner, amount }] of model.returned) {
    const coin = h.world.objects.get(id);
    same('deposit given back', [coin?.object.owner.AddressOwner, coin?.value.balance], [owner, amount]);
  }
}
