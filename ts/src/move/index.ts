/** The Move toolchain: build, test and read packages with the real Sui compiler, offline. */
export {
  buildFramework,
  buildPackage,
  testPackage,
  type BuildOptions,
  type BuiltPackage,
  type PublishedPackage,
  type TestReport,
} from './build.js';
export { DEFAULT_FRAMEWORK_DIRECTORY } from './framework.js';
export { treeOnFramework, withTestHelpers } from './test-helpers.js';
export { readPackage, readPackageTree, type PackageSnapshot } from './snapshot.js';
export {
  CompileFailed,
  ManifestInvalid,
  MoveToolError,
  PackageNotFound,
  PackageTooLarge,
  RemoteDependencyRefused,
} from './errors.js';
