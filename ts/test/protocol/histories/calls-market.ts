/** Calls on storage, blobs, event blobs and deny lists (contracts specification §4.2–4.4, §6, §10.1). */
import { addressBytes, invalidBlobIdMessage } from '../../../src/protocol/index.js';
import { certificate } from './certificates.js';
import type { History } from './history.js';
import { by, choose, chooseEnded, chooseLive, confirmation, must, paying, registration, sizeOf, system } from './market-calls.js';
import { ensure, min, units } from './model/arithmetic.js';
import { Wallet, type BlobModel } from './model/market.js';
import { MAX_AHEAD } from './world.js';
import { accountOf, payIn } from './calls-staking.js';
import { pick, type CallTable } from './calls.js';

const ownBlobs = (h: History): Map<string, BlobModel> => new Map([...h.market.blobs].filter(([, { funds, owner }]) => funds === undefined && owner !== ''));
const sharedBlobs = (h: History): Map<string, BlobModel> => new Map([...h.market.blobs].filter(([, { funds }]) => funds !== undefined));
const price = (h: History, size: bigint, epochs: number): bigint => units(size) * h.market.storagePrice * BigInt(Math.max(epochs, 0));
/** Certified ones, mostly. */
const certified = (blobs: Map<string, BlobModel>, number: number): Map<string, BlobModel> =>
  number % 6 === 0 ? blobs : new Map([...blobs].filter(([, { certified: epoch }]) => epoch !== undefined));
const EDGES = [0, MAX_AHEAD, MAX_AHEAD + 1];

export const marketCalls: CallTable = {
  reserve_space: {
    weight: 4,
    run: (h, a) => {
      const [sender, size, epochs] = [accountOf(h, a[0]!), sizeOf(h, a[1]!), EDGES[a[2]! % 12] ?? 1 + (a[2]! % MAX_AHEAD)];
      paying(
        h,
        sender,
        price(h, size, epochs),
        a[3]!,
        (tx, coin) => tx.transfer([tx.call('system::reserve_space', [system(h, tx), tx.u64(size), tx.u32(epochs), coin])], sender.address),
        (coin, created) => {
          ensure(epochs > 0, 'system_state_inner', 2);
          const span = h.market.reserve(size, h.market.epoch, h.market.epoch + epochs, coin);
          h.market.storages.set(created('::storage_resource::Storage'), { owner: sender.address, size, ...span });
        },
      );
    },
  },
  reserve_space_for_epochs: {
    weight: 2,
    run: (h, a) => {
      const [sender, size] = [accountOf(h, a[0]!), sizeOf(h, a[1]!)];
      const start = Math.max(0, h.market.epoch - 1 + (a[2]! % 4));
      const end = start + (a[4]! % (MAX_AHEAD + 2));
      paying(
        h,
        sender,
        price(h, size, end - Math.max(start, h.market.epoch)),
        a[3]!,
        (tx, coin) =>
          tx.transfer([tx.call('system::reserve_space_for_epochs', [system(h, tx), tx.u64(size), tx.u32(start), tx.u32(end), coin])], sender.address),
        (coin, created) => {
          const span = h.market.reserve(size, start, end, coin);
          h.market.storages.set(created('::storage_resource::Storage'), { owner: sender.address, size, ...span });
        },
      );
    },
  },
  /** What the public SDK does in one transaction (§3.2). */
  store_blob: {
    weight: 6,
    run: (h, a) => {
      const [sender, epochs, deletable] = [accountOf(h, a[0]!), 1 + (a[1]! % MAX_AHEAD), a[2]! % 2 === 0];
      const { content, isDerived, arguments: args } = registration(h, a[4]!, a[2]!, deletable);
      const size = h.market.encoded(content);
      paying(
        h,
        sender,
        price(h, size, epochs) + units(size) * h.market.writePrice,
        a[3]!,
        (tx, coin) => {
          const storage = tx.call('system::reserve_space', [system(h, tx), tx.u64(size), tx.u32(epochs), coin]);
          tx.transfer([tx.call('system::register_blob', [system(h, tx), storage, ...args(tx), coin])], sender.address);
        },
        (coin, created) => {
          const span = h.market.reserve(size, h.market.epoch, h.market.epoch + epochs, coin);
          h.market.checkRegistration({ ...span, size }, content, isDerived);
          h.market.payWrite(size, coin);
          const blob: BlobModel = {
            owner: sender.address, content, registered: h.market.epoch, certified: undefined, deletable,
            ...span, size, funds: undefined, attributes: undefined,
          };
          h.market.blobs.set(created('::blob::Blob'), blob);
        },
      );
    },
  },
  register_blob: {
    weight: 6,
    run: (h, a) => {
      const found = chooseLive(h, h.market.storages, a[0]!);
      if (found === undefined) return;
      const [storageId, storage] = found;
      const sender = by(h, storage.owner, a[1]!);
      const deletable = a[2]! % 2 === 0;
      const { content, isDerived, arguments: args } = registration(h, a[4]!, a[2]!, deletable);
      const cost = units(h.market.encoded(content)) * h.market.writePrice;
      paying(
        h,
        sender,
        cost,
        a[3]!,
        (tx, coin) => tx.transfer([tx.call('system::register_blob', [system(h, tx), tx.object(storageId), ...args(tx), coin])], sender.address),
        (coin, created) => {
          must(sender.address === storage.owner);
          h.market.checkRegistration(storage, content, isDerived);
          h.market.payWrite(h.market.encoded(content), coin);
          const { start, end, size } = storage;
          const blob: BlobModel = {
            owner: sender.address, content, registered: h.market.epoch, certified: undefined, deletable,
            start, end, size, funds: undefined, attributes: undefined,
          };
          h.market.blobs.set(created('::blob::Blob'), blob);
          h.market.storages.delete(storageId);
        },
      );
    },
  },
  certify_blob: {
    weight: 5,
    run: (h, a) => {
      const fresh = new Map([...ownBlobs(h)].filter(([, { certified, end }]) => certified === undefined && end > h.market.epoch));
      const found = choose(a[0]! % 8 === 0 || fresh.size === 0 ? ownBlobs(h) : fresh, a[1]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const { certificate: cert, fits } = confirmation(h, blob, id, blob.end, a);
      h.run(
        by(h, blob.owner, 0),
        (tx) => tx.call('system::certify_blob', [system(h, tx), tx.object(id), ...cert.arguments(tx)]),
        () => {
          cert.predict();
          fits('blob');
          blob.certified = h.market.epoch;
        },
      );
    },
  },
  delete_blob: {
    weight: 2,
    run: (h, a) => {
      const found = chooseLive(h, ownBlobs(h), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const sender = by(h, blob.owner, a[1]!);
      h.run(
        sender,
        (tx) => tx.transfer([tx.call('system::delete_blob', [system(h, tx), tx.object(id)])], sender.address),
        ({ created }) => {
          must(sender.address === blob.owner);
          ensure(blob.deletable, 'blob', 1);
          ensure(h.market.epoch < blob.end, 'blob', 2);
          const { start, end, size } = blob;
          h.market.storages.set(created('::storage_resource::Storage'), { owner: sender.address, start, end, size });
          h.market.blobs.delete(id);
        },
      );
    },
  },
  burn_blob: {
    weight: 2,
    run: (h, a) => {
      const found = chooseEnded(h, ownBlobs(h), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const sender = by(h, blob.owner, a[1]!);
      h.run(
        sender,
        (tx) => tx.call('blob::burn', [tx.object(id)]),
        () => {
          must(sender.address === blob.owner);
          h.market.blobs.delete(id);
        },
      );
    },
  },
  extend_blob: {
    weight: 3,
    run: (h, a) => {
      const found = chooseLive(h, certified(ownBlobs(h), a[4]!), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const sender = by(h, blob.owner, a[1]!);
      const epochs = [0, MAX_AHEAD, 4_294_967_295][a[2]! % 16] ?? 1 + (a[2]! % 3);
      paying(
        h,
        sender,
        price(h, blob.size, Math.min(epochs, MAX_AHEAD)),
        a[3]!,
        (tx, coin) => tx.call('system::extend_blob', [system(h, tx), tx.object(id), tx.u32(epochs), coin]),
        (coin) => {
          must(sender.address === blob.owner);
          h.market.assertStored(blob);
          h.market.extend(blob.size, blob.end, epochs, coin);
          blob.end += epochs;
        },
      );
    },
  },
  extend_blob_with_resource: {
    weight: 2,
    run: (h, a) => {
      const found = chooseLive(h, certified(ownBlobs(h), a[4]!), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const own = new Map([...h.market.storages].filter(([, { owner }]) => owner === blob.owner));
      const fitting = new Map([...own].filter(([, { start, size }]) => start === blob.end && size === blob.size));
      const storage = choose(fitting.size > 0 ? fitting : own, a[1]!);
      if (storage === undefined) return;
      const [storageId, { start, end, size }] = storage;
      h.run(
        by(h, blob.owner, 0),
        (tx) => tx.call('system::extend_blob_with_resource', [system(h, tx), tx.object(id), tx.object(storageId)]),
        () => {
          h.market.assertStored(blob);
          ensure(end > blob.end, 'blob', 2);
          ensure(size === blob.size, 'storage_resource', 2);
          ensure(start === blob.end, 'storage_resource', 1);
          blob.end = end;
          h.market.storages.delete(storageId);
        },
      );
    },
  },
  ...storageCalls(),
  share_blob: {
    weight: 0.7,
    run: (h, a) => {
      const found = chooseLive(h, certified(ownBlobs(h), a[2]!), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const sender = by(h, blob.owner, 0);
      const funds = BigInt(a[1]!) * 10n;
      h.run(
        sender,
        (tx) => tx.call('shared_blob::new_funded', [tx.object(id), tx.split(tx.object(sender.wal), funds)]),
        ({ created }) => {
          payIn(h, sender, -funds);
          h.market.blobs.delete(id);
          h.market.blobs.set(created('::SharedBlob'), { ...blob, funds, owner: '', attributes: blob.attributes });
        },
      );
    },
  },
  fund_shared_blob: {
    weight: 0.7,
    run: (h, a) => {
      const found = choose(sharedBlobs(h), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const [sender, funds] = [accountOf(h, a[1]!), BigInt(a[2]!)];
      h.run(
        sender,
        (tx) => tx.call('shared_blob::fund', [tx.object(id), tx.split(tx.object(sender.wal), funds)]),
        () => {
          payIn(h, sender, -funds);
          blob.funds! += funds;
        },
      );
    },
  },
  extend_shared_blob: {
    weight: 1,
    run: (h, a) => {
      const found = chooseLive(h, certified(sharedBlobs(h), a[3]!), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const epochs = a[2]! % 4;
      h.run(
        accountOf(h, a[1]!),
        (tx) => tx.call('shared_blob::extend', [tx.object(id), system(h, tx), tx.u32(epochs)]),
        () => {
          const coin = new Wallet(blob.funds!);
          h.market.assertStored(blob);
          h.market.extend(blob.size, blob.end, epochs, coin);
          blob.end += epochs;
          h.charged = blob.funds! - coin.balance;
          blob.funds = coin.balance;
        },
      );
    },
  },
  set_attribute: {
    weight: 1,
    run: (h, a) => {
      const found = chooseLive(h, ownBlobs(h), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const [key, value] = [`k${a[1]! % 3}`, `v${a[2]! % 100}`];
      h.run(
        by(h, blob.owner, 0),
        (tx) => tx.call('blob::insert_or_update_metadata_pair', [tx.object(id), tx.text(key), tx.text(value)]),
        () => {
          blob.attributes = [...(blob.attributes ?? []).filter(([k]) => k !== key), [key, value]];
        },
      );
    },
  },
  remove_attribute: {
    weight: 0.5,
    run: (h, a) => {
      const found = choose(ownBlobs(h), a[0]!);
      if (found === undefined) return;
      const [id, blob] = found;
      const key = `k${a[1]! % 3}`;
      h.run(
        by(h, blob.owner, 0),
        (tx) => tx.call('blob::remove_metadata_pair', [tx.object(id), tx.text(key)]),
        () => {
          ensure(blob.attributes !== undefined, 'blob', 8);
          ensure(blob.attributes!.some(([k]) => k === key), 'vec_map', 1);
          blob.attributes = blob.attributes!.filter(([k]) => k !== key);
        },
      );
    },
  },
  invalidate_blob_id: {
    weight: 1,
    run: (h, a) => {
      const { blobIdBytes } = pick(h.world.contents, a[0]!);
      const cert = certificate(h, (epoch) => invalidBlobIdMessage(epoch, blobIdBytes), a[1]!, 'one correct');
      h.run(accountOf(h, a[2]!), (tx) => tx.call('system::invalidate_blob_id', [system(h, tx), ...cert.arguments(tx)]), () => cert.predict());
    },
  },
  certify_event_blob: {
    weight: 4,
    run: (h, a) => {
      const nodes = [...h.staking.pools.values()];
      if (nodes.length === 0) return;
      const pool = pick(nodes, a[0]!);
      const { content, isDerived, arguments: args } = registration(h, a[1]! % 2, a[2]!);
      const checkpoint = (h.market.latestEventCheckpoint ?? 0n) + BigInt([0, 1, 1, 1, 2][a[3]! % 5]!);
      const epoch = h.market.epoch + (a[4]! % 20 === 0 ? 1 : 0);
      h.run(
        by(h, pool.operator, 0),
        (tx) => tx.call('system::certify_event_blob', [system(h, tx), tx.object(pool.cap), ...args(tx), tx.u64(checkpoint), tx.u32(epoch)]),
        () => void h.market.attest(pool.id, h.staking.weight(pool.id), content, checkpoint, epoch, isDerived),
      );
    },
  },
  update_deny_list: {
    weight: 0.4,
    run: (h, a) => {
      const nodes = [...h.staking.pools.values()];
      if (nodes.length === 0) return;
      const [pool, named] = [pick(nodes, a[0]!), pick(nodes, a[4]! % 6 === 0 ? a[4]! : a[0]!)];
      const sequence = (h.market.denySequences.get(pool.id) ?? 0n) + BigInt(a[1]! % 3);
      const size = BigInt(a[2]!) * 1000n;
      const message = (epoch: number): Uint8Array => {
        const body = Buffer.alloc(87);
        body.set([4, 0, 3]);
        body.writeUInt32LE(epoch, 3);
        body.set(addressBytes(named.id), 7);
        body.writeBigUInt64LE(sequence, 39);
        body.writeBigUInt64LE(size, 47);
        return body;
      };
      const cert = certificate(h, message, a[3]!, 'quorum');
      h.run(
        by(h, pool.operator, 0),
        (tx) => tx.call('system::update_deny_list', [system(h, tx), tx.object(pool.cap), ...cert.arguments(tx)]),
        () => {
          ensure(h.staking.weight(pool.id) > 0, 'system_state_inner', 8);
          cert.predict();
          ensure(named === pool, 'system_state_inner', 10);
          ensure(sequence > (h.market.denySequences.get(pool.id) ?? 0n), 'system_state_inner', 9);
          h.market.denySequences.set(pool.id, sequence);
          h.market.denySizes.set(pool.id, size);
        },
      );
    },
  },
  add_subsidy: {
    weight: 2,
    run: (h, a) => {
      // Small change, and now and then as much as takes more than 64 bits to multiply.
      const sender = accountOf(h, a[0]!);
      const amount = min(BigInt(a[1]!) * (a[3]! % 4 === 0 ? 20_000_000n : 1000n), h.wallets.get(sender.address)!);
      const epochs = EDGES[a[2]! % 12] ?? 1 + (a[2]! % MAX_AHEAD);
      h.run(
        sender,
        (tx) => tx.call('system::add_subsidy', [system(h, tx), tx.split(tx.object(sender.wal), amount), tx.u32(epochs)]),
        () => {
          h.market.subsidise(amount, epochs);
          payIn(h, sender, -amount);
          h.charged = amount;
        },
      );
    },
  },
};

function storageCalls(): CallTable {
  return {
    split_by_epoch: {
      weight: 2,
      run: (h, a) => {
        const found = choose(h.market.storages, a[0]!);
        if (found === undefined) return;
        const [id, storage] = found;
        const sender = by(h, storage.owner, a[1]!);
        const at = storage.start + (a[2]! % (storage.end - storage.start + 1));
        h.run(
          sender,
          (tx) => tx.transfer([tx.call('storage_resource::split_by_epoch', [tx.object(id), tx.u32(at)])], sender.address),
          ({ created }) => {
            must(sender.address === storage.owner);
            ensure(storage.start < at && at < storage.end, 'storage_resource', 0);
            h.market.storages.set(created('::storage_resource::Storage'), { ...storage, start: at });
            storage.end = at;
          },
        );
      },
    },
    split_by_size: {
      weight: 2,
      run: (h, a) => {
        const found = choose(h.market.storages, a[0]!);
        if (found === undefined) return;
        const [id, storage] = found;
        const sender = by(h, storage.owner, a[1]!);
        const part = [0n, storage.size, storage.size + 1n][a[2]! % 20] ?? (storage.size * BigInt(1 + (a[2]! % 3))) / 4n;
        h.run(
          sender,
          (tx) => tx.transfer([tx.call('storage_resource::split_by_size', [tx.object(id), tx.u64(part)])], sender.address),
          ({ created }) => {
            must(sender.address === storage.owner);
            ensure(part <= storage.size, 'storage_resource', 2);
            h.market.storages.set(created('::storage_resource::Storage'), { ...storage, size: storage.size - part });
            storage.size = part;
          },
        );
      },
    },
    fuse: {
      weight: 3,
      run: (h, a) => {
        const found = choose(h.market.storages, a[0]!);
        if (found === undefined) return;
        const [id, first] = found;
        const own = [...h.market.storages].filter(([other, { owner }]) => other !== id && owner === first.owner);
        const fitting = own.filter(([, s]) => (s.start === first.start && s.end === first.end) || (s.size === first.size && (s.start === first.end || s.end === first.start)));
        const choice = fitting.length > 0 && a[2]! % 4 > 0 ? fitting : own;
        if (choice.length === 0) return;
        const [otherId, other] = pick(choice, a[1]!);
        h.run(
          by(h, first.owner, 0),
          (tx) => tx.call('storage_resource::fuse', [tx.object(id), tx.object(otherId)]),
          () => {
            if (first.start === other.start) {
              ensure(first.end === other.end, 'storage_resource', 1);
              first.size += other.size;
            } else {
              ensure(first.size === other.size, 'storage_resource', 2);
              ensure(first.end === other.start || first.start === other.end, 'storage_resource', 1);
              if (first.end === other.start) first.end = other.end;
              else first.start = other.start;
            }
            h.market.storages.delete(otherId);
          },
        );
      },
    },
    destroy_storage: {
      weight: 2.5,
      run: (h, a) => {
        const found = chooseEnded(h, h.market.storages, a[0]!);
        if (found === undefined) return;
        const [id, storage] = found;
        h.run(
          by(h, storage.owner, 0),
          (tx) => tx.call('storage_resource::destroy', [tx.object(id)]),
          () => void h.market.storages.delete(id),
        );
      },
    },
  };
}

