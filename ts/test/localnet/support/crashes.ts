/** The promise of `--data`: whatever was answered survives `kill -9` at any moment. */
import { expect } from 'chai';
import { LocalNet } from '../../../src/localnet/index.js';
import { TOTAL_SUPPLY_MIST } from '../../../src/localnet/runtime/limits.js';
import { readCoinBalance } from '../../../src/localnet/runtime/write-set.js';
import { Payer, serve, type Served } from './served.js';

const PAYERS = 6;

/** Serves, hammers, kills, and looks for everything that was answered; `rounds` times over one directory. */
export async function crashLoop(directory: string, rounds: number, seed: number): Promise<number> {
  const random = randomNumbers(seed);
  const payers = Array.from({ length: PAYERS }, (_, index) => new Payer(index));
  let chainId: string | undefined;
  for (let round = 0; round < rounds; round++) {
    const served = await serve(directory);
    try {
      expect(served.chainId).to.equal((chainId ??= served.chainId));
      for (const payer of payers) await expectKnown(served, payer.acknowledged);
      if (round === 0) for (const payer of payers) await payer.fund(served);
      await Promise.all(payers.map((payer) => payer.find(served)));
      await hammer(served, payers, 2 + Math.floor(random() * 120));
    } finally {
      served.process.kill('SIGKILL');
      await served.ended;
    }
  }
  await expectSums(directory, payers);
  return payers.reduce((sum, payer) => sum + payer.acknowledged.length, 0);
}

/** All payers at once, until so many payments were answered; then the process is killed under them. */
async function hammer(served: Served, payers: readonly Payer[], payments: number): Promise<void> {
  let left = payments;
  let killed = false;
  await Promise.all(
    payers.map(async (payer) => {
      while (!killed) {
        try {
          await payer.pay(served);
        } catch (error) {
          if (!killed) throw error;
        }
        if (--left <= 0 && !killed) {
          killed = true;
          served.process.kill('SIGKILL');
        }
      }
    }),
  );
}

async function expectKnown({ client }: Served, digests: readonly string[]): Promise<void> {
  for (let at = 0; at < digests.length; at += 50) {
    const part = digests.slice(at, at + 50);
    const { response } = await client.ledgerService.batchGetTransactions({
      digests: [...part],
      readMask: { paths: ['digest', 'effects.status'] },
    });
    const found = response.transactions.map(({ result }) =>
      result.oneofKind === 'transaction' ? [result.transaction.digest, result.transaction.effects?.status?.success] : result,
    );
    expect(found).to.deep.equal(part.map((digest) => [digest, true]));
  }
}

/** Every acknowledged payment arrived, none twice, and no MIST came from nowhere. */
async function expectSums(directory: string, payers: readonly Payer[]): Promise<void> {
  const net = await LocalNet.start({ data: directory });
  const { ledger } = net;
  for (const { recipient, acknowledged, sent } of payers) {
    const arrived = [...ledger.ownedObjects(recipient)].reduce((sum, coin) => sum + readCoinBalance(coin.contents!), 0n);
    expect(Number(arrived)).to.be.within(acknowledged.length - 1, sent);
    for (const digest of acknowledged) expect(ledger.getTransaction(digest)?.succeeded).to.equal(true);
  }
  const [coin] = ledger.ownedObjects(payers[0]!.recipient);
  let total = [...ledger.objectsOfType(coin!.type)].reduce((sum, each) => sum + readCoinBalance(each.contents!), 0n);
  for (let index = 0n; index < ledger.transactionCount; index++) {
    const { computationCost, storageCost, storageRebate } = ledger.transactionByIndex(index)!.effects.V2!.gasUsed;
    total += BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
  }
  expect(total).to.equal(TOTAL_SUPPLY_MIST);
  await net.stop();
}

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
