/** Instructions, control flow, values and limits, on compiled Move code. */
import { expect } from 'chai';
import fc from 'fast-check';
import { VmGasMeter } from '../../../src/localnet/vm/index.js';
import type { MoveVm } from '../../../src/localnet/vm/index.js';
import { call, failureText, fixture, returns, vmWith } from './support.js';

const max = (bits: number): bigint => (1n << BigInt(bits)) - 1n;

describe('Move VM: execution', function () {
  let vm: MoveVm;

  before(async () => {
    ({ vm } = await vmWith(fixture('basics')));
  });

  const arithmetic: { name: string; args: (bigint | number)[]; expected: unknown }[] = [
    { name: 'add8', args: [200, 55], expected: 255 },
    { name: 'add8', args: [200, 56], expected: '4017' },
    { name: 'sub8', args: [5, 5], expected: 0 },
    { name: 'sub8', args: [5, 6], expected: '4017' },
    { name: 'mul8', args: [16, 16], expected: '4017' },
    { name: 'mul8', args: [15, 17], expected: 255 },
    { name: 'add16', args: [65535, 1], expected: '4017' },
    { name: 'mul16', args: [257, 255], expected: 65535 },
    { name: 'mul16', args: [256, 256], expected: '4017' },
    { name: 'add32', args: [4294967295, 0], expected: 4294967295 },
    { name: 'add32', args: [4294967295, 1], expected: '4017' },
    { name: 'mul32', args: [65537, 65535], expected: 4294967295 },
    { name: 'mul32', args: [4294967295, 4294967295], expected: '4017' },
    { name: 'div32', args: [4294967295, 2], expected: 2147483647 },
    { name: 'add64', args: [max(64), 0n], expected: max(64) },
    { name: 'add64', args: [max(64), 1n], expected: '4017' },
    { name: 'sub64', args: [0n, 1n], expected: '4017' },
    { name: 'mul64', args: [4294967296n, 4294967295n], expected: 18446744069414584320n },
    { name: 'mul64', args: [4294967296n, 4294967296n], expected: '4017' },
    { name: 'mul64', args: [0n, max(64)], expected: 0n },
    { name: 'div64', args: [7n, 0n], expected: '4017' },
    { name: 'mod64', args: [7n, 0n], expected: '4017' },
    { name: 'mod64', args: [max(64), 10n], expected: 5n },
    { name: 'add128', args: [max(128), 1n], expected: '4017' },
    { name: 'mul128', args: [max(64), max(64)], expected: max(64) * max(64) },
    { name: 'mul128', args: [max(64) + 1n, max(64) + 1n], expected: '4017' },
    { name: 'add256', args: [max(256), 1n], expected: '4017' },
    { name: 'mul256', args: [max(128), max(128)], expected: max(128) * max(128) },
    { name: 'sub256', args: [1n, 2n], expected: '4017' },
    { name: 'shl8', args: [255, 1], expected: 254 },
    { name: 'shl8', args: [1, 8], expected: '4017' },
    { name: 'shl32', args: [4294967295, 31], expected: 2147483648 },
    { name: 'shl64', args: [max(64), 63], expected: 1n << 63n },
    { name: 'shl64', args: [1n, 64], expected: '4017' },
    { name: 'shr64', args: [max(64), 63], expected: 1n },
    { name: 'shr64', args: [1n, 64], expected: '4017' },
    { name: 'shl256', args: [3n, 255], expected: 1n << 255n },
    { name: 'cast64to8', args: [255n], expected: 255 },
    { name: 'cast64to8', args: [256n], expected: '4017' },
    { name: 'cast256to64', args: [max(64) + 1n], expected: '4017' },
    { name: 'cast256to64', args: [max(64)], expected: max(64) },
    { name: 'cast8to256', args: [255], expected: 255n },
    { name: 'cast32to16', args: [65536], expected: '4017' },
  ];
  for (const { name, args, expected } of arithmetic)
    it(`${name}(${args.join(', ')}) is ${String(expected)}`, () => {
      const outcome = call(vm, name, args);
      if (typeof expected === 'string') expect(failureText(outcome)).to.equal(expected);
      else expect(returns(outcome)).to.deep.equal([expected]);
    });

  it('agrees with exact integers on random u64 operands', () => {
    const u64 = fc.oneof(fc.bigInt(0n, max(64)), fc.bigInt(0n, max(33)), fc.constantFrom(0n, 1n, max(32), max(64)));
    const operations: Record<string, (a: bigint, b: bigint) => bigint | undefined> = {
      add64: (a, b) => a + b,
      sub64: (a, b) => a - b,
      mul64: (a, b) => a * b,
      div64: (a, b) => (b === 0n ? undefined : a / b),
      mod64: (a, b) => (b === 0n ? undefined : a % b),
    };
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(operations)), u64, u64, (name, a, b) => {
        const exact = operations[name]!(a, b);
        const outcome = call(vm, name, [a, b]);
        if (exact === undefined || exact < 0n || exact > max(64)) expect(failureText(outcome)).to.equal('4017');
        else expect(returns(outcome)).to.deep.equal([exact]);
      }),
      { numRuns: 500 },
    );
  });

  it('combines bits of u32 without sign and of u64', () => {
    expect(returns(call(vm, 'bits32', [0xf0000000, 0x8000000f]))).to.deep.equal([0xf000000f, 0x80000000, 0x7000000f]);
    expect(returns(call(vm, 'bits64', [max(64), 1n << 63n]))).to.deep.equal([max(64), 1n << 63n, max(63)]);
  });

  it('loads constants afresh', () => {
    expect(returns(call(vm, 'constants', []))).to.deep.equal([[...Buffer.from('hello')], max(256)]);
    const [changed, fresh] = returns(call(vm, 'constant_is_fresh', []));
    expect(changed).to.have.length(6);
    expect(fresh).to.have.length(5);
  });

  it('copies deeply', () => {
    expect(returns(call(vm, 'copies_are_deep', []))).to.deep.equal([1n, 100n, [1], [1, 2]]);
  });

  it('writes through references to locals, fields and elements', () => {
    expect(returns(call(vm, 'references', []))).to.deep.equal([6n, 11n, 21n, [7n, 9n, 18n]]);
    expect(returns(call(vm, 'overwrite', []))).to.deep.equal([50n, [...Buffer.from('abc')]]);
  });

  it('keeps operands on the stack while locals change', () => {
    expect(returns(call(vm, 'stack_order', [1n]))).to.deep.equal([1n + 11n + 22n]);
    const list = [1n, 5n, 20n];
    expect(returns(call(vm, 'evaluation_order', [list]))).to.deep.equal([15n]);
    expect(list).to.deep.equal([1n]);
  });

  it('matches enums by variant, with guards, by value and by reference', () => {
    expect(returns(call(vm, 'shapes', []))).to.deep.equal([[3n, 27n, 3n, 1n]]);
    expect(returns(call(vm, 'equal_shapes', []))).to.deep.equal([false, true, false]);
  });

  it('instantiates generics, nested', () => {
    expect(returns(call(vm, 'nested', []))).to.deep.equal([2]);
    const list = ['a', 'b', 'c'];
    returns(call(vm, 'swap_ends', [list], { typeArguments: [{ kind: 'address' }] }));
    expect(list).to.deep.equal(['c', 'b', 'a']);
  });

  it('reports vector errors with their sub-status', () => {
    expect(failureText(call(vm, 'element', [[1n], 1n]))).to.equal('4018.1');
    expect(failureText(call(vm, 'element', [[1n], max(64)]))).to.equal('4018.1');
    expect(failureText(call(vm, 'pop', [[]]))).to.equal('4018.2');
    expect(failureText(call(vm, 'destroy', [[1n]]))).to.equal('4018.3');
    expect(returns(call(vm, 'element', [[1n, 9n], 1n]))).to.deep.equal([9n]);
  });

  it('structures nested loops with early exits', () => {
    // 97 needs 118 steps, more than any smaller number.
    expect(returns(call(vm, 'collatz', [100n]))).to.deep.equal([118n, 97n]);
  });

  it('allows 1024 frames below the entry and reports the call that is too deep', () => {
    expect(returns(call(vm, 'depth', [1024n]))).to.deep.equal([1024n]);
    const outcome = call(vm, 'depth', [1025n]);
    expect(failureText(outcome)).to.equal('4021');
    if (outcome.ok || outcome.failure.kind !== 'runtimeError') throw new Error('expected a run-time error');
    expect(outcome.failure.location.functionName).to.equal('depth');
    expect(outcome.failure.location.instruction).to.be.greaterThan(0);
    expect(returns(call(vm, 'depth', [3n])), 'the VM is usable afterwards').to.deep.equal([3n]);
  });

  it('locates aborts in the function that aborts', () => {
    expect(failureText(call(vm, 'check', [3n]))).to.match(/^42@check:\d+$/);
    expect(failureText(call(vm, 'check_through', [3n]))).to.match(/^42@check:\d+$/);
    expect(returns(call(vm, 'check_through', [4n]))).to.deep.equal([5n]);
  });

  it('gives clever abort codes whose name index points into the constants', () => {
    const outcome = call(vm, 'check_clever', [1n]);
    if (outcome.ok || outcome.failure.kind !== 'abort') throw new Error('expected an abort');
    const { code, location } = outcome.failure;
    expect(code >> 60n).to.equal(0xcn);
    const constants = vm.moduleInfo(location.package, location.module)!.constants;
    const text = (index: number): string => Buffer.from(constants[index]!.data.subarray(1)).toString();
    expect(text(Number((code >> 16n) & 0xffffn))).to.equal('ETooSmall');
    expect(text(Number(code & 0xffffn))).to.equal('too small');
  });

  describe('gas', () => {
    it('ends endless loops, with and without calls', () => {
      for (const name of ['forever', 'forever_calling']) {
        const gas = new VmGasMeter(5_000_000n);
        expect(failureText(call(vm, name, [], { gas }))).to.equal('outOfGas');
        expect(gas.used >= 5_000_000n).to.equal(true);
      }
    });

    it('is the same for the same call and grows with work', () => {
      const used = (n: bigint): bigint => {
        const gas = new VmGasMeter(undefined);
        returns(call(vm, 'fibonacci', [n], { gas }));
        return gas.used;
      };
      expect(used(10n)).to.equal(used(10n));
      expect(used(11n) > used(10n)).to.equal(true);
    });

    it('charges what ran before an abort', () => {
      const gas = new VmGasMeter(undefined);
      call(vm, 'check', [1n], { gas });
      expect(gas.used > 0n).to.equal(true);
    });

    it('accumulates over the calls of one transaction, through the tiers', () => {
      const gas = new VmGasMeter(undefined);
      returns(call(vm, 'fibonacci', [16n], { gas }));
      const first = gas.used;
      returns(call(vm, 'fibonacci', [16n], { gas }));
      expect(gas.used > 2n * first).to.equal(true);
    });
  });

  it('shows a tracer calls, results and blocks', () => {
    const seen: string[] = [];
    const blocks: number[] = [];
    const outcome = call(vm, 'check_through', [9n], {
      trace: {
        onEnter: (fn, args) => seen.push(`> ${fn.location(0).functionName}(${args.join()})`),
        onLeave: (fn, results) => seen.push(`< ${fn.location(0).functionName} ${results.join()}`),
        onBlock: (_fn, start) => blocks.push(start),
      },
    });
    expect(returns(outcome)).to.deep.equal([10n]);
    expect(seen).to.deep.equal(['> check_through(9)', '> check(9)', '< check 9', '< check_through 10']);
    expect(blocks.length).to.be.greaterThan(2);
  });

  it('answers with a link error for what does not exist', () => {
    expect(failureText(call(vm, 'no_such_function', []))).to.equal('linkError');
    expect(failureText(call(vm, 'check', [1n], { module: 'nowhere' }))).to.equal('linkError');
    expect(failureText(call(vm, 'check', [1n], { package: 77 }))).to.equal('linkError');
  });
});
