/** Strongly connected components (Tarjan's algorithm, without recursion: graphs come from hostile modules). */

/** Component number of every node; nodes that lie on a common cycle, and only they, share one. */
export function stronglyConnected(edges: readonly (readonly number[])[]): number[] {
  const order = new Array<number>(edges.length).fill(-1);
  const low = new Array<number>(edges.length).fill(0);
  const component = new Array<number>(edges.length).fill(-1);
  const open: number[] = [];
  let visited = 0;
  let components = 0;
  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== -1) continue;
    const enter = (node: number): { node: number; next: number } => {
      order[node] = low[node] = visited++;
      open.push(node);
      return { node, next: 0 };
    };
    const path = [enter(root)];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const target = edges[top.node]![top.next++];
      if (target !== undefined) {
        if (order[target] === -1) path.push(enter(target));
        else if (component[target] === -1) low[top.node] = Math.min(low[top.node]!, order[target]!);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[top.node]!);
      if (low[top.node] !== order[top.node]) continue;
      for (let member = -1; member !== top.node; ) {
        member = open.pop()!;
        component[member] = components;
      }
      components++;
    }
  }
  return component;
}

/** True if some node lies on a cycle. */
export function hasCycle(edges: readonly (readonly number[])[]): boolean {
  const component = stronglyConnected(edges);
  const isShared = new Set(component).size !== component.length;
  return isShared || edges.some((targets, node) => targets.includes(node));
}
