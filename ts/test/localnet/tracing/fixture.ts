/** The package of the tracing tests, and its lines by their marks. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const VAULT = path.resolve(fileURLToPath(new URL('fixtures/vault', import.meta.url)));

const lines = readFileSync(path.join(VAULT, 'sources/vault.move'), 'utf8').split('\n');

/** 1-based line that ends in `//: mark`. */
export function lineOf(mark: string): number {
  const index = lines.findIndex((line) => line.endsWith(`//: ${mark}`));
  if (index < 0) throw new Error(`no line is marked ${mark}`);
  return index + 1;
}
