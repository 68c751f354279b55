import { Kysely, SqliteDialect, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCanvas } from './support/canvas.mjs';
import { SqliteError } from './support/database.mjs';

let visual;
let kysely;
beforeEach(() => {
  visual = openCanvas();
  kysely = new Kysely({ dialect: new SqliteDialect({ database: visual.db }) });
});
afterEach(() => kysely.destroy());

describe('Kysely on `db.db`', () => {
  test('filters, sorts and pages worktrees', async () => {
    const page = (offset) =>
      kysely
        .selectFrom('worktrees')
        .select(['id', 'branch_name', 'port'])
        .where('branch_name', 'like', 'feature/%')
        .where('port', '>=', 3001)
        .orderBy('created_at', 'desc')
        .limit(1)
        .offset(offset)
        .execute();
    expect(await page(0)).toEqual([{ id: 'wt-2', branch_name: 'feature/logout', port: 3002 }]);
    expect(await page(1)).toEqual([{ id: 'wt-1', branch_name: 'feature/login', port: 3001 }]);
    expect(await page(2)).toEqual([]);
  });

  test('pages a history from where the last page ended, each execution once', async () => {
    const page = (before) => {
      let query = kysely
        .selectFrom('zone_executions')
        .select(['id', 'executed_at'])
        .where('zone_id', '=', 'zone-dev')
        .orderBy('executed_at', 'desc')
        .orderBy('id', 'desc')
        .limit(2);
      if (before !== undefined) {
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('executed_at', 'id'), '<', tuple(before.executed_at, before.id)),
        );
      }
      return query.execute();
    };
    const first = await page();
    const second = await page(first.at(-1));
    expect([first.length, second.length]).toEqual([2, 1]);
    expect(await page(second.at(-1))).toEqual([]);
    const paged = [...first, ...second].map(({ id }) => id);
    expect(paged.sort()).toEqual(
      visual
        .getExecutionHistory('zone-dev')
        .map(({ id }) => id)
        .sort(),
    );
  });

  test('joins executions with their worktrees and zones', async () => {
    const rows = await kysely
      .selectFrom('zone_executions as e')
      .innerJoin('worktrees as w', 'w.id', 'e.worktree_id')
      .innerJoin('zones as z', 'z.id', 'e.zone_id')
      .where('e.success', '=', 0)
      .select(['w.branch_name', 'z.name as zone', 'e.agent_type'])
      .orderBy('w.branch_name')
      .execute();
    expect(rows).toEqual([
      { branch_name: 'feature/login', zone: 'Development', agent_type: 'backend' },
      { branch_name: 'fix/typo', zone: 'Testing', agent_type: 'qa' },
    ]);
  });

  test('groups and counts', async () => {
    const rows = await kysely
      .selectFrom('zone_executions')
      .select(({ fn }) => ['zone_id', fn.countAll().as('runs'), fn.sum('success').as('successful')])
      .groupBy('zone_id')
      .having(({ fn }) => fn.countAll(), '>', 2)
      .execute();
    expect(rows).toEqual([{ zone_id: 'zone-dev', runs: 3, successful: 2 }]);
  });

  test('finds worktrees that stand in no zone', async () => {
    const rows = await kysely
      .selectFrom('worktrees as w')
      .leftJoin('worktree_zones as a', 'a.worktree_id', 'w.id')
      .where('a.zone_id', 'is', null)
      .select('w.id')
      .execute();
    expect(rows).toEqual([{ id: 'wt-3' }]);
  });

  test('inserts, updates and deletes, and the class sees it', async () => {
    const inserted = await kysely
      .insertInto('worktrees')
      .values({
        id: 'wt-4',
        path: '/trees/wt-4',
        port: 3004,
        branch_name: 'feature/new',
        created_at: '2026-01-09T00:00:00.000Z',
      })
      .executeTakeFirst();
    expect(inserted.numInsertedOrUpdatedRows).toBe(1n);
    expect(visual.getWorktree('wt-4')).toMatchObject({ branchName: 'feature/new', status: 'active' });

    const updated = await kysely
      .updateTable('worktrees')
      .set({ status: 'paused' })
      .where('port', '>', 3002)
      .executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(2n);
    expect(visual.listWorktrees({ status: 'paused' }).map(({ id }) => id)).toEqual(['wt-4', 'wt-3']);

    const deleted = await kysely.deleteFrom('worktrees').where('status', '=', 'paused').executeTakeFirst();
    expect(deleted.numDeletedRows).toBe(2n);
    expect(visual.getStats()).toMatchObject({ worktrees: 2, executions: 4 });
  });

  test('returns rows of what it wrote', async () => {
    const row = await kysely
      .updateTable('zones')
      .set(({ eb }) => ({ position_x: eb('position_x', '+', 10.5) }))
      .where('id', '=', 'zone-dev')
      .returning(['id', 'position_x'])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ id: 'zone-dev', position_x: 10.5 });
    expect(visual.getZone('zone-dev').position.x).toBe(10.5);
  });

  test('upserts', async () => {
    await kysely
      .insertInto('worktree_zones')
      .values({ worktree_id: 'wt-1', zone_id: 'zone-test', assigned_at: '2026-02-01T00:00:00.000Z' })
      .onConflict((conflict) => conflict.column('worktree_id').doUpdateSet({ zone_id: 'zone-test' }))
      .execute();
    expect(visual.getWorktreeZone('wt-1')).toBe('zone-test');
  });

  test('commits a transaction as one', async () => {
    await kysely.transaction().execute(async (trx) => {
      await trx.updateTable('worktrees').set({ status: 'paused' }).where('id', '=', 'wt-1').execute();
      expect(visual.db.inTransaction).toBe(true);
      await trx.deleteFrom('worktree_zones').where('worktree_id', '=', 'wt-1').execute();
    });
    expect(visual.db.inTransaction).toBe(false);
    expect(visual.getWorktree('wt-1').status).toBe('paused');
    expect(visual.getWorktreeZone('wt-1')).toBe(null);
  });

  test('rolls a failed transaction back', async () => {
    const failing = kysely.transaction().execute(async (trx) => {
      await trx.deleteFrom('zones').execute();
      throw new Error('second thoughts');
    });
    await expect(failing).rejects.toThrow('second thoughts');
    expect(visual.listZones()).toHaveLength(2);
  });

  test('runs savepoints of a controlled transaction, and calls of the class within them', async () => {
    const trx = await kysely.startTransaction().execute();
    visual.updateWorktree('wt-1', { status: 'one' });
    const inner = await trx.savepoint('inner').execute();
    visual.updateWorktree('wt-2', { status: 'two' });
    await inner.rollbackToSavepoint('inner').execute();
    await trx.commit().execute();
    expect([visual.getWorktree('wt-1').status, visual.getWorktree('wt-2').status]).toEqual(['one', 'active']);
  });

  test('streams', async () => {
    const ids = [];
    for await (const { id } of kysely.selectFrom('worktrees').select('id').orderBy('id').stream()) ids.push(id);
    expect(ids).toEqual(['wt-1', 'wt-2', 'wt-3']);
  });

  test('streams as far as the caller wants, and the connection is free again', async () => {
    for await (const row of kysely.selectFrom('worktrees').selectAll().stream()) {
      expect(row.id).toBeTruthy();
      break;
    }
    expect(visual.deleteWorktree('wt-1')).toBe(true);
  });

  test('passes errors on as they are', async () => {
    const duplicate = kysely
      .insertInto('worktrees')
      .values({ id: 'x', path: '/x', port: 3001, branch_name: 'x', created_at: 'x' });
    const error = await duplicate.execute().catch((caught) => caught);
    expect(error).toBeInstanceOf(SqliteError);
    expect(error).toMatchObject({
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      message: 'UNIQUE constraint failed: worktrees.port',
    });
  });

  test('reads JSON columns with SQLite’s own functions', async () => {
    const rows = await kysely
      .selectFrom('zones')
      .select(['id', sql`json_array_length(agents)`.as('agents')])
      .where(sql`EXISTS (SELECT 1 FROM json_each(agents) WHERE value = ${'qa'})`)
      .execute();
    expect(rows).toEqual([{ id: 'zone-test', agents: 1 }]);
  });

  test('knows the tables', async () => {
    const tables = await kysely.introspection.getTables();
    const worktrees = tables.find(({ name }) => name === 'worktrees');
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['worktree_zones', 'worktrees', 'zone_executions', 'zones']),
    );
    expect(worktrees.columns.map(({ name }) => name)).toContain('branch_name');
  });

  test('destroy() closes the connection', async () => {
    await kysely.selectFrom('worktrees').selectAll().execute();
    await kysely.destroy();
    expect(visual.db.open).toBe(false);
  });
});
