/**
 * Published gas figures: what Sui's own tests (`crates/sui-adapter-transactional-tests/tests` of
 * MystenLabs/sui, the `.snap` files named below at a commit) print for small transactions. The packages in
 * `fixtures/gas` have the same types and functions. `rate` is the rebate rate (of 10,000) of the protocol
 * version the snapshot was made with.
 */

/** Computation, storage, rebate, non-refundable fee; MIST. */
export type Figures = readonly [computation: bigint, storage: bigint, rebate: bigint, kept: bigint];

/** An argument: a number is a u64, `@A` an address, `#2` the object that step 2 created, `#2S` the one of type `…::S`. */
type Value = number | string;

export interface Step {
  /** Number of the task in the snapshot. */
  readonly task: number;
  /** `publish`, `module::function`, or one of the transactions without a package. */
  readonly action: string;
  readonly args?: readonly Value[];
  /** Account; the harness has one of its own for steps that name none. */
  readonly sender?: string;
  /** Left out for a step that fails, of which snapshots show no gas. */
  readonly published?: Figures;
  /** Why ours differs, and how far. */
  readonly difference?: Difference;
}

export interface Difference {
  readonly why: string;
  /** Bound on the computation, parts in 1,000 of the published one. */
  readonly computationPer1000?: number;
  /** Bound on the size of what is stored, bytes. */
  readonly storageBytes?: number;
}

export interface Scenario {
  readonly file: string;
  readonly commit: string;
  readonly rate: bigint;
  /** Folder in `fixtures/gas`. */
  readonly fixture?: string;
  readonly steps: readonly Step[];
}

const M = 1_000_000n;
/** Functions of the framework that loops call are ours: other bytecode, other numbers of instructions. */
const ownFramework = (computationPer1000: number): Difference => ({
  why: 'a few instructions per call of `object`, `dynamic_field`, `event` and `tx_context`, whose bodies are ours',
  computationPer1000,
});

export const scenarios: readonly Scenario[] = [
  {
    file: 'sui/object_basics.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'object_basics',
    steps: [
      { task: 1, action: 'publish', published: [M, 9_378_400n, 0n, 0n] },
      { task: 2, action: 'object_basics::create', args: [10, '@A'], sender: 'A', published: [M, 2_386_400n, 0n, 0n] },
      { task: 4, action: 'object_basics::transfer_', args: ['#2', '@B'], sender: 'A', published: [M, 2_386_400n, 2_386_161n, 239n] },
      { task: 6, action: 'object_basics::create', args: [20, '@B'], sender: 'B', published: [M, 2_386_400n, 0n, 0n] },
      { task: 7, action: 'object_basics::update', args: ['#2', '#6'], sender: 'B', published: [M, 3_784_800n, 3_784_422n, 378n] },
      { task: 8, action: 'object_basics::delete', args: ['#2'], sender: 'B', published: [M, 988_000n, 2_386_161n, 239n] },
    ],
  },
  {
    file: 'sui/unwrap_then_delete.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'wrapping',
    steps: [
      { task: 1, action: 'publish', published: [M, 7_554_400n, 0n, 0n] },
      { task: 2, action: 'object_basics::create', args: [10], published: [M, 2_386_400n, 987_901n, 99n] },
      { task: 3, action: 'object_basics::wrap', args: ['#2'], published: [M, 2_637_200n, 2_386_161n, 239n] },
      { task: 4, action: 'object_basics::unwrap_and_delete', args: ['#3'], published: [M, 988_000n, 2_636_936n, 264n] },
      { task: 5, action: 'object_basics::create_and_wrap', args: [10], published: [M, 2_637_200n, 987_901n, 99n] },
      { task: 6, action: 'object_basics::unwrap_and_delete', args: ['#5'], published: [M, 988_000n, 2_636_936n, 264n] },
    ],
  },
  {
    file: 'sui/coin_transfer.snap',
    commit: '22a406c5',
    rate: 9_999n,
    steps: [
      { task: 1, action: 'split and transfer', args: [10, '@B'], sender: 'B', published: [M, 1_976_000n, 0n, 0n] },
      { task: 3, action: 'pay::split_and_transfer', args: ['#1', 10, '@A'], sender: 'B', published: [M, 2_964_000n, 1_975_802n, 198n] },
    ],
  },
  {
    file: 'shared/add_dynamic_field.snap',
    commit: '28450643',
    rate: 9_999n,
    fixture: 'shared_fields',
    steps: [
      { task: 1, action: 'publish', published: [M, 6_650_000n, 0n, 0n] },
      { task: 2, action: 'm::create', sender: 'A', published: [M, 2_211_600n, 0n, 0n] },
      { task: 4, action: 'm::add_dynamic_field', args: ['#2'], sender: 'A', published: [M, 3_678_400n, 2_211_379n, 221n] },
      { task: 5, action: 'm::create', sender: 'A', published: [M, 2_211_600n, 987_901n, 99n] },
      { task: 7, action: 'm::add_and_remove_dynamic_field', args: ['#5'], sender: 'A', published: [M, 2_211_600n, 2_211_379n, 221n] },
    ],
  },
  {
    file: 'child_count/count_decremented.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'children',
    steps: [
      { task: 1, action: 'publish', published: [M, 7_562_000n, 0n, 0n] },
      { task: 2, action: 'm::mint', sender: 'A', published: [M, 2_196_400n, 0n, 0n] },
      { task: 4, action: 'm::add', args: ['#2', 1], sender: 'A', published: [M, 5_859_600n, 2_196_180n, 220n] },
      { task: 5, action: 'm::remove', args: ['#2', 1], sender: 'A', published: [M, 2_196_400n, 5_859_014n, 586n] },
      { task: 7, action: 'm::mint', sender: 'A', published: [M, 2_196_400n, 987_901n, 99n] },
      { task: 9, action: 'm::add', args: ['#7', 1], sender: 'A', published: [M, 5_859_600n, 2_196_180n, 220n] },
      { task: 10, action: 'm::remove_and_add', args: ['#7', 1], sender: 'A', published: [M, 2_196_400n, 2_196_180n, 220n] },
      { task: 12, action: 'm::mint', sender: 'A', published: [M, 2_196_400n, 987_901n, 99n] },
      { task: 14, action: 'm::add', args: ['#12', 1], sender: 'A', published: [M, 5_859_600n, 2_196_180n, 220n] },
      { task: 15, action: 'm::remove_and_wrap', args: ['#12', 1], sender: 'A', published: [M, 6_102_800n, 5_859_014n, 586n] },
    ],
  },
  {
    file: 'size_limits/object_runtime_limits.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'many_fields',
    steps: [
      { task: 1, action: 'publish', published: [M, 5_829_200n, 0n, 0n] },
      { task: 2, action: 'm::add_n_items', args: [100], sender: 'A', published: [M, 270_028_000n, 0n, 0n] },
      { task: 3, action: 'm::add_n_items', args: [1000], sender: 'A', published: [118_100_000n, 2_691_388_000n, 987_901n, 99n], difference: ownFramework(10) },
    ],
  },
  {
    file: 'size_limits/event_limits_tests.snap',
    commit: '2384b99b',
    rate: 9_999n,
    fixture: 'events',
    steps: [
      { task: 1, action: 'publish', published: [M, 7_326_400n, 0n, 0n] },
      { task: 2, action: 'M1::emit_n_small_events', args: [1], published: [M, 988_000n, 987_901n, 99n] },
      { task: 3, action: 'M1::emit_n_small_events', args: [1024], published: [53_500_000n, 988_000n, 987_901n, 99n], difference: ownFramework(10) },
      { task: 6, action: 'M1::emit_event_with_size', args: [200_000], published: [873_200_000n, 988_000n, 987_901n, 99n] },
    ],
  },
  {
    file: 'size_limits/deleted_id_limits_tests.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'ids',
    steps: [
      { task: 1, action: 'publish', published: [M, 5_266_800n, 0n, 0n] },
      { task: 2, action: 'M1::delete_n_ids', args: [1], published: [M, 988_000n, 987_901n, 99n] },
      { task: 3, action: 'M1::delete_n_ids', args: [256], published: [M, 988_000n, 987_901n, 99n] },
      { task: 4, action: 'M1::delete_n_ids', args: [2048], published: [12_700_000n, 988_000n, 987_901n, 99n], difference: ownFramework(40) },
    ],
  },
  {
    file: 'size_limits/transfered_id_limits_tests.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'transfers',
    steps: [
      { task: 1, action: 'publish', published: [M, 5_586_000n, 0n, 0n] },
      { task: 2, action: 'M1::transfer_n_ids', args: [1], published: [M, 2_219_200n, 987_901n, 99n] },
      { task: 3, action: 'M1::transfer_n_ids', args: [256], published: [M, 316_175_200n, 987_901n, 99n] },
      { task: 4, action: 'M1::transfer_n_ids', args: [2048], published: [17_300_000n, 2_522_485_600n, 987_901n, 99n], difference: ownFramework(40) },
    ],
  },
  {
    file: 'size_limits/vector_len_limits.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'vectors',
    steps: [
      { task: 1, action: 'publish', published: [M, 4_316_800n, 0n, 0n], difference: { why: 'one byte of bytecode: the source of the snapshot is a little older than the one we follow', storageBytes: 1 } },
      { task: 2, action: 'M1::push_n_items', args: [1], published: [M, 988_000n, 987_901n, 99n] },
      { task: 3, action: 'M1::push_n_items', args: [256], published: [M, 988_000n, 987_901n, 99n] },
      { task: 4, action: 'M1::push_n_items', args: [262_144], published: [2_620_000_000n, 988_000n, 987_901n, 99n] },
    ],
  },
  {
    file: 'size_limits/move_object_size_limit.snap',
    commit: '5f08415a',
    rate: 9_999n,
    fixture: 'big_objects',
    steps: [
      { task: 1, action: 'publish', published: [M, 9_971_200n, 0n, 0n] },
      { task: 2, action: 'M1::transfer_object_with_size', args: [256_001], sender: 'A' },
      { task: 3, action: 'M1::transfer_object_with_size', args: [255_999], sender: 'A', published: [1_172_000_000n, 1_947_553_200n, 987_901n, 99n] },
      { task: 4, action: 'M1::transfer_object_with_size', args: [256_000], sender: 'A', published: [1_172_000_000n, 1_947_560_800n, 987_901n, 99n] },
    ],
  },
  {
    file: 'programmable/large_vector.snap',
    commit: '5f08415a',
    rate: 9_999n,
    steps: [{ task: 1, action: 'nested vectors', published: [139_000_000n, 988_000n, 0n, 0n] }],
  },
];
