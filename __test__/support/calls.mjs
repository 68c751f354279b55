// Random calls for the property tests: few ids and ports, so that they meet each other.
import fc from 'fast-check';
import { execution, without, worktree, zone } from './samples.mjs';

const one = (...values) => fc.constantFrom(...values);
const optional = (arbitrary) => fc.option(arbitrary, { nil: undefined });
const nullable = (arbitrary) => fc.oneof({ weight: 25, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });

const worktreeId = one('a', 'b', 'c', 'ü\0😀');
const zoneId = one('x', 'y', 'z');
const lookUp = (id) =>
  fc.oneof({ weight: 9, arbitrary: id }, { weight: 1, arbitrary: one('nowhere', '', undefined, null) });
const text = fc.oneof(one('', 'active', 'done', 'TASK-1'), fc.string({ unit: 'binary', maxLength: 20 }));
// JSON has one zero; SQLite's integer columns have one too.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const coordinate = fc.oneof(fc.integer({ min: -2000, max: 2000 }), finite, one('100', '-2.5'));
const time = one('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', 'long ago');

const pair = (first, second, part = optional(coordinate)) =>
  fc.record({ [first]: part, [second]: part }, { requiredKeys: [] });
const record = (fields) => fc.record(fields, { requiredKeys: [] });

const port = one(1, 2, 3, 4, '2', '3');
const newWorktree = fc.record(
  {
    id: worktreeId,
    path: nullable(text),
    port: nullable(port),
    branchName: nullable(text),
    issueUrl: optional(nullable(text)),
    taskId: optional(nullable(text)),
    status: optional(nullable(text)),
    position: optional(pair('x', 'y')),
    createdAt: time,
    unheardOf: fc.anything(),
  },
  { requiredKeys: ['id', 'path', 'port', 'branchName', 'createdAt'] },
);

const newZone = fc.record(
  {
    id: zoneId,
    name: nullable(text),
    description: optional(nullable(text)),
    trigger: optional(nullable(text)),
    agents: optional(fc.jsonValue({ maxDepth: 2 })),
    promptTemplate: optional(nullable(text)),
    actions: optional(fc.jsonValue({ maxDepth: 2 })),
    position: optional(pair('x', 'y')),
    size: optional(pair('width', 'height')),
    createdAt: time,
  },
  { requiredKeys: ['id', 'name', 'createdAt'] },
);

const newExecution = fc.record(
  {
    zoneId,
    worktreeId,
    agentType: nullable(one('frontend', 'backend', 'qa')),
    prompt: nullable(text),
    result: optional(fc.jsonValue({ maxDepth: 2 })),
    success: one(true, false, 1, 0, '', 'no', null, undefined),
  },
  { requiredKeys: ['zoneId', 'worktreeId', 'agentType', 'prompt'] },
);

/** Some of the fields, in any order: of two spellings the later one counts. */
const anyOrder = (fields) =>
  record(fields).chain((made) => {
    const entries = Object.entries(made);
    return fc.shuffledSubarray(entries, { minLength: entries.length }).map(Object.fromEntries);
  });

const worktreeChanges = anyOrder({
  status: text,
  issueUrl: nullable(text),
  taskId: nullable(text),
  position: pair('x', 'y', coordinate),
  issue_url: nullable(text),
  task_id: nullable(text),
  position_x: coordinate,
  position_y: coordinate,
  path: text,
});
const zoneChanges = anyOrder({
  name: nullable(text),
  description: nullable(text),
  trigger: text,
  agents: fc.jsonValue({ maxDepth: 2 }),
  actions: fc.jsonValue({ maxDepth: 2 }),
  promptTemplate: text,
  position: pair('x', 'y', coordinate),
  size: pair('width', 'height', coordinate),
  prompt_template: text,
  position_x: coordinate,
  position_y: coordinate,
  size_width: coordinate,
  size_height: coordinate,
});
// Where the package is better on purpose: undefined is not given, and null not everywhere a value.
const emptyWorktreeChanges = anyOrder({
  status: one(undefined, null),
  issueUrl: optional(nullable(text)),
  issue_url: optional(nullable(text)),
  taskId: one(undefined),
  position: one(undefined, null, { x: null, y: 5 }),
  position_x: one(undefined, null, 7),
});
const emptyZoneChanges = anyOrder({
  name: one(undefined),
  trigger: one(undefined, null),
  agents: one(undefined),
  promptTemplate: one(undefined, 'p'),
  prompt_template: one(undefined, null, 'q'),
  size: one(undefined, null, { width: 5, height: null }),
  size_height: one(undefined, null, 7),
});

const worktreeRelocation = record({
  path: nullable(text),
  port: one(undefined, null, 3001, '3002', 3003),
  branchName: text,
});

const limit = one(undefined, 0, 1, 2, 100, -1);
const filter = fc.record({ zoneId: lookUp(zoneId), worktreeId: lookUp(worktreeId) }, { requiredKeys: [] });

const call = (method, ...args) => fc.tuple(...args).map((given) => ({ method, args: given }));

/** Calls on which the JavaScript layer and the package agree. */
const AGREED = [
  call('createWorktree', newWorktree),
  call('createWorktree', newWorktree),
  call('getWorktree', lookUp(worktreeId)),
  call('listWorktrees'),
  call('listWorktrees', record({ status: one('active', 'done', '', null, undefined) })),
  call('updateWorktree', lookUp(worktreeId), worktreeChanges),
  call('deleteWorktree', lookUp(worktreeId)),
  call('createZone', newZone),
  call('createZone', newZone),
  call('getZone', lookUp(zoneId)),
  call('listZones'),
  call('updateZone', lookUp(zoneId), zoneChanges),
  call('deleteZone', lookUp(zoneId)),
  call('getWorktreeZone', lookUp(worktreeId)),
  call('removeWorktreeFromZone', lookUp(worktreeId)),
  ...Array.from({ length: 5 }, () => call('recordExecution', newExecution)),
  call('getExecutionHistory', lookUp(zoneId), limit),
  call('getWorktreeExecutions', lookUp(worktreeId), limit),
  call('getExecutionStats', filter),
  call('getStats'),
];

/** Calls that only the package answers as the contract says. */
const BETTER = [
  call('assignWorktreeToZone', worktreeId, zoneId),
  call('assignWorktreeToZone', worktreeId, zoneId),
  call('getWorktreesInZone', lookUp(zoneId)),
  call('getBoard'),
  call('getExecution', lookUp(zoneId), fc.nat(3)),
  call('updateWorktree', worktreeId, emptyWorktreeChanges),
  call(
    'createWorktree',
    newWorktree.map((given) => ({ ...given, port: 'auto' })),
  ),
  call('allocatePort', one(undefined, { from: 1, to: 5 }, { from: 2, to: 2 })),
  call('relocateWorktree', worktreeId, worktreeRelocation),
  call('archiveWorktree', lookUp(worktreeId), one(undefined, { reason: 'merged' })),
  call('archiveWorktree', worktreeId),
  call(
    'restoreWorktree',
    lookUp(worktreeId),
    one(undefined, { port: 'auto' }, { port: 2 }, { key: 1 }, { key: 2, port: 4 }),
  ),
  call('restoreWorktree', worktreeId, one({ port: 'auto' })),
  call('listArchived'),
  call('updateZone', zoneId, emptyZoneChanges),
  call('getExecutionHistory', lookUp(zoneId), one('1', '2', -5)),
  call('createWorktrees', fc.array(newWorktree, { maxLength: 4 })),
  call('assignWorktreesToZone', fc.array(worktreeId, { maxLength: 4 }), zoneId),
  call('recordExecutions', fc.array(newExecution, { maxLength: 4 })),
  call(
    'createZone',
    newZone.map((given) => without(given, 'createdAt')),
  ),
];

/** What every sequence begins with, so that there is something to meet. */
const CANVAS = [
  ...['x', 'y'].map((id) => ({ method: 'createZone', args: [zone(1, { id })], after: 1 })),
  ...['a', 'b', 'ü\0😀'].map((id, n) => ({ method: 'createWorktree', args: [worktree(1, { id, port: n })], after: 1 })),
  { method: 'recordExecution', args: [execution({ zoneId: 'x', worktreeId: 'a' })], after: 1 },
];

/** Sequences of steps (see steps.mjs), transactions among them; `apart` are the milliseconds between two steps. */
function sequences(calls, apart) {
  // fast-check's `map`, of one value at a time.
  // oxlint-disable-next-line no-map-spread
  const timed = (arbitrary) => fc.tuple(arbitrary, apart).map(([step, after]) => ({ ...step, after }));
  const single = timed(fc.oneof(...calls));
  const transaction = (inner) =>
    timed(
      fc.record({
        method: fc.constant('transaction'),
        steps: fc.array(inner, { maxLength: 6 }),
        tolerant: fc.boolean(),
        fails: fc.boolean(),
      }),
    );
  const nested = transaction(fc.oneof({ weight: 6, arbitrary: single }, { weight: 1, arbitrary: transaction(single) }));
  const steps = fc.oneof({ weight: 12, arbitrary: single }, { weight: 1, arbitrary: nested });
  return fc.array(steps, { minLength: 1, maxLength: 40, size: 'max' }).map((made) => CANVAS.concat(made));
}

/** For the model: everything, also several calls in one millisecond. */
export const anySteps = sequences([...AGREED, ...BETTER], fc.constantFrom(0, 0, 1, 1000));

/** What came after the JavaScript layer's methods, and isn't on every engine. */
const BEYOND = new Set(['getBoard', 'archiveWorktree', 'restoreWorktree', 'listArchived']);

const withoutBeyond = (steps) =>
  steps
    .filter(({ method }) => !BEYOND.has(method))
    .map((step) => (step.steps ? { ...step, steps: withoutBeyond(step.steps) } : step));

/** The same without that. */
export const dropInSteps = anySteps.map(withoutBeyond);

/** For the JavaScript layer: what it does alike, a millisecond apart, since it leaves open what order ties have. */
export const agreedSteps = sequences(
  [
    ...AGREED,
    // It loses the old assignment when the new one fails, so there is none here to lose.
    fc.tuple(worktreeId, zoneId).map(([id, to]) => ({
      method: 'transaction',
      tolerant: true,
      fails: false,
      steps: [
        { method: 'removeWorktreeFromZone', args: [id], after: 0 },
        { method: 'assignWorktreeToZone', args: [id, to], after: 0 },
      ],
    })),
  ],
  fc.constantFrom(1, 2, 1000),
);
