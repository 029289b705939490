/**
 * What a local network leaves in its data directory besides the chain and the nodes' stores: which objects are its
 * own. Written when a start is complete; a directory without it holds a start that was cut off.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const FILE = 'network.json';

const schema = z.strictObject({
  seed: z.string(),
  deployment: z.object({
    walPackageId: z.string(),
    packageId: z.string(),
    treasuryObjectId: z.string(),
    systemObjectId: z.string(),
    stakingObjectId: z.string(),
    upgradeManagerId: z.string(),
    slashingManagerId: z.string(),
    auditCapId: z.string(),
    governanceCapId: z.string(),
    emergencyUpgradeCapId: z.string(),
    walType: z.string(),
    chainId: z.string(),
  }),
  /** Storage challenges and governance, if the network has them. */
  audits: z
    .object({
      auditPackageId: z.string(),
      auditRegistryId: z.string(),
      governancePackageId: z.string(),
      governanceObjectId: z.string(),
      packageId: z.string(),
      systemObjectId: z.string(),
      stakingObjectId: z.string(),
      treasuryObjectId: z.string(),
      upgradeManagerId: z.string(),
      walType: z.string(),
    })
    .optional(),
  nodes: z.array(
    z.strictObject({
      name: z.string(),
      nodeId: z.string(),
      capId: z.string(),
      /** `host:port` as registered on chain. */
      address: z.string(),
      /** How often its protocol key was changed. */
      rotations: z.number().int().nonnegative(),
      stakes: z.array(z.strictObject({ owner: z.enum(['operator', 'node']), stakedWalId: z.string() })),
    }),
  ),
});

export type SavedNetwork = z.infer<typeof schema>;

/** Undefined when no start was completed there. @throws ZodError for a file of another kind */
export async function loadNetwork(directory: string): Promise<SavedNetwork | undefined> {
  const text = await readFile(path.join(directory, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}

/** Replaces what was saved, at once. */
export async function saveNetwork(directory: string, network: SavedNetwork): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = path.join(directory, `${FILE}.new`);
  await writeFile(draft, `${JSON.stringify(network, undefined, 2)}\n`, { flush: true });
  await rename(draft, path.join(directory, FILE));
}
