/** The contracts' objects as the decoder shows them: what comparison and invariants read. */
import type { Decoded } from './decode.js';
import type { History } from './history.js';
import type { World } from './world.js';

export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
}

export interface ChainSlot {
  readonly epoch: number;
  readonly used_capacity: bigint;
  readonly rewards_to_distribute: bigint;
}

export interface ChainSystem {
  readonly committee: {
    readonly members: readonly { readonly public_key: { readonly bytes: Uint8Array }; readonly weight: number; readonly node_id: string }[];
    readonly n_shards: number;
    readonly epoch: number;
    readonly total_aggregated_key: { readonly bytes: Uint8Array };
  };
  readonly total_capacity_size: bigint;
  readonly used_capacity_size: bigint;
  readonly storage_price_per_unit_size: bigint;
  readonly write_price_per_unit_size: bigint;
  readonly future_accounting: { readonly current_index: number; readonly length: number; readonly ring_buffer: readonly ChainSlot[] };
}

type Shards = readonly Entry<string, readonly number[]>[];
export type EpochStateFields = { readonly $: string; readonly pos0: number | bigint };

export interface ChainStaking {
  readonly n_shards: number;
  readonly epoch: number;
  readonly next_committee: readonly { readonly pos0: Shards }[];
  readonly committee: { readonly pos0: Shards };
  readonly previous_committee: { readonly pos0: Shards };
  readonly epoch_state: EpochStateFields;
  readonly active_set: { readonly id: string };
}

type Pending = { readonly pos0: readonly Entry<number, bigint>[] };

export interface ChainPool {
  readonly id: string;
  readonly voting_params: { readonly storage_price: bigint; readonly write_price: bigint; readonly node_capacity: bigint };
  readonly node_info: { readonly public_key: { readonly bytes: Uint8Array }; readonly next_epoch_public_key: readonly { readonly bytes: Uint8Array }[] };
  readonly activation_epoch: number;
  readonly latest_epoch: number;
  readonly wal_balance: bigint;
  readonly num_shares: bigint;
  readonly pending_shares_withdraw: Pending;
  readonly pre_active_withdrawals: Pending;
  readonly pending_commission_rate: Pending;
  readonly commission_rate: number;
  readonly exchange_rates: { readonly id: string; readonly size: bigint };
  readonly pending_stake: Pending;
  readonly rewards_pool: bigint;
  readonly commission: bigint;
  readonly commission_receiver: { readonly $: string; readonly pos0: string };
  readonly governance_authorized: { readonly $: string; readonly pos0: string };
  readonly extra_fields: { readonly id: string };
}

export interface ChainStake {
  readonly id: string;
  readonly state: { readonly $: string; readonly withdraw_epoch?: number };
  readonly node_id: string;
  readonly principal: bigint;
  readonly activation_epoch: number;
}

export interface ChainActiveSet {
  readonly max_size: number;
  readonly nodes: readonly { readonly node_id: string; readonly staked_amount: bigint }[];
  readonly total_stake: bigint;
}

export interface ChainParams {
  readonly current: readonly Entry<number, bigint>[];
  readonly next: readonly Entry<number, bigint>[];
}

export interface ChainRules {
  readonly bond: bigint;
  readonly max_active: number;
  readonly voting_epochs: number;
  readonly delay_epochs: number;
  readonly execute_epochs: number;
  readonly quorum_bp: number;
  readonly approve_param_bp: number;
  readonly approve_upgrade_bp: number;
  readonly staker_veto_bp: number;
  readonly default_weight_bp: number;
  readonly burn_below_bp: number;
}

export interface ChainTally {
  readonly power: bigint;
  readonly direct: bigint;
  readonly operator: readonly number[];
}

export interface ChainProposal {
  readonly id: string;
  readonly action: { readonly $: string } & Readonly<Record<string, Decoded>>;
  readonly proposer: string;
  readonly snapshot: number;
  readonly total: bigint;
  readonly closes: number;
  readonly state: { readonly $: string; readonly from?: number; readonly until?: number };
  readonly yes: bigint;
  readonly no: bigint;
  readonly abstain: bigint;
  readonly pools: { readonly id: string };
  readonly rules: ChainRules;
  readonly node_veto: number;
  readonly vetoers: readonly string[];
  readonly bond: bigint;
}

export interface ChainAccount {
  readonly id: string;
  readonly stakes: { readonly id: string; readonly size: bigint };
  readonly ballots: { readonly id: string; readonly size: bigint };
  readonly open: { readonly id: string; readonly size: bigint };
}

export interface ChainBallot {
  readonly proposal: string;
  readonly stake: string;
  readonly power: bigint;
  readonly node_id: string;
  readonly choice: number;
}

/** Governance with all that hangs on it. */
export interface ChainGovernance {
  readonly params: ChainRules;
  readonly active: readonly string[];
  readonly forfeited: bigint;
  readonly proposals: ReadonlyMap<string, ChainProposal & { readonly tallies: ReadonlyMap<string, ChainTally> }>;
  readonly accounts: ReadonlyMap<string, ChainAccount & { readonly owner: string; readonly votes: readonly ChainBallot[] }>;
}

/** Undefined until it is created. */
export function governanceOf({ world, governance: { id } }: History): ChainGovernance | undefined {
  if (id === undefined) return undefined;
  const inner = fieldOf<{ params: ChainRules; active: string[] }>(world, id, '::governance::GovInnerV1')!;
  const proposals = [...world.ofType('::governance::Proposal')].map(({ object, value }) => {
    const proposal = value as unknown as ChainProposal;
    const tallies = new Map([...world.fieldsOf(proposal.pools.id, '::governance::PoolTally')].map((field) => [field.name as string, field.value as unknown as ChainTally]));
    return [object.id, { ...proposal, tallies }] as const;
  });
  const accounts = [...world.ofType('::governance::VoterAccount')].map(({ object, value }) => {
    const account = value as unknown as ChainAccount;
    const fields = [...world.fieldsOf(account.ballots.id, '::governance::Ballot')] as unknown as { name: ChainBallot; value: ChainBallot }[];
    return [object.id, { ...account, owner: object.owner.AddressOwner!, votes: fields.map(({ name, value: ballot }) => ({ ...name, ...ballot })) }] as const;
  });
  return { params: inner.params, active: inner.active, forfeited: fieldOf<bigint>(world, id, '::governance::ForfeitedKey')!, proposals: new Map(proposals), accounts: new Map(accounts) };
}

/** The only dynamic field of a parent whose type contains the text. */
export function fieldOf<T>(world: World, parent: string, text: string): T | undefined {
  const [field] = [...world.fieldsOf(parent, text)];
  return field === undefined ? undefined : (field as { value: Decoded }).value as T;
}

/** Bytes as a key that can be compared. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Entries as a map. */
export const mapOf = <K, V>(entries: readonly Entry<K, V>[]): Map<K, V> => new Map(entries.map(({ key, value }) => [key, value]));
