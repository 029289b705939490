/**
 * Epochs, protocol configuration and the summary of the system state (sui-rpc.md §3 "getCurrentSystemState").
 *
 * The network has no validators and no staking: the parts of the system state about them hold the values of an
 * empty set. Numbers of the protocol are those of sui-execution.md §1.1 and sui-gas.md §1.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { EpochInfo } from '../ledger/types.js';
import type { ReadMask } from './mask.js';
import { timestampMessage, valueMessage } from './values.js';

/** Version of the layout of the system state that clients know. */
const SYSTEM_STATE_VERSION = 2n;
/** Epochs end when the user says so; the value only has to be one a client can show. */
const NOMINAL_EPOCH_DURATION_MS = 86_400_000n;

/** Protocol attributes under Sui's names, as decimal text. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  base_gas_price: '1000',
  base_tx_cost_fixed: '1000',
  gas_model_version: '13',
  gas_rounding_step: '1000',
  max_arguments: '512',
  max_event_emit_size: '256000',
  max_function_parameters: '128',
  max_gas_computation_bucket: '5000000',
  max_gas_payment_objects: '256',
  max_gas_price: '50000000000',
  max_generic_instantiation_length: '32',
  max_input_objects: '2048',
  max_modules_in_publish: '64',
  max_move_identifier_len: '128',
  max_move_object_size: '256000',
  max_move_package_size: '102400',
  max_move_value_depth: '128',
  max_move_vector_len: '262144',
  max_num_deleted_move_object_ids: '2048',
  max_num_event_emit: '1024',
  max_num_new_move_object_ids: '2048',
  max_num_transferred_move_object_ids: '2048',
  max_package_dependencies: '32',
  max_programmable_tx_commands: '1024',
  max_publish_or_upgrade_per_ptb: '5',
  max_pure_argument_size: '16384',
  max_serialized_tx_effects_size_bytes: '524288',
  max_size_written_objects: '5000000',
  max_tx_gas: '50000000000000',
  max_tx_size_bytes: '131072',
  max_type_argument_depth: '16',
  max_type_arguments: '16',
  move_binary_format_version: '7',
  obj_access_cost_read_per_byte: '15',
  obj_data_cost_refundable: '100',
  object_runtime_max_num_cached_objects: '1000',
  object_runtime_max_num_store_entries: '1000',
  package_publish_cost_per_byte: '80',
  storage_gas_price: '76',
};

/** Protocol features clients may ask about. */
const FEATURE_FLAGS: Readonly<Record<string, boolean>> = {
  minimize_child_object_mutations: true,
  reject_mutable_random_on_entry_functions: true,
  simplified_unwrap_then_delete: true,
  zklogin_auth: false,
};

/** The parts of an epoch that were asked for. */
export function epochMessage(info: EpochInfo, mask: ReadMask): GrpcTypes.Epoch {
  const message: GrpcTypes.Epoch = {
    epoch: info.epoch,
    firstCheckpoint: info.firstCheckpoint,
    start: timestampMessage(info.startTimestampMs),
    referenceGasPrice: info.referenceGasPrice,
  };
  if (info.lastCheckpoint !== undefined) message.lastCheckpoint = info.lastCheckpoint;
  if (info.endTimestampMs !== undefined) message.end = timestampMessage(info.endTimestampMs);
  if (mask.has('committee')) message.committee = { epoch: info.epoch, members: [] };
  if (mask.has('protocol_config')) message.protocolConfig = protocolConfig(info);
  if (mask.has('system_state')) message.systemState = systemState(info);
  return mask.apply(GrpcTypes.Epoch, message);
}

function protocolConfig(info: EpochInfo): GrpcTypes.ProtocolConfig {
  const configs: GrpcTypes.ProtocolConfig['configs'] = {};
  for (const [name, value] of Object.entries({ ...ATTRIBUTES, ...FEATURE_FLAGS })) configs[name] = valueMessage(value);
  return {
    protocolVersion: info.protocolVersion,
    featureFlags: { ...FEATURE_FLAGS },
    attributes: { ...ATTRIBUTES },
    configs,
  };
}

function systemState(info: EpochInfo): GrpcTypes.SystemState {
  return {
    version: SYSTEM_STATE_VERSION,
    epoch: info.epoch,
    protocolVersion: info.protocolVersion,
    referenceGasPrice: info.referenceGasPrice,
    epochStartTimestampMs: info.startTimestampMs,
    safeMode: false,
    safeModeStorageRewards: 0n,
    safeModeComputationRewards: 0n,
    safeModeStorageRebates: 0n,
    safeModeNonRefundableStorageFee: 0n,
    parameters: {
      epochDurationMs: NOMINAL_EPOCH_DURATION_MS,
      stakeSubsidyStartEpoch: 0n,
      minValidatorCount: 0n,
      maxValidatorCount: 150n,
      minValidatorJoiningStake: 0n,
      validatorLowStakeThreshold: 0n,
      validatorVeryLowStakeThreshold: 0n,
      validatorLowStakeGracePeriod: 0n,
    },
    storageFund: { totalObjectStorageRebates: 0n, nonRefundableBalance: 0n },
    stakeSubsidy: {
      balance: 0n,
      distributionCounter: 0n,
      currentDistributionAmount: 0n,
      stakeSubsidyPeriodLength: 0n,
      stakeSubsidyDecreaseRate: 0,
    },
    validators: {
      totalStake: 0n,
      activeValidators: [],
      pendingRemovals: [],
      atRiskValidators: {},
    },
    validatorReportRecords: [],
  };
}
