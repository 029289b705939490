/**
 * Errors of the services as gRPC statuses (sui-rpc.md §2 and §4 "Errors").
 *
 * Services throw `RpcError` of the SDK, so that a client in the same process sees exactly what a client
 * over HTTP sees. Anything else that escapes a service is a defect of ours and becomes INTERNAL.
 */
import { GrpcStatusCode, GrpcTypes, RpcError } from '@mysten/sui/grpc';
import { MessageType, ScalarType } from '@protobuf-ts/runtime';
import { toBase64 } from '@mysten/bcs';
import { TransactionRejected, type RejectionReason } from '../ledger/errors.js';

/** Name of a gRPC status code, e.g. `NOT_FOUND`. */
export type StatusName = keyof typeof GrpcStatusCode;

/** `google.rpc.Status` as the SDK's messages carry it. */
export type RpcStatusMessage = Extract<GrpcTypes.GetObjectResult['result'], { oneofKind: 'error' }>['error'];

/** Why a field of a request was refused; names of `ErrorReason`. */
export type FieldProblem = 'FIELD_INVALID' | 'FIELD_MISSING';

interface FieldViolation {
  field: string;
  description: string;
  reason: string;
}

// google.rpc.BadRequest is not among the SDK's messages; the two messages are described here.
const fieldViolationType = new MessageType<FieldViolation>('google.rpc.BadRequest.FieldViolation', [
  { no: 1, name: 'field', kind: 'scalar', T: ScalarType.STRING },
  { no: 2, name: 'description', kind: 'scalar', T: ScalarType.STRING },
  { no: 3, name: 'reason', kind: 'scalar', T: ScalarType.STRING },
]);
const badRequestType = new MessageType<{ fieldViolations: FieldViolation[] }>('google.rpc.BadRequest', [
  { no: 1, name: 'field_violations', kind: 'message', repeat: 2, T: () => fieldViolationType },
]);
const statusType = messageTypeOfField(GrpcTypes.GetObjectResult, 'error');

/** Metadata key under which gRPC carries the binary `google.rpc.Status`. */
export const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

function messageTypeOfField(type: { readonly fields: readonly { name: string; kind: string; T?: unknown }[] }, name: string) {
  const field = type.fields.find((candidate) => candidate.name === name);
  if (field?.kind !== 'message') throw new TypeError(`no message field ${name}`);
  return (field.T as () => MessageType<RpcStatusMessage>)();
}

/** A status without details. */
export function rpcError(code: StatusName, message: string, cause?: unknown): RpcError {
  const error = new RpcError(message, code);
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** NOT_FOUND. */
export function notFound(message: string): RpcError {
  return rpcError('NOT_FOUND', message);
}

/**
 * INVALID_ARGUMENT with a `google.rpc.BadRequest` that names the field.
 * @param field path in the request, e.g. `requests[3].object_id`
 */
export function invalidField(field: string, description: string, reason: FieldProblem = 'FIELD_INVALID'): RpcError {
  const error = rpcError('INVALID_ARGUMENT', `${field}: ${description}`);
  const violation = { field, description, reason };
  const status: RpcStatusMessage = {
    code: GrpcStatusCode.INVALID_ARGUMENT,
    message: error.message,
    details: [
      {
        typeUrl: 'type.googleapis.com/google.rpc.BadRequest',
        value: badRequestType.toBinary({ fieldViolations: [violation] }),
      },
    ],
  };
  error.meta = { [STATUS_DETAILS_KEY]: toBase64(statusType.toBinary(status)) };
  return error;
}

/** INVALID_ARGUMENT for a required field that is not set. */
export function missingField(field: string): RpcError {
  return invalidField(field, 'field is required', 'FIELD_MISSING');
}

/** The status as a message, for results of batch requests. */
export function toStatusMessage(error: RpcError): RpcStatusMessage {
  return { code: statusNumber(error), message: error.message, details: [] };
}

/** Numeric status code of an error; UNKNOWN (2) for a name gRPC does not have. */
export function statusNumber(error: RpcError): number {
  const code = GrpcStatusCode[error.code as StatusName];
  return typeof code === 'number' ? code : GrpcStatusCode.UNKNOWN;
}

/** Rejections that are about signatures, not about inputs. */
const SIGNATURE_REASONS: ReadonlySet<RejectionReason> = new Set([
  'InvalidSignature',
  'SignerSignatureAbsent',
  'SignerSignatureNumberMismatch',
]);
/** Rejections that are about the request itself. */
const REQUEST_REASONS: ReadonlySet<RejectionReason> = new Set(['InvalidTransactionBytes', 'SizeLimitExceeded']);

const INPUT_ERROR_INTRODUCTION =
  'Transaction execution failed due to issues with transaction inputs, please review the errors and try again';

function rejection(error: TransactionRejected): RpcError {
  if (SIGNATURE_REASONS.has(error.reason))
    return rpcError('INVALID_ARGUMENT', `Invalid user signature: ${error.message}`, error);
  if (REQUEST_REASONS.has(error.reason)) return rpcError('INVALID_ARGUMENT', error.message, error);
  return rpcError('INVALID_ARGUMENT', `${INPUT_ERROR_INTRODUCTION}: ${error.message}`, error);
}

/** What an error thrown by a service is on the wire: itself, a rejection's status, or INTERNAL for a defect. */
export function toRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof TransactionRejected) return rejection(error);
  const message = error instanceof Error ? error.message : String(error);
  return rpcError('INTERNAL', `internal error: ${message}`, error);
}
