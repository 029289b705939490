/**
 * Writes the AssemblyScript source of BLAKE2b compression (RFC 7693), fully unrolled.
 *
 * Three independent messages are compressed at once: two in the 64-bit lanes of SIMD registers and one in
 * scalar registers. A SIMD compression is bound by the latency of its dependency chain, so the scalar one,
 * which uses other execution units, comes almost for free.
 *
 * Unrolling is done here because AssemblyScript cannot inline a function that updates several locals.
 * Short messages have a function of their own, in which words that are always zero are never added and
 * the chaining state is constant.
 */

const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

const IV = [
  '0x6a09e667f3bcc908', '0xbb67ae8584caa73b', '0x3c6ef372fe94f82b', '0xa54ff53a5f1d36f1',
  '0x510e527fade682d1', '0x9b05688c2b3e6c1f', '0x1f83d9abfb41bd6b', '0x5be0cd19137e2179',
];
/** First state word for a 32-byte digest, no key, sequential mode: IV[0] ⊕ 0x01010020. */
const H0 = '0x6a09e667f2bdc928';

/** Columns, then diagonals, of the working matrix. */
const GROUPS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];

const rotate24 = (x) => `i8x16.swizzle(${x}, i8x16(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10))`;
const rotate16 = (x) => `i8x16.swizzle(${x}, i8x16(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9))`;
const rotate63 = (x) => `v128.or(i64x2.shr_u(${x}, 63), i64x2.add(${x}, ${x}))`;

/** The mixing function on the two SIMD messages. */
function mixVector([a, b, c, d], x, y, words) {
  const add = (word) =>
    word < words
      ? `v${a} = i64x2.add(i64x2.add(v${a}, v128.load(m, ${16 * word})), v${b});`
      : `v${a} = i64x2.add(v${a}, v${b});`;
  return [
    add(x), `v${d} = v128.xor(v${d}, v${a});`, `v${d} = i32x4.shuffle(v${d}, v${d}, 1, 0, 3, 2);`,
    `v${c} = i64x2.add(v${c}, v${d});`, `v${b} = v128.xor(v${b}, v${c});`, `v${b} = ${rotate24(`v${b}`)};`,
    add(y), `v${d} = v128.xor(v${d}, v${a});`, `v${d} = ${rotate16(`v${d}`)};`,
    `v${c} = i64x2.add(v${c}, v${d});`, `v${b} = v128.xor(v${b}, v${c});`, `v${b} = ${rotate63(`v${b}`)};`,
  ];
}

/** The same on the scalar message. */
function mixScalar([a, b, c, d], x, y, words) {
  const add = (word) => (word < words ? `s${a} = s${a} + load<u64>(m, ${256 + 8 * word}) + s${b};` : `s${a} += s${b};`);
  return [
    add(x), `s${d} = rotr<u64>(s${d} ^ s${a}, 32);`, `s${c} += s${d};`, `s${b} = rotr<u64>(s${b} ^ s${c}, 24);`,
    add(y), `s${d} = rotr<u64>(s${d} ^ s${a}, 16);`, `s${c} += s${d};`, `s${b} = rotr<u64>(s${b} ^ s${c}, 63);`,
  ];
}

function rounds(words) {
  const lines = [];
  for (let round = 0; round < 12; round++) {
    const sigma = SIGMA[round % 10];
    GROUPS.forEach((group, g) => {
      lines.push(...mixVector(group, sigma[2 * g], sigma[2 * g + 1], words));
      lines.push(...mixScalar(group, sigma[2 * g], sigma[2 * g + 1], words));
    });
  }
  return lines;
}

/** A whole message of at most 8 · `words` bytes; digests go to d0, d1 (SIMD lanes) and d2 (scalar). */
function single(words) {
  const lines = [];
  for (let i = 0; i < 16; i++) {
    let value = i === 0 ? H0 : IV[i % 8];
    if (i === 14) value = `~${value}`;
    const counter = i === 12 ? ' ^ length' : '';
    lines.push(`let s${i}: u64 = ${value}${counter};`, `let v${i} = i64x2.splat(${value}${counter});`);
  }
  lines.push(...rounds(words));
  for (let i = 0; i < 4; i++) {
    const value = i === 0 ? H0 : IV[i];
    lines.push(`v${i} = v128.xor(v128.xor(v${i}, v${i + 8}), i64x2.splat(${value}));`);
    lines.push(`store<u64>(d2, s${i} ^ s${i + 8} ^ ${value}, ${8 * i});`);
  }
  for (const i of [0, 2]) {
    lines.push(`v128.store(d0, i64x2.shuffle(v${i}, v${i + 1}, 0, 2), ${8 * i});`);
    lines.push(`v128.store(d1, i64x2.shuffle(v${i}, v${i + 1}, 1, 3), ${8 * i});`);
  }
  return [
    `/** Digests of three messages of \`length\` bytes, at most ${8 * words}. */`,
    `export function single${words}(m: usize, length: u64, d0: usize, d1: usize, d2: usize): void {`,
    ...lines.map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

/** One block of a longer message, of which at most `words` words are not zero; the chaining state stays in memory. */
function block(words) {
  const lines = [];
  for (let i = 0; i < 8; i++) {
    lines.push(`let v${i} = v128.load(h, ${16 * i});`, `let s${i} = load<u64>(h, ${128 + 8 * i});`);
  }
  for (let i = 8; i < 16; i++) {
    const extra = i === 12 ? ' ^ counter' : i === 14 ? ' ^ last' : '';
    lines.push(`let s${i}: u64 = ${IV[i - 8]}${extra};`, `let v${i} = i64x2.splat(${IV[i - 8]}${extra});`);
  }
  lines.push(...rounds(words));
  for (let i = 0; i < 8; i++) {
    lines.push(`v128.store(h, v128.xor(v128.load(h, ${16 * i}), v128.xor(v${i}, v${i + 8})), ${16 * i});`);
    lines.push(`store<u64>(h, load<u64>(h, ${128 + 8 * i}) ^ s${i} ^ s${i + 8}, ${128 + 8 * i});`);
  }
  return [
    `/** Compresses one block of three messages, ${8 * words} bytes and zeros, into \`h\`; \`last\` is all ones for the last block. */`,
    `export function block${words}(m: usize, h: usize, counter: u64, last: u64): void {`,
    ...lines.map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

function initialState() {
  const lines = IV.map((value, i) => {
    const word = i === 0 ? H0 : value;
    return `  v128.store(h, i64x2.splat(${word}), ${16 * i}); store<u64>(h, ${word}, ${128 + 8 * i});`;
  });
  return ['/** Chaining state before the first block. */', 'export function initialState(h: usize): void {', ...lines, '}'].join('\n');
}

/** Message words of three full blocks, interleaved as `block16` takes them. */
function interleave() {
  const lines = [];
  for (let w = 0; w < 16; w += 2) {
    lines.push(`  a = v128.load(p0, ${8 * w}); b = v128.load(p1, ${8 * w});`);
    lines.push(`  v128.store(m, i64x2.shuffle(a, b, 0, 2), ${16 * w});`);
    lines.push(`  v128.store(m, i64x2.shuffle(a, b, 1, 3), ${16 * w + 16});`);
    lines.push(`  v128.store(m, v128.load(p2, ${8 * w}), ${256 + 8 * w});`);
  }
  return [
    '/** Message words of full blocks at p0, p1 and p2, to `m`. */',
    'export function interleave(m: usize, p0: usize, p1: usize, p2: usize): void {',
    '  let a: v128, b: v128;',
    ...lines,
    '}',
  ].join('\n');
}

/** The module text. Message words lie at `m`: SIMD word `i` at `16 i`, scalar word `i` at `256 + 8 i`. */
export function blake2bSource() {
  const header = '// Generated by assembly/blake2b-source.mjs. Do not edit.\n';
  return [header, single(9), block(16), block(9), initialState(), interleave(), ''].join('\n');
}
