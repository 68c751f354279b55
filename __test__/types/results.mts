// Every result, to the letter: every key is there, an absent optional value is null, never undefined.
import type { DatabaseStats, Execution, ExecutionStats, Position, Size, Worktree, Zone } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { type Same, exactly } from './exact.mjs';

const db = new VisualDatabase();

exactly<Same<Position, { x: number; y: number }>>();
exactly<Same<Size, { width: number; height: number }>>();

exactly<
  Same<
    keyof Worktree,
    'id' | 'path' | 'port' | 'branchName' | 'issueUrl' | 'taskId' | 'status' | 'position' | 'createdAt' | 'updatedAt'
  >
>();
exactly<Same<Worktree['id'], string>>();
exactly<Same<Worktree['path'], string>>();
exactly<Same<Worktree['port'], number>>();
exactly<Same<Worktree['branchName'], string>>();
exactly<Same<Worktree['issueUrl'], string | null>>();
exactly<Same<Worktree['taskId'], string | null>>();
exactly<Same<Worktree['status'], string>>();
exactly<Same<Worktree['position'], Position>>();
exactly<Same<Worktree['createdAt'], string>>();
exactly<Same<Worktree['updatedAt'], string | null>>();

exactly<
  Same<
    keyof Zone,
    | 'id'
    | 'name'
    | 'description'
    | 'trigger'
    | 'agents'
    | 'promptTemplate'
    | 'actions'
    | 'position'
    | 'size'
    | 'createdAt'
    | 'updatedAt'
  >
>();
exactly<Same<Zone['name'], string>>();
exactly<Same<Zone['description'], string | null>>();
exactly<Same<Zone['trigger'], string>>();
exactly<Same<Zone['agents'], any>>();
exactly<Same<Zone['promptTemplate'], string>>();
exactly<Same<Zone['actions'], any>>();
exactly<Same<Zone['position'], Position>>();
exactly<Same<Zone['size'], Size>>();
exactly<Same<Zone['updatedAt'], string | null>>();

exactly<
  Same<keyof Execution, 'id' | 'zoneId' | 'worktreeId' | 'agentType' | 'prompt' | 'result' | 'success' | 'executedAt'>
>();
exactly<Same<Execution['prompt'], string>>();
exactly<Same<Execution['result'], any>>();
exactly<Same<Execution['success'], boolean>>();
exactly<Same<Execution['executedAt'], string>>();

exactly<Same<keyof ExecutionStats, 'total' | 'successful' | 'failed' | 'uniqueAgents' | 'successRate'>>();
exactly<Same<ExecutionStats['successRate'], number>>();
exactly<Same<keyof DatabaseStats, 'worktrees' | 'zones' | 'assignments' | 'executions'>>();
exactly<Same<DatabaseStats['executions'], number>>();

const worktree = db.createWorktree({ id: 'w', path: '/w', port: 1, branchName: 'b' });
exactly<Same<typeof worktree, Worktree>>();
const zone = db.createZone({ id: 'z', name: 'Z' });
exactly<Same<typeof zone, Zone>>();
const foundWorktree = db.getWorktree('w');
exactly<Same<typeof foundWorktree, Worktree | null>>();
const foundZone = db.getZone('z');
exactly<Same<typeof foundZone, Zone | null>>();
const worktrees = db.listWorktrees();
exactly<Same<typeof worktrees, Worktree[]>>();
const zones = db.listZones();
exactly<Same<typeof zones, Zone[]>>();
const updatedWorktree = db.updateWorktree('w', {});
exactly<Same<typeof updatedWorktree, Worktree | null>>();
const updatedZone = db.updateZone('z', {});
exactly<Same<typeof updatedZone, Zone | null>>();
const zoneOf = db.getWorktreeZone('w');
exactly<Same<typeof zoneOf, string | null>>();
const inZone = db.getWorktreesInZone('z');
exactly<Same<typeof inZone, Worktree[]>>();
const run = db.recordExecution({ zoneId: 'z', worktreeId: 'w', agentType: 'a', prompt: 'p' });
exactly<Same<typeof run, string>>();
const history = db.getExecutionHistory('z');
exactly<Same<typeof history, Execution[]>>();
const runs = db.getWorktreeExecutions('w', 5);
exactly<Same<typeof runs, Execution[]>>();
const found = db.getExecution(run);
exactly<Same<typeof found, Execution | null>>();
const stats = db.getExecutionStats();
exactly<Same<typeof stats, ExecutionStats>>();
const counts = db.getStats();
exactly<Same<typeof counts, DatabaseStats>>();

exactly<Same<ReturnType<typeof db.deleteWorktree>, true>>();
exactly<Same<ReturnType<typeof db.deleteZone>, true>>();
exactly<Same<ReturnType<typeof db.assignWorktreeToZone>, true>>();
exactly<Same<ReturnType<typeof db.assignWorktreesToZone>, true>>();
exactly<Same<ReturnType<typeof db.removeWorktreeFromZone>, true>>();
exactly<Same<ReturnType<typeof db.close>, void>>();

export const seen: VisualDatabase = db.as({ kind: 'agent', id: 'claude' });
// @ts-expect-error another kind
db.as({ kind: 'robot', id: 'x' });
const returned = db.transaction(() => ({ three: 3 as const }));
exactly<Same<typeof returned, { three: 3 }>>();
const nothing = db.transaction(() => {});
exactly<Same<typeof nothing, void>>();

// @ts-expect-error A look-up may find nothing.
void db.getWorktree('w').id;
// Any JSON value, of which the caller knows more: an array of names as a rule.
zone.agents.map((agent: string) => agent.trim());
const typed: Zone<string[], { run: string }[]> = zone;
typed.actions.map((action) => action.run.trim());
