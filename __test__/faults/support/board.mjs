/**
 * What a board has to look like after a list of operations: a plain model of the package, against which the file is
 * held. An operation says all that it does before it is done, but for the ids and times that the package makes.
 */
export class Board {
  worktrees = new Map();
  zones = new Map();
  assignments = new Map();
  /** By prompt, which no two have in common. */
  executions = new Map();
  /** How many runs of a worktree are wanted: two for each move into another zone that wants them, since zones have two agents. */
  wanted = new Map();

  static read(visual) {
    const board = new Board();
    for (const { updatedAt, ...worktree } of visual.listWorktrees()) {
      board.worktrees.set(worktree.id, { ...worktree, updated: updatedAt !== null });
      const zone = visual.getWorktreeZone(worktree.id);
      if (zone !== null) board.assignments.set(worktree.id, zone);
    }
    for (let after; after !== null;) {
      const page = visual.listRuns({ status: 'queued', limit: 1000, after });
      for (const { worktreeId } of page.items) board.want(worktreeId, 1);
      after = page.next;
    }
    for (const { updatedAt, ...zone } of visual.listZones()) {
      board.zones.set(zone.id, { ...zone, updated: updatedAt !== null });
      for (const { id, executedAt, ...execution } of visual.getExecutionHistory(zone.id, -1)) {
        board.executions.set(execution.prompt, execution);
      }
    }
    return board;
  }

  copy() {
    return Object.assign(new Board(), structuredClone({ ...this }));
  }

  apply(operation) {
    const [kind, ...given] = operation;
    this[kind](...given);
    return this;
  }

  createWorktree(worktree) {
    const { position, ...rest } = worktree;
    this.worktrees.set(worktree.id, {
      issueUrl: null,
      taskId: null,
      status: 'active',
      ...rest,
      position,
      updated: false,
    });
  }

  createZone(zone) {
    const defaults = { description: null, trigger: 'onDrop', promptTemplate: '', actions: [] };
    this.zones.set(zone.id, { ...defaults, ...zone, updated: false });
  }

  updateWorktree(id, changes) {
    Object.assign(this.worktrees.get(id), changes, { updated: true });
  }

  moveWorktree(id, zoneId, { position, enqueue }) {
    const isMove = (this.assignments.get(id) ?? null) !== zoneId;
    if (isMove && enqueue && zoneId !== null) this.want(id, 2);
    if (zoneId === null) this.assignments.delete(id);
    else this.assignments.set(id, zoneId);
    this.updateWorktree(id, { position });
  }

  want(id, runs) {
    this.wanted.set(id, (this.wanted.get(id) ?? 0) + runs);
  }

  assignWorktreeToZone(worktreeId, zoneId) {
    this.assignments.set(worktreeId, zoneId);
  }

  recordExecution(execution) {
    this.executions.set(execution.prompt, execution);
  }

  deleteWorktree(id) {
    this.worktrees.delete(id);
    this.assignments.delete(id);
    this.wanted.delete(id);
    for (const [prompt, { worktreeId }] of this.executions) if (worktreeId === id) this.executions.delete(prompt);
  }

  transaction(operations) {
    for (const operation of operations) this.apply(operation);
  }

  /** A nested transaction that its caller lets fail. */
  failing() {}
}

/** Does an operation for real; what the package returned comes back. */
export function perform(visual, [kind, ...given]) {
  if (kind === 'transaction') {
    return visual.transaction(() => given[0].map((operation) => perform(visual, operation)));
  }
  if (kind === 'failing') {
    try {
      return visual.transaction(() => {
        for (const operation of given[0]) perform(visual, operation);
        throw new Error('on purpose');
      });
    } catch (error) {
      if (error.message !== 'on purpose') throw error;
      return null;
    }
  }
  return visual[kind](...given);
}
