/** Sui's own bytecode rules, on fixture modules with one thing changed each. */
import { expect } from 'chai';
import { buildFramework, buildPackage } from '../../../src/move/index.js';
import { findSuiViolation } from '../../../src/localnet/runtime/sui-verifier.js';
import { parseModule, type CompiledModule } from '../../../src/localnet/vm/module.js';
import { FIXTURES } from '../support/bench.js';

describe('Sui verifier', () => {
  const modules = new Map<string, CompiledModule>();
  before(async () => {
    const built = await buildPackage(FIXTURES + 'basics');
    for (const bytes of built.modules) {
      const module = parseModule(bytes);
      modules.set(module.self.name, module);
    }
  });

  const renameFunction = (module: CompiledModule, from: string, to: string): CompiledModule => ({
    ...module,
    functionHandles: module.functionHandles.map((handle) => (handle.name === from ? { ...handle, name: to } : handle)),
    functionByName: new Map([...module.functionByName].map(([name, definition]) => [name === from ? to : name, definition])),
  });

  it('accepts what the compiler makes, the framework included', async () => {
    for (const module of modules.values()) expect(findSuiViolation(module), module.self.name).to.equal(undefined);
    const { std, sui } = await buildFramework();
    for (const bytes of [...std, ...sui]) expect(findSuiViolation(parseModule(bytes))).to.equal(undefined);
  });

  it('wants a UID in front of every object', () => {
    const module = modules.get('counter')!;
    const reversed = { ...module, structs: module.structs.map((s) => ({ ...s, fields: [...s.fields].reverse() })) };
    expect(findSuiViolation(reversed)).to.match(/first field of Counter/);
    const renamed = {
      ...module,
      structs: module.structs.map((s) => ({ ...s, fields: s.fields.map((field) => ({ ...field, name: `x${field.name}` })) })),
    };
    expect(findSuiViolation(renamed)).to.match(/first field of Counter/);
  });

  it('keeps private generics to their own module', () => {
    const module = modules.get('fake')!;
    for (const [from, to] of [['public_transfer', 'transfer'], ['public_freeze_object', 'freeze_object']] as const) {
      expect(findSuiViolation(renameFunction(module, from, to))).to.match(/with a type of another module/);
    }
  });

  it('wants init to have its shape', () => {
    const rules = modules.get('rules')!;
    expect(findSuiViolation(renameFunction(rules, 'two', 'init'))).to.equal('init is not private');
    expect(findSuiViolation(renameFunction(rules, 'hidden', 'init'))).to.equal('init returns something');
    const counter = modules.get('counter')!;
    const asPrivate = {
      ...renameFunction(counter, 'destroy', 'init'),
      functionByName: new Map([['init', { ...counter.functionByName.get('destroy')!, visibility: 'private' as const }]]),
    };
    expect(findSuiViolation(asPrivate)).to.match(/context as its last/);
  });

  it('wants one-time witnesses to be what they claim and never to be made', () => {
    const module = modules.get('fake')!;
    const copyable = {
      ...module,
      datatypeHandles: module.datatypeHandles.map((handle) => (handle.name === 'FAKE' ? { ...handle, abilities: 3 } : handle)),
    };
    expect(findSuiViolation(copyable)).to.match(/no one-time witness/);
    const index = module.structs.findIndex((s) => module.datatypeHandles[s.handle]!.name === 'FAKE');
    const [first, ...others] = module.functions;
    const body = first!.body()!;
    const packing = {
      ...first!,
      body: () => ({ ...body, code: [{ op: 'Pack' as const, operand: index, wide: 0n }, ...body.code] }),
    };
    expect(findSuiViolation({ ...module, functions: [packing, ...others] })).to.match(/makes the one-time witness/);
  });
});
