/** `npm run deploy -- [options]`: the command `haulout deploy` from the sources, without a build. */
import { run } from '../ts/src/cli/main.js';

await run([...process.argv.slice(0, 2), 'deploy', ...process.argv.slice(2)]);
