/**
 * `haulout status`: what a network that runs says of itself. Epoch and prices from the chain, each node's health over
 * HTTP, and where the nodes stand in storage challenges, if the network has them.
 */
import { SuiGrpcClient } from '@mysten/sui/grpc';
import colors from 'picocolors';
import { z } from 'zod';
import {
  AuditReader,
  auditStandings,
  chargedPenalties,
  ChainReader,
  type AuditStanding,
  type ChainState,
  type ChargedPenalty,
} from '../../protocol/index.js';
import { findNetwork, type NetworkManifest } from '../network-files.js';
import { CommandError, json, line, walText } from '../output.js';
import type { NetworkOptions } from './network.js';

const HEALTH_TIMEOUT_MS = 5000;
const ONE_PERCENT = 10_000_000;

/** The part of a node's health that is shown (HTTP specification §2.12). */
const healthReply = z.object({
  success: z.object({
    data: z.object({ epoch: z.number(), nodeStatus: z.string(), shardSummary: z.object({ owned: z.number() }) }),
  }),
});

/** A node of the network's own process, or one that joined the committee. */
interface KnownNode {
  readonly name: string;
  readonly id: string;
  readonly url: string;
}

interface NodeHealth extends KnownNode {
  /** `unreachable` when it does not answer. */
  readonly status: string;
  readonly epoch: number | null;
  readonly shards: number | null;
}

interface AuditOverview {
  readonly epoch: number;
  /** Blobs that are sampled; null until the nodes have agreed on them. */
  readonly blobs: number | null;
  /** The samples are drawn. */
  readonly drawn: boolean;
  /** Time for answers that is left by the chain's clock, ms. */
  readonly leftMs: number;
  readonly standings: ReadonlyMap<string, AuditStanding>;
  /** All that were charged so far. */
  readonly charged: readonly ChargedPenalty[];
}

export async function status(options: NetworkOptions): Promise<void> {
  const { network, file } = await findNetwork(options.manifest);
  const client = new SuiGrpcClient({ network: 'localnet', baseUrl: network.rpcUrl });
  const state = await new ChainReader(client, network).state().catch((cause: unknown) => {
    throw new CommandError(`the network does not answer at ${network.rpcUrl}`, 'is it still running?', { cause });
  });
  const nodes = await Promise.all(nodesOf(network, state).map(healthOf));
  const audit = await readAudit(client, network, state);
  if (options.json) {
    const { epoch, epochState, shardCount: shards } = state;
    json({
      ...{ rpcUrl: network.rpcUrl, epoch, epochState, shards, committee: state.committee.length },
      nodes: nodes.map((node) => (audit === undefined ? node : { ...node, audit: nodeAudit(node, audit) })),
      ...(audit === undefined ? {} : { audit: { blobs: audit.blobs, drawn: audit.drawn, leftMs: audit.leftMs } }),
      manifest: file,
    });
    return;
  }
  line(`${colors.bold(`epoch ${state.epoch}`)} (${state.epochState}), ${state.shardCount} shards, ${network.rpcUrl}`);
  line(`price ${walText(state.storagePrice)} per MiB and epoch, ${walText(state.writePrice)} per MiB written`);
  if (audit !== undefined) line(auditText(audit));
  const width = Math.max(...nodes.map(({ name }) => name.length));
  for (const { id, name, url, status: health, epoch, shards } of nodes) {
    const mark = health === 'Active' ? colors.green('●') : colors.red('●');
    const columns = [
      `${mark} ${name.padEnd(width)} ${url}`,
      health,
      ...(epoch === null ? [] : [`epoch ${epoch}, ${shards} shards`]),
      ...(audit === undefined ? [] : [standingText(id, audit)]),
    ];
    line(`  ${columns.join('  ')}`);
  }
}

/** Nodes of the process, then members of the committee that are programs of their own. */
function nodesOf({ nodes }: NetworkManifest, { committee }: ChainState): KnownNode[] {
  const own = new Set(nodes.map(({ id }) => id));
  const others = committee.filter(({ nodeId }) => !own.has(nodeId));
  return [...nodes, ...others.map(({ name, nodeId, networkAddress }) => ({ name, id: nodeId, url: `http://${networkAddress}` }))];
}

async function healthOf(node: KnownNode): Promise<NodeHealth> {
  const { id, name, url } = node;
  const reply = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
    .then(async (response) => healthReply.parse(await response.json()))
    .catch(() => undefined); // shown as unreachable
  if (reply === undefined) return { name, id, url, status: 'unreachable', epoch: null, shards: null };
  const { nodeStatus, epoch, shardSummary } = reply.success.data;
  return { name, id, url, status: nodeStatus, epoch, shards: shardSummary.owned };
}

async function readAudit(
  client: SuiGrpcClient,
  { auditRegistryId, stakingObjectId }: NetworkManifest,
  { originalPackageId }: ChainState,
): Promise<AuditOverview | undefined> {
  if (auditRegistryId === undefined) return undefined;
  const state = await new AuditReader(client, { auditRegistryId, stakingObjectId }).state();
  const { epoch, round } = state;
  const drawn = round !== undefined && round.seed.length > 0;
  return {
    epoch,
    blobs: round === undefined ? null : Number(round.set_count),
    drawn,
    leftMs: drawn ? Math.max(0, Number(BigInt(round.deadline_ms) - state.nowMs)) : 0,
    standings: auditStandings(state),
    charged: await chargedPenalties(client, originalPackageId),
  };
}

/** What the JSON line says of a node's audit; null for a node outside the committee. */
function nodeAudit({ id }: KnownNode, { blobs, standings, charged }: AuditOverview) {
  const standing = standings.get(id);
  if (standing === undefined) return null;
  const penalties = charged.filter(({ node_id: nodeId }) => nodeId === id);
  return {
    committed: blobs !== null,
    ...standing,
    penaltyBillionths: Number(standing.penaltyBillionths),
    charged: penalties.map(({ epoch, fraction, lost_by_stakers, seized_from_operator }) => ({
      ...{ epoch, penaltyBillionths: Number(fraction) },
      ...{ lostByStakers: lost_by_stakers, seizedFromOperator: seized_from_operator },
    })),
  };
}

function auditText({ blobs, drawn, leftMs }: AuditOverview): string {
  if (blobs === null) return 'audit: the nodes have not agreed on the blobs of the epoch yet';
  if (!drawn) return `audit: ${blobs} permanent blobs agreed on, samples not drawn yet`;
  const left = leftMs > 120_000 ? `${Math.floor(leftMs / 60_000)} min` : `${Math.floor(leftMs / 1000)} s`;
  return `audit: ${blobs} permanent blobs, samples drawn; ${leftMs > 0 ? `${left} left for answers` : 'the time for answers is over'}`;
}

function standingText(id: string, { standings, charged }: AuditOverview): string {
  const standing = standings.get(id);
  const lost = charged.filter(({ node_id: nodeId }) => nodeId === id).at(-1);
  const before = lost === undefined ? [] : [`lost ${percent(Number(lost.fraction))} at the beginning of epoch ${lost.epoch}`];
  const now = standing === undefined ? [] : present(standing);
  const isClean = lost === undefined && (standing === undefined || (standing.missed === 0 && standing.openChallenges === 0));
  const text = [...now, ...before].join(', ');
  return isClean ? colors.dim(text) : colors.red(text);
}

function present({ asked, answered, missed, openChallenges, penaltyBillionths }: AuditStanding): string[] {
  return [
    asked === 0 ? 'no samples' : `${answered} of ${asked} samples answered`,
    ...(missed === 0 ? [] : [`${missed} missed`]),
    ...(openChallenges === 0 ? [] : [`${openChallenges} open challenges`]),
    ...(penaltyBillionths === 0n ? [] : [`will lose ${percent(Number(penaltyBillionths))} of its stake`]),
  ];
}

function percent(billionths: number): string {
  return `${(billionths / ONE_PERCENT).toFixed(2)} %`;
}
