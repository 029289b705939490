/** Audits, challenges and their penalties (contracts specification §14). */
import { MerkleTree } from '../../../src/encoding/index.js';
import { certificate } from './certificates.js';
import { siblings, type EncodedContent } from './contents.js';
import type { History } from './history.js';
import { by, choose, must } from './market-calls.js';
import { ensure } from './model/arithmetic.js';
import type { AuditParams, Sample } from './model/audit.js';
import type { Argument, Ptb } from './ptb.js';
import { accountOf, payIn } from './calls-staking.js';
import { pick, type CallTable } from './calls.js';

const target = (h: History, name: string): string => `${h.world.auditPackageId}::audit::${name}`;
const registry = (h: History, tx: Ptb): Argument => tx.object(h.world.registryId);
const staking = (h: History, tx: Ptb): Argument => tx.object(h.world.deployment.stakingObjectId);

/** Contents that permanent, certified, living blobs hold, ascending by ID: what every node derives (§14.4). */
function blobSet(h: History): EncodedContent[] {
  const living = [...h.market.blobs.values()].filter((blob) => !blob.deletable && blob.certified !== undefined && blob.end > h.market.epoch);
  const ids = new Set(living.map(({ content }) => content.blobId));
  return h.world.contents.filter(({ blobId }) => ids.has(blobId)).sort((a, b) => (a.blobId < b.blobId ? -1 : 1));
}

const setTree = (h: History, set: readonly bigint[]): MerkleTree => MerkleTree.ofLeaves(set.map((id) => h.world.contents.find(({ blobId }) => blobId === id)!.blobIdBytes));

function syncedAt(h: History): bigint | undefined {
  return h.staking.state.kind === 'EpochChangeSync' ? undefined : h.staking.state.at;
}

/** The arguments that open a symbol, and whether they are right. */
function opening(content: EncodedContent, sample: Pick<Sample, 'shard' | 'axis' | 'symbol'>, number: number): { arguments: (tx: Ptb) => Argument[]; symbol: (tx: Ptb) => Argument[]; opens: boolean } {
  const { primaryRoot, secondaryRoot, pairPath, symbol, symbolPath } = content.open(sample);
  const opens = number % 9 !== 0;
  const shown = symbol.slice();
  if (!opens) shown[0]! ^= 1;
  return {
    opens,
    arguments: (tx) => [tx.u256(content.rootHash), tx.u64(content.size), tx.u8(1)],
    symbol: (tx) => [
      tx.bytes(primaryRoot),
      tx.bytes(secondaryRoot),
      tx.bytesList(pairPath),
      tx.bytesList([shown.subarray(0, 2), shown.subarray(2)]),
      tx.bytesList(symbolPath),
    ],
  };
}

/** Parameters with few samples, so that nodes can answer all of them; sometimes out of bounds. */
function paramsOf(a: readonly number[]): { params: AuditParams; isValid: boolean } {
  const isValid = a[0]! % 10 !== 0;
  return {
    isValid,
    params: {
      samplesTotal: 5 + (a[1]! % 12),
      minSamples: 1 + (a[2]! % 2),
      windowBp: BigInt(500 + (a[3]! % 1500)),
      toleranceBp: 500n,
      slopeBp: BigInt(2000 + (a[4]! % 8000)),
      maxPenaltyBp: isValid ? BigInt(500 + (a[2]! % 1500)) : 2001n,
      missPenaltyBp: BigInt(1 + (a[3]! % 300)),
      bond: 1_000_000_000n,
      bountyBp: 1000n,
      maxOpenPerNode: 3,
      principalMinBp: 5000n,
      breakerBp: a[1]! % 2 === 0 ? 3300n : 10_000n,
      noSetBurnBp: 1000n,
    },
  };
}

export const auditCalls: CallTable = {
  set_params: {
    weight: 0.7,
    run: (h, a) => {
      const { params: p, isValid } = paramsOf(a);
      const sender = a[4]! % 10 === 0 ? accountOf(h, a[1]!) : h.world.accounts[0]!;
      const u16 = (tx: Ptb, value: bigint | number): Argument => tx.u16(Number(value));
      h.run(
        sender,
        (tx) => {
          const params = tx.call('penalty_ledger::new_params', [
            u16(tx, p.samplesTotal), u16(tx, p.minSamples), u16(tx, p.windowBp), u16(tx, p.toleranceBp), u16(tx, p.slopeBp),
            u16(tx, p.maxPenaltyBp), u16(tx, p.missPenaltyBp), tx.u64(p.bond), u16(tx, p.bountyBp), u16(tx, p.maxOpenPerNode),
            u16(tx, p.principalMinBp), u16(tx, p.breakerBp), u16(tx, p.noSetBurnBp),
          ]);
          tx.call(target(h, 'set_params'), [registry(h, tx), tx.object(h.world.auditAdminCapId), params]);
        },
        () => {
          // Once there is governance the capability is locked in it.
          must(sender === h.world.accounts[0] && h.governance.id === undefined);
          ensure(isValid, 'penalty_ledger', 1);
          h.audit.params = p;
        },
      );
    },
  },
  commit_blob_set: {
    weight: 3,
    run: (h, a) => {
      if (h.audit.rounds.has(h.staking.epoch) && a[3]! % 10 > 0) return;
      const set = blobSet(h).map(({ blobId }) => blobId);
      // Without blobs there is nothing to answer: mostly that waits for the first one.
      if (set.length === 0 && a[4]! % 4 > 0) return;
      const root = set.length === 0 ? new Uint8Array(32) : setTree(h, set).root!;
      const setEpoch = h.staking.epoch + (a[2]! % 15 === 0 ? 1 : 0);
      const message = (epoch: number): Uint8Array => {
        const bytes = Buffer.alloc(51);
        bytes.set([7, 0, 3]);
        bytes.writeUInt32LE(epoch, 3);
        bytes.writeUInt32LE(setEpoch, 7);
        bytes.set(root, 11);
        bytes.writeBigUInt64LE(BigInt(set.length), 43);
        return bytes;
      };
      const cert = certificate(h, message, a[1]!, 'quorum');
      h.run(
        accountOf(h, a[0]!),
        (tx) => tx.call(target(h, 'commit_blob_set'), [registry(h, tx), tx.object(h.world.deployment.systemObjectId), staking(h, tx), ...cert.arguments(tx)]),
        () => {
          cert.predict();
          ensure(setEpoch === h.staking.epoch, 'audit', 1);
          h.audit.commit(h.staking.epoch, set);
        },
      );
    },
  },
  draw_seed: {
    weight: 4,
    run: (h, a) => {
      const round = h.audit.rounds.get(h.staking.epoch);
      if ((round === undefined || round.seed !== undefined) && a[1]! % 12 > 0) return;
      h.run(
        accountOf(h, a[0]!),
        (tx) => tx.call(target(h, 'draw_seed'), [registry(h, tx), staking(h, tx), tx.object('0x8'), tx.object('0x6')]),
        (done) => {
          const { epoch, durationMs, committee, shards } = h.staking;
          h.audit.checkDraw(epoch, syncedAt(h), h.nowMs, durationMs);
          const event = done.record.events.find(({ type }) => type.endsWith('::AuditSeedDrawn'))!;
          // Epoch, length of the seed, seed, deadline.
          h.audit.drawn(epoch, event.contents.slice(5, 37), h.nowMs, durationMs, committee, shards);
        },
      );
    },
  },
  answer: {
    weight: 12,
    run: (h, a) => {
      const { epoch, shards } = h.staking;
      const round = h.audit.rounds.get(epoch);
      const nodes = [...h.staking.committee.keys()];
      if (round?.seed === undefined || round.set.length === 0 || nodes.length === 0) return;
      // A third of the nodes answers everything, the others what comes.
      const node = pick(nodes, a[0]! % 3 === 0 ? 0 : a[1]!);
      const pool = h.staking.pool(node);
      const { asked } = h.audit.duty(node);
      const open = Array.from({ length: asked }, (_, k) => k).filter((k) => !round.answered.get(node)?.has(k));
      const k = open.length === 0 || a[3]! % 3 === 0 ? a[2]! % (asked + 1) : pick(open, a[2]!);
      const sample = k < asked ? h.audit.sample(epoch, node, k, h.staking.committee.get(node)!, shards) : { leaf: 0, shard: 0, axis: 0 as const, symbol: 0 };
      const wrongBlob = a[3]! % 14 === 1;
      const sampled = round.set[sample.leaf]!;
      const content = pick(h.world.contents, h.world.contents.findIndex(({ blobId }) => blobId === sampled) + (wrongBlob ? 1 : 0));
      const { opens, arguments: args, symbol } = opening(content, sample, a[4]!);
      const path = siblings(setTree(h, round.set), sample.leaf);
      h.run(
        by(h, pool.operator, 0),
        (tx) => tx.call(target(h, 'answer'), [registry(h, tx), staking(h, tx), tx.object(pool.cap), tx.u16(k), ...args(tx), tx.bytesList(path), ...symbol(tx), tx.object('0x6')]),
        () => {
          ensure(k < asked, 'audit', 7);
          h.audit.answer(epoch, node, k, h.nowMs, !wrongBlob, opens);
        },
      );
    },
  },
  open_challenge: { weight: 4, run: openChallenge },
  answer_challenge: {
    weight: 2,
    run: (h, a) => {
      const challenges = [...h.audit.challenges].filter(([, { epoch }]) => a[2]! % 8 === 0 || epoch === h.staking.epoch);
      if (challenges.length === 0 && a[3]! % 8 > 0) return;
      const id = challenges.length === 0 ? h.audit.nextId : pick(challenges, a[0]!)[0];
      const challenge = h.audit.challenges.get(id);
      const content = challenge === undefined ? h.world.contents[0]! : h.world.contents.find(({ blobId }) => blobId === challenge.blobId)!;
      const { opens, arguments: args, symbol } = opening(content, challenge?.sample ?? { shard: 0, axis: 0, symbol: 0 }, a[4]!);
      h.run(
        accountOf(h, a[1]!),
        (tx) => tx.call(target(h, 'answer_challenge'), [registry(h, tx), staking(h, tx), tx.u64(id), ...args(tx), ...symbol(tx), tx.object('0x6')]),
        () => {
          ensure(challenge !== undefined, 'audit', 15);
          const { epoch, deadlineMs, node, bond, heldBlob, challenger } = challenge!;
          ensure(epoch === h.staking.epoch && h.nowMs <= deadlineMs, 'audit', 6);
          ensure(opens, 'opening', 3);
          h.audit.open(epoch).duties.get(node)!.open -= 1;
          h.staking.pool(node).commission += bond;
          h.audit.challenges.delete(id);
          if (heldBlob !== undefined) h.market.blobs.get(heldBlob)!.owner = challenger;
        },
      );
    },
  },
  claim: {
    weight: 2,
    run: (h, a) => {
      const challenges = [...h.audit.challenges];
      if (challenges.length === 0 && a[3]! % 8 > 0) return;
      const id = challenges.length === 0 ? h.audit.nextId : pick(challenges, a[0]!)[0];
      h.run(
        accountOf(h, a[1]!),
        (tx) => tx.call(target(h, 'claim'), [registry(h, tx), staking(h, tx), tx.u64(id)]),
        () => {
          const challenge = h.audit.challenges.get(id);
          ensure(challenge !== undefined, 'audit', 15);
          const { epoch, node, heldBlob, challenger } = challenge!;
          ensure(epoch < h.staking.epoch, 'audit', 16);
          const key = `${epoch}:${node}`;
          const bounty = h.staking.bounties.get(key);
          if (bounty !== undefined) {
            bounty.funds -= bounty.funds / BigInt(bounty.missed);
            bounty.missed -= 1;
            if (bounty.missed === 0) h.staking.bounties.delete(key);
          }
          h.audit.challenges.delete(id);
          if (heldBlob !== undefined) h.market.blobs.get(heldBlob)!.owner = challenger;
        },
      );
    },
  },
};

/** The step that the audit of the epoch waits for, while there is time. Returns whether there is one. */
export function auditStep(h: History, a: readonly number[]): boolean {
  const round = h.audit.rounds.get(h.staking.epoch);
  const step = round === undefined ? 'commit_blob_set' : round.seed === undefined ? 'draw_seed' : 'answer';
  if (round === undefined ? blobSet(h).length === 0 : round.set.length === 0) return false;
  const { state, durationMs } = h.staking;
  if (state.kind !== 'EpochChangeDone') return false;
  const lastMs = round?.seed === undefined ? state.at + durationMs / 2n - h.audit.windowMs(durationMs) : round.deadlineMs;
  if (h.nowMs > lastMs) return false;
  auditCalls[step]!.run(h, a);
  return true;
}

/** Challenges by the owner of a permanent blob, by anyone for a shared one, and with the blob itself for a deletable one. */
function openChallenge(h: History, a: readonly number[]): void {
  const stored = new Map([...h.market.blobs].filter(([, { certified, end, owner, funds }]) => certified !== undefined && end > h.market.epoch && (owner !== '' || funds !== undefined)));
  const found = choose(stored.size > 0 && a[0]! % 8 > 0 ? stored : h.market.blobs, a[1]!);
  if (found === undefined || (found[1].owner === '' && found[1].funds === undefined)) return;
  const [id, blob] = found;
  const shared = blob.funds !== undefined;
  const sender = shared ? accountOf(h, a[2]!) : by(h, blob.owner, 0);
  const node = h.staking.committee.size === 0 ? h.world.registryId : pick([...h.staking.committee.keys()], a[3]!);
  const own = h.staking.committee.get(node) ?? [0];
  const shard = a[4]! % 20 === 0 ? (own[0]! + 1) % h.staking.shards : pick(own, a[4]!);
  const bond = h.audit.params.bond - (a[2]! % 20 === 0 ? 1n : 0n);
  const name = shared ? 'open_challenge_shared' : blob.deletable ? 'open_challenge_deletable' : 'open_challenge';
  h.run(
    sender,
    (tx) => {
      const coin = tx.split(tx.object(sender.wal), bond);
      tx.call(target(h, name), [registry(h, tx), staking(h, tx), tx.object(id), tx.id(node), tx.u16(shard), coin, tx.object('0x8'), tx.object('0x6')]);
    },
    (done) => {
      const { epoch, durationMs } = h.staking;
      ensure(!shared || !blob.deletable, 'audit', 11);
      ensure(blob.certified !== undefined && epoch < blob.end, 'audit', 17);
      ensure(h.staking.committee.get(node)?.includes(shard) ?? false, 'audit', 12);
      const synced = syncedAt(h);
      const window = h.audit.windowMs(durationMs);
      ensure(synced !== undefined && h.nowMs >= synced + window && h.nowMs + window < synced + durationMs, 'audit', 5);
      h.audit.checkChallenge(node, bond);
      payIn(h, sender, -bond);
      const drawn = targetOf(done.record.events.find(({ type }) => type.endsWith('::ChallengeOpened'))!.contents);
      h.audit.challenged({
        epoch, node, blobId: blob.content.blobId, sample: { leaf: 0, shard, ...drawn }, deadlineMs: h.nowMs + window,
        challenger: sender.address, bond, heldBlob: blob.deletable ? id : undefined,
      });
      if (blob.deletable) blob.owner = '';
    },
  );
}

/** Axis and symbol of `ChallengeOpened`: epoch u32, id u64, node 32, blob ID 32, shard u16, axis u8, symbol u16. */
function targetOf(contents: Uint8Array): { axis: 0 | 1; symbol: number } {
  const at = 4 + 8 + 32 + 32 + 2;
  return { axis: contents[at] as 0 | 1, symbol: contents[at + 1]! + 256 * contents[at + 2]! };
}

