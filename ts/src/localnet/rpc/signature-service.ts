/**
 * `sui.rpc.v2.SignatureVerificationService`: checks a user signature over a personal message or a transaction
 * (sui-rpc.md §3, sui.md §1.3). Ed25519, secp256k1, secp256r1, multisig and passkey; zkLogin needs the keys of
 * identity providers, which this network does not have, and is answered as not valid with that reason.
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import { bcs } from '@mysten/sui/bcs';
import { toBase64 } from '@mysten/bcs';
import { verifyPersonalMessageSignature, verifyTransactionSignature } from '@mysten/sui/verify';
import type { Ledger } from '../ledger/types.js';
import { invalidField, missingField } from './errors.js';
import { parseAddress, shorten } from './values.js';

const MAX_MESSAGE_BYTES = 1_048_576;
const MAX_SIGNATURE_BYTES = 65_536;
const ZKLOGIN_FLAG = 5;

/** Whether the signature is valid, and if not, why. @throws RpcError INVALID_ARGUMENT for a malformed request */
export async function verifySignature(
  _ledger: Ledger,
  request: GrpcTypes.VerifySignatureRequest,
): Promise<GrpcTypes.VerifySignatureResponse> {
  const verify = verifier(request.message);
  const signature = request.signature?.bcs?.value;
  if (signature === undefined || signature.length === 0) throw missingField('signature.bcs');
  if (signature.length > MAX_SIGNATURE_BYTES) throw invalidField('signature.bcs', 'signature too long');
  const address = request.address === undefined ? undefined : parseAddress('address', request.address);
  if (signature[0] === ZKLOGIN_FLAG)
    return { isValid: false, reason: 'zkLogin signatures cannot be verified on this network' };
  try {
    await verify(toBase64(signature), address);
    return { isValid: true };
  } catch (error) {
    return { isValid: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

type Verify = (signature: string, address: string | undefined) => Promise<unknown>;

function verifier(message: GrpcTypes.Bcs | undefined): Verify {
  if (message?.value === undefined) throw missingField('message');
  const { name, value } = message;
  if (value.length > MAX_MESSAGE_BYTES) throw invalidField('message', 'message too long');
  if (name === 'TransactionData') return (signature, address) => verifyTransactionSignature(value, signature, { address });
  if (name !== 'PersonalMessage')
    throw invalidField('message.name', `must be PersonalMessage or TransactionData, not ${shorten(name ?? '')}`);
  const bytes = personalMessage(value);
  return (signature, address) => verifyPersonalMessageSignature(bytes, signature, { address });
}

/** A personal message travels as BCS `vector<u8>`. */
function personalMessage(value: Uint8Array): Uint8Array {
  try {
    return bcs.byteVector().parse(value);
  } catch (error) {
    throw Object.assign(invalidField('message.value', 'expected BCS of vector<u8>'), { cause: error });
  }
}
