/**
 * Random structured transactions against the real ledger: every one is answered or refused, none is a defect of
 * ours (INTERNAL), and a simulation never changes the ledger. Seeds are printed on failure.
 */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { GrpcTypes, RpcError } from '@mysten/sui/grpc';
import { fromHex } from '@mysten/bcs';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { LocalNet } from '../../../src/localnet/index.js';
import { simulateTransaction } from '../../../src/localnet/rpc/execution-service.js';
import { toRpcError } from '../../../src/localnet/rpc/errors.js';

const { Argument_ArgumentKind: ArgumentKind, Input_InputKind: InputKind } = GrpcTypes;
const FIXTURE = fileURLToPath(new URL('./fixture', import.meta.url));

describe('random transactions on the embedded network', () => {
  let net: LocalNet;
  let sender: string;
  let packageId: string;
  let objects: string[];

  before(async () => {
    net = await LocalNet.start({ seed: 'fuzz' });
    const signer = net.createSigner('fuzz');
    sender = signer.toSuiAddress();
    await net.faucet(sender, 50_000_000_000n);
    await net.faucet(sender, 1_000_000_000n);
    const published = await net.publish(FIXTURE, signer);
    packageId = published.packageId;
    objects = [
      ...published.created.map(({ id }) => id),
      ...[...net.ledger.ownedObjects(sender)].map(({ id }) => id),
      ...['0x6', '0x8', '0xc', '0x2', '0xdead', '0x403'].map((id) => normalizeSuiAddress(id)),
    ];
  });
  after(() => net.stop());

  const argument: fc.Arbitrary<GrpcTypes.Argument> = fc.oneof(
    { weight: 6, arbitrary: fc.nat(4).map((input) => ({ kind: ArgumentKind.INPUT, input })) },
    { weight: 1, arbitrary: fc.constant({ kind: ArgumentKind.GAS }) },
    { weight: 2, arbitrary: fc.nat(3).map((result) => ({ kind: ArgumentKind.RESULT, result })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(3), fc.nat(2))
        .map(([result, subresult]) => ({ kind: ArgumentKind.RESULT, result, subresult })),
    },
    { weight: 1, arbitrary: fc.constant({}) },
  );
  const args = fc.array(argument, { maxLength: 4 });

  const input = (): fc.Arbitrary<GrpcTypes.Input> =>
    fc.oneof(
      fc.constantFrom(...objects).map((objectId) => ({ objectId })),
      fc.constantFrom(...objects).map((objectId) => ({ kind: InputKind.SHARED, objectId, version: 2n, mutable: true })),
      fc.constantFrom(...objects).map((objectId) => ({ kind: InputKind.RECEIVING, objectId })),
      fc.uint8Array({ maxLength: 40 }).map((pure) => ({ pure })),
      fc.constantFrom(1n, 100n, 13n).map((n) => ({ pure: Uint8Array.of(Number(n), 0, 0, 0, 0, 0, 0, 0) })),
      fc.constant({ pure: fromHex(sender) }),
      fc.string().map((stringValue) => ({ literal: { kind: { oneofKind: 'stringValue' as const, stringValue } } })),
      fc.bigInt({ min: 0n, max: 1n << 40n }).map((amount) => ({
        kind: InputKind.FUNDS_WITHDRAWAL,
        fundsWithdrawal: { amount, coinType: '0x2::sui::SUI', source: GrpcTypes.FundsWithdrawal_Source.SENDER },
      })),
    );

  const functions = ['increase', 'value', 'new_box', 'grow', 'put_number', 'put_box', 'receive_box', 'pair', 'shape', 'hidden', 'internal', 'nothing'];
  const typeArgument = fc.constantFrom('u64', 'bool', '0x2::sui::SUI', 'vector<u8>', 'nonsense', '0x2::coin::Coin<0x2::sui::SUI>', '0x7::x::Y');

  const command = (): fc.Arbitrary<GrpcTypes.Command['command']> =>
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom(...functions), args, fc.array(typeArgument, { maxLength: 2 }))
          .map(([name, list, typeArguments]) => ({
            oneofKind: 'moveCall' as const,
            moveCall: { package: packageId, module: 'counter', function: name, typeArguments, arguments: list },
          })),
      },
      fc.tuple(args, argument).map(([list, address]) => ({ oneofKind: 'transferObjects' as const, transferObjects: { objects: list, address } })),
      fc.tuple(argument, args).map(([coin, amounts]) => ({ oneofKind: 'splitCoins' as const, splitCoins: { coin, amounts } })),
      fc.tuple(argument, args).map(([coin, coinsToMerge]) => ({ oneofKind: 'mergeCoins' as const, mergeCoins: { coin, coinsToMerge } })),
      fc
        .tuple(fc.option(typeArgument, { nil: undefined }), args)
        .map(([elementType, elements]) => ({ oneofKind: 'makeMoveVector' as const, makeMoveVector: { elementType, elements } })),
      fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 2 }).map((modules) => ({
        oneofKind: 'publish' as const,
        publish: { modules, dependencies: ['0x1', '0x2'] },
      })),
      fc.tuple(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 2 }), argument).map(([modules, ticket]) => ({
        oneofKind: 'upgrade' as const,
        upgrade: { modules, dependencies: ['0x1', '0x2'], package: packageId, ticket },
      })),
    );

  it('are answered or refused, and change nothing', () => {
    const outcomes = { success: 0, failure: 0, refused: 0 };
    const { transactionCount } = net.ledger;
    fc.assert(
      fc.property(
        fc.array(input(), { minLength: 1, maxLength: 5 }),
        fc.array(command(), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        (inputs, commands, checked, doGasSelection) => {
          const transaction = GrpcTypes.Transaction.create({
            sender,
            kind: {
              data: {
                oneofKind: 'programmableTransaction',
                programmableTransaction: { inputs, commands: commands.map((value) => ({ command: value })) },
              },
            },
          });
          const checks = checked
            ? GrpcTypes.SimulateTransactionRequest_TransactionChecks.ENABLED
            : GrpcTypes.SimulateTransactionRequest_TransactionChecks.DISABLED;
          try {
            const answer = simulateTransaction(net.ledger, { transaction, checks, doGasSelection });
            GrpcTypes.SimulateTransactionResponse.toBinary(answer);
            outcomes[answer.transaction?.effects?.status?.success === true ? 'success' : 'failure']++;
          } catch (error) {
            const rpcError = toRpcError(error);
            if (rpcError.code === 'INTERNAL') throw error;
            expect(rpcError).instanceOf(RpcError);
            outcomes.refused++;
          }
        },
      ),
      { numRuns: 1_500 },
    );
    expect(net.ledger.transactionCount).equal(transactionCount);
    for (const [name, count] of Object.entries(outcomes)) expect(count, name).greaterThan(0);
  });
});
