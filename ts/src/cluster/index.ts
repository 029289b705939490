/** A whole local network in one process. */
export { Cluster, type ClusterNode, type ClusterOptions, type ClusterStep } from './cluster.js';
export {
  CONTRACT_DIRECTORIES,
  contractCompiler,
  writeLaterVersion,
  type ContractCompiler,
  type ContractName,
} from './contracts.js';
export { EpochNotSynced, type EpochReport } from './epochs.js';
export type { Handler } from './local-node.js';
export { accountKey, networkPublicKey, protocolKey } from './keys.js';
