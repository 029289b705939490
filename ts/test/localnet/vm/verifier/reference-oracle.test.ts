/** Reference safety against a concrete model of references: what is accepted never uses a stale one. */
import { expect } from 'chai';
import fc from 'fast-check';
import { Random } from './mutation.js';
import { growProgram, isAccepted, violation } from './reference-model.js';
import type { Step } from './reference-model.js';
import { loadFixture } from './support.js';

describe('Bytecode verifier: reference safety against a model', function () {
  let rules: Uint8Array;
  before(async () => {
    ({ rules } = await loadFixture());
  });

  it('accepts nothing that uses a reference to what was overwritten', () => {
    let length = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const steps = growProgram(rules, new Random(seed), 25);
        length += steps.length;
        for (let run = 0; run < 8; run++) expect(violation(steps, new Random(seed + run)), JSON.stringify(steps)).to.equal(undefined);
      }),
      { numRuns: 8 },
    );
    expect(length, 'programs have steps').to.be.greaterThan(20);
  });

  it('has a model that notices', () => {
    const borrow: Step = { kind: 'borrow', to: 0 };
    const field: Step = { kind: 'derive', from: 0, to: 4, move: false, field: 'left', call: false };
    const dangling: Step[] = [borrow, field, { kind: 'write', from: 0 }, { kind: 'read', from: 4 }];
    expect(violation(dangling, new Random(1))).to.equal('step 3 uses slot 4');
    expect(isAccepted(rules, dangling)).to.equal(false);
    const inOrder: Step[] = [borrow, field, { kind: 'write', from: 4 }, { kind: 'drop', from: 4 }, { kind: 'write', from: 0 }];
    expect(violation(inOrder, new Random(1))).to.equal(undefined);
    expect(isAccepted(rules, inOrder)).to.equal(true);
  });
});
