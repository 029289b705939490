/** Answers in transactions: their size, what is refused, what fails. The chain is a function that takes or refuses. */
import { SimulationError, type ClientWithCoreApi } from '@mysten/sui/client';
import type { Transaction } from '@mysten/sui/transactions';
import { expect } from 'chai';
import { createAuditActions, isRefusal } from '../../src/node/audit-actions.js';
import { TransactionFailed, type SampleAnswer } from '../../src/protocol/index.js';

const objectId = (digit: string) => `0x${digit.repeat(64)}`;
const IDS = {
  ...{ auditPackageId: objectId('a'), auditRegistryId: objectId('b'), systemObjectId: objectId('c'), stakingObjectId: objectId('d') },
  walType: `${objectId('e')}::wal::WAL`,
};
/** Of a transaction, with everything in it. */
const MAX_TRANSACTION_BYTES = 128 * 1024;
const MAX_INPUTS = 2048;
/** Largest symbol, and the longest paths that it can have: 1,000 shards, two million blobs. */
const LARGEST = { symbolBytes: 65_534, pathNodes: 10, setNodes: 21 };

const answerOf = (k: number, { symbolBytes = 100, pathNodes = 4, setNodes = 2 } = {}): SampleAnswer => {
  const path = (nodes: number) => Array.from({ length: nodes }, () => new Uint8Array(32));
  const roots = { primaryRoot: new Uint8Array(32), secondaryRoot: new Uint8Array(32) };
  const symbol = { symbol: new Uint8Array(symbolBytes), symbolPath: path(pathNodes), pairPath: path(pathNodes) };
  return { k, setPath: path(setNodes), opening: { rootHash: 1n, sizeBytes: 1n, encodingType: 1, ...roots, ...symbol } };
};

/** Samples that a transaction answers: the only arguments of two bytes. */
function samplesOf(transaction: Transaction): number[] {
  const { inputs, commands } = transaction.getData();
  return commands.flatMap(({ MoveCall: call }) => {
    const input = call?.arguments[3]?.$kind === 'Input' ? inputs[call.arguments[3].Input] : undefined;
    return input?.Pure === undefined ? [] : [Buffer.from(input.Pure.bytes, 'base64').readUInt16LE()];
  });
}

/** Everything a transaction consists of, bytes: arguments, 40 for an object, 100 for a call, 200 for the rest. */
function sizeOf(transaction: Transaction): number {
  const { inputs, commands } = transaction.getData();
  const bytes = inputs.map(({ Pure: pure }) => (pure === undefined ? 40 : Buffer.from(pure.bytes, 'base64').length + 4));
  return bytes.reduce((sum, one) => sum + one, 0) + commands.length * 100 + 200;
}

describe('answers on chain', () => {
  let sent: { readonly samples: number[]; readonly sizeBytes: number; readonly inputs: number }[];
  let taken: number[];
  let refuse: (samples: readonly number[]) => Error | undefined;
  const actions = createAuditActions({} as ClientWithCoreApi, IDS, {
    ...{ nodeId: objectId('1'), capId: objectId('2') },
    send: async (transaction) => {
      const samples = samplesOf(transaction);
      sent.push({ samples, sizeBytes: sizeOf(transaction), inputs: transaction.getData().inputs.length });
      const error = refuse(samples);
      if (error !== undefined) throw error;
      taken.push(...samples);
    },
  });
  const inTime = async () => true;
  const abort = () => new TransactionFailed('answer samples', 'digest', 'MoveAbort');

  beforeEach(() => {
    [sent, taken, refuse] = [[], [], () => undefined];
  });

  it('go into as many transactions as they need', async () => {
    const all = Array.from({ length: 250 }, (_, k) => k);
    expect(await actions.answer(all.map((k) => answerOf(k)), inTime)).to.deep.equal({ answered: all, refused: [] });
    expect(taken).to.deep.equal(all);
    expect(sent.length).to.be.greaterThan(1);
    for (const { inputs } of sent) expect(inputs).to.be.at.most(MAX_INPUTS);
  });

  it('fit into transactions whatever their size, the largest symbols included', async () => {
    for (const symbolBytes of [2, 3000, 16_001, LARGEST.symbolBytes]) {
      sent = [];
      await actions.answer(Array.from({ length: 60 }, (_, k) => answerOf(k, { ...LARGEST, symbolBytes })), inTime);
      expect(sent.flatMap(({ samples }) => samples)).to.have.length(60);
      for (const { sizeBytes } of sent) expect(sizeBytes, `symbols of ${symbolBytes} bytes`).to.be.at.most(MAX_TRANSACTION_BYTES);
    }
  });

  it('do not suffer from those that the chain refuses beside them', async () => {
    const bad = new Set([3, 17, 39]);
    refuse = (samples) => (samples.some((k) => bad.has(k)) ? abort() : undefined);
    const all = Array.from({ length: 40 }, (_, k) => k);
    expect((await actions.answer(all.map((k) => answerOf(k)), inTime)).refused).to.deep.equal([...bad]);
    expect(taken.sort((a, b) => a - b)).to.deep.equal(all.filter((k) => !bad.has(k)));
  });

  it('end when it is too late, instead of being refused one by one', async () => {
    refuse = () => abort();
    const all = Array.from({ length: 250 }, (_, k) => answerOf(k));
    expect(await actions.answer(all, async () => false)).to.deep.equal({ answered: [], refused: [] });
    expect(sent).to.have.length(1);
    sent = [];
    let left = 3;
    refuse = () => undefined;
    const { answered } = await actions.answer(all, async () => --left > 0);
    expect([sent.length, answered.length]).to.deep.equal([3, sent.reduce((sum, { samples }) => sum + samples.length, 0)]);
  });

  it('are not split when the network fails, which says nothing about them', async () => {
    refuse = () => new Error('connection lost');
    const failure = await actions.answer([answerOf(0), answerOf(1)], inTime).then(
      () => undefined,
      (error: Error) => error,
    );
    expect([failure?.message, sent.length]).to.deep.equal(['connection lost', 1]);
  });

  it('are refused by an abort, in a rehearsal too, and by nothing else', () => {
    const aborted = { $kind: 'MoveAbort', message: 'abort' } as unknown as SimulationError['executionError'];
    expect(isRefusal(abort())).to.equal(true);
    expect(isRefusal(new SimulationError('aborts', aborted === undefined ? {} : { executionError: aborted }))).to.equal(true);
    expect(isRefusal(new SimulationError('no gas'))).to.equal(false);
    expect(isRefusal(new Error('connection lost'))).to.equal(false);
  });
});
