/** Modules that no compiler wrote: typed errors, no hangs, nothing of theirs in generated code. */
import { deserialize, serialize } from '@mysten/move-bytecode-template';
import { expect } from 'chai';
import fc from 'fast-check';
import { MalformedModuleError, VmError } from '../../../src/localnet/vm/index.js';
import { parseModule } from '../../../src/localnet/vm/module.js';
import { buildFramework } from '../../../src/move/index.js';
import { address, call, fixture, vmOf, vmWith } from './support.js';
import { mutateBytes, mutateModule, Sandbox } from './verifier/mutation.js';

type Json = Record<string, unknown>;

describe('Move VM: malformed modules', function () {
  let bytes: Uint8Array;

  before(async () => {
    const { modules } = await vmWith(fixture('basics'));
    bytes = modules[0]!;
  });

  /** Parses and, when that works, translates every function; any typed error will do. */
  const translateAll = (module: Uint8Array): void => {
    try {
      const vm = vmOf({ modules: [module] });
      for (const name of parseModule(module).functionByName.keys()) {
        try {
          vm.generatedSource({ package: address(0), module: parseModule(module).self.name, function: name, typeArguments: [] });
        } catch (error) {
          expect(error).to.be.instanceOf(VmError);
        }
      }
    } catch (error) {
      if (!(error instanceof VmError)) throw error;
    }
  };

  it('refuses bytes that are no module', () => {
    for (const junk of [new Uint8Array(0), Uint8Array.of(1, 2, 3), bytes.subarray(0, 40), new Uint8Array(2_000_000)])
      expect(() => parseModule(junk)).to.throw(MalformedModuleError);
  });

  it('survives flipped bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (flips) => {
        const mutated = bytes.slice();
        for (const [at, value] of flips) mutated[at] = value;
        translateAll(mutated);
      }),
      { numRuns: 150 },
    );
  });

  /** A module whose first function has this body, all else unchanged. */
  const withCode = (code: unknown[]): Uint8Array => {
    const json = deserialize(bytes) as { function_defs: { code: { code: unknown[]; jump_tables: unknown[] } }[] };
    json.function_defs[0]!.code.code = code;
    json.function_defs[0]!.code.jump_tables = [];
    return serialize(json as Json) as Uint8Array;
  };
  const firstFunction = (module: Uint8Array): string => {
    const parsed = parseModule(module);
    return parsed.functionHandles[parsed.functions[0]!.handle]!.name;
  };

  const bodies: { name: string; code: unknown[] }[] = [
    { name: 'an empty operand stack', code: ['Add', 'Ret'] },
    { name: 'operands of different types', code: [{ LdU8: 1 }, { LdU64: 1n }, 'Add', 'Ret'] },
    { name: 'code that runs past its end', code: ['LdTrue', 'Pop'] },
    { name: 'operands left at the end of a block', code: ['LdTrue', { Branch: 2 }, 'Pop', 'Ret'] },
    { name: 'a condition that is no bool', code: [{ LdU8: 1 }, { BrTrue: 0 }, 'Ret'] },
    { name: 'a reference read from a value', code: [{ LdU8: 1 }, 'ReadRef', 'Pop', 'Ret'] },
    { name: 'the wrong return type', code: ['LdTrue', 'Ret'] },
    { name: 'an abort without a code', code: ['LdTrue', 'Abort'] },
    { name: 'an abort code of the wrong type', code: [{ LdU8: 1 }, 'Abort'] },
  ];
  for (const { name, code } of bodies)
    it(`refuses ${name}`, () => {
      const module = withCode(code);
      const vm = vmOf({ modules: [module] });
      const target = { package: address(0), module: 'basics', function: firstFunction(module), typeArguments: [] };
      expect(() => vm.generatedSource(target)).to.throw(MalformedModuleError);
      const parameters = vm.functionInfo(address(0), 'basics', target.function)!.parameters;
      expect(call(vm, target.function, parameters.map(() => 0)).ok).to.equal(false);
    });

  it('bounds an endless loop of a single block', () => {
    const module = withCode([{ Branch: 0 }]);
    const vm = vmOf({ modules: [module] });
    const name = firstFunction(module);
    const parameters = vm.functionInfo(address(0), 'basics', name)!.parameters;
    const outcome = call(vm, name, parameters.map(() => 0), { budget: 1_000_000n });
    expect(outcome).to.deep.equal({ ok: false, failure: { kind: 'outOfGas' } });
  });

  // The first form becomes WebAssembly, the second, with a constant vector, JavaScript.
  for (const [form, extra] of [['of integers', []], ['of other values too', [{ LdConst: 0 }, 'Pop']]] as const)
    it(`bounds an endless loop ${form} that calls a function without calls`, () => {
      const json = deserialize(bytes) as { function_handles: { name: number }[]; identifiers: string[] };
      const callee = json.function_handles.findIndex((h) => json.identifiers[h.name] === 'sub8');
      const module = withCode([{ LdU8: 1 }, { LdU8: 1 }, { Call: callee }, 'Pop', ...extra, { Branch: 0 }]);
      const name = firstFunction(module);
      expect(name).not.to.equal('sub8');
      const vm = vmOf({ modules: [module] });
      const parameters = vm.functionInfo(address(0), 'basics', name)!.parameters;
      expect(call(vm, name, parameters.map(() => 0), { budget: 1_000_000n })).to.deep.equal({ ok: false, failure: { kind: 'outOfGas' } });
    });

  it('runs irreducible control flow', () => {
    // Two entries into the cycle 5 ↔ 8: only a switch loop can express it.
    const module = withCode(['LdTrue', { BrTrue: 5 }, { Branch: 8 }, 'Nop', 'Ret', 'LdFalse', { BrTrue: 11 }, { Branch: 8 }, 'LdTrue', { BrTrue: 5 }, { Branch: 11 }, { LdU64: 7n }, 'Abort']);
    const vm = vmOf({ modules: [module] });
    const name = firstFunction(module);
    const parameters = vm.functionInfo(address(0), 'basics', name)!.parameters;
    const outcome = call(vm, name, parameters.map(() => 0), { budget: 1_000_000n });
    expect(outcome).to.deep.equal({ ok: false, failure: { kind: 'outOfGas' } });
  });

  it('runs what the verifier accepts of mutated modules', async () => {
    const sandbox = new Sandbox(await buildFramework());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.boolean(), (seed, structured) => {
        const mutated = structured ? mutateModule(bytes, seed) : mutateBytes(bytes, seed);
        if (mutated !== undefined && sandbox.accepts([mutated])) sandbox.run([mutated], seed);
      }),
      { numRuns: 150 },
    );
  });

  it('puts no name of a module into generated code', () => {
    const json = deserialize(bytes) as { identifiers: string[] };
    const names = new Set(json.identifiers.filter((name) => name.length > 3));
    const vm = vmOf({ modules: [bytes] });
    for (const name of parseModule(bytes).functionByName.keys()) {
      const source = vm.generatedSource({ package: address(0), module: 'basics', function: name, typeArguments: name === 'wrap' || name === 'swap_ends' ? [{ kind: 'u8' }] : [] });
      const words = new Set(source.match(/[A-Za-z_]\w*/g));
      const known = new Set(['abort', 'depth', 'push', 'length', 'name', 'container', 'value']);
      expect([...names].filter((n) => words.has(n) && !known.has(n)), name).to.deep.equal([]);
    }
  });
});
