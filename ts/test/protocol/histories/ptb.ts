/**
 * Transactions in the few shapes that histories need, written straight into BCS: the SDK's builder asks the
 * network for every object, which costs more than running the calls.
 */
import { bcs } from '@mysten/sui/bcs';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import type { LedgerObject } from '../../../src/localnet/index.js';

export type Argument = typeof bcs.Argument.$inferInput;
type CallArg = typeof bcs.CallArg.$inferInput;
type Command = typeof bcs.Command.$inferInput;

const GAS_BUDGET = 5_000_000_000n;
const GAS_PRICE = 1000n;

/** Looks an object up; the transaction refers to its current version. */
export type Lookup = (id: string) => LedgerObject;

export class Ptb {
  readonly #inputs: CallArg[] = [];
  readonly #objects = new Map<string, Argument>();
  readonly #commands: Command[] = [];

  constructor(
    readonly lookup: Lookup,
    readonly packageId: string,
    readonly coinType: string,
  ) {}

  #input(input: CallArg): Argument {
    return { $kind: 'Input', Input: this.#inputs.push(input) - 1 } as Argument;
  }

  #result(command: Command): Argument {
    return { $kind: 'Result', Result: this.#commands.push(command) - 1 } as Argument;
  }

  object(short: string): Argument {
    const id = normalizeSuiAddress(short);
    const known = this.#objects.get(id);
    if (known !== undefined) return known;
    const { owner, version, digest } = this.lookup(id);
    const shared = owner.Shared;
    const argument = this.#input({
      Object:
        shared === undefined || shared === null
          ? { ImmOrOwnedObject: { objectId: id, version, digest } }
          : // The system's clock and randomness may only be read.
            { SharedObject: { objectId: id, initialSharedVersion: shared.initialSharedVersion, mutable: !/^0x0{63}[68]$/.test(id) } },
    } as CallArg);
    this.#objects.set(id, argument);
    return argument;
  }

  pure(bytes: Uint8Array): Argument {
    return this.#input({ Pure: { bytes: Buffer.from(bytes).toString('base64') } } as CallArg);
  }

  u8(value: number): Argument {
    return this.pure(Uint8Array.of(value));
  }

  u16(value: number): Argument {
    return this.pure(bcs.u16().serialize(value).toBytes());
  }

  u32(value: number): Argument {
    return this.pure(bcs.u32().serialize(value).toBytes());
  }

  u64(value: bigint): Argument {
    return this.pure(bcs.u64().serialize(value).toBytes());
  }

  u256(value: bigint): Argument {
    return this.pure(bcs.u256().serialize(value).toBytes());
  }

  bool(value: boolean): Argument {
    return this.u8(value ? 1 : 0);
  }

  id(value: string): Argument {
    return this.pure(bcs.Address.serialize(value).toBytes());
  }

  text(value: string): Argument {
    return this.pure(bcs.string().serialize(value).toBytes());
  }

  bytes(value: Uint8Array): Argument {
    return this.pure(bcs.byteVector().serialize(value).toBytes());
  }

  bytesList(values: readonly Uint8Array[]): Argument {
    return this.pure(bcs.vector(bcs.byteVector()).serialize([...values]).toBytes());
  }

  ids(values: readonly string[]): Argument {
    return this.pure(bcs.vector(bcs.Address).serialize([...values]).toBytes());
  }

  /** `module::function` of the protocol package, or `0x…::module::function`. */
  call(target: string, args: readonly Argument[], typeArguments: readonly string[] = []): Argument {
    const parts = target.split('::');
    const [pkg, module, fn] = parts.length === 3 ? parts : [this.packageId, ...parts];
    return this.#result({
      MoveCall: { package: pkg!, module: module!, function: fn!, typeArguments: [...typeArguments], arguments: [...args] },
    } as Command);
  }

  /** Part of a coin. */
  split(coin: Argument, amount: bigint): Argument {
    const { Result } = this.#result({ SplitCoins: { coin, amounts: [this.u64(amount)] } } as Command) as { Result: number };
    return { $kind: 'NestedResult', NestedResult: [Result, 0] } as Argument;
  }

  merge(target: Argument, sources: readonly Argument[]): void {
    this.#result({ MergeCoins: { destination: target, sources: [...sources] } } as Command);
  }

  vector(type: string, elements: readonly Argument[]): Argument {
    return this.#result({ MakeMoveVec: { type, elements: [...elements] } } as Command);
  }

  transfer(objects: readonly Argument[], recipient: string): void {
    this.#result({ TransferObjects: { objects: [...objects], address: this.id(recipient) } } as Command);
  }

  /** BCS of the transaction. */
  build(sender: string, gas: LedgerObject): Uint8Array {
    return bcs.TransactionData.serialize({
      V1: {
        kind: { ProgrammableTransaction: { inputs: this.#inputs, commands: this.#commands } },
        sender,
        gasData: {
          payment: [{ objectId: gas.id, version: gas.version, digest: gas.digest }],
          owner: sender,
          price: GAS_PRICE,
          budget: GAS_BUDGET,
        },
        expiration: { None: true },
      },
    } as typeof bcs.TransactionData.$inferInput).toBytes();
  }
}
