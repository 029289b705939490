/** Faults of the nodes of a local network that runs on real time and sockets. */
import { protocolKey, type Cluster, type Handler } from '../cluster/index.js';
import { processEnvironment } from '../node/index.js';
import { withFault, type FaultKind } from './faults.js';

/** They begin when the network is up: its start needs every node. */
export class NetworkFaults {
  #seed: string | undefined;

  /** @param faults by node name */
  constructor(private readonly faults: ReadonlyMap<string, FaultKind>) {}

  /** For `ClusterOptions.intercept`. */
  readonly intercept = (name: string, handle: Handler): Handler => {
    const kind = this.faults.get(name);
    if (kind === undefined || kind === 'crash') return handle;
    let faulty: Handler | undefined;
    return (request) => {
      if (this.#seed === undefined) return handle(request);
      faulty ??= withFault(kind, handle, {
        schedule: processEnvironment.schedule,
        random: processEnvironment.random,
        protocolKey: protocolKey(this.#seed, name),
      });
      return faulty(request);
    };
  };

  /** From here on they are there. */
  async begin(cluster: Cluster): Promise<void> {
    this.#seed = cluster.seed;
    for (const [name, kind] of this.faults) if (kind === 'crash') await cluster.stopNode(name);
  }
}
