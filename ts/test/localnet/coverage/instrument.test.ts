/** Probes in sources: they add to a line what they add and change nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { addressOfModules, instrument } from '../../../src/localnet/coverage/instrument.js';
import { SourceNotUnderstood } from '../../../src/localnet/coverage/probe-map.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

function probed(source: string, mode: 'coverage' | 'lines' = 'coverage'): string {
  let next = 0;
  const { text } = instrument(source, { path: 'm.move', mode, address: 'p', nextProbe: () => next++ });
  return text.replaceAll(/p::haulout_probe::hit\((\d+)u32\);/g, '<$1>');
}

const body = (code: string, mode?: 'coverage' | 'lines'): string =>
  probed(`module p::m; fun f() {${code}}`, mode).slice('module p::m; fun f() {'.length, -1);

/** Whether `part` is left when some characters of `whole` are taken away. */
function isContained(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i++) if (whole[i] === part[at]) at++;
  return at === part.length;
}

function* sourcesOfRepository(): Generator<string> {
  for (const folder of ['move', 'ts/test'])
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.name.endsWith('.move')) yield path.join(entry.parentPath, entry.name);
}

describe('instrumentation of Move sources', () => {
  const cases: readonly [string, string][] = [
    ['', '<0>'],
    ['a()', '<0>a()'],
    ['a(); b();', '<0>a(); <1>b();'],
    ['let x = 1; x', '<0>let x = 1; <1>x'],
    ['use a::b; c()', 'use a::b; <0>c()'],
    ['if (a) b', '<0>if (a) { <1>b } else { <2> }'],
    ['if (a) { b } else c', '<0>if (a) { <1>b } else { <2>c }'],
    ['if (a) {} else {}', '<0>if (a) {<1>} else {<2>}'],
    ['if (a) if (b) c else d', '<0>if (a) { <1>if (b) { <2>c } else { <3>d } } else { <4> }'],
    ['if (a) x = 1 else if (b) y = 2', '<0>if (a) { <1>x = 1 } else { <2>if (b) { <3>y = 2 } else { <4> } }'],
    ['if (a) { b } else { c } + 1', '<0>if (a) { <1>b } else { <2>c } + 1'],
    ['if (a) b else c + 1', '<0>if (a) { <1>b } else { <2>c + 1 }'],
    ['while (a) b', '<0>while ((a) || { <1> false }) { <2>b }'],
    ["'a: loop { break 'a }", "<0>'a: loop { <1>break 'a }"],
    ['match (a) { A => 1, B(b) if (b > 2) => { b }, _ => f(|x| x) }', '<0>match (a) { A => { <1>1 }, B(b) if (b > 2) => { <2>b }, _ => { <3>f(|x| { <4>x }) } }'],
    ['match (a) { A { x, .. } => { x } B | C => { 2 } }', '<0>match (a) { A { x, .. } => { <1>x } B | C => { <2>2 } }'],
    ['v.do!(|x| { x }); || 1', '<0>v.do!(|x| { <1>x }); <2>|| { <3>1 }'],
    ['f!(|x| {x}.y, |x: &mut u64| -> u64 { 1 })', '<0>f!(|x| { <1>{<2>x}.y }, |x: &mut u64| -> u64 { <3>1 })'],
    ['a || b | c', '<0>a || b | c'],
    ['a < b && c > d', '<0>a < b && c > d'],
    ['f<A, B>(x); S<T> { y: z }', '<0>f<A, B>(x); <1>S<T> { y: z }'],
    ['x as u64 < y', '<0>x as u64 < y'],
    ['(vector[]: vector<u64>)', '<0>(vector[]: vector<u64>)'],
    ['return; abort; abort 1', '<0>return; <1>abort; <2>abort 1'],
    ['*&mut a.b.0 = { c }', '<0>*&mut a.b.0 = { <1>c }'],
    ['(a, S { b, c: _ }) = f()', '<0>(a, S { b, c: _ }) = f()'],
    ['spec { assert true; }; a', 'spec { assert true; }; <0>a'],
    ['::a::b::c(); @0x1; @a; b"}"; x"7d"; "{"', '<0>::a::b::c(); <1>@0x1; <2>@a; <3>b"}"; <4>x"7d"; <5>"{"'],
    ['`match`; x.match(1); assert!(a != b)', '<0>`match`; <1>x.match(1); <2>assert!(a != b)'],
  ];
  for (const [code, expected] of cases) it(`${code || 'an empty body'}`, () => expect(body(code)).to.equal(expected));

  it('adds no control flow where lines are wanted', () => {
    expect(body('if (a) b; while (c) { d }', 'lines')).to.equal('<0>if (a) { <1>b }; <2>while (c) { <4>d }');
  });

  it('leaves out what is there for tests, and what is no code', () => {
    const source = `module p::m {
  #[test_only] use a::b; const C: u64 = { 1 }; struct S has key { a: u64 } struct T(u64) has drop; native fun n();
  #[test, expected_failure(abort_code = 1)] fun t() { a } #[test_only] public fun u() { a } enum E { A, B { x: u64 } }
  spec n { ensures true; } public(package) entry fun e() { a } macro fun m($f: |u64| -> u64) { $f(1) }
}
#[test_only] module p::t { fun f() { a } }
#[mode(test)] module p::u; fun f() { a }`;
    expect(probed(source)).to.equal(
      source.replace('e() { a', 'e() { <0>a').replace('{ $f', '{ <1>$f'),
    );
    expect(probed(source, 'lines').match(/<\d+>/g)).to.have.length(6);
  });

  it('finds the address that modules are at', () => {
    expect(addressOfModules('// module x::y;\n#[a] module walrus::blob;')).to.equal('walrus');
    expect(addressOfModules('module 0x2::m { }')).to.equal('0x2');
    expect(addressOfModules('script { }')).to.equal(undefined);
  });

  for (const [source, line] of [
    ['module p::m;\nfun f() { a b }', 2],
    ['module p::m;\nfun f() {\n  a(\n}', 2],
    ['module p::m;\nfun f() { (a]; }', 2],
    ['script {}', 1],
    ['module p::m;\n\nlet x = 1;', 3],
    ['module p::m; fun f() { 1 { 2 } }', 1],
    ['module p::m; fun f() { #[a] b }', 1],
    ['module p::m; fun', 1],
  ] as const)
    it(`refuses ${JSON.stringify(source)}`, () => {
      expect(() => probed(source)).to.throw(SourceNotUnderstood).with.property('line', line);
    });

  it('understands every source of this repository and keeps its lines', () => {
    let count = 0;
    for (const file of sourcesOfRepository()) {
      const source = readFileSync(file, 'utf8');
      for (const mode of ['coverage', 'lines'] as const) {
        const { text, probes } = instrument(source, { path: file, mode, address: 'p', nextProbe: () => count++ });
        expect(text.split('\n').length, file).to.equal(source.split('\n').length);
        expect(isContained(source, text), file).to.equal(true);
        const lines = source.split('\n');
        for (const { line, column } of probes.statements) expect(lines[line - 1]![column - 1], file).to.match(/\S/);
      }
    }
    expect(count).to.be.greaterThan(10_000);
  });
});
