#!/usr/bin/env node
// The command `haulout`. It runs what `npm run build` (part of `npm ci`) compiled.
import { existsSync } from 'node:fs';

const main = new URL('../ts/dist/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('haulout is not built yet: run `npm ci`, or `npm run build` after a change.');
  process.exit(1);
}
const { run } = await import(main.href);
await run(process.argv);
