/** Function bodies that break one rule each, and bodies that come close and do not. */
import { expect } from 'chai';
import { VerificationError } from '../../../../src/localnet/vm/verifier/index.js';
import { mutable, parameter, reference, vector } from './module-editor.js';
import type { FunctionEdit, ModuleEditor } from './module-editor.js';
import { edited, loadFixture, verify } from './support.js';
import type { Fixture } from './support.js';

type Body = (m: ModuleEditor) => FunctionEdit;
interface Case {
  readonly name: string;
  readonly body: Body;
}
interface Rejection extends Case {
  readonly status: string;
  /** Offset of the instruction that is blamed. */
  readonly at?: number;
}

const u64 = { LdU64: 1n };
const plain = (m: ModuleEditor): FunctionEdit['code'] => [u64, 'LdTrue', { Pack: m.struct('Plain') }];

const controlFlow: Rejection[] = [
  { name: 'code that runs past its end', status: 'INVALID_FALL_THROUGH', at: 1, body: () => ({ code: ['LdTrue', 'Pop'] }) },
  { name: 'code that ends in a conditional branch', status: 'INVALID_FALL_THROUGH', at: 1, body: () => ({ code: ['LdTrue', { BrTrue: 0 }] }) },
  {
    name: 'a loop with two entries', status: 'INVALID_LOOP_SPLIT',
    body: () => ({ code: ['LdTrue', { BrTrue: 5 }, 'Nop', 'LdTrue', { BrTrue: 7 }, 'Nop', { Branch: 3 }, 'Ret'] }),
  },
  {
    name: 'loops nested six deep', status: 'LOOP_MAX_DEPTH_REACHED',
    body: () => ({ code: [...Array.from({ length: 6 }, () => 'Nop'), ...[5, 4, 3, 2, 1, 0].flatMap((to) => ['LdTrue', { BrTrue: to }]), 'Ret'] }),
  },
  {
    name: 'a jump table without a switch', status: 'INVALID_ENUM_SWITCH',
    body: () => ({ code: ['Ret'], jumpTables: [{ of: 'Shape', targets: [0, 0, 0] }] }),
  },
  {
    name: 'a jump table of two switches', status: 'INVALID_ENUM_SWITCH',
    body: (m) => ({
      parameters: [reference(m.type('Shape'))],
      code: [{ CopyLoc: 0 }, { VariantSwitch: 0 }, { CopyLoc: 0 }, { VariantSwitch: 0 }, 'Ret'],
      jumpTables: [{ of: 'Shape', targets: [2, 4, 4] }],
    }),
  },
  {
    name: 'more than 1024 basic blocks', status: 'TOO_MANY_BASIC_BLOCKS',
    body: () => ({ code: [...Array.from({ length: 1024 }, (_, i) => ({ Branch: i + 1 })), 'Ret'] }),
  },
];

const stackUsage: Rejection[] = [
  { name: 'an operand that is not there', status: 'NEGATIVE_STACK_SIZE_WITHIN_BLOCK', at: 1, body: () => ({ code: [u64, 'Add', 'Ret'] }) },
  { name: 'an operand of the block before', status: 'POSITIVE_STACK_SIZE_AT_BLOCK_END', at: 1, body: () => ({ code: [u64, { Branch: 2 }, 'Pop', 'Ret'] }) },
  { name: 'an operand left at the return', status: 'POSITIVE_STACK_SIZE_AT_BLOCK_END', at: 1, body: () => ({ code: [u64, 'Ret'] }) },
  { name: 'a missing result', status: 'NEGATIVE_STACK_SIZE_WITHIN_BLOCK', at: 0, body: () => ({ returns: ['U64'], code: ['Ret'] }) },
  {
    name: 'more than 1024 operands', status: 'VALUE_STACK_OVERFLOW', at: 1024,
    body: () => ({ code: [...Array.from({ length: 1025 }, () => 'LdTrue'), ...Array.from({ length: 1025 }, () => 'Pop'), 'Ret'] }),
  },
  {
    name: 'more than 10,000 pushes', status: 'VALUE_STACK_PUSH_OVERFLOW',
    body: () => ({ code: [...Array.from({ length: 10_001 }, () => ['LdTrue', 'Pop']).flat(), 'Ret'] }),
  },
  { name: 'an unbalanced block that nothing reaches', status: 'NEGATIVE_STACK_SIZE_WITHIN_BLOCK', at: 1, body: () => ({ code: ['Ret', 'Pop', 'Ret'] }) },
];

const integers = 'INTEGER_OP_TYPE_MISMATCH_ERROR';
const booleans = 'BOOLEAN_OP_TYPE_MISMATCH_ERROR';
const binary = (op: string, left: unknown, right: unknown): Body => () => ({ code: [left, right, op, 'Pop', 'Ret'] as FunctionEdit['code'] });
const unary = (op: string, operand: unknown): Body => () => ({ code: [operand, op, 'Pop', 'Ret'] as FunctionEdit['code'] });

const typeSafety: Rejection[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Mod', 'BitOr', 'BitAnd', 'Xor', 'Lt', 'Gt', 'Le', 'Ge'].flatMap((op) => [
    { name: `${op} of two widths`, status: integers, at: 2, body: binary(op, { LdU8: 1 }, u64) },
    { name: `${op} of bools`, status: integers, at: 2, body: binary(op, 'LdTrue', 'LdTrue') },
  ]),
  ...['Shl', 'Shr'].flatMap((op) => [
    { name: `${op} by a u64`, status: integers, at: 2, body: binary(op, u64, u64) },
    { name: `${op} of a bool`, status: integers, at: 2, body: binary(op, 'LdTrue', { LdU8: 1 }) },
  ]),
  ...['CastU8', 'CastU16', 'CastU32', 'CastU64', 'CastU128', 'CastU256'].map((op) => ({ name: `${op} of a bool`, status: integers, at: 1, body: unary(op, 'LdTrue') })),
  ...['And', 'Or'].map((op) => ({ name: `${op} of numbers`, status: booleans, at: 2, body: binary(op, u64, u64) })),
  { name: 'Not of a number', status: booleans, at: 1, body: unary('Not', u64) },
  ...['Eq', 'Neq'].map((op) => ({ name: `${op} of two types`, status: 'EQUALITY_OP_TYPE_MISMATCH_ERROR', at: 2, body: binary(op, { LdU8: 1 }, u64) })),
  {
    name: 'Eq of values without drop', status: 'EQUALITY_OP_TYPE_MISMATCH_ERROR', at: 2,
    body: (m) => ({ parameters: [m.type('Resource'), m.type('Resource')], code: [{ MoveLoc: 0 }, { MoveLoc: 1 }, 'Eq', 'Pop', 'Ret'] }),
  },
  { name: 'BrTrue on a number', status: 'BR_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ code: [u64, { BrTrue: 2 }, 'Ret'] }) },
  { name: 'BrFalse on a number', status: 'BR_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ code: [u64, { BrFalse: 2 }, 'Ret'] }) },
  { name: 'Abort with a u8', status: 'ABORT_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ code: [{ LdU8: 1 }, 'Abort'] }) },
  { name: 'a result of another type', status: 'RET_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ returns: ['U64'], code: ['LdTrue', 'Ret'] }) },
  { name: 'a value for a result by reference', status: 'RET_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ returns: [reference('U64')], code: [u64, 'Ret'] }) },
  {
    name: 'a mutable reference for an immutable result', status: 'RET_TYPE_MISMATCH_ERROR', at: 1,
    body: () => ({ parameters: [mutable('U64')], returns: [reference('U64')], code: [{ MoveLoc: 0 }, 'Ret'] }),
  },
  { name: 'StLoc of another type', status: 'STLOC_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ locals: ['U8'], code: [u64, { StLoc: 0 }, 'Ret'] }) },
  { name: 'a dropped value without drop', status: 'POP_WITHOUT_DROP_ABILITY', at: 1, body: (m) => ({ parameters: [m.type('Resource')], code: [{ MoveLoc: 0 }, 'Pop', 'Ret'] }) },
  {
    name: 'a dropped T without drop', status: 'POP_WITHOUT_DROP_ABILITY', at: 1,
    body: () => ({ typeParameters: [0], parameters: [parameter(0)], code: [{ MoveLoc: 0 }, 'Pop', 'Ret'] }),
  },
  {
    name: 'a copied value without copy', status: 'COPYLOC_WITHOUT_COPY_ABILITY', at: 0,
    body: (m) => ({ parameters: [m.type('Resource')], returns: [m.type('Resource'), m.type('Resource')], code: [{ CopyLoc: 0 }, { MoveLoc: 0 }, 'Ret'] }),
  },
  {
    name: 'a copied box of something without copy', status: 'COPYLOC_WITHOUT_COPY_ABILITY', at: 0,
    body: (m) => {
      const box = m.type('Box', m.type('Resource'));
      return { parameters: [box], returns: [box, box], code: [{ CopyLoc: 0 }, { MoveLoc: 0 }, 'Ret'] };
    },
  },
  { name: 'a reference to a reference', status: 'BORROWLOC_REFERENCE_ERROR', at: 0, body: () => ({ parameters: [reference('U64')], code: [{ ImmBorrowLoc: 0 }, 'Pop', 'Ret'] }) },
  { name: 'FreezeRef of a value', status: 'FREEZEREF_TYPE_MISMATCH_ERROR', at: 1, body: unary('FreezeRef', u64) },
  { name: 'FreezeRef of an immutable reference', status: 'FREEZEREF_TYPE_MISMATCH_ERROR', at: 1, body: () => ({ parameters: [reference('U64')], code: [{ MoveLoc: 0 }, 'FreezeRef', 'Pop', 'Ret'] }) },
  { name: 'ReadRef of a value', status: 'READREF_TYPE_MISMATCH_ERROR', at: 1, body: unary('ReadRef', u64) },
  {
    name: 'ReadRef of something without copy', status: 'READREF_WITHOUT_COPY_ABILITY', at: 1,
    body: (m) => ({ parameters: [reference(m.type('Resource'))], returns: [m.type('Resource')], code: [{ MoveLoc: 0 }, 'ReadRef', 'Ret'] }),
  },
  {
    name: 'WriteRef through an immutable reference', status: 'WRITEREF_NO_MUTABLE_REFERENCE_ERROR', at: 2,
    body: () => ({ parameters: [reference('U64')], code: [u64, { MoveLoc: 0 }, 'WriteRef', 'Ret'] }),
  },
  { name: 'WriteRef of another type', status: 'WRITEREF_TYPE_MISMATCH_ERROR', at: 2, body: () => ({ parameters: [mutable('U64')], code: ['LdTrue', { MoveLoc: 0 }, 'WriteRef', 'Ret'] }) },
  {
    name: 'WriteRef over something without drop', status: 'WRITEREF_WITHOUT_DROP_ABILITY', at: 2,
    body: (m) => ({ parameters: [mutable(m.type('Resource')), m.type('Resource')], code: [{ MoveLoc: 1 }, { MoveLoc: 0 }, 'WriteRef', 'Ret'] }),
  },
  {
    name: 'MutBorrowField through an immutable reference', status: 'BORROWFIELD_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [reference(m.type('Plain'))], code: [{ MoveLoc: 0 }, { MutBorrowField: m.field('Plain', 'a') }, 'Pop', 'Ret'] }),
  },
  {
    name: 'a field of another struct', status: 'BORROWFIELD_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [reference(m.type('Pair'))], code: [{ MoveLoc: 0 }, { ImmBorrowField: m.field('Plain', 'a') }, 'Pop', 'Ret'] }),
  },
  {
    name: 'a field of a value', status: 'BORROWFIELD_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [m.type('Plain')], code: [{ MoveLoc: 0 }, { ImmBorrowField: m.field('Plain', 'a') }, 'Pop', 'Ret'] }),
  },
  {
    name: 'a field of another instance of a generic struct', status: 'BORROWFIELD_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [reference(m.type('Box', 'U8'))], code: [{ MoveLoc: 0 }, { ImmBorrowFieldGeneric: m.fieldInstance('Box', 'item', 'U64') }, 'Pop', 'Ret'] }),
  },
  { name: 'an argument of another type', status: 'CALL_TYPE_MISMATCH_ERROR', at: 1, body: (m) => ({ code: ['LdTrue', { Call: m.functionHandle('slot_one') }, 'Pop', 'Ret'] }) },
  {
    name: 'arguments in the wrong order', status: 'CALL_TYPE_MISMATCH_ERROR', at: 2,
    body: (m) => ({
      parameters: [mutable(m.type('Plain')), reference(m.type('Plain'))],
      code: [{ MoveLoc: 1 }, { MoveLoc: 0 }, { Call: m.functionHandle('use_plain') }, 'Ret'],
    }),
  },
  {
    name: 'an argument that does not fit the type argument', status: 'CALL_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ code: [u64, { CallGeneric: m.functionInstance('slot_any', 'U8') }, 'Pop', 'Ret'] }),
  },
  { name: 'Pack with fields of other types', status: 'PACK_TYPE_MISMATCH_ERROR', at: 2, body: (m) => ({ code: ['LdTrue', 'LdTrue', { Pack: m.struct('Plain') }, 'Pop', 'Ret'] }) },
  { name: 'PackGeneric of another instance', status: 'PACK_TYPE_MISMATCH_ERROR', at: 1, body: (m) => ({ code: [u64, { PackGeneric: m.structInstance('Box', 'U8') }, 'Pop', 'Ret'] }) },
  { name: 'PackVariant with a field of another type', status: 'PACK_TYPE_MISMATCH_ERROR', at: 1, body: (m) => ({ code: ['LdTrue', { PackVariant: m.variant('Shape', 1) }, 'Pop', 'Ret'] }) },
  {
    name: 'PackVariantGeneric of another instance', status: 'PACK_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ code: [u64, { PackVariantGeneric: m.variantInstance('Maybe', 1, 'U8') }, 'Pop', 'Ret'] }),
  },
  { name: 'Unpack of a number', status: 'UNPACK_TYPE_MISMATCH_ERROR', at: 1, body: (m) => ({ code: [u64, { Unpack: m.struct('Plain') }, 'Pop', 'Pop', 'Ret'] }) },
  {
    name: 'Unpack of another struct of the same shape', status: 'UNPACK_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [m.type('Resource')], code: [{ MoveLoc: 0 }, { Unpack: m.struct('Potato') }, 'Pop', 'Ret'] }),
  },
  {
    name: 'UnpackGeneric of another instance', status: 'UNPACK_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [m.type('Box', 'U8')], code: [{ MoveLoc: 0 }, { UnpackGeneric: m.structInstance('Box', 'U64') }, 'Pop', 'Ret'] }),
  },
  { name: 'UnpackVariant of a struct', status: 'UNPACK_TYPE_MISMATCH_ERROR', at: 3, body: (m) => ({ code: [...plain(m), { UnpackVariant: m.variant('Shape', 1) }, 'Pop', 'Ret'] }) },
  {
    name: 'UnpackVariantMutRef of an immutable reference', status: 'UNPACK_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [reference(m.type('Shape'))], code: [{ MoveLoc: 0 }, { UnpackVariantMutRef: m.variant('Shape', 1) }, 'Pop', 'Ret'] }),
  },
  {
    name: 'UnpackVariantImmRef of a value', status: 'UNPACK_TYPE_MISMATCH_ERROR', at: 1,
    body: (m) => ({ parameters: [m.type('Shape')], code: [{ MoveLoc: 0 }, { UnpackVariantImmRef: m.variant('Shape', 1) }, 'Pop', 'Ret'] }),
  },
  ...[
    { name: 'a switch over a value', type: (m: ModuleEditor) => m.type('Shape') },
    { name: 'a switch over another enum', type: (m: ModuleEditor) => reference(m.type('Maybe', 'U8')) },
    { name: 'a switch over a mutable reference', type: (m: ModuleEditor) => mutable(m.type('Shape')) },
  ].map(({ name, type }) => ({
    name, status: 'ENUM_TYPE_MISMATCH', at: 1,
    body: (m: ModuleEditor) => ({ parameters: [type(m)], code: [{ MoveLoc: 0 }, { VariantSwitch: 0 }, 'Ret'], jumpTables: [{ of: 'Shape', targets: [2, 2, 2] }] }),
  })),
  { name: 'VecPack of another type', status: 'TYPE_MISMATCH', at: 1, body: (m) => ({ code: ['LdTrue', { VecPack: [m.signature(['U64']), 1n] }, 'Pop', 'Ret'] }) },
  { name: 'VecUnpack of another type', status: 'TYPE_MISMATCH', at: 1, body: (m) => ({ parameters: [vector('U8')], code: [{ MoveLoc: 0 }, { VecUnpack: [m.signature(['U64']), 1n] }, 'Pop', 'Ret'] }) },
  { name: 'VecLen of a value', status: 'TYPE_MISMATCH', at: 1, body: (m) => ({ parameters: [vector('U8')], code: [{ MoveLoc: 0 }, { VecLen: m.signature(['U8']) }, 'Pop', 'Ret'] }) },
  {
    name: 'VecImmBorrow at a u8', status: 'TYPE_MISMATCH', at: 2,
    body: (m) => ({ parameters: [reference(vector('U8'))], code: [{ MoveLoc: 0 }, { LdU8: 1 }, { VecImmBorrow: m.signature(['U8']) }, 'Pop', 'Ret'] }),
  },
  {
    name: 'VecMutBorrow through an immutable reference', status: 'TYPE_MISMATCH', at: 2,
    body: (m) => ({ parameters: [reference(vector('U8'))], code: [{ MoveLoc: 0 }, u64, { VecMutBorrow: m.signature(['U8']) }, 'Pop', 'Ret'] }),
  },
  {
    name: 'VecPushBack of another type', status: 'TYPE_MISMATCH', at: 2,
    body: (m) => ({ parameters: [mutable(vector('U8'))], code: [{ MoveLoc: 0 }, u64, { VecPushBack: m.signature(['U8']) }, 'Ret'] }),
  },
  {
    name: 'VecPopBack through an immutable reference', status: 'TYPE_MISMATCH', at: 1,
    body: (m) => ({ parameters: [reference(vector('U8'))], code: [{ MoveLoc: 0 }, { VecPopBack: m.signature(['U8']) }, 'Pop', 'Ret'] }),
  },
  {
    name: 'VecSwap at bools', status: 'TYPE_MISMATCH', at: 3,
    body: (m) => ({ parameters: [mutable(vector('U8'))], code: [{ MoveLoc: 0 }, 'LdTrue', 'LdTrue', { VecSwap: m.signature(['U8']) }, 'Ret'] }),
  },
  { name: 'a type error in code that nothing reaches', status: integers, at: 3, body: () => ({ code: ['Ret', u64, 'LdTrue', 'Add', 'Pop', 'Ret'] }) },
];

const localsSafety: Rejection[] = [
  { name: 'a local that was never assigned', status: 'COPYLOC_UNAVAILABLE_ERROR', at: 0, body: () => ({ locals: ['U64'], code: [{ CopyLoc: 0 }, 'Pop', 'Ret'] }) },
  { name: 'a local that was moved', status: 'MOVELOC_UNAVAILABLE_ERROR', at: 2, body: () => ({ parameters: ['U64'], code: [{ MoveLoc: 0 }, 'Pop', { MoveLoc: 0 }, 'Pop', 'Ret'] }) },
  { name: 'a reference to a local that was moved', status: 'BORROWLOC_UNAVAILABLE_ERROR', at: 2, body: () => ({ parameters: ['U64'], code: [{ MoveLoc: 0 }, 'Pop', { ImmBorrowLoc: 0 }, 'Pop', 'Ret'] }) },
  {
    name: 'a local that is assigned on one path only', status: 'COPYLOC_UNAVAILABLE_ERROR', at: 4,
    body: () => ({ locals: ['U64'], code: ['LdTrue', { BrTrue: 4 }, u64, { StLoc: 0 }, { CopyLoc: 0 }, 'Pop', 'Ret'] }),
  },
  {
    name: 'a local that the loop moved before', status: 'MOVELOC_UNAVAILABLE_ERROR', at: 0,
    body: () => ({ parameters: ['U64'], code: [{ MoveLoc: 0 }, 'Pop', { Branch: 0 }] }),
  },
  {
    name: 'an overwritten value without drop', status: 'STLOC_UNSAFE_TO_DESTROY_ERROR', at: 1,
    body: (m) => ({ parameters: [m.type('Resource'), m.type('Resource')], code: [{ MoveLoc: 1 }, { StLoc: 0 }, u64, 'Abort'] }),
  },
  { name: 'a value without drop left at the return', status: 'UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP', at: 0, body: (m) => ({ parameters: [m.type('Resource')], code: ['Ret'] }) },
  { name: 'a hot potato left on one path', status: 'UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP', at: 5,
    body: (m) => ({ parameters: [m.type('Potato')], code: ['LdTrue', { BrTrue: 5 }, { MoveLoc: 0 }, { Unpack: m.struct('Potato') }, 'Pop', 'Ret'] }),
  },
];

/** Parameter 0 is `&mut Pair`, of which the left half is borrowed mutably into local 1. */
const leftOfPair = (m: ModuleEditor): FunctionEdit['code'] => [{ CopyLoc: 0 }, { MutBorrowField: m.field('Pair', 'left') }, { StLoc: 1 }];
/** Parameter 0 is `&mut vector<u64>`, whose first element is borrowed mutably into local 1. */
const firstOfVector = (m: ModuleEditor): FunctionEdit['code'] => [{ CopyLoc: 0 }, { LdU64: 0n }, { VecMutBorrow: m.signature(['U64']) }, { StLoc: 1 }];

const referenceSafety: Rejection[] = [
  { name: 'a returned reference to a local', status: 'UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED', at: 1, body: () => ({ parameters: ['U64'], returns: [reference('U64')], code: [{ ImmBorrowLoc: 0 }, 'Ret'] }) },
  {
    name: 'a returned reference into a local, by a call', status: 'UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED', at: 2,
    body: (m) => ({ parameters: ['U64'], returns: [mutable('U64')], code: [{ MutBorrowLoc: 0 }, { CallGeneric: m.functionInstance('pick_mut', 'U64') }, 'Ret'] }),
  },
  {
    name: 'a returned reference to a field of a local', status: 'UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED', at: 2,
    body: (m) => ({ parameters: [m.type('Plain')], returns: [mutable('U64')], code: [{ MutBorrowLoc: 0 }, { MutBorrowField: m.field('Plain', 'a') }, 'Ret'] }),
  },
  {
    name: 'two returned mutable references to one place', status: 'RET_BORROWED_MUTABLE_REFERENCE_ERROR', at: 2,
    body: () => ({ parameters: [mutable('U64')], returns: [mutable('U64'), mutable('U64')], code: [{ CopyLoc: 0 }, { MoveLoc: 0 }, 'Ret'] }),
  },
  {
    name: 'a returned mutable reference beside one into it', status: 'RET_BORROWED_MUTABLE_REFERENCE_ERROR',
    body: (m) => ({
      parameters: [mutable(m.type('Pair'))], returns: [mutable(m.type('Pair')), mutable(m.type('Plain'))], locals: [mutable(m.type('Plain'))],
      code: [...leftOfPair(m), { MoveLoc: 0 }, { MoveLoc: 1 }, 'Ret'],
    }),
  },
  { name: 'a moved local that is borrowed', status: 'MOVELOC_EXISTS_BORROW_ERROR', at: 1, body: () => ({ parameters: ['U64'], code: [{ ImmBorrowLoc: 0 }, { MoveLoc: 0 }, 'Pop', 'Pop', 'Ret'] }) },
  { name: 'a copied local that is mutably borrowed', status: 'COPYLOC_EXISTS_BORROW_ERROR', at: 1, body: () => ({ parameters: ['U64'], code: [{ MutBorrowLoc: 0 }, { CopyLoc: 0 }, 'Pop', 'Pop', 'Ret'] }) },
  { name: 'an assigned local that is borrowed', status: 'STLOC_UNSAFE_TO_DESTROY_ERROR', at: 2, body: () => ({ parameters: ['U64'], code: [{ ImmBorrowLoc: 0 }, u64, { StLoc: 0 }, 'Pop', 'Ret'] }) },
  {
    name: 'an assigned local that is borrowed since the loop before', status: 'STLOC_UNSAFE_TO_DESTROY_ERROR', at: 3,
    body: () => ({ parameters: ['U64', 'U64'], locals: [reference('U64')], code: [{ ImmBorrowLoc: 1 }, { StLoc: 2 }, u64, { StLoc: 0 }, { ImmBorrowLoc: 0 }, { StLoc: 2 }, { Branch: 2 }] }),
  },
  {
    name: 'an immutable borrow of a local that is mutably borrowed', status: 'BORROWLOC_EXISTS_BORROW_ERROR', at: 1,
    body: () => ({ parameters: ['U64'], code: [{ MutBorrowLoc: 0 }, { ImmBorrowLoc: 0 }, 'Pop', 'Pop', 'Ret'] }),
  },
  {
    name: 'a write under a reference in use', status: 'WRITEREF_EXISTS_BORROW_ERROR', at: 3,
    body: () => ({ parameters: [mutable('U64')], code: [{ CopyLoc: 0 }, u64, { MoveLoc: 0 }, 'WriteRef', 'Pop', 'Ret'] }),
  },
  {
    name: 'a write over a whole of which a field is borrowed', status: 'WRITEREF_EXISTS_BORROW_ERROR',
    body: (m) => ({
      parameters: [mutable(m.type('Pair')), m.type('Pair')], locals: [mutable(m.type('Plain'))],
      code: [{ CopyLoc: 0 }, { MutBorrowField: m.field('Pair', 'left') }, { StLoc: 2 }, { CopyLoc: 1 }, { CopyLoc: 0 }, 'WriteRef', { MoveLoc: 2 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a write through the second of two mutable borrows of a local', status: 'WRITEREF_EXISTS_BORROW_ERROR', at: 3,
    body: () => ({ parameters: ['U64'], code: [{ MutBorrowLoc: 0 }, u64, { MutBorrowLoc: 0 }, 'WriteRef', 'Pop', 'Ret'] }),
  },
  {
    name: 'a write over an enum whose variant is borrowed', status: 'WRITEREF_EXISTS_BORROW_ERROR',
    body: (m) => ({
      parameters: [mutable(m.type('Shape')), m.type('Shape')], locals: [mutable('U64')],
      code: [{ CopyLoc: 0 }, { UnpackVariantMutRef: m.variant('Shape', 1) }, { StLoc: 2 }, { CopyLoc: 1 }, { CopyLoc: 0 }, 'WriteRef', { MoveLoc: 2 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a write while one of two paths has borrowed', status: 'WRITEREF_EXISTS_BORROW_ERROR',
    body: () => ({
      parameters: [mutable('U64'), mutable('U64')], locals: [mutable('U64')],
      code: ['LdTrue', { BrTrue: 5 }, { CopyLoc: 0 }, { StLoc: 2 }, { Branch: 7 }, { CopyLoc: 1 }, { StLoc: 2 }, u64, { CopyLoc: 0 }, 'WriteRef', { MoveLoc: 2 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a read under a mutable reference in use', status: 'READREF_EXISTS_MUTABLE_BORROW_ERROR', at: 2,
    body: () => ({ parameters: [mutable('U64')], code: [{ CopyLoc: 0 }, { MoveLoc: 0 }, 'ReadRef', 'Pop', 'Pop', 'Ret'] }),
  },
  {
    name: 'a comparison of a mutable reference with one below it', status: 'READREF_EXISTS_MUTABLE_BORROW_ERROR', at: 2,
    body: () => ({ parameters: [mutable('U64')], code: [{ CopyLoc: 0 }, { MoveLoc: 0 }, 'Eq', 'Pop', 'Ret'] }),
  },
  {
    name: 'FreezeRef above a mutable reference in use', status: 'FREEZEREF_EXISTS_MUTABLE_BORROW_ERROR', at: 2,
    body: () => ({ parameters: [mutable('U64')], code: [{ CopyLoc: 0 }, { MoveLoc: 0 }, 'FreezeRef', 'Pop', 'Pop', 'Ret'] }),
  },
  {
    name: 'a field of a whole that is borrowed', status: 'BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR', at: 3,
    body: (m) => ({
      parameters: [mutable(m.type('Pair'))],
      code: [{ CopyLoc: 0 }, { CallGeneric: m.functionInstance('pick_mut', m.type('Pair')) }, { MoveLoc: 0 }, { MutBorrowField: m.field('Pair', 'left') }, 'Pop', 'Pop', 'Ret'],
    }),
  },
  {
    name: 'an immutable borrow of a field that is mutably borrowed', status: 'BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR', at: 4,
    body: (m) => ({
      parameters: [mutable(m.type('Pair'))], locals: [mutable(m.type('Plain'))],
      code: [...leftOfPair(m), { MoveLoc: 0 }, { ImmBorrowField: m.field('Pair', 'left') }, 'Pop', { MoveLoc: 1 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a variant of an enum that is borrowed as a whole', status: 'BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR', at: 3,
    body: (m) => ({
      parameters: [mutable(m.type('Shape'))],
      code: [{ CopyLoc: 0 }, { CallGeneric: m.functionInstance('pick_mut', m.type('Shape')) }, { MoveLoc: 0 }, { UnpackVariantMutRef: m.variant('Shape', 1) }, 'Pop', 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a mutable argument and another reference to it', status: 'CALL_BORROWED_MUTABLE_REFERENCE_ERROR', at: 4,
    body: (m) => ({
      parameters: [m.type('Plain')],
      code: [{ ImmBorrowLoc: 0 }, { StLoc: 1 }, { MutBorrowLoc: 0 }, { MoveLoc: 1 }, { Call: m.functionHandle('use_plain') }, 'Ret'],
      locals: [reference(m.type('Plain'))],
    }),
  },
  {
    name: 'one place as two mutable arguments', status: 'CALL_BORROWED_MUTABLE_REFERENCE_ERROR', at: 2,
    body: (m) => {
      m.set('slot_plain', { parameters: [mutable('U64'), mutable('U64')], code: ['Ret'] });
      return { parameters: ['U64'], code: [{ MutBorrowLoc: 0 }, { MutBorrowLoc: 0 }, { Call: m.functionHandle('slot_plain') }, 'Ret'] };
    },
  },
  {
    name: 'a vector that grows under a reference to an element', status: 'VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR',
    body: (m) => ({
      parameters: [mutable(vector('U64'))], locals: [mutable('U64')],
      code: [...firstOfVector(m), { CopyLoc: 0 }, u64, { VecPushBack: m.signature(['U64']) }, { MoveLoc: 1 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a vector that shrinks under a reference to an element', status: 'VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR',
    body: (m) => ({
      parameters: [mutable(vector('U64'))], locals: [mutable('U64')],
      code: [...firstOfVector(m), { CopyLoc: 0 }, { VecPopBack: m.signature(['U64']) }, 'Pop', { MoveLoc: 1 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'a vector that swaps under a reference to an element', status: 'VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR',
    body: (m) => ({
      parameters: [mutable(vector('U64'))], locals: [mutable('U64')],
      code: [...firstOfVector(m), { CopyLoc: 0 }, u64, u64, { VecSwap: m.signature(['U64']) }, { MoveLoc: 1 }, 'Pop', 'Ret'],
    }),
  },
  {
    name: 'two mutable elements of one vector', status: 'VEC_BORROW_ELEMENT_EXISTS_MUTABLE_BORROW_ERROR',
    body: (m) => ({
      parameters: [mutable(vector('U64'))], locals: [mutable('U64')],
      code: [...firstOfVector(m), { CopyLoc: 0 }, u64, { VecMutBorrow: m.signature(['U64']) }, 'Pop', { MoveLoc: 1 }, 'Pop', 'Ret'],
    }),
  },
];

const instructionConsistency: Rejection[] = [
  { name: 'Call of a generic function', status: 'GENERIC_MEMBER_OPCODE_MISMATCH', at: 1, body: (m) => ({ code: [u64, { Call: m.functionHandle('slot_any') }, 'Pop', 'Ret'] }) },
  { name: 'CallGeneric of a function that is none', status: 'GENERIC_MEMBER_OPCODE_MISMATCH', at: 1, body: (m) => ({ code: [u64, { CallGeneric: m.functionInstance('slot_one') }, 'Pop', 'Ret'] }) },
  { name: 'Pack of a generic struct', status: 'GENERIC_MEMBER_OPCODE_MISMATCH', at: 1, body: (m) => ({ code: [u64, { Pack: m.struct('Box') }, 'Pop', 'Ret'] }) },
  { name: 'PackGeneric of a struct that is none', status: 'GENERIC_MEMBER_OPCODE_MISMATCH', at: 1, body: (m) => ({ code: [u64, { PackGeneric: m.structInstance('Event') }, 'Pop', 'Ret'] }) },
  {
    name: 'a field of a generic struct', status: 'GENERIC_MEMBER_OPCODE_MISMATCH', at: 1,
    body: (m) => ({ parameters: [reference(m.type('Box', 'U8'))], code: [{ MoveLoc: 0 }, { ImmBorrowField: m.field('Box', 'item') }, 'Pop', 'Ret'] }),
  },
  { name: 'PackVariant of a generic enum', status: 'GENERIC_MEMBER_OPCODE_MISMATCH', at: 1, body: (m) => ({ code: [u64, { PackVariant: m.variant('Maybe', 1) }, 'Pop', 'Ret'] }) },
];

const signatures: Rejection[] = [
  { name: 'a type argument without the ability asked for', status: 'CONSTRAINT_NOT_SATISFIED', at: 1,
    body: (m) => ({ parameters: [m.type('Resource')], code: [{ MoveLoc: 0 }, { CallGeneric: m.functionInstance('slot_generic', m.type('Resource')) }, 'Pop', 'Ret'] }),
  },
  { name: 'T where T: drop is asked for', status: 'CONSTRAINT_NOT_SATISFIED', at: 1,
    body: (m) => ({ typeParameters: [0], parameters: [parameter(0)], code: [{ MoveLoc: 0 }, { CallGeneric: m.functionInstance('slot_generic', parameter(0)) }, 'Pop', 'Ret'] }),
  },
  { name: 'a local of a type that breaks a constraint', status: 'CONSTRAINT_NOT_SATISFIED', body: (m) => ({ locals: [m.type('Strict', m.type('Resource'))], code: ['Ret'] }) },
  { name: 'a packed struct that breaks a constraint', status: 'CONSTRAINT_NOT_SATISFIED', at: 1,
    body: (m) => ({ parameters: [m.type('Resource')], code: [{ MoveLoc: 0 }, { PackGeneric: m.structInstance('Strict', m.type('Resource')) }, 'Pop', 'Ret'] }),
  },
  { name: 'too many type arguments', status: 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', at: 1, body: (m) => ({ code: [u64, { CallGeneric: m.functionInstance('slot_any', 'U64', 'U8') }, 'Pop', 'Ret'] }) },
  { name: 'a vector instruction without an element type', status: 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', at: 0, body: (m) => ({ code: [{ VecPack: [m.signature([]), 0n] }, 'Pop', 'Ret'] }) },
  { name: 'a reference as a type argument', status: 'INVALID_SIGNATURE_TOKEN', at: 1,
    body: (m) => ({ parameters: [reference('U64')], code: [{ MoveLoc: 0 }, { CallGeneric: m.functionInstance('slot_any', reference('U64')) }, 'Pop', 'Ret'] }),
  },
  { name: 'a vector of references', status: 'INVALID_SIGNATURE_TOKEN', body: () => ({ locals: [vector(reference('U64'))], code: ['Ret'] }) },
];

const bounds: Rejection[] = [
  { name: 'a type parameter that the function does not have', status: 'INDEX_OUT_OF_BOUNDS', body: () => ({ locals: [parameter(0)], code: ['Ret'] }) },
  { name: 'a type parameter in a type argument', status: 'INDEX_OUT_OF_BOUNDS', body: (m) => ({ code: [u64, { CallGeneric: m.functionInstance('slot_any', parameter(3)) }, 'Pop', 'Ret'] }) },
  { name: 'an empty body', status: 'EMPTY_CODE_UNIT', body: () => ({ code: [] }) },
  { name: 'a constant that does not exist', status: 'INDEX_OUT_OF_BOUNDS', body: () => ({ code: [{ LdConst: 999 }, 'Pop', 'Ret'] }) },
  { name: 'a jump out of the code', status: 'INDEX_OUT_OF_BOUNDS', body: () => ({ code: [{ Branch: 99 }] }) },
  { name: 'a local that does not exist', status: 'INDEX_OUT_OF_BOUNDS', body: () => ({ code: [{ CopyLoc: 9 }, 'Pop', 'Ret'] }) },
  { name: 'a jump table that leaves out a variant', status: 'INVALID_ENUM_SWITCH',
    body: (m) => ({ parameters: [reference(m.type('Shape'))], code: [{ MoveLoc: 0 }, { VariantSwitch: 0 }, 'Ret'], jumpTables: [{ of: 'Shape', targets: [2, 2] }] }),
  },
];

const accepted: Case[] = [
  { name: 'an assigned local whose reference in the loop before is dead', body: () => ({
    parameters: ['U64'], locals: [reference('U64')], code: [u64, { StLoc: 0 }, { ImmBorrowLoc: 0 }, { StLoc: 1 }, { Branch: 0 }],
  }) },
  { name: 'an irreducible-looking loop with one entry', body: () => ({ code: ['LdTrue', { BrTrue: 3 }, 'Nop', 'LdTrue', { BrTrue: 0 }, 'Ret'] }) },
  { name: 'loops nested five deep', body: () => ({ code: [...Array.from({ length: 5 }, () => 'Nop'), ...[4, 3, 2, 1, 0].flatMap((to) => ['LdTrue', { BrTrue: to }]), 'Ret'] }) },
  { name: 'two fields borrowed mutably', body: (m) => ({
    parameters: [mutable(m.type('Pair'))], returns: [mutable(m.type('Plain')), mutable(m.type('Plain'))], locals: [mutable(m.type('Plain'))],
    code: [...leftOfPair(m), { MoveLoc: 1 }, { MoveLoc: 0 }, { MutBorrowField: m.field('Pair', 'right') }, 'Ret'],
  }) },
  { name: 'a field read while another is borrowed mutably', body: (m) => ({
    parameters: [mutable(m.type('Pair'))], locals: [mutable(m.type('Plain'))],
    code: [...leftOfPair(m), { CopyLoc: 0 }, { ImmBorrowField: m.field('Pair', 'right') }, 'ReadRef', { MoveLoc: 1 }, 'WriteRef', 'Ret'],
  }) },
  { name: 'a write after the reborrow has ended', body: () => ({ parameters: [mutable('U64')], code: [u64, { CopyLoc: 0 }, 'WriteRef', u64, { MoveLoc: 0 }, 'WriteRef', 'Ret'] }) },
  { name: 'a write through the upper of two references after the lower', body: () => ({
    parameters: [mutable('U64')], locals: [mutable('U64')],
    code: [{ CopyLoc: 0 }, { StLoc: 1 }, u64, { MoveLoc: 1 }, 'WriteRef', u64, { MoveLoc: 0 }, 'WriteRef', 'Ret'],
  }) },
  { name: 'two immutable elements of one vector', body: (m) => ({
    parameters: [reference(vector('U64'))],
    code: [{ CopyLoc: 0 }, u64, { VecImmBorrow: m.signature(['U64']) }, { MoveLoc: 0 }, u64, { VecImmBorrow: m.signature(['U64']) }, 'Eq', 'Pop', 'Ret'],
  }) },
  { name: 'a returned reference into a parameter', body: (m) => ({
    parameters: [mutable(m.type('Pair'))], returns: [mutable('U64')],
    code: [{ MoveLoc: 0 }, { MutBorrowField: m.field('Pair', 'left') }, { MutBorrowField: m.field('Plain', 'a') }, 'Ret'],
  }) },
  { name: 'the same local as two immutable arguments', body: (m) => {
    m.set('slot_plain', { parameters: [reference('U64'), reference('U64')], code: ['Ret'] });
    return { parameters: ['U64'], code: [{ ImmBorrowLoc: 0 }, { ImmBorrowLoc: 0 }, { Call: m.functionHandle('slot_plain') }, 'Ret'] };
  } },
  { name: 'a reference that walks through a loop', body: (m) => ({
    parameters: [mutable(m.type('Pair'))], locals: [mutable(m.type('Pair'))],
    code: [{ MoveLoc: 0 }, { StLoc: 1 }, { MoveLoc: 1 }, { CallGeneric: m.functionInstance('pick_mut', m.type('Pair')) }, { StLoc: 1 }, 'LdTrue', { BrTrue: 2 }, 'Ret'],
  }) },
  { name: 'all variants of an enum through a mutable reference', body: (m) => ({
    parameters: [mutable(m.type('Shape'))],
    code: [{ CopyLoc: 0 }, 'FreezeRef', { VariantSwitch: 0 }, 'Ret', { MoveLoc: 0 }, { UnpackVariantMutRef: m.variant('Shape', 2) }, 'Pop', 'Pop', 'Ret'],
    jumpTables: [{ of: 'Shape', targets: [3, 3, 4] }],
  }) },
  { name: 'an abort with a hot potato in hand', body: (m) => ({ parameters: [m.type('Potato')], code: [u64, 'Abort'] }) },
];

const groups: readonly (readonly [pass: string, cases: readonly Rejection[]])[] = [
  ['bounds', bounds],
  ['signatures', signatures],
  ['instruction consistency', instructionConsistency],
  ['control flow', controlFlow],
  ['stack usage', stackUsage],
  ['type safety', typeSafety],
  ['locals safety', localsSafety],
  ['reference safety', referenceSafety],
];

describe('Bytecode verifier: code', function () {
  let fixture: Fixture;
  before(async () => {
    fixture = await loadFixture();
  });

  const withSlot = (body: Body): Uint8Array[] => edited(fixture, ({ rules }) => rules.set('slot', body(rules)));

  it('accepts the fixture', () => {
    verify([fixture.other, fixture.rules], fixture.lookup);
  });

  for (const [pass, cases] of groups)
    describe(`${pass} refuses`, () => {
      for (const { name, status, at, body } of cases)
        it(name, () => {
          let refusal: unknown;
          try {
            verify(withSlot(body), fixture.lookup);
          } catch (error) {
            refusal = error;
          }
          if (!(refusal instanceof VerificationError)) throw refusal ?? new Error('accepted');
          expect({ pass: refusal.pass, status: refusal.status, executionStatus: refusal.executionStatus }, refusal.message).to.deep.equal({
            pass, status, executionStatus: 'VMVerificationOrDeserializationError',
          });
          if (at !== undefined) expect(refusal.location).to.deep.equal({ module: 'rules', function: 'slot', instruction: at });
        });
    });

  describe('accepts', () => {
    for (const { name, body } of accepted)
      it(name, () => {
        verify(withSlot(body), fixture.lookup);
      });
  });
});
