/** Everything that the compiler makes of the Move packages of this repository passes the verifier. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { buildFramework, buildPackage, readPackageTree } from '../../../../src/move/index.js';
import { parseModule } from '../../../../src/localnet/vm/module.js';
import type { CompiledModule, ModuleHandle } from '../../../../src/localnet/vm/module.js';
import { relocateModule } from '../../../../src/localnet/vm/relocate.js';
import { MAX_TICKS, VerifierMeter, verifyPackage } from '../../../../src/localnet/vm/verifier/index.js';
import type { Address } from '../../../../src/localnet/vm/types.js';
import { address } from '../support.js';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
/** Fixtures that are not meant to build, and the framework, which is built by itself. */
const leftOut = /fixtures\/(broken|remote|framework)\/|framework\/|node_modules|\/build\//;

async function packageDirectories(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['move', 'docs', 'scripts', 'ts/test'])
    for (const entry of await readdir(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.name === 'Move.toml' && !leftOut.test(file.replaceAll(path.sep, '/'))) found.push(path.dirname(file));
    }
  return found.sort();
}

/** Where the build links a local dependency that is not published. */
function standIn(name: string): Address {
  return `0x${Buffer.from(blake2b(new TextEncoder().encode(`haulout stand-in ${name}`), { dkLen: 32 })).toString('hex')}`;
}

describe('Bytecode verifier: what the compiler makes', function () {
  this.timeout(600_000);
  const known = new Map<string, CompiledModule>();
  const done = new Map<string, Promise<void>>();
  let framework: Awaited<ReturnType<typeof buildFramework>>;

  const add = (modules: readonly CompiledModule[]): void => {
    for (const m of modules) known.set(`${m.self.address}::${m.self.name}`, m);
  };
  const lookup = (handle: ModuleHandle): CompiledModule | undefined => known.get(`${handle.address}::${handle.name}`);
  /** Ticks that the package took. */
  const accept = (modules: readonly CompiledModule[]): number => {
    const meter = new VerifierMeter();
    verifyPackage(modules, lookup, meter);
    return meter.ticks;
  };

  /** Verifies a package at the address where its users link it, its dependencies first. */
  const publish = (directory: string): Promise<void> => {
    let publishing = done.get(directory);
    if (publishing === undefined) done.set(directory, (publishing = publishAnew(directory)));
    return publishing;
  };
  const publishAnew = async (directory: string): Promise<void> => {
    const tree = await readPackageTree(directory);
    for (const dependency of tree.slice(1)) await publish(dependency.directory);
    const built = await buildPackage(directory);
    expect(built.modules.length).to.be.greaterThan(0);
    const id = standIn(built.name);
    const modules = built.modules.map((bytes) => parseModule(parseModule(bytes).self.address === address(0) ? relocateModule(bytes, id) : bytes));
    expect(accept(modules), directory).to.be.lessThan(MAX_TICKS / 4);
    add(modules);
  };

  before(async () => {
    framework = await buildFramework();
    add([...framework.std, ...framework.sui].map(parseModule));
  });

  it('of the framework', () => {
    for (const modules of [framework.std, framework.sui]) expect(accept(modules.map(parseModule))).to.be.lessThan(MAX_TICKS / 4);
  });

  it('of every package', async () => {
    const directories = await packageDirectories();
    expect(directories.length).to.be.greaterThan(12);
    expect(directories.map((d) => path.relative(root, d))).to.include.members(['move', 'move/wal', 'docs/examples/counter', 'scripts/bench/move']);
    for (const directory of directories) await publish(directory);
  });
});
