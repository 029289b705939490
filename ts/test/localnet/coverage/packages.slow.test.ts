/** Every Move package of this repository ends its tests in the same way with probes as without. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { runMoveTests } from '../../../src/localnet/testing.js';
import { CRYPTOGRAPHY_PACKAGE, MOVE_PACKAGES } from '../../../../scripts/move-packages.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

describe('coverage of the packages of this repository', function () {
  this.timeout(0);
  for (const directory of [...MOVE_PACKAGES, CRYPTOGRAPHY_PACKAGE])
    it(directory, async () => {
      const run = runMoveTests(path.join(root, directory), { coverage: true });
      const failed: string[] = [];
      for await (const { test, passed, reason } of run) if (!passed) failed.push(`${test.module}::${test.name}: ${reason}`);
      expect(failed).to.deep.equal([]);
      expect(run.differingTests).to.deep.equal([]);
      expect(run.coverage!.unmeasured).to.deep.equal([]);
    });
});
