/** The Move toolchain on small packages and a framework of three empty modules. */
import { mkdtemp, readdir, rm, writeFile, mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import {
  buildFramework,
  buildPackage,
  CompileFailed,
  ManifestInvalid,
  PackageNotFound,
  readPackageTree,
  RemoteDependencyRefused,
  testPackage,
} from '../../src/move/index.js';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const framework = fixture('framework');

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a rejection');
}

describe('Move toolchain', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(path.join(os.tmpdir(), 'haulout-cache-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  it('builds a package and computes its digest', async () => {
    const built = await buildPackage(fixture('counter'), { framework, cache });
    expect(built.name).to.equal('counter');
    expect(built.modules).to.have.length(1);
    expect(Array.from(built.modules[0]!.subarray(0, 8))).to.deep.equal([0xa1, 0x1c, 0xeb, 0x0b, 7, 0, 0, 5]);
    // sui-execution.md §1.9: one joint sort of module hashes and dependency IDs
    const parts = [
      ...built.modules.map((module) => blake2b(module, { dkLen: 32 })),
      ...built.dependencies.map((id) => Buffer.from(id.replace(/^0x/, '').padStart(64, '0'), 'hex')),
    ].sort((a, b) => Buffer.compare(a, b));
    expect(Buffer.from(built.digest)).to.deep.equal(Buffer.from(blake2b(Buffer.concat(parts), { dkLen: 32 })));
  });

  it('answers an unchanged package from the cache, in under 100 ms', async () => {
    const first = await buildPackage(fixture('counter'), { framework, cache });
    const second = await buildPackage(fixture('counter'), { framework, cache });
    expect([first.cached, second.cached]).to.deep.equal([false, true]);
    expect(second.modules).to.deep.equal(first.modules);
    expect(second.digest).to.deep.equal(first.digest);
  });

  it('builds anew when a source, the framework or a mode changes', async () => {
    const copy = path.join(cache, 'copy');
    await mkdir(path.join(copy, 'sources'), { recursive: true });
    const source = await readFile(path.join(fixture('counter'), 'sources/counter.move'), 'utf8');
    await writeFile(path.join(copy, 'Move.toml'), await readFile(path.join(fixture('counter'), 'Move.toml')));
    await writeFile(path.join(copy, 'sources/counter.move'), source);
    await buildPackage(copy, { framework, cache });
    await writeFile(path.join(copy, 'sources/counter.move'), source.replace('<= 10', '<= 11'));
    expect((await buildPackage(copy, { framework, cache })).cached).to.equal(false);
    expect((await buildPackage(copy, { framework, cache, modes: ['spare'] })).cached).to.equal(false);
    expect((await buildPackage(copy, { framework, cache })).cached).to.equal(true);
  });

  it('rebuilds from a damaged cache entry', async () => {
    const first = await buildPackage(fixture('counter'), { framework, cache });
    for (const file of await readdir(cache)) {
      const text = await readFile(path.join(cache, file), 'utf8');
      await writeFile(path.join(cache, file), text.replace('"modules":["', '"modules":["AAAA'));
    }
    const second = await buildPackage(fixture('counter'), { framework, cache });
    expect(second.cached).to.equal(false);
    expect(second.modules).to.deep.equal(first.modules);
  });

  it('builds without a cache when the folder cannot be written', async () => {
    const file = path.join(cache, 'a-file');
    await writeFile(file, '');
    expect((await buildPackage(fixture('counter'), { framework, cache: path.join(file, 'x') })).cached).to.equal(false);
  });

  it('links an unpublished local dependency at a stand-in and a published one at its address', async () => {
    const draft = await buildPackage(fixture('uses_counter'), { framework, cache });
    expect(draft.unpublishedDependencies).to.deep.equal(['counter']);
    const publishedAt = `0x${'ab'.repeat(32)}`;
    const final = await buildPackage(fixture('uses_counter'), {
      framework,
      cache,
      published: { counter: { publishedAt } },
    });
    expect(final.unpublishedDependencies).to.deep.equal([]);
    expect(final.dependencies).to.include(publishedAt);
    expect(Buffer.from(final.modules[0]!).includes(Buffer.from('ab'.repeat(32), 'hex'))).to.equal(true);
    expect(Buffer.from(draft.modules[0]!).includes(Buffer.from('ab'.repeat(32), 'hex'))).to.equal(false);
  });

  it('compiles a framework at its own addresses', async () => {
    const built = await buildFramework(framework, { cache });
    expect(built.sui).to.have.length(3);
    for (const module of built.sui) {
      expect(Buffer.from(module).includes(Buffer.from('2'.padStart(64, '0'), 'hex'))).to.equal(true);
    }
  });

  it('runs unit tests in the real Move VM and reports failures', async () => {
    const good = await testPackage(fixture('counter'), { framework });
    expect(good).to.include({ passed: true, totalCount: 2, passedCount: 2, failedCount: 0 });
    const bad = await testPackage(fixture('uses_counter'), { framework });
    expect(bad).to.include({ passed: false, totalCount: 2, passedCount: 1, failedCount: 1 });
    expect(bad.report).to.contain('miscounts');
  });

  it('passes compiler diagnostics on as the compiler wrote them', async () => {
    const error = await rejection(buildPackage(fixture('broken'), { framework, cache }));
    expect(error).to.be.instanceOf(CompileFailed);
    expect((error as CompileFailed).diagnostics).to.match(/error\[E04007\]: incompatible types[\s\S]*broken\.move:3:/);
    expect(await rejection(testPackage(fixture('broken'), { framework }))).to.be.instanceOf(CompileFailed);
  });

  it('refuses a dependency from the network and names it', async () => {
    const error = await rejection(buildPackage(fixture('remote'), { framework, cache }));
    expect(error).to.be.instanceOf(RemoteDependencyRefused);
    expect(error.message).to.contain('https://example.org/elsewhere.git');
  });

  it('names what is missing', async () => {
    expect(await rejection(buildPackage(fixture('nowhere')))).to.be.instanceOf(PackageNotFound);
    expect(await rejection(buildPackage(fixture('counter'), { framework: fixture('counter'), cache }))).to.be.instanceOf(
      PackageNotFound,
    );
    await writeFile(path.join(cache, 'Move.toml'), '[package\n');
    expect(await rejection(readPackageTree(cache))).to.be.instanceOf(ManifestInvalid);
    await writeFile(path.join(cache, 'Move.toml'), '[package]\nedition = "2024"\n');
    expect((await rejection(readPackageTree(cache))).message).to.contain('name is missing');
  });
});
