/**
 * Typed bindings and the public SDK against the compiled contracts: layouts by random values made from the
 * bytecode's own declarations, function signatures by reflection, and every object that SDK 1.2.13 reads, from a
 * network that has lived through some epochs (contracts specification §2, §3).
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Transaction } from '@mysten/sui/transactions';
import { expect } from 'chai';
import type { FunctionInfo, MoveType, SignatureType } from '../../src/localnet/vm/types.js';
import * as auditObjects from '../../src/protocol/audit-objects.js';
import { certifyBlob, decodeAuditEvent, decodeEvent, decodeStakingEvent, deleteBlob, extendBlob, governanceObjects, objects, registerBlob, updateAttributes } from '../../src/protocol/index.js';
import { makeHistory, randomNumbers, runHistory } from './histories/run.js';
import { World } from './histories/world.js';
import { readable, sampleOf } from './move-values.js';
import { callsIn } from './source-calls.js';

const SAMPLES = 40;
const directory = fileURLToPath(new URL('../../../move', import.meta.url));
const sdk = new URL('../../../node_modules/@mysten/walrus/dist/contracts/walrus/', import.meta.url);

interface Layout {
  parse(bytes: Uint8Array): unknown;
  serialize(value: never): { toBytes(): Uint8Array };
}

/** Our layouts by the Move type they are for. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  'system::System': objects.System,
  'staking::Staking': objects.Staking,
  'bls_aggregate::BlsCommittee': objects.BlsCommittee,
  'system_state_inner::SystemStateInnerV1': objects.SystemStateInnerV1,
  'committee::Committee': objects.Committee,
  'epoch_parameters::EpochParams': objects.EpochParams,
  'staking_inner::EpochState': objects.EpochState,
  'staking_inner::StakingInnerV1': objects.StakingInnerV1,
  'staking_pool::StakingPool': objects.StakingPool,
  'staked_wal::StakedWal': objects.StakedWal,
  'storage_resource::Storage': objects.Storage,
  'blob::Blob': objects.Blob,
  'storage_node::StorageNodeCap': objects.StorageNodeCap,
  'audit::AuditRegistry': auditObjects.AuditRegistry,
  'penalty_ledger::AuditParams': auditObjects.AuditParams,
  'audit::AuditInnerV1': auditObjects.AuditInnerV1,
  'audit::AuditRound': auditObjects.AuditRound,
  'audit::Challenge': auditObjects.Challenge,
  'penalty_ledger::Duty': auditObjects.Duty,
  'penalty_ledger::PenaltyLedger': auditObjects.PenaltyLedger,
  'governance::Governance': governanceObjects.Governance,
  'governance::GovParams': governanceObjects.GovParams,
  'governance::GovInnerV1': governanceObjects.GovInnerV1,
  'governance::Action': governanceObjects.Action,
  'governance::ProposalState': governanceObjects.ProposalState,
  'governance::Proposal': governanceObjects.Proposal,
  'governance::VoterAccount': governanceObjects.VoterAccount,
  'governed::StakeSnapshot': governanceObjects.StakeSnapshot,
};
/** Layouts of dynamic fields, which are no types of the contracts. */
const FIELDS = ['EmptyKey', 'StakeSnapshotField'];

/** Events that nodes act on. */
const EVENTS = [
  'BlobRegistered', 'BlobCertified', 'BlobDeleted', 'InvalidBlobID', 'EpochParametersSelected', 'EpochChangeStart', 'EpochChangeDone',
];

/** §3.2: what the SDK calls, by reference or value, without the transaction context. */
const SDK_CALLS: Readonly<Record<string, readonly [parameters: readonly string[], results: readonly string[]]>> = {
  'system::reserve_space': [['&system::System', 'u64', 'u32', '&coin::Coin'], ['storage_resource::Storage']],
  'system::register_blob': [['&system::System', 'storage_resource::Storage', 'u256', 'u256', 'u64', 'u8', 'bool', '&coin::Coin'], ['blob::Blob']],
  'system::certify_blob': [['&system::System', '&blob::Blob', 'vector<u8>', 'vector<u8>', 'vector<u8>'], []],
  'system::delete_blob': [['&system::System', 'blob::Blob'], ['storage_resource::Storage']],
  'system::extend_blob': [['&system::System', '&blob::Blob', 'u32', '&coin::Coin'], []],
  'metadata::new': [[], ['metadata::Metadata']],
  'blob::add_metadata': [['&blob::Blob', 'metadata::Metadata'], []],
  'blob::insert_or_update_metadata_pair': [['&blob::Blob', 'string::String', 'string::String'], []],
  'blob::remove_metadata_pair': [['&blob::Blob', '&string::String'], ['string::String', 'string::String']],
  'staking::stake_with_pool': [['&staking::Staking', 'coin::Coin', 'object::ID'], ['staked_wal::StakedWal']],
};

/** A type as the table above writes it: mutable or not is the same to the SDK, which looks it up. */
function textOf(type: SignatureType): string {
  switch (type.kind) {
    case 'reference':
      return `&${textOf(type.target)}`;
    case 'vector':
      return `vector<${textOf(type.element)}>`;
    case 'datatype':
      return `${type.module}::${type.name}`;
    case 'typeParameter':
      return `T${type.index}`;
    default:
      return type.kind;
  }
}

const isContext = (type: SignatureType): boolean => textOf(type) === '&tx_context::TxContext';

interface MoveCall {
  readonly package: string;
  readonly module: string;
  readonly function: string;
  readonly arguments: readonly { readonly $kind: string; readonly Input?: number }[];
}

describe('bindings', function () {
  this.timeout(120_000);
  let world: World;
  const next = randomNumbers(20_250_101);

  before(async () => {
    world = await World.start({ directory });
    const { failure, epochs } = runHistory(world, makeHistory(15, 500));
    expect(failure).to.equal(undefined);
    expect(epochs).to.be.greaterThan(2);
  });

  const vm = () => world.net.ledger.vm;
  const packageOf = (module: string): string =>
    /^audit(_events)?$/.test(module) ? world.auditPackageId : module === 'governance' ? world.governancePackageId : world.packageId;
  const walrusType = (name: string): MoveType & { kind: 'datatype' } => {
    const [module, type] = name.split('::');
    return { kind: 'datatype', address: packageOf(module!), module: module!, name: type!, typeArguments: [] };
  };
  const functionInfo = (target: string): FunctionInfo => {
    const [module, name] = target.split('::').slice(-2);
    const info = vm().functionInfo(target.split('::').length === 3 ? target.split('::')[0]! : world.packageId, module!, name!);
    if (info === undefined) throw new Error(`the contracts have no function ${target}`);
    return info;
  };

  for (const [name, layout] of Object.entries(LAYOUTS)) {
    it(`read ${name} as the bytecode declares it`, () => {
      for (let i = 0; i < SAMPLES; i += 1) {
        const { bytes, value } = sampleOf(vm(), walrusType(name), next);
        const read = layout.parse(bytes);
        expect(readable(read)).to.deep.equal(value);
        expect(layout.serialize(read as never).toBytes()).to.deep.equal(bytes);
      }
    });
  }

  it('read every event that they know as the bytecode declares it', () => {
    const known: string[] = [];
    for (const { name } of world.net.ledger.reflection.getModule(world.packageId, 'events')!.datatypes) {
      for (let i = 0; i < SAMPLES; i += 1) {
        const { bytes, value } = sampleOf(vm(), walrusType(`events::${name}`), next);
        const event = decodeEvent(`${world.packageId}::events::${name}`, bytes, { txDigest: '', eventSeq: 0 });
        if (event === undefined) break;
        expect(event.kind).to.equal(name);
        expect(readable(event.fields)).to.deep.equal(value);
        if (i === 0) known.push(name);
      }
    }
    expect(known).to.include.members(EVENTS);
  });

  it('read every event of audits and penalties as the bytecode declares it', () => {
    const known: string[] = [];
    for (const module of ['audit_events', 'penalty_events']) {
      for (const { name } of world.net.ledger.reflection.getModule(packageOf(module), module)!.datatypes) {
        for (let i = 0; i < SAMPLES; i += 1) {
          const { bytes, value } = sampleOf(vm(), walrusType(`${module}::${name}`), next);
          const event = decodeAuditEvent(`${packageOf(module)}::${module}::${name}`, bytes);
          if (event === undefined) break;
          expect(event.kind).to.equal(name);
          expect(readable(event.fields)).to.deep.equal(value);
          if (i === 0) known.push(name);
        }
      }
    }
    expect(known).to.include.members(['BlobSetCommitted', 'AuditSeedDrawn', 'SampleAnswered', 'ChallengeOpened', 'ChallengeAnswered', 'ChallengeClaimed', 'NodePenalized']);
  });

  it('read every event of nodes and stake as the bytecode declares it', () => {
    const { datatypes } = world.net.ledger.reflection.getModule(packageOf('staking_events'), 'staking_events')!;
    for (const { name } of datatypes) {
      for (let i = 0; i < SAMPLES; i += 1) {
        const { bytes, value } = sampleOf(vm(), walrusType(`staking_events::${name}`), next);
        const event = decodeStakingEvent(`${packageOf('staking_events')}::staking_events::${name}`, bytes);
        expect(event?.kind).to.equal(name);
        expect(readable(event!.fields)).to.deep.equal(value);
      }
    }
    expect(datatypes.map(({ name }) => name)).to.have.members(['NodeRegistered', 'StakeAdded', 'StakeWithdrawalRequested', 'StakeWithdrawn']);
  });

  it('write no call that does not fit the function', async () => {
    const calls = (await callsIn(fileURLToPath(new URL('../../src/protocol', import.meta.url)))).filter(
      // The framework's, and those of packages that are published once, by a deployment, whose test runs these calls.
      ({ package: address, module }) => address !== '0x2' && module !== 'walrus_subsidies' && module !== 'wal_exchange',
    );
    expect(calls.length).to.be.greaterThan(55);
    let kinds = 0;
    for (const { at, module, functions, arguments: given, isComplete } of calls) {
      for (const name of functions) {
        const info = vm().functionInfo(packageOf(module), module, name);
        const target = `${at} ${module}::${name}`;
        if (info === undefined) expect.fail(`${target}: there is no such function`);
        expect(info.visibility === 'public' || info.isEntry, target).to.equal(true);
        const parameters = info.parameters.filter((type) => !isContext(type)).map(textOf);
        if (isComplete) expect(given.length, target).to.equal(parameters.length);
        else expect(given.length, target).to.be.lessThanOrEqual(parameters.length);
        given.forEach((kind, i) => {
          if (kind === undefined) return;
          kinds += 1;
          expect(fits(kind, parameters[i]!), `${target}: ${kind} for ${parameters[i]!}`).to.equal(true);
        });
      }
    }
    expect(kinds).to.be.greaterThan(200);
  });

  /** Whether an argument of the builder's kind can be a parameter of the type. */
  function fits(kind: string, parameter: string): boolean {
    if (kind === 'object') return parameter.includes('::') && !['object::ID', 'string::String'].includes(parameter.replace('&', ''));
    const plain: Readonly<Record<string, string>> = { id: 'object::ID', address: 'address', string: 'string::String' };
    const [outer, element] = kind.split(' ');
    if (outer === 'vector') return parameter === `vector<${plain[element!] ?? element!}>`;
    return parameter.replace('&', '') === (plain[outer!] ?? outer);
  }

  it('build transactions that fit the functions they call', () => {
    const calls = {
      ids: { systemObjectId: world.deployment.systemObjectId, stakingObjectId: world.deployment.stakingObjectId },
      packageId: world.packageId,
      walType: world.deployment.walType,
    };
    const id = world.registryId;
    const bytes = new Uint8Array(3);
    const blob = { blobId: 1n, rootHash: 2n, sizeBytes: 3n, epochs: 1, deletable: true, owner: id, attributes: { key: 'value' } };
    const built = [
      registerBlob(calls, { encodedSizeBytes: 1n, storageFrost: 1n, writeFrost: 1n }, blob),
      certifyBlob(calls, id, { signature: bytes, bitmap: bytes, message: bytes }),
      extendBlob(calls, id, 1, 1n),
      deleteBlob(calls, id, id),
      updateAttributes(calls, id, { key: 'value', other: null }),
    ];
    const seen = built.flatMap((tx) => tx.getData().commands.flatMap((command) => (command.MoveCall === undefined ? [] : [checkCall(tx, command.MoveCall as MoveCall)])));
    expect(seen).to.include.members(Object.keys(SDK_CALLS).filter((name) => name !== 'staking::stake_with_pool'));
  });

  /** Number of arguments, and the length of those that are plain bytes. */
  function checkCall(tx: Transaction, call: MoveCall): string {
    const target = `${call.module}::${call.function}`;
    const info = functionInfo(call.package === world.packageId ? target : `${call.package}::${target}`);
    const parameters = info.parameters.filter((type) => !isContext(type));
    expect(call.arguments.length, target).to.equal(parameters.length);
    expect(info.visibility, target).to.equal('public');
    call.arguments.forEach((argument, i) => {
      const pure = argument.Input === undefined ? undefined : tx.getData().inputs[argument.Input]?.Pure?.bytes;
      const width = /^u(\d+)$/.exec(textOf(parameters[i]!))?.[1];
      if (pure === undefined || width === undefined) return;
      expect(Buffer.from(pure, 'base64').length, `${target} argument ${i}`).to.equal(Number(width) / 8);
    });
    return target;
  }

  for (const [target, [parameters, results]] of Object.entries(SDK_CALLS)) {
    it(`let the SDK call ${target}`, () => {
      const info = functionInfo(target);
      expect(info.visibility).to.equal('public');
      expect(info.typeParameters).to.deep.equal([]);
      expect(info.parameters.filter((type) => !isContext(type)).map(textOf)).to.deep.equal(parameters);
      expect(info.returns.map(textOf)).to.deep.equal(results);
    });
  }

  it('fit the calls in the SDK\'s own bindings', async () => {
    const files = { system: 5, blob: 3 };
    let checked = 0;
    for (const [module, count] of Object.entries(files)) {
      const functions = Object.entries((await import(new URL(`${module}.mjs`, sdk).href)) as Record<string, unknown>).filter(
        (entry): entry is [string, (options: object) => (tx: Transaction) => void] => typeof entry[1] === 'function',
      );
      expect(functions.length, module).to.equal(count);
      for (const [name, call] of functions) {
        const target = `${module}::${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
        const parameters = functionInfo(target).parameters.filter((type) => !isContext(type)).map(textOf);
        const tx = new Transaction();
        const values = parameters.map((type) => (type === 'vector<u8>' ? [1] : type === 'bool' ? true : type.startsWith('u') ? 1 : type.endsWith('String') ? 'x' : tx.object(world.registryId)));
        call({ package: world.packageId, arguments: values })(tx);
        expect(checkCall(tx, tx.getData().commands[0]!.MoveCall as MoveCall)).to.equal(target);
        checked += 1;
      }
    }
    expect(checked).to.equal(8);
  });

  describe('of the SDK read', () => {
    interface Reader {
      parse: (bytes: Uint8Array) => Record<string, unknown>;
      serialize: (value: unknown) => { toBytes: () => Uint8Array };
    }
    const reader = async (module: string, name: string): Promise<Reader> =>
      ((await import(new URL(`${module}.mjs`, sdk).href)) as Record<string, Reader>)[name]!;
    const contents = (id: string): Uint8Array => world.objects.get(id)!.object.contents!;
    /** Value of a dynamic field: behind the ID of the field and its name. */
    const fieldValue = (id: string, nameBytes: number): Uint8Array => contents(id).subarray(32 + nameBytes);
    const whole = (read: Reader, bytes: Uint8Array): Record<string, unknown> => {
      const value = read.parse(bytes);
      expect(read.serialize(value).toBytes()).to.deep.equal(bytes);
      return value;
    };

    it('System and Staking', async () => {
      const { systemObjectId, stakingObjectId } = world.deployment;
      const system = whole(await reader('system', 'System'), contents(systemObjectId));
      expect(system).to.include({ version: '1', package_id: world.packageId });
      expect(world.net.ledger.getObject(systemObjectId)!.type).to.equal(`${world.packageId}::system::System`);
      expect(whole(await reader('staking', 'Staking'), contents(stakingObjectId))).to.include({ version: '1', package_id: world.packageId });
    });

    it('the inner states', async () => {
      const [systemField] = [...world.ofType('::system_state_inner::SystemStateInnerV1>')];
      const system = whole(await reader('system_state_inner', 'SystemStateInnerV1'), fieldValue(systemField!.object.id, 8));
      const { committee, storage_price_per_unit_size: price } = system as { committee: { n_shards: number; epoch: number; members: unknown[] }; storage_price_per_unit_size: string };
      expect([committee.n_shards, committee.epoch, committee.members.length]).to.deep.equal([
        world.system().committee.n_shards,
        world.staking().epoch,
        world.staking().committee.pos0.length,
      ]);
      expect(BigInt(price)).to.equal(world.system().storage_price_per_unit_size);
      const [stakingField] = [...world.ofType('::staking_inner::StakingInnerV1>')];
      const staking = whole(await reader('staking_inner', 'StakingInnerV1'), fieldValue(stakingField!.object.id, 8));
      expect(staking).to.include({ epoch: world.staking().epoch, n_shards: world.staking().n_shards });
    });

    it('all staking pools', async () => {
      const StakingPool = await reader('staking_pool', 'StakingPool');
      expect(world.nodes.length).to.be.greaterThan(0);
      for (const { id, key } of world.nodes) {
        const pool = whole(StakingPool, contents(id)) as { node_info: { node_id: string; network_address: string } };
        expect(pool.node_info.node_id).to.equal(id);
        expect(pool.node_info.network_address).to.be.a('string');
        expect(key).to.have.length(192);
      }
    });

    it('all blobs and their attributes', async () => {
      const [Blob, Metadata] = [await reader('blob', 'Blob'), await reader('metadata', 'Metadata')];
      const blobs = [...world.ofType('::blob::Blob')];
      expect(blobs.length).to.be.greaterThan(0);
      for (const { object, value } of blobs) {
        expect(object.type).to.equal(`${world.packageId}::blob::Blob`);
        const blob = whole(Blob, object.contents!) as { blob_id: string; storage: { end_epoch: number } };
        expect(BigInt(blob.blob_id)).to.equal(value.blob_id);
        expect(blob.storage.end_epoch).to.equal((value.storage as { end_epoch: number }).end_epoch);
      }
      const fields = [...world.ofType('::metadata::Metadata>')];
      expect(fields.length).to.be.greaterThan(0);
      // The name is the vector "metadata": its length and eight letters.
      for (const { object } of fields) whole(Metadata, fieldValue(object.id, 9));
    });
  });

  it('cover every layout that the bindings export', async () => {
    for (const file of ['objects', 'audit-objects', 'governance-objects']) {
      const source = await readFile(fileURLToPath(new URL(`../../src/protocol/${file}.ts`, import.meta.url)), 'utf8');
      const names = [...source.matchAll(/^export const (\w+) =/gm)].map(([, name]) => name!);
      expect([...Object.keys(LAYOUTS).map((type) => type.split('::')[1]!), ...FIELDS], file).to.include.members(names);
    }
  });
});
