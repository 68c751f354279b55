// One of several that write to the same file as fast as they can, by `visual-db` or `better-sqlite3`, in a process of its own.
// It says 'ready' when it has opened the file, begins when it is told anything, and says at the end how often it committed,
// how long it waited at most, and what went wrong.
const [kind, file, milliseconds] = process.argv.slice(2);

const openers = {
  async 'visual-db'() {
    const { VisualDatabase } = await import('../../../lib/index.mjs');
    const visual = new VisualDatabase({ dbPath: file, timeout: 5000 });
    return {
      commit: (n) =>
        visual.transaction(() => {
          const { x } = visual.getWorktree('counter').position;
          visual.updateWorktree('counter', { position: { x: x + 1 } });
          visual.recordExecution({ zoneId: 'zone-0', worktreeId: 'counter', agentType: 'agent', prompt: `${n}` });
        }),
      close: () => visual.close(),
    };
  },
  async 'better-sqlite3'() {
    const { createRequire } = await import('node:module');
    const Database = createRequire(new URL('../../peer/package.json', import.meta.url))('better-sqlite3');
    const db = new Database(file, { timeout: 5000 });
    const count = db.prepare("UPDATE worktrees SET position_x = position_x + 1 WHERE id = 'counter'");
    const record = db.prepare(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
      VALUES (?, 'zone-0', 'counter', 'agent', ?, '2026')`);
    const transaction = db.transaction((n) => {
      count.run();
      record.run(`better-sqlite3-${n}`, `${n}`);
    });
    return { commit: (n) => transaction.immediate(n), close: () => db.close() };
  },
};

const { commit, close } = await openers[kind]();
process.once('message', () => {
  const errors = [];
  let commits = 0;
  let longest = 0;
  const end = performance.now() + Number(milliseconds);
  for (let begin = performance.now(); begin < end; begin = performance.now()) {
    try {
      commit(commits);
      commits += 1;
    } catch (error) {
      errors.push(`${error.code ?? error.name}: ${error.message}`);
    }
    longest = Math.max(longest, performance.now() - begin);
  }
  close();
  process.send({ commits, longest, errors: errors.slice(0, 100) }, () => process.disconnect());
});
process.send('ready');
