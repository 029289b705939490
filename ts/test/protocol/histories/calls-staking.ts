/** Calls on nodes, stakes and rights (contracts specification §4.5, §4.6, §8, §10.4). */
import { bcs } from '@mysten/sui/bcs';
import { ensure, WAL } from './model/arithmetic.js';
import { PoolModel, type Holder } from './model/pool.js';
import type { Stake } from './model/staking.js';
import { NotAdmitted, type History } from './history.js';
import type { Argument, Ptb } from './ptb.js';
import { NODES, type Account } from './world.js';
import { amountOf, pick, UNKNOWN_ID, type CallTable } from './calls.js';

const MAX_NODES = NODES + 4;

/** A node by number; sometimes one that does not exist. */
export function nodeOf(h: History, number: number): string {
  const nodes = [...h.staking.pools.keys()];
  return nodes.length === 0 || number % 50 === 49 ? UNKNOWN_ID : pick(nodes, number);
}

export const accountOf = (h: History, number: number): Account => pick(h.world.accounts, number);

/** The operator of the node; sometimes someone else. */
export function operatorOf(h: History, node: string, number: number): Account {
  const pool = h.staking.pools.get(node);
  const owner = h.world.accounts.find(({ address }) => address === pool?.operator);
  return owner === undefined || number % 16 === 15 ? accountOf(h, number) : owner;
}

const must = (condition: boolean): void => {
  if (!condition) throw new NotAdmitted();
};

/** A call with the capability of a node: who does not own it cannot use it. */
function withCap(h: History, a: readonly number[], build: (tx: Ptb, staking: Argument, cap: Argument) => void, predict: (pool: PoolModel) => void): void {
  if (h.staking.pools.size === 0) return;
  const node = pick([...h.staking.pools.keys()], a[0]!);
  const pool = h.staking.pool(node);
  const sender = operatorOf(h, node, a[1]!);
  h.run(
    sender,
    (tx) => build(tx, tx.object(h.world.deployment.stakingObjectId), tx.object(pool.cap)),
    () => {
      must(sender.address === pool.operator);
      predict(pool);
    },
  );
}

type Right = 'receiver' | 'governance';

/** Proves a right, by the sender's address or by an object that the sender owns; mostly in the way that is asked for. */
export function authenticate(h: History, tx: Ptb, sender: Account, pool: PoolModel | undefined, right: Right, number: number): { argument: Argument; holder: Holder } {
  const byAddress = pool === undefined || (pool[right].kind === 'Address') === (number % 6 > 0);
  if (byAddress || pool.operator !== sender.address) {
    return { argument: tx.call('auth::authenticate_sender', []), holder: { kind: 'Address', id: sender.address } };
  }
  const type = `${h.world.packageId}::storage_node::StorageNodeCap`;
  return { argument: tx.call('auth::authenticate_with_object', [tx.object(pool.cap)], [type]), holder: { kind: 'ObjectID', id: pool.cap } };
}

/** A call with a proof of a right to a node. */
function withRight(
  h: History,
  a: readonly number[],
  kind: Right,
  build: (tx: Ptb, staking: Argument, node: string, right: Argument, sender: Account) => void,
  predict: (node: string, holder: Holder, sender: Account) => void,
): void {
  const node = nodeOf(h, a[0]!);
  const sender = operatorOf(h, node, a[1]!);
  let holder: Holder | undefined;
  h.run(
    sender,
    (tx) => {
      const right = authenticate(h, tx, sender, h.staking.pools.get(node), kind, a[2]!);
      holder = right.holder;
      build(tx, tx.object(h.world.deployment.stakingObjectId), node, right.argument, sender);
    },
    () => predict(node, holder!, sender),
  );
}

export function payIn(h: History, sender: Account, amount: bigint): void {
  h.wallets.set(sender.address, h.wallets.get(sender.address)! + amount);
}

/** Whom the votes of an epoch are about; sometimes another. */
const candidateOf = (h: History, number: number): string => nodeOf(h, number % 10 === 9 ? number : h.staking.epoch % 3);

/** Any stake; seldom one that lies in a voter account. */
function stakeOf(h: History, number: number): [string, Stake] | undefined {
  const free = [...h.staking.stakes].filter(([, { owner }]) => owner !== '');
  const stakes = free.length === 0 || number % 15 === 14 ? [...h.staking.stakes] : free;
  return stakes.length === 0 ? undefined : pick(stakes, number);
}

/** A stake of the pool that everybody leaves, one that has earned: only when it empties it shows what is left in it. */
function leavingStake(h: History, number: number): [string, Stake] | undefined {
  const free = [...h.staking.stakes].filter(([, stake]) => stake.owner !== '' && stake.withdraw === undefined && !h.staking.isEarly(stake));
  for (const [node, { wal, shares }] of h.staking.pools) {
    const staying = wal === shares || !h.staking.committee.has(node) ? [] : free.filter(([, stake]) => stake.node === node);
    if (staying.length > 0) return pick(staying, number);
  }
  return undefined;
}

/** Whoever owns the stake; sometimes someone else. */
function stakerOf(h: History, owner: string, number: number): Account {
  // A stake in a voter account belongs to no address.
  return (number % 20 === 19 ? undefined : h.world.accounts.find(({ address }) => address === owner)) ?? accountOf(h, number);
}

export const stakingCalls: CallTable = {
  stake: {
    weight: 10,
    run: (h, a) => {
      const [sender, node] = [accountOf(h, a[0]!), nodeOf(h, a[1]!)];
      const amount = [0n, WAL - 1n, WAL, WAL + 1n][a[2]! % 24] ?? amountOf(a[3]!);
      h.run(
        sender,
        (tx) => {
          const coin = tx.split(tx.object(sender.wal), amount);
          const stake = tx.call('staking::stake_with_pool', [tx.object(h.world.deployment.stakingObjectId), coin, tx.id(node)]);
          tx.transfer([stake], sender.address);
        },
        ({ created }) => {
          h.staking.checkStake(node, amount);
          h.staking.addStake(created('::StakedWal'), sender.address, node, amount);
          payIn(h, sender, -amount);
        },
      );
    },
  },
  request_withdraw_stake: {
    weight: 11,
    run: (h, a) => {
      const found = (a[2]! % 3 > 0 ? leavingStake(h, a[0]!) : undefined) ?? stakeOf(h, a[0]!);
      if (found === undefined) return;
      const [id, stake] = found;
      const sender = stakerOf(h, stake.owner, a[1]!);
      h.run(
        sender,
        (tx) => tx.call('staking::request_withdraw_stake', [tx.object(h.world.deployment.stakingObjectId), tx.object(id)]),
        () => {
          must(sender.address === stake.owner);
          h.staking.requestWithdraw(id);
        },
      );
    },
  },
  withdraw_stake: {
    weight: 8,
    run: (h, a) => {
      const payable = [...h.staking.stakes].filter(([, { withdraw, owner }]) => owner !== '' && withdraw !== undefined && withdraw <= h.staking.epoch);
      const found = payable.length > 0 && a[2]! % 3 > 0 ? pick(payable, a[0]!) : stakeOf(h, a[0]!);
      if (found === undefined) return;
      const [id, stake] = found;
      const sender = stakerOf(h, stake.owner, a[1]!);
      h.run(
        sender,
        (tx) => {
          const coin = tx.call('staking::withdraw_stake', [tx.object(h.world.deployment.stakingObjectId), tx.object(id)]);
          tx.merge(tx.object(sender.wal), [coin]);
        },
        () => {
          must(sender.address === stake.owner);
          payIn(h, sender, h.staking.withdraw(id));
        },
      );
    },
  },
  split_stake: {
    weight: 3,
    run: (h, a) => {
      const found = stakeOf(h, a[0]!);
      if (found === undefined) return;
      const [id, stake] = found;
      const sender = stakerOf(h, stake.owner, a[1]!);
      const amount = [0n, WAL - 1n, WAL, stake.principal - WAL, stake.principal - WAL + 1n, stake.principal][a[2]! % 12] ?? (stake.principal * BigInt(a[3]! % 1000)) / 1000n;
      h.run(
        sender,
        (tx) => tx.transfer([tx.call('staked_wal::split', [tx.object(id), tx.u64(amount)])], sender.address),
        ({ created }) => {
          must(sender.address === stake.owner);
          ensure(amount < stake.principal, 'staked_wal', 2);
          ensure(amount >= WAL && stake.principal - amount >= WAL, 'staked_wal', 7);
          h.staking.stakes.set(created('::StakedWal'), { ...stake, principal: amount });
          stake.principal -= amount;
        },
      );
    },
  },
  join_stakes: {
    weight: 3,
    run: (h, a) => {
      const found = stakeOf(h, a[0]!);
      if (found === undefined) return;
      const [id, stake] = found;
      // Mostly one that fits, if there is one.
      const all = [...h.staking.stakes].filter(([other, { owner }]) => other !== id && owner === stake.owner);
      const fitting = all.filter(([, s]) => s.node === stake.node && s.activation === stake.activation && s.withdraw === stake.withdraw);
      const choice = fitting.length > 0 && a[2]! % 3 !== 0 ? fitting : all;
      if (choice.length === 0) return;
      const [otherId, other] = pick(choice, a[1]!);
      const sender = stakerOf(h, stake.owner, 0);
      h.run(
        sender,
        (tx) => tx.call('staked_wal::join', [tx.object(id), tx.object(otherId)]),
        () => {
          must(stake.owner === sender.address);
          ensure(
            stake.node === other.node && stake.activation === other.activation && stake.withdraw === other.withdraw,
            'staked_wal',
            1,
          );
          stake.principal += other.principal;
          h.staking.stakes.delete(otherId);
        },
      );
    },
  },
  transfer_stake: {
    weight: 1,
    run: (h, a) => {
      const found = stakeOf(h, a[0]!);
      if (found === undefined) return;
      const [id, stake] = found;
      const [sender, receiver] = [stakerOf(h, stake.owner, a[1]!), accountOf(h, a[2]!)];
      h.run(
        sender,
        (tx) => tx.transfer([tx.object(id)], receiver.address),
        () => {
          must(sender.address === stake.owner);
          stake.owner = receiver.address;
        },
      );
    },
  },
  register_candidate: { weight: 0.4, run: registerCandidate },
  set_next_public_key: { weight: 0.8, run: announceKey },
  set_next_commission: {
    weight: 1,
    run: (h, a) => {
      const rate = [0, 10_000, 10_001, 65_535][a[2]! % 8] ?? a[3]! % 3000;
      withCap(
        h,
        a,
        (tx, staking, cap) => tx.call('staking::set_next_commission', [staking, cap, tx.u16(rate)]),
        (pool) => h.staking.setNextCommission(pool.id, rate),
      );
    },
  },
  ...votes(),
  ...names(),
  try_join_active_set: {
    weight: 0.5,
    run: (h, a) => withCap(h, a, (tx, staking, cap) => tx.call('staking::try_join_active_set', [staking, cap]), (pool) => h.staking.tryJoin(pool.id)),
  },
  collect_commission: {
    weight: 2,
    run: (h, a) =>
      withRight(
        h,
        a,
        'receiver',
        (tx, staking, node, right, sender) => tx.merge(tx.object(sender.wal), [tx.call('staking::collect_commission', [staking, tx.id(node), right])]),
        (node, holder, sender) => payIn(h, sender, h.staking.collectCommission(node, holder)),
      ),
  },
  set_commission_receiver: { weight: 0.5, run: (h, a) => setHolder(h, a, 'receiver', 'staking::set_commission_receiver') },
  set_governance_authorized: { weight: 0.5, run: (h, a) => setHolder(h, a, 'governance', 'staking::set_governance_authorized') },
  add_commission_to_pools: {
    weight: 1,
    run: (h, a) => {
      const [sender, node, amount] = [accountOf(h, a[0]!), nodeOf(h, a[1]!), BigInt(a[2]! % 1_000_000)];
      h.run(
        sender,
        (tx) => {
          const coin = tx.split(tx.object(sender.wal), amount);
          const { walType } = h.world.deployment;
          const balance = tx.call('0x2::coin::into_balance', [coin], [walType]);
          const nodes = tx.pure(bcs.vector(bcs.Address).serialize([node]).toBytes());
          tx.call('staking::add_commission_to_pools', [tx.object(h.world.deployment.stakingObjectId), nodes, tx.vector(`0x2::balance::Balance<${walType}>`, [balance])]);
        },
        () => {
          h.staking.addCommission(node, amount);
          payIn(h, sender, -amount);
        },
      );
    },
  },
  add_operator_bond: {
    weight: 1,
    run: (h, a) => {
      const [sender, node, amount] = [accountOf(h, a[0]!), nodeOf(h, a[1]!), BigInt(a[2]!) * 1000n];
      h.run(
        sender,
        (tx) => tx.call('staking::add_operator_bond', [tx.object(h.world.deployment.stakingObjectId), tx.id(node), tx.split(tx.object(sender.wal), amount)]),
        () => {
          h.staking.addBond(h.staking.pool(node).id, amount);
          payIn(h, sender, -amount);
        },
      );
    },
  },
  request_operator_bond_release: {
    weight: 1,
    run: (h, a) =>
      withRight(h, a, 'receiver', (tx, staking, node, right) => tx.call('staking::request_operator_bond_release', [staking, tx.id(node), right]), (node, holder) => h.staking.requestBondRelease(node, holder)),
  },
  withdraw_operator_bond: {
    weight: 1,
    run: (h, a) =>
      withRight(
        h,
        a,
        'receiver',
        (tx, staking, node, right, sender) => tx.merge(tx.object(sender.wal), [tx.call('staking::withdraw_operator_bond', [staking, tx.id(node), right])]),
        (node, holder, sender) => payIn(h, sender, h.staking.withdrawBond(node, holder)),
      ),
  },
  vote_for_slashing: {
    weight: 3.5,
    run: (h, a) => {
      const candidate = candidateOf(h, a[3]!);
      withRight(
        h,
        a,
        'governance',
        (tx, staking, node, right) => tx.call('slashing::vote_for_slashing', [tx.object(h.world.slashingManagerId), staking, right, tx.id(node), tx.id(candidate)]),
        (node, holder) => h.staking.voteSlashing(node, candidate, holder),
      );
    },
  },
  execute_slashing: {
    weight: 0.7,
    run: (h, a) => {
      const candidate = candidateOf(h, a[1]!);
      const { stakingObjectId, treasuryObjectId } = h.world.deployment;
      h.run(
        accountOf(h, a[0]!),
        (tx) => tx.call('slashing::execute_slashing', [tx.object(h.world.slashingManagerId), tx.object(stakingObjectId), tx.object(treasuryObjectId), tx.id(candidate)]),
        () => h.staking.executeSlashing(candidate),
      );
    },
  },
};

/** A node announces the key of the next committee; sometimes with a proof for another epoch. */
export function announceKey(h: History, a: readonly number[]): void {
  const key = pick(h.world.keys, a[2]!);
  const badEpoch = a[4]! % 4 === 0;
  withCap(
    h,
    a,
    (tx, staking, cap) => {
      const sender = operatorOf(h, pick([...h.staking.pools.keys()], a[0]!), a[1]!);
      const proof = h.world.proof(key, h.staking.epoch + (badEpoch ? 1 : 0), sender.address);
      tx.call('staking::set_next_public_key', [staking, cap, tx.bytes(key.publicKey), tx.bytes(proof)]);
    },
    (pool) => {
      ensure(!badEpoch, 'staking_pool', 4);
      pool.nextKey = h.world.uncompressed(key);
    },
  );
}

function registerCandidate(h: History, a: readonly number[]): void {
  const number = h.staking.pools.size;
  if (number >= MAX_NODES) return;
  const sender = accountOf(h, number);
  const key = h.world.keys[number]!;
  const { epoch } = h.staking;
  const fault = a[0]! % 12;
  const commission = fault === 1 ? 10_001 : a[1]! % 3000;
  const name = 'n'.repeat(fault === 2 ? 101 : 100);
  const address = 'a'.repeat(fault === 3 ? 260 : 259);
  const network = new Uint8Array(fault === 4 ? 32 : 33).fill(2);
  const votes = { storage: BigInt(a[2]! % 1000), write: BigInt(a[3]! % 1000), capacity: BigInt(a[4]! % 1000) << 20n };
  h.run(
    sender,
    (tx) => {
      const metadata = tx.call('node_metadata::new', [tx.text(''), tx.text(''), tx.text('')]);
      const proof = h.world.proof(key, epoch + (fault === 5 ? 1 : 0), sender.address);
      const cap = tx.call('staking::register_candidate', [
        tx.object(h.world.deployment.stakingObjectId),
        tx.text(name),
        tx.text(address),
        metadata,
        tx.bytes(key.publicKey),
        tx.bytes(network),
        tx.bytes(proof),
        tx.u16(commission),
        tx.u64(votes.storage),
        tx.u64(votes.write),
        tx.u64(votes.capacity),
      ]);
      tx.transfer([cap], sender.address);
    },
    ({ created }) => {
      ensure(fault !== 5, 'staking_pool', 4);
      ensure(fault !== 2, 'staking_pool', 17);
      ensure(fault !== 3, 'staking_pool', 16);
      ensure(fault !== 1, 'staking_pool', 14);
      ensure(fault !== 4, 'storage_node', 0);
      const [id, cap] = [created('::staking_pool::StakingPool'), created('::StorageNodeCap')];
      const activation = epoch + (h.staking.next === undefined ? 0 : 1);
      const receiver: Holder = { kind: 'ObjectID', id: cap };
      const governance: Holder = { kind: 'Address', id: sender.address };
      h.staking.pools.set(
        id,
        new PoolModel(id, cap, sender.address, activation, epoch, commission, votes, h.world.uncompressed(key), receiver, governance),
      );
    },
  );
}

function setHolder(h: History, a: readonly number[], right: Right, target: string): void {
  const account = accountOf(h, a[3]!);
  const pool = h.staking.pools.get(nodeOf(h, a[0]!));
  // The right goes to somebody else or, more often, back to the operator.
  const next: Holder =
    a[4]! % 3 === 0 || pool === undefined
      ? { kind: 'Address', id: account.address }
      : a[4]! % 3 === 1
        ? { kind: 'Address', id: pool.operator }
        : { kind: 'ObjectID', id: pool.cap };
  withRight(
    h,
    a,
    right,
    (tx, staking, node, proof) => {
      const authorized = tx.call(next.kind === 'Address' ? 'auth::authorized_address' : 'auth::authorized_object', [tx.id(next.id)]);
      tx.call(target, [staking, tx.id(node), proof, authorized]);
    },
    (node, holder) => {
      h.staking.checkRight(node, right, holder)[right] = next;
    },
  );
}

function votes(): CallTable {
  const vote = (name: string, of: 'storage' | 'write' | 'capacity', values: (x: number) => bigint): CallTable => ({
    [name]: {
      weight: 0.7,
      run: (h, a) => {
        const value = a[3]! % 12 === 0 ? (1n << 64n) - 1n : values(a[2]!);
        withCap(
          h,
          a,
          (tx, staking, cap) => tx.call(`staking::${name}`, [staking, cap, tx.u64(value)]),
          (pool) => {
            pool.votes = { ...pool.votes, [of]: value };
          },
        );
      },
    },
  });
  return {
    ...vote('set_storage_price_vote', 'storage', (x) => BigInt(x % 100_000)),
    ...vote('set_write_price_vote', 'write', (x) => BigInt(x % 100_000)),
    ...vote('set_node_capacity_vote', 'capacity', (x) => BigInt(x % 200) << 22n),
  };
}

function names(): CallTable {
  const bounded = (name: string, limit: number, code: number): CallTable => ({
    [name]: {
      weight: 0.2,
      run: (h, a) => {
        const length = [limit, limit + 1][a[2]! % 4] ?? a[2]! % limit;
        withCap(
          h,
          a,
          (tx, staking, cap) => tx.call(`staking::${name}`, [staking, cap, tx.text('x'.repeat(length))]),
          () => ensure(length <= limit, 'staking_pool', code),
        );
      },
    },
  });
  return { ...bounded('set_name', 100, 17), ...bounded('set_network_address', 259, 16) };
}
