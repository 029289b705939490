/** `GET /v1/api` (HTTP specification §0.4): the document says what the node does, no more and no less. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Hono } from 'hono';
import { AuditSets, mountAuditRoutes } from '../../src/node/audit-set.js';
import { MemoryStore } from '../../src/node/index.js';
import { OPENAPI } from '../../src/node/openapi.js';
import { Peers } from '../../src/node/peers.js';
import { createNode, encode, FakeChain, OBJECT_ID } from './fake-chain.js';
import { blobIdToText } from '../../src/encoding/index.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly ({ readonly $ref: string } | Parameter)[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

describe('OpenAPI document of a storage node', () => {
  let app: Hono;
  let document: Document;
  let blobId: string;

  before(async () => {
    const node = createNode(new MemoryStore(), new FakeChain());
    ({ app } = node);
    const peers = new Peers(node.context.environment, node.context.metrics, 'http');
    mountAuditRoutes(app, node.context, new AuditSets(node.context, peers));
    document = (await (await app.request('/v1/api')).json()) as Document;
    ({ blobId } = { blobId: blobIdToText((await encode('a blob')).blobId) });
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, path, operation })),
    );
  const parametersOf = ({ parameters = [] }: Operation) =>
    parameters.map((one) => ('$ref' in one ? document.components.parameters[one.$ref.split('/').at(-1)!]! : one));

  it('is what is served, as OpenAPI 3.1', () => {
    expect(document.openapi).to.equal('3.1.0');
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(OPENAPI)));
  });

  it('names every route that is mounted, and no other', () => {
    const mounted = app.routes
      .filter(({ path }) => path !== '/*')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations().map(({ name }) => name).sort()).to.deep.equal(mounted.sort());
  });

  it('names every reason that a node gives, and no other', async () => {
    const source = await Promise.all(['errors', 'app'].map((name) => readFile(new URL(`../../src/node/${name}.ts`, import.meta.url), 'utf8')));
    const given = source.flatMap((text) => [...text.matchAll(/new NodeApiError\(\s*'[A-Z_]+',\s*'([A-Z_]+)'/g)].map(([, reason]) => reason!));
    const described = operations().flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ description }) =>
        description.startsWith('Refused: ') ? [...description.matchAll(/`([A-Z_]+)`/g)].map(([, reason]) => reason!) : [],
      ),
    );
    expect([...new Set(described)].sort()).to.deep.equal([...new Set(given)].sort());
  });

  it('is whole: names are unique, references lead somewhere, paths have their parameters', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = pointer!.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(found, pointer).to.not.equal(undefined);
    }
    for (const { name, path, operation } of operations()) {
      const inPath = parametersOf(operation).filter((one) => one.in === 'path').map((one) => one.name);
      expect(inPath.sort(), name).to.deep.equal([...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one!).sort());
    }
  });

  it('names the query parameters that are taken; others are refused', async () => {
    const values: Record<string, string> = { blobId, pairIndex: '0', axis: 'primary', objectId: OBJECT_ID, epoch: '5' };
    const ask = async (method: string, path: string, query: string) => {
      const url = `${path.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!)}?${query}=1`;
      const headers = { authorization: Buffer.alloc(48).toString('base64') };
      const response = await app.request(url, { method: method.toUpperCase(), headers });
      return `${response.status} ${await response.text()}`;
    };
    for (const { name, method, path, operation } of operations()) {
      if (path === '/metrics') continue; // scrapers may add what they like
      expect(await ask(method, path, 'colour'), name).to.equal('400 unknown query parameter: colour');
      for (const one of parametersOf(operation).filter((parameter) => parameter.in === 'query')) {
        expect(await ask(method, path, one.name), `${name} ${one.name}`).to.not.contain('unknown query parameter');
      }
    }
  });

  it('is a page for whoever asks for one', async () => {
    const response = await app.request('/v1/api', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    const page = await response.text();
    for (const path of Object.keys(document.paths)) expect(page).to.contain(`<code>${path}</code>`);
  });

  it('has the routes by which requests are counted: nothing that a stranger asks for becomes a name', async () => {
    const node = createNode(new MemoryStore(), new FakeChain());
    for (let i = 0; i < 50; i++) await node.app.request(`/v1/${i}/${'x'.repeat(i)}`);
    await node.app.request(`/v1/blobs/${blobId}/status`);
    await node.app.request('/v1/blobs/nonsense/status');
    const routes = [...node.context.metrics.render().matchAll(/duration_seconds_count\{.*route="([^"]*)"/g)].map(([, route]) => route);
    expect([...new Set(routes)].sort()).to.deep.equal(['/v1/blobs/:blobId/status', 'none']);
  });
});
