/** Runs the transactions of `gas-figures.ts` on our network and writes the table of docs/gas.md. */
import { fileURLToPath } from 'node:url';
import { bcs } from '@mysten/sui/bcs';
import { Transaction, type TransactionArgument, type TransactionObjectArgument } from '@mysten/sui/transactions';
import { LocalNet } from '../../../src/localnet/index.js';
import type { TransactionRecord } from '../../../src/localnet/ledger/transactions.js';
import { splitRebate } from '../../../src/localnet/runtime/gas.js';
import { buildPackage } from '../../../src/move/index.js';
import { scenarios, type Difference, type Figures, type Scenario, type Step } from './gas-figures.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/gas/', import.meta.url));
const BUDGET_MIST = 50_000_000_000_000n;

export interface Row {
  readonly scenario: Scenario;
  readonly step: Step;
  readonly published: Figures;
  /** Rebate and fee at the rate of the snapshot. */
  readonly ours: Figures;
}

/** Every transaction of every scenario. */
export async function measure(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const scenario of scenarios) {
    const run = await Run.start(scenario);
    for (const step of scenario.steps) {
      const ours = await run.step(step);
      if (step.published) rows.push({ scenario, step, published: step.published, ours });
    }
  }
  return rows;
}

/** The table and the reasons below it, as docs/gas.md has them. */
export function tableOf(rows: readonly Row[]): string {
  const reasons: string[] = [];
  const lines = rows.map(({ scenario, step, published, ours }) => {
    const mark = step.difference ? ` [${reasonNumber(reasons, step.difference)}]` : '';
    const name = [step.action, ...(step.args ?? [])].join(' ');
    const cells = published.map((figure, i) => (figure === ours[i] ? `${figure}` : `${figure} → **${ours[i]}**${mark}`));
    return `| ${scenario.file} ${step.task} | ${name} | ${cells.join(' | ')} |`;
  });
  return [
    '| Snapshot, task | Transaction | Computation | Storage | Rebate | Non-refundable |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
  ].join('\n');
}

function reasonNumber(reasons: string[], { why }: Difference): number {
  const index = reasons.indexOf(why);
  return index < 0 ? reasons.push(why) : index + 1;
}

/** One scenario on a network of its own. Its gas coins come from nowhere, so their first rebate is 0. */
class Run {
  readonly #net: LocalNet;
  readonly #scenario: Scenario;
  readonly #coins = new Map<string, string>();
  readonly #records = new Map<number, TransactionRecord>();
  #packageId = '0x2';

  private constructor(net: LocalNet, scenario: Scenario) {
    this.#net = net;
    this.#scenario = scenario;
  }

  static async start(scenario: Scenario): Promise<Run> {
    return new Run(await LocalNet.start(), scenario);
  }

  async step(step: Step): Promise<Figures> {
    const transaction = new Transaction();
    await this.#build(transaction, step);
    const sender = this.#address(step.sender ?? 'nobody in particular');
    transaction.setSender(sender);
    transaction.setGasPrice(1_000);
    transaction.setGasBudget(BUDGET_MIST);
    transaction.setGasPayment([this.#ref(this.#coin(sender))]);
    const record = this.#net.ledger.executeUnsigned(await transaction.build());
    if (record.succeeded !== (step.published !== undefined)) throw new Error(`${this.#scenario.file} task ${step.task}: ${record.failureDescription}`);
    this.#records.set(step.task, record);
    const { computationCost, storageCost, storageRebate, nonRefundableStorageFee } = record.effects.V2!.gasUsed;
    const { returned, kept } = splitRebate(BigInt(storageRebate) + BigInt(nonRefundableStorageFee), this.#scenario.rate);
    return [BigInt(computationCost), BigInt(storageCost), returned, kept];
  }

  async #build(tx: Transaction, step: Step): Promise<void> {
    const { action } = step;
    if (action === 'publish') {
      const built = await buildPackage(FIXTURES + this.#scenario.fixture!);
      const modules = built.modules.map((module) => Array.from(module));
      const cap = tx.publish({ modules, dependencies: [...built.dependencies] });
      tx.moveCall({ target: '0x2::package::make_immutable', arguments: [cap] });
    } else if (action === 'split and transfer') {
      const [amount, recipient] = step.args!;
      tx.transferObjects([tx.splitCoins(tx.gas, [amount as number])[0]!], this.#address(String(recipient).slice(1)));
    } else if (action === 'nested vectors') {
      let type = 'u64';
      let element: TransactionObjectArgument | ReturnType<Transaction['pure']> = tx.pure.u64(0);
      for (let level = 0; level < 6; level++) {
        element = tx.makeMoveVec({ type, elements: Array<TransactionObjectArgument>(8).fill(element as TransactionObjectArgument) });
        type = `vector<${type}>`;
      }
    } else {
      if (this.#scenario.fixture) this.#packageId = this.#published();
      const typeArguments = action.startsWith('pay::') ? ['0x2::sui::SUI'] : [];
      const args = (step.args ?? []).map((value) => this.#argument(tx, value));
      tx.moveCall({ target: `${this.#packageId}::${action}`, arguments: args, typeArguments });
    }
  }

  #published(): string {
    return this.#records.get(1)!.outputObjects.find(({ type }) => type === 'package')!.id;
  }

  #argument(tx: Transaction, value: number | string): TransactionArgument {
    if (typeof value === 'number') return tx.pure.u64(value);
    if (value.startsWith('@')) return tx.pure.address(this.#address(value.slice(1)));
    const object = this.#created(Number(value.slice(1)));
    const shared = object.owner.Shared;
    return shared
      ? tx.sharedObjectRef({ objectId: object.id, initialSharedVersion: shared.initialSharedVersion, mutable: true })
      : tx.objectRef(this.#ref(object.id));
  }

  /** The only object that a step created. */
  #created(task: number) {
    const { inputObjects, outputObjects } = this.#records.get(task)!;
    const known = new Set(inputObjects.map(({ id }) => id));
    const created = outputObjects.filter(({ id }) => !known.has(id));
    if (created.length !== 1) throw new Error(`task ${task} created ${created.length} objects`);
    return this.#net.ledger.getObject(created[0]!.id)!;
  }

  #ref(objectId: string) {
    const { version, digest } = this.#net.ledger.getObject(objectId)!;
    return { objectId, version: version.toString(), digest };
  }

  #address(account: string): string {
    return this.#net.createSigner(account).toSuiAddress();
  }

  #coin(owner: string): string {
    let coin = this.#coins.get(owner);
    if (coin === undefined) {
      const fields = bcs.u64().serialize(BUDGET_MIST * 2n).toBytes();
      coin = this.#net.mintObject('0x2::coin::Coin<0x2::sui::SUI>', fields, owner).id;
      this.#coins.set(owner, coin);
    }
    return coin;
  }
}
