/**
 * Writes the AssemblyScript source of BLAKE2b compression (RFC 7693) of five independent messages at once:
 * two and two in the 64-bit lanes of SIMD registers and one in scalar registers.
 *
 * One SIMD compression is bound by the latency of its dependency chain, so a second one and a scalar one fill
 * the gaps. Twelve unrolled rounds of three streams would be more than the instruction caches hold;
 * the code is therefore a loop over a few rounds, which reads the places of message words from a table.
 *
 * Two of the four rows of the SIMD working matrices and two of the scalar one stay in memory between uses,
 * where the time of a store and a load is hidden. Registers would not suffice anyway; and as engines keep
 * the order of memory accesses, but not that of arithmetic, the accesses also hold the streams side by side:
 * without them V8 puts the whole work of one stream before that of the next.
 */

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

/**
 * Rounds per iteration; divides 12. More save hardly any time on average, but with many loads and stores in the
 * code a processor's guess which load follows which store is wrong for some code addresses, and everything several
 * times slower.
 */
const ROUNDS = 2;

/** The streams: SIMD, SIMD, scalar. `at` is the offset of its areas from those of the first, `rows` what stays in memory. */
const STREAMS = [
  { name: 'v', at: 0, isVector: true, rows: 'cd' },
  { name: 'w', at: 256, isVector: true, rows: 'cd' },
  { name: 's', at: 512, isVector: false, rows: 'bc' },
];

/** Order of the twelve mixing functions of half a round: [stream, group]. */
const ORDER = [[0, 0], [0, 1], [0, 2], [2, 0], [0, 3], [2, 1], [1, 0], [1, 1], [1, 2], [2, 2], [1, 3], [2, 3]];

const rotate24 = (x) => `i8x16.swizzle(${x}, i8x16(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10))`;
const rotate16 = (x) => `i8x16.swizzle(${x}, i8x16(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9))`;
const rotate63 = (x) => `v128.or(i64x2.shr_u(${x}, 63), i64x2.add(${x}, ${x}))`;

const isStored = ({ rows }, i) => rows.includes('abcd'[i >> 2]);
const place = ({ at, isVector }, i) => `WORK + ${at + (isVector ? 16 : 8) * i}`;
const read = (stream, i) => `${stream.name}${i} = ${stream.isVector ? 'v128.load' : 'load<u64>'}(${place(stream, i)});`;
const write = (stream, i) => `${stream.isVector ? 'v128.store' : 'store<u64>'}(${place(stream, i)}, ${stream.name}${i});`;

/** The mixing function on two messages; `x` and `y` are expressions for the places of message words. */
function mixVector([a, b, c, d], x, y) {
  const add = (word) => `${a} = i64x2.add(i64x2.add(${a}, v128.load(${word})), ${b});`;
  return [
    add(x), `${d} = v128.xor(${d}, ${a});`, `${d} = i32x4.shuffle(${d}, ${d}, 1, 0, 3, 2);`,
    `${c} = i64x2.add(${c}, ${d});`, `${b} = v128.xor(${b}, ${c});`, `${b} = ${rotate24(b)};`,
    add(y), `${d} = v128.xor(${d}, ${a});`, `${d} = ${rotate16(d)};`,
    `${c} = i64x2.add(${c}, ${d});`, `${b} = v128.xor(${b}, ${c});`, `${b} = ${rotate63(b)};`,
  ];
}

/** The same on one message. */
function mixScalar([a, b, c, d], x, y) {
  const add = (word) => `${a} = ${a} + load<u64>(${word}) + ${b};`;
  return [
    add(x), `${d} = rotr<u64>(${d} ^ ${a}, 32);`, `${c} += ${d};`, `${b} = rotr<u64>(${b} ^ ${c}, 24);`,
    add(y), `${d} = rotr<u64>(${d} ^ ${a}, 16);`, `${c} += ${d};`, `${b} = rotr<u64>(${b} ^ ${c}, 63);`,
  ];
}

function mix(stream, round, group) {
  const stored = GROUPS[group].filter((i) => isStored(stream, i));
  const names = GROUPS[group].map((i) => `${stream.name}${i}`);
  const word = (i) => `<usize>load<u32>(t, ${64 * round + 4 * i}), ${stream.at}`;
  const lines = (stream.isVector ? mixVector : mixScalar)(names, word(2 * group), word(2 * group + 1));
  return [...stored.map((i) => read(stream, i)), ...lines, ...stored.map((i) => write(stream, i))];
}

function compress() {
  const lines = [];
  for (const stream of STREAMS) {
    const { name, at, isVector } = stream;
    for (let i = 0; i < 16; i++) {
      const source = i < 8 ? 'from' : 'INITIAL + 768';
      const size = isVector ? 16 : 8;
      const load = `${isVector ? 'v128.load' : 'load<u64>'}(${source}, ${at + size * (i % 8)})`;
      const extra = i === 12 ? 'counter' : i === 14 ? 'last' : '';
      const value = extra === '' ? load : isVector ? `v128.xor(${load}, i64x2.splat(${extra}))` : `${load} ^ ${extra}`;
      lines.push(`let ${name}${i} = ${value};`);
      if (isStored(stream, i)) lines.push(write(stream, i));
    }
  }
  lines.push(`for (let t: usize = PLACES; t < PLACES + 768; t += ${64 * ROUNDS}) {`);
  for (let round = 0; round < ROUNDS; round++) {
    for (const half of [0, 4]) for (const [stream, group] of ORDER) lines.push(...mix(STREAMS[stream], round, half + group));
  }
  lines.push('}');
  for (const stream of STREAMS) {
    const { name, at, isVector } = stream;
    for (let i = 0; i < 8; i++) {
      for (const j of [i, i + 8]) if (isStored(stream, j)) lines.push(read(stream, j));
      const offset = at + (isVector ? 16 : 8) * i;
      if (isVector) lines.push(`v128.store(CHAIN, v128.xor(v128.load(from, ${offset}), v128.xor(${name}${i}, ${name}${i + 8})), ${offset});`);
      else lines.push(`store<u64>(CHAIN, load<u64>(from, ${offset}) ^ ${name}${i} ^ ${name}${i + 8}, ${offset});`);
    }
  }
  return [
    '/**',
    ' * Compresses one block of five messages, the words of which lie at `WORDS`. Chaining values are read at `from`,',
    ' * which is `INITIAL` for the first block, and go to `CHAIN`; `last` is all ones for the last block.',
    ' */',
    'export function compress(from: usize, counter: u64, last: u64): void {',
    ...lines.map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

function initial() {
  const lines = [];
  for (const { at, isVector } of STREAMS) {
    IV.forEach((word, i) => {
      [i === 0 ? H0 : word, word].forEach((value, half) => {
        const offset = 768 * half + at + (isVector ? 16 : 8) * i;
        lines.push(isVector ? `v128.store(INITIAL, i64x2.splat(${value}), ${offset});` : `store<u64>(INITIAL, ${value}, ${offset});`);
      });
    });
  }
  return ['/** Writes the constants at `INITIAL`: chaining values before the first block, then the initialisation vector. */',
    'export function initConstants(): void {', ...lines.map((line) => `  ${line}`), '}'].join('\n');
}

export function blake2bSource() {
  return [
    '// Generated by assembly/blake2b-source.mjs. Do not edit.\n',
    "import { CHAIN, INITIAL, PLACES, WORK } from './memory';\n",
    compress(),
    initial(),
    '',
  ].join('\n');
}
