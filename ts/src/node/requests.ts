/** Bodies and query strings of the storage node's API (HTTP specification §0.2, §2.8, §2.9): what is unknown is refused. */
import type { Context } from 'hono';
import { orthogonalAxis, symbolIdFromText, type Axis } from '../encoding/index.js';
import { invalidFilter, noSymbolsSpecified, noTargetSlivers } from './errors.js';
import { MAX_SYMBOLS_PER_REQUEST, type SymbolQuery } from './symbols.js';

/** A request that does not parse; answered in plain text. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  constructor(
    message: string,
    readonly code: 400 | 401 = 400,
  ) {
    super(message);
  }
}

/** The body of a request; undefined as soon as it turns out to be longer than the limit. */
export async function limitedBody(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const declared = request.headers.get('content-length');
  if (declared !== null && !request.headers.has('transfer-encoding')) {
    // The HTTP parser holds the sender to it. Touching `body` instead would set up a stream for nothing.
    return Number(declared) > maxBytes ? undefined : new Uint8Array(await request.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, total));
}

/** Values by name, in order. */
export type Query = ReadonlyMap<string, readonly string[]>;

/** @throws BadRequest for a name that is not allowed here */
export function queryOf(c: Context, allowed: readonly string[]): Query {
  const query = c.req.queries();
  for (const name of Object.keys(query)) {
    if (!allowed.includes(name)) throw new BadRequest(`unknown query parameter: ${name.slice(0, 64)}`);
  }
  return new Map(Object.entries(query));
}

/** The symbols that `…/recoverySymbols` is asked for. @throws NodeApiError, BadRequest, InvalidIdError */
export function symbolQueryOf(query: Query): SymbolQuery {
  const ids = query.get('id') ?? [];
  const [targetSliver] = query.get('targetSliver') ?? [];
  const targetType = axisIn(query, 'targetType');
  const sourceAxis = axisIn(query, 'proofAxis');
  if (targetSliver === undefined && targetType === undefined) {
    if (ids.length === 0) throw noSymbolsSpecified();
    if (ids.length > MAX_SYMBOLS_PER_REQUEST) throw invalidFilter(`at most ${MAX_SYMBOLS_PER_REQUEST} symbols at a time`);
    return { kind: 'ids', ids: ids.map(symbolIdFromText), sourceAxis };
  }
  if (ids.length > 0) throw invalidFilter('name symbols by id or by target, not by both');
  if (targetSliver === undefined || targetType === undefined) throw invalidFilter('targetSliver and targetType belong together');
  if (sourceAxis !== undefined && sourceAxis !== orthogonalAxis(targetType)) {
    throw invalidFilter('proofAxis has to be the axis that targetType is not');
  }
  return { kind: 'target', target: { axis: targetType, index: sliverIndex(targetSliver) } };
}

/** The slivers that `…/decodingSymbols` is asked to help with. @throws NodeApiError, BadRequest */
export function targetsOf(query: Query): { readonly axis: Axis; readonly targets: readonly number[] } {
  const targets = query.get('targetSlivers') ?? [];
  if (targets.length === 0) throw noTargetSlivers();
  if (targets.length > MAX_SYMBOLS_PER_REQUEST) throw invalidFilter(`at most ${MAX_SYMBOLS_PER_REQUEST} targets at a time`);
  const axis = axisIn(query, 'targetType');
  if (axis === undefined) throw new BadRequest('targetType is missing');
  return { axis, targets: targets.map(sliverIndex) };
}

function axisIn(query: Query, name: string): Axis | undefined {
  const values = query.get(name);
  if (values === undefined) return undefined;
  const [value] = values;
  if (values.length > 1 || (value !== 'primary' && value !== 'secondary')) {
    throw new BadRequest(`${name}: expected primary or secondary`);
  }
  return value;
}

function sliverIndex(text: string): number {
  const index = Number(text);
  if (!/^\d{1,5}$/.test(text) || index > 0xffff) throw new BadRequest(`invalid sliver index: ${text.slice(0, 32)}`);
  return index;
}
