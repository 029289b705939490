import { readFileSync } from 'node:fs';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { WalrusClient } from '@mysten/walrus';

const network = JSON.parse(readFileSync(process.argv[2] ?? 'network.json', 'utf8'));
const walrus = new WalrusClient({
  suiClient: new SuiGrpcClient({ network: 'localnet', baseUrl: network.rpcUrl }),
  packageConfig: { systemObjectId: network.systemObjectId, stakingPoolId: network.stakingObjectId },
  storageNodeUrlScheme: 'http', // local nodes have no certificates
});
const signer = Ed25519Keypair.fromSecretKey(network.fundedKey);

const blob = new TextEncoder().encode('Walruses haul out on the ice.');
const { blobId, blobObject } = await walrus.writeBlob({ blob, deletable: true, epochs: 3, signer });
console.log(`stored as ${blobId}, certified in epoch ${blobObject.certified_epoch}`);
console.log(`read back: ${new TextDecoder().decode(await walrus.readBlob({ blobId }))}`);
