import { expect } from 'chai';
import fc from 'fast-check';

import { codeLayout } from '../../src/encoding/code-layout.js';
import { invert, multiply, toPolynomial } from '../../src/encoding/reference/field.js';
import { encodeRecoveries, ErasureDecoder } from '../../src/encoding/reference/reed-solomon.js';
import { bytesToWords, wordsToBytes } from '../../src/encoding/reference/words.js';

const word = fc.integer({ min: 0, max: 0xffff });

describe('encoding: the field', () => {
  it('check values of the specification', () => {
    const products = [
      [0x0002, 0x0002, 0x0003], [0x0002, 0x0004, 0x000b], [0x0003, 0x0007, 0x000d],
      [0x1234, 0xabcd, 0x43c1], [0x8000, 0x0002, 0xe7e9], [0xffff, 0xffff, 0x8000],
    ] as const;
    for (const [a, b, product] of products) expect(multiply(a, b)).to.equal(product);
    for (const [a, inverse] of [[0x0002, 0x0003], [0x1234, 0x371e], [0xffff, 0x0d5c]] as const) {
      expect(invert(a)).to.equal(inverse);
    }
    expect(toPolynomial(0x4690)).to.equal(0x0002);
    expect(toPolynomial(0x7cae)).to.equal(0x0100);
  });

  it('is a field', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(multiply(a, b)).to.equal(multiply(b, a));
        expect(multiply(a, multiply(b, c))).to.equal(multiply(multiply(a, b), c));
        expect(multiply(a, b ^ c)).to.equal(multiply(a, b) ^ multiply(a, c));
        if (a !== 0) expect(multiply(a, invert(a))).to.equal(1);
      }),
    );
    expect(() => invert(0)).to.throw(RangeError);
  });
});

describe('encoding: bytes and words', () => {
  it('splits blocks of 64 bytes, and the rest, in the middle', () => {
    const bytes = Uint8Array.from({ length: 70 }, (_, i) => i);
    const words = bytesToWords(bytes, 70);
    expect([words[0], words[31], words[32], words[34]]).to.deep.equal([0x2000, 0x3f1f, 0x4340, 0x4542]);
    expect([...bytesToWords(bytes.subarray(0, 6), 6)]).to.deep.equal([0x0300, 0x0401, 0x0502]);
    const back = new Uint8Array(70);
    wordsToBytes(words, 70, back);
    expect(back).to.deep.equal(bytes);
  });
});

describe('encoding: the Reed–Solomon code', () => {
  /** Generator coefficients for n = 7: recovery j is the sum of coefficient ⊗ source. */
  const GENERATORS = [
    { k: 3, rows: [[0xc, 0xf, 0xa], [0xf, 0xc, 0x8], [0xa, 0x8, 0xc], [0x8, 0xa, 0xf]] },
    { k: 5, rows: [[3, 2, 5, 4, 7], [2, 3, 4, 5, 6]] },
  ];

  for (const { k, rows } of GENERATORS) {
    it(`generator of the code ${k} → 7`, () => {
      for (let i = 0; i < k; i++) {
        const unit = new Uint16Array(k);
        unit[i] = 1;
        const column = encodeRecoveries(codeLayout(k, 7 - k), unit, 1);
        expect([...column]).to.deep.equal(rows.map((row) => row[i]));
      }
    });
  }

  it('one recovery symbol is the sum of all sources', () => {
    const sources = Uint16Array.of(0x1234, 0xffff, 0x0001, 0x8000);
    expect([...encodeRecoveries(codeLayout(4, 1), sources, 1)]).to.deep.equal([0x1234 ^ 0xffff ^ 1 ^ 0x8000]);
  });

  it('any k symbols determine the sources', () => {
    const shape = fc.record({ k: fc.integer({ min: 1, max: 40 }), r: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(shape, fc.infiniteStream(word), fc.infiniteStream(fc.nat()), ({ k, r }, words, order) => {
        const layout = codeLayout(k, r);
        const sources = Uint16Array.from({ length: k }, () => words.next().value as number);
        const codeword = [...sources, ...encodeRecoveries(layout, sources, 1)];
        const indices = codeword.map((_, i) => i).sort(() => ((order.next().value as number) % 2 === 0 ? 1 : -1));
        const chosen = indices.slice(0, k);
        const received = Uint16Array.from(chosen, (i) => codeword[i]!);
        expect([...new ErasureDecoder(layout, chosen).decode(received, 1)]).to.deep.equal([...sources]);
      }),
    );
  });

  it('refuses anything but k distinct symbols', () => {
    const layout = codeLayout(3, 4);
    expect(() => new ErasureDecoder(layout, [0, 1])).to.throw(RangeError);
    expect(() => new ErasureDecoder(layout, [0, 1, 1])).to.throw(RangeError);
    expect(() => new ErasureDecoder(layout, [0, 1, 2, 3])).to.throw(RangeError);
  });
});
