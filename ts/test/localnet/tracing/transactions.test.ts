/** Traces of transactions: executed ones on the state they met, others on the present one. */
import { Transaction } from '@mysten/sui/transactions';
import { bcs } from '@mysten/sui/bcs';
import { expect } from 'chai';
import { LocalNet, LocalNetError, NotTraceable, type TracedCall, type TransactionTrace } from '../../../src/localnet/index.js';
import { lineOf, VAULT } from './fixture.js';

describe('traces of transactions', function () {
  this.timeout(120_000);
  let net: LocalNet;
  let sender: string;
  let packageId: string;
  let vault: string;

  const take = (amount: number): Transaction => {
    const transaction = new Transaction();
    transaction.moveCall({ target: `${packageId}::vault::take`, arguments: [transaction.object(vault), transaction.pure.u64(amount)] });
    return transaction;
  };
  const rootOf = (trace: TransactionTrace): TracedCall => trace.roots[0]!.call!;

  before(async () => {
    net = await LocalNet.start({ seed: 'traces' });
    const signer = net.createSigner('owner');
    sender = signer.toSuiAddress();
    await net.faucet(sender, 50_000_000_000n);
    ({ packageId } = await net.publish(VAULT, signer));
    const transaction = new Transaction();
    const labels = bcs.byteVector().serialize(new Uint8Array(100).fill(7));
    transaction.moveCall({ target: `${packageId}::vault::create`, arguments: [transaction.pure.u64(50), transaction.pure(labels)] });
    const record = await net.executeAs(sender, transaction);
    vault = record.outputObjects.find(({ owner }) => owner.Shared !== undefined)!.id;
  });

  it('show arguments by field, cut short, with results, events, gas and lines', async () => {
    const { digest, effectsDigest, succeeded } = await net.executeAs(sender, take(8));
    expect(succeeded).to.equal(true);
    const trace = await net.trace(digest);
    expect(trace.transaction.effectsDigest).to.equal(effectsDigest);
    const root = rootOf(trace);
    expect(root.arguments[0]).to.deep.equal({
      type: `&mut ${packageId}::vault::Vault`,
      value: {
        id: vault,
        amount: 50n,
        labels: `0x${'07'.repeat(32)}… (100 bytes)`,
        history: [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, '… 12 more'],
      },
    });
    expect(root.results!.map(({ value }) => value)).to.deep.equal([50n, 42n]);
    const lines = trace.toText().split('\n');
    const lineWith = (text: string): string => lines.find((line) => line.includes(text))!;
    expect(lineWith('vault::check(')).to.match(new RegExp(`sources/vault.move:${lineOf('check')}$`));
    expect(lineWith('halves::half(50)')).to.match(new RegExp(`→ 25 +\\[[\\d.]+\\] +sources/vault.move:${lineOf('half')}$`));
    expect(lineWith('event::emit')).to.contain('{amount: 8}').and.to.match(new RegExp(`:${lineOf('emit')}$`));
    expect(trace.gasReport().map((row) => row.function)).to.include(`${packageId}::vault::check`);
  });

  it('run on the state the transaction met, also when it has changed since', async () => {
    const first = await net.executeAs(sender, take(1));
    await net.executeAs(sender, take(2));
    net.clock.advance(1000);
    net.advanceEpoch();
    const before = net.ledger.checkpointCount;
    const again = await net.trace(first.digest);
    expect(again.transaction.effectsDigest).to.equal(first.effectsDigest);
    expect(rootOf(again).results!.map(({ value }) => value)).to.deep.equal([42n, 41n]);
    expect(net.ledger.checkpointCount).to.equal(before);
  });

  it('tell a clever error by its name and text, with lines all the way up', async () => {
    const failed = net.ledger.executeUnsigned((await net.trace(take(77), { sender })).transaction.bytes);
    expect(failed.succeeded).to.equal(false);
    await net.executeAs(sender, take(1));
    const trace = await net.trace(failed.digest);
    expect(trace.roots[0]!.stack.map(({ functionName }) => functionName)).to.deep.equal(['check', 'take']);
    expect(trace.toText()).to.contain('failed: aborted with ETooMuch: more than there is (line ')
      .and.to.contain(`vault::check, instruction ${trace.roots[0]!.stack[0]!.instruction} (sources/vault.move:${lineOf('assert')})`)
      .and.to.contain(`(sources/vault.move:${lineOf('check')})`);
    // The compiler's own line of a clever error is the oracle of ours.
    expect(trace.transaction.cleverError!.lineNumber).to.equal(lineOf('assert'));
    expect(rootOf(trace).results).to.equal(undefined);
  });

  it('give plain abort codes and arithmetic errors their lines', async () => {
    const low = await net.trace(take(1000), { sender });
    expect(low.toText()).to.contain(`(sources/vault.move:${lineOf('long assert')})`);
    const vaultOf = net.ledger.getObject(vault)!;
    const amount = Number(new DataView(vaultOf.contents!.buffer, vaultOf.contents!.byteOffset + 32, 8).getBigUint64(0, true));
    const over = await net.trace(take(amount + 1), { sender });
    expect(over.transaction.failureDescription).to.match(/MovePrimitiveRuntimeError/);
    expect(over.toText()).to.contain(`vault::take, instruction`).and.to.contain(`(sources/vault.move:${lineOf('subtract')})`);
  });

  it('do not execute what is only given', async () => {
    const before = net.ledger.checkpointCount;
    const bytes = await (async () => {
      const transaction = take(3);
      transaction.setSender(sender);
      return transaction.build({ client: net.client });
    })();
    expect((await net.trace(bytes)).transaction.failureDescription).to.equal(undefined);
    expect((await net.trace(take(3), { sender })).transaction.failureDescription).to.equal(undefined);
    expect(net.ledger.checkpointCount).to.equal(before);
  });

  it('are bounded', async () => {
    const transaction = new Transaction();
    transaction.moveCall({ target: `${packageId}::vault::many`, arguments: [transaction.pure.u64(3000)] });
    const trace = await net.trace(transaction, { sender, limits: { maxCalls: 100 } });
    const root = rootOf(trace);
    expect(root.calls.length).to.equal(99);
    expect(root.omittedCalls).to.equal(6000 - 99);
    expect(trace.toText()).to.contain(`… ${6000 - 99} more calls`);
    expect(trace.gasReport().find((row) => row.function.endsWith('::deep'))!.calls).to.equal(3000);
  });

  it('have no roots where no Move code was called', async () => {
    const { digest } = await net.faucet(sender, 1n);
    expect((await net.trace(digest)).roots).to.deep.equal([]);
  });

  it('refuse what cannot be traced', async () => {
    const rejections: [string | Transaction, RegExp][] = [
      ['11111111111111111111111111111111', /no transaction/],
      [net.ledger.transactionByIndex(0n)!.digest, /network itself/],
      [take(1), /needs a sender/],
    ];
    for (const [what, message] of rejections) {
      const error: unknown = await net.trace(what).catch((one: unknown) => one);
      expect(error).to.be.instanceOf(NotTraceable).and.instanceOf(LocalNetError);
      expect((error as Error).message).to.match(message);
    }
  });
});
