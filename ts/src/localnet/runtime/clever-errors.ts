/** Abort codes that carry a source line and the name and value of a constant (sui-execution.md §1.14). */
import type { CleverError } from '../ledger/types.js';
import type { SignatureType } from '../vm/types.js';
import type { ModuleInfo, MoveVm } from '../vm/index.js';
import { readUleb } from './bytes.js';
import type { Execution } from './execute.js';

const ABSENT = 0xffff;
const NO_CODE = 0xff;

export interface CleverCode {
  readonly errorCode: number | undefined;
  readonly line: number | undefined;
  /** Indices in the constant pool of the module that aborted. */
  readonly nameIndex: number | undefined;
  readonly valueIndex: number | undefined;
}

/** Parts of an abort code, undefined for a plain number. */
export function parseCleverCode(code: bigint): CleverCode | undefined {
  const tag = Number(code >> 60n);
  if (tag !== 0x8 && tag !== 0xc) return undefined;
  if (((code >> 56n) & 0xfn) !== 0n) return undefined;
  const errorCode = Number((code >> 48n) & 0xffn);
  if (tag === 0x8 && errorCode !== 0) return undefined;
  const part = (shift: bigint) => {
    const value = Number((code >> shift) & 0xffffn);
    return value === ABSENT ? undefined : value;
  };
  return {
    errorCode: tag === 0x8 || errorCode === NO_CODE ? undefined : errorCode,
    line: part(32n),
    nameIndex: part(16n),
    valueIndex: part(0n),
  };
}

/** Looks up what a clever code points to. */
export function decodeCleverError(code: bigint, module: ModuleInfo | undefined): CleverError | undefined {
  const parts = parseCleverCode(code);
  if (!parts) return undefined;
  const name = parts.nameIndex === undefined ? undefined : module?.constants[parts.nameIndex];
  const value = parts.valueIndex === undefined ? undefined : module?.constants[parts.valueIndex];
  return {
    errorCode: parts.errorCode,
    lineNumber: parts.line,
    constantName: name && bytesText(name.data),
    constantType: value && signatureText(value.type),
    rendered: value && renderConstant(value.type, value.data),
    raw: value?.data,
  };
}

/** UTF-8 text of a BCS `vector<u8>`. */
function bytesText(data: Uint8Array): string | undefined {
  const length = readUleb(data, 0);
  if (!length || length.next + length.value !== data.length) return undefined;
  const text = Buffer.from(data.subarray(length.next)).toString('utf8');
  return text.includes('\ufffd') ? undefined : text;
}

function renderConstant(type: SignatureType, data: Uint8Array): string | undefined {
  switch (type.kind) {
    case 'vector':
      return type.element.kind === 'u8' ? bytesText(data) : undefined;
    case 'bool':
      return data[0] === 1 ? 'true' : 'false';
    case 'address':
      return '0x' + Buffer.from(data).toString('hex');
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256':
      return BigInt('0x' + Buffer.from(data).reverse().toString('hex')).toString();
    default:
      return undefined;
  }
}

export function signatureText(type: SignatureType): string {
  switch (type.kind) {
    case 'vector':
      return `vector<${signatureText(type.element)}>`;
    case 'datatype': {
      const args = type.typeArguments.length === 0 ? '' : `<${type.typeArguments.map(signatureText).join(',')}>`;
      return `${type.address}::${type.module}::${type.name}${args}`;
    }
    case 'reference':
      return `${type.mutable ? '&mut ' : '&'}${signatureText(type.target)}`;
    case 'typeParameter':
      return `T${type.index}`;
    default:
      return type.kind;
  }
}

/** What went wrong, for a person, and the clever error behind it. */
export function describeFailure(
  execution: Execution,
  vm: MoveVm,
): { sentence: string | undefined; cleverError: CleverError | undefined } {
  const { failure } = execution;
  if (!failure) return { sentence: undefined, cleverError: undefined };
  const { status, location, command, detail } = failure;
  const where = command === undefined ? '' : ` in command ${command}`;
  if (status.$kind !== 'MoveAbort' || !location) {
    const place = location ? ` at ${location.module}::${location.functionName}, instruction ${location.instruction}` : '';
    const fields = status.$kind === 'CommandArgumentError' ? ` ${JSON.stringify(status.CommandArgumentError)}` : '';
    return { sentence: `${status.$kind}${fields}${where}${place}${detail ? `: ${detail}` : ''}`, cleverError: undefined };
  }
  const code = BigInt(status.MoveAbort[1]);
  const cleverError = decodeCleverError(code, vm.moduleInfo(location.package, location.module));
  const line = cleverError?.lineNumber === undefined ? '' : ` (line ${cleverError.lineNumber})`;
  const name = cleverError?.constantName ? ` '${cleverError.constantName}'` : '';
  const text = cleverError?.rendered === undefined ? '' : `: ${cleverError.rendered}`;
  const number = cleverError ? (cleverError.errorCode ?? '') : code;
  return {
    sentence: `MoveAbort${where}: ${location.package}::${location.module}::${location.functionName}${line} aborted with${name || ` code ${number}`}${text}`,
    cleverError,
  };
}
