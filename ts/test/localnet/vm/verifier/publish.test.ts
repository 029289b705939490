/** Publishing and upgrading run the verifier: what it refuses ends the transaction with Sui's status. */
import { expect } from 'chai';
import { Bench } from '../../support/bench.js';
import { packageDigest } from '../../../../src/localnet/runtime/packages.js';
import { address } from '../support.js';
import { edited, loadFixture } from './support.js';
import type { Editors, Fixture } from './support.js';

describe('Bytecode verifier: publishing', function () {
  let bench: Bench;
  let fixture: Fixture;
  before(async () => {
    [bench, fixture] = await Promise.all([Bench.start(), loadFixture()]);
  });

  const dependencies = [address(1), address(2)];
  const publishEdited = (edit: (editors: Editors) => void) => {
    const modules = edited(fixture, edit).map((m) => [...m]);
    return bench.run((tx) => {
      tx.transferObjects([tx.publish({ modules, dependencies })], bench.sender);
    });
  };

  const cases: { name: string; status: string; edit: (editors: Editors) => void }[] = [
    { name: 'a type error', status: 'VMVerificationOrDeserializationError', edit: ({ rules }) => rules.set('slot', { code: ['LdTrue', 'Abort'] }) },
    {
      name: 'a dangling reference', status: 'VMVerificationOrDeserializationError',
      edit: ({ rules }) => rules.set('slot', { parameters: ['U64'], returns: [{ Reference: 'U64' }], code: [{ ImmBorrowLoc: 0 }, 'Ret'] }),
    },
    { name: 'a number over its limit', status: 'VMVerificationOrDeserializationError', edit: ({ rules }) => void rules.json.identifiers.push('a'.repeat(129)) },
    {
      name: 'a module that is not among the dependencies', status: 'VMVerificationOrDeserializationError',
      edit: ({ rules }) => void rules.json.module_handles.push({ address: rules.json.address_identifiers.push('9'.padStart(64, '0')) - 1, name: rules.identifier('nowhere') }),
    },
    { name: 'a public init', status: 'SuiMoveVerificationError', edit: ({ rules }) => { rules.definition('init').visibility = 'Public'; } },
    {
      name: 'an object with a stolen UID', status: 'SuiMoveVerificationError',
      edit: ({ rules }) => rules.set('slot', {
        parameters: [rules.type('UID')], returns: [rules.type('Thing')], code: [{ MoveLoc: 0 }, { LdU64: 1n }, { Pack: rules.struct('Thing') }, 'Ret'],
      }),
    },
  ];
  for (const { name, status, edit } of cases)
    it(`refuses ${name}`, async () => {
      const { Failure } = (await publishEdited(edit)).effects.V2!.status;
      expect(Failure?.error.$kind).to.equal(status);
      expect(Number(Failure?.command)).to.equal(0);
    });

  it('publishes the fixture, and refuses a bad upgrade of it', async () => {
    const record = await publishEdited(() => undefined);
    expect(record.effects.V2!.status.$kind).to.equal('Success');
    const created = record.outputObjects.filter((o) => !record.inputObjects.some((i) => i.id === o.id));
    const packageId = created.find((o) => o.type === 'package')!.id;
    const cap = created.find((o) => o.type.endsWith('::package::UpgradeCap'))!.id;
    const upgrade = (edit: (editors: Editors) => void) => {
      const modules = edited(fixture, edit);
      return bench.run((tx) => {
        const ticket = tx.moveCall({
          target: '0x2::package::authorize_upgrade',
          arguments: [bench.owned(tx, cap), tx.pure.u8(0), tx.pure.vector('u8', [...packageDigest(modules, dependencies)])],
        });
        const receipt = tx.upgrade({ modules: modules.map((m) => [...m]), dependencies, package: packageId, ticket });
        tx.moveCall({ target: '0x2::package::commit_upgrade', arguments: [bench.owned(tx, cap), receipt] });
      });
    };
    const refused = await upgrade(({ rules }) => rules.set('slot', { code: [{ Call: rules.functionHandle('slot') }, 'Pop', 'Ret'] }));
    expect(refused.effects.V2!.status.Failure?.error.$kind).to.equal('VMVerificationOrDeserializationError');
    const done = await upgrade(({ rules }) => rules.set('slot', { code: [{ Call: rules.functionHandle('slot') }, 'Ret'] }));
    expect(done.effects.V2!.status.$kind).to.equal('Success');
  });
});
