/** Typed bindings of the contracts: objects, events, messages, transactions, deployment. */
export * from './bls.js';
export * from './chain.js';
export * from './deploy.js';
export * from './errors.js';
export * from './events.js';
export * from './messages.js';
export * from './node-operations.js';
export * as objects from './objects.js';
export * from './transactions.js';
