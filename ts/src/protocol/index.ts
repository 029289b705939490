/** Typed bindings of the contracts: objects, events, messages, transactions, deployment. */
export * from './audit.js';
export * from './audit-reader.js';
export { BlobOpenings, BlobSet, isAnswered, sampleOf, type Opening, type Sample, type SymbolPosition } from './audit-openings.js';
export { decodeAuditEvent, type AuditEvent } from './audit-objects.js';
export * from './bls.js';
export * from './chain.js';
export * from './deploy.js';
export * from './deployment.js';
export * from './deploy-governance.js';
export * from './errors.js';
export * from './events.js';
export * from './governance.js';
export * as governanceObjects from './governance-objects.js';
export * from './messages.js';
export * from './node-operations.js';
export * as objects from './objects.js';
export * from './transactions.js';
export * from './upgrades.js';
