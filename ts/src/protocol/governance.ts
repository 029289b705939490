/**
 * Governance by WAL stakers (contracts specification §15): the transactions of proposers, voters and
 * operators, and what a proposal looks like. Every builder returns a transaction for the caller to sign.
 */
import { bcs } from '@mysten/sui/bcs';
import type { ClientWithCoreApi } from '@mysten/sui/client';
import { coinWithBalance, Transaction, type TransactionResult } from '@mysten/sui/transactions';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { ObjectMissing } from './errors.js';
import { GovInnerV1, Governance, Proposal } from './governance-objects.js';
import { fieldOf } from './objects.js';

/** What the builders need of a deployed governance. */
export interface GovernanceIds {
  /** Package that receives the calls: the version that links the current protocol. */
  readonly governancePackageId: string;
  /** Protocol package that receives calls. */
  readonly packageId: string;
  readonly governanceObjectId: string;
  readonly auditRegistryId: string;
  readonly upgradeManagerId: string;
  readonly stakingObjectId: string;
  readonly systemObjectId: string;
  readonly treasuryObjectId: string;
  readonly walType: string;
}

/** What is proposed. */
export type ProposalAction =
  | { readonly kind: 'param'; readonly id: number; readonly value: bigint }
  | { readonly kind: 'upgrade'; readonly digest: Uint8Array; readonly fromVersion: bigint }
  | { readonly kind: 'ratifyOperatorUpgrade'; readonly digest: Uint8Array; readonly fromVersion: bigint }
  | { readonly kind: 'text'; readonly hash: Uint8Array };

/** Votes, as the contracts number them. */
export const CHOICE = { yes: 0, no: 1, abstain: 2 } as const;
export type Choice = keyof typeof CHOICE;

/** Numbers of the parameters that can be decided. */
export const GOVERNED_PARAM = {
  samplesTotal: 0,
  minSamples: 1,
  windowBp: 2,
  toleranceBp: 3,
  slopeBp: 4,
  maxPenaltyBp: 5,
  missPenaltyBp: 6,
  challengeBond: 7,
  bountyBp: 8,
  maxOpenPerNode: 9,
  principalMinBp: 10,
  breakerBp: 11,
  noSetBurnBp: 12,
  burnShareBp: 100,
  epochDurationMs: 101,
  activeSetLimit: 102,
  thresholdStake: 103,
  minStoragePrice: 104,
  maxStoragePrice: 105,
  minWritePrice: 106,
  maxWritePrice: 107,
  proposalBond: 200,
  maxActive: 201,
  votingEpochs: 202,
  delayEpochs: 203,
  executeEpochs: 204,
  quorumBp: 205,
  approveParamBp: 206,
  approveUpgradeBp: 207,
  stakerVetoBp: 208,
  defaultWeightBp: 209,
  burnBelowBp: 210,
} as const;

const CLOCK = '0x6';

// Voter accounts

/** Creates a voter account for the owner, with stakes that the sender owns. */
export function openVoterAccount(ids: GovernanceIds, stakedWalIds: readonly string[], owner: string): Transaction {
  const tx = new Transaction();
  const account = tx.moveCall({ target: target(ids, 'new_account') });
  for (const stake of stakedWalIds) {
    tx.moveCall({ target: target(ids, 'deposit'), arguments: [account, tx.object(stake)] });
  }
  tx.transferObjects([account], owner);
  return tx;
}

/** Puts more stakes into an account. */
export function depositStakes(ids: GovernanceIds, accountId: string, stakedWalIds: readonly string[]): Transaction {
  const tx = new Transaction();
  for (const stake of stakedWalIds) {
    tx.moveCall({ target: target(ids, 'deposit'), arguments: [tx.object(accountId), tx.object(stake)] });
  }
  return tx;
}

/** Takes stakes without open votes out of an account. */
export function takeStakes(
  ids: GovernanceIds,
  accountId: string,
  stakedWalIds: readonly string[],
  owner: string,
): Transaction {
  const tx = new Transaction();
  const taken = stakedWalIds.map((stake) =>
    tx.moveCall({ target: target(ids, 'take'), arguments: [tx.object(accountId), tx.pure.id(stake)] }),
  );
  tx.transferObjects(taken, owner);
  return tx;
}

// Proposals and votes

/** Makes a proposal, with the deposit out of the sender's WAL. */
export function propose(ids: GovernanceIds, action: ProposalAction, bondFrost: bigint): Transaction {
  const tx = new Transaction();
  const bond = tx.add(coinWithBalance({ type: ids.walType, balance: bondFrost }));
  tx.moveCall({
    target: target(ids, 'propose'),
    arguments: [tx.object(ids.governanceObjectId), tx.object(ids.stakingObjectId), actionArgument(ids, tx, action), bond],
  });
  return tx;
}

/** Votes with stakes of an account. */
export function castVotes(
  ids: GovernanceIds,
  accountId: string,
  proposalId: string,
  stakedWalIds: readonly string[],
  choice: Choice,
): Transaction {
  return ballots(ids, 'vote', accountId, proposalId, stakedWalIds, choice);
}

/** Changes votes. */
export function changeVotes(
  ids: GovernanceIds,
  accountId: string,
  proposalId: string,
  stakedWalIds: readonly string[],
  choice: Choice,
): Transaction {
  return ballots(ids, 'change', accountId, proposalId, stakedWalIds, choice);
}

/** Takes votes back. */
export function retractVotes(
  ids: GovernanceIds,
  accountId: string,
  proposalId: string,
  stakedWalIds: readonly string[],
): Transaction {
  return ballots(ids, 'retract', accountId, proposalId, stakedWalIds);
}

function ballots(
  ids: GovernanceIds,
  name: 'vote' | 'change' | 'retract',
  accountId: string,
  proposalId: string,
  stakedWalIds: readonly string[],
  choice?: Choice,
): Transaction {
  const tx = new Transaction();
  for (const stake of stakedWalIds) {
    tx.moveCall({
      target: target(ids, name),
      arguments: [
        tx.object(ids.governanceObjectId),
        tx.object(ids.stakingObjectId),
        tx.object(accountId),
        tx.pure.id(proposalId),
        tx.pure.id(stake),
        ...(choice === undefined ? [] : [tx.pure.u8(CHOICE[choice])]),
        tx.object(CLOCK),
      ],
    });
  }
  return tx;
}

/** Forgets votes on a closed proposal, which frees their stakes. */
export function clearVotes(
  ids: GovernanceIds,
  accountId: string,
  proposalId: string,
  stakedWalIds: readonly string[],
): Transaction {
  const tx = new Transaction();
  for (const stake of stakedWalIds) {
    tx.moveCall({
      target: target(ids, 'clear'),
      arguments: [tx.object(accountId), tx.object(ids.governanceObjectId), tx.pure.id(proposalId), tx.pure.id(stake)],
    });
  }
  return tx;
}

/** Votes for a part of what a node's stakers leave undecided; the sender has the node's governance right. */
export function operatorVote(ids: GovernanceIds, nodeId: string, proposalId: string, choice: Choice): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'operator_vote'),
    arguments: [
      tx.object(ids.governanceObjectId),
      tx.object(ids.stakingObjectId),
      authenticateSender(ids, tx),
      tx.pure.id(nodeId),
      tx.pure.id(proposalId),
      tx.pure.u8(CHOICE[choice]),
      tx.object(CLOCK),
    ],
  });
  return tx;
}

/** Vetoes an approved proposal for a node; the sender has its governance right. */
export function nodeVeto(ids: GovernanceIds, nodeId: string, proposalId: string): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'node_veto'),
    arguments: [
      tx.object(ids.governanceObjectId),
      tx.object(ids.stakingObjectId),
      authenticateSender(ids, tx),
      tx.pure.id(nodeId),
      tx.pure.id(proposalId),
    ],
  });
  return tx;
}

/** Closes a proposal whose voting is over. */
export function closeProposal(ids: GovernanceIds, proposalId: string, action: ProposalAction['kind']): Transaction {
  const tx = new Transaction();
  const governance = tx.object(ids.governanceObjectId);
  const staking = tx.object(ids.stakingObjectId);
  const proposal = tx.pure.id(proposalId);
  if (action === 'ratifyOperatorUpgrade') {
    const manager = tx.object(ids.upgradeManagerId);
    tx.moveCall({ target: target(ids, 'close_ratification'), arguments: [governance, manager, staking, proposal] });
  } else {
    tx.moveCall({ target: target(ids, 'close'), arguments: [governance, staking, proposal] });
  }
  return tx;
}

/** Marks an approved proposal whose time has passed. */
export function expireProposal(ids: GovernanceIds, proposalId: string): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'expire'),
    arguments: [tx.object(ids.governanceObjectId), tx.object(ids.stakingObjectId), tx.pure.id(proposalId)],
  });
  return tx;
}

/** Sets the parameter of an approved proposal. */
export function executeParam(ids: GovernanceIds, proposalId: string): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'execute_param'),
    arguments: [
      tx.object(ids.governanceObjectId),
      tx.object(ids.stakingObjectId),
      tx.object(ids.systemObjectId),
      tx.object(ids.auditRegistryId),
      tx.pure.id(proposalId),
    ],
  });
  return tx;
}

/** Burns the deposits of proposals that nobody cared for. */
export function burnForfeitedBonds(ids: GovernanceIds): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'burn_forfeited_bonds'),
    arguments: [tx.object(ids.governanceObjectId), tx.object(ids.treasuryObjectId)],
  });
  return tx;
}

// Reading

/** A proposal as the contracts hold it. @throws ObjectMissing */
export async function readProposal(
  client: ClientWithCoreApi,
  proposalId: string,
): Promise<typeof Proposal.$inferType> {
  return Proposal.parse(await content(client, 'Proposal', proposalId));
}

/** Rules of proposals to come, and the open ones. @throws ObjectMissing */
export async function readGovernance(
  client: ClientWithCoreApi,
  ids: Pick<GovernanceIds, 'governanceObjectId'>,
): Promise<Pick<typeof GovInnerV1.$inferType, 'params' | 'active'>> {
  const { version } = Governance.parse(await content(client, 'Governance', ids.governanceObjectId));
  const key = bcs.u64().serialize(version).toBytes();
  const innerId = deriveDynamicFieldID(ids.governanceObjectId, 'u64', key);
  return fieldOf(GovInnerV1).parse(await content(client, 'Governance state', innerId)).value;
}

async function content(client: ClientWithCoreApi, role: string, objectId: string): Promise<Uint8Array> {
  const { objects } = await client.core.getObjects({ objectIds: [objectId], include: { content: true } });
  const object = objects[0];
  if (object === undefined || object instanceof Error) throw new ObjectMissing(role, objectId, { cause: object });
  return object.content;
}

// Arguments

function target(ids: GovernanceIds, name: string): `${string}::${string}::${string}` {
  return `${ids.governancePackageId}::governance::${name}`;
}

function authenticateSender(ids: GovernanceIds, tx: Transaction): TransactionResult {
  return tx.moveCall({ target: `${ids.packageId}::auth::authenticate_sender` });
}

function actionArgument(ids: GovernanceIds, tx: Transaction, action: ProposalAction): TransactionResult {
  switch (action.kind) {
    case 'param':
      return tx.moveCall({
        target: target(ids, 'param_action'),
        arguments: [tx.pure.u16(action.id), tx.pure.u64(action.value)],
      });
    case 'upgrade':
    case 'ratifyOperatorUpgrade':
      return tx.moveCall({
        target: target(ids, action.kind === 'upgrade' ? 'upgrade_action' : 'ratify_action'),
        arguments: [tx.pure.vector('u8', action.digest), tx.pure.u64(action.fromVersion)],
      });
    case 'text':
      return tx.moveCall({ target: target(ids, 'text_action'), arguments: [tx.pure.vector('u8', action.hash)] });
    default:
      return action satisfies never;
  }
}
