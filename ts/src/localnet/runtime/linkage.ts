/**
 * Versions that one call brings together (sui-execution.md §1.10): the called package exactly, what it links to
 * at least (exactly for a private entry function), packages of type arguments and what they link to at least.
 * System packages are always at their one version.
 */
import type { Address } from '../vm/types.js';
import { fullAddress } from './bytes.js';
import type { MovePackage } from './objects.js';
import { fail } from './status.js';

const SYSTEM_PACKAGES: ReadonlySet<Address> = new Set(['0x1', '0x2', '0x3', '0xb'].map(fullAddress));

interface Wish {
  readonly version: bigint;
  readonly exact: boolean;
}

type FindPackage = (storageId: Address) => MovePackage | undefined;

/**
 * @param typeTexts type arguments as the transaction names them
 * @param isPrivateEntry the called function is `entry` and not public
 * @throws ExecutionFailure InvalidLinkage when no version of some package suits all
 */
export function checkLinkage(
  called: MovePackage,
  typeTexts: readonly string[],
  isPrivateEntry: boolean,
  getPackage: FindPackage,
): void {
  const wishes = new Map<Address, Wish>();
  const wish = (originalId: Address, version: bigint, exact: boolean) => {
    if (SYSTEM_PACKAGES.has(originalId)) return;
    const before = wishes.get(originalId);
    const joined = before ? join(before, { version, exact }) : { version, exact };
    if (!joined) fail('InvalidLinkage', true, `versions ${before!.version} and ${version} of ${originalId}`);
    else wishes.set(originalId, joined);
  };
  const wishAll = (pkg: MovePackage, self: boolean, dependencies: boolean) => {
    wish(pkg.originalId, pkg.version, self);
    for (const [original, version] of pkg.linkageVersions) wish(original, version, dependencies);
  };
  wishAll(called, true, isPrivateEntry);
  for (const text of typeTexts) {
    for (const [address] of text.matchAll(/0x[0-9a-f]+(?=::)/gi)) {
      const pkg = getPackage(fullAddress(address));
      if (pkg) wishAll(pkg, false, false);
    }
  }
}

/** What suits both, if anything does. */
function join(a: Wish, b: Wish): Wish | undefined {
  const [low, high] = a.version <= b.version ? [a, b] : [b, a];
  if (low.exact && low.version < high.version) return undefined;
  return { version: high.version, exact: a.exact || b.exact };
}
