/**
 * The table of all methods the network serves: protobuf descriptors of the SDK joined with our functions. Both
 * transports call through it.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { IMessageType } from '@protobuf-ts/runtime';
import type { ServiceType } from '@protobuf-ts/runtime-rpc';
import type { Ledger } from '../ledger/types.js';
import * as execution from './execution-service.js';
import * as forking from './forking-service.js';
import * as ledgerService from './ledger-service.js';
import * as names from './name-service.js';
import * as packages from './package-service.js';
import * as signatures from './signature-service.js';
import * as state from './state-service.js';
import * as subscriptions from './subscription-service.js';

interface MethodTypes {
  /** Path of the method: `package.Service/Method`. */
  readonly path: string;
  readonly input: IMessageType<object>;
  readonly output: IMessageType<object>;
}

/** A method with one answer. */
export interface UnaryMethod extends MethodTypes {
  readonly kind: 'unary';
  /** @throws RpcError */
  call(ledger: Ledger, request: object): object | Promise<object>;
}

/** A method with a stream of answers. */
export interface StreamMethod extends MethodTypes {
  readonly kind: 'stream';
  /** The stream ends when the signal is aborted. @throws RpcError before or within the stream */
  call(ledger: Ledger, request: object, signal: AbortSignal): AsyncIterable<object>;
}

/** A method of a service. */
export type ServiceMethod = UnaryMethod | StreamMethod;

type Unary = (ledger: Ledger, request: never) => object | Promise<object>;
type Stream = (ledger: Ledger, request: never, signal: AbortSignal) => AsyncIterable<object>;

const methods = new Map<string, ServiceMethod>();

function serve(service: ServiceType, unary: Record<string, Unary>, streams: Record<string, Stream> = {}): void {
  for (const method of service.methods) {
    const types = { path: `${service.typeName}/${method.name}`, input: method.I, output: method.O };
    const handler = unary[method.localName];
    const stream = streams[method.localName];
    // The descriptor pairs each name with its message types, which TypeScript cannot see through the table.
    if (handler !== undefined && !method.serverStreaming)
      methods.set(types.path, { ...types, kind: 'unary', call: handler as UnaryMethod['call'] });
    else if (stream !== undefined && method.serverStreaming)
      methods.set(types.path, { ...types, kind: 'stream', call: stream as StreamMethod['call'] });
  }
}

serve(
  GrpcTypes.LedgerService,
  {
    getServiceInfo: ledgerService.getServiceInfo,
    getObject: ledgerService.getObject,
    batchGetObjects: ledgerService.batchGetObjects,
    getTransaction: ledgerService.getTransaction,
    batchGetTransactions: ledgerService.batchGetTransactions,
    getCheckpoint: ledgerService.getCheckpoint,
    getEpoch: ledgerService.getEpoch,
  },
  {
    listCheckpoints: ledgerService.listCheckpoints,
    listTransactions: ledgerService.listTransactions,
    listEvents: ledgerService.listEvents,
  },
);
serve(GrpcTypes.StateService, {
  listDynamicFields: state.listDynamicFields,
  listOwnedObjects: state.listOwnedObjects,
  getCoinInfo: state.getCoinInfo,
  getBalance: state.getBalance,
  listBalances: state.listBalances,
});
serve(GrpcTypes.TransactionExecutionService, {
  executeTransaction: execution.executeTransaction,
  simulateTransaction: execution.simulateTransaction,
});
serve(GrpcTypes.MovePackageService, {
  getPackage: packages.getPackage,
  getDatatype: packages.getDatatype,
  getFunction: packages.getFunction,
  listPackageVersions: packages.listPackageVersions,
});
serve(GrpcTypes.SignatureVerificationService, { verifySignature: signatures.verifySignature });
serve(GrpcTypes.NameService, { lookupName: names.lookupName, reverseLookupName: names.reverseLookupName });
serve(
  GrpcTypes.SubscriptionService,
  {},
  {
    subscribeCheckpoints: subscriptions.subscribeCheckpoints,
    subscribeTransactions: subscriptions.subscribeTransactions,
    subscribeEvents: subscriptions.subscribeEvents,
  },
);
serve(GrpcTypes.ForkingService, {
  advanceClock: forking.advanceClock,
  advanceCheckpoint: forking.advanceCheckpoint,
  getStatus: forking.getStatus,
});

/** The method under a path `package.Service/Method`; undefined when it is not served. */
export function findMethod(path: string): ServiceMethod | undefined {
  return methods.get(path);
}

/** Paths of all methods. */
export function methodPaths(): readonly string[] {
  return [...methods.keys()];
}
