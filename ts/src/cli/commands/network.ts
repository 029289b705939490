/** Commands for a network that `haulout up` runs: `fund`, `epoch next`, `down`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isValidSuiAddress, normalizeSuiAddress } from '@mysten/sui/utils';
import { ControlClient } from '../control.js';
import { findNetwork, isRunning } from '../network-files.js';
import { CommandError, json, line, walText } from '../output.js';

export interface NetworkOptions {
  readonly manifest?: string;
  readonly json?: boolean;
}

/** How long `down` waits for the network to be gone. */
const STOP_TIMEOUT_MS = 60_000;
const STOP_POLL_MS = 50;

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
