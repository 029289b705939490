import { Transaction } from '@mysten/sui/transactions';
import { expect } from 'chai';
import { LocalNet } from 'haulout/localnet';

describe('counter', () => {
  it('counts', async () => {
    const net = await LocalNet.start();
    const signer = net.createSigner('alice');
    await net.faucet(signer.toSuiAddress(), 1_000_000_000n);
    const { packageId } = await net.publish(import.meta.dirname, signer);

    const run = async (call) => {
      const transaction = new Transaction();
      transaction.moveCall({ target: `${packageId}::counter::${call.name}`, arguments: call.with?.(transaction) ?? [] });
      const include = { effects: true, events: true };
      return (await net.client.signAndExecuteTransaction({ transaction, signer, include })).Transaction;
    };
    const created = await run({ name: 'create' });
    const { objectId } = created.effects.changedObjects.find((change) => change.outputOwner?.Shared);
    const before = net.snapshot();
    for (const value of ['1', '2']) {
      const counted = await run({ name: 'increment', with: (tx) => [tx.object(objectId)] });
      expect(counted.events[0].json).to.deep.equal({ value });
    }
    net.revert(before); // back to a counter that has not counted yet
    const again = await run({ name: 'increment', with: (tx) => [tx.object(objectId)] });
    expect(again.events[0].json).to.deep.equal({ value: '1' });
    await net.stop();
  }).timeout(30_000); // the first start compiles the framework; later ones take a fraction of a second
});
