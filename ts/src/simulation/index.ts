/** Networks on virtual time, and faults on purpose. */
export { SimulationError, SimulationStuck, UnknownFault } from './errors.js';
export { EventLog } from './event-log.js';
export { FAULT_DELAY_MS, FAULT_KINDS, FAULTS, parseFault, withFault, type AnswerFault, type FaultKind, type FaultSurroundings } from './faults.js';
export { DEFAULT_LINK, SimulatedNetwork, type DeliveryHook, type Link } from './network.js';
export { NetworkFaults } from './network-faults.js';
export { seededRandom } from './random.js';
export { Simulation, World, type RunReport, type SimulationOptions, type Story } from './simulation.js';
export { VirtualClock } from './virtual-clock.js';
