/** Events of nodes that register and of stake that comes and goes, with their BCS layouts. Amounts are in FROST. */
import { bcs } from '@mysten/sui/bcs';

const stake = { epoch: bcs.u32(), node_id: bcs.Address, staked_wal_id: bcs.Address };

const events = {
  NodeRegistered: bcs.struct('NodeRegistered', { epoch: bcs.u32(), node_id: bcs.Address }),
  StakeAdded: bcs.struct('StakeAdded', { ...stake, principal: bcs.u64(), activation_epoch: bcs.u32() }),
  StakeWithdrawalRequested: bcs.struct('StakeWithdrawalRequested', { ...stake, withdraw_epoch: bcs.u32() }),
  StakeWithdrawn: bcs.struct('StakeWithdrawn', { ...stake, principal: bcs.u64(), payout: bcs.u64() }),
} as const;

type Events = typeof events;

/** A decoded event, tagged by its type name. */
export type StakingEvent = {
  [Name in keyof Events]: { readonly kind: Name; readonly fields: Events[Name]['$inferType'] };
}[keyof Events];

/** Decodes an event of nodes and stake; undefined for any other. @throws on contents that do not fit the type */
export function decodeStakingEvent(eventType: string, contents: Uint8Array): StakingEvent | undefined {
  const [, module, name] = eventType.split('::');
  if (module !== 'staking_events' || name === undefined || !Object.hasOwn(events, name)) return undefined;
  const kind = name as keyof Events;
  return { kind, fields: events[kind].parse(contents) } as StakingEvent;
}
