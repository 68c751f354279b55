// Measures how many microseconds the first page of each list takes, and the 40th, or the last full one.
const PAGES = 40;
const CALLS = 300;

function median(call) {
  const taken = [];
  for (let n = 0; n < CALLS; n += 1) {
    const from = performance.now();
    call();
    taken.push((performance.now() - from) * 1000);
  }
  return taken.toSorted((one, other) => one - other)[CALLS >> 1];
}

/** `lists` has for each list a function that gives the page `{ items, next }` after a position. */
export function measure(lists) {
  const found = {};
  for (const [name, page] of Object.entries(lists)) {
    let after;
    for (let n = 0; n < PAGES; n += 1) {
      const { next } = page(after);
      if (next === null || page(next).items.length < 50) break;
      after = next;
    }
    found[name] = [median(() => page()), median(() => page(after))];
  }
  process.on('disconnect', () => process.exit(0));
  process.send(found);
}
