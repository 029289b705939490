/** Alignment of two instruction sequences. */
import { expect } from 'chai';
import fc from 'fast-check';
import { alignSequences } from '../../../src/localnet/tracing/source-map.js';

const sequence = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });

/** Length of a longest common subsequence, straight from its definition. */
function longest(a: readonly string[], b: readonly string[]): number {
  const memo = new Map<string, number>();
  const from = (i: number, j: number): number => {
    if (i === a.length || j === b.length) return 0;
    const key = `${i},${j}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const found = a[i] === b[j] ? 1 + from(i + 1, j + 1) : Math.max(from(i + 1, j), from(i, j + 1));
    memo.set(key, found);
    return found;
  };
  return from(0, 0);
}

describe('source maps', () => {
  it('align equal sequences one to one', () => {
    fc.assert(fc.property(sequence, (a) => void expect(alignSequences(a, a)).to.deep.equal(a.map((_, i) => i))));
  });

  it('align by a longest common subsequence, or say that there is too little', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const best = longest(a, b);
        const matches = alignSequences(a, b);
        if (matches === undefined) return void expect(best).to.be.lessThan(0.6 * a.length);
        const pairs = matches.flatMap((match, i) => (match === undefined ? [] : [[i, match] as const]));
        expect(pairs.length).to.equal(best);
        pairs.forEach(([i, j], n) => {
          expect(a[i]).to.equal(b[j]);
          if (n > 0) expect(j).to.be.greaterThan(pairs[n - 1]![1]);
        });
      }),
    );
  });

  it('find their way over what one side has more', () => {
    expect(alignSequences(['x', 'a', 'b', 'c'], ['x', 'a', 'q', 'q', 'b', 'c'])).to.deep.equal([0, 1, 4, 5]);
    expect(alignSequences(['x', 'a', 'r', 'b', 'c'], ['x', 'a', 'b', 'c'])).to.deep.equal([0, 1, undefined, 2, 3]);
    expect(alignSequences([], ['x'])).to.deep.equal([]);
  });

  it('do not fill tables without bound', () => {
    const a = Array.from({ length: 3000 }, (_, i) => `a${i}`);
    const b = Array.from({ length: 3000 }, (_, i) => `b${i}`);
    expect(alignSequences(a, b)).to.equal(undefined);
  });
});
