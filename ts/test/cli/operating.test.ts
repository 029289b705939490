/** `docs/operating.md` against the program: every key with its default, every metric, every command and message. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { z } from 'zod';
import { loadNodeConfig, nodeConfigSchema } from '../../src/cli/node-config.js';
import { readNetworkReference } from '../../src/cli/network-files.js';
import { DEFAULT_REQUEST_LIMITS } from '../../src/node/limits.js';
import { NodeMetrics } from '../../src/node/metrics.js';

const at = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const id = `0x${'5'.repeat(64)}`;
const LEAST = {
  ...{ name: 'n', storage_path: 's', protocol_key_pair: 'p', network_key_pair: 'k', public_host: 'h' },
  sui: { rpc: 'http://127.0.0.1:1', system_object: id, staking_object: id, wallet: 'w' },
};

type JsonSchema = { readonly properties?: Readonly<Record<string, JsonSchema>> };
/** Names of all keys, those of sections with a dot. */
const keysOf = ({ properties = {} }: JsonSchema, before = ''): string[] =>
  Object.entries(properties).flatMap(([key, value]) =>
    value.properties === undefined ? [`${before}${key}`] : keysOf(value, `${before}${key}.`),
  );

describe('the operating guide', () => {
  let text: string;
  let directory: string;
  /** Rows of the table under a heading, as cells. */
  const table = (heading: string, head: string): string[][] => {
    const section = text.slice(text.indexOf(`\n## ${heading}\n`) + 1).split(/\n## /)[0]!;
    const rows = section.slice(section.indexOf(head)).split(/\n\n/)[0]!.split('\n').slice(2).filter((row) => row.startsWith('|'));
    return rows.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
  };
  const load = async (config: unknown) => {
    const file = path.join(directory, 'node.json');
    await writeFile(file, JSON.stringify(config));
    return loadNodeConfig(file);
  };
  const faultOf = (config: unknown) =>
    load(config).then(
      () => undefined,
      (error: Error) => error.message,
    );

  before(async () => {
    text = await readFile(at('docs/operating.md'), 'utf8');
    directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-operating-test-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('lists every key of the configuration, with its default', async () => {
    const rows = table('Configuration', '| Key |');
    const schema = z.toJSONSchema(nodeConfigSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    expect(rows.map(([key]) => key)).to.deep.equal(keysOf(schema).map((key) => `\`${key}\``));
    const defaults: object = { ...(await load(LEAST)), max_active_requests: DEFAULT_REQUEST_LIMITS };
    for (const [key, value] of rows) {
      const names = key!.slice(1, -1).split('.');
      const find = (from: object) => names.reduce<unknown>((found, name) => (found as Record<string, unknown> | undefined)?.[name], from);
      const isRequired = find(LEAST) !== undefined;
      const otherwise = find(defaults);
      expect(value, key).to.equal(isRequired ? 'required' : otherwise === undefined ? '' : `\`${String(otherwise as string)}\``);
    }
  });

  it('is right about what is required, and that both keys of audits belong together', async () => {
    expect(await faultOf(LEAST)).to.equal(undefined);
    for (const name of Object.keys(LEAST)) expect(await faultOf({ ...LEAST, [name]: undefined }), name).to.contain(`  ${name}: `);
    expect(await faultOf({ ...LEAST, sui: { ...LEAST.sui, audit_package: id } })).to.contain('audit_package and audit_registry belong together');
    expect(await faultOf({ ...LEAST, sui: { ...LEAST.sui, audit_package: id, audit_registry: id } })).to.equal(undefined);
  });

  it('is right that nodes move epochs on networks of a deployment, and that haulout up does it by itself', async () => {
    const file = path.join(directory, 'manifest.json');
    const manifest = { rpcUrl: 'http://127.0.0.1:1', systemObjectId: id, stakingObjectId: id, treasuryObjectId: id, shards: 4 };
    const known = { rpcUrl: 'http://127.0.0.1:1', systemObjectId: id, stakingObjectId: id };
    const read = async (value: unknown) => {
      await writeFile(file, JSON.stringify(value));
      return readNetworkReference(file);
    };
    expect(await read(manifest)).to.deep.equal({ ...known, treasuryObjectId: id });
    expect(await read({ ...manifest, control: { url: 'http://127.0.0.1:2', token: 't' } })).to.deep.equal(known);
    const audits = { auditPackageId: id, auditRegistryId: id };
    expect(await read({ ...manifest, ...audits })).to.deep.equal({ ...known, treasuryObjectId: id, audits: { packageId: id, registryId: id } });
    const failure = await read({ ...manifest, rpcUrl: 'here' }).then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(failure).to.contain('is not the manifest of a network');
  });

  it('lists every metric, and no other', () => {
    const exported = [...new NodeMetrics().render().matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!);
    const listed = table('Watching', '| Metric |').map(([name]) => name!.slice(1, -1));
    expect(listed.sort()).to.deep.equal(exported.sort());
    for (const [name] of text.matchAll(/\bwalrus_[a-z_]+/g)) {
      expect(exported.some((one) => name === one || name === `${one}_count`), name).to.equal(true);
    }
  });

  it('names commands that exist', async () => {
    const main = await readFile(at('ts/src/cli/main.ts'), 'utf8');
    const names = [...text.matchAll(/npx haulout(?: (?:node|demo|epoch))? ([a-z-]+)/g)].map(([, name]) => name!);
    expect(names.length).to.be.greaterThan(10);
    for (const name of names.filter((one) => one !== '--help')) expect(main).to.match(new RegExp(`(command|operate)\\('${name}'`));
  });

  it('quotes messages that the program has', async () => {
    const sources = ['ts/src/node', 'ts/src/cli', 'ts/src/cli/commands'].map(async (folder) => {
      const files = (await readdir(at(folder))).filter((name) => name.endsWith('.ts'));
      return Promise.all(files.map((name) => readFile(path.join(at(folder), name), 'utf8')));
    });
    const source = (await Promise.all(sources)).flat().join('\n').replace(/\$\{[^}]*\}/g, '…');
    const quoted = table('When something is wrong', '| Symptom |').flatMap(([symptom]) => [...symptom!.matchAll(/`([^`]+)`/g)].map(([, one]) => one!));
    expect(quoted.length).to.be.greaterThan(10);
    for (const one of quoted) for (const part of one.split('…').map((piece) => piece.trim())) expect(source, one).to.contain(part);
  });
});
