// How long calls took, and what was acknowledged: what every member of the company tells at its end.

/** Runs `step` until standard input ends; `step` gets `timed(name, call)`, and gives the id of what was recorded. */
export function work(step, close) {
  const slowest = {};
  const recorded = [];
  let calls = 0;
  let going = true;
  const timed = (name, call) => {
    const from = performance.now();
    const value = call();
    const took = performance.now() - from;
    calls += 1;
    if (!(slowest[name] >= took)) slowest[name] = took;
    return value;
  };
  process.stdin.resume();
  process.stdin.on('end', () => (going = false));
  process.stdout.write('ready\n');
  const turn = () => {
    if (!going) {
      close();
      process.stdout.write(`${JSON.stringify({ slowest, recorded, calls })}\n`, () => process.exit(0));
      return;
    }
    const id = step(timed);
    if (id) recorded.push(id);
    setTimeout(turn, 2);
  };
  turn();
}
