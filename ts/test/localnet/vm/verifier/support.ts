/** The fixture package of the verifier tests, its dependencies, and a way to verify edited modules. */
import { fileURLToPath } from 'node:url';
import { buildFramework, buildPackage } from '../../../../src/move/index.js';
import { parseModule } from '../../../../src/localnet/vm/module.js';
import type { CompiledModule, ModuleHandle } from '../../../../src/localnet/vm/module.js';
import { readModule, verifyPackage, VerifierMeter } from '../../../../src/localnet/vm/verifier/index.js';
import { ModuleEditor } from './module-editor.js';

export interface Fixture {
  readonly rules: Uint8Array;
  readonly other: Uint8Array;
  readonly lookup: (handle: ModuleHandle) => CompiledModule | undefined;
}

/** Finds the modules given, by address and name. */
export function lookupIn(modules: readonly Uint8Array[]): Fixture['lookup'] {
  const known = new Map(modules.map(parseModule).map((m) => [`${m.self.address}::${m.self.name}`, m]));
  return (handle) => known.get(`${handle.address}::${handle.name}`);
}

export async function loadFixture(): Promise<Fixture> {
  const { std, sui } = await buildFramework();
  const { modules } = await buildPackage(fileURLToPath(new URL('fixture', import.meta.url)));
  const named = new Map(modules.map((m) => [parseModule(m).self.name, m]));
  return { rules: named.get('rules')!, other: named.get('other')!, lookup: lookupIn([...std, ...sui]) };
}

/** Which modules of the fixture an edit gets. */
export interface Editors {
  readonly rules: ModuleEditor;
  readonly other: ModuleEditor;
}

/** The package after the edit, as bytes. */
export function edited(fixture: Fixture, edit: (editors: Editors) => void): Uint8Array[] {
  const editors = { rules: new ModuleEditor(fixture.rules), other: new ModuleEditor(fixture.other) };
  edit(editors);
  return [editors.other.bytes(), editors.rules.bytes()];
}

/** All passes. @throws VerificationError */
export function verify(modules: readonly Uint8Array[], lookup: Fixture['lookup'], meter = new VerifierMeter()): void {
  verifyPackage(modules.map(readModule), lookup, meter);
}
