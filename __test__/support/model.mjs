// What the contract says, in memory and without any database: the oracle of the property tests. It knows the calls that
// `calls.mjs` makes up, with their failures; a run's id is made up by the package, so the model numbers its own.
// Long because it is the whole board, without a database.

const sqliteError = (code, message) => Object.assign(new Error(message), { name: 'SqliteError', code });
const unique = (column, code = 'UNIQUE') =>
  sqliteError(`SQLITE_CONSTRAINT_${code}`, `UNIQUE constraint failed: ${column}`);
const notNull = (column) => sqliteError('SQLITE_CONSTRAINT_NOTNULL', `NOT NULL constraint failed: ${column}`);
const foreignKey = () => sqliteError('SQLITE_CONSTRAINT_FOREIGNKEY', 'FOREIGN KEY constraint failed');

const now = () => new Date(Date.now()).toISOString();
/** A row as callers have it: without the place that SQLite keeps it at, by which equal ones are ordered. */
const copy = (value) => {
  if (Array.isArray(value)) return value.map(copy);
  const { rowid: _, ...row } = structuredClone(value) ?? {};
  return value === null ? null : row;
};
const byRowid = (one, other) => one.rowid - other.rowid;
const lastRowid = (rows) => Math.max(0, ...rows.map(({ rowid }) => rowid));
const conflict = (what, { id }) => new Error(`restoreWorktree: ${what} is taken by worktree ${id}`);
const text = (value) => (value == null ? null : String(value).toWellFormed());
const number = (value) => Number(value) + 0;
const json = (value) => JSON.parse(JSON.stringify(value));

/** Newest first by `key`; equal ones in order of insertion, or the later inserted first. */
function newestFirst(list, key, { laterFirst = false } = {}) {
  const ordered = laterFirst ? list.toReversed() : list;
  return ordered.toSorted((one, other) => (one[key] < other[key] ? 1 : one[key] > other[key] ? -1 : 0));
}

function requireId(value) {
  if (typeof value !== 'string' || value === '') throw new TypeError('an id is a non-empty string');
  return text(value);
}

/** The value that `changes` gives under one of `names`, the last of several; `undefined` is not given. */
const given = (changes, ...names) =>
  Object.entries(changes).findLast(([key, value]) => names.includes(key) && value !== undefined)?.[1];

export class Model {
  #tables = { worktrees: [], zones: [], assignments: [], executions: [], archive: [] };
  #runs = 0;

  #find = (table, id) => this.#tables[table].find((row) => row.id === text(id));
  /** Puts a row at its place, if that is free, else behind all others. */
  #put(table, row, place) {
    const rows = this.#tables[table];
    const rowid = place && !rows.some((other) => other.rowid === place) ? place : lastRowid(rows) + 1;
    rows.push({ ...row, rowid });
    rows.sort(byRowid);
  }

  #drop = (table, isGone) => (this.#tables[table] = this.#tables[table].filter((row) => !isGone(row)));

  createWorktree(w) {
    const id = requireId(w.id);
    for (const [field, column] of [
      ['path', 'path'],
      ['port', 'port'],
      ['branchName', 'branch_name'],
    ])
      if (w[field] == null) throw notNull(`worktrees.${column}`);
    const port = w.port === 'auto' ? this.allocatePort() : Number(w.port);
    if (this.#tables.worktrees.some((row) => row.port === port)) throw unique('worktrees.port');
    if (this.#find('worktrees', id)) throw unique('worktrees.id', 'PRIMARYKEY');
    this.#put('worktrees', {
      id,
      path: text(w.path),
      port,
      branchName: text(w.branchName),
      issueUrl: text(w.issueUrl || null),
      taskId: text(w.taskId || null),
      status: text(w.status || 'active'),
      position: { x: number(w.position?.x || 0), y: number(w.position?.y || 0) },
      createdAt: text(w.createdAt || now()),
      updatedAt: null,
    });
    return this.getWorktree(id);
  }

  allocatePort({ from = 3001, to = 3999 } = {}) {
    for (let port = from; port <= to; port += 1)
      if (!this.#tables.worktrees.some((row) => row.port === port)) return port;
    throw Object.assign(new Error(`allocatePort: no port from ${from} to ${to} is free`), { code: 'ERR_NO_PORT' });
  }

  getWorktree = (id) => copy(this.#find('worktrees', id) ?? null);

  listWorktrees = ({ status } = {}) =>
    copy(newestFirst(this.#tables.worktrees, 'createdAt').filter((row) => !status || row.status === text(status)));

  updateWorktree(id, changes) {
    const set = {
      status: given(changes, 'status'),
      issueUrl: given(changes, 'issueUrl', 'issue_url'),
      taskId: given(changes, 'taskId', 'task_id'),
    };
    if (set.status === null) throw new TypeError('status');
    return this.#update('worktrees', id, set, { position: parts(changes, 'position', ['x', 'y']) });
  }

  relocateWorktree(id, { path, port, branchName }) {
    if ([path, port, branchName].includes(null)) throw new TypeError('a worktree is somewhere');
    const row = this.#find('worktrees', id);
    if (
      row &&
      port !== undefined &&
      this.#tables.worktrees.some((other) => other !== row && other.port === Number(port))
    )
      throw unique('worktrees.port');
    if (!row) throw new Error(`Worktree not found: ${id}`);
    const moved = port === undefined ? {} : { port: Number(port) };
    return this.#update('worktrees', id, { path, branchName }, { position: {}, ...moved });
  }

  deleteWorktree(id) {
    if (!this.#find('worktrees', id)) throw new Error(`Worktree not found: ${id}`);
    this.#drop('worktrees', (row) => row.id === text(id));
    for (const table of ['assignments', 'executions']) this.#drop(table, (row) => row.worktreeId === text(id));
    return true;
  }

  archiveWorktree(given, { reason = null } = {}) {
    const id = requireId(given);
    const worktree = this.#find('worktrees', id);
    if (!worktree) throw new Error(`Worktree not found: ${id}`);
    const assignment = this.#tables.assignments.find((row) => row.worktreeId === id) ?? null;
    const executions = newestFirst(this.#of('worktreeId', id), 'executedAt', { laterFirst: true });
    const key = this.#tables.archive.length + 1;
    this.#tables.archive.push({ key, worktree, assignment, executions, archivedAt: now(), reason, isThere: true });
    this.deleteWorktree(id);
    return this.#archived(this.#tables.archive.at(-1));
  }

  restoreWorktree(given, { port, key } = {}) {
    const id = requireId(given);
    const found = this.#archive().findLast((row) => row.worktree.id === id && (key === undefined || row.key === key));
    if (!found) throw new Error(`restoreWorktree: no worktree is archived as ${id}`);
    const { worktree, assignment, executions } = found;
    const newPort = port === undefined ? worktree.port : port === 'auto' ? this.allocatePort() : port;
    const taken = (what, is) => {
      const by = this.#tables.worktrees.find(is);
      if (by) throw conflict(what, by);
    };
    taken(`id ${id}`, (row) => row.id === id);
    taken(`port ${newPort}`, (row) => row.port === newPort);
    taken(`branch ${worktree.branchName}`, (row) => row.branchName === worktree.branchName);
    const updatedAt = newPort === worktree.port ? worktree.updatedAt : now();
    this.#put('worktrees', { ...worktree, port: newPort, updatedAt }, worktree.rowid);
    if (assignment) this.#put('assignments', assignment, assignment.rowid);
    const places = new Set(this.#tables.executions.map(({ rowid }) => rowid));
    const isFree = ({ rowid }) => !places.has(rowid);
    for (const row of executions.filter(isFree)) this.#put('executions', row, row.rowid);
    for (const row of executions.toReversed()) if (!isFree(row)) this.#put('executions', row);
    Object.assign(found, { isThere: false, executions: [] });
    return this.getWorktree(id);
  }

  listArchived = () => ({ items: this.#archive().toReversed().map(this.#archived), next: null });

  #archive = () => this.#tables.archive.filter(({ isThere }) => isThere);

  #archived = ({ key, worktree, assignment, executions, archivedAt, reason }) => ({
    key,
    worktree: copy(worktree),
    zoneId: assignment?.zoneId ?? null,
    archivedAt,
    by: null,
    reason,
    executions: executions.length,
    costMicros: null,
    metadata: {},
  });

  /** The executions of a zone or a worktree, those of the archive too: an id is the worktree's that has it now, or had it last. */
  #of(key, id) {
    const here = this.#tables.executions.filter((row) => row[key] === text(id));
    const archive = this.#archive();
    if (key === 'zoneId')
      return archive
        .flatMap((row) => row.executions.filter((of) => of.zoneId === text(id)).toReversed())
        .concat(here)
        .toSorted(byRowid);
    const last = this.#find('worktrees', id) ? undefined : archive.findLast(({ worktree }) => worktree.id === text(id));
    return last ? last.executions.toReversed() : here;
  }

  createZone(z) {
    const id = requireId(z.id);
    if (z.name == null) throw notNull('zones.name');
    if (this.#find('zones', id)) throw unique('zones.id', 'PRIMARYKEY');
    this.#put('zones', {
      id,
      name: text(z.name),
      description: text(z.description || null),
      trigger: text(z.trigger || 'onDrop'),
      agents: json(z.agents || []),
      promptTemplate: text(z.promptTemplate || ''),
      actions: json(z.actions || []),
      position: { x: number(z.position?.x || 0), y: number(z.position?.y || 0) },
      size: { width: number(z.size?.width || 300), height: number(z.size?.height || 200) },
      createdAt: text(z.createdAt || now()),
      updatedAt: null,
    });
    return this.getZone(id);
  }

  getZone = (id) => copy(this.#find('zones', id) ?? null);
  listZones = () => copy(newestFirst(this.#tables.zones, 'createdAt'));

  updateZone(id, changes) {
    const set = {
      name: given(changes, 'name'),
      description: given(changes, 'description'),
      trigger: given(changes, 'trigger'),
      promptTemplate: given(changes, 'promptTemplate', 'prompt_template'),
    };
    for (const field of ['trigger', 'promptTemplate']) if (set[field] === null) throw new TypeError(field);
    if (set.name === null && this.#find('zones', id)) throw notNull('zones.name');
    const stored = {
      position: parts(changes, 'position', ['x', 'y']),
      size: parts(changes, 'size', ['width', 'height']),
    };
    for (const field of ['agents', 'actions']) if (changes[field] !== undefined) stored[field] = json(changes[field]);
    return this.#update('zones', id, set, stored);
  }

  #update(table, id, texts, { position, size, ...stored }) {
    const row = this.#find(table, id);
    if (!row) return null;
    const set = { ...stored };
    for (const [field, value] of Object.entries(texts)) if (value !== undefined) set[field] = text(value);
    if (Object.keys(position).length) set.position = { ...row.position, ...position };
    if (size && Object.keys(size).length) set.size = { ...row.size, ...size };
    if (Object.keys(set).length) Object.assign(row, set, { updatedAt: now() });
    return copy(row);
  }

  deleteZone(id) {
    if (!this.#find('zones', id)) throw new Error(`Zone not found: ${id}`);
    this.#drop('zones', (row) => row.id === text(id));
    for (const table of ['assignments', 'executions']) this.#drop(table, (row) => row.zoneId === text(id));
    for (const row of this.#archive()) {
      row.executions = row.executions.filter(({ zoneId }) => zoneId !== text(id));
      if (row.assignment?.zoneId === text(id)) row.assignment = null;
    }
    return true;
  }

  assignWorktreeToZone(worktreeId, zoneId) {
    const row = { worktreeId: requireId(worktreeId), zoneId: requireId(zoneId), at: now() };
    if (!this.#find('worktrees', worktreeId) || !this.#find('zones', zoneId)) throw foreignKey();
    const rowid = lastRowid(this.#tables.assignments) + 1;
    this.removeWorktreeFromZone(worktreeId);
    this.#put('assignments', row, rowid);
    return true;
  }

  /** In the order in which they were made. */
  #assignments = () =>
    this.#tables.assignments.toSorted((one, other) =>
      one.at < other.at ? -1 : one.at > other.at ? 1 : byRowid(one, other),
    );

  getWorktreeZone = (id) => this.#tables.assignments.find((row) => row.worktreeId === text(id))?.zoneId ?? null;

  removeWorktreeFromZone(id) {
    this.#drop('assignments', (row) => row.worktreeId === text(id));
    return true;
  }

  getWorktreesInZone = (id) =>
    this.#assignments()
      .filter((row) => row.zoneId === text(id))
      .map((row) => this.getWorktree(row.worktreeId));

  recordExecution(e) {
    const [zoneId, worktreeId] = [requireId(e.zoneId), requireId(e.worktreeId)];
    for (const [field, column] of [
      ['agentType', 'agent_type'],
      ['prompt', 'prompt'],
    ])
      if (e[field] == null) throw notNull(`zone_executions.${column}`);
    if (!this.#find('worktrees', worktreeId) || !this.#find('zones', zoneId)) throw foreignKey();
    const id = `exec-${Date.now()}-${(this.#runs++).toString(36)}`;
    this.#put('executions', {
      id,
      zoneId,
      worktreeId,
      agentType: text(e.agentType),
      prompt: text(e.prompt),
      result: e.result === undefined ? {} : json(e.result),
      success: Boolean(e.success),
      executedAt: now(),
    });
    return id;
  }

  getExecution = (id) => copy(this.#everywhere().find((row) => row.id === id) ?? null);
  #everywhere = () => [...this.#tables.executions, ...this.#archive().flatMap(({ executions }) => executions)];
  getExecutionHistory = (id, limit) => this.#history('zoneId', id, limit);
  getWorktreeExecutions = (id, limit) => this.#history('worktreeId', id, limit);

  #history(key, id, limit = 100) {
    const rows = newestFirst(this.#of(key, id), 'executedAt', { laterFirst: true });
    return copy(rows.slice(0, Number(limit) < 0 ? Infinity : Number(limit)));
  }

  getExecutionStats({ zoneId, worktreeId } = {}) {
    const all = worktreeId ? this.#of('worktreeId', worktreeId) : this.#everywhere();
    const rows = all.filter((row) => !zoneId || row.zoneId === text(zoneId));
    const [total, successful] = [rows.length, rows.filter(({ success }) => success).length];
    const uniqueAgents = new Set(rows.map(({ agentType }) => agentType)).size;
    return {
      total,
      successful,
      failed: total - successful,
      uniqueAgents,
      successRate: total ? (successful / total) * 100 : 0,
    };
  }

  getBoard() {
    const assignments = this.#assignments().map(({ worktreeId, zoneId }) => ({ worktreeId, zoneId }));
    // Zone by zone, those of one in the order in which they were assigned.
    assignments.sort((one, other) => (one.zoneId < other.zoneId ? -1 : Number(one.zoneId > other.zoneId)));
    const beside = { revision: '-'.repeat(11), metadata: {} };
    const zones = this.listZones().map((zone) => ({ ...zone, ...beside, wipLimit: null }));
    const noRuns = { openRuns: null, latestRun: null, costMicros: null };
    const worktrees = this.listWorktrees().map((worktree) => ({ ...worktree, ...beside, ...noRuns }));
    return { zones, worktrees, assignments, next: '' };
  }

  getStats() {
    const { worktrees, zones, assignments } = this.#tables;
    return {
      worktrees: worktrees.length,
      zones: zones.length,
      assignments: assignments.length,
      executions: this.#everywhere().length,
    };
  }

  createWorktrees = (worktrees) => this.#bulk('worktrees', worktrees, (worktree) => this.createWorktree(worktree));
  recordExecutions = (executions) => this.#bulk('executions', executions, (made) => this.recordExecution(made));

  assignWorktreesToZone(ids, zoneId) {
    this.#bulk('worktreeIds', ids, (id) => this.assignWorktreeToZone(id, zoneId));
    return true;
  }

  #bulk(name, items, single) {
    return this.transaction(() =>
      items.map((item, index) => {
        try {
          return single(item);
        } catch (error) {
          throw Object.assign(error, { index, message: `${name}[${index}]: ${error.message}` });
        }
      }),
    );
  }

  transaction(fn) {
    const before = structuredClone(this.#tables);
    try {
      return fn();
    } catch (error) {
      this.#tables = before;
      throw error;
    }
  }
}

/** The parts of a position or size that `changes` gives, under either spelling. */
function parts(changes, group, names) {
  const set = {};
  for (const name of names) {
    const value = changes[group]?.[name] ?? changes[`${group}_${name}`];
    if (value != null) set[name] = number(value);
  }
  return set;
}
