/** Test helpers of dependencies: which files come along, and that both VMs run tests that use them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { buildPackage, testPackage, withTestHelpers, type PackageSnapshot } from '../../src/move/index.js';
import { MoveTestRun } from '../../src/localnet/testing.js';

const snapshot = (files: Record<string, string>): PackageSnapshot => ({
  directory: '/nowhere',
  name: 'any',
  manifest: {},
  files,
  localDependencies: [],
});

describe('test helpers of dependencies', () => {
  const helper = '#[test_only]\n/// Documented.\nmodule dep::helper;\nuse dep::deeper;';
  const dependency = snapshot({
    'Move.toml': '',
    'sources/a.move': 'module dep::a;',
    'tests/helper.move': helper,
    'tests/deeper.move': '#[test_only, allow(unused_use)]\nmodule dep::deeper {}',
    'tests/unused.move': '#[test_only]\nmodule dep::unused;',
    'tests/plain.move': 'module dep::plain;',
  });
  const filesFor = (text: string): string[] =>
    Object.keys(withTestHelpers(dependency, [snapshot({ 'tests/t.move': text })]).files)
      .filter((file) => file.includes('tests_of_dependency'))
      .map((file) => path.basename(file))
      .sort();

  for (const [name, text, expected] of [
    ['a module named in a use', 'use dep::helper as h;', ['deeper.move', 'helper.move']],
    ['a module in braces', 'use dep::{a::{Self, T}, deeper};', ['deeper.move']],
    ['a module named in place', 'fun f() { dep::deeper::x() }', ['deeper.move']],
    ['nothing', 'use dep::a; use other::helper; use dep::helpers;', []],
    ['nothing that would be published', 'use dep::plain;', []],
  ] as const)
    it(`take ${name}`, () => expect(filesFor(text)).deep.equal(expected));

  it('leave a dependency alone that has none, and keep the text', () => {
    const none = snapshot({ 'Move.toml': '' });
    expect(withTestHelpers(none, [dependency])).equal(none);
    const { files } = withTestHelpers(dependency, [snapshot({ 'tests/t.move': 'use dep::helper;' })]);
    expect(files['sources/tests_of_dependency/helper.move']).equal(helper);
    expect(files).not.to.have.property('tests/helper.move');
  });

  it('serve tests of a package that uses them, on both VMs', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'haulout-helpers-'));
    try {
      const write = async (file: string, text: string): Promise<void> => {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true });
        await writeFile(path.join(root, file), text);
      };
      await write('dep/Move.toml', '[package]\nname = "dep"\nedition = "2024"\n[addresses]\ndep = "0x0"\n');
      await write('dep/sources/a.move', 'module dep::a;\npublic fun one(): u64 { 1 }\n');
      await write(
        'dep/tests/helper.move',
        '#[test_only]\nmodule dep::helper;\npublic fun two(): u64 { dep::a::one() + 1 }\n#[test] fun not_run_here() { abort 1 }\n',
      );
      await write(
        'user/Move.toml',
        '[package]\nname = "user"\nedition = "2024"\n[dependencies]\ndep = { local = "../dep" }\n[addresses]\nuser = "0x0"\n',
      );
      await write('user/sources/b.move', 'module user::b;\npublic fun three(): u64 { dep::a::one() + 2 }\n');
      await write(
        'user/tests/t.move',
        '#[test_only]\nmodule user::t;\nuse dep::helper;\n#[test] fun adds() { assert!(helper::two() + 1 == user::b::three()) }\n',
      );
      const report = await testPackage(path.join(root, 'user'));
      expect([report.totalCount, report.passedCount], report.report).deep.equal([1, 1]);
      const ours: unknown[] = [];
      for await (const { test, passed } of new MoveTestRun(path.join(root, 'user'), {})) ours.push([test.name, passed]);
      expect(ours).deep.equal([['adds', true]]);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  it('and development dependencies and addresses are of tests alone; any revision of the framework is ours', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'haulout-development-'));
    const framework = (part: string) =>
      `{ git = "https://github.com/MystenLabs/sui.git", subdir = "crates/sui-framework/packages/${part}", rev = "framework/testnet" }`;
    try {
      const write = async (file: string, text: string): Promise<void> => {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true });
        await writeFile(path.join(root, file), text);
      };
      const manifest = (name: string, rest = '') => `[package]\nname = "${name}"\nedition = "2024.beta"\n[addresses]\n${name} = "0x0"\n${rest}`;
      await write('tools/Move.toml', manifest('tools'));
      await write('tools/sources/h.move', 'module tools::h;\npublic fun two(): u64 { 2 }\n');
      await write('lib/Move.toml', manifest('lib', `[dependencies]\nMoveStdlib = ${framework('move-stdlib')}\n[dev-dependencies]\nNone = { local = "../nowhere" }\n`));
      await write('lib/sources/m.move', 'module lib::m;\npublic fun one(): u64 { 1 }\n');
      await write(
        'user/Move.toml',
        manifest('user', `[dependencies]\nlib = { local = "../lib" }\nSui = ${framework('sui-framework')}\n` +
          '[dev-dependencies]\ntools = { local = "../tools" }\n[dev-addresses]\nuser = "0xA11"\n'),
      );
      await write('user/sources/x.move', 'module user::x;\npublic fun three(): u64 { lib::m::one() + 2 }\n');
      await write(
        'user/tests/t.move',
        '#[test_only]\nmodule user::t;\n#[test] fun adds() { assert!(user::x::three() == tools::h::two() + 1) }\n',
      );
      const directory = path.join(root, 'user');
      const built = await buildPackage(directory, { cache: false });
      expect([built.modules.length, [...built.unpublishedDependencies]]).deep.equal([1, ['lib']]);
      const report = await testPackage(directory);
      expect([report.totalCount, report.passedCount], report.report).deep.equal([1, 1]);
      const ours: unknown[] = [];
      for await (const { test, passed } of new MoveTestRun(directory, {})) ours.push([test.name, passed]);
      expect(ours).deep.equal([['adds', true]]);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
