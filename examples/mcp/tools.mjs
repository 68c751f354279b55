// The tools, each with its arguments. The agent reads the database's refusals, with their codes, and so learns what to do instead.
import { z } from 'zod';

const id = z.string().min(1);
const page = {
  limit: z.number().int().min(1).max(100).optional().describe('how many at most; 20 where nothing is said'),
  after: z.string().optional().describe('`next` of the page before'),
};
const status = z.enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost']);
const runs = { zoneId: id.optional(), worktreeId: id.optional(), agentType: id.optional(), status: status.optional() };

const READS = {
  list_board: {
    title: 'The board',
    description:
      'All zones with the worktrees in them, worktrees in no zone, and how many runs of each have not ended.',
    inputSchema: {},
    call: (db) => boardOf(db),
  },
  list_runs: {
    title: 'Runs of agents',
    description: 'Runs of agents, newest first, by zone, worktree, agent and status.',
    inputSchema: { ...runs, ...page },
    call: (db, filter) => db.listRuns({ limit: 20, ...filter }),
  },
  get_run: {
    title: 'One run',
    description: 'One run with its prompt, its result and the end of its output.',
    inputSchema: { id },
    call: (db, given) => ({
      run: found(db.getRun(given.id), `There is no run ${given.id}`),
      output: outputOf(db, given.id),
    }),
  },
  search_runs: {
    title: 'Search runs',
    description: 'Finds runs by words of their prompts, results, errors, questions and answers.',
    inputSchema: { text: z.string().min(1), ...runs, ...page },
    call: (db, { text, ...filter }) => db.searchRuns(text, { limit: 20, ...filter }),
  },
};

const WRITES = {
  move_worktree: {
    title: 'Move a worktree',
    description:
      'Moves a worktree into a zone, or out of its zone (null), and says why. With `enqueue` each agent of the zone gets a run.',
    inputSchema: {
      worktreeId: id,
      zoneId: id.nullable(),
      reason: z.string().optional(),
      expectedZoneId: id.nullable().optional().describe('refuse, where it is in another zone than this by now'),
      enqueue: z.boolean().optional(),
    },
    call: (db, { worktreeId, zoneId, ...options }) => db.moveWorktree(worktreeId, zoneId, options),
  },
  enqueue_run: {
    title: 'Have an agent run',
    description:
      'Puts a run of an agent on a worktree, in a zone, into the queue. The same idempotencyKey gives the run that is open already.',
    inputSchema: {
      zoneId: id,
      worktreeId: id,
      agentType: id,
      prompt: z.string().min(1),
      priority: z.number().int().optional(),
      maxAttempts: z.number().int().min(1).max(10).optional(),
      idempotencyKey: id.optional(),
      parentRunId: id.optional(),
    },
    call: (db, run) => db.enqueueRun(run),
  },
};

/** Registers the tools; with `readonly` only those that change nothing. */
export function registerTools(server, asAgent, { readonly }) {
  const register = (tools, annotations) => {
    for (const [name, { call, ...about }] of Object.entries(tools)) {
      server.registerTool(name, { ...about, annotations }, (given) => answered(() => call(asAgent(), given)));
    }
  };
  register(READS, { readOnlyHint: true, openWorldHint: false });
  if (!readonly) register(WRITES, { readOnlyHint: false, destructiveHint: false, openWorldHint: false });
}

/** A tool's result as JSON, or its refusal: the code, the message and, where it is known, the current state. */
function answered(call) {
  try {
    return { content: [{ type: 'text', text: JSON.stringify(call(), null, 2) }] };
  } catch ({ code, message, current }) {
    return { isError: true, content: [{ type: 'text', text: JSON.stringify({ code, message, current }) }] };
  }
}

function boardOf(db) {
  const { zones, worktrees, assignments } = db.getBoard({ runs: true });
  const zoneOf = new Map(assignments.map(({ worktreeId, zoneId }) => [worktreeId, zoneId]));
  const shown = ({ id: worktreeId, branchName, path, status: its, openRuns }) => ({
    id: worktreeId,
    branchName,
    path,
    status: its,
    openRuns,
  });
  const within = (zoneId) => worktrees.filter((worktree) => (zoneOf.get(worktree.id) ?? null) === zoneId).map(shown);
  return {
    zones: zones.map(({ id: zoneId, name, description, agents, wipLimit }) => ({
      id: zoneId,
      name,
      description,
      agents,
      wipLimit,
      worktrees: within(zoneId),
    })),
    unassigned: within(null),
  };
}

/** The end of a run's output, as one text. */
function outputOf(db, runId) {
  const chunks = [];
  for (let after = 0; ;) {
    const { items, next } = db.getOutput(runId, { after, limit: 1000 });
    chunks.push(...items.map(({ text }) => text));
    if (items.length < 1000) break;
    after = next;
  }
  return chunks.join('').slice(-4000);
}

function found(value, otherwise) {
  if (value === null) throw Object.assign(new Error(otherwise), { code: 'ERR_NOT_FOUND' });
  return value;
}
