/** Declarations, dependencies and Sui's own rules: modules with one thing wrong each. */
import { expect } from 'chai';
import { VerificationError, VerifierMeter } from '../../../../src/localnet/vm/verifier/index.js';
import { mutable, parameter, reference, vector } from './module-editor.js';
import type { ModuleEditor } from './module-editor.js';
import { edited, loadFixture, verify } from './support.js';
import type { Editors, Fixture } from './support.js';

interface Rejection {
  readonly pass: string;
  readonly name: string;
  readonly status: string;
  readonly edit: (editors: Editors) => void;
}

type Edit = (m: ModuleEditor, editors: Editors) => void;
const rule = (pass: string, status: string, name: string, edit: Edit): Rejection => ({
  pass, status, name, edit: (editors) => edit(editors.rules, editors),
});

const repeated = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const extraFunctions = (m: ModuleEditor, count: number): void => {
  const empty = m.signature([]);
  for (let i = 0; i < count; i++) {
    const handle = m.json.function_handles.push({ module: m.json.self_module_handle_idx, name: m.identifier(`extra${i}`), parameters: empty, return_: empty, type_parameters: [] }) - 1;
    m.json.function_defs.push({
      function: handle, visibility: 'Private', is_entry: false, acquires_global_resources: [], code: { locals: empty, code: ['Ret'], jump_tables: [] },
    });
  }
};
const handleOf = (m: ModuleEditor, name: string) => m.json.datatype_handles[m.datatypeHandle(name)]!;
const functionOf = (m: ModuleEditor, name: string) => m.json.function_handles[m.functionHandle(name)]!;
const duplicate = <T>(table: T[]): void => void table.push(structuredClone(table[0]!));

const declarations: Rejection[] = [
  rule('limits', 'TOO_MANY_TYPE_NODES', 'a type of too many nodes', (m) => m.set('slot', { locals: [repeated(250, () => 0).reduce<unknown>((t) => vector(t as string), m.type('Box', m.type('Plain'))) as string], code: ['Ret'] })),
  rule('limits', 'TOO_MANY_PARAMETERS', 'a function of 129 parameters', (m) => m.set('slot', { parameters: repeated(129, () => 'U8'), code: ['Ret'] })),
  rule('limits', 'TOO_MANY_TYPE_PARAMETERS', 'a function of 33 type parameters', (m) => m.set('slot', { typeParameters: repeated(33, () => 0), code: ['Ret'] })),
  rule('limits', 'MAX_FIELD_DEFINITIONS_REACHED', 'a struct of 33 fields', (m) => m.fields('Potato').push(...repeated(32, (i) => ({ name: m.identifier(`field${i}`), signature: 'U8' })))),
  rule('limits', 'IDENTIFIER_TOO_LONG', 'a name of 129 bytes', (m) => void m.json.identifiers.push('a'.repeat(129))),
  rule('limits', 'MAX_FUNCTION_DEFINITIONS_REACHED', 'more than 1000 functions', (m) => extraFunctions(m, 1001)),
  rule('limits', 'MALFORMED', 'more than 1000 signatures', (m) => void repeated(33, (i) => repeated(33, (j) => m.signature([...repeated(i, () => 'U8'), ...repeated(j, () => 'U16')])))),
  rule('limits', 'MALFORMED', 'more than 4000 constants', (m) => void m.json.constant_pool.push(...repeated(4001, (i) => ({ type_: 'U16', data: [i & 255, i >> 8] })))),
  rule('duplication', 'DUPLICATE_ELEMENT', 'an identifier twice', (m) => duplicate(m.json.identifiers)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'an address twice', (m) => duplicate(m.json.address_identifiers)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a constant twice', (m) => duplicate(m.json.constant_pool)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a signature twice', (m) => duplicate(m.json.signatures)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a module handle twice', (m) => duplicate(m.json.module_handles)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a datatype handle twice', (m) => duplicate(m.json.datatype_handles)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a function handle twice', (m) => duplicate(m.json.function_handles)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a field handle twice', (m) => duplicate(m.json.field_handles)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a variant handle twice', (m) => duplicate(m.json.variant_handles)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a function instantiation twice', (m) => duplicate(m.json.function_instantiations)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a struct instantiation twice', (m) => duplicate(m.json.struct_def_instantiations)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a field instantiation twice', (m) => duplicate(m.json.field_instantiations)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'an enum instantiation twice', (m) => duplicate(m.json.enum_def_instantiations)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a variant instantiation twice', (m) => duplicate(m.json.variant_instantiation_handles)),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a field name twice', (m) => { m.fields('Plain')[1]!.name = m.fields('Plain')[0]!.name; }),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a variant name twice', (m) => {
    const { variants } = m.json.enum_defs[m.enum('Shape')]!;
    variants[1]!.variant_name = variants[0]!.variant_name;
  }),
  rule('duplication', 'DUPLICATE_ELEMENT', 'a friend twice', (m) => void repeated(2, () => m.json.friend_decls.push({ address: m.json.module_handles[m.json.self_module_handle_idx]!.address, name: m.identifier('somebody') }))),
  rule('deserialization', 'DUPLICATE_ELEMENT', 'a function defined twice', (m) => duplicate(m.json.function_defs)),
  rule('duplication', 'ZERO_SIZED_STRUCT', 'a struct without fields', (m) => { m.json.struct_defs[m.struct('RULES')]!.field_information.Declared = []; }),
  rule('deserialization', 'MALFORMED', 'an enum without variants', (m) => {
    m.json.datatype_handles.push({ ...handleOf(m, 'Shape'), name: m.identifier('Nothing') });
    m.json.enum_defs.push({ enum_handle: m.datatypeHandle('Nothing'), variants: [] });
  }),
  rule('duplication', 'UNIMPLEMENTED_HANDLE', 'a datatype of the module that is not defined', (m) => void m.json.datatype_handles.push({ ...handleOf(m, 'Plain'), name: m.identifier('Ghost') })),
  rule('duplication', 'UNIMPLEMENTED_HANDLE', 'a function of the module that is not defined', (m) => void m.json.function_handles.push({ ...functionOf(m, 'slot'), name: m.identifier('ghost') })),
  rule('duplication', 'INVALID_MODULE_HANDLE', 'a function defined for another module', (m) => { functionOf(m, 'slot').module = functionOf(m, 'make').module; }),
  rule('duplication', 'INVALID_MODULE_HANDLE', 'a datatype defined for another module', (m) => { handleOf(m, 'Event').module = handleOf(m, 'Foreign').module; }),
  rule('signatures', 'INVALID_SIGNATURE_TOKEN', 'a reference as a field', (m) => { m.fields('Potato')[0]!.signature = reference('U64'); }),
  rule('signatures', 'INVALID_SIGNATURE_TOKEN', 'a reference to a reference', (m) => m.set('slot', { parameters: [reference(reference('U64'))], code: ['Ret'] })),
  rule('signatures', 'CONSTRAINT_NOT_SATISFIED', 'a field that breaks a constraint', (m) => { m.fields('Potato')[0]!.signature = m.type('Strict', m.type('Resource')); }),
  rule('signatures', 'CONSTRAINT_NOT_SATISFIED', 'a parameter that breaks a constraint', (m) => m.set('slot', { parameters: [reference(m.type('Strict', m.type('Resource')))], code: ['Ret'] })),
  rule('signatures', 'CONSTRAINT_NOT_SATISFIED', 'a T that breaks a constraint', (m) => m.set('slot', { typeParameters: [1], parameters: [reference(m.type('Strict', parameter(0)))], code: ['Ret'] })),
  rule('signatures', 'INVALID_PHANTOM_TYPE_PARAM_POSITION', 'a phantom type parameter as a field', (m) => { m.fields('Tag')[0]!.signature = parameter(0); }),
  rule('signatures', 'INVALID_PHANTOM_TYPE_PARAM_POSITION', 'a phantom type parameter inside a field', (m) => { m.fields('Tag')[0]!.signature = m.type('Box', parameter(0)); }),
  rule('bounds', 'INDEX_OUT_OF_BOUNDS', 'a field of a type parameter that the struct does not have', (m) => { m.fields('Plain')[0]!.signature = parameter(0); }),
  rule('bounds', 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', 'a type without its type arguments', (m) => { m.fields('Potato')[0]!.signature = { Datatype: m.datatypeHandle('Box') }; }),
  rule('constants', 'INVALID_CONSTANT_TYPE', 'a constant of a struct', (m) => void m.json.constant_pool.push({ type_: m.type('Plain'), data: [0, 0, 0, 0, 0, 0, 0, 0, 1] })),
  rule('constants', 'INVALID_CONSTANT_TYPE', 'a constant of signers', (m) => void m.json.constant_pool.push({ type_: vector('Signer'), data: [0] })),
  rule('constants', 'MALFORMED_CONSTANT_DATA', 'a constant that is cut off', (m) => void m.json.constant_pool.push({ type_: 'U64', data: [1, 2, 3] })),
  rule('constants', 'MALFORMED_CONSTANT_DATA', 'a constant with bytes to spare', (m) => void m.json.constant_pool.push({ type_: 'U8', data: [1, 2] })),
  rule('constants', 'MALFORMED_CONSTANT_DATA', 'a bool that is 2', (m) => void m.json.constant_pool.push({ type_: 'Bool', data: [2] })),
  rule('constants', 'MALFORMED_CONSTANT_DATA', 'a vector that is shorter than it says', (m) => void m.json.constant_pool.push({ type_: vector('U8'), data: [5, 1] })),
  rule('friends', 'INVALID_FRIEND_DECL_WITH_SELF', 'a module as its own friend', (m) => void m.json.friend_decls.push(m.json.module_handles[m.json.self_module_handle_idx]!)),
  rule('friends', 'INVALID_FRIEND_DECL_WITH_MODULES_OUTSIDE_ACCOUNT_ADDRESS', 'a friend of another package', (m) => {
    const sui = m.json.module_handles[functionOf(m, 'emit').module]!;
    m.json.friend_decls.push({ address: sui.address, name: m.identifier('somebody') });
  }),
  rule('field abilities', 'FIELD_MISSING_TYPE_ABILITY', 'copy with a field that has none', (m) => { m.fields('Plain')[0]!.signature = m.type('Resource'); }),
  rule('field abilities', 'FIELD_MISSING_TYPE_ABILITY', 'key with a field without store', (m) => { m.fields('Wrapper')[1]!.signature = m.type('Potato'); }),
  rule('field abilities', 'FIELD_MISSING_TYPE_ABILITY', 'a variant with a field that lacks drop', (m) => { m.json.enum_defs[m.enum('Shape')]!.variants[1]!.fields[0]!.signature = m.type('Resource'); }),
  rule('recursive datatypes', 'RECURSIVE_DATATYPE_DEFINITION', 'a struct that holds itself', (m) => { m.fields('Plain')[0]!.signature = m.type('Plain'); }),
  rule('recursive datatypes', 'RECURSIVE_DATATYPE_DEFINITION', 'a struct that holds a vector of itself', (m) => { m.fields('Plain')[0]!.signature = vector(m.type('Plain')); }),
  rule('recursive datatypes', 'RECURSIVE_DATATYPE_DEFINITION', 'two structs that hold each other', (m) => { m.fields('Plain')[0]!.signature = m.type('Pair'); }),
  rule('recursive datatypes', 'RECURSIVE_DATATYPE_DEFINITION', 'an enum that holds itself', (m) => { m.json.enum_defs[m.enum('Shape')]!.variants[1]!.fields[0]!.signature = m.type('Box', m.type('Shape')); }),
  rule('instantiation loops', 'LOOP_IN_INSTANTIATION_GRAPH', 'a function that calls itself with a larger type', (m) => {
    m.set('slot', { typeParameters: [0], code: [] });
    m.code('slot').code.push({ CallGeneric: m.functionInstance('slot', m.type('Box', parameter(0))) }, 'Ret');
  }),
  rule('instantiation loops', 'LOOP_IN_INSTANTIATION_GRAPH', 'two functions that do so in turn', (m) => {
    for (const name of ['slot', 'slot_plain']) m.set(name, { typeParameters: [0], code: [] });
    m.code('slot').code.push({ CallGeneric: m.functionInstance('slot_plain', parameter(0)) }, 'Ret');
    m.code('slot_plain').code.push({ CallGeneric: m.functionInstance('slot', vector(parameter(0))) }, 'Ret');
  }),
  rule('deserialization', 'DEPRECATED_BYTECODE_FORMAT', 'an opcode of global storage', (m) => m.set('slot', { parameters: ['Address'], code: [{ MoveLoc: 0 }, { ExistsDeprecated: m.struct('Thing') }, 'Pop', 'Ret'] })),
  rule('deserialization', 'DEPRECATED_BYTECODE_FORMAT', 'an acquires annotation', (m) => { m.definition('slot').acquires_global_resources = [0]; }),
];

/** Adds a handle of a function of `other`. */
const imported = (m: ModuleEditor, name: string, parameters: number, returns: number, typeParameters: number[] = []): void =>
  void m.json.function_handles.push({ module: functionOf(m, 'make').module, name: m.identifier(name), parameters, return_: returns, type_parameters: typeParameters });

const dependencies: Rejection[] = [
  rule('dependencies', 'MISSING_DEPENDENCY', 'a module that does not exist', (m) => void m.json.module_handles.push({ address: m.json.module_handles[functionOf(m, 'make').module]!.address, name: m.identifier('nowhere') })),
  rule('dependencies', 'LOOKUP_FAILED', 'a function that does not exist', (m) => imported(m, 'nothing', m.signature([]), m.signature([]))),
  rule('dependencies', 'LOOKUP_FAILED', 'a private function of another module', (m) => imported(m, 'hidden', m.signature(['U64']), m.signature(['U64']))),
  rule('dependencies', 'LOOKUP_FAILED', 'a package function of a module whose friend it is not', (m, { other }) => {
    other.json.friend_decls = [];
    other.definition('friendly').visibility = 'Friend';
    imported(m, 'friendly', m.signature(['U64']), m.signature(['U64']));
  }),
  rule('dependencies', 'LOOKUP_FAILED', 'a datatype that does not exist', (m) => void m.json.datatype_handles.push({ ...handleOf(m, 'Foreign'), name: m.identifier('Nothing') })),
  rule('dependencies', 'TYPE_MISMATCH', 'a function with another parameter', (m) => imported(m, 'loose', m.signature(['U8']), m.signature([]))),
  rule('dependencies', 'TYPE_MISMATCH', 'a function with another result', (m) => imported(m, 'loose', m.signature([]), m.signature(['U64']))),
  rule('dependencies', 'TYPE_MISMATCH', 'a function whose constraint is left out', (m) => imported(m, 'constrained', m.signature([reference(parameter(0))]), m.signature([parameter(0)]), [0])),
  rule('dependencies', 'TYPE_MISMATCH', 'a datatype with more abilities than it has', (m) => { handleOf(m, 'Foreign').abilities = 7; }),
  rule('dependencies', 'TYPE_MISMATCH', 'a datatype with more type parameters than it has', (m) => {
    m.json.datatype_handles.push({ ...handleOf(m, 'Foreign'), abilities: 0, name: m.identifier('Loose'), type_parameters: repeated(2, () => ({ constraints: 0, is_phantom: false })) });
  }),
  rule('dependencies', 'TYPE_MISMATCH', 'a type parameter made phantom', (m) => {
    m.json.datatype_handles.push({ ...handleOf(m, 'Foreign'), abilities: 0, name: m.identifier('Loose'), type_parameters: [{ constraints: 0, is_phantom: true }] });
  }),
  rule('dependencies', 'CYCLIC_MODULE_DEPENDENCY', 'modules that use each other', (_, { other }) => {
    const self = other.json.module_handles[other.json.self_module_handle_idx]!;
    other.json.module_handles.push({ address: self.address, name: other.identifier('rules') });
  }),
];

const sui = (pass: string, name: string, edit: Edit): Rejection => rule(pass, 'SUI_MOVE_VERIFICATION_ERROR', name, edit);
const context = (m: ModuleEditor) => mutable(m.type('TxContext'));
const newId = (m: ModuleEditor) => ({ Call: m.functionHandle('new') });

const suiRules: Rejection[] = [
  sui('struct with key', 'an object whose first field is not called id', (m) => { m.fields('Thing')[0]!.name = m.identifier('uid'); }),
  sui('struct with key', 'an object whose first field is no UID', (m) => {
    handleOf(m, 'Potato').abilities = 8;
    m.fields('Potato')[0]!.name = m.identifier('id');
  }),
  sui('struct with key', 'an enum with key', (m) => { handleOf(m, 'Shape').abilities |= 8; }),
  sui('id leak', 'an object with the UID of another', (m) => m.set('slot', {
    parameters: [m.type('Thing')], returns: [m.type('Thing')],
    code: [{ MoveLoc: 0 }, { Unpack: m.struct('Thing') }, { Pack: m.struct('Thing') }, 'Ret'],
  })),
  sui('id leak', 'an object with a UID from a parameter', (m) => m.set('slot', {
    parameters: [m.type('UID')], returns: [m.type('Thing')], code: [{ MoveLoc: 0 }, { LdU64: 1n }, { Pack: m.struct('Thing') }, 'Ret'],
  })),
  sui('id leak', 'an object with a UID that passed through another function', (m) => m.set('slot', {
    parameters: [context(m)], returns: [m.type('Thing')],
    code: [{ MoveLoc: 0 }, newId(m), { CallGeneric: m.functionInstance('slot_any', m.type('UID')) }, { LdU64: 1n }, { Pack: m.struct('Thing') }, 'Ret'],
  })),
  sui('id leak', 'an object with a UID that is new on one path only', (m) => m.set('slot', {
    parameters: [context(m), m.type('Thing')], returns: [m.type('Thing')], locals: [m.type('UID')],
    code: [
      { MoveLoc: 1 }, { Unpack: m.struct('Thing') }, 'Pop', { StLoc: 2 }, 'LdTrue', { BrTrue: 11 },
      { MoveLoc: 2 }, { Call: m.functionHandle('delete') }, { MoveLoc: 0 }, newId(m), { StLoc: 2 },
      { MoveLoc: 2 }, { LdU64: 1n }, { Pack: m.struct('Thing') }, 'Ret',
    ],
  })),
  ...(['transfer', 'share_object', 'freeze_object'] as const).map((name) => sui('private generics', `${name} of an object that another module may declare`, (m) => {
    functionOf(m, 'transfer').name = m.identifier(name);
    const transfer = functionOf(m, name);
    transfer.parameters = name === 'transfer' ? transfer.parameters : m.signature([parameter(0)]);
    // Nothing else calls it any more.
    m.set('keep', { code: ['Ret'] });
    m.set('init', { parameters: [m.type('RULES'), context(m)], code: ['Ret'] });
    const recipient = { LdConst: m.json.constant_pool.push({ type_: 'Address', data: repeated(32, () => 0) }) - 1 };
    m.set('slot', {
      typeParameters: [8], parameters: [parameter(0)],
      code: [{ MoveLoc: 0 }, ...(name === 'transfer' ? [recipient] : []), { CallGeneric: m.functionInstance(name, parameter(0)) }, 'Ret'],
    });
  })),
  sui('private generics', 'an event that is a number', (m) => m.set('slot', { code: [{ LdU64: 1n }, { CallGeneric: m.functionInstance('emit', 'U64') }, 'Ret'] })),
  sui('private generics', 'an event of a type parameter', (m) => m.set('slot', {
    typeParameters: [3], parameters: [parameter(0)], code: [{ MoveLoc: 0 }, { CallGeneric: m.functionInstance('emit', parameter(0)) }, 'Ret'],
  })),
  sui('entry points', 'a public init', (m) => { m.definition('init').visibility = 'Public'; }),
  sui('entry points', 'an init that is an entry function', (m) => { m.definition('init').is_entry = true; }),
  sui('entry points', 'an init with a result', (m) => m.set('init', { parameters: [m.type('RULES'), context(m)], returns: ['U64'], code: [{ LdU64: 1n }, 'Ret'] })),
  sui('entry points', 'an init with a type parameter', (m) => m.set('init', { parameters: [m.type('RULES'), context(m)], typeParameters: [0], code: ['Ret'] })),
  sui('entry points', 'an init without a context', (m) => m.set('init', { parameters: [m.type('RULES')], code: ['Ret'] })),
  sui('entry points', 'an init of three parameters', (m) => m.set('init', { parameters: [m.type('RULES'), 'U64', context(m)], code: ['Ret'] })),
  sui('entry points', 'a call of init', (m) => m.set('slot', { parameters: [m.type('RULES'), context(m)], code: [{ MoveLoc: 0 }, { MoveLoc: 1 }, { Call: m.functionHandle('init') }, 'Ret'] })),
  sui('entry points', 'an entry function that takes Random mutably', (m) => m.set('roll', { parameters: [mutable(m.type('Random'))], code: ['Ret'] })),
  sui('one-time witness', 'an init that leaves the witness out', (m) => m.set('init', { parameters: [context(m)], code: ['Ret'] })),
  sui('one-time witness', 'an init that takes something else', (m) => m.set('init', { parameters: [m.type('Plain'), context(m)], code: ['Ret'] })),
  sui('one-time witness', 'a witness that can be copied', (m) => { handleOf(m, 'RULES').abilities = 3; }),
  sui('one-time witness', 'a witness of a number', (m) => {
    m.fields('RULES')[0]!.signature = 'U64';
    m.set('init', { parameters: [m.type('RULES'), context(m)], code: ['Ret'] });
  }),
  sui('one-time witness', 'a witness that code makes', (m) => m.set('slot', { returns: [m.type('RULES')], code: ['LdTrue', { Pack: m.struct('RULES') }, 'Ret'] })),
];

describe('Bytecode verifier: modules', function () {
  let fixture: Fixture;
  before(async () => {
    fixture = await loadFixture();
  });

  const refusal = (edit: (editors: Editors) => void, meter?: VerifierMeter): VerificationError => {
    try {
      verify(edited(fixture, edit), fixture.lookup, meter);
    } catch (error) {
      if (error instanceof VerificationError) return error;
      throw error;
    }
    throw new Error('accepted');
  };

  for (const [title, cases] of [['declarations', declarations], ['dependencies', dependencies], ['Sui', suiRules]] as const)
    describe(`${title} refuse`, () => {
      for (const { pass, name, status, edit } of cases)
        it(`${name} (${pass})`, () => {
          const error = refusal(edit);
          expect({ pass: error.pass, status: error.status }, error.message).to.deep.equal({ pass, status });
          expect(error.executionStatus).to.equal(title === 'Sui' ? 'SuiMoveVerificationError' : 'VMVerificationOrDeserializationError');
        });
    });

  it('refuses bytes that are no module', () => {
    expect(() => verify([fixture.rules.subarray(0, 60)], fixture.lookup)).to.throw(VerificationError).that.includes({ pass: 'deserialization' });
    expect(() => verify([Uint8Array.of(1, 2, 3)], fixture.lookup)).to.throw(VerificationError).that.includes({ status: 'BAD_MAGIC' });
  });

  it('stops when verification takes too long', () => {
    const error = refusal(() => undefined, new VerifierMeter(100));
    expect(error).to.include({ executionStatus: 'SuiMoveVerificationTimedout', status: 'PROGRAM_TOO_COMPLEX' });
  });

  it('stops at a borrow graph that is made to be large', () => {
    const references = repeated(100, () => mutable('U64'));
    const error = refusal(({ rules: m }) => {
      m.set('slot_plain', { parameters: references, returns: references, code: [...repeated(100, (i) => ({ MoveLoc: i })), 'Ret'] });
      const head = [...repeated(100, (i) => ({ CopyLoc: i })), { Call: m.functionHandle('slot_plain') }, ...repeated(100, (i) => ({ StLoc: 100 + i }))];
      const blocks = repeated(900, (i) => ['LdTrue', { BrTrue: head.length + 2 * i + 2 }]).flat();
      m.set('slot', { parameters: references, locals: references, code: [...head, ...blocks, 'Ret'] });
    });
    expect(error).to.include({ executionStatus: 'SuiMoveVerificationTimedout', pass: 'reference safety' });
  });

  it('lets the package call what its friend lets it', () => {
    const modules = edited(fixture, ({ rules, other }) => {
      other.definition('friendly').visibility = 'Friend';
      other.json.friend_decls = [{ address: other.json.module_handles[other.json.self_module_handle_idx]!.address, name: other.identifier('rules') }];
      imported(rules, 'friendly', rules.signature(['U64']), rules.signature(['U64']));
    });
    verify(modules, fixture.lookup);
  });
});
