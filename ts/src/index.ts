/** `haulout`: store and read blobs, bind to the contracts, start a whole local network. */
export * from './client/index.js';
export * from './cluster/index.js';
export * as protocol from './protocol/index.js';
export * as storageNode from './node/index.js';
