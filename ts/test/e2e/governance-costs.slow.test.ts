/**
 * What governance costs on a network of 105 nodes and 1000 shards: every call stays far below what one
 * transaction may use, and the cost of a vote does not grow with the votes before it (contracts specification §15.6).
 */
import { expect } from 'chai';
import { accountKey, contractCompiler, networkPublicKey, protocolKey } from '../../src/cluster/index.js';
import { LocalNet } from '../../src/localnet/index.js';
import {
  attestSync,
  castVotes,
  changeEpoch,
  closeProposal,
  createdObject,
  deployContracts,
  deployGovernance,
  endVoting,
  execute,
  executeParam,
  openVoterAccount,
  operatorVote,
  propose,
  readGovernance,
  readProposal,
  registerNode,
  stakeWithNode,
  type Executed,
  type RegisteredNode,
} from '../../src/protocol/index.js';

const SEED = 'governance costs';
const NODES = 105;
const SHARDS = 1000;
const WAL = 1_000_000_000n;
const EPOCH_MS = 86_400_000n;
/** Gas price of the network, MIST per unit, and the most units of one transaction (sui-gas.md §1). */
const PRICE = 1_000n;
const MAX_UNITS = 5_000_000n;

const unitsOf = (executed: Executed) => BigInt(executed.effects.gasUsed.computationCost) / PRICE;

describe('costs of governance', () => {
  it(`stay within the limits with ${NODES} nodes`, async () => {
    const net = await LocalNet.start({ seed: SEED });
    const signer = accountKey(SEED, 'operator');
    await net.faucet(signer.toSuiAddress(), 10_000_000n * WAL);
    const deployment = await deployContracts(net.client, signer, contractCompiler(), {
      ...{ shardCount: SHARDS, epochDurationMs: EPOCH_MS, epochZeroDurationMs: 0n, maxEpochsAhead: 53 },
    });
    const nodes: RegisteredNode[] = [];
    for (let i = 0; i < NODES; i++) {
      const name = `node-${i}`;
      const registered = await registerNode(net.client, deployment, {
        ...{ name, networkAddress: `${name}.local:9185`, protocolKey: protocolKey(SEED, name), signer },
        ...{ networkPublicKey: networkPublicKey(SEED, name), stakeFrost: 1_000n * WAL, commissionBasisPoints: 1000 },
        ...{ storagePrice: 11_000n, writePrice: 20_000n, capacityBytes: 1n << 40n },
      });
      nodes.push(registered);
    }
    const ids = await deployGovernance(net.client, signer, contractCompiler(), deployment);
    const stakes = nodes.map(({ stakedWalId }) => stakedWalId);
    for (const { nodeId } of nodes) {
      for (let i = 0; i < 2; i++) stakes.push(await stakeWithNode(net.client, signer, deployment, nodeId, 500n * WAL));
    }
    const costs: Record<string, bigint> = {};
    let epoch = 0;
    const nextEpoch = async () => {
      net.clock.advance(epoch === 0 ? 1n : EPOCH_MS);
      await endVoting(net.client, signer, deployment);
      costs['epoch change'] = unitsOf(await changeEpoch(net.client, signer, deployment));
      epoch += 1;
      for (const { capId } of nodes.slice(0, 80)) await attestSync(net.client, deployment, { signer, capId }, epoch);
    };
    await nextEpoch();
    const opened = await execute(net.client, signer, openVoterAccount(ids, stakes, signer.toSuiAddress()), 'open');
    costs[`account with ${stakes.length} stakes`] = unitsOf(opened);
    const accountId = createdObject(opened, (type) => type.endsWith('::governance::VoterAccount'), 'VoterAccount');
    const bond = BigInt((await readGovernance(net.client, ids)).params.bond);
    const proposed = await execute(net.client, signer, propose(ids, { kind: 'param', id: 100, value: 5n }, bond), 'propose');
    costs['proposal'] = unitsOf(proposed);
    const proposal = createdObject(proposed, (type) => type.endsWith('::governance::Proposal'), 'Proposal');

    const vote = async (ofStakes: readonly string[]) =>
      unitsOf(await execute(net.client, signer, castVotes(ids, accountId, proposal, ofStakes, 'yes'), 'vote'));
    for (const { nodeId } of nodes) {
      costs['vote of an operator'] = unitsOf(
        await execute(net.client, signer, operatorVote(ids, nodeId, proposal, 'no'), 'operator vote'),
      );
    }
    costs['first vote'] = await vote(stakes.slice(0, 1));
    costs['100 votes in one transaction'] = await vote(stakes.slice(1, 101));
    costs['100 further votes'] = await vote(stakes.slice(101, 201));
    costs['100 last votes'] = await vote(stakes.slice(201, 301));
    costs['last vote'] = await vote(stakes.slice(-1));
    const { yes, no, total } = await readProposal(net.client, proposal);
    // Stakes of 302 votes; operators count for a fifth of what is left.
    expect(BigInt(yes)).to.equal(105n * 1_000n * WAL + 197n * 500n * WAL);
    expect(BigInt(no)).to.equal((13n * 500n * WAL * 2n) / 10n);
    expect(BigInt(total)).to.equal(210_000n * WAL);
    while (epoch < 3) await nextEpoch();
    costs['close'] = unitsOf(await execute(net.client, signer, closeProposal(ids, proposal, 'param'), 'close'));
    while (epoch < 5) await nextEpoch();
    costs['execution'] = unitsOf(await execute(net.client, signer, executeParam(ids, proposal), 'execute'));
    for (const [name, units] of Object.entries(costs)) {
      process.stdout.write(`      ${name}: ${units} units, ${((100 * Number(units)) / Number(MAX_UNITS)).toFixed(2)} %\n`);
      expect(units < MAX_UNITS, name).to.equal(true);
    }
    expect(costs['last vote']! <= 2n * costs['first vote']!, 'votes do not become dearer').to.equal(true);
    await net.stop();
  });
});
