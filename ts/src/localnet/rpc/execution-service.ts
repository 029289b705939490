/**
 * `sui.rpc.v2.TransactionExecutionService`: execution of signed transactions, simulation and resolution of
 * unfinished ones (sui-rpc.md §3, §4, §5).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { toBase58 } from '@mysten/bcs';
import { blake2b } from '@noble/hashes/blake2.js';
import type { CommandOutput, CommandValue, ExecutedTransaction, Ledger, Simulation } from '../ledger/types.js';
import { invalidField, missingField } from './errors.js';
import {
  MAX_GAS_BUDGET,
  paymentBalance,
  simulateWithGasSelection,
  withGas,
  type UnpaidTransaction,
} from './gas-selection.js';
import { ReadMask } from './mask.js';
import { resolveInputs } from './resolution.js';
import { argumentMessage } from './transaction-messages.js';
import { parseTransactionBytes, parseTransactionMessage, serializeTransaction } from './transaction-requests.js';
import { executedTransactionMessage, simulatedTransactionMessage } from './transactions.js';
import { bcsMessage, valueMessage } from './values.js';

const MAX_SIGNATURES = 2;
/** A multisig of ten zkLogin signers stays below this. */
const MAX_SIGNATURE_BYTES = 65_536;
const TRANSACTION_PREFIX = new TextEncoder().encode('TransactionData::');

/**
 * Executes a signed transaction. A failed execution is an answer; an executed transaction is answered again.
 * @throws RpcError INVALID_ARGUMENT for a bad request; the ledger's rejection
 */
export async function executeTransaction(
  ledger: Ledger,
  request: GrpcTypes.ExecuteTransactionRequest,
): Promise<GrpcTypes.ExecuteTransactionResponse> {
  const mask = ReadMask.parse(GrpcTypes.ExecutedTransaction, request.readMask, ['effects.status', 'checkpoint']);
  const bytes = transactionBytes(ledger, request.transaction);
  const signatures = request.signatures.map((signature, index) => signatureBytes(`signatures[${index}]`, signature));
  if (signatures.length > MAX_SIGNATURES) throw invalidField('signatures', `more than ${MAX_SIGNATURES} signatures`);
  const executed: ExecutedTransaction =
    ledger.getTransaction(transactionDigest(bytes)) ?? (await ledger.execute(bytes, signatures));
  return { transaction: executedTransactionMessage(ledger, executed, mask) };
}

function transactionDigest(bytes: Uint8Array): string {
  return toBase58(blake2b.create({ dkLen: 32 }).update(TRANSACTION_PREFIX).update(bytes).digest());
}

function transactionBytes(ledger: Ledger, message: GrpcTypes.Transaction | undefined): Uint8Array {
  if (message === undefined) throw missingField('transaction');
  // The ledger checks that the bytes are a transaction.
  if (message.bcs?.value !== undefined) return message.bcs.value;
  const unpaid = unpaidTransaction(ledger, message);
  const { payment, price, budget } = unpaid.gas;
  if (price === undefined) throw missingField('transaction.gas_payment.price');
  if (budget === undefined) throw missingField('transaction.gas_payment.budget');
  return serializeTransaction(withGas(unpaid, { payment, price, budget })).bytes;
}

function signatureBytes(field: string, message: GrpcTypes.UserSignature): Uint8Array {
  const bytes = message.bcs?.value;
  if (bytes !== undefined && bytes.length > 0) {
    if (bytes.length > MAX_SIGNATURE_BYTES) throw invalidField(field, 'signature too long');
    return bytes;
  }
  if (message.signature.oneofKind !== 'simple') throw missingField(`${field}.bcs`);
  const { scheme, signature, publicKey } = message.signature.simple;
  if (scheme === undefined || signature === undefined || publicKey === undefined)
    throw missingField(`${field}.simple`);
  return Uint8Array.of(scheme, ...signature, ...publicKey);
}

/** The transaction of a request with resolved inputs; its gas may be incomplete. */
function unpaidTransaction(ledger: Ledger, message: GrpcTypes.Transaction): UnpaidTransaction {
  const draft = parseTransactionMessage(message);
  const inputs = resolveInputs(ledger, draft);
  // Through BCS and back: that checks every value and gives the canonical shapes.
  const { data } = serializeTransaction({
    V1: {
      kind: { ProgrammableTransaction: { inputs, commands: draft.commands } },
      sender: draft.sender,
      gasData: { payment: [], owner: draft.gas.owner, price: 0, budget: 0 },
      expiration: draft.expiration,
    },
  });
  return { kind: data.V1.kind, sender: data.V1.sender, expiration: data.V1.expiration, gas: draft.gas };
}

/**
 * Simulates a transaction, completing what the client left open.
 * @throws RpcError INVALID_ARGUMENT, NOT_FOUND; the ledger's rejection
 */
export function simulateTransaction(
  ledger: Ledger,
  request: GrpcTypes.SimulateTransactionRequest,
): GrpcTypes.SimulateTransactionResponse {
  const mask = ReadMask.parse(GrpcTypes.SimulateTransactionResponse, request.readMask, ['*']);
  if (request.transaction === undefined) throw missingField('transaction');
  const transaction = parseUnpaid(ledger, request.transaction);
  const checks = request.checks !== GrpcTypes.SimulateTransactionRequest_TransactionChecks.DISABLED;
  const price = transaction.gas.price ?? ledger.epoch.referenceGasPrice;
  const simulation =
    checks && request.doGasSelection === true
      ? simulateWithGasSelection(ledger, transaction, price)
      : simulateAsGiven(ledger, transaction, price, checks);
  return simulationMessage(ledger, simulation, price, mask);
}

function parseUnpaid(ledger: Ledger, message: GrpcTypes.Transaction): UnpaidTransaction {
  const bytes = message.bcs?.value;
  if (bytes === undefined) return unpaidTransaction(ledger, message);
  const { V1: data } = parseTransactionBytes('transaction.bcs', bytes);
  const { payment, owner, price, budget } = data.gasData;
  return {
    kind: data.kind,
    sender: data.sender,
    expiration: data.expiration,
    // BCS cannot leave a number out; a zero is never a valid price or budget.
    gas: { payment, owner, price: BigInt(price) || undefined, budget: BigInt(budget) || undefined },
  };
}

function simulateAsGiven(ledger: Ledger, transaction: UnpaidTransaction, price: bigint, checks: boolean): Simulation {
  const { payment, budget: givenBudget } = transaction.gas;
  if (payment.length === 0) {
    const budget = givenBudget ?? MAX_GAS_BUDGET;
    return ledger.simulate(withGas(transaction, { payment, price, budget }), { checks, mockGasCoin: true });
  }
  const balance = paymentBalance(ledger, payment);
  const budget = givenBudget ?? (balance < MAX_GAS_BUDGET ? balance : MAX_GAS_BUDGET);
  return ledger.simulate(withGas(transaction, { payment, price, budget }), { checks });
}

function simulationMessage(
  ledger: Ledger,
  simulation: Simulation,
  price: bigint,
  mask: ReadMask,
): GrpcTypes.SimulateTransactionResponse {
  const message: GrpcTypes.SimulateTransactionResponse = { commandOutputs: [], suggestedGasPrice: price };
  if (mask.has('transaction'))
    message.transaction = simulatedTransactionMessage(ledger, simulation.transaction, mask.child('transaction'));
  if (mask.has('command_outputs'))
    message.commandOutputs = simulation.commandOutputs.map((output) => commandResultMessage(ledger, output));
  return mask.apply(GrpcTypes.SimulateTransactionResponse, message);
}

function commandResultMessage(ledger: Ledger, output: CommandOutput): GrpcTypes.CommandResult {
  return {
    returnValues: output.returnValues.map((value) => commandOutputMessage(ledger, value)),
    mutatedByRef: output.mutatedByReference.map((value) => ({
      argument: argumentMessage(value.argument),
      ...commandOutputMessage(ledger, value),
    })),
  };
}

function commandOutputMessage(ledger: Ledger, value: CommandValue): GrpcTypes.CommandOutput {
  return {
    value: bcsMessage(value.type, value.bytes),
    json: valueMessage(ledger.reflection.renderJson(value.type, value.bytes)),
  };
}
