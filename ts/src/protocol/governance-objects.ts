/** BCS layouts of governance (contracts specification §15.2). Field order is normative. */
import { bcs, type BcsType } from '@mysten/sui/bcs';

const id = bcs.Address;
const table = bcs.struct('Table', { id, size: bcs.u64() });
const idSet = bcs.struct('VecSet', { contents: bcs.vector(id) });

export const Governance = bcs.struct('Governance', { id, version: bcs.u64() });

export const GovParams = bcs.struct('GovParams', {
  bond: bcs.u64(),
  max_active: bcs.u16(),
  voting_epochs: bcs.u32(),
  delay_epochs: bcs.u32(),
  execute_epochs: bcs.u32(),
  quorum_bp: bcs.u16(),
  approve_param_bp: bcs.u16(),
  approve_upgrade_bp: bcs.u16(),
  staker_veto_bp: bcs.u16(),
  default_weight_bp: bcs.u16(),
  burn_below_bp: bcs.u16(),
});

/** Under the version key of `Governance`. */
export const GovInnerV1 = bcs.struct('GovInnerV1', { params: GovParams, proposals: table, active: idSet });

const upgrade = { digest: bcs.byteVector(), from_version: bcs.u64() };

export const Action = bcs.enum('Action', {
  Param: bcs.struct('Param', { id: bcs.u16(), value: bcs.u64() }),
  Upgrade: bcs.struct('Upgrade', upgrade),
  RatifyOperatorUpgrade: bcs.struct('RatifyOperatorUpgrade', upgrade),
  Text: bcs.struct('Text', { hash: bcs.byteVector() }),
});

export const ProposalState = bcs.enum('ProposalState', {
  Open: null,
  Approved: bcs.struct('Approved', { from: bcs.u32(), until: bcs.u32() }),
  Rejected: null,
  Vetoed: null,
  Executed: null,
  Expired: null,
});

export const Proposal = bcs.struct('Proposal', {
  id,
  action: Action,
  proposer: id,
  snapshot: bcs.u32(),
  total: bcs.u64(),
  closes: bcs.u32(),
  state: ProposalState,
  yes: bcs.u64(),
  no: bcs.u64(),
  abstain: bcs.u64(),
  pools: table,
  rules: GovParams,
  node_veto: bcs.u16(),
  vetoers: idSet,
  bond: bcs.u64(),
});

export const VoterAccount = bcs.struct('VoterAccount', { id, stakes: table, ballots: table, open: table });

export const StakeSnapshot = bcs.struct('StakeSnapshot', {
  total: bcs.u64(),
  powers: bcs.struct('VecMap', {
    contents: bcs.vector(bcs.struct('Entry', { key: id, value: bcs.u64() })),
  }),
});

/** `Field<SnapshotKey, StakeSnapshot>` on `Staking`. */
export const StakeSnapshotField = field('SnapshotKey', StakeSnapshot);

function field<T, I>(key: string, value: BcsType<T, I>) {
  return bcs.struct('Field', { id, name: bcs.struct(key, { epoch: bcs.u32() }), value });
}
