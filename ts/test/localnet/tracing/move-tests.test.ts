/** Traces, gas and source lines of unit tests. */
import { expect } from 'chai';
import { gasReport, gasTable, runMoveTests } from '../../../src/localnet/testing.js';
import type { MoveTestOptions, MoveTestResult, TracedCall } from '../../../src/localnet/testing.js';
import { DEFAULT_TRACE_LIMITS } from '../../../src/localnet/tracing/call-tracer.js';
import { lineOf, VAULT } from './fixture.js';

async function results(options: MoveTestOptions): Promise<Map<string, MoveTestResult>> {
  const found = new Map<string, MoveTestResult>();
  for await (const result of runMoveTests(VAULT, options)) found.set(result.test.name, result);
  return found;
}

function* allCalls(call: TracedCall): Generator<TracedCall> {
  yield call;
  for (const inner of call.calls) yield* allCalls(inner);
}

const close = (a: number, b: number): void => void expect(a).to.be.closeTo(b, 1e-6);

describe('traces of Move tests', function () {
  this.timeout(120_000);
  let plain: Map<string, MoveTestResult>;
  let traced: Map<string, MoveTestResult>;

  before(async () => {
    plain = await results({});
    traced = await results({ trace: '', gas: true, sourceLines: true });
  });

  it('change neither verdicts nor gas', () => {
    for (const [name, { passed, gasUsed, reason }] of plain)
      expect([traced.get(name)!.passed, traced.get(name)!.gasUsed, traced.get(name)!.reason], name).to.deep.equal([passed, gasUsed, reason]);
    expect([...plain].map(([name, { passed }]) => `${name} ${passed}`)).to.deep.equal([
      'one_deep true', 'fails false', 'fails_at_random false',
    ]);
  });

  it('are there for the tests that were asked for', async () => {
    expect([...plain.values()].some(({ trace, line, gas }) => trace ?? line ?? gas)).to.equal(false);
    const failed = await results({ trace: true });
    expect(failed.get('one_deep')!.trace).to.equal(undefined);
    expect(failed.get('fails')!.trace!.roots).to.have.length(1);
    const chosen = await results({ trace: 'one_d' });
    expect([...chosen].filter(([, { trace }]) => trace).map(([name]) => name)).to.deep.equal(['one_deep']);
  });

  it('find the lines of failures', () => {
    expect(traced.get('one_deep')!.line).to.equal(undefined);
    const line = traced.get('fails')!.line!;
    expect([line.path, line.line, line.directory]).to.deep.equal(['sources/vault.move', lineOf('divide'), VAULT]);
    expect(traced.get('fails_at_random')!.line!.line).to.equal(lineOf('random'));
  });

  it('show calls with arguments, results and nesting', () => {
    const root = traced.get('one_deep')!.trace!.roots[0]!.call!;
    const [deep] = root.calls;
    expect(root.calledFrom).to.equal(undefined);
    expect(deep!.at.functionName).to.equal('deep');
    expect(deep!.arguments).to.deep.equal([{ type: 'u64', value: 1n }]);
    expect(deep!.results).to.deep.equal([{ type: 'u64', value: 1n }]);
    expect(deep!.calls.map(({ arguments: [n] }) => n!.value)).to.deep.equal([0n]);
  });

  it('show where calls stand and how a failure came about', () => {
    const text = traced.get('fails')!.trace!.toText();
    const lines = text.split('\n');
    const at = (call: string): string[] => lines.filter((one) => one.includes(`vault::${call}`)).map((one) => /:(\d+)$/.exec(one)?.[1] ?? '');
    expect(new Set(at('halves::half('))).to.deep.equal(new Set([`${lineOf('lambda')}`]));
    expect(at('vault::deep(0)')).to.deep.equal([`${lineOf('deep')}`, ...Array<string>(3).fill(`${lineOf('many')}`)]);
    expect(lines.slice(-3)).to.deep.equal([
      'failed: arithmetic error (status 4017)',
      `  at vault::vault::many, instruction ${traced.get('fails')!.trace!.roots[0]!.stack[0]!.instruction} (sources/vault.move:${lineOf('divide')})`,
      `  at vault::vault::fails, instruction ${traced.get('fails')!.trace!.roots[0]!.stack[1]!.instruction} (sources/vault.move:${lineOf('fails')})`,
    ]);
  });

  it('book the gas of every call once', () => {
    for (const { trace, gasUsed, gas } of traced.values()) {
      const { call } = trace!.roots[0]!;
      for (const one of allCalls(call!)) close(one.gas.own + one.calls.reduce((sum, inner) => sum + inner.gas.total, 0), one.gas.total);
      close(gas!.reduce((sum, row) => sum + row.total, 0), call!.gas.total * (trace!.roots.length));
      expect(Math.floor(call!.gas.total)).to.equal(Number(gasUsed));
      for (const row of gas!) {
        expect(row.min).to.be.at.most(row.mean + 0.001);
        expect(row.mean).to.be.at.most(row.max + 0.001);
        close(Math.round(row.mean * row.calls), Math.round(row.total));
      }
    }
  });

  it('keep to their limits, and count and pay for what they leave out', async () => {
    for (const limits of [{ maxCalls: 3 }, { maxDepth: 2 }, { maxCalls: 0 }]) {
      const found = await results({ trace: 'fails', filter: 'vault::fails', gas: true, traceLimits: { ...DEFAULT_TRACE_LIMITS, ...limits } });
      const { trace, gas } = found.get('fails')!;
      const kept = trace!.roots[0]!.call === undefined ? [] : [...allCalls(trace!.roots[0]!.call)];
      const omitted = kept.reduce((sum, call) => sum + call.omittedCalls, 0);
      const calls = gas!.reduce((sum, row) => sum + row.calls, 0);
      // fails, deep(2), deep(1), deep(0), many, three times deep(0) and half.
      expect(calls).to.equal(11);
      if (limits.maxCalls !== 0) expect(kept.length + omitted).to.equal(calls);
      expect(kept.length).to.equal(limits.maxCalls ?? 3);
      expect(gas).to.deep.equal(traced.get('fails')!.gas);
    }
  });

  it('print gas per function', () => {
    const rows = gasReport([traced.get('one_deep')!.trace!, traced.get('fails')!.trace!]);
    const deep = rows.find((row) => row.function.endsWith('::vault::deep'))!;
    expect(deep.calls).to.equal(2 + 6);
    const table = gasTable(rows).split('\n');
    expect(table).to.have.length(rows.length + 1);
    expect(table[0]).to.match(/^function +calls +min +mean +max +total$/);
  });
});
