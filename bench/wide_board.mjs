// The board for the benchmarks of lists, trends, search and keeping: 20 zones, 200 worktrees, and executions that are spread over them.

/** How many executions one call records. */
export const STEP = 1000;

/** Makes the zones and the worktrees. */
export function furnishBoard(db) {
  for (let n = 0; n < 20; n++) db.createZone({ id: `zone-${n}`, name: `Zone ${n}` });
  for (let n = 0; n < 200; n++)
    db.createWorktree({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `feature/${n}` });
}

/** Records executions whose prompt has `prompt` sentences and whose result has `output`. */
export function record(db, runs, { prompt, output }) {
  const execution = (n) => ({
    zoneId: `zone-${n % 20}`,
    worktreeId: `wt-${(n * 7) % 200}`,
    agentType: `agent-${n % 5}`,
    prompt: 'Implement what the issue says. '.repeat(prompt),
    result: { output: 'All tests passed. '.repeat(output) },
    success: n % 10 > 0,
  });
  for (let n = 0; n < runs; n += STEP)
    db.recordExecutions(Array.from({ length: Math.min(STEP, runs - n) }, (_, nth) => execution(n + nth)));
}

export const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
