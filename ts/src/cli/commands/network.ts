/** Commands for a network that `haulout up` runs: `status`, `fund`, `epoch next`, `down`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { isValidSuiAddress, normalizeSuiAddress } from '@mysten/sui/utils';
import colors from 'picocolors';
import { z } from 'zod';
import { ChainReader } from '../../protocol/index.js';
import { ControlClient } from '../control.js';
import { findNetwork, isRunning, type NetworkManifest } from '../network-files.js';
import { CommandError, json, line, walText } from '../output.js';

export interface NetworkOptions {
  readonly manifest?: string;
  readonly json?: boolean;
}

const HEALTH_TIMEOUT_MS = 5000;
/** How long `down` waits for the network to be gone. */
const STOP_TIMEOUT_MS = 60_000;
const STOP_POLL_MS = 50;

/** The part of a node's health that is shown (HTTP specification §2.11). */
const healthReply = z.object({
  success: z.object({
    data: z.object({ epoch: z.number(), nodeStatus: z.string(), shardSummary: z.object({ owned: z.number() }) }),
  }),
});

interface NodeHealth {
  readonly name: string;
  readonly url: string;
  /** `unreachable` when it does not answer. */
  readonly status: string;
  readonly epoch: number | null;
  readonly shards: number | null;
}

export async function status(options: NetworkOptions): Promise<void> {
  const { network, file } = await findNetwork(options.manifest);
  const client = new SuiGrpcClient({ network: 'localnet', baseUrl: network.rpcUrl });
  const state = await new ChainReader(client, network).state().catch((cause: unknown) => {
    throw new CommandError(`the network does not answer at ${network.rpcUrl}`, 'is it still running?', { cause });
  });
  const nodes = await Promise.all(network.nodes.map(healthOf));
  if (options.json) {
    const { epoch, epochState, shardCount: shards } = state;
    json({ rpcUrl: network.rpcUrl, epoch, epochState, shards, committee: state.committee.length, nodes, manifest: file });
    return;
  }
  line(`${colors.bold(`epoch ${state.epoch}`)} (${state.epochState}), ${state.shardCount} shards, ${network.rpcUrl}`);
  line(`price ${walText(state.storagePrice)} per MiB and epoch, ${walText(state.writePrice)} per MiB written`);
  for (const { name, url, status: health, epoch, shards } of nodes) {
    const mark = health === 'Active' ? colors.green('●') : colors.red('●');
    const detail = epoch === null ? '' : `epoch ${epoch}, ${shards} shards`;
    line(`  ${mark} ${name.padEnd(8)} ${url}  ${health}  ${detail}`);
  }
}

export async function fund(
  address: string,
  options: NetworkOptions & { readonly sui: bigint; readonly wal: bigint },
): Promise<void> {
  const recipient = normalizeSuiAddress(address);
  if (!isValidSuiAddress(recipient)) throw new CommandError(`${address} is not a Sui address`, 'an address is 0x and 64 hex digits');
  const { network } = await findNetwork(options.manifest);
  const amounts = { mist: options.sui, frost: options.wal };
  const digest = await new ControlClient(network.control).fund(recipient, amounts);
  if (options.json) json({ address: recipient, ...amounts, digest });
  else line(`${recipient} received ${walText(amounts.mist).replace('WAL', 'SUI')} and ${walText(amounts.frost)} (${digest})`);
}

export async function epochNext(options: NetworkOptions): Promise<void> {
  const { network } = await findNetwork(options.manifest);
  const report = await new ControlClient(network.control).nextEpoch();
  if (options.json) json(report);
  else line(`epoch ${report.epoch}: ${report.attested.length} of ${network.nodes.length} nodes hold their shards`);
  if (report.withheld.length > 0 && !options.json) line(`without slivers of their new shards: ${report.withheld.join(', ')}`);
  if (!report.synced) throw new CommandError(`epoch ${report.epoch} has begun, but too few nodes have attested it`);
}

export async function down(options: NetworkOptions): Promise<void> {
  const { network, file } = await findNetwork(options.manifest);
  await new ControlClient(network.control).stop();
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (await isRunning({ network, file })) {
    if (performance.now() > deadline) {
      throw new CommandError(`the network (process ${network.processId}) has not ended`, 'end the process yourself');
    }
    await sleep(STOP_POLL_MS);
  }
  if (options.json) json({ stopped: true, rpcUrl: network.rpcUrl });
  else line(`the network at ${network.rpcUrl} is down`);
}

async function healthOf({ name, url }: NetworkManifest['nodes'][number]): Promise<NodeHealth> {
  const reply = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
    .then(async (response) => healthReply.parse(await response.json()))
    .catch(() => undefined); // shown as unreachable
  if (reply === undefined) return { name, url, status: 'unreachable', epoch: null, shards: null };
  const { nodeStatus, epoch, shardSummary } = reply.success.data;
  return { name, url, status: nodeStatus, epoch, shards: shardSummary.owned };
}
