// Builds what `npm ci` has to leave behind, unless the sources are those of the last build: npm runs
// `prepare` again whenever it links the package, the first `npx haulout` included.
import { execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = path.join(root, 'ts/dist/.sources');

function sourceHash() {
  const hash = createHash('sha256');
  const folders = ['ts/src', 'scripts'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !path.join(entry.parentPath, entry.name).includes('generated'))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  );
  for (const file of [...folders, 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].sort()) {
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

function lastBuild() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined; // never built
  }
}

const current = sourceHash();
if (lastBuild() !== current) {
  execSync('npm run build', { cwd: root, stdio: 'inherit' });
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, current);
}
