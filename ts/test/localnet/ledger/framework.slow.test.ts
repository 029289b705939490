/**
 * Networks on a framework that is not ours. What the network itself relies on are names of public and system
 * functions and layouts of the specification, so a copy whose private functions have other names must do.
 */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import { Bench } from '../support/bench.js';

const FRAMEWORK = fileURLToPath(new URL('../../../../move/framework', import.meta.url));
/** Private functions that the network calls, or that the compiler knows by name. */
const CALLED_BY_THE_SYSTEM = new Set([
  'create',
  'init',
  'new',
  'consensus_commit_prologue',
  'update_randomness_state',
  'update_authenticator_state',
  'settle_u128',
  'settlement_prologue',
  'record_settlement_sui_conservation',
]);
const PRIVATE_FUNCTION = /^(?:#\[[^\]]*\]\s*)*fun (\w+)/gm;

/** Gives private functions whose names nothing else in the framework has another name. Answers how many there were. */
async function renamePrivateFunctions(root: string): Promise<number> {
  const texts = new Map<string, string>();
  for (const part of ['move-stdlib', 'sui-framework']) {
    const sources = path.join(root, part, 'sources');
    for (const file of await readdir(sources, { recursive: true }))
      if (file.endsWith('.move')) texts.set(path.join(sources, file), await readFile(path.join(sources, file), 'utf8'));
  }
  const everything = [...texts.values()].join('\n');
  let count = 0;
  for (const [file, text] of texts) {
    let changed = text;
    for (const [, name] of text.matchAll(PRIVATE_FUNCTION)) {
      const isUnique = everything.match(new RegExp(`\\b(fun|as \\w+\\.|use fun) ?${name}\\b`, 'g'))?.length === 1;
      if (CALLED_BY_THE_SYSTEM.has(name!) || !isUnique) continue;
      changed = changed.replace(new RegExp(`\\b${name}\\b(?=\\s*(<[^;{}()]*>)?\\()`, 'g'), `other_${name}`);
      count++;
    }
    await writeFile(file, changed);
  }
  return count;
}

describe('a network on another framework', function () {
  this.timeout(180_000);
  let root: string;
  let bench: Bench;
  before(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'haulout-framework-'));
    await cp(FRAMEWORK, root, { recursive: true });
    expect(await renamePrivateFunctions(root)).to.be.greaterThan(20);
    bench = await Bench.start({ framework: root, cache: false });
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('has all singletons', () => {
    for (const id of ['0x6', '0x7', '0x8', '0xa', '0xc', '0xd', '0x403', '0xacc'])
      expect(bench.ledger.getObject('0x' + id.slice(2).padStart(64, '0'))?.owner.$kind, id).to.equal('Shared');
  });

  it('runs the clock, randomness, objects and coins', async () => {
    bench.net.clock.advance(1_000n);
    const record = await bench.succeed((tx) => {
      tx.moveCall({ target: bench.target('rules::now'), arguments: [bench.shared(tx, '0x' + '6'.padStart(64, '0'), false)] });
      tx.moveCall({ target: bench.target('rules::roll'), arguments: [bench.shared(tx, '0x' + '8'.padStart(64, '0'), false)] });
    });
    expect(record.events).to.have.length(1);
    bench.net.mintObject(bench.target('object_basics::Object'), bcs.u64().serialize(1).toBytes(), bench.sender);
    bench.net.advanceEpoch();
  });

  it('settles address balances', async () => {
    await bench.succeed((tx) => {
      const [part] = tx.splitCoins(tx.gas, [500]);
      tx.moveCall({ target: '0x2::coin::send_funds', typeArguments: ['0x2::sui::SUI'], arguments: [part!, tx.pure.address('0xb0b')] });
    });
    const { balance } = await bench.net.client.core.getBalance({ owner: '0x' + 'b0b'.padStart(64, '0') });
    expect(balance.addressBalance).to.equal('500');
  });
});
