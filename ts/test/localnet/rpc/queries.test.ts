/** Pages and list streams against a plain model. */
import { expect } from 'chai';
import fc from 'fast-check';
import { GrpcTypes, RpcError, SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { createInProcessTransport } from '../../../src/localnet/rpc/index.js';
import { parsePage, takePage } from '../../../src/localnet/rpc/pagination.js';
import { encodeCursor } from '../../../src/localnet/rpc/queries.js';
import { DEMO_EVENT_TYPE, DEMO_PACKAGE, FakeLedger, SUI_COIN_TYPE } from './fake-ledger.js';

const { QueryEndReason, Ordering } = GrpcTypes;

describe('pages', () => {
  it('cover a list exactly once, whatever the page size', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 })), fc.integer({ min: 1, max: 9 }), (unsorted, pageSize) => {
        const keys = unsorted.sort();
        const seen: string[] = [];
        let pageToken: Uint8Array | undefined;
        do {
          const page = parsePage({ pageSize, pageToken }, ['list']);
          const result = takePage(page, keys, (key) => key, (item) => ({ item, sizeBytes: 1 }));
          expect(result.items.length <= pageSize).equal(true);
          seen.push(...result.items);
          pageToken = result.nextPageToken;
        } while (pageToken !== undefined);
        expect(seen).deep.equal(keys);
      }),
    );
  });

  it('survive items that come and go between pages', () => {
    const first = takePage(parsePage({ pageSize: 2 }, []), ['a', 'c', 'e'], (k) => k, (item) => ({ item, sizeBytes: 1 }));
    const page = parsePage({ pageSize: 2, pageToken: first.nextPageToken }, []);
    const second = takePage(page, ['a', 'b', 'd', 'e'], (k) => k, (item) => ({ item, sizeBytes: 1 }));
    expect([...first.items, ...second.items]).deep.equal(['a', 'c', 'd', 'e']);
  });

  it('end when the answer grows too large', () => {
    const keys = ['a', 'b', 'c', 'd'];
    const { items } = takePage(parsePage({}, []), keys, (k) => k, (item) => ({ item, sizeBytes: 300_000 }));
    expect(items).deep.equal(['a', 'b']);
  });

  it('coerce sizes and refuse foreign or damaged tokens', () => {
    expect(parsePage({}, []).size).equal(50);
    expect(parsePage({ pageSize: 0 }, []).size).equal(50);
    expect(parsePage({ pageSize: 5_000 }, []).size).equal(1_000);
    const token = parsePage({}, ['a']).tokenAfter('k');
    for (const pageToken of [Uint8Array.of(1), token.slice(0, 8), Uint8Array.of(...token.slice(0, 7), 0, 1), new Uint8Array(9_000)])
      expect(() => parsePage({ pageToken }, ['a'])).throw(RpcError);
    expect(() => parsePage({ pageToken: token }, ['b'])).throw(RpcError);
    expect(parsePage({ pageToken: token }, ['a']).after).equal('k');
  });
});

describe('list streams', () => {
  const signer = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(3));
  const sender = signer.toSuiAddress();
  const receiver = normalizeSuiAddress('0xb0b');
  let ledger: FakeLedger;
  let client: SuiGrpcClient;
  const COUNT = 9;

  before(async () => {
    ledger = new FakeLedger();
    client = new SuiGrpcClient({ network: 'localnet', transport: createInProcessTransport(ledger) });
    ledger.putCoin('0xc1', sender, 50_000_000_000n);
    for (let i = 0; i < COUNT; i++) {
      const tx = new Transaction();
      const coins = tx.splitCoins(tx.gas, [i + 1]);
      tx.transferObjects([coins], i % 3 === 0 ? receiver : sender);
      await client.core.signAndExecuteTransaction({ transaction: tx, signer });
    }
  });

  type Frame = GrpcTypes.ListTransactionsResponse;
  const read = async (request: Parameters<typeof client.ledgerService.listTransactions>[0]): Promise<Frame[]> => {
    const frames: Frame[] = [];
    for await (const frame of client.ledgerService.listTransactions(request).responses) frames.push(frame);
    return frames;
  };
  const digests = (frames: readonly Frame[]) => frames.flatMap(({ transaction }) => transaction?.digest ?? []);

  it('agree with slicing an array, for all bounds, orders and limits', async () => {
    const all = ledger.transactions.map(({ digest }) => digest);
    const position = fc.option(fc.integer({ min: 0, max: COUNT - 1 }), { nil: undefined });
    const checkpoint = fc.option(fc.integer({ min: 0, max: COUNT + 2 }), { nil: undefined });
    const cursor = (number: number | undefined) =>
      number === undefined ? undefined : encodeCursor('T', { number: BigInt(number), index: 0 });
    await fc.assert(
      fc.asyncProperty(position, position, checkpoint, checkpoint, fc.boolean(), fc.integer({ min: 1, max: 12 }),
        async (after, before, start, end, descending, limit) => {
          const frames = await read({
            startCheckpoint: start === undefined ? undefined : BigInt(start),
            endCheckpoint: end === undefined ? undefined : BigInt(end),
            options: {
              limit,
              after: cursor(after),
              before: cursor(before),
              ordering: descending ? Ordering.DESCENDING : Ordering.ASCENDING,
            },
          });
          // Transaction i is in checkpoint i + 1.
          const kept = all.filter(
            (_digest, i) =>
              i > (after ?? -1) && i < (before ?? COUNT) && i + 1 >= (start ?? 0) && i + 1 < (end ?? COUNT + 5),
          );
          const wanted = (descending ? kept.reverse() : kept).slice(0, limit);
          expect(digests(frames)).deep.equal(wanted);
          expect(frames.every(({ watermark }) => watermark?.cursor?.length === 13)).equal(true);
          expect(frames.filter(({ end: e }) => e !== undefined)).deep.equal([frames.at(-1)]);
          expect(frames.at(-1)?.end?.reason === QueryEndReason.ITEM_LIMIT).equal(wanted.length === limit);
        }),
      { numRuns: 200 },
    );
  });

  it('say why they end', async () => {
    const reason = async (request: Parameters<typeof read>[0]) => (await read(request)).at(-1)?.end?.reason;
    const cursor = encodeCursor('T', { number: 4n, index: 0 });
    expect(await reason({})).equal(QueryEndReason.LEDGER_TIP);
    expect(await reason({ options: { limit: 2 } })).equal(QueryEndReason.ITEM_LIMIT);
    expect(await reason({ endCheckpoint: 3n })).equal(QueryEndReason.CHECKPOINT_BOUND);
    expect(await reason({ options: { before: cursor } })).equal(QueryEndReason.CURSOR_BOUND);
    expect(await reason({ options: { after: cursor, ordering: Ordering.DESCENDING } })).equal(QueryEndReason.CURSOR_BOUND);
  });

  it('resume from the last watermark of an empty answer', async () => {
    const none = { terms: [{ literals: [{ negated: false, predicate: { oneofKind: 'sender' as const, sender: { address: receiver } } }] }] };
    const frames = await read({ filter: none });
    expect(digests(frames)).deep.equal([]);
    const after = frames.at(-1)?.watermark?.cursor;
    expect(digests(await read({ options: { after } }))).deep.equal([]);
    const tx = new Transaction();
    tx.transferObjects([tx.splitCoins(tx.gas, [1])], sender);
    await client.core.signAndExecuteTransaction({ transaction: tx, signer });
    expect(digests(await read({ options: { after } }))).length(1);
    ledger.transactions.pop();
    ledger.checkpoints.pop();
  });

  type Literal = GrpcTypes.TransactionLiteral;
  const matched = async (...terms: Literal[][]): Promise<number> =>
    digests(await read({ filter: { terms: terms.map((literals) => ({ literals })) } })).length;
  const literal = (predicate: Literal['predicate'], negated = false): Literal => ({ predicate, negated });

  it('filter by every predicate', async () => {
    // The coin of transaction 3 goes to the receiver and is never touched again.
    const created = ledger.transactions[3]?.effects.V2?.changedObjects.find(([, c]) => c.idOperation.$kind === 'Created')?.[0];
    for (const [predicate, count] of [
      [{ oneofKind: 'sender', sender: { address: sender } }, COUNT],
      [{ oneofKind: 'affectedAddress', affectedAddress: { address: receiver } }, 3],
      [{ oneofKind: 'affectedAddress', affectedAddress: { address: '0x7' } }, 0],
      [{ oneofKind: 'affectedObject', affectedObject: { objectId: created } }, 1],
      [{ oneofKind: 'moveCall', moveCall: { function: DEMO_PACKAGE } }, 0],
      [{ oneofKind: 'emitModule', emitModule: { module: `${DEMO_PACKAGE}::demo` } }, COUNT],
      [{ oneofKind: 'eventType', eventType: { eventType: DEMO_EVENT_TYPE } }, COUNT],
      [{ oneofKind: 'eventType', eventType: { eventType: SUI_COIN_TYPE } }, 0],
      [{ oneofKind: 'eventStreamHead', eventStreamHead: { streamId: '0x1' } }, 0],
      [{ oneofKind: 'packageWrite', packageWrite: {} }, 0],
    ] as const)
      expect(await matched([literal(predicate)]), predicate.oneofKind).equal(count);
  });

  it('combine literals and terms', async () => {
    const toReceiver = { oneofKind: 'affectedAddress', affectedAddress: { address: receiver } } as const;
    const bySender = { oneofKind: 'sender', sender: { address: sender } } as const;
    expect(await matched([literal(bySender), literal(toReceiver, true)])).equal(COUNT - 3);
    expect(await matched([literal(bySender, true)])).equal(0);
    expect(await matched([literal(toReceiver)], [literal(toReceiver, true)])).equal(COUNT);
  });

  const badFilters: [string, GrpcTypes.TransactionFilter][] = [
    ['no terms', { terms: [] }],
    ['a term without literals', { terms: [{ literals: [] }] }],
    ['a literal without predicate', { terms: [{ literals: [literal({ oneofKind: undefined })] }] }],
    ['a bad address', { terms: [{ literals: [literal({ oneofKind: 'sender', sender: { address: 'me' } })] }] }],
    ['a bad path', { terms: [{ literals: [literal({ oneofKind: 'moveCall', moveCall: { function: '0x2::a::b::c' } })] }] }],
    ['a bad type', { terms: [{ literals: [literal({ oneofKind: 'eventType', eventType: { eventType: '0x2::a::B<' } })] }] }],
    ['too many literals', { terms: [{ literals: Array.from({ length: 101 }, () => literal({ oneofKind: 'packageWrite', packageWrite: {} })) }] }],
  ];
  for (const [name, filter] of badFilters) {
    it(`refuse a filter with ${name}`, async () => {
      const error = await read({ filter }).catch((e: unknown) => e);
      expect(error).property('code', 'INVALID_ARGUMENT');
    });
  }

  it('refuse cursors of another list', async () => {
    for (const after of [encodeCursor('E', { number: 0n, index: 0 }), Uint8Array.of(84), new Uint8Array(13)]) {
      const error = await read({ options: { after } }).catch((e: unknown) => e);
      expect(error).property('code', 'INVALID_ARGUMENT');
    }
  });

  it('list checkpoints, all and those with a match', async () => {
    const numbers = async (request: Parameters<typeof client.ledgerService.listCheckpoints>[0]) => {
      const seen: bigint[] = [];
      for await (const { checkpoint } of client.ledgerService.listCheckpoints(request).responses)
        if (checkpoint !== undefined) seen.push(checkpoint.sequenceNumber as bigint);
      return seen;
    };
    const all = Array.from({ length: COUNT + 1 }, (_, i) => BigInt(i));
    expect(await numbers({})).deep.equal(all);
    expect(await numbers({ options: { ordering: Ordering.DESCENDING, limit: 3 } })).deep.equal(all.slice(-3).reverse());
    expect(await numbers({ startCheckpoint: 2n, endCheckpoint: 4n })).deep.equal([2n, 3n]);
    const toReceiver = literal({ oneofKind: 'affectedAddress', affectedAddress: { address: receiver } });
    expect(await numbers({ filter: { terms: [{ literals: [toReceiver] }] } })).deep.equal([1n, 4n, 7n]);
  });
});
