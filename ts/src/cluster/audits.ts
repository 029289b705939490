/** Waiting for nodes that are programs of their own: the network's process knows of them only what the chain says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditReader, auditStandings, type AuditIds } from '../protocol/index.js';
import type { ClientWithCoreApi } from '@mysten/sui/client';

/** A node that is alive looks at the chain several times meanwhile. */
const PATIENCE_MS = 10_000;
const POLL_MS = 100;

/**
 * Resolves when every node but the ones named has answered its samples, or has had a while to do so. Called before
 * the chain's clock is moved over the time for answers: whoever would have answered is not to lose stake by that.
 */
export async function othersAnswered(client: ClientWithCoreApi, ids: AuditIds, own: ReadonlySet<string>): Promise<void> {
  const reader = new AuditReader(client, ids);
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    const standings = auditStandings(await reader.state());
    if ([...standings].every(([nodeId, { due }]) => due === 0 || own.has(nodeId))) return;
    await sleep(POLL_MS);
  }
}
