// Kysely's own dialect takes `db.db`, and its queries are typed by the shipped Schema.
import { Kysely, SqliteDialect, type Selectable, type Insertable } from 'kysely';
import { Database, VisualDatabase, type Schema, type WorktreesTable } from '@ai-orchestra/visual-db';

const visual = new VisualDatabase({ dbPath: ':memory:' });
const kysely = new Kysely<Schema>({ dialect: new SqliteDialect({ database: visual.db }) });
export const onItsOwn = new Kysely<Schema>({
  dialect: new SqliteDialect({ database: async () => new Database(':memory:') }),
});

const page: { id: string; branch_name: string; port: number; status: string | null }[] = await kysely
  .selectFrom('worktrees')
  .select(['id', 'branch_name', 'port', 'status'])
  .where('port', '>=', 3000)
  .orderBy('created_at', 'desc')
  .limit(20)
  .execute();
page.map((row) => row.branch_name.toUpperCase());

const joined = await kysely
  .selectFrom('zone_executions as e')
  .innerJoin('zones as z', 'z.id', 'e.zone_id')
  .leftJoin('worktree_zones as a', 'a.worktree_id', 'e.worktree_id')
  .select(['e.agent_type', 'z.name as zone', 'a.zone_id as now_in'])
  .executeTakeFirstOrThrow();
const nowIn: string | null = joined.now_in;
const zone: string = joined.zone;

// Columns that may be NULL may be left out of an insert.
const row: Insertable<WorktreesTable> = { id: 'w', path: '/w', port: 1, branch_name: 'b', created_at: '2026-01-01' };
await kysely.insertInto('worktrees').values(row).execute();
const whole: Selectable<WorktreesTable> = await kysely.selectFrom('worktrees').selectAll().executeTakeFirstOrThrow();

// @ts-expect-error: the others are required
const incomplete: Insertable<WorktreesTable> = { id: 'w', path: '/w', port: 1 };
// @ts-expect-error: columns have their names of the file
kysely.selectFrom('worktrees').select('branchName');
// @ts-expect-error: a port is a number
kysely.selectFrom('worktrees').where('port', '=', 'abc');
// @ts-expect-error: there is no such table
kysely.selectFrom('executions');

export { incomplete, nowIn, whole, zone };
