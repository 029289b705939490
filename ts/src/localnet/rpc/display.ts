/**
 * Display: the human view of an object by the template its publisher put on chain (sui-rpc.md §4 "Object"): the
 * `0x2::display_registry::Display<T>` derived from the registry 0xd. As on Sui, the older `0x2::display::Display<T>`
 * objects do not count here: a type has no display over gRPC until it is in the registry.
 *
 * A template is text with `{path.to.field}` holes, `\{` for a plain brace. Holes are filled from the JSON
 * rendering of the object. A hole that cannot be filled makes its field null and adds a sentence to `errors`.
 * Formats and alternatives of newer display versions (`{a | b}`, `{x:hex}`) are not interpreted.
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import { TypeTagSerializer } from '@mysten/sui/bcs';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import type { Ledger } from '../ledger/types.js';
import { shorten, valueMessage } from './values.js';

const FRAMEWORK = normalizeSuiAddress('0x2');
const REGISTRY = normalizeSuiAddress('0xd');
/** Longest rendered field, so that a template cannot multiply an object's size. */
const MAX_OUTPUT_LENGTH = 262_144;

/** Templates by field name, in the order they were added. */
type Template = readonly (readonly [name: string, template: string])[];

/** The display of a value; undefined when its type has no published template. */
export function renderDisplay(ledger: Ledger, type: string, contents: Uint8Array): GrpcTypes.Display | undefined {
  const template = registeredTemplate(ledger, type);
  if (template === undefined) return undefined;
  const json = ledger.reflection.renderJson(type, contents);
  const output = Object.create(null) as Record<string, string | null>;
  const errors = Object.create(null) as Record<string, string>;
  for (const [name, text] of template) {
    const rendered = renderTemplate(text, json);
    output[name] = rendered.text;
    if (rendered.error !== undefined) errors[name] = rendered.error;
  }
  const message: GrpcTypes.Display = { output: valueMessage(output) };
  if (Object.keys(errors).length > 0) message.errors = valueMessage(errors);
  return message;
}

/** The template of the registry: a type has at most one, at a derived ID; `DisplayKey` is one zero byte in BCS. */
function registeredTemplate(ledger: Ledger, type: string): Template | undefined {
  const key = `${FRAMEWORK}::derived_object::DerivedObjectKey<${FRAMEWORK}::display_registry::DisplayKey<${type}>>`;
  const id = deriveDynamicFieldID(REGISTRY, TypeTagSerializer.parseFromStr(key), Uint8Array.of(0));
  const display = ledger.getObject(id);
  if (display?.contents === undefined) return undefined;
  if (display.type !== `${FRAMEWORK}::display_registry::Display<${type}>`) return undefined;
  return parseFields(ledger.reflection.renderJson(display.type, display.contents));
}

/** `fields: VecMap<String, String>` of the JSON of a display. */
function parseFields(json: unknown): Template | undefined {
  const entries = isRecord(json) && isRecord(json.fields) ? json.fields.contents : undefined;
  if (!Array.isArray(entries)) return undefined;
  return entries.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry.key === 'string' && typeof entry.value === 'string'
      ? [[entry.key, entry.value] as const]
      : [],
  );
}

/**
 * Fills the holes of one template.
 * @returns the text, or null with the reason
 */
export function renderTemplate(template: string, json: unknown): { text: string | null; error?: string } {
  let text = '';
  for (let i = 0; i < template.length; ) {
    const character = template[i] as string;
    if (character === '\\' && i + 1 < template.length) {
      text += template[i + 1];
      i += 2;
    } else if (character === '{') {
      const end = template.indexOf('}', i);
      if (end < 0) return { text: null, error: 'unclosed brace in template' };
      const filled = fill(template.slice(i + 1, end).trim(), json);
      if (filled.error !== undefined) return { text: null, error: filled.error };
      text += filled.text;
      i = end + 1;
    } else if (character === '}') {
      return { text: null, error: 'unmatched brace in template' };
    } else {
      text += character;
      i++;
    }
    if (text.length > MAX_OUTPUT_LENGTH) return { text: null, error: 'output too large' };
  }
  return { text };
}

function fill(path: string, json: unknown): { text: string; error?: string } {
  let value = json;
  for (const name of path.split('.')) {
    // `hasOwn`: a template must not reach properties that JavaScript, not the object, has.
    if (!isRecord(value) || !Object.hasOwn(value, name))
      return { text: '', error: `field ${shorten(path)} does not exist` };
    value = value[name];
  }
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return { text: value.toString() };
  if (value === null) return { text: '' };
  return { text: '', error: `field ${shorten(path)} is not a value that can be shown as text` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
