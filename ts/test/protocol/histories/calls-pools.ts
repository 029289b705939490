/** Calls on storage pools (contracts specification §10.2). */
import type { History } from './history.js';
import { by, choose, chooseEnded, chooseLive, confirmation, must, paying, registration, sizeOf, system } from './market-calls.js';
import { ensure, units } from './model/arithmetic.js';
import type { StoragePoolModel } from './model/market.js';
import { MAX_AHEAD, type Account } from './world.js';
import { accountOf } from './calls-staking.js';
import { pick, type CallTable } from './calls.js';

const MODULE = 'storage_pool';
const price = (h: History, size: bigint, epochs: number): bigint => units(size) * h.market.storagePrice * BigInt(Math.max(epochs, 0));

function withPool(h: History, a: readonly number[], use: (id: string, pool: StoragePoolModel, sender: Account) => void): void {
  const found = chooseLive(h, h.market.pools, a[0]!);
  if (found !== undefined) use(...found, by(h, found[1].owner, a[1]!));
}

function withEndedPool(h: History, a: readonly number[], use: (id: string, pool: StoragePoolModel, sender: Account) => void): void {
  const found = chooseEnded(h, h.market.pools, a[0]!);
  if (found !== undefined) use(...found, by(h, found[1].owner, a[1]!));
}

/** Blob IDs of the pool, mostly; any otherwise. */
function blobIdFor(h: History, pool: StoragePoolModel, number: number): bigint {
  const own = [...pool.blobs.keys()];
  return own.length > 0 && number % 5 > 0 ? pick(own, number) : pick(h.world.contents, number).blobId;
}

const inPool = (pool: StoragePoolModel, blobId: bigint) => {
  ensure(pool.blobs.has(blobId), MODULE, 3);
  return pool.blobs.get(blobId)!;
};

export const poolCalls: CallTable = {
  create_storage_pool: {
    weight: 1.5,
    run: (h, a) => {
      const [sender, size, epochs] = [accountOf(h, a[0]!), sizeOf(h, a[1]!) * 2n, a[2]! % (MAX_AHEAD + 2)];
      paying(
        h,
        sender,
        price(h, size, epochs),
        a[3]!,
        (tx, coin) => tx.transfer([tx.call('system::create_storage_pool', [system(h, tx), tx.u64(size), tx.u32(epochs), coin])], sender.address),
        (coin, created) => {
          const span = h.market.reserve(size, h.market.epoch, h.market.epoch + epochs, coin);
          h.market.pools.set(created('::StoragePool'), { owner: sender.address, ...span, reserved: size, blobs: new Map() });
        },
      );
    },
  },
  create_storage_pool_with_storage: {
    weight: 0.7,
    run: (h, a) => {
      const found = chooseLive(h, h.market.storages, a[0]!);
      if (found === undefined) return;
      const [id, { owner, start, end, size }] = found;
      const sender = by(h, owner, a[1]!);
      h.run(
        sender,
        (tx) => tx.transfer([tx.call('system::create_storage_pool_with_storage', [system(h, tx), tx.object(id)])], sender.address),
        ({ created }) => {
          must(sender.address === owner);
          ensure(size > 0n, 'system_state_inner', 11);
          ensure(start <= h.market.epoch && h.market.epoch < end, MODULE, 1);
          h.market.pools.set(created('::StoragePool'), { owner, start, end, reserved: size, blobs: new Map() });
          h.market.storages.delete(id);
        },
      );
    },
  },
  register_pooled_blob: {
    weight: 4,
    run: (h, a) =>
      withPool(h, a, (id, pool, sender) => {
        const deletable = a[2]! % 2 === 0;
        const { content, isDerived, arguments: args } = registration(h, a[4]!, a[2]!, deletable);
        const encoded = h.market.encoded(content);
        paying(
          h,
          sender,
          units(encoded) * h.market.writePrice,
          a[3]!,
          (tx, coin) => tx.call('system::register_pooled_blob', [system(h, tx), tx.object(id), ...args(tx), coin]),
          (coin) => {
            must(sender.address === pool.owner);
            h.market.assertLive(pool);
            ensure(isDerived, MODULE, 3);
            ensure(encoded <= pool.reserved - h.market.poolUsed(pool), MODULE, 6);
            ensure(!pool.blobs.has(content.blobId), MODULE, 3);
            h.market.payWrite(encoded, coin);
            const blob = { id: '', content, registered: h.market.epoch, certified: undefined, deletable };
            pool.blobs.set(content.blobId, { ...blob, id: h.world.pooledBlobId(id, content.blobId) });
          },
        );
      }),
  },
  certify_pooled_blob: {
    weight: 1.5,
    run: (h, a) =>
      withPool(h, a, (id, pool) => {
        const blobs = [...pool.blobs.values()];
        if (blobs.length === 0) return;
        const blob = pick(blobs, a[3]!);
        const { certificate, fits } = confirmation(h, blob, blob.id, pool.end, a);
        h.run(
          by(h, pool.owner, 0),
          (tx) => tx.call('system::certify_pooled_blob', [system(h, tx), tx.object(id), tx.u256(blob.content.blobId), ...certificate.arguments(tx)]),
          () => {
            certificate.predict();
            fits(MODULE);
            blob.certified = h.market.epoch;
          },
        );
      }),
  },
  delete_pooled_blob: {
    weight: 2,
    run: (h, a) =>
      withPool(h, a, (id, pool, sender) => {
        const blobId = blobIdFor(h, pool, a[2]!);
        h.run(
          sender,
          (tx) => tx.call('system::delete_pooled_blob', [system(h, tx), tx.object(id), tx.u256(blobId)]),
          () => {
            must(sender.address === pool.owner);
            h.market.assertLive(pool);
            ensure(inPool(pool, blobId).deletable, MODULE, 0);
            pool.blobs.delete(blobId);
          },
        );
      }),
  },
  burn_expired_pooled_blob: {
    weight: 1.5,
    run: (h, a) =>
      withEndedPool(h, a, (id, pool, sender) => {
        const blobId = blobIdFor(h, pool, a[2]!);
        h.run(
          sender,
          (tx) => tx.call('system::burn_expired_pooled_blob', [system(h, tx), tx.object(id), tx.u256(blobId)]),
          () => {
            must(sender.address === pool.owner);
            ensure(h.market.epoch >= pool.end, MODULE, 1);
            inPool(pool, blobId);
            pool.blobs.delete(blobId);
          },
        );
      }),
  },
  extend_storage_pool: {
    weight: 1,
    run: (h, a) =>
      withPool(h, a, (id, pool, sender) => {
        const epochs = a[2]! % 4;
        paying(
          h,
          sender,
          price(h, pool.reserved, epochs),
          a[3]!,
          (tx, coin) => tx.call('system::extend_storage_pool', [system(h, tx), tx.object(id), tx.u32(epochs), coin]),
          (coin) => {
            must(sender.address === pool.owner);
            h.market.assertLive(pool);
            h.market.extend(pool.reserved, pool.end, epochs, coin);
            pool.end += epochs;
          },
        );
      }),
  },
  increase_storage_pool_capacity: {
    weight: 1,
    run: (h, a) =>
      withPool(h, a, (id, pool, sender) => {
        const size = sizeOf(h, a[2]!);
        paying(
          h,
          sender,
          price(h, size, pool.end - h.market.epoch),
          a[3]!,
          (tx, coin) => tx.call('system::increase_storage_pool_capacity', [system(h, tx), tx.object(id), tx.u64(size), coin]),
          (coin) => {
            must(sender.address === pool.owner);
            h.market.assertLive(pool);
            h.market.increase(pool, size, coin);
          },
        );
      }),
  },
  increase_storage_pool_capacity_with_storage: {
    weight: 0.7,
    run: (h, a) =>
      withPool(h, a, (id, pool) => {
        const own = new Map([...h.market.storages].filter(([, { owner }]) => owner === pool.owner));
        const found = choose(own, a[2]!);
        if (found === undefined) return;
        const [storageId, storage] = found;
        h.run(
          by(h, pool.owner, 0),
          (tx) => tx.call('system::increase_storage_pool_capacity_with_storage', [system(h, tx), tx.object(id), tx.object(storageId)]),
          () => {
            h.market.assertLive(pool);
            ensure(storage.end === pool.end, MODULE, 11);
            ensure(storage.start <= h.market.epoch, MODULE, 1);
            pool.reserved += storage.size;
            h.market.storages.delete(storageId);
          },
        );
      }),
  },
  decrease_storage_pool_capacity: {
    weight: 1,
    run: (h, a) =>
      withPool(h, a, (id, pool, sender) => {
        const unused = pool.reserved - h.market.poolUsed(pool);
        const percent = a[2]! % 104;
        const bySize = a[4]! % 2 === 0;
        const size = bySize ? ([0n, unused, unused + 1n][a[3]! % 8] ?? unused / 2n) : (unused * BigInt(percent)) / 100n;
        h.run(
          sender,
          (tx) => {
            const storage = bySize
              ? tx.call('system::decrease_storage_pool_capacity_by_size', [system(h, tx), tx.object(id), tx.u64(size)])
              : tx.call('system::decrease_storage_pool_unused_capacity_by_percent', [system(h, tx), tx.object(id), tx.u8(percent)]);
            tx.transfer([storage], sender.address);
          },
          ({ created }) => {
            must(sender.address === pool.owner);
            if (!bySize) ensure(percent <= 100, MODULE, 14);
            ensure(size > 0n, 'system', 2);
            ensure(size <= unused, MODULE, 6);
            const { start, end } = pool;
            h.market.storages.set(created('::storage_resource::Storage'), { owner: sender.address, start, end, size });
            pool.reserved -= size;
          },
        );
      }),
  },
  destroy_storage_pool: {
    weight: 0.6,
    run: (h, a) =>
      withEndedPool(h, a, (id, pool, sender) => {
        h.run(
          sender,
          (tx) => tx.transfer([tx.call('storage_pool::destroy', [tx.object(id)])], sender.address),
          ({ created }) => {
            must(sender.address === pool.owner);
            ensure(pool.blobs.size === 0, MODULE, 7);
            const { start, end, reserved: size } = pool;
            h.market.storages.set(created('::storage_resource::Storage'), { owner: sender.address, start, end, size });
            h.market.pools.delete(id);
          },
        );
      }),
  },
};
