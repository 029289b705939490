/**
 * Storage challenges (contracts specification §14): the transactions of nodes and challengers.
 * Every builder returns a transaction for the caller to sign. Reading is in `audit-reader.ts`, deployment in
 * `deploy-governance.ts`.
 */
import { bcs } from '@mysten/sui/bcs';
import { coinWithBalance, Transaction } from '@mysten/sui/transactions';
import type { AuditParams } from './audit-objects.js';
import type { Opening } from './audit-openings.js';
import type { Certificate } from './node-operations.js';

/** What the builders and readers need of deployed audits. */
export interface AuditIds {
  /** Package that receives the calls: the version that links the current protocol. */
  readonly auditPackageId: string;
  readonly auditRegistryId: string;
  readonly systemObjectId: string;
  readonly stakingObjectId: string;
  readonly walType: string;
}

/** Parameters to set, in the order of `new_params`; rates in basis points, the bond in FROST. */
export type AuditParamInput = Readonly<Record<Exclude<keyof typeof AuditParams.$inferType, 'bond'>, number>> & { readonly bond: bigint };

/** The suggested values (§14.7). */
export const DEFAULT_AUDIT_PARAMS: AuditParamInput = {
  samples_total: 4000,
  min_samples: 20,
  window_bp: 2500,
  tolerance_bp: 500,
  slope_bp: 2000,
  max_penalty_bp: 1000,
  miss_penalty_bp: 10,
  bond: 10_000_000_000n,
  bounty_bp: 1000,
  max_open_per_node: 20,
  principal_min_bp: 5000,
  breaker_bp: 3300,
  no_set_burn_bp: 1000,
};

/** Longest argument that is not an object, bytes, less what its length takes. */
const MAX_PURE_BYTES = 16_000;

// Parameters

/** Sets the parameters of the rounds to come; the sender holds the `AuditAdminCap`. */
export function setAuditParams(ids: AuditIds, packageId: string, adminCapId: string, params: AuditParamInput): Transaction {
  const tx = new Transaction();
  const value = tx.moveCall({
    target: `${packageId}::penalty_ledger::new_params`,
    arguments: Object.keys(DEFAULT_AUDIT_PARAMS).map((name) =>
      name === 'bond' ? tx.pure.u64(params.bond) : tx.pure.u16(Number(params[name as keyof AuditParamInput])),
    ),
  });
  tx.moveCall({
    target: target(ids, 'set_params'),
    arguments: [tx.object(ids.auditRegistryId), tx.object(adminCapId), value],
  });
  return tx;
}

// Rounds

/** Commits the blobs of the epoch, with the signatures of a quorum over `blobSetMessage`. */
export function commitBlobSet(ids: AuditIds, certificate: Certificate): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'commit_blob_set'),
    arguments: [
      tx.object(ids.auditRegistryId),
      tx.object(ids.systemObjectId),
      tx.object(ids.stakingObjectId),
      ...certificateArguments(tx, certificate),
    ],
  });
  return tx;
}

/** Draws the samples of the epoch. */
export function drawSeed(ids: AuditIds): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'draw_seed'),
    arguments: [tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.object.random(), tx.object.clock()],
  });
  return tx;
}

/** An answer to one sample. */
export interface SampleAnswer {
  readonly k: number;
  readonly setPath: readonly Uint8Array[];
  readonly opening: Opening;
}

/** Answers samples of the node whose capability the sender owns. All of them count, or none. */
export function answerSamples(ids: AuditIds, capId: string, answers: readonly SampleAnswer[]): Transaction {
  const tx = new Transaction();
  for (const { k, setPath, opening } of answers) {
    const { rootHash, sizeBytes, encodingType } = opening;
    tx.moveCall({
      target: target(ids, 'answer'),
      arguments: [
        tx.object(ids.auditRegistryId),
        tx.object(ids.stakingObjectId),
        tx.object(capId),
        tx.pure.u16(k),
        ...[tx.pure.u256(rootHash), tx.pure.u64(sizeBytes), tx.pure.u8(encodingType)],
        path(tx, setPath),
        ...openingArguments(tx, opening),
        tx.object.clock(),
      ],
    });
  }
  return tx;
}

/** Bytes that an answer takes in a transaction, roughly: every path node, the symbol, some for the call. */
export function answerBytes({ setPath, opening }: SampleAnswer): number {
  return 33 * (setPath.length + opening.pairPath.length + opening.symbolPath.length + 3) + opening.symbol.length + 64;
}

/** Excuses sample `k`: the blob was on the deny list that the node recorded in an earlier epoch. */
export function excuseDenied(
  ids: AuditIds,
  capId: string,
  k: number,
  denied: {
    readonly blobId: bigint;
    readonly setPath: readonly Uint8Array[];
    readonly index: number;
    readonly count: number;
    readonly path: readonly Uint8Array[];
  },
): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'excuse_denied'),
    arguments: [
      ...[tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.object(capId)],
      ...[tx.pure.u16(k), tx.pure.u256(denied.blobId), path(tx, denied.setPath)],
      ...[tx.pure.u64(denied.index), tx.pure.u64(denied.count), path(tx, denied.path)],
      tx.object.clock(),
    ],
  });
  return tx;
}

/** Excuses sample `k` of a node with a certificate that the blob is invalid. Anyone can. */
export function excuseInvalid(
  ids: AuditIds,
  nodeId: string,
  k: number,
  setPath: readonly Uint8Array[],
  certificate: Certificate,
): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'excuse_invalid'),
    arguments: [
      ...[tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.object(ids.systemObjectId)],
      ...[tx.pure.id(nodeId), tx.pure.u16(k), path(tx, setPath)],
      ...certificateArguments(tx, certificate),
      tx.object.clock(),
    ],
  });
  return tx;
}

/** Records the node's certified deny list, which excuses from the next epoch on. */
export function recordDenyList(ids: AuditIds, capId: string): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'record_deny_list'),
    arguments: [tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.object(capId)],
  });
  return tx;
}

/** Deletes the audits of past epochs; the sender gets their storage fees. */
export function cleanupRounds(ids: AuditIds, epochs: readonly number[]): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'cleanup_rounds'),
    arguments: [tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.pure.vector('u32', [...epochs])],
  });
  return tx;
}

// Challenges

/** How the challenged blob is held: owned by the sender, shared, or deletable and given into the challenge. */
export type ChallengedBlob = { readonly kind: 'permanent' | 'shared' | 'deletable'; readonly objectId: string };

const CHALLENGE_FUNCTION = {
  permanent: 'open_challenge',
  shared: 'open_challenge_shared',
  deletable: 'open_challenge_deletable',
} as const;

/** Challenges a node to open a random symbol that its shard holds, with the deposit out of the sender's WAL. */
export function openChallenge(
  ids: AuditIds,
  blob: ChallengedBlob,
  nodeId: string,
  shard: number,
  bondFrost: bigint,
): Transaction {
  const tx = new Transaction();
  const bond = tx.add(coinWithBalance({ type: ids.walType, balance: bondFrost }));
  tx.moveCall({
    target: target(ids, CHALLENGE_FUNCTION[blob.kind]),
    arguments: [
      ...[tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.object(blob.objectId)],
      ...[tx.pure.id(nodeId), tx.pure.u16(shard), bond, tx.object.random(), tx.object.clock()],
    ],
  });
  return tx;
}

/** Answers a challenge. Anyone can; the deposit goes to the node's commission. */
export function answerChallenge(ids: AuditIds, challengeId: bigint, opening: Opening): Transaction {
  const tx = new Transaction();
  const { rootHash, sizeBytes, encodingType } = opening;
  tx.moveCall({
    target: target(ids, 'answer_challenge'),
    arguments: [
      ...[tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.pure.u64(challengeId)],
      ...[tx.pure.u256(rootHash), tx.pure.u64(sizeBytes), tx.pure.u8(encodingType)],
      ...openingArguments(tx, opening),
      tx.object.clock(),
    ],
  });
  return tx;
}

/** Closes a challenge with a certificate that its blob is invalid. Anyone can; the deposit goes to the node's commission. */
export function excuseChallenge(ids: AuditIds, challengeId: bigint, certificate: Certificate): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'excuse_challenge'),
    arguments: [
      ...[tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.object(ids.systemObjectId)],
      ...[tx.pure.u64(challengeId), ...certificateArguments(tx, certificate)],
      tx.object.clock(),
    ],
  });
  return tx;
}

/** Closes an unanswered challenge after its epoch: deposit and bounty go to the challenger. Anyone can. */
export function claimChallenge(ids: AuditIds, challengeId: bigint): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: target(ids, 'claim'),
    arguments: [tx.object(ids.auditRegistryId), tx.object(ids.stakingObjectId), tx.pure.u64(challengeId)],
  });
  return tx;
}

// Arguments

function target(ids: Pick<AuditIds, 'auditPackageId'>, name: string): `${string}::${string}::${string}` {
  return `${ids.auditPackageId}::audit::${name}`;
}

function path(tx: Transaction, nodes: readonly Uint8Array[]) {
  return tx.pure(bcs.vector(bcs.byteVector()).serialize(nodes.map((node) => [...node])));
}

function openingArguments(tx: Transaction, opening: Opening) {
  return [
    tx.pure.vector('u8', opening.primaryRoot),
    tx.pure.vector('u8', opening.secondaryRoot),
    path(tx, opening.pairPath),
    symbolChunks(tx, opening.symbol),
    path(tx, opening.symbolPath),
  ];
}

/** A symbol may be longer than one argument. */
function symbolChunks(tx: Transaction, symbol: Uint8Array) {
  const count = Math.max(1, Math.ceil(symbol.length / MAX_PURE_BYTES));
  const chunks = Array.from({ length: count }, (_, i) =>
    tx.pure.vector('u8', symbol.subarray(i * MAX_PURE_BYTES, (i + 1) * MAX_PURE_BYTES)),
  );
  return tx.makeMoveVec({ type: 'vector<u8>', elements: chunks });
}

function certificateArguments(tx: Transaction, { signature, bitmap, message }: Certificate) {
  return [tx.pure.vector('u8', signature), tx.pure.vector('u8', bitmap), tx.pure.vector('u8', message)];
}
