/**
 * What the SDK's client sees over a transport, run once for every transport over the fake ledger.
 */
import { expect } from 'chai';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { bcs, TypeTagSerializer } from '@mysten/sui/bcs';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import { fromHex } from '@mysten/bcs';
import { addressOwner, coinContents, DEMO_EVENT_TYPE, DEMO_PACKAGE, FakeLedger, FRAMEWORK, SUI_COIN_TYPE, SUI_TYPE } from './fake-ledger.js';

const signer = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(7));
const sender = signer.toSuiAddress();
const receiver = normalizeSuiAddress('0xbeef');
const parent = normalizeSuiAddress('0x9a');

/** A client and how to close what is behind it. */
export interface Connection {
  readonly client: SuiGrpcClient;
  close(): Promise<void>;
}

export function sdkSuite(name: string, connect: (ledger: FakeLedger) => Promise<Connection>): void {
  describe(`SDK client over ${name}`, () => {
    let ledger: FakeLedger;
    let connection: Connection;
    let client: SuiGrpcClient;

    beforeEach(async () => {
      ledger = new FakeLedger();
      ledger.putCoin('0xc1', sender, 5_000_000_000n);
      ledger.putCoin('0xc2', sender, 9_000_000_000n);
      ledger.putCoin('0xc3', sender, 1_000n, `${DEMO_PACKAGE}::gold::GOLD`);
      connection = await connect(ledger);
      client = connection.client;
    });
    afterEach(() => connection.close());

    const split = (amount: number, to = receiver): Transaction => {
      const tx = new Transaction();
      tx.transferObjects([tx.splitCoins(tx.gas, [amount])], to);
      return tx;
    };
    const run = async (tx: Transaction) => {
      const result = await client.core.signAndExecuteTransaction({
        transaction: tx,
        signer,
        include: { effects: true, balanceChanges: true, events: true, objectTypes: true, transaction: true, bcs: true },
      });
      if (result.$kind !== 'Transaction') throw new Error('the transaction failed');
      return result.Transaction;
    };

    it('reads objects in the order asked for, missing ones as errors', async () => {
      const { objects } = await client.core.getObjects({
        objectIds: ['0xc2', '0xdead', '0xc1'],
        include: { content: true, json: true, objectBcs: true, previousTransaction: true, display: true },
      });
      const [second, missing, first] = objects;
      expect(missing).instanceOf(Error).with.property('reason', 'notFound');
      if (first instanceof Error || second instanceof Error || first === undefined || second === undefined)
        throw new Error('coins are missing');
      expect(second.objectId).equal(normalizeSuiAddress('0xc2'));
      expect(first.type).equal(SUI_COIN_TYPE);
      expect(first.version).equal('1');
      expect(first.owner).deep.equal({ $kind: 'AddressOwner', AddressOwner: sender });
      expect(first.content).deep.equal(coinContents(normalizeSuiAddress('0xc1'), 5_000_000_000n));
      expect(first.json).deep.equal({ id: normalizeSuiAddress('0xc1'), balance: '5000000000' });
      expect(first.display).equal(null);
    });

    it('reads more objects than one request may hold', async () => {
      for (let i = 0; i < 120; i++) ledger.putCoin(`0xf${i.toString(16)}`, receiver, BigInt(i));
      const objectIds = Array.from({ length: 120 }, (_, i) => normalizeSuiAddress(`0xf${i.toString(16)}`));
      const { objects } = await client.core.getObjects({ objectIds });
      expect(objects.map((object) => (object as { objectId: string }).objectId)).deep.equal(objectIds);
    });

    it('pages through owned objects without loss or repetition', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof client.core.listOwnedObjects>> = await client.core.listOwnedObjects({
          owner: sender,
          limit: 2,
          cursor,
        });
        seen.push(...page.objects.map((object) => object.objectId));
        expect(page.hasNextPage).equal(page.cursor !== null);
        cursor = page.cursor;
      } while (cursor !== null);
      expect(seen).deep.equal(['0xc1', '0xc2', '0xc3'].map((id) => normalizeSuiAddress(id)));
    });

    it('filters owned objects by type, with and without type parameters', async () => {
      const count = async (type: string) => (await client.core.listOwnedObjects({ owner: sender, type })).objects.length;
      expect(await count('0x2::coin::Coin<0x2::sui::SUI>')).equal(2);
      expect(await count('0x2::coin::Coin')).equal(3);
      expect(await count('0x2::coin')).equal(3);
      expect(await count('0x2')).equal(3);
      expect(await count('0x2::coin::Co')).equal(0);
      expect(await count('0x3')).equal(0);
    });

    it('refuses a page token of another list', async () => {
      const { cursor } = await client.core.listOwnedObjects({ owner: sender, limit: 1 });
      const error = await client.core.listOwnedObjects({ owner: receiver, limit: 1, cursor }).catch((e: unknown) => e);
      expect(error).property('code', 'INVALID_ARGUMENT');
    });

    it('lists coins and balances', async () => {
      const coins = await client.core.listCoins({ owner: sender });
      expect(coins.objects.map(({ balance }) => balance)).deep.equal(['5000000000', '9000000000']);
      const { balance } = await client.core.getBalance({ owner: sender });
      expect(balance).deep.equal({
        balance: '14000000000',
        coinType: SUI_TYPE,
        coinBalance: '14000000000',
        addressBalance: '0',
      });
      const none = await client.core.getBalance({ owner: sender, coinType: '0x7::x::Y' });
      expect(none.balance.balance).equal('0');
      const { balances, hasNextPage } = await client.core.listBalances({ owner: sender });
      expect(hasNextPage).equal(false);
      expect(balances.map(({ coinType, balance: amount }) => [coinType, amount])).deep.equal([
        [SUI_TYPE, '14000000000'],
        [`${DEMO_PACKAGE}::gold::GOLD`, '1000'],
      ]);
    });

    it('adds the address balance', async () => {
      const keyType = `${FRAMEWORK}::accumulator::Key<${FRAMEWORK}::balance::Balance<${SUI_TYPE}>>`;
      const root = normalizeSuiAddress('0xacc');
      const id = deriveDynamicFieldID(root, TypeTagSerializer.parseFromStr(keyType), fromHex(sender));
      ledger.put({
        id,
        type: `${FRAMEWORK}::dynamic_field::Field<${keyType},${FRAMEWORK}::accumulator::U128>`,
        contents: Uint8Array.of(...fromHex(id), ...fromHex(sender), ...bcs.u128().serialize(77n).toBytes()),
        owner: { $kind: 'ObjectOwner', ObjectOwner: root },
      });
      const { balance } = await client.core.getBalance({ owner: sender });
      expect(balance.addressBalance).equal('77');
      expect(balance.balance).equal('14000000077');
      const { balances } = await client.core.listBalances({ owner: sender });
      expect(balances.find(({ coinType }) => coinType === SUI_TYPE)?.addressBalance).equal('77');
    });

    it('answers chain, prices, epoch and configuration', async () => {
      expect((await client.core.getChainIdentifier()).chainIdentifier).equal(ledger.chainId);
      expect((await client.core.getReferenceGasPrice()).referenceGasPrice).equal('1000');
      const { systemState } = await client.core.getCurrentSystemState();
      expect(systemState.epoch).equal('3');
      expect(systemState.epochStartTimestampMs).equal('1700000000000');
      expect(systemState.parameters.epochDurationMs).a('string');
      const { protocolConfig } = await client.core.getProtocolConfig();
      expect(protocolConfig.protocolVersion).equal('123');
      expect(protocolConfig.attributes.max_tx_gas).equal('50000000000000');
    });

    it('builds, signs and executes a transaction', async () => {
      const result = await run(split(1_000));
      expect(result.status.success).equal(true);
      expect(result.checkpoint).equal('1');
      expect(result.timestampMs).equal(Number(ledger.timestampMs));
      expect(result.balanceChanges).deep.equal([
        { coinType: SUI_TYPE, address: receiver, amount: '1000' },
        // 1,000,000 computation, storage of the new coin, and the second payment coin merged away.
        { coinType: SUI_TYPE, address: sender, amount: String(-(1_000 + 1_000_000 + 988_000 - 988_000)) },
      ].sort((a, b) => (a.address < b.address ? -1 : 1)));
      expect(result.events).deep.equal([
        {
          packageId: DEMO_PACKAGE,
          module: 'demo',
          sender,
          eventType: DEMO_EVENT_TYPE,
          bcs: Uint8Array.of(1),
          json: { parts: 1 },
        },
      ]);
      expect(Object.values(result.objectTypes ?? {})).contain(SUI_COIN_TYPE);
      expect(result.effects?.changedObjects.map(({ idOperation }) => idOperation).sort()).deep.equal([
        'Created',
        'Deleted',
        'None',
      ]);
      expect(result.effects?.gasObject?.outputOwner).deep.equal({ $kind: 'AddressOwner', AddressOwner: sender });
      expect(result.transaction?.sender).equal(sender);
      expect(result.transaction?.commands.map((command) => Object.keys(command).find((key) => key !== '$kind'))).deep.equal(['SplitCoins', 'TransferObjects']);
      expect(result.bcs).deep.equal(ledger.transactions[0]?.bytes);
      expect(result.signatures).length(1);
    });

    it('reads an executed transaction back, and an unknown one as an error', async () => {
      const { digest } = await run(split(1));
      const waited = await client.core.waitForTransaction({ digest });
      expect(waited.Transaction?.digest).equal(digest);
      const unknown = await client.core.getTransaction({ digest: ledger.chainId }).catch((error: unknown) => error);
      expect(unknown).instanceOf(Error).with.property('reason', 'notFound');
    });

    it('answers the stored result when a transaction is sent again', async () => {
      const tx = split(5);
      tx.setSender(sender);
      const bytes = await tx.build({ client });
      const { signature } = await signer.signTransaction(bytes);
      const first = await client.core.executeTransaction({ transaction: bytes, signatures: [signature] });
      const second = await client.core.executeTransaction({ transaction: bytes, signatures: [signature] });
      expect(second.Transaction?.digest).equal(first.Transaction?.digest);
      expect(ledger.transactions).length(1);
    });

    it('chooses as few of the largest coins as the budget needs when the gas coin is not used', async () => {
      const tx = new Transaction();
      tx.transferObjects([tx.object(normalizeSuiAddress('0xc3'))], receiver);
      tx.setSender(sender);
      await tx.build({ client });
      const { payment, budget, price } = tx.getData().gasData;
      expect(payment?.map(({ objectId }) => objectId)).deep.equal([normalizeSuiAddress('0xc2')]);
      expect(price).equal('1000');
      // computation 1,000,000 + overhead 1,000 units × 1,000; the mock coin's own storage does not count.
      expect(budget).equal('2000000');
    });

    it('does not pay with a coin that is an input', async () => {
      const tx = new Transaction();
      tx.transferObjects([tx.object(normalizeSuiAddress('0xc2'))], receiver);
      tx.setSender(sender);
      await tx.build({ client });
      expect(tx.getData().gasData.payment?.map(({ objectId }) => objectId)).deep.equal([normalizeSuiAddress('0xc1')]);
    });

    it('keeps a given budget, price and payment', async () => {
      const coin = ledger.getObject(normalizeSuiAddress('0xc1'));
      const tx = split(1);
      tx.setSender(sender);
      tx.setGasBudget(7_000_000);
      tx.setGasPrice(2_000);
      tx.setGasPayment([{ objectId: normalizeSuiAddress('0xc1'), version: '1', digest: coin?.digest as string }]);
      await tx.build({ client });
      const { payment, budget, price } = tx.getData().gasData;
      expect([budget, price, payment?.length]).deep.equal(['7000000', '2000', 1]);
    });

    it('says who cannot pay and how much is missing', async () => {
      const tx = split(1);
      tx.setSender(receiver);
      const error = await tx.build({ client }).catch((e: unknown) => e);
      expect(error).instanceOf(Error);
      expect((error as Error).message).match(/Insufficient gas balance: 0x0*beef holds 0 MIST/);
    });

    it('builds the kind alone without sender or gas', async () => {
      const tx = new Transaction();
      tx.transferObjects([tx.object(normalizeSuiAddress('0xc3'))], receiver);
      const kind = bcs.TransactionKind.parse(await tx.build({ client, onlyTransactionKind: true }));
      expect(kind.ProgrammableTransaction?.inputs[0]?.Object?.ImmOrOwnedObject?.objectId).equal(normalizeSuiAddress('0xc3'));
    });

    it('turns a failed execution into an answer, and a failed build into an error', async () => {
      const tx = split(1);
      tx.setSender(sender);
      const bytes = await tx.build({ client });
      const { signature } = await signer.signTransaction(bytes);
      const location = { module: { address: DEMO_PACKAGE, name: 'demo' }, function: 2, instruction: 9, functionName: 'f' };
      ledger.failure = {
        $kind: 'Failure',
        Failure: { error: { $kind: 'MoveAbort', MoveAbort: [location, '42'] }, command: '0' },
      };
      const result = await client.core.executeTransaction({
        transaction: bytes,
        signatures: [signature],
        include: { effects: true },
      });
      expect(result.$kind).equal('FailedTransaction');
      const { error } = result.FailedTransaction?.status ?? {};
      expect(error?.$kind).equal('MoveAbort');
      expect(error?.message).equal(
        `MoveAbort in 1st command, abort code: 42, in '${DEMO_PACKAGE}::demo::f' (instruction 9)`,
      );
      const again = split(2);
      again.setSender(sender);
      const failure = await again.build({ client }).catch((e: unknown) => e);
      expect((failure as Error).message).match(/^Transaction resolution failed: MoveAbort in 1st command/);
    });

    it('simulates with command results and stores nothing', async () => {
      const tx = split(123);
      tx.setSender(sender);
      const result = await client.core.simulateTransaction({
        transaction: tx,
        include: { commandResults: true, effects: true, balanceChanges: true },
      });
      expect(result.$kind).equal('Transaction');
      const returned = result.commandResults?.[0]?.returnValues[0]?.bcs as Uint8Array;
      expect(bcs.u64().parse(returned.slice(32))).equal('123');
      expect(result.commandResults?.[0]?.mutatedReferences).length(1);
      expect(result.Transaction?.checkpoint).equal(null);
      expect(ledger.transactions).length(0);
    });

    it('lists dynamic fields of both kinds', async () => {
      const plainId = deriveDynamicFieldID(parent, 'u64', bcs.u64().serialize(4).toBytes());
      ledger.put({
        id: plainId,
        type: `${FRAMEWORK}::dynamic_field::Field<u64,bool>`,
        contents: Uint8Array.of(...fromHex(plainId), ...bcs.u64().serialize(4).toBytes(), 1),
        owner: { $kind: 'ObjectOwner', ObjectOwner: parent },
      });
      const wrapper = `${FRAMEWORK}::dynamic_object_field::Wrapper<u8>`;
      const objectFieldId = deriveDynamicFieldID(parent, TypeTagSerializer.parseFromStr(wrapper), Uint8Array.of(9));
      ledger.put({
        id: objectFieldId,
        type: `${FRAMEWORK}::dynamic_field::Field<${wrapper},${FRAMEWORK}::object::ID>`,
        contents: Uint8Array.of(...fromHex(objectFieldId), 9, ...fromHex(normalizeSuiAddress('0xc1'))),
        owner: { $kind: 'ObjectOwner', ObjectOwner: parent },
      });
      const { dynamicFields, hasNextPage } = await client.listDynamicFields({
        parentId: parent,
        include: { value: true },
      });
      expect(hasNextPage).equal(false);
      const plain = dynamicFields.find(({ $kind }) => $kind === 'DynamicField');
      expect(plain?.name).deep.equal({ type: 'u64', bcs: bcs.u64().serialize(4).toBytes() });
      expect(plain?.value).deep.equal({ type: 'bool', bcs: Uint8Array.of(1) });
      const child = dynamicFields.find(({ $kind }) => $kind === 'DynamicObject');
      expect(child?.name).deep.equal({ type: 'u8', bcs: Uint8Array.of(9) });
      expect(child?.childId).equal(normalizeSuiAddress('0xc1'));
      expect(child?.valueType).equal(SUI_COIN_TYPE);

      const { dynamicField } = await client.core.getDynamicField({
        parentId: parent,
        name: { type: 'u64', bcs: bcs.u64().serialize(4).toBytes() },
      });
      expect(dynamicField.value).deep.equal({ type: 'bool', bcs: Uint8Array.of(1) });
      const { object } = await client.core.getDynamicObjectField({
        parentId: parent,
        name: { type: 'u8', bcs: Uint8Array.of(9) },
      });
      expect(object.objectId).equal(normalizeSuiAddress('0xc1'));
    });

    it('describes a Move function', async () => {
      ledger.putPackage({
        storageId: DEMO_PACKAGE,
        originalId: DEMO_PACKAGE,
        version: 1n,
        modules: new Map([['demo', Uint8Array.of(1)]]),
        linkage: new Map(),
        typeOrigins: new Map(),
      });
      ledger.functions.set(`${DEMO_PACKAGE}::demo::act`, {
        name: 'act',
        index: 0,
        visibility: 'friend',
        isEntry: true,
        isNative: false,
        typeParameters: [{ constraints: 8 + 4, isPhantom: false }],
        parameters: [
          { kind: 'reference', mutable: true, target: { kind: 'typeParameter', index: 0 } },
          { kind: 'vector', element: { kind: 'u256' } },
        ],
        returns: [{ kind: 'datatype', address: FRAMEWORK, module: 'coin', name: 'Coin', typeArguments: [{ kind: 'bool' }] }],
      });
      const { function: info } = await client.core.getMoveFunction({
        packageId: DEMO_PACKAGE,
        moduleName: 'demo',
        name: 'act',
      });
      expect(info).deep.equal({
        packageId: DEMO_PACKAGE,
        moduleName: 'demo',
        name: 'act',
        visibility: 'friend',
        isEntry: true,
        typeParameters: [{ isPhantom: false, constraints: ['store', 'key'] }],
        parameters: [
          { reference: 'mutable', body: { $kind: 'typeParameter', index: 0 } },
          { reference: null, body: { $kind: 'vector', vector: { $kind: 'u256' } } },
        ],
        returns: [
          {
            reference: null,
            body: { $kind: 'datatype', datatype: { typeName: `${FRAMEWORK}::coin::Coin`, typeParameters: [{ $kind: 'bool' }] } },
          },
        ],
      });
      const missing = await client.core
        .getMoveFunction({ packageId: DEMO_PACKAGE, moduleName: 'demo', name: 'nothing' })
        .catch((error: unknown) => error);
      expect(missing).property('code', 'NOT_FOUND');
    });

    it('resolves shared objects by how they are used', async () => {
      ledger.put({
        id: '0x5a',
        type: `${DEMO_PACKAGE}::demo::Counter`,
        contents: fromHex(normalizeSuiAddress('0x5a')),
        owner: { $kind: 'Shared', Shared: { initialSharedVersion: '1' } },
      });
      const counter = { kind: 'datatype', address: DEMO_PACKAGE, module: 'demo', name: 'Counter', typeArguments: [] } as const;
      const declare = (name: string, mutable: boolean): void => {
        ledger.functions.set(`${DEMO_PACKAGE}::demo::${name}`, {
          name,
          index: 0,
          visibility: 'public',
          isEntry: false,
          isNative: false,
          typeParameters: [],
          parameters: [{ kind: 'reference', mutable, target: counter }],
          returns: [],
        });
      };
      declare('read', false);
      declare('write', true);
      for (const [name, mutable] of [['read', false], ['write', true]] as const) {
        const tx = new Transaction();
        tx.moveCall({ target: `${DEMO_PACKAGE}::demo::${name}`, arguments: [tx.object('0x5a')] });
        tx.setSender(sender);
        await tx.build({ client });
        expect(tx.getData().inputs[0]?.Object?.SharedObject).deep.equal({
          objectId: normalizeSuiAddress('0x5a'),
          initialSharedVersion: '1',
          mutable,
        });
      }
    });

    it('lists transactions in both directions, page by page', async () => {
      const digests: string[] = [];
      for (let i = 0; i < 5; i++) digests.push((await run(split(i + 1))).digest);
      const read = async (order: 'ascending' | 'descending', after: string | null, limit: number) =>
        client.core.listTransactions(
          order === 'ascending' ? { order, after, limit } : { order, before: after, limit },
        );
      for (const order of ['ascending', 'descending'] as const) {
        const seen: string[] = [];
        let cursor: string | null = null;
        for (let pages = 0; pages < 10; pages++) {
          const page = await read(order, cursor, 2);
          seen.push(...page.transactions.map((t) => (t.Transaction ?? t.FailedTransaction)?.digest as string));
          cursor = page.endCursor;
          if (!page.hasNextPage) break;
        }
        expect(seen, order).deep.equal(order === 'ascending' ? digests : [...digests].reverse());
      }
      const { transactions } = await client.core.listTransactions({ filter: { sender: receiver } });
      expect(transactions).deep.equal([]);
    });

    it('lists events with their place, and by filter', async () => {
      await run(split(1));
      const { digest } = await run(split(2));
      const { events, hasNextPage } = await client.core.listEvents({ filter: { eventType: DEMO_EVENT_TYPE } });
      expect(hasNextPage).equal(false);
      expect(events).length(2);
      expect(events[1]).deep.include({ transactionDigest: digest, eventIndex: 0, checkpoint: '2', json: { parts: 1 } });
      expect((await client.core.listEvents({ filter: { emitModule: `${DEMO_PACKAGE}::demo` } })).events).length(2);
      expect((await client.core.listEvents({ filter: { emitModule: `${DEMO_PACKAGE}::other` } })).events).length(0);
      expect((await client.core.listEvents({ filter: { sender } })).events).length(2);
    });

    it('streams what happens after a subscription', async () => {
      const abort = new AbortController();
      const call = client.subscriptionService.subscribeTransactions(
        { readMask: { paths: ['digest'] } },
        { abort: abort.signal },
      );
      const seen: string[] = [];
      const reading = (async () => {
        for await (const frame of call.responses) {
          seen.push(frame.transaction?.digest as string);
          if (seen.length === 2) abort.abort();
        }
      })().catch((error: unknown) => error);
      await call.headers;
      const digests = [(await run(split(1))).digest, (await run(split(2))).digest];
      expect(await reading).property('code', 'CANCELLED');
      expect(seen).deep.equal(digests);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(ledger.listeners.size).equal(0);
    });

    it('travels in time', async () => {
      const { response: before } = await client.forkingService.getStatus({});
      const { response: moved } = await client.forkingService.advanceClock({ durationMs: 5_000n });
      expect(moved.timestampMs).equal(before.timestampMs + 5_000n);
      const { response: one } = await client.forkingService.advanceClock({});
      expect(one.timestampMs).equal(moved.timestampMs + 1n);
      const { response: checkpoint } = await client.forkingService.advanceCheckpoint({});
      expect(checkpoint.checkpointSequenceNumber).equal(before.checkpointSequenceNumber + 1n);
    });

    it('verifies signatures of personal messages', async () => {
      const message = new TextEncoder().encode('hello');
      const { signature, bytes } = await signer.signPersonalMessage(message);
      const verify = (author: string) =>
        client.core.verifyZkLoginSignature({ bytes, signature, intentScope: 'PersonalMessage', address: author });
      expect(await verify(sender)).deep.equal({ success: true, errors: [] });
      const other = await verify(receiver);
      expect(other.success).equal(false);
      expect(other.errors).length(1);
    });

    it('knows no names', async () => {
      expect((await client.core.defaultNameServiceName({ address: sender })).data.name).equal(null);
      expect((await client.resolveNameServiceAddress({ name: 'example.sui' })).address).equal(null);
    });

    it('has no metadata for an unknown coin, and renders what a coin declares', async () => {
      expect((await client.core.getCoinMetadata({ coinType: '0x7::x::Y' })).coinMetadata).equal(null);
      const type = `${FRAMEWORK}::coin::CoinMetadata<${DEMO_PACKAGE}::gold::GOLD>`;
      ledger.put({ id: '0x3e7a', type, contents: new Uint8Array(32), owner: addressOwner(sender) });
      ledger.json.set(type, () => ({
        id: normalizeSuiAddress('0x3e7a'),
        decimals: 6,
        name: 'Gold',
        symbol: 'GLD',
        description: 'a metal',
        icon_url: null,
      }));
      expect((await client.core.getCoinMetadata({ coinType: `${DEMO_PACKAGE}::gold::GOLD` })).coinMetadata).deep.equal({
        id: normalizeSuiAddress('0x3e7a'),
        decimals: 6,
        name: 'Gold',
        symbol: 'GLD',
        description: 'a metal',
        iconUrl: null,
      });
    });

    it('renders display templates of the registry, and none of the older kind', async () => {
      const type = `${DEMO_PACKAGE}::demo::Hero`;
      const fields = {
        contents: [
          { key: 'title', value: '{name} of level {stats.level}' },
          { key: 'broken', value: '{nothing}' },
        ],
      };
      const put = (id: string, display: string): void => {
        ledger.put({ id, type: display, contents: new Uint8Array(32), owner: addressOwner(sender) });
        ledger.json.set(display, () => ({ id: '', version: 1, fields }));
      };
      ledger.put({ id: '0x4e0', type, contents: fromHex(normalizeSuiAddress('0x4e0')), owner: addressOwner(sender) });
      ledger.json.set(type, () => ({ name: 'Ada', stats: { level: '7' } }));
      const read = async () => (await client.core.getObject({ objectId: '0x4e0', include: { display: true } })).object.display;

      put('0xd15', `${FRAMEWORK}::display::Display<${type}>`);
      expect(await read()).equal(null);
      const key = `${FRAMEWORK}::derived_object::DerivedObjectKey<${FRAMEWORK}::display_registry::DisplayKey<${type}>>`;
      put(
        deriveDynamicFieldID(normalizeSuiAddress('0xd'), TypeTagSerializer.parseFromStr(key), Uint8Array.of(0)),
        `${FRAMEWORK}::display_registry::Display<${type}>`,
      );
      const display = await read();
      expect(display?.output).deep.equal({ title: 'Ada of level 7', broken: null });
      expect(display?.errors).deep.equal({ broken: 'field nothing does not exist' });
    });

    it('refuses unknown paths of a field mask and names the field', async () => {
      for (const paths of [['nonsense'], ['digest', 'effects.nonsense'], ['digest.deeper'], ['timestamp.seconds']]) {
        const error = await client.ledgerService
          .getTransaction({ digest: ledger.chainId, readMask: { paths } })
          .response.catch((e: unknown) => e);
        expect(error, paths.join()).property('code', 'INVALID_ARGUMENT');
        expect((error as Error).message).match(/read_mask/);
      }
    });

    it('maps a rejected transaction to INVALID_ARGUMENT', async () => {
      const tx = split(1);
      tx.setSender(sender);
      const bytes = await tx.build({ client });
      const error = await client.core.executeTransaction({ transaction: bytes, signatures: [] }).catch((e: unknown) => e);
      expect(error).property('code', 'INVALID_ARGUMENT');
      expect((error as Error).message).match(/^Invalid user signature: /);
    });
  });
}
