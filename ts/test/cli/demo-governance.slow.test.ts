/** `haulout demo governance`, run as a user runs it. Needs `npm run build`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));
const run = promisify(execFile);

describe('haulout demo governance', () => {
  it('tells the story as one JSON line', async () => {
    const args = [bin, 'demo', 'governance', '--json', '--nodes', '4', '--shards', '8'];
    const { stdout, stderr } = await run(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } });
    expect(stderr).to.equal('');
    const told = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
    expect(told).to.include({ parameterBefore: '11000', parameterAfter: '5000', blobsLost: 0 });
    expect(told['packageAfter']).to.match(/^0x[0-9a-f]{64}$/).and.not.equal(told['packageBefore']);
    expect(told['blobsStored']).to.be.greaterThan(0);
    expect(told['blobsRead']).to.be.greaterThan(told['blobsStored'] as number);
    expect(told['votes']).to.have.length(2);
  });
});
