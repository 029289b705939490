/** Runs the unit tests of a Move package on our VM, where cryptography is real. */
import { buildForTests } from './vm/testing/build.js';
import { UnitTestRunner, type UnitTestResult } from './vm/testing/unit-test.js';

export interface MoveTestOptions {
  /** Folder with `move-stdlib/` and `sui-framework/`; ours by default. */
  readonly framework?: string;
  /** Runs tests whose `module::name` contains this text. */
  readonly filter?: string;
  /** Seed of `#[random_test]` arguments and of `sui::random` in tests. */
  readonly seed?: number;
}

/** Yields each test as it ends. @throws MoveToolError when the package does not compile */
export async function* runMoveTests(directory: string, options: MoveTestOptions = {}): AsyncGenerator<UnitTestResult> {
  const { plan, packages } = await buildForTests(directory, {
    ...(options.framework === undefined ? {} : { framework: options.framework }),
  });
  const runner = new UnitTestRunner(packages, plan, () => performance.now());
  yield* runner.run({
    ...(options.filter === undefined ? {} : { filter: options.filter }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
}

export type { UnitTestResult };
