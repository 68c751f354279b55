// What an application says of its own values: VisualDatabase<{ Status, Trigger, Agents, Actions, Result }>.
import type {
  BesideWorktree,
  BesideZone,
  Board,
  CanvasTypes,
  Execution,
  Json,
  JsonInput,
  NewExecution,
  NewZone,
  Worktree,
  Zone,
} from '@ai-orchestra/visual-db';
import byDefault, { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

interface Action {
  type: 'runTests' | 'notify';
}
interface TestResult {
  output: string;
  files?: string[];
}
interface Canvas {
  Status: 'active' | 'merged';
  Trigger: 'onDrop' | 'manual';
  Agents: string[];
  Actions: Action[];
  Result: TestResult | { error: string };
}

const db = new VisualDatabase<Canvas>('x.db');
const worktree = { id: 'w', path: '/w', port: 1, branchName: 'b' };
const run = { zoneId: 'z', worktreeId: 'w', agentType: 'a', prompt: 'p' };

type CanvasWorktree = Worktree<'active' | 'merged'>;
const created = db.createWorktree({ ...worktree, status: 'merged' });
exactly<Same<typeof created, CanvasWorktree>>();
exactly<Same<(typeof created)['status'], 'active' | 'merged'>>();
const many = db.createWorktrees([worktree, { ...worktree, status: null }]);
exactly<Same<typeof many, CanvasWorktree[]>>();
const got = db.getWorktree('w');
exactly<Same<typeof got, CanvasWorktree | null>>();
const updated = db.updateWorktree('w', { status: 'active' });
exactly<Same<typeof updated, CanvasWorktree | null>>();
const merged = db.listWorktrees({ status: 'merged' });
exactly<Same<typeof merged, CanvasWorktree[]>>();
const inZone = db.getWorktreesInZone('z');
exactly<Same<typeof inZone, CanvasWorktree[]>>();
// @ts-expect-error There is no such status.
db.createWorktree({ ...worktree, status: 'done' });
// @ts-expect-error There is no such status.
db.createWorktrees([{ ...worktree, status: 'done' }]);
// @ts-expect-error There is no such status.
db.updateWorktree('w', { status: 'done' });
// @ts-expect-error There is no such status.
db.listWorktrees({ status: 'done' });

type CanvasZone = Zone<string[], Action[], 'onDrop' | 'manual'>;
const zone = db.createZone({ id: 'z', name: 'Z', trigger: 'manual', agents: ['qa'], actions: [{ type: 'notify' }] });
exactly<Same<typeof zone, CanvasZone>>();
db.createZone({ id: 'z', name: 'Z', trigger: null, agents: null, actions: undefined });
const foundZone = db.getZone('z');
exactly<Same<typeof foundZone, CanvasZone | null>>();
const zones = db.listZones();
exactly<Same<typeof zones, CanvasZone[]>>();
const changed = db.updateZone('z', { trigger: 'onDrop', agents: [], actions: [] });
exactly<Same<typeof changed, CanvasZone | null>>();
// @ts-expect-error There is no such trigger.
db.createZone({ id: 'z', name: 'Z', trigger: 'never' });
// @ts-expect-error Agents are a list of names.
db.createZone({ id: 'z', name: 'Z', agents: [7] });
// @ts-expect-error An action has a type.
db.updateZone('z', { actions: [{ run: 'x' }] });
// @ts-expect-error null would be stored, and no list.
db.updateZone('z', { agents: null });

const recorded = db.recordExecution({ ...run, result: { output: 'ok' }, success: true });
exactly<Same<typeof recorded, string>>();
db.recordExecutions([run, { ...run, result: { error: 'timeout' } }]);
// @ts-expect-error A result has an output or an error.
db.recordExecution({ ...run, result: { text: 'ok' } });
// @ts-expect-error A result has an output or an error.
db.recordExecutions([{ ...run, result: 'ok' }]);
const execution = db.getExecution('e');
exactly<Same<typeof execution, Execution<TestResult | { error: string }> | null>>();
const tested = db.getExecution<TestResult>('e');
exactly<Same<typeof tested, Execution<TestResult> | null>>();
const failures = db.getExecutionHistory<{ error: string }>('z', 5);
exactly<Same<typeof failures, Execution<{ error: string }>[]>>();
const history = db.getWorktreeExecutions('w');
exactly<Same<typeof history, Execution<TestResult | { error: string }>[]>>();
// @ts-expect-error No result is a number.
db.getExecution<number>('e');

const board = db.getBoard();
exactly<Same<typeof board, Board<Canvas>>>();
exactly<Same<(typeof board)['zones'], (CanvasZone & BesideZone)[]>>();
exactly<Same<(typeof board)['worktrees'], (CanvasWorktree & BesideWorktree)[]>>();

// Each part alone; the others are as they are without an argument.
const withStatus = new byDefault<{ Status: 'active' | 'merged' }>();
const any = withStatus.createZone({ id: 'z', name: 'Z', trigger: 'whenever', agents: 5 });
exactly<Same<typeof any, Zone>>();
exactly<Same<ReturnType<typeof withStatus.listWorktrees>, CanvasWorktree[]>>();
const withResult = new VisualDatabase<{ Result: Json }>();
const json = withResult.getExecution('e')?.result;
exactly<Same<typeof json, Json | undefined>>();
exactly<Same<ReturnType<typeof withResult.listWorktrees>, Worktree[]>>();
// @ts-expect-error JSON has no dates.
withResult.recordExecution({ ...run, result: new Date() });
// @ts-expect-error No part is called State.
void new VisualDatabase<{ State: 'active' }>();
// @ts-expect-error A status is text.
void new VisualDatabase<{ Status: 5 }>();

// Without arguments all is as it was.
const plain: VisualDatabase = new VisualDatabase();
exactly<Same<typeof plain, VisualDatabase<CanvasTypes>>>();
exactly<Same<ReturnType<typeof plain.getBoard>, Board>>();
exactly<Same<ReturnType<typeof plain.getExecution>, Execution | null>>();
exactly<Same<ReturnType<typeof plain.getExecutionHistory>, Execution[]>>();
const ofOne = plain.getExecution<TestResult>('e');
exactly<Same<typeof ofOne, Execution<TestResult> | null>>();
exactly<Same<Parameters<typeof plain.createZone>[0], NewZone>>();
exactly<Same<Parameters<typeof plain.recordExecution>[0], NewExecution>>();

// A function that takes any database takes one that knows more, and a class of the application's can pass it on.
const count = (any: VisualDatabase) => any.listWorktrees().length;
count(db);
class Orchestrator<Types extends CanvasTypes> extends VisualDatabase<Types> {
  statuses = () => this.listWorktrees().map(({ status }) => status.trim());
}
exactly<Same<ReturnType<Orchestrator<Canvas>['listZones']>, CanvasZone[]>>();
count(new Orchestrator<Canvas>());

// The static members have nothing of it.
exactly<Same<(typeof byDefault)['restore'], (typeof VisualDatabase)['restore']>>();
const { restore, verifyBackup, listBackups, pruneBackups } = VisualDatabase;
restore(verifyBackup('b.db').path);
export const entries = [...listBackups('b'), ...pruneBackups('b').removed];

// JSON comes back as JSON; more may be given.
const back: Json = { text: 'a', list: [1, true, null, { deep: [] }] };
// @ts-expect-error What is undefined does not come back.
const missing: Json = { key: undefined };
// @ts-expect-error Nor does a date.
const dates: Json[] = [new Date()];
// @ts-expect-error There are no functions in JSON.
const called: Json = () => 1;
class Own {
  toJSON = () => 'own';
}
const result: TestResult = { output: 'ok' };
const given: JsonInput[] = [back, result, { key: undefined }, new Date(), new Own(), [new Own()] as const, undefined];
for (const value of given) plain.recordExecution({ ...run, result: value });
// @ts-expect-error A function is not stored.
plain.recordExecution({ ...run, result: () => 1 });
// @ts-expect-error A class is none either.
plain.createZone({ id: 'z', name: 'Z', agents: Own });
// @ts-expect-error A BigInt is not stored.
plain.createZone({ id: 'z', name: 'Z', agents: 1n });
// @ts-expect-error A symbol is not stored.
plain.updateZone('z', { actions: Symbol.iterator });

// Success counts by truthiness.
for (const success of [true, 1, 0n, 'yes', '', null, undefined]) plain.recordExecution({ ...run, success });
// @ts-expect-error A promise is always truthy.
plain.recordExecution({ ...run, success: Promise.resolve(false) });
// @ts-expect-error A function that was not called, too.
plain.recordExecution({ ...run, success: () => false });

export { called, dates, missing };
