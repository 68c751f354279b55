'use strict';

/** The circles of a graph of edges `[from, to]`: for each, the sorted list of nodes that reach one another (Tarjan). */
function circles(edges) {
  const next = new Map();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const found = [];
  const indexes = new Map();
  const lowest = new Map();
  const path = [];
  const visit = (node) => {
    indexes.set(node, indexes.size);
    lowest.set(node, indexes.get(node));
    path.push(node);
    for (const to of next.get(node) ?? []) {
      if (!indexes.has(to)) visit(to);
      if (path.includes(to)) lowest.set(node, Math.min(lowest.get(node), lowest.get(to)));
    }
    if (lowest.get(node) !== indexes.get(node)) return;
    const circle = path.splice(path.indexOf(node));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const node of next.keys()) if (!indexes.has(node)) visit(node);
  return found;
}

module.exports = { circles };
