// The rows on which the peers are measured: the same in every run, made from nothing but their numbers.
export const WORKTREES = 2_000;
export const ZONES = 50;
export const SIZES = [10_000, 100_000, 1_000_000];

const AGENTS = ['frontend', 'backend', 'qa', 'test-engineer', 'code-reviewer', 'devops'];
const STATUSES = ['active', 'active', 'active', 'completed', 'paused'];
const ASCII = 'Implement the login form, keep the tests green and explain every decision in the pull request. ';
const UNICODE = 'Überprüfe die Anmeldung – naïve café, 東京の設定, проверка, and ship it 🚀 without regressions. ';
const EPOCH = Date.UTC(2025, 0, 1);

/** A well-mixed 32-bit number for `n` (the finaliser of MurmurHash3): random access instead of a running seed. */
export function mix(n) {
  let h = Math.imul(n + 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const long = [ASCII, UNICODE].map((line) => line.repeat(Math.ceil(101_000 / line.length)));
const text = (n, length) => {
  const source = long[mix(n) % 5 === 0 ? 1 : 0];
  const start = mix(n + 7) % 90;
  // A surrogate pair that is cut in two would not survive conversion to UTF-8 and back.
  return source.slice(start, start + length).toWellFormed();
};

export const worktreeId = (i) => `wt-feature-${String(i).padStart(5, '0')}`;
export const zoneId = (i) => `zone-stage-${String(i).padStart(3, '0')}`;
export const zoneOfWorktree = (i) => i % ZONES;

export function worktree(i) {
  return {
    id: worktreeId(i),
    path: `/srv/worktrees/feature-${i}`,
    port: 10_000 + i,
    branchName: i % 10 === 0 ? `feature/größe-${i}` : `feature/user-auth-${i}`,
    issueUrl: i % 3 === 0 ? null : `https://github.com/owner/repository/issues/${i}`,
    taskId: i % 4 === 0 ? null : `TASK-${i}`,
    status: STATUSES[mix(i) % STATUSES.length],
    position: { x: mix(i + 1) % 4000, y: (mix(i + 2) % 6000) / 2 },
    createdAt: new Date(EPOCH + i * 60_000).toISOString(),
  };
}

export function zone(i) {
  return {
    id: zoneId(i),
    name: i % 5 === 0 ? `Prüfung ${i}` : `Development ${i}`,
    description: text(i, 80),
    trigger: i % 4 === 0 ? 'manual' : 'onDrop',
    agents: AGENTS.slice(i % 3, (i % 3) + 2),
    promptTemplate: `Implement: {{ github.title }}\n${text(i + 1, 160)}`,
    actions: [
      { type: 'runTests', command: 'npm test' },
      { type: 'notify', channel: '#builds' },
    ],
    position: { x: (i % 10) * 400, y: Math.floor(i / 10) * 500 },
    size: { width: 350, height: 450 },
    createdAt: new Date(EPOCH + i * 1000).toISOString(),
  };
}

/** A few worktrees are where the work is: half of all runs happen in twenty of them. */
export const BUSY = 20;
const worktreeOfExecution = (i) => mix(i + 5) % (mix(i + 11) % 2 === 0 ? BUSY : WORKTREES);

/** One run of an agent: a prompt of about 200 bytes and a result of 500, one in a thousand of 20 KB and 100 KB. */
export function execution(i) {
  const big = mix(i + 3) % 1000 === 0;
  return {
    zoneId: zoneId(mix(i + 4) % ZONES),
    worktreeId: worktreeId(worktreeOfExecution(i)),
    agentType: AGENTS[mix(i + 6) % AGENTS.length],
    prompt: text(i, big ? 20_000 : 200),
    result: {
      output: text(i + 1, big ? 100_000 : 390),
      files: ['src/auth/login.js', 'src/auth/session.js'],
      tokens: mix(i + 8) % 100_000,
      seconds: (mix(i + 9) % 10_000) / 100,
    },
    success: mix(i + 10) % 20 !== 0,
  };
}

export const executedAt = (i) => EPOCH + i * 30_000;
export const executionId = (i) => `exec-${executedAt(i)}-${mix(i).toString(36)}${i.toString(36)}`;
