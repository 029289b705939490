/**
 * Runs the built encoder in headless Chromium: `npm run test:browser` after `npm run build`.
 *
 * Two pages: one cross-origin isolated, where worker threads share memory, and one that is not, where
 * everything runs on the page's thread. Each encodes and decodes inputs whose blob IDs are known from
 * the specification. The browser is Debian's package `chromium`, or the program in `CHROMIUM`.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TIMEOUT_MS = 120_000;

/** Specification §12.2. */
const VECTORS = [
  { shards: 10, length: 1_000_000, blobId: '1vX1oPVlF2iMoZSmtkqU5r5PWdA2BrYdNagbdYuPOPM' },
  { shards: 100, length: 1_000_000, blobId: 'TnQJLV75ac1pFr4UuU612mZ4jwjvpGK8HZUHtlVsmX0' },
  { shards: 1000, length: 12_345, blobId: 'T2bV3HhUUtLtLS5zPJEvXd8t52g6eMO7EwNCMH14Elw' },
  { shards: 1000, length: 1_000_000, blobId: 'HyTmxO2r7aTaSl1WOS9GRyUbD588FH5TokchbcGZcmM' },
];

/** Runs in the page; its text is put there. */
async function pageMain(vectors) {
  const { BlobEncoder, blobIdToText } = await import('/ts/dist/encoding/index.js');
  const results = [];
  for (const { shards, length, blobId } of vectors) {
    const blob = Uint8Array.from({ length }, (_, i) => (31 * i + 7) % 256);
    const encoder = new BlobEncoder(shards, { threads: 2 });
    const startedMs = performance.now();
    const encoded = await encoder.encode(blob);
    const encodeMs = performance.now() - startedMs;
    const parity = encoded.slivers.slice(-encoder.parameters.primarySymbols).map((pair) => pair.primary);
    const decoded = await encoder.decode(encoded, parity, { check: 'strict' });
    // Refused by the platform if a sliver were in shared memory.
    await crypto.subtle.digest('SHA-256', encoded.slivers[0].secondary.framed);
    results.push({
      shards,
      length,
      encodeMs: Math.round(encodeMs),
      idIsRight: blobIdToText(encoded.blobId) === blobId,
      decodes: decoded.length === length && decoded.every((byte, i) => byte === blob[i]),
    });
  }
  return { isolated: globalThis.crossOriginIsolated, results };
}

const PAGE = `<!doctype html><meta charset="utf-8">
<script type="importmap">{ "imports": { "@noble/hashes/": "/node_modules/@noble/hashes/" } }</script>
<script type="module">
const report = (value) => fetch('/report', { method: 'POST', body: JSON.stringify(value) });
${pageMain.toString()}
pageMain(${JSON.stringify(VECTORS)}).then(report, (error) => report({ error: String(error.stack ?? error) }));
</script>`;

const TYPES = { '.js': 'text/javascript', '.html': 'text/html' };

/** Serves the page and the built files; resolves `reported` with what the page posts. */
function startServer(isolated) {
  const headers = isolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {};
  let report;
  const reported = new Promise((resolve) => (report = resolve));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/report') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.end();
      report(JSON.parse(Buffer.concat(chunks).toString()));
      return;
    }
    if (pathname === '/') {
      response.writeHead(200, { ...headers, 'Content-Type': 'text/html' }).end(PAGE);
      return;
    }
    const path = normalize(pathname);
    const allowed = path.startsWith('/ts/dist/encoding/') || path.startsWith('/node_modules/@noble/hashes/');
    try {
      if (!allowed) throw new Error('not served');
      const body = await readFile(join(root, path));
      response.writeHead(200, { ...headers, 'Content-Type': TYPES[path.slice(path.lastIndexOf('.'))] ?? 'text/plain' });
      response.end(body);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  return { server: server.listen(0, '127.0.0.1'), reported };
}

async function runPage(isolated) {
  const { server, reported } = startServer(isolated);
  await once(server, 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'haulout-chromium-'));
  const program = process.env.CHROMIUM ?? 'chromium';
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
  const browser = spawn(program, [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' });
  const missing = once(browser, 'error').then(([cause]) => {
    throw new Error(`${program} cannot be started; install it (Debian: apt-get install chromium) or set CHROMIUM`, { cause });
  });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no report from the page within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([reported, missing, late]);
  } finally {
    clearTimeout(timer);
    if (browser.pid !== undefined) {
      const ended = once(browser, 'exit');
      browser.kill();
      await ended;
    }
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

let failures = 0;
try {
  for (const isolated of [true, false]) {
    const report = await runPage(isolated);
    if (report.error !== undefined) throw new Error(`the page failed: ${report.error}`);
    if (report.isolated !== isolated) throw new Error(`the page should${isolated ? '' : ' not'} be isolated`);
    for (const { shards, length, encodeMs, idIsRight, decodes } of report.results) {
      const passed = idIsRight && decodes;
      if (!passed) failures++;
      const threads = isolated ? 'worker threads' : 'page thread';
      console.log(`${passed ? 'ok  ' : 'FAIL'}  ${threads.padEnd(14)}  ${shards} shards, ${length} bytes, encode ${encodeMs} ms`);
    }
  }
} catch (error) {
  console.error(error.message);
  failures++;
}
process.exitCode = failures === 0 ? 0 : 1;
