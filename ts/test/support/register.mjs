// Registers ts-node's ESM loader; pass to Node with `--import`. Types are checked by `npm run typecheck`.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

register('ts-node/esm', pathToFileURL('./'));
