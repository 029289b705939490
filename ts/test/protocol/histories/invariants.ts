/**
 * The invariants of contracts specification §12, §14.8 and §15, one function each, on the state of the network after
 * a call (`after`) and before it (`before`). Where a rule needs a second opinion, the model gives it. Not here:
 * 8 and 9 are properties of the apportionment that is compared at every selection (`apportionment.test.ts`), 24
 * and 26 are the refused certificates and steps among the calls, 27 is `e2e/walrus-sdk.test.ts`.
 */
import { Violation, type History } from './history.js';
import { apportion, largestWithQuorum, max, min, shardCap, smallestWithQuorum, sum, U64_MAX } from './model/arithmetic.js';
import { EPOCH_MS } from './world.js';
import { fieldOf, governanceOf, hex, mapOf, type ChainActiveSet, type ChainGovernance, type ChainParams, type ChainPool, type ChainSlot, type ChainStake, type ChainStaking, type ChainSystem } from './state.js';

/** State of the network between two calls. */
export interface Observation {
  readonly frost: bigint;
  readonly supply: bigint;
  readonly nowMs: bigint;
  readonly staking: ChainStaking;
  readonly system: ChainSystem;
  /** Current epoch first. */
  readonly slots: readonly ChainSlot[];
  readonly activeSet: ChainActiveSet;
  readonly pools: ReadonlyMap<string, ChainPool>;
  readonly stakes: ReadonlyMap<string, ChainStake>;
  readonly byteEpochs: bigint;
  /** Parameters that governance decided, in force and for the next epoch. */
  readonly params: ChainParams;
  readonly governance: ChainGovernance | undefined;
}

export function observe(h: History): Observation {
  const { world } = h;
  const system = world.system();
  const { current_index: first, ring_buffer: ring } = system.future_accounting;
  let byteEpochs = 0n;
  for (const { value } of world.ofType('::storage_resource::Storage')) {
    byteEpochs += (value.storage_size as bigint) * BigInt((value.end_epoch as number) - (value.start_epoch as number));
  }
  return {
    frost: world.frost,
    supply: world.supply,
    nowMs: world.nowMs,
    staking: world.staking(),
    system,
    slots: ring.map((_, i) => ring[(first + i) % ring.length]!),
    activeSet: world.activeSet(),
    pools: new Map([...h.staking.pools.keys()].map((id) => [id, world.pool(id)])),
    stakes: new Map([...world.ofType('::staked_wal::StakedWal')].map(({ object, value }) => [object.id, value as unknown as ChainStake])),
    byteEpochs,
    params: fieldOf<ChainParams>(world, world.deployment.stakingObjectId, '::governed::ParamsKey')!,
    governance: governanceOf(h),
  };
}

type Invariant = (h: History, before: Observation, after: Observation) => void;

function hold(condition: boolean, invariant: string, detail: () => string): void {
  if (!condition) throw new Violation(`invariant ${invariant}: ${detail()}`);
}

const isBoundary = (before: Observation, after: Observation): boolean => after.staking.epoch !== before.staking.epoch;
const wasSelected = (before: Observation, after: Observation): boolean => before.staking.next_committee.length < after.staking.next_committee.length;
const decided = ({ params }: Observation, id: number): bigint | undefined => mapOf(params.current).get(id - 100);
const hasStateOf = (o: Observation): string => `${o.staking.epoch_state.$}(${o.staking.epoch_state.pos0})`;

/** 1. All WAL is somewhere; the supply changes only by burning. */
export const conservation: Invariant = (_h, before, after) => {
  hold(after.frost === after.supply, '1 conservation', () => `${after.frost} FROST in objects, supply ${after.supply}`);
  hold(after.supply <= before.supply, '1 conservation', () => 'the supply grew');
};

/** 2. What a slot collected is paid, carried on or burned; 3 % is burned, or what was decided. */
export const boundarySums: Invariant = (h, before, after) => {
  if (!isBoundary(before, after)) return;
  const popped = before.slots[0]!.rewards_to_distribute;
  const carried = after.slots[0]!.rewards_to_distribute - before.slots[1]!.rewards_to_distribute;
  const { burned, rewards, unaudited } = h.staking.lastBoundary!;
  const burnBp = decided(before, 100) ?? 300n;
  const paid = sum(rewards.values());
  hold(paid + unaudited + carried + burned === popped, '2 boundary', () => `${paid} paid, ${unaudited} unaudited, ${carried} carried, ${burned} burned of ${popped}`);
  hold(burned === (burnBp * popped) / 10_000n, '2 boundary', () => `${burned} burned of ${popped}`);
};

/** 3. What a buyer pays is what the slots get. */
export const exactCharge: Invariant = (h, before, after) => {
  if (isBoundary(before, after)) return;
  const slots = (o: Observation): bigint => sum(o.slots.map((slot) => slot.rewards_to_distribute));
  hold(slots(after) - slots(before) === h.charged, '3 charge', () => `slots grew by ${slots(after) - slots(before)}, paid ${h.charged}`);
};

/** 4. A reward is split into commission and what the pool gets. */
export const rewardSplit: Invariant = (h, before, after) => {
  if (!isBoundary(before, after)) return;
  const { rewards, losses } = h.staking.lastBoundary!;
  for (const [node, reward] of rewards) {
    const { burned, bounty } = losses.get(node)!;
    const [old, now] = [before.pools.get(node)!, after.pools.get(node)!];
    const bondLoss = (h.bondsBefore.get(node) ?? 0n) - (h.staking.pool(node).bond?.funds ?? 0n);
    const gained = now.commission - old.commission + (burned + bounty - bondLoss) + now.rewards_pool - old.rewards_pool;
    hold(gained === reward, '4 advance', () => `${gained} of ${reward} reached ${node}`);
  }
};

/** 5. Shards of every committee partition 0 … n − 1, within the cap. */
export const shardPartition: Invariant = (h, before, after) => {
  if (!isBoundary(before, after) && !wasSelected(before, after)) return;
  const { staking } = after;
  for (const committee of [staking.committee, ...staking.next_committee]) {
    const lists = committee.pos0.map(({ value }) => value);
    if (lists.length === 0) continue;
    const all = lists.flat().sort((a, b) => a - b);
    hold(all.length === staking.n_shards && all.every((shard, i) => shard === i), '5 partition', () => JSON.stringify(lists));
    hold(lists.every((own) => own.length >= 1), '5 partition', () => 'a member without shards');
  }
  if (wasSelected(before, after)) {
    const cap = shardCap(before.activeSet.nodes.length, staking.n_shards);
    hold(staking.next_committee[0]!.pos0.every(({ value }) => value.length <= cap), '5 cap', () => `more than ${cap} shards`);
  }
  void h;
};

/** 6. Both committees list the same nodes, keys and weights in ascending order. */
export const committeesAgree: Invariant = (h, before, after) => {
  const { members, epoch, total_aggregated_key: total } = after.system.committee;
  hold(epoch === after.staking.epoch, '6 committees', () => `epochs ${epoch} and ${after.staking.epoch}`);
  const { pos0 } = after.staking.committee;
  hold(
    members.length === pos0.length && members.every((m, i) => m.node_id === pos0[i]!.key && m.weight === pos0[i]!.value.length),
    '6 committees',
    () => 'members differ',
  );
  hold(members.every((m, i) => i === 0 || members[i - 1]!.node_id < m.node_id), '6 committees', () => 'IDs do not ascend');
  for (const { node_id, public_key } of members) {
    hold(hex(public_key.bytes) === hex(after.pools.get(node_id)!.node_info.public_key.bytes), '6 keys', () => `key of ${node_id}`);
  }
  if (isBoundary(before, after)) {
    hold(hex(total.bytes) === h.world.sumOfKeys(members.map(({ public_key }) => hex(public_key.bytes))), '6 keys', () => 'aggregated key');
  }
};

/** 7. No more shards move than must. */
export const minimalMovement: Invariant = (_h, before, after) => {
  if (!wasSelected(before, after)) return;
  const old = mapOf(after.staking.committee.pos0);
  const next = mapOf(after.staking.next_committee[0]!.pos0);
  if (old.size === 0) return;
  const holder = new Map([...old].flatMap(([node, shards]) => shards.map((shard) => [shard, node] as const)));
  const moved = [...next].flatMap(([node, shards]) => shards.filter((shard) => holder.get(shard) !== node)).length;
  const needed = [...old].reduce((total, [node, shards]) => total + Math.max(0, shards.length - (next.get(node)?.length ?? 0)), 0);
  hold(moved === needed, '7 movement', () => `${moved} shards move, ${needed} must`);
};

/** 8, 9. More stake never means fewer shards; one shard more in total takes none away, without caps. */
export const monotoneApportionment: Invariant = (h, before, after) => {
  if (!wasSelected(before, after)) return;
  const stakes = before.activeSet.nodes.map(({ staked_amount }) => staked_amount);
  const n = after.staking.n_shards;
  const next = mapOf(after.staking.next_committee[0]!.pos0);
  const seats = before.activeSet.nodes.map(({ node_id }) => next.get(node_id)?.length ?? 0);
  const i = Number(h.nowMs % BigInt(stakes.length));
  const more = apportion(stakes.map((s, at) => (at === i ? s + s / 3n + 1n : s)), n);
  hold(more[i]! >= seats[i]!, '8 monotone', () => `${seats[i]} → ${more[i]}`);
  const larger = apportion(stakes, n + 1);
  const capped = seats.some((seat) => seat >= shardCap(stakes.length, n));
  hold(capped || larger.every((seat, at) => seat >= seats[at]!), '9 house', () => `${seats} → ${larger}`);
};

/** 10. A share never loses value at a boundary, but by a penalty. */
export const shareValue: Invariant = (h, before, after) => {
  if (!isBoundary(before, after)) return;
  for (const [node, now] of after.pools) {
    const old = before.pools.get(node);
    const penalised = (h.staking.lastBoundary!.losses.get(node)?.principal ?? 0n) > 0n;
    if (old === undefined || penalised || old.num_shares === 0n || now.num_shares === 0n) continue;
    hold(now.wal_balance * old.num_shares >= old.wal_balance * now.num_shares, '10 share value', () => node);
  }
};

/** 11. Active stakes have no more shares, and claim no more, than the pool has. */
export const claimsCovered: Invariant = (h, _before, after) => {
  const { epoch } = after.staking;
  for (const pool of h.staking.pools.values()) {
    if (pool.shares === 0n) continue;
    const chain = after.pools.get(pool.id)!;
    let [shares, claims] = [0n, 0n];
    for (const { node, principal, activation, withdraw } of h.staking.stakes.values()) {
      if (node !== pool.id || activation > epoch || (withdraw !== undefined && withdraw <= chain.latest_epoch)) continue;
      shares += pool.sharesAt(principal, activation);
      claims += pool.claim(principal, activation, epoch);
    }
    // A pool outside the committee does not advance; what became active meanwhile is still pending there.
    const pending = sum([...mapOf(chain.pending_stake.pos0)].filter(([k]) => k <= epoch).map(([, v]) => v));
    if (pending > 0n || pool.latest < epoch) continue;
    hold(shares <= chain.num_shares, '11 shares', () => `${shares} of ${chain.num_shares}`);
    hold(claims <= chain.wal_balance, '11 claims', () => `${claims} of ${chain.wal_balance}`);
  }
};

/** 12. The rewards pool covers what all stakes may claim beyond their principals, up to dust. */
export const rewardsCovered: Invariant = (h, _before, after) => {
  const { epoch } = after.staking;
  for (const pool of h.staking.pools.values()) {
    let claims = 0n;
    // Rounding costs a share at a time, and a share of a stake that has left is worth what it was then.
    let rounding = 4n;
    for (const { node, principal, activation, withdraw } of h.staking.stakes.values()) {
      if (node !== pool.id || activation > epoch) continue;
      const until = Math.min(withdraw ?? epoch, epoch);
      claims += max(0n, pool.worth(principal, activation, until) - principal);
      const { wal, shares } = pool.rateAt(until);
      rounding += 2n * (2n + (shares === 0n ? 0n : wal / shares));
    }
    const rewards = after.pools.get(pool.id)!.rewards_pool;
    const dust = rounding * BigInt(epoch + 2);
    hold(claims <= rewards + dust, '12 rewards', () => `${claims} claimed, ${rewards} there, dust ${dust}`);
  }
};

/** 13. Splitting raises no claim; joining raises it by one share's value and one FROST at most. */
export const splitAndJoin: Invariant = (h, before, after) => {
  if (h.last !== 'split_stake' && h.last !== 'join_stakes') return;
  const total = (o: Observation, node: string): bigint => {
    const pool = h.staking.pool(node);
    const own = [...o.stakes.values()].filter((stake) => stake.node_id === node && stake.activation_epoch <= o.staking.epoch);
    return sum(own.map((stake) => pool.claim(stake.principal, stake.activation_epoch, stake.state.withdraw_epoch ?? o.staking.epoch)));
  };
  for (const node of after.pools.keys()) {
    const [old, now] = [total(before, node), total(after, node)];
    // A share of a stake that has left is worth what it was then, whatever became of the pool.
    const share = (epoch: number): bigint => {
      const { wal, shares } = h.staking.pool(node).rateAt(epoch);
      return shares === 0n ? 1n : wal / shares + 1n;
    };
    const own = [...after.stakes.values()].filter((stake) => stake.node_id === node);
    const shares = own.map((stake) => share(stake.state.withdraw_epoch ?? after.staking.epoch));
    const limit = h.last === 'split_stake' ? 0n : 2n + shares.reduce(max, 1n);
    hold(now - old <= limit, '13 split and join', () => `${old} → ${now}`);
  }
};

/** 14. Stake becomes active with the next committee that is not selected; withdrawals follow the table of §8.5. */
export const activationTable: Invariant = (_h, before, after) => {
  const { epoch, next_committee: next } = before.staking;
  for (const [id, stake] of after.stakes) {
    const old = before.stakes.get(id);
    const selected = next[0] !== undefined;
    const inNext = next[0]?.pos0.some(({ key }) => key === stake.node_id) ?? false;
    if (old === undefined && _h.last === 'stake') {
      hold(stake.activation_epoch === epoch + (selected ? 2 : 1), '14 activation', () => `${stake.activation_epoch} in ${epoch}`);
    }
    if (old?.state.$ === 'Staked' && stake.state.$ === 'Withdrawing') {
      const w = stake.state.withdraw_epoch!;
      const expected = stake.activation_epoch > epoch ? stake.activation_epoch + 1 : epoch + (inNext ? 2 : 1);
      hold(w === expected, '14 withdrawal', () => `${w} in ${epoch}`);
    }
  }
};

/** 15. The active set adds up, has no empty entries, and its entries are the stakes of the next selection. */
export const activeSetAddsUp: Invariant = (h, _before, after) => {
  const { nodes, total_stake: total, max_size: limit } = after.activeSet;
  hold(total === sum(nodes.map(({ staked_amount }) => staked_amount)), '15 active set', () => `total ${total}`);
  hold(nodes.length <= limit && nodes.every(({ staked_amount }) => staked_amount > 0n), '15 active set', () => 'empty entry or too many');
  hold(new Set(nodes.map(({ node_id }) => node_id)).size === nodes.length, '15 active set', () => 'a node twice');
  if (h.last !== 'stake' && h.last !== 'withdraw_stake' && h.last !== 'request_withdraw_stake') return;
  for (const { node_id, staked_amount } of nodes) {
    const pool = h.staking.pool(node_id);
    // Entries of nodes outside the committee are refreshed when somebody calls for them.
    if (pool.latest < after.staking.epoch) continue;
    hold(staked_amount === pool.balanceAt(h.staking.activationEpoch) || h.staking.next !== undefined, '15 entry', () => node_id);
  }
};

/** 16. A pool advances once per boundary, and its rates are of ascending epochs. */
export const poolsAdvanceOnce: Invariant = (_h, before, after) => {
  for (const [node, now] of after.pools) {
    const old = before.pools.get(node);
    if (old === undefined) continue;
    const advanced = now.latest_epoch !== old.latest_epoch;
    hold(!advanced || (isBoundary(before, after) && now.latest_epoch === after.staking.epoch), '16 advance', () => node);
    hold(now.exchange_rates.size - old.exchange_rates.size <= (advanced ? 1n : 0n), '16 rates', () => node);
  }
};

/** 17. Blocked commission is part of the commission. */
export const blockedCommission: Invariant = (h, _before, after) => {
  for (const [node, pool] of after.pools) {
    const blocked = fieldOf<bigint>(h.world, pool.extra_fields.id, 'NewEpochCommissionBlockedForCollection') ?? 0n;
    hold(blocked <= pool.commission, '17 commission', () => `${blocked} of ${pool.commission} at ${node}`);
  }
};

/** 18, 20. The ring has each of the next epochs once, and its first slot is mirrored. */
export const ringOfEpochs: Invariant = (_h, _before, after) => {
  const { slots, system } = after;
  hold(slots.length === system.future_accounting.length && slots.every((slot, i) => slot.epoch === after.staking.epoch + i), '20 ring', () => slots.map((s) => s.epoch).join());
  hold(system.used_capacity_size === slots[0]!.used_capacity, '18 mirror', () => `${system.used_capacity_size}`);
};

/** 19. Paid reservations stay within the capacity, and the capacity covers what is used. */
export const capacityHolds: Invariant = (h, before, after) => {
  const { total_capacity_size: capacity } = after.system;
  if (isBoundary(before, after)) {
    hold(capacity >= after.system.used_capacity_size, '19 capacity', () => `${capacity}`);
  } else if (h.last !== 'certify_event_blob') {
    const pushed = after.slots.filter((slot, i) => slot.used_capacity > before.slots[i]!.used_capacity);
    hold(pushed.every((slot) => slot.used_capacity <= capacity), '19 capacity', () => 'a paid reservation exceeds it');
  }
};

/** 21. Byte-epochs of storage are the same after splitting and fusing. */
export const byteEpochs: Invariant = (h, before, after) => {
  if (h.last !== 'split_by_epoch' && h.last !== 'split_by_size' && h.last !== 'fuse') return;
  hold(before.byteEpochs === after.byteEpochs, '21 byte-epochs', () => `${before.byteEpochs} → ${after.byteEpochs}`);
};

/** 22. A storage pool uses what its blobs need, within what it reserved. */
export const storagePools: Invariant = (h) => {
  for (const [id, pool] of h.market.pools) {
    const chain = fieldOf<{ used_encoded_bytes: bigint; blob_count: bigint; storage: { storage_size: bigint }; blobs: { size: bigint } }>(h.world, id, '::StoragePoolInnerV1')!;
    hold(chain.used_encoded_bytes <= chain.storage.storage_size, '22 pool', () => `${chain.used_encoded_bytes}`);
    hold(chain.used_encoded_bytes === h.market.poolUsed(pool), '22 pool', () => `${chain.used_encoded_bytes} used`);
    hold(chain.blob_count === chain.blobs.size, '22 pool', () => `${chain.blob_count} blobs`);
  }
};

/** 23. A blob is certified between registration and end, once. */
export const certifiedOnce: Invariant = (h, _before, after) => {
  for (const { object, value } of h.world.ofType('::blob::Blob')) {
    const [certified] = value.certified_epoch as number[];
    if (certified === undefined) continue;
    const storage = value.storage as { end_epoch: number };
    hold((value.registered_epoch as number) <= certified && certified < storage.end_epoch && certified <= after.staking.epoch, '23 certified', () => object.id);
  }
};

/** 25. Prices are the smallest values, within the bounds that governance decided, and the capacity the largest, that a quorum of shards supports. */
export const votedParameters: Invariant = (_h, before, after) => {
  if (isBoundary(before, after)) {
    const { pos0 } = after.staking.committee;
    const weights = pos0.map(({ value }) => value.length);
    const n = after.staking.n_shards;
    const pools = pos0.map(({ key }) => after.pools.get(key)!.voting_params);
    const bounded = (price: bigint, lowest: number): bigint => min(max(price, decided(after, lowest) ?? 0n), decided(after, lowest + 1) ?? U64_MAX);
    hold(after.system.storage_price_per_unit_size === bounded(smallestWithQuorum(pools.map((v) => v.storage_price), weights, n), 104), '25 storage price', () => '');
    hold(after.system.write_price_per_unit_size === bounded(smallestWithQuorum(pools.map((v) => v.write_price), weights, n), 106), '25 write price', () => '');
  }
  if (wasSelected(before, after)) {
    const { pos0 } = after.staking.next_committee[0]!;
    const n = BigInt(after.staking.n_shards);
    const votes = pos0.map(({ key, value }) => min((after.pools.get(key)!.voting_params.node_capacity * n) / BigInt(value.length), U64_MAX));
    const capacity = largestWithQuorum(votes, pos0.map(({ value }) => value.length), Number(n));
    hold(capacity === _h.staking.nextCapacity, '25 capacity', () => `${capacity}`);
  }
};

/** 26. Epochs go from sync to done to selected to the next sync, and never before their time. */
export const epochStates: Invariant = (h, before, after) => {
  const [from, to] = [before.staking.epoch_state, after.staking.epoch_state];
  if (from.$ === to.$ && from.pos0 === to.pos0 && !isBoundary(before, after)) return;
  const step = `${from.$} ${to.$}`;
  const { firstEpochStartMs } = h.staking;
  const durationMs = decided(before, 101) ?? EPOCH_MS;
  const started = (part: bigint): bigint => (before.staking.epoch === 0 ? firstEpochStartMs : BigInt(from.pos0) + part);
  const allowed =
    step === 'EpochChangeSync EpochChangeSync' || step === 'EpochChangeSync EpochChangeDone'
      ? !isBoundary(before, after)
      : step === 'EpochChangeDone NextParamsSelected'
        ? after.nowMs >= started(durationMs / 2n) && from.pos0 === to.pos0
        : step === 'NextParamsSelected EpochChangeSync' && after.nowMs >= started(durationMs) && after.staking.epoch === before.staking.epoch + 1;
  hold(allowed, '26 states', () => `${hasStateOf(before)} → ${hasStateOf(after)} at ${after.nowMs}`);
};

/** 14.8. Who answered everything loses nothing; what operators lose is burned or set aside for challengers. */
export const innocentNodes: Invariant = (h, before, after) => {
  if (!isBoundary(before, after)) return;
  for (const [node, { principal, burned, bounty }] of h.staking.lastBoundary!.losses) {
    const clean = h.innocents.has(node);
    hold(!clean || principal + burned + bounty === 0n, '14 innocent', () => node);
  }
};

/** 14.8. The index of a pool never rises. */
export const indexFalls: Invariant = (h, _before, after) => {
  for (const pool of after.pools.values()) {
    const index = fieldOf<{ current: bigint; changes: { epoch: number; index: bigint }[] }>(h.world, pool.extra_fields.id, 'SlashIndexKey');
    if (index === undefined) continue;
    const values = [10n ** 18n, ...index.changes.map((change) => change.index)];
    hold(values.every((value, i) => i === 0 || value <= values[i - 1]!) && values.at(-1) === index.current, '14 index', () => values.join());
  }
};

/** 14.3. Outstanding principals are those of all stakes that are not paid out; a pool without any keeps no surplus of penalties. */
export const outstandingAddsUp: Invariant = (h, _before, after) => {
  const totals = new Map<string, bigint>();
  for (const { node_id, principal } of after.stakes.values()) totals.set(node_id, (totals.get(node_id) ?? 0n) + principal);
  for (const [node, pool] of after.pools) {
    const outstanding = fieldOf<bigint>(h.world, pool.extra_fields.id, 'OutstandingKey') ?? 0n;
    hold(outstanding === (totals.get(node) ?? 0n), '14 outstanding', () => `${outstanding} of ${totals.get(node)}`);
  }
};

type Proposals = ChainGovernance['proposals'];
const proposalsOf = (o: Observation): Proposals => o.governance?.proposals ?? new Map();
const isOpen = ({ state }: { state: { $: string } }): boolean => state.$ === 'Open';

/** Calls `each` with what of proposals changed; `old` is undefined for new ones. */
function eachChanged(before: Observation, after: Observation, each: (now: ProposalNow, old: ProposalNow | undefined, id: string) => void): void {
  const earlier = proposalsOf(before);
  for (const [id, now] of proposalsOf(after)) each(now, earlier.get(id), id);
}
type ProposalNow = Proposals extends ReadonlyMap<string, infer P> ? P : never;

/** 15. What was counted is the ballots and the operators' shares; all of it is within the power there is. */
export const votesAddUp: Invariant = (_h, _before, after) => {
  const votes = [...(after.governance?.accounts.values() ?? [])].flatMap((account) => account.votes);
  for (const [id, { tallies, total, state, rules, ...p }] of proposalsOf(after)) {
    const counted = [p.yes, p.no, p.abstain];
    hold(sum(counted) <= total, '15 votes', () => `${counted} of ${total}`);
    const expected = [0n, 0n, 0n];
    for (const [node, { power, direct, operator }] of tallies) {
      hold(direct <= power, '15 direct', () => `${direct} of ${power} of ${node}`);
      if (operator[0] !== undefined) expected[operator[0]]! += ((power - direct) * BigInt(rules.default_weight_bp)) / 10_000n;
      if (state.$ !== 'Open') continue;
      const own = votes.filter((vote) => vote.proposal === id && vote.node_id === node);
      hold(sum(own.map((vote) => vote.power)) === direct, '15 direct', () => `${direct} of ${node}`);
    }
    if (state.$ !== 'Open') continue;
    for (const { proposal, choice, power } of votes) if (proposal === id) expected[choice]! += power;
    hold(expected.every((value, i) => value === counted[i]), '15 votes', () => `${counted}, by ballots ${expected}`);
  }
};

/** 15. A stake has one ballot per proposal, lies in the account of its ballots, and has no more power than it was worth. */
export const stakesVoteOnce: Invariant = (h, _before, after) => {
  const seen = new Set<string>();
  for (const account of after.governance?.accounts.values() ?? []) {
    for (const { proposal, stake, power, node_id } of account.votes) {
      const key = `${proposal} ${stake}`;
      hold(!seen.has(key), '15 one ballot', () => key);
      seen.add(key);
      const { snapshot } = proposalsOf(after).get(proposal)!;
      const own = after.stakes.get(stake);
      hold(own !== undefined && h.world.objects.get(stake)!.object.owner.AddressOwner === undefined, '15 locked', () => stake);
      hold(own!.node_id === node_id && own!.activation_epoch <= snapshot, '15 snapshot', () => stake);
      hold(power > 0n && power <= h.staking.pool(node_id).claim(own!.principal, own!.activation_epoch, snapshot), '15 power', () => `${power}`);
    }
    hold(account.ballots.size === BigInt(account.votes.length), '15 ballots', () => account.id);
    hold(account.open.size === BigInt(new Set(account.votes.map(({ stake }) => stake)).size), '15 locked stakes', () => account.id);
  }
};

/** 15. Proposals move on as their states allow, with thresholds from their own rules and their own snapshot. */
export const proposalStates: Invariant = (h, before, after) => {
  const { epoch } = after.staking;
  eachChanged(before, after, (now, old, id) => {
    if (old === undefined) return hold(isOpen(now) && now.snapshot === epoch, '15 new proposal', () => id);
    const [from, to] = [old.state.$, now.state.$];
    if (from === to) return;
    const [yes, no, total] = [now.yes, now.no, now.total];
    const { rules, action, closes } = now;
    const takesPart = (yes + no + now.abstain) * 10_000n >= total * BigInt(rules.quorum_bp);
    const approveBp = BigInt(action.$ === 'Upgrade' ? rules.approve_upgrade_bp : rules.approve_param_bp);
    const isRatified = no * 10_000n < total * BigInt(rules.staker_veto_bp);
    const carried = action.$ === 'RatifyOperatorUpgrade' ? isRatified : takesPart && yes > no && yes * 10_000n >= (yes + no) * approveBp;
    const runs = action.$ === 'Param' || action.$ === 'Upgrade';
    const allowed: Readonly<Record<string, () => boolean>> = {
      'Open Approved': () => carried && runs && epoch >= closes && now.state.from === closes + rules.delay_epochs && now.state.until === now.state.from + rules.execute_epochs,
      'Open Executed': () => carried && !runs && epoch >= closes,
      'Open Rejected': () => !carried && epoch >= closes,
      'Approved Executed': () => epoch >= old.state.from! && epoch < old.state.until! && h.last === 'execute_param',
      'Approved Expired': () => epoch >= old.state.until!,
      'Approved Vetoed': () => epoch < old.state.from! && 3 * now.node_veto >= after.staking.n_shards,
    };
    hold(allowed[`${from} ${to}`]?.() ?? false, '15 states', () => `${from} → ${to} of ${id} in ${epoch}`);
  });
};

/** 15. Rules, snapshot and power of a proposal never change; its votes only while it is open; its end once. */
export const proposalsKeepTheirRules: Invariant = (_h, before, after) => {
  const fixed = ({ action, proposer, snapshot, total, rules }: ProposalNow): string => show({ action, proposer, snapshot, total, rules });
  const votes = ({ yes, no, abstain }: ProposalNow): string => show({ yes, no, abstain });
  eachChanged(before, after, (now, old, id) => {
    if (old === undefined) return;
    hold(fixed(now) === fixed(old), '15 rules', () => id);
    const wasOpen = isOpen(old) && before.staking.epoch < old.closes;
    hold(wasOpen || votes(now) === votes(old), '15 late votes', () => id);
    hold(now.closes === old.closes || (wasOpen && now.closes === old.closes + 1 && now.closes === now.snapshot + now.rules.voting_epochs + 1), '15 extension', () => id);
  });
};

/** 15. Deposits are held while proposals are open, and then given back or kept to be burned. */
export const depositsAddUp: Invariant = (h, _before, after) => {
  if (after.governance === undefined) return;
  const held = sum([...proposalsOf(after).values()].map(({ bond }) => bond));
  const { paid, returned, burned } = h.governance.bonds;
  hold(held + after.governance.forfeited === paid - returned - burned, '15 deposits', () => `${held} and ${after.governance!.forfeited} of ${paid}, ${returned} returned, ${burned} burned`);
  for (const [id, { bond, rules, state }] of proposalsOf(after)) {
    hold(bond === (state.$ === 'Open' ? rules.bond : 0n), '15 deposit', () => `${bond} of ${id}`);
  }
};

/** 15. Parameters change by the execution of a decision only, and are in force from the next epoch on. */
export const decisionsOnly: Invariant = (h, before, after) => {
  const rules = before.governance === undefined || show(before.governance.params) === show(after.governance!.params);
  const next = show(before.params.next) === show(after.params.next);
  hold((rules && next) || h.last === 'execute_param', '15 decisions', () => h.last);
  const current = isBoundary(before, after) ? before.params.next : before.params.current;
  hold(show(after.params.current) === show(current), '15 in force', () => show(after.params.current));
};

/** 15. The snapshot of an epoch is the stakes of its committee when it began, and never changes. */
export const snapshotsStay: Invariant = (h, before, after) => {
  if (!isBoundary(before, after)) return;
  for (const { name, value } of h.world.fieldsOf(h.world.deployment.stakingObjectId, '::governed::SnapshotKey') as Iterable<{ name: { epoch: number }; value: { total: bigint; powers: { key: string; value: bigint }[] } }>) {
    hold(value.total === sum(value.powers.map((power) => power.value)), '15 snapshot', () => `total of ${name.epoch}`);
    if (name.epoch !== after.staking.epoch) continue;
    hold(value.powers.length === after.staking.committee.pos0.length, '15 snapshot', () => 'members');
    hold(value.powers.every((power) => after.pools.get(power.key)!.wal_balance === power.value), '15 snapshot', () => 'stakes');
  }
};

const show = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));

export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  conservation,
  boundarySums,
  exactCharge,
  rewardSplit,
  shardPartition,
  committeesAgree,
  minimalMovement,
  monotoneApportionment,
  shareValue,
  claimsCovered,
  rewardsCovered,
  splitAndJoin,
  activationTable,
  activeSetAddsUp,
  poolsAdvanceOnce,
  blockedCommission,
  ringOfEpochs,
  capacityHolds,
  byteEpochs,
  storagePools,
  certifiedOnce,
  votedParameters,
  epochStates,
  innocentNodes,
  indexFalls,
  outstandingAddsUp,
  votesAddUp,
  stakesVoteOnce,
  proposalStates,
  proposalsKeepTheirRules,
  depositsAddUp,
  decisionsOnly,
  snapshotsStay,
};

/** @throws Violation naming the invariant */
export function checkInvariants(h: History, before: Observation, after: Observation): void {
  for (const invariant of Object.values(INVARIANTS)) invariant(h, before, after);
}
