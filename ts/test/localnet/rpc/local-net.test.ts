/**
 * The services over the real network: a compiled package, signed transactions, both transports.
 */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { GrpcWebFetchTransport, SuiGrpcClient } from '@mysten/sui/grpc';
import {
  coinWithBalance,
  ParallelTransactionExecutor,
  SerialTransactionExecutor,
  Transaction,
  type TransactionArgument,
  type TransactionObjectArgument,
} from '@mysten/sui/transactions';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { bcs } from '@mysten/sui/bcs';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { readReservation } from '../../../src/localnet/runtime/coin-reservations.js';
import { LocalNet } from '../../../src/localnet/index.js';
import { buildPackage } from '../../../src/move/index.js';
import { createRpcServer, type RunningServer } from '../../../src/localnet/rpc/index.js';

const SUI = `${normalizeSuiAddress('0x2')}::sui::SUI`;
const FIXTURE = fileURLToPath(new URL('./fixture', import.meta.url));

describe('SDK client on the embedded network', () => {
  let net: LocalNet;
  let server: RunningServer;
  let packageId: string;
  let counterId: string;
  let treasuryCapId: string;
  let publisherId: string;
  let registered = false;
  let publisher: Ed25519Keypair;

  before(async () => {
    net = await LocalNet.start({ seed: 'services' });
    server = await createRpcServer(net.ledger, { port: 0 });
    publisher = net.createSigner('publisher');
    await net.faucet(publisher.toSuiAddress(), 100_000_000_000n);
    const published = await net.publish(FIXTURE, publisher);
    packageId = published.packageId;
    const createdOfType = (part: string): string => {
      const object = published.created.find(({ type }) => type.includes(part));
      if (object === undefined) throw new Error(`no ${part}`);
      return object.id;
    };
    counterId = createdOfType('::counter::Counter');
    treasuryCapId = createdOfType('::coin::TreasuryCap<');
    publisherId = createdOfType('::package::Publisher');
  });
  after(async () => {
    await server.close();
    await net.stop();
  });

  const transports: Record<string, () => SuiGrpcClient> = {
    'in process': () => net.client,
    'gRPC-web text': () =>
      new SuiGrpcClient({ network: 'localnet', transport: new GrpcWebFetchTransport({ baseUrl: server.url, format: 'text' }) }),
    'gRPC-web binary': () =>
      new SuiGrpcClient({ network: 'localnet', transport: new GrpcWebFetchTransport({ baseUrl: server.url, format: 'binary' }) }),
  };

  for (const [name, connect] of Object.entries(transports)) {
    describe(name, () => {
      let client: SuiGrpcClient;
      let signer: Ed25519Keypair;
      let sender: string;

      before(async () => {
        client = connect();
        signer = net.createSigner(name);
        sender = signer.toSuiAddress();
        await net.faucet(sender, 10_000_000_000n);
        await net.faucet(sender, 5_000_000_000n);
      });

      const call = (tx: Transaction, target: string, args: TransactionArgument[], typeArguments: string[] = []) =>
        tx.moveCall({ target: `${packageId}::${target}`, arguments: args, typeArguments });
      const submit = (tx: Transaction, by: Ed25519Keypair = signer) =>
        client.core.signAndExecuteTransaction({
          transaction: tx,
          signer: by,
          include: { effects: true, events: true, balanceChanges: true, objectTypes: true, transaction: true },
        });
      const run = async (tx: Transaction, by?: Ed25519Keypair) => {
        const result = await submit(tx, by);
        if (result.$kind !== 'Transaction') throw new Error(result.FailedTransaction.status.error?.message);
        return result.Transaction;
      };
      const objectInputs = (result: Awaited<ReturnType<typeof run>>) =>
        (result.transaction?.inputs ?? []).map((input) => {
          const object = 'Object' in input ? input.Object : undefined;
          if (object === undefined) return undefined;
          if ('SharedObject' in object && object.SharedObject) return { kind: 'shared', ...object.SharedObject };
          if ('Receiving' in object && object.Receiving) return { kind: 'receiving', ...object.Receiving };
          return { kind: 'owned' };
        });
      const createdOf = (result: Awaited<ReturnType<typeof run>>, suffix: string): string => {
        const entry = Object.entries(result.objectTypes ?? {}).find(([id, type]) => {
          const change = result.effects?.changedObjects.find(({ objectId }) => objectId === id);
          return type.endsWith(suffix) && change?.idOperation === 'Created';
        });
        if (entry === undefined) throw new Error(`nothing of type ${suffix} was created`);
        return entry[0];
      };
      const newBox = async (size = 1): Promise<string> => {
        const tx = new Transaction();
        tx.transferObjects([call(tx, 'counter::new_box', [tx.pure.u8(size)])], sender);
        return createdOf(await run(tx), '::counter::Box');
      };

      it('changes a shared object and emits an event', async () => {
        const before = (await client.core.getObject({ objectId: counterId, include: { json: true } })).object;
        const tx = new Transaction();
        call(tx, 'counter::increase', [tx.object(counterId), tx.pure.u64(5)]);
        const result = await run(tx);
        expect(result.events).length(1);
        expect(result.events?.[0]).deep.include({ packageId, module: 'counter', sender, json: { by: '5', label: 'main' } });
        expect(result.events?.[0]?.eventType).equal(`${packageId}::counter::Increased`);
        const after = (await client.core.getObject({ objectId: counterId, include: { json: true, content: true } })).object;
        expect(BigInt((after.json as { value: string }).value)).equal(BigInt((before.json as { value: string }).value) + 5n);
        expect(after.owner.$kind).equal('Shared');
        expect(after.type).equal(`${packageId}::counter::Counter`);
        expect(objectInputs(result)[0]).include({ kind: 'shared', objectId: counterId, mutable: true });
      });

      it('takes a shared object read-only where the function borrows it immutably', async () => {
        const tx = new Transaction();
        call(tx, 'counter::value', [tx.object(counterId)]);
        const result = await run(tx);
        expect(objectInputs(result)[0]).include({ kind: 'shared', objectId: counterId, mutable: false });
        expect(result.effects?.unchangedConsensusObjects.map(({ kind, objectId }) => [kind, objectId])).deep.equal([
          ['ReadOnlyRoot', counterId],
        ]);
      });

      it('pays exactly what the balance changes say', async () => {
        const { balance: before } = await client.core.getBalance({ owner: sender });
        const tx = new Transaction();
        tx.transferObjects([tx.splitCoins(tx.gas, [777])], normalizeSuiAddress('0xfeed'));
        const result = await run(tx);
        const { balance: after } = await client.core.getBalance({ owner: sender });
        const own = result.balanceChanges?.find(({ address }) => address === sender);
        const other = result.balanceChanges?.find(({ address }) => address === normalizeSuiAddress('0xfeed'));
        expect(own?.coinType).equal(SUI);
        expect(BigInt(after.balance) - BigInt(before.balance)).equal(BigInt(own?.amount as string));
        expect(other?.amount).equal('777');
        const gas = result.effects?.gasUsed;
        const net = BigInt(gas?.computationCost as string) + BigInt(gas?.storageCost as string) - BigInt(gas?.storageRebate as string);
        expect(BigInt(own?.amount as string)).equal(-777n - net);
      });

      it('decodes aborts: plain codes and named constants', async () => {
        for (const [by, pattern] of [
          [13, /^MoveAbort in 1st command, abort code: 7, in '0x[0-9a-f]{64}::counter::increase' \(instruction \d+\)$/],
          [101, /^MoveAbort in 1st command, 'ETooMuch': The counter has a limit, in '0x[0-9a-f]{64}::counter::increase' \(line \d+\)$/],
        ] as const) {
          const tx = new Transaction();
          call(tx, 'counter::increase', [tx.object(counterId), tx.pure.u64(by)]);
          tx.setSender(sender);
          const failure = await tx.build({ client }).catch((error: unknown) => error);
          const [introduction, ...message] = (failure as Error).message.split(': ');
          expect(introduction).equal('Transaction resolution failed');
          expect(message.join(': ')).match(pattern);
        }
      });

      it('executes a transaction that fails, charges it and reports the status', async () => {
        const tx = new Transaction();
        const counter = (await client.core.getObject({ objectId: counterId })).object;
        call(tx, 'counter::increase', [
          tx.sharedObjectRef({
            objectId: counterId,
            initialSharedVersion: counter.owner.Shared?.initialSharedVersion as string,
            mutable: true,
          }),
          tx.pure.u64(13),
        ]);
        const coins = await client.core.listCoins({ owner: sender });
        tx.setSender(sender);
        tx.setGasBudget(50_000_000);
        tx.setGasPrice(1_000);
        tx.setGasPayment(coins.objects.slice(0, 1));
        const bytes = await tx.build();
        const { signature } = await signer.signTransaction(bytes);
        const result = await client.core.executeTransaction({ transaction: bytes, signatures: [signature], include: { effects: true } });
        expect(result.FailedTransaction?.status.error?.$kind).equal('MoveAbort');
        expect(result.FailedTransaction?.status.error?.MoveAbort?.abortCode).equal('7');
        expect(result.FailedTransaction?.effects?.gasUsed.computationCost).equal('1000000');
        const stored = await client.core.getTransaction({ digest: result.FailedTransaction?.digest as string });
        expect(stored.$kind).equal('FailedTransaction');
      });

      it('refuses a wrong signature and a stale object', async () => {
        const tx = new Transaction();
        tx.transferObjects([tx.splitCoins(tx.gas, [1])], sender);
        tx.setSender(sender);
        const bytes = await tx.build({ client });
        const foreign = await publisher.signTransaction(bytes);
        const refused = await client.core
          .executeTransaction({ transaction: bytes, signatures: [foreign.signature] })
          .catch((error: unknown) => error);
        expect(refused).property('code', 'INVALID_ARGUMENT');
        expect((refused as Error).message).match(/^Invalid user signature: /);
        const own = await signer.signTransaction(bytes);
        await client.core.executeTransaction({ transaction: bytes, signatures: [own.signature] });
        const stale = new Transaction();
        stale.transferObjects([stale.splitCoins(stale.gas, [2])], sender);
        stale.setSender(sender);
        stale.setGasPayment(tx.getData().gasData.payment ?? []);
        stale.setGasBudget(10_000_000);
        stale.setGasPrice(1_000);
        const staleBytes = await stale.build();
        const staleSignature = (await signer.signTransaction(staleBytes)).signature;
        const error = await client.core
          .executeTransaction({ transaction: staleBytes, signatures: [staleSignature] })
          .catch((reason: unknown) => reason);
        expect(error).property('code', 'INVALID_ARGUMENT');
        expect((error as Error).message).match(/issues with transaction inputs.*ObjectVersionUnavailableForConsumption/);
      });

      it('answers a malformed transaction as a bad request', async () => {
        const error = await client.core
          .executeTransaction({ transaction: Uint8Array.of(1, 2, 3), signatures: [] })
          .catch((reason: unknown) => reason);
        expect(error).property('code', 'INVALID_ARGUMENT');
      });

      it('simulates a call with its return values, typed and rendered', async () => {
        const tx = new Transaction();
        call(tx, 'counter::value', [tx.object(counterId)]);
        call(tx, 'counter::shape', [tx.pure.u32(9)]);
        tx.setSender(sender);
        const result = await client.core.simulateTransaction({ transaction: tx, include: { commandResults: true } });
        expect(result.$kind).equal('Transaction');
        const [value, shape] = result.commandResults ?? [];
        expect(value?.returnValues[0]?.bcs).length(8);
        expect(shape?.returnValues[0]?.bcs).deep.equal(Uint8Array.of(1, 9, 0, 0, 0));
        const { response } = await client.transactionExecutionService.simulateTransaction({
          transaction: { bcs: { value: await tx.build({ client }) } },
          readMask: { paths: ['command_outputs'] },
        });
        const output = response.commandOutputs[1]?.returnValues[0];
        expect(output?.value?.name).equal(`${packageId}::counter::Shape`);
        const fields = output?.json?.kind.oneofKind === 'structValue' ? output.json.kind.structValue.fields : {};
        expect(fields['@variant']?.kind).deep.equal({ oneofKind: 'stringValue', stringValue: 'Square' });
      });

      it('inspects without checks: private functions, no sender', async () => {
        for (const target of ['counter::hidden', 'counter::internal']) {
          const tx = new Transaction();
          call(tx, target, [tx.object(counterId)]);
          const result = await client.core.simulateTransaction({
            transaction: tx,
            checksEnabled: false,
            include: { commandResults: true },
          });
          expect(result.$kind, target).equal('Transaction');
          expect(result.commandResults?.[0]?.returnValues[0]?.bcs, target).length(8);
        }
        const checked = new Transaction();
        call(checked, 'counter::internal', [checked.object(counterId)]);
        checked.setSender(sender);
        const refused = await client.core.simulateTransaction({ transaction: checked });
        expect(refused.FailedTransaction?.status.error?.message).match(/NonEntryFunctionInvoked/);
      });

      it('lists and reads dynamic fields and dynamic object fields', async () => {
        const outer = await newBox(1);
        const inner = await newBox(2);
        const tx = new Transaction();
        const box = tx.object(outer);
        call(tx, 'counter::put_number', [box, tx.pure.u64(4), tx.pure.vector('u16', [1, 2, 3])]);
        call(tx, 'counter::put_named', [box, tx.pure.string('größe'), tx.pure.u8(8)]);
        call(tx, 'counter::put_box', [box, tx.pure.u8(200), tx.object(inner)]);
        await run(tx);
        const { dynamicFields, hasNextPage } = await client.listDynamicFields({
          parentId: outer,
          include: { value: true },
        });
        expect(hasNextPage).equal(false);
        const byType = new Map(dynamicFields.map((field) => [field.name.type, field]));
        expect(byType.get('u64')?.value).deep.equal({ type: 'vector<u16>', bcs: bcs.vector(bcs.u16()).serialize([1, 2, 3]).toBytes() });
        const named = byType.get(`${normalizeSuiAddress('0x1')}::string::String`);
        expect(bcs.string().parse(named?.name.bcs as Uint8Array)).equal('größe');
        expect(byType.get('u8')).deep.include({ $kind: 'DynamicObject', childId: inner, valueType: `${packageId}::counter::Box` });
        const { dynamicField } = await client.core.getDynamicField({
          parentId: outer,
          name: { type: 'u64', bcs: bcs.u64().serialize(4).toBytes() },
        });
        expect(bcs.vector(bcs.u16()).parse(dynamicField.value.bcs)).deep.equal([1, 2, 3]);
        const { object } = await client.core.getDynamicObjectField({
          parentId: outer,
          name: { type: 'u8', bcs: Uint8Array.of(200) },
          include: { json: true },
        });
        expect(object.objectId).equal(inner);
        expect(object.json).deep.equal({ id: inner, size: 2 });
        const child = await client.core.getObject({ objectId: inner });
        expect(child.object.owner.$kind).equal('ObjectOwner');
        const use = new Transaction();
        call(use, 'counter::grow', [use.object(inner), use.pure.u8(1)]);
        const refused = await submit(use).catch((error: unknown) => error);
        expect((refused as Error).message).match(/is owned by the object/);
      });

      it('receives an object that was sent to an object', async () => {
        const outer = await newBox(1);
        const inner = await newBox(3);
        const send = new Transaction();
        send.transferObjects([send.object(inner)], outer);
        await run(send);
        const tx = new Transaction();
        tx.transferObjects([call(tx, 'counter::receive_box', [tx.object(outer), tx.object(inner)])], sender);
        const result = await run(tx);
        expect(objectInputs(result)[1]).include({ kind: 'receiving', objectId: inner });
        const { object } = await client.core.getObject({ objectId: inner });
        expect(object.owner).deep.equal({ $kind: 'AddressOwner', AddressOwner: sender });
      });

      it('receives by reference too: the object stays where it was sent', async () => {
        const outer = await newBox(1);
        const inner = await newBox(3);
        const send = new Transaction();
        send.transferObjects([send.object(inner)], outer);
        await run(send);
        const tx = new Transaction();
        call(tx, 'counter::peek_box', [tx.object(outer), tx.object(inner)]);
        const result = await run(tx);
        expect(objectInputs(result)[1]).include({ kind: 'receiving', objectId: inner });
        const { object } = await client.core.getObject({ objectId: inner });
        expect(object.owner).deep.equal({ $kind: 'AddressOwner', AddressOwner: outer });
      });

      it('renders generic objects, displays and packages', async () => {
        const tx = new Transaction();
        const pair = call(tx, 'counter::pair', [tx.pure.u64(6)], ['bool', 'u64']);
        const hero = call(tx, 'hero::new', [tx.pure.string('Ada'), tx.pure.u64(7)]);
        tx.transferObjects([pair, hero], sender);
        const result = await run(tx);
        const pairObject = await client.core.getObject({
          objectId: createdOf(result, '::counter::Pair<bool,u64>'),
          include: { json: true, objectBcs: true },
        });
        expect(pairObject.object.json).deep.equal({ id: pairObject.object.objectId, item: '6' });
        expect(bcs.Object.parse(pairObject.object.objectBcs as Uint8Array).data.Move?.contents).length(40);
        const heroObject = await client.core.getObject({
          objectId: createdOf(result, '::hero::Hero'),
          include: { display: true, previousTransaction: true },
        });
        expect(heroObject.object.display).equal(null); // its Display<Hero> is not in the registry
        expect(heroObject.object.previousTransaction).equal(result.digest);
        const packageObject = await client.core.getObject({ objectId: packageId });
        expect(packageObject.object.type).equal('package');
        const filtered = await client.core.listOwnedObjects({ owner: sender, type: `${packageId}::counter::Pair` });
        expect(filtered.objects.map(({ type }) => type)).deep.equal([`${packageId}::counter::Pair<bool,u64>`]);
      });

      it('renders displays of the registry', async () => {
        const type = `${packageId}::counter::Box`;
        if (!registered) {
          const tx = new Transaction();
          const [display, cap] = tx.moveCall({
            target: '0x2::display_registry::new_with_publisher',
            arguments: [tx.object('0xd'), tx.object(publisherId)],
            typeArguments: [type],
          });
          tx.moveCall({
            target: '0x2::display_registry::set',
            arguments: [display as TransactionArgument, cap as TransactionArgument, tx.pure.string('label'), tx.pure.string('box of size {size}')],
            typeArguments: [type],
          });
          tx.moveCall({
            target: '0x2::display_registry::set',
            arguments: [display as TransactionArgument, cap as TransactionArgument, tx.pure.string('broken'), tx.pure.string('{nothing}')],
            typeArguments: [type],
          });
          tx.moveCall({ target: '0x2::display_registry::share', arguments: [display as TransactionArgument], typeArguments: [type] });
          tx.transferObjects([cap as TransactionObjectArgument], publisher.toSuiAddress());
          await run(tx, publisher);
          registered = true;
        }
        const { object } = await client.core.getObject({ objectId: await newBox(9), include: { display: true } });
        expect(object.display?.output).deep.equal({ label: 'box of size 9', broken: null });
        expect(object.display?.errors).have.keys('broken');
      });

      it('knows coins of both kinds', async () => {
        const gold = await client.core.getCoinMetadata({ coinType: `${packageId}::gold::GOLD` });
        expect(gold.coinMetadata).deep.include({ decimals: 6, name: 'Gold', symbol: 'GLD', description: 'a metal', iconUrl: null });
        if ((await client.core.getCoinMetadata({ coinType: `${packageId}::silver::Silver` })).coinMetadata === null) {
          const tx = new Transaction();
          call(tx, 'silver::register', [tx.object('0xc')]);
          await run(tx);
        }
        const silver = await client.core.getCoinMetadata({ coinType: `${packageId}::silver::Silver` });
        expect(silver.coinMetadata).deep.include({
          decimals: 3,
          name: 'Silver',
          symbol: 'SLV',
          iconUrl: 'https://example.org/silver.png',
        });
        const sui = await client.core.getCoinMetadata({ coinType: '0x2::sui::SUI' });
        expect(sui.coinMetadata).deep.include({ decimals: 9, symbol: 'SUI' });
        const { response } = await client.stateService.getCoinInfo({ coinType: `${packageId}::silver::Silver` });
        expect(response.metadata?.metadataCapId).match(/^0x[0-9a-f]{64}$/);
        expect(response.treasury?.totalSupply).equal(0n);
      });

      it('lists coins and balances of minted coins', async () => {
        const tx = new Transaction();
        call(tx, 'gold::mint', [tx.object(treasuryCapId), tx.pure.u64(1_000)]);
        call(tx, 'gold::mint', [tx.object(treasuryCapId), tx.pure.u64(500)]);
        await run(tx, publisher);
        const coinType = `${packageId}::gold::GOLD`;
        const owner = publisher.toSuiAddress();
        const { objects } = await client.core.listCoins({ owner, coinType });
        const total = objects.reduce((sum, { balance }) => sum + BigInt(balance), 0n);
        const { balance } = await client.core.getBalance({ owner, coinType });
        expect(BigInt(balance.balance)).equal(total);
        expect(total >= 1_500n).equal(true);
        const { balances } = await client.core.listBalances({ owner });
        expect(balances.map((entry) => entry.coinType)).include.members([coinType, SUI]);
      });

      it('reflects functions, datatypes and package versions', async () => {
        const { function: grow } = await client.core.getMoveFunction({ packageId, moduleName: 'counter', name: 'new_box' });
        expect(grow.visibility).equal('public');
        expect(grow.parameters.map(({ reference }) => reference)).deep.equal([null, 'mutable']);
        const { response: datatype } = await client.movePackageService.getDatatype({
          packageId,
          moduleName: 'counter',
          name: 'Shape',
        });
        expect(datatype.datatype?.variants.map((variant) => variant.name)).deep.equal(['Dot', 'Square']);
        const { response: pkg } = await client.movePackageService.getPackage({ packageId });
        expect(pkg.package?.modules.map((module) => module.name)).deep.equal(['counter', 'gold', 'hero', 'silver']);
        expect(pkg.package?.modules[0]?.functions.length).greaterThan(5);
        expect(pkg.package?.linkage.map(({ originalId }) => originalId)).include(normalizeSuiAddress('0x2'));
        const { response: versions } = await client.movePackageService.listPackageVersions({ packageId });
        expect(versions.versions).deep.equal([{ packageId, version: 1n }]);
      });

      it('lists transactions and events by filter', async () => {
        const mine = await client.core.listTransactions({ filter: { sender }, limit: 3, include: { effects: true } });
        expect(mine.transactions).length(3);
        expect(mine.hasNextPage).equal(true);
        const next = await client.core.listTransactions({ filter: { sender }, limit: 3, after: mine.endCursor });
        expect(next.transactions.length).greaterThan(0);
        const calls = await client.core.listTransactions({ filter: { function: `${packageId}::counter::increase` } });
        expect(calls.transactions.length).greaterThan(0);
        const { events } = await client.core.listEvents({ filter: { eventType: `${packageId}::counter::Increased` } });
        expect(events.length).greaterThan(0);
        expect(events.every(({ eventType }) => eventType === `${packageId}::counter::Increased`)).equal(true);
        const last = await client.core.listEvents({ filter: { emitModule: `${packageId}::counter` }, order: 'descending', limit: 1 });
        expect(last.events[0]?.transactionDigest).equal(events.at(-1)?.transactionDigest);
      });

      it('reads history: old versions, checkpoints, genesis', async () => {
        const box = await newBox(1);
        const tx = new Transaction();
        call(tx, 'counter::grow', [tx.object(box), tx.pure.u8(4)]);
        const before = (await client.core.getObject({ objectId: box })).object;
        const { digest, checkpoint } = await run(tx);
        const { response: old } = await client.ledgerService.getObject({
          objectId: box,
          version: BigInt(before.version),
          readMask: { paths: ['digest', 'json'] },
        });
        expect(old.object?.digest).equal(before.digest);
        const { response } = await client.ledgerService.getCheckpoint({
          checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: BigInt(checkpoint as string) },
          readMask: { paths: ['*'] },
        });
        expect(response.checkpoint?.contents?.transactions.map(({ transaction }) => transaction)).deep.equal([digest]);
        expect(response.checkpoint?.transactions[0]?.digest).equal(digest);
        const { response: genesis } = await client.ledgerService.getCheckpoint({
          checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: 0n },
        });
        expect(genesis.checkpoint?.digest).equal((await client.core.getChainIdentifier()).chainIdentifier);
      });

      it('moves the clock for Move code and clients alike', async () => {
        const { response: before } = await client.forkingService.getStatus({});
        const { response } = await client.forkingService.advanceClock({ durationMs: 60_000n });
        expect(response.timestampMs).equal(before.timestampMs + 60_000n);
        const { object } = await client.core.getObject({ objectId: '0x6', include: { json: true } });
        expect((object.json as { timestamp_ms: string }).timestamp_ms).equal(response.timestampMs.toString());
        const { response: transaction } = await client.ledgerService.getTransaction({
          digest: response.txDigest,
          readMask: { paths: ['transaction.kind'] },
        });
        expect(transaction.transaction?.transaction?.kind?.data.oneofKind).equal('consensusCommitPrologue');
        const tx = new Transaction();
        tx.moveCall({ target: '0x2::clock::timestamp_ms', arguments: [tx.object.clock()] });
        const result = await client.core.simulateTransaction({ transaction: tx, checksEnabled: false, include: { commandResults: true } });
        expect(bcs.u64().parse(result.commandResults?.[0]?.returnValues[0]?.bcs as Uint8Array)).equal(response.timestampMs.toString());
      });

      it('pays for somebody else: sponsored transactions', async () => {
        const poor = net.createSigner(`poor ${name}`);
        const draft = new Transaction();
        call(draft, 'counter::increase', [draft.object(counterId), draft.pure.u64(1)]);
        const kind = await draft.build({ client, onlyTransactionKind: true });
        const tx = Transaction.fromKind(kind);
        tx.setSender(poor.toSuiAddress());
        tx.setGasOwner(sender);
        const bytes = await tx.build({ client });
        const signatures = [(await poor.signTransaction(bytes)).signature, (await signer.signTransaction(bytes)).signature];
        const result = await client.core.executeTransaction({ transaction: bytes, signatures, include: { balanceChanges: true } });
        expect(result.$kind).equal('Transaction');
        expect(result.Transaction?.balanceChanges?.map(({ address }) => address)).deep.equal([sender]);
      });

      it('streams transactions while they happen', async () => {
        const abort = new AbortController();
        const stream = client.subscriptionService.subscribeEvents(
          { readMask: { paths: ['event_type', 'json'] } },
          { abort: abort.signal },
        );
        const seen = (async () => {
          for await (const frame of stream.responses) if (frame.event !== undefined) return frame.event.eventType;
          return undefined;
        })();
        await stream.headers;
        const tx = new Transaction();
        call(tx, 'counter::increase', [tx.object(counterId), tx.pure.u64(2)]);
        await run(tx);
        expect(await seen).equal(`${packageId}::counter::Increased`);
        abort.abort();
      });

      it('answers the questions about the chain', async () => {
        expect((await client.core.getChainIdentifier()).chainIdentifier).equal(net.ledger.chainId);
        expect((await client.core.getReferenceGasPrice()).referenceGasPrice).equal('1000');
        expect((await client.core.getProtocolConfig()).protocolConfig.protocolVersion).equal('123');
        const { systemState } = await client.core.getCurrentSystemState();
        expect(systemState.epoch).equal(net.ledger.epoch.epoch.toString());
        expect(systemState.epochStartTimestampMs).equal(net.ledger.epoch.startTimestampMs.toString());
      });

      it('waits for a transaction and gives the messages as JSON', async () => {
        const tx = new Transaction();
        tx.transferObjects([tx.splitCoins(tx.gas, [9])], sender);
        const executed = await run(tx);
        const waited = await client.core.waitForTransaction({ digest: executed.digest, include: { effects: true } });
        expect(waited.Transaction?.effects?.transactionDigest).equal(executed.digest);
        const raw = await client.getTransaction({ digest: executed.digest, include: { protoJson: true } });
        expect(raw.protoJson).include({ digest: executed.digest });
      });

      it('pays gas from the address balance when there is no need of a coin', async () => {
        const saver = net.createSigner(`saver ${name}`);
        const owner = saver.toSuiAddress();
        await net.faucet(owner, 3_000_000_000n);
        const [coin] = (await client.core.listCoins({ owner })).objects;
        const deposit = new Transaction();
        const [part] = deposit.splitCoins(deposit.gas, [2_000_000_000n]);
        deposit.moveCall({
          target: '0x2::coin::send_funds',
          arguments: [part as TransactionArgument, deposit.pure.address(owner)],
          typeArguments: ['0x2::sui::SUI'],
        });
        const deposited = await run(deposit, saver);
        expect(deposited.balanceChanges?.map(({ address }) => address)).deep.equal([owner]);
        const { balance: before } = await client.core.getBalance({ owner });
        expect(before.addressBalance).equal('2000000000');
        const tx = new Transaction();
        call(tx, 'counter::increase', [tx.object(counterId), tx.pure.u64(1)]);
        const result = await run(tx, saver);
        expect(result.transaction?.gasData.payment).deep.equal([]);
        expect(result.transaction?.expiration).property('$kind', 'ValidDuring');
        expect(result.effects?.gasObject).equal(null);
        const { balance: after } = await client.core.getBalance({ owner });
        expect(after.coinBalance).equal(before.coinBalance);
        const paid = BigInt(before.addressBalance) - BigInt(after.addressBalance);
        expect(result.balanceChanges).deep.equal([{ coinType: SUI, address: owner, amount: `-${paid}` }]);
        // A transaction that splits the gas coin gets everything there is: a reservation of the balance, then the coin.
        const split = new Transaction();
        split.transferObjects([split.splitCoins(split.gas, [1])], owner);
        const withCoin = await run(split, saver);
        const payment = withCoin.transaction?.gasData.payment ?? [];
        expect(payment.map((reference) => readReservation(reference)?.amount)).deep.equal([BigInt(after.addressBalance), undefined]);
        expect(payment[1]?.objectId).equal(coin?.objectId);
      });

      it('splits and merges coins for the intents of the SDK', async () => {
        const { balance } = await client.core.getBalance({ owner: sender });
        const tx = new Transaction();
        tx.transferObjects([coinWithBalance({ balance: 1_234n })], normalizeSuiAddress('0xfade'));
        tx.setSender(sender);
        await run(tx);
        const received = await client.core.getBalance({ owner: normalizeSuiAddress('0xfade') });
        expect(BigInt(received.balance.balance) % 1_234n).equal(0n);
        expect(BigInt((await client.core.getBalance({ owner: sender })).balance.balance) < BigInt(balance.balance)).equal(true);
        const golden = new Transaction();
        call(golden, 'gold::mint', [golden.object(treasuryCapId), golden.pure.u64(300)]);
        call(golden, 'gold::mint', [golden.object(treasuryCapId), golden.pure.u64(300)]);
        await run(golden, publisher);
        const pay = new Transaction();
        pay.setSender(publisher.toSuiAddress());
        pay.transferObjects([coinWithBalance({ type: `${packageId}::gold::GOLD`, balance: 500n })], sender);
        await run(pay, publisher);
        const gold = await client.core.getBalance({ owner: sender, coinType: `${packageId}::gold::GOLD` });
        expect(gold.balance.balance).equal('500');
      });

      it('serves the executors of the SDK', async () => {
        const serial = new SerialTransactionExecutor({ client, signer });
        const increase = (by: number): Transaction => {
          const tx = new Transaction();
          call(tx, 'counter::increase', [tx.object(counterId), tx.pure.u64(by)]);
          return tx;
        };
        const results = await Promise.all([1, 2, 3].map((by) => serial.executeTransaction(increase(by))));
        expect(results.map(({ $kind }) => $kind)).deep.equal(['Transaction', 'Transaction', 'Transaction']);
        const parallel = new ParallelTransactionExecutor({ client, signer, maxPoolSize: 3, initialCoinBalance: 100_000_000n });
        const many = await Promise.all([1, 2, 3, 4].map((by) => parallel.executeTransaction(increase(by))));
        expect(many.every(({ $kind }) => $kind === 'Transaction')).equal(true);
      });

      it('upgrades a package and knows all its versions', async () => {
        const built = await buildPackage(FIXTURE);
        const owner = net.createSigner(`upgrader ${name}`);
        await net.faucet(owner.toSuiAddress(), 20_000_000_000n);
        const first = await net.publishModules(built.modules, built.dependencies, owner);
        const tx = new Transaction();
        const ticket = tx.moveCall({
          target: '0x2::package::authorize_upgrade',
          arguments: [tx.object(first.upgradeCapId as string), tx.pure.u8(0), tx.pure.vector('u8', built.digest)],
        });
        const receipt = tx.upgrade({
          modules: built.modules.map((module) => [...module]),
          dependencies: [...built.dependencies],
          package: first.packageId,
          ticket,
        });
        tx.moveCall({ target: '0x2::package::commit_upgrade', arguments: [tx.object(first.upgradeCapId as string), receipt] });
        const result = await run(tx, owner);
        const second = result.effects?.changedObjects.find(({ outputState }) => outputState === 'PackageWrite')?.objectId;
        for (const id of [first.packageId, second]) {
          const { response } = await client.movePackageService.listPackageVersions({ packageId: id });
          expect(response.versions).deep.equal([
            { packageId: first.packageId, version: 1n },
            { packageId: second, version: 2n },
          ]);
        }
        const { response } = await client.movePackageService.getPackage({ packageId: second });
        expect(response.package?.originalId).equal(first.packageId);
        const { response: datatype } = await client.movePackageService.getDatatype({
          packageId: second,
          moduleName: 'counter',
          name: 'Box',
        });
        expect(datatype.datatype?.definingId).equal(first.packageId);
      });

      it('says why nobody can pay', async () => {
        const tx = new Transaction();
        tx.transferObjects([tx.splitCoins(tx.gas, [1])], sender);
        tx.setSender(net.createSigner('nobody').toSuiAddress());
        const error = await tx.build({ client }).catch((reason: unknown) => reason);
        expect((error as Error).message).match(/^Insufficient gas balance: 0x/);
      });

      it('refuses unknown objects with their name', async () => {
        const tx = new Transaction();
        tx.transferObjects([tx.object('0xdead')], sender);
        tx.setSender(sender);
        const error = await tx.build({ client }).catch((reason: unknown) => reason);
        expect((error as Error).message).equal(`Object ${normalizeSuiAddress('0xdead')} not found`);
      });
    });
  }
});
