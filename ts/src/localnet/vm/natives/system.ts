/**
 * Natives of `0x2::config`, `funds_accumulator`, `accumulator`, `accumulator_settlement` and
 * `protocol_config` (sui-execution.md §4.2).
 */
import { operationsOf } from '../type-operations.js';
import type { Address, MoveStruct, MoveValue } from '../types.js';
import type { NativeModule } from './native.js';
import { none, some } from './support.js';

export const config: NativeModule = {
  read_setting_impl: (env, [fieldType, , , valueType]) => (configId: Address, fieldId: Address, epoch: bigint): MoveStruct => {
    const lookup = env.machine.runtime.borrowChild(configId, fieldId, fieldType!.move);
    if (lookup.status !== 'found') {
      env.charge(100);
      return none();
    }
    env.charge(100 + 40 * operationsOf(fieldType!).size(lookup.value));
    // Field { id, name, value: Setting { data: Option<SettingData { newer_value_epoch, newer_value, older_value_opt }> } }
    const setting = (lookup.value as MoveStruct)['f2'] as MoveStruct;
    const [data] = (setting['f0'] as MoveStruct)['f0'] as MoveStruct[];
    if (data === undefined) return none();
    const option = (epoch > (data['f0'] as bigint) ? data['f1'] : data['f2']) as MoveStruct;
    const [value] = option['f0'] as MoveValue[];
    return value === undefined ? none() : some(operationsOf(valueType!).copy(value) as MoveValue);
  },
};

export const funds_accumulator: NativeModule = {
  add_to_accumulator_address: (env, [type]) => (accumulator: Address, recipient: Address, value: MoveValue): void => {
    env.charge(52);
    env.machine.runtime.depositFunds(accumulator, recipient, type!.move, value);
  },
  withdraw_from_accumulator_address: (env, [type]) => (accumulator: Address, owner: Address, amount: bigint): MoveValue => {
    env.charge(52);
    const funds = env.machine.runtime.withdrawFunds(accumulator, owner, type!.move, amount);
    return typeof funds === 'bigint' ? env.abort(Number(funds)) : funds;
  },
};

/** The older form: amounts instead of balance values. */
export const accumulator: NativeModule = {
  emit_deposit_event: (env, [type]) => (accumulatorId: Address, recipient: Address, amount: bigint): void => {
    env.charge(52);
    env.machine.runtime.depositFunds(accumulatorId, recipient, type!.move, { f0: amount });
  },
  emit_withdraw_event: (env, [type]) => (accumulatorId: Address, owner: Address, amount: bigint): void => {
    env.charge(52);
    const funds = env.machine.runtime.withdrawFunds(accumulatorId, owner, type!.move, amount);
    if (typeof funds === 'bigint') env.abort(Number(funds));
  },
};

export const accumulator_settlement: NativeModule = {
  // Conservation is checked by the runtime over the whole transaction.
  record_settlement_sui_conservation: (env) => (): void => env.charge(52),
};

export const protocol_config: NativeModule = {
  is_feature_enabled: (env) => (name: number[]): boolean => {
    env.charge(52);
    return env.machine.runtime.isFeatureEnabled(Buffer.from(name).toString('utf8'));
  },
};
