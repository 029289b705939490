/**
 * gRPC-web framing (sui-rpc.md §2): frames of one flag byte, a u32 big-endian length and the payload; the trailers
 * are a frame of ASCII header lines. The text form is Base64 of the frames, in padded pieces.
 */
import type { RpcError } from '@mysten/sui/grpc';
import { fromBase64, toBase64 } from '@mysten/bcs';
import { rpcError, statusNumber } from './errors.js';

/** Binary or Base64 bodies. */
export type WebFormat = 'binary' | 'text';

const HEADER_LENGTH = 5;
const FLAG_DATA = 0x00;
const FLAG_COMPRESSED = 0x01;
const FLAG_TRAILERS = 0x80;

/** Content types of requests and answers, each with its format. */
const CONTENT_TYPES: ReadonlyMap<string, WebFormat> = new Map([
  ['application/grpc-web', 'binary'],
  ['application/grpc-web+proto', 'binary'],
  ['application/grpc-web-text', 'text'],
  ['application/grpc-web-text+proto', 'text'],
]);

/** Format of a body with this `content-type`; undefined when it is not gRPC-web with protobuf. */
export function formatOf(contentType: string | undefined): WebFormat | undefined {
  const [type] = (contentType ?? '').split(';');
  return CONTENT_TYPES.get((type as string).trim().toLowerCase());
}

/** Content type of an answer; clients accept no parameters after it. */
export function contentTypeOf(format: WebFormat): string {
  return format === 'text' ? 'application/grpc-web-text' : 'application/grpc-web+proto';
}

/**
 * The one message of a request body. The payload is a view of the body.
 * @throws RpcError INVALID_ARGUMENT for damaged frames, UNIMPLEMENTED for compression
 */
export function decodeRequest(body: Uint8Array, format: WebFormat): Uint8Array {
  const frames = format === 'text' ? decodeText(body) : body;
  if (frames.length < HEADER_LENGTH) throw rpcError('INVALID_ARGUMENT', 'the body is shorter than a frame header');
  const flag = frames[0] as number;
  if (flag === FLAG_COMPRESSED) throw rpcError('UNIMPLEMENTED', 'compressed messages are not supported');
  if (flag !== FLAG_DATA) throw rpcError('INVALID_ARGUMENT', `unexpected frame flag ${flag}`);
  const length = new DataView(frames.buffer, frames.byteOffset).getUint32(1);
  if (frames.length !== HEADER_LENGTH + length)
    throw rpcError('INVALID_ARGUMENT', `the frame says ${length} bytes, the body has ${frames.length - HEADER_LENGTH}`);
  return frames.subarray(HEADER_LENGTH);
}

function decodeText(body: Uint8Array): Uint8Array {
  const text = new TextDecoder('latin1').decode(body).trim();
  if (!/^[A-Za-z0-9+/=]*$/.test(text)) throw rpcError('INVALID_ARGUMENT', 'the body is not Base64');
  try {
    // A client may concatenate pieces, each padded to a multiple of four.
    const pieces = text.match(/[^=]+={0,2}/g) ?? [];
    return pieces.length === 1 ? fromBase64(text) : concat(pieces.map((piece) => fromBase64(piece)));
  } catch (error) {
    throw rpcError('INVALID_ARGUMENT', 'the body is not Base64', error);
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A message as a piece of a response body. */
export function encodeMessage(message: Uint8Array, format: WebFormat): Uint8Array<ArrayBuffer> {
  return encodeFrame(FLAG_DATA, message, format);
}

/** The trailers of a call, the last piece of a response body. Undefined stands for success. */
export function encodeTrailers(error: RpcError | undefined, format: WebFormat): Uint8Array<ArrayBuffer> {
  const lines = Object.entries(statusHeaders(error)).map(([name, value]) => `${name}:${value}\r\n`);
  return encodeFrame(FLAG_TRAILERS, new TextEncoder().encode(lines.join('')), format);
}

/** Status of a call as header fields. Undefined stands for success. */
export function statusHeaders(error: RpcError | undefined): Record<string, string> {
  if (error === undefined) return { 'grpc-status': '0' };
  const headers: Record<string, string> = {
    'grpc-status': statusNumber(error).toString(),
    'grpc-message': percentEncode(error.message),
  };
  for (const [name, value] of Object.entries(error.meta)) if (typeof value === 'string') headers[name] = value;
  return headers;
}

/** Percent-encoding of `grpc-message`: everything but printable ASCII, and the percent sign itself. */
function percentEncode(text: string): string {
  let encoded = '';
  for (const byte of new TextEncoder().encode(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function encodeFrame(flag: number, payload: Uint8Array, format: WebFormat): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEADER_LENGTH + payload.length);
  frame[0] = flag;
  new DataView(frame.buffer).setUint32(1, payload.length);
  frame.set(payload, HEADER_LENGTH);
  return format === 'text' ? new TextEncoder().encode(toBase64(frame)) : frame;
}
