/** When stake can be taken back: the table of the contracts specification, §8.5, with epoch 5 as the current one. */
import { expect } from 'chai';
import { nextStakeStep, type ChainState, type Stake } from '../../src/protocol/index.js';

const NODE = '0x1';
const members = (isIn: boolean) => (isIn ? [{ nodeId: NODE }] : [{ nodeId: '0x2' }]) as unknown as ChainState['committee'];

describe('taking stake back', () => {
  const rows: { activation: number; current: boolean; next: boolean | undefined; withdraw?: number; expected: string }[] = [
    { activation: 7, current: false, next: false, expected: 'withdraw' },
    { activation: 7, current: true, next: true, expected: 'withdraw' },
    { activation: 6, current: true, next: undefined, expected: 'withdraw' },
    { activation: 6, current: true, next: false, expected: 'withdraw' },
    { activation: 6, current: false, next: true, expected: 'request' },
    { activation: 5, current: true, next: undefined, expected: 'request' },
    { activation: 2, current: true, next: false, expected: 'request' },
    { activation: 5, current: false, next: true, expected: 'request' },
    { activation: 5, current: false, next: false, expected: 'withdraw' },
    { activation: 5, current: false, next: undefined, expected: 'withdraw' },
    { activation: 2, current: true, next: true, withdraw: 6, expected: 'wait until 6' },
    { activation: 2, current: true, next: true, withdraw: 7, expected: 'wait until 7' },
    { activation: 2, current: true, next: true, withdraw: 5, expected: 'withdraw' },
    { activation: 2, current: false, next: false, withdraw: 3, expected: 'withdraw' },
  ];
  for (const { activation, current, next, withdraw, expected } of rows) {
    const selected = next === undefined ? 'not selected' : next ? 'in' : 'not in';
    const asked = withdraw === undefined ? '' : `, payable in ${withdraw}`;
    it(`active from ${activation}${asked}; node ${current ? 'in' : 'not in'} this committee, ${selected} the next: ${expected}`, () => {
      const stake: Stake = { objectId: '0x9', nodeId: NODE, principalFrost: 1n, activationEpoch: activation, withdrawEpoch: withdraw };
      const nextCommittee = next === undefined ? undefined : members(next);
      const step = nextStakeStep(stake, { epoch: 5, committee: members(current), nextCommittee });
      expect(step.kind === 'wait' ? `wait until ${step.untilEpoch}` : step.kind).to.equal(expected);
    });
  }
});
