// How long calls took, and what was acknowledged: what every member of the company tells at its end; how long they took also whenever it is asked,
// since it was asked last.

/** A call that takes longer than this is counted, in milliseconds. */
const LONG = 100;

/** Runs `step` until standard input ends; `step` gets `timed(name, call)`, and gives the id of what was recorded. */
export function work(step, close) {
  const recorded = [];
  let going = true;
  let times = { slowest: {}, calls: 0, long: 0 };
  const timed = (name, call) => {
    const from = performance.now();
    const value = call();
    const took = performance.now() - from;
    times.calls += 1;
    if (took > LONG) times.long += 1;
    if (!(times.slowest[name] >= took)) times.slowest[name] = took;
    return value;
  };
  process.stdin.on('data', () => {
    process.stdout.write(`${JSON.stringify(times)}\n`);
    times = { slowest: {}, calls: 0, long: 0 };
  });
  process.stdin.on('end', () => (going = false));
  process.stdout.write('ready\n');
  const turn = () => {
    if (!going) {
      close();
      process.stdout.write(`${JSON.stringify({ ...times, recorded })}\n`, () => process.exit(0));
      return;
    }
    const id = step(timed);
    if (id) recorded.push(id);
    setTimeout(turn, 2);
  };
  turn();
}
