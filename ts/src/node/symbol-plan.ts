/**
 * Which recovery symbols to ask whom for (HTTP specification §4.5). Pure. Symbols are asked for one by one, so
 * that no more bytes move than the code needs; all targets of a request share one answer.
 */

/** A node that may give the symbols of some source slivers. */
export interface Holder {
  readonly nodeId: string;
  /** Indices of source slivers. */
  readonly sources: readonly number[];
}

export interface SymbolPlanInput {
  /** Slivers to rebuild: their index, and the sources whose symbols are here already. */
  readonly targets: readonly { readonly index: number; readonly have: ReadonlySet<number> }[];
  /** Symbols that each target needs. */
  readonly needed: number;
  /** Nodes in the order in which they are to be asked. */
  readonly holders: readonly Holder[];
  /** True for what a node was asked for and did not give. */
  readonly isUnavailable: (nodeId: string, source: number, target: number) => boolean;
}

/** A matrix cell by the slivers that share it. */
export interface PlannedSymbol {
  readonly source: number;
  readonly target: number;
}

export interface SymbolPlan {
  readonly requests: ReadonlyMap<string, readonly PlannedSymbol[]>;
  /** Symbols that no node is left to give. */
  readonly missing: number;
}

export function planSymbols({ targets, needed, holders, isUnavailable }: SymbolPlanInput): SymbolPlan {
  const requests = new Map<string, PlannedSymbol[]>();
  let missing = 0;
  for (const { index, have } of targets) {
    const chosen = new Set(have);
    for (const { nodeId, sources } of holders) {
      for (const source of sources) {
        if (chosen.size >= needed) break;
        if (chosen.has(source) || isUnavailable(nodeId, source, index)) continue;
        chosen.add(source);
        const request = requests.get(nodeId) ?? [];
        request.push({ source, target: index });
        requests.set(nodeId, request);
      }
    }
    missing += Math.max(0, needed - chosen.size);
  }
  return { requests, missing };
}
