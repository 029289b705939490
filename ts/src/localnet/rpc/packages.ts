/**
 * Packages and their declarations as messages of `move_package.proto` (sui-rpc.md §4 "MovePackageService").
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { Ledger } from '../ledger/types.js';
import type {
  AbilitySet,
  DatatypeInfo,
  FunctionInfo,
  PackageView,
  SignatureType,
  TypeParameterInfo,
} from '../vm/types.js';
import type { ReadMask } from './mask.js';

const { Ability, DatatypeDescriptor_DatatypeKind, FunctionDescriptor_Visibility } = GrpcTypes;
const { OpenSignature_Reference, OpenSignatureBody_Type } = GrpcTypes;

/** A package version with its modules, type origins and linkage. */
export function packageMessage(ledger: Ledger, view: PackageView, mask: ReadMask): GrpcTypes.Package {
  const message: GrpcTypes.Package = {
    storageId: view.storageId,
    originalId: view.originalId,
    version: view.version,
    modules: [],
    typeOrigins: [],
    linkage: [],
  };
  if (mask.has('modules')) {
    const below = mask.child('modules');
    message.modules = [...view.modules].map(([name, contents]) => moduleMessage(ledger, view, name, contents, below));
  }
  if (mask.has('type_origins')) {
    message.typeOrigins = [...view.typeOrigins].map(([path, packageId]) => {
      const [moduleName, datatypeName] = path.split('::');
      return { moduleName, datatypeName, packageId };
    });
  }
  if (mask.has('linkage')) {
    message.linkage = [...view.linkage].map(([originalId, upgradedId]) => {
      const linked: GrpcTypes.Linkage = { originalId, upgradedId };
      const dependency = ledger.getPackage(upgradedId);
      if (dependency !== undefined) linked.upgradedVersion = dependency.version;
      return linked;
    });
  }
  return message;
}

function moduleMessage(
  ledger: Ledger,
  view: PackageView,
  name: string,
  contents: Uint8Array,
  mask: ReadMask,
): GrpcTypes.Module {
  const message: GrpcTypes.Module = { name, datatypes: [], functions: [] };
  if (mask.has('contents')) message.contents = contents.slice();
  if (mask.has('datatypes') || mask.has('functions')) {
    const declared = ledger.reflection.getModule(view.storageId, name);
    message.datatypes = (declared?.datatypes ?? []).map(datatypeMessage);
    message.functions = (declared?.functions ?? []).map(functionMessage);
  }
  return message;
}

/** A struct or enum; the type name carries the defining ID. */
export function datatypeMessage(info: DatatypeInfo): GrpcTypes.DatatypeDescriptor {
  const isStruct = info.kind === 'struct';
  return {
    typeName: `${info.address}::${info.module}::${info.name}`,
    definingId: info.address,
    module: info.module,
    name: info.name,
    abilities: abilityList(info.abilities),
    typeParameters: info.typeParameters.map(typeParameterMessage),
    kind: isStruct ? DatatypeDescriptor_DatatypeKind.STRUCT : DatatypeDescriptor_DatatypeKind.ENUM,
    fields: isStruct ? info.fields.map(fieldMessage) : [],
    variants: info.variants.map((variant, position) => ({
      name: variant.name,
      position,
      fields: variant.fields.map(fieldMessage),
    })),
  };
}

/** A function; parameters include a trailing `TxContext`, as on Sui. */
export function functionMessage(info: FunctionInfo): GrpcTypes.FunctionDescriptor {
  return {
    name: info.name,
    visibility: VISIBILITY[info.visibility],
    isEntry: info.isEntry,
    typeParameters: info.typeParameters.map(typeParameterMessage),
    parameters: info.parameters.map(openSignature),
    returns: info.returns.map(openSignature),
  };
}

const VISIBILITY = {
  private: FunctionDescriptor_Visibility.PRIVATE,
  public: FunctionDescriptor_Visibility.PUBLIC,
  friend: FunctionDescriptor_Visibility.FRIEND,
} as const;

/** Bits of the bytecode's ability set, in the order the messages list them. */
const ABILITY_BITS = [
  [1, Ability.COPY],
  [2, Ability.DROP],
  [4, Ability.STORE],
  [8, Ability.KEY],
] as const;

function abilityList(set: AbilitySet): GrpcTypes.Ability[] {
  return ABILITY_BITS.filter(([bit]) => (set & bit) !== 0).map(([, ability]) => ability);
}

function typeParameterMessage(parameter: TypeParameterInfo): GrpcTypes.TypeParameter {
  return { constraints: abilityList(parameter.constraints), isPhantom: parameter.isPhantom };
}

function fieldMessage(field: { name: string; type: SignatureType }, position: number): GrpcTypes.FieldDescriptor {
  return { name: field.name, position, type: signatureBody(field.type) };
}

function openSignature(type: SignatureType): GrpcTypes.OpenSignature {
  if (type.kind !== 'reference') return { body: signatureBody(type) };
  const reference = type.mutable ? OpenSignature_Reference.MUTABLE : OpenSignature_Reference.IMMUTABLE;
  return { reference, body: signatureBody(type.target) };
}

const PRIMITIVE_TYPES = {
  address: OpenSignatureBody_Type.ADDRESS,
  bool: OpenSignatureBody_Type.BOOL,
  u8: OpenSignatureBody_Type.U8,
  u16: OpenSignatureBody_Type.U16,
  u32: OpenSignatureBody_Type.U32,
  u64: OpenSignatureBody_Type.U64,
  u128: OpenSignatureBody_Type.U128,
  u256: OpenSignatureBody_Type.U256,
  // The messages have no signer; no function a transaction can call takes one.
  signer: OpenSignatureBody_Type.TYPE_UNKNOWN,
} as const;

function signatureBody(type: SignatureType): GrpcTypes.OpenSignatureBody {
  switch (type.kind) {
    case 'vector':
      return { type: OpenSignatureBody_Type.VECTOR, typeParameterInstantiation: [signatureBody(type.element)] };
    case 'datatype':
      return {
        type: OpenSignatureBody_Type.DATATYPE,
        typeName: `${type.address}::${type.module}::${type.name}`,
        typeParameterInstantiation: type.typeArguments.map(signatureBody),
      };
    case 'typeParameter':
      return {
        type: OpenSignatureBody_Type.TYPE_PARAMETER,
        typeParameter: type.index,
        typeParameterInstantiation: [],
      };
    case 'reference':
      return signatureBody(type.target);
    default:
      return { type: PRIMITIVE_TYPES[type.kind], typeParameterInstantiation: [] };
  }
}
