// The texts to search for, and a measurement of the milliseconds of CPU time that a page takes.
const CALLS = 15;

export const SEARCHES = {
  'a common word': ['the', {}],
  'two of them': ['the fix', {}],
  'a rare word': ['getrs', {}],
  nothing: ['nowhere', {}],
  'a common word in a worktree': ['fix', { worktreeId: 'wt-7' }],
  'in a zone, of an agent, failed': ['fix', { zoneId: 'zone-3', agentType: 'agent-2', status: 'failed' }],
};

/** `search(text, filter)` gives a page. */
export function measure(search) {
  const found = {};
  for (const [name, [text, filter]] of Object.entries(SEARCHES)) {
    const taken = [];
    for (let n = 0; n < CALLS; n += 1) {
      const from = process.cpuUsage();
      search(text, filter);
      const { user, system } = process.cpuUsage(from);
      taken.push((user + system) / 1000);
    }
    found[name] = taken.toSorted((one, other) => one - other)[CALLS >> 1];
  }
  process.on('disconnect', () => process.exit(0));
  process.send(found);
}
