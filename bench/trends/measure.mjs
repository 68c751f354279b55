// Measures how many milliseconds each call takes: the median of as many calls as there is time for.
const CALLS = 60;
const LONG = 3000;

function median(call) {
  const taken = [];
  const begin = performance.now();
  while (taken.length < CALLS && (taken.length < 3 || performance.now() - begin < LONG)) {
    const from = performance.now();
    call();
    taken.push(performance.now() - from);
  }
  return taken.toSorted((one, other) => one - other)[taken.length >> 1];
}

export function measure(trends) {
  const found = {};
  for (const [name, call] of Object.entries(trends)) {
    call();
    found[name] = median(call);
  }
  process.on('disconnect', () => process.exit(0));
  process.send(found);
}

/** The month that is asked for. */
export const MONTH = { since: '2026-02-01T00:00:00Z', until: '2026-03-01T00:00:00Z' };
