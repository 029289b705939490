/**
 * `haulout demo slashing`: a node of a network in this process loses half of its slivers and says nothing. The next
 * audit finds it out, and its stake shrinks at the boundary; who challenges an honest node loses the deposit. Told
 * for a person, or as one JSON line.
 */
import colors from 'picocolors';
import { accountKey, Cluster, type ClusterNode } from '../../cluster/index.js';
import {
  AuditReader,
  decodeAuditEvent,
  DEFAULT_AUDIT_PARAMS,
  execute,
  objects,
  openChallenge,
  type AuditEvent,
  type AuditState,
} from '../../protocol/index.js';
import { CommandError, json, reportFailure, walText } from '../output.js';
import { Story } from '../story.js';
import { STEP_TEXT } from './demo.js';

export interface DemoSlashingOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly seed: string;
  readonly framework?: string;
  readonly json?: boolean;
}

const FROST = 1_000_000_000n;
const SAMPLES_PER_NODE = 20;
/** With fewer nodes one has more than a third of the shards, and its stakers are spared. */
const LEAST_NODES = 4;
const BLOB_SIZES = [400, 3_000, 12_000, 40_000, 90_000];
const FAULTY = 1;

/** What a node has at stake, and how it did. */
interface Row {
  readonly name: string;
  readonly nodeId: string;
  readonly answered: number;
  readonly asked: number;
  readonly before: bigint;
  readonly after: bigint;
}

type Penalty = Extract<AuditEvent, { kind: 'NodePenalized' }>['fields'];

export async function demoSlashing(options: DemoSlashingOptions): Promise<void> {
  const { nodes: nodeCount, shards: shardCount, seed } = options;
  if (nodeCount > shardCount) throw new CommandError(`${nodeCount} nodes cannot share ${shardCount} shards`);
  if (nodeCount < LEAST_NODES) {
    throw new CommandError(`of ${nodeCount} nodes one has too many shards to lose stake alone`, `take at least ${LEAST_NODES}`);
  }
  const story = new Story(options.json !== true);
  story.title(`Haulout: storage challenges and slashing, on ${nodeCount} nodes with ${shardCount} shards`);
  let cluster: Cluster | undefined;
  try {
    const startedAt = performance.now();
    cluster = await Cluster.start({
      ...{ nodeCount, shardCount, seed },
      ...(options.framework === undefined ? {} : { framework: options.framework }),
      audits: { params: { samples_total: SAMPLES_PER_NODE * nodeCount, min_samples: SAMPLES_PER_NODE }, repairs: false },
      onStep: (step) => story.step(STEP_TEXT[step]),
    });
    const scene = new Scene(cluster, seed);
    story.step(`store ${BLOB_SIZES.length} permanent blobs`);
    await scene.storeBlobs();

    story.step('next epoch: the nodes agree on its blobs, draw samples, open the symbols that these name');
    const first = await scene.audit();
    story.done();
    story.tell([`${total(first, 'answered')} of ${total(first, 'asked')} samples answered: every node holds what it is paid for`]);

    const faulty = cluster.nodes[FAULTY]!;
    story.step(`${faulty.name} loses the slivers of half of its shards, and says nothing`);
    const lost = await scene.loseSlivers(faulty);
    story.done();
    story.tell([`${lost} slivers are gone; every blob is still readable, and nobody has noticed`]);

    const honest = cluster.nodes[0]!;
    story.step(`a stranger challenges ${honest.name}, which has done nothing wrong`);
    const bondLost = await scene.challengeForNothing(honest);
    story.done();
    story.tell([`answered with an opening; the deposit of ${walText(bondLost)} goes to ${honest.name}`]);

    story.step('next epoch: another audit, drawn from other randomness');
    const second = await scene.audit();
    story.done();
    const duty = second.duties.get(faulty.nodeId)!;
    story.tell([`${faulty.name} answers ${duty.answered} of ${duty.asked} samples: it has nothing to show for the others`]);

    story.step('the boundary: unanswered samples are charged, nobody has to report them');
    const before = await scene.stakes();
    await cluster.nextEpoch();
    const after = await scene.stakes();
    const penalties = await scene.penalties();
    story.done();
    const rows = cluster.nodes.map(({ name, nodeId }): Row => {
      const { answered, asked } = second.duties.get(nodeId)!;
      return { name, nodeId, answered, asked, before: before.get(nodeId)!, after: after.get(nodeId)! };
    });
    story.tell(['', ...table(rows, faulty.nodeId), '']);

    const penalty = penalties.find(({ node_id: nodeId }) => nodeId === faulty.nodeId);
    if (penalty === undefined) throw new CommandError(`${faulty.name} was not penalised`);
    const innocent = rows.filter(({ nodeId }) => nodeId !== faulty.nodeId);
    const hurt = innocent.filter((row) => row.after < row.before);
    if (penalties.length > 1 || hurt.length > 0) throw new CommandError(`honest nodes lost stake: ${hurt.map(({ name }) => name).join(', ')}`);
    story.step('read every blob again, from all nodes but that one where it has nothing');
    await scene.readBlobs();
    story.done();
    const percent = (Number(BigInt(penalty.fraction)) / 1e7).toFixed(2);
    story.tell([
      '',
      colors.bold(`${faulty.name} was caught by ${duty.asked - duty.answered} unanswered samples and lost ${percent} % of its stake.`),
      `${walText(BigInt(penalty.lost_by_stakers))} from its stakers, ${walText(BigInt(penalty.seized_from_operator))} from its operator, all burned.`,
      `${colors.green(`${innocent.length} honest nodes lost nothing`)}, and every blob is still there.`,
    ]);
    if (options.json) {
      json({
        faultyNode: faulty.name,
        samplesAsked: duty.asked,
        samplesMissed: duty.asked - duty.answered,
        slivers: lost,
        penaltyBillionths: Number(penalty.fraction),
        stakeBefore: before.get(faulty.nodeId)!,
        stakeAfter: after.get(faulty.nodeId)!,
        lostByStakers: penalty.lost_by_stakers,
        seizedFromOperator: penalty.seized_from_operator,
        honestNodes: innocent.length,
        honestNodesHurt: hurt.length,
        bondLost,
        blobsRead: BLOB_SIZES.length,
        totalMs: Math.round(performance.now() - startedAt),
      });
    }
  } catch (error) {
    story.failed();
    reportFailure(error);
  } finally {
    await cluster?.stop();
  }
}

/** What happens on the network of the story. */
class Scene {
  readonly #reader: AuditReader;
  readonly #challenger;
  readonly #blobs: { readonly blobId: string; readonly objectId: string; readonly bytes: Uint8Array }[] = [];

  constructor(
    private readonly cluster: Cluster,
    seed: string,
  ) {
    this.#reader = new AuditReader(cluster.net.client, cluster.audits!);
    this.#challenger = accountKey(seed, 'stranger');
  }

  async storeBlobs(): Promise<void> {
    const { cluster } = this;
    await cluster.fund(this.#challenger.toSuiAddress(), { mist: 1_000n * FROST, frost: 1_000n * FROST });
    for (const [salt, size] of BLOB_SIZES.entries()) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (29 * i + salt + (i >> 8)) % 256);
      const { blobId, objectId } = await cluster.client().store(bytes, { signer: this.#challenger, epochs: 10 });
      this.#blobs.push({ blobId, objectId, bytes });
    }
    await cluster.settle();
  }

  /** Enters the next epoch, whose audit the nodes then see to. */
  async audit(): Promise<AuditState> {
    await this.cluster.nextEpoch();
    const state = await this.#reader.state();
    if ((state.round?.seed.length ?? 0) === 0) throw new CommandError(`epoch ${state.epoch} has no audit`);
    return state;
  }

  /** Takes both slivers of every blob from half of the node's shards, behind its back. Answers how many. */
  async loseSlivers({ nodeId, store }: ClusterNode): Promise<number> {
    const shards = (await this.#reader.state()).shards.get(nodeId)!;
    let count = 0;
    for (const [blobId] of store.records(new Uint8Array(32), BLOB_SIZES.length)) {
      for (const shard of shards.slice(0, Math.ceil(shards.length / 2))) {
        for (const axis of ['primary', 'secondary'] as const) {
          await store.removeSliver({ blobId, shard, axis });
          count += 1;
        }
      }
    }
    return count;
  }

  /** Answers the FROST that the challenger lost. */
  async challengeForNothing({ nodeId }: ClusterNode): Promise<bigint> {
    const { cluster } = this;
    const { epochDurationMs, shards, params } = await this.#reader.state();
    // Nodes have a part of the epoch for new shards before anybody can challenge them.
    cluster.net.clock.advance((epochDurationMs * BigInt(params.window_bp)) / 10_000n);
    const owner = this.#challenger.toSuiAddress();
    const funds = () => cluster.net.client.core.getBalance({ owner, coinType: cluster.deployment.walType });
    const before = BigInt((await funds()).balance.balance);
    const blob = { kind: 'permanent', objectId: this.#blobs[0]!.objectId } as const;
    const transaction = openChallenge(cluster.audits!, blob, nodeId, shards.get(nodeId)![0]!, DEFAULT_AUDIT_PARAMS.bond);
    await execute(cluster.net.client, this.#challenger, transaction, 'challenge');
    await cluster.settleAudits();
    if ((await this.#reader.state()).duties.get(nodeId)!.open > 0) throw new CommandError('an honest node did not answer');
    return before - BigInt((await funds()).balance.balance);
  }

  /** FROST staked with each node. */
  async stakes(): Promise<Map<string, bigint>> {
    const { client } = this.cluster.net;
    const objectIds = this.cluster.nodes.map(({ nodeId }) => nodeId);
    const { objects: pools } = await client.core.getObjects({ objectIds, include: { content: true } });
    return new Map(
      pools.map((pool, i) => {
        if (pool instanceof Error) throw pool;
        return [objectIds[i]!, BigInt(objects.StakingPool.parse(pool.content).wal_balance)];
      }),
    );
  }

  /** All penalties so far. */
  async penalties(): Promise<Penalty[]> {
    const { net, deployment } = this.cluster;
    const { events } = await net.client.core.listEvents({
      filter: { eventType: `${deployment.packageId}::penalty_events` }, limit: 50,
    });
    return events.flatMap(({ eventType, bcs }) => {
      const event = decodeAuditEvent(eventType, bcs as Uint8Array);
      return event?.kind === 'NodePenalized' ? [event.fields] : [];
    });
  }

  async readBlobs(): Promise<void> {
    for (const { blobId, bytes } of this.#blobs) {
      const { blob } = await this.cluster.client().download(blobId, { check: 'strict' });
      if (Buffer.compare(blob, bytes) !== 0) throw new CommandError(`${blobId} was read with other bytes`);
    }
  }
}

function total({ duties }: AuditState, what: 'asked' | 'answered'): number {
  return [...duties.values()].reduce((sum, duty) => sum + duty[what], 0);
}

/** A row a node: how it did, its stake before and after the boundary, and the difference. */
function* table(rows: readonly Row[], faultyId: string): Generator<string> {
  const cells = rows.map(({ name, answered, asked, before, after }) => [
    name,
    `${answered}/${asked}`,
    walColumn(before),
    walColumn(after),
    `${after < before ? '−' : '+'}${walColumn(after < before ? before - after : after - before)}`,
  ]);
  const head = ['node', 'answered', 'WAL before', 'WAL after', 'change'];
  const widths = head.map((text, column) => Math.max(text.length, ...cells.map((row) => row[column]!.length)));
  const format = (row: readonly string[]) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  ');
  yield colors.dim(format(head));
  for (const [i, row] of cells.entries()) {
    const text = format(row);
    yield rows[i]!.nodeId === faultyId ? colors.red(text) : text;
  }
}

/** WAL with four decimals, rounded down. */
function walColumn(frost: bigint): string {
  return `${frost / FROST}.${((frost % FROST) / 100_000n).toString().padStart(4, '0')}`;
}
