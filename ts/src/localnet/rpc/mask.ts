/**
 * Field masks (`google.protobuf.FieldMask`): which parts of an answer a caller wants (sui-rpc.md §3).
 *
 * A path names a field of the answer's message in proto spelling and selects the whole sub-tree; `*` selects
 * everything; a path that does not exist in the message is INVALID_ARGUMENT. Services ask `has` before they
 * compute something expensive, and `apply` removes what was built but not asked for.
 */
import type { FieldInfo, IMessageType } from '@protobuf-ts/runtime';
import { invalidField } from './errors.js';

/** A mask never has more paths than messages have fields; longer lists only waste our time. */
const MAX_PATHS = 512;
const MAX_PATH_LENGTH = 512;

type AnyMessageType = Pick<IMessageType<object>, 'fields' | 'typeName'>;
type MutableMessage = Record<string, unknown>;

/** A parsed field mask, or the part of one below a field. */
export class ReadMask {
  /** Selects every field. */
  static readonly ALL = new ReadMask(undefined);
  /** Selects nothing. */
  static readonly NONE = new ReadMask(new Map());

  /** Selected fields by proto name; undefined when the whole sub-tree is selected. */
  private readonly childMasks: Map<string, ReadMask> | undefined;

  private constructor(children: Map<string, ReadMask> | undefined) {
    this.childMasks = children;
  }

  /**
   * Parses the paths of a request against the message they describe.
   * @param mask as sent; unset or empty means `defaultPaths`
   * @throws RpcError INVALID_ARGUMENT for an unknown path
   */
  static parse(
    type: AnyMessageType,
    mask: { readonly paths: readonly string[] } | undefined,
    defaultPaths: readonly string[],
  ): ReadMask {
    const paths = mask === undefined || mask.paths.length === 0 ? defaultPaths : mask.paths;
    if (paths.length > MAX_PATHS) throw invalidField('read_mask', `more than ${MAX_PATHS} paths`);
    const root = new ReadMask(new Map());
    for (const path of paths) {
      if (path === '*') return ReadMask.ALL;
      if (path.length > MAX_PATH_LENGTH) throw invalidField('read_mask', 'path too long');
      root.add(type, path.split('.'), path);
    }
    return root;
  }

  private add(type: AnyMessageType, segments: readonly string[], path: string): void {
    const [segment, ...rest] = segments as [string, ...string[]];
    const field = type.fields.find((candidate) => candidate.name === segment);
    if (field === undefined) throw invalidField('read_mask', `invalid read_mask path: ${path}`);
    const selected = this.childMasks?.get(segment);
    if (rest.length === 0) {
      this.childMasks?.set(segment, ReadMask.ALL);
      return;
    }
    const below = field.kind === 'message' ? (field.T() as AnyMessageType) : undefined;
    // Well-known types are values to a mask: nothing below them can be named.
    if (below === undefined || below.typeName.startsWith('google.'))
      throw invalidField('read_mask', `invalid read_mask path: ${path}`);
    const child = selected ?? (this.childMasks === undefined ? ReadMask.ALL : new ReadMask(new Map()));
    child.add(below, rest, path);
    this.childMasks?.set(segment, child);
  }

  /** Whether a field, or a part of it, was asked for. */
  has(name: string): boolean {
    return this.childMasks === undefined || this.childMasks.has(name);
  }

  /** The mask for the message in a field. */
  child(name: string): ReadMask {
    if (this.childMasks === undefined) return ReadMask.ALL;
    return this.childMasks.get(name) ?? ReadMask.NONE;
  }

  /** Removes from `message`, in place, what the mask does not select. Returns it. */
  apply<T extends object>(type: IMessageType<T>, message: T): T {
    trim(type as AnyMessageType, message as MutableMessage, this);
    return message;
  }

  /** True when the whole sub-tree is selected. */
  get isAll(): boolean {
    return this.childMasks === undefined;
  }
}

function trim(type: AnyMessageType, message: MutableMessage, mask: ReadMask): void {
  if (mask.isAll) return;
  for (const field of type.fields) {
    if (field.oneof !== undefined) {
      trimOneof(field, message, mask);
    } else if (!mask.has(field.name)) {
      clear(field, message);
    } else if (field.kind === 'message') {
      const below = mask.child(field.name);
      const value = message[field.localName];
      if (below.isAll || value === undefined) continue;
      const items = field.repeat ? (value as MutableMessage[]) : [value as MutableMessage];
      for (const item of items) trim(field.T() as AnyMessageType, item, below);
    }
  }
}

function clear(field: FieldInfo, message: MutableMessage): void {
  if (field.kind === 'map') message[field.localName] = {};
  else if (field.repeat) message[field.localName] = [];
  else delete message[field.localName];
}

function trimOneof(field: FieldInfo, message: MutableMessage, mask: ReadMask): void {
  const group = message[field.oneof as string] as MutableMessage | undefined;
  if (group === undefined || group.oneofKind !== field.localName) return;
  if (!mask.has(field.name)) message[field.oneof as string] = { oneofKind: undefined };
  else if (field.kind === 'message')
    trim(field.T() as AnyMessageType, group[field.localName] as MutableMessage, mask.child(field.name));
}
