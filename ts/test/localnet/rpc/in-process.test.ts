import { expect } from 'chai';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { createInProcessTransport } from '../../../src/localnet/rpc/index.js';
import { FakeLedger } from './fake-ledger.js';
import { sdkSuite } from './sdk-suite.js';

const connect = (ledger: FakeLedger): SuiGrpcClient =>
  new SuiGrpcClient({ network: 'localnet', transport: createInProcessTransport(ledger) });

sdkSuite('the in-process transport', async (ledger) => ({ client: connect(ledger), close: async () => undefined }));

describe('in-process transport', () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

  it('ends a subscription whose reader leaves the loop', async () => {
    const ledger = new FakeLedger();
    const call = connect(ledger).subscriptionService.subscribeCheckpoints({});
    expect(ledger.listeners.size).equal(1);
    ledger.putCoin('0xc1', '0x5e', 9n);
    const iterator = call.responses[Symbol.asyncIterator]();
    await iterator.return?.();
    await settled();
    expect(ledger.listeners.size).equal(0);
    expect((await call.status).code).equal('CANCELLED');
  });

  it('ends a subscription at its deadline', async () => {
    const ledger = new FakeLedger();
    const call = connect(ledger).subscriptionService.subscribeEvents({}, { timeout: 5 });
    const error = await (async () => {
      for await (const frame of call.responses) expect(frame).equal(undefined);
    })().catch((reason: unknown) => reason);
    expect(error).property('code', 'DEADLINE_EXCEEDED');
    expect(ledger.listeners.size).equal(0);
  });

  it('refuses a call that was cancelled before', async () => {
    const client = connect(new FakeLedger());
    const error = await client.core
      .getReferenceGasPrice({ signal: AbortSignal.abort() })
      .catch((reason: unknown) => reason);
    expect(error).property('code', 'CANCELLED');
  });

  it('hides its memory: changing an answer does not change the ledger', async () => {
    const ledger = new FakeLedger();
    const coin = ledger.putCoin('0xc1', '0x5e', 9n);
    const before = coin.contents?.slice();
    const { object } = await connect(ledger).core.getObject({ objectId: '0xc1', include: { content: true } });
    object.content.fill(0xff);
    expect(coin.contents).deep.equal(before);
  });
});

describe('checkpoint subscriptions', () => {
  it('have no gaps, and go on after the network went back in time', async () => {
    const ledger = new FakeLedger();
    const signer = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(4));
    ledger.putCoin('0xc1', signer.toSuiAddress(), 1n << 40n);
    const client = connect(ledger);
    const execute = async (amount: number): Promise<void> => {
      const transaction = new Transaction();
      transaction.transferObjects([transaction.splitCoins(transaction.gas, [amount])], signer.toSuiAddress());
      await client.core.signAndExecuteTransaction({ transaction, signer });
    };
    const abort = new AbortController();
    const call = client.subscriptionService.subscribeCheckpoints({}, { abort: abort.signal });
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const { cursor, checkpoint } of call.responses) {
        expect(checkpoint?.sequenceNumber).equal(cursor);
        seen.push(cursor as bigint);
      }
    })().catch((error: unknown) => error);
    await execute(1);
    ledger.advanceCheckpoint();
    ledger.advanceCheckpoint();
    await execute(2);
    ledger.advanceCheckpoint();
    ledger.checkpoints.length = 2;
    await execute(3);
    abort.abort();
    expect(await reading).property('code', 'CANCELLED');
    expect(seen).deep.equal([1n, 2n, 3n, 4n, 5n, 2n]);
  });
});
