/** Reading test attributes and rewriting sources; what expected_failure means. */
import { expect } from 'chai';
import type { VmFailure } from '../../../src/localnet/vm/index.js';
import { matchesExpectation, parseExpectation } from '../../../src/localnet/vm/testing/expectation.js';
import { readTestSource } from '../../../src/localnet/vm/testing/move-source.js';
import { address } from './support.js';

const source = `module a::coin;
use a::errors::{Self as errs, EOther as Renamed};
// #[test] fun not_me() {}
/* #[test] /* nested */ fun nor_me() {} */
const EBase: u64 = 40;
#[error]
const EClever: vector<u8> = b"#[test] in a string";
public struct COIN has drop {}
fun init(otw: COIN, ctx: &mut TxContext) { let COIN {} = otw; }
entry fun enter() {}
public entry fun open() {}
#[test_only]
public fun helper(): COIN { COIN {} }
#[test]
fun plain() { init(COIN { }, &mut tx_context::dummy()); s.init(); }
#[test, expected_failure(abort_code = EBase,
    location = a::coin)]
fun fails() {}
#[test]
#[expected_failure]
#[allow(unused)]
fun fails_somehow() {}
#[random_test]
fun rolls(x: u64) {}
`;

describe('unit tests: sources', () => {
  const read = readTestSource(source, true);

  it('finds tests with module, name, line and expectation', () => {
    expect(read.tests.map(({ module, name, line, isRandom, expectedFailure }) => ({ module, name, line, isRandom, expectedFailure }))).to.deep.equal([
      { module: 'coin', name: 'plain', line: 15, isRandom: false, expectedFailure: undefined },
      { module: 'coin', name: 'fails', line: 18, isRandom: false, expectedFailure: 'abort_code = EBase,\n    location = a::coin' },
      { module: 'coin', name: 'fails_somehow', line: 22, isRandom: false, expectedFailure: '' },
      { module: 'coin', name: 'rolls', line: 24, isRandom: true, expectedFailure: undefined },
    ]);
  });

  it('keeps every line where it was', () => {
    expect(read.text.split('\n')).to.have.length(source.split('\n').length);
    expect(read.text.split('\n')[21]).to.equal('fun fails_somehow() {}');
  });

  it('removes test attributes and keeps the others', () => {
    const code = read.text.replace(/\/\*.*\*\/|\/\/.*|"[^"]*"/g, '');
    expect(code).not.to.match(/#\[[^\]]*(test|expected_failure)/);
    expect(code).to.include('#[allow(unused)]').and.to.include('#[error]');
  });

  it('gives tests what only test mode allows', () => {
    expect(read.text).to.include('fun init_in_tests(otw').and.to.include('init_in_tests(sui::test_utils::create_one_time_witness<COIN>()');
    expect(read.text).to.include('s.init()').and.to.include('let COIN {} = otw').and.to.include('struct COIN has drop {}');
    expect(read.text).to.include('public entry fun enter').and.to.include('\npublic entry fun open');
  });

  it('leaves out the tests of dependencies, not their helpers', () => {
    const dependency = readTestSource(source, false);
    expect(dependency.tests).to.deep.equal([]);
    expect(dependency.text).to.include('#[test]\nfun plain').and.to.include('fun init(');
    expect(dependency.text).not.to.include('#[test_only]');
  });

  it('reads constants and aliases', () => {
    expect(read.constants.map(({ name, isError }) => [name, isError])).to.deep.equal([['EBase', false], ['EClever', true]]);
    const aliases = read.tests[0]!.aliases;
    expect(aliases.get('errs')).to.equal('a::errors');
    expect(aliases.get('Renamed')).to.equal('a::errors::EOther');
  });
});

describe('unit tests: expected failures', () => {
  const known: Record<string, { value: string; isError: boolean }> = {
    'coin::EBase': { value: '40', isError: false },
    'coin::EDerived': { value: 'EBase + (1 << 4)', isError: false },
    'errors::EOther': { value: '0x2_A', isError: false },
    'coin::EClever': { value: 'b"x"', isError: true },
  };
  const constants = { find: (module: string, name: string) => known[`${module}::${name}`] };
  const aliases = new Map([['errs', 'a::errors'], ['Renamed', 'a::errors::EOther']]);
  const parse = (text: string) => parseExpectation(text, 'coin', aliases, constants);
  const location = (module: string) => ({ package: address(0), moduleAddress: address(0), module, function: 0, functionName: 'f', instruction: 0 });
  const abort = (code: bigint, module: string): VmFailure => ({ kind: 'abort', code, location: location(module) });
  const status = (code: number, module: string, subStatus?: number): VmFailure => ({
    kind: 'runtimeError', status: code, message: '', location: location(module), ...(subStatus === undefined ? {} : { subStatus }),
  });

  const cases: { text: string; fits: VmFailure[]; misses: VmFailure[] }[] = [
    { text: '', fits: [abort(1n, 'x'), status(4017, 'x'), { kind: 'outOfGas' }], misses: [] },
    { text: 'abort_code = 3', fits: [abort(3n, 'x')], misses: [abort(4n, 'x'), status(4017, 'x')] },
    { text: 'abort_code = 3, location = Self', fits: [abort(3n, 'coin')], misses: [abort(3n, 'x')] },
    { text: 'abort_code = EBase', fits: [abort(40n, 'coin')], misses: [abort(40n, 'errors')] },
    { text: 'abort_code = EDerived', fits: [abort(56n, 'coin')], misses: [abort(40n, 'coin')] },
    { text: 'abort_code = errs::EOther', fits: [abort(42n, 'errors')], misses: [abort(42n, 'coin')] },
    { text: 'abort_code = Renamed', fits: [abort(42n, 'errors')], misses: [abort(42n, 'coin')] },
    { text: 'abort_code = ::a::errors::EOther', fits: [abort(42n, 'errors')], misses: [abort(41n, 'errors')] },
    { text: 'abort_code = EClever', fits: [abort(99n, 'coin')], misses: [abort(98n, 'coin')] },
    { text: 'arithmetic_error, location = a::coin', fits: [status(4017, 'coin')], misses: [status(4018, 'coin'), status(4017, 'x')] },
    { text: 'vector_error', fits: [status(4018, 'x', 1)], misses: [status(4017, 'x')] },
    { text: 'vector_error, minor_status = 2', fits: [status(4018, 'x', 2)], misses: [status(4018, 'x', 1)] },
    { text: 'out_of_gas', fits: [{ kind: 'outOfGas' }], misses: [status(4017, 'x')] },
    { text: 'major_status = 4018, minor_status = 3', fits: [status(4018, 'x', 3)], misses: [status(4018, 'x', 1)] },
  ];
  for (const { text, fits, misses } of cases)
    it(text === '' ? 'anything' : text, () => {
      const expected = parse(text);
      const cleverName = (failure: VmFailure & { kind: 'abort' }): string => (failure.code === 99n ? 'EClever' : 'Another');
      for (const failure of fits) expect(matchesExpectation(expected, failure, cleverName)).to.equal(true);
      for (const failure of misses) expect(matchesExpectation(expected, failure, cleverName)).to.equal(false);
    });

  it('refuses what it does not understand', () => {
    expect(() => parse('abort_code = EUnknown')).to.throw(SyntaxError);
    expect(() => parse('something = 3')).to.throw(SyntaxError);
  });
});
