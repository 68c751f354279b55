import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { furnish, worktree, zone } from './support/samples.mjs';
import { inFiles, open, temporaryFile } from './support/temporary.mjs';

/** A logger that keeps what it is told. */
function recorder() {
  const lines = [];
  const keep = (level) => (message, fields) =>
    lines.push(fields === undefined ? [level, message] : [level, message, fields]);
  return { lines, info: keep('info'), error: keep('error') };
}

/** A furnished database and the lines logged since. */
function logged() {
  const logger = recorder();
  const db = furnish(open({ logger }));
  logger.lines.length = 0;
  return { db, lines: logger.lines };
}

describe('logger: messages, word for word', () => {
  it.runIf(inFiles)('[VisualDB] Database initialized { path }', () => {
    const [logger, dbPath] = [recorder(), temporaryFile()];
    open({ dbPath, logger });
    expect(logger.lines).toEqual([['info', '[VisualDB] Database initialized', { path: dbPath }]]);
  });

  it('[VisualDB] Worktree created { id }', () => {
    const { db, lines } = logged();
    db.createWorktree(worktree(9));
    expect(lines).toEqual([['info', '[VisualDB] Worktree created', { id: 'wt-9' }]]);
  });

  it('[VisualDB] Failed to create worktree { error, worktree }', () => {
    const { db, lines } = logged();
    const taken = worktree(9, { port: 3001 });
    thrown(() => db.createWorktree(taken));
    const error = 'UNIQUE constraint failed: worktrees.port';
    expect(lines).toEqual([['error', '[VisualDB] Failed to create worktree', { error, worktree: taken }]]);
  });

  it("[VisualDB] Failed to create worktree: also for the caller's own mistakes", () => {
    const { db, lines } = logged();
    const { message } = thrown(() => db.createWorktree({ id: 7 }));
    expect(lines).toEqual([['error', '[VisualDB] Failed to create worktree', { error: message, worktree: { id: 7 } }]]);
  });

  it('[VisualDB] Worktree deleted { id }', () => {
    const { db, lines } = logged();
    db.deleteWorktree('wt-1');
    expect(lines).toEqual([['info', '[VisualDB] Worktree deleted', { id: 'wt-1' }]]);
  });

  it('[VisualDB] Failed to delete worktree { error, id }', () => {
    const { db, lines } = logged();
    thrown(() => db.deleteWorktree('nowhere'));
    const fields = { error: 'Worktree not found: nowhere', id: 'nowhere' };
    expect(lines).toEqual([['error', '[VisualDB] Failed to delete worktree', fields]]);
  });

  it('[VisualDB] Zone deleted { id }', () => {
    const { db, lines } = logged();
    db.deleteZone('zone-1');
    expect(lines).toEqual([['info', '[VisualDB] Zone deleted', { id: 'zone-1' }]]);
  });

  it('[VisualDB] Failed to delete zone { error, id }', () => {
    const { db, lines } = logged();
    thrown(() => db.deleteZone('nowhere'));
    const fields = { error: 'Zone not found: nowhere', id: 'nowhere' };
    expect(lines).toEqual([['error', '[VisualDB] Failed to delete zone', fields]]);
  });

  it('[VisualDB] Transaction failed { error }', () => {
    const { db, lines } = logged();
    thrown(() =>
      db.transaction(() => {
        throw new Error('changed my mind');
      }),
    );
    expect(lines).toEqual([['error', '[VisualDB] Transaction failed', { error: 'changed my mind' }]]);
  });

  it('[VisualDB] Transaction failed: a thrown value that is no error is logged as its text', () => {
    const { db, lines } = logged();
    thrown(() =>
      db.transaction(() => {
        throw 5;
      }),
    );
    expect(lines).toEqual([['error', '[VisualDB] Transaction failed', { error: '5' }]]);
  });

  it('[VisualDB] Database connection closed, once', () => {
    const { db, lines } = logged();
    db.close();
    db.close();
    expect(lines.map(([level, message]) => [level, message])).toEqual([
      ['info', '[VisualDB] Database connection closed'],
    ]);
  });

  it('nothing else is logged', () => {
    const { db, lines } = logged();
    db.createZone(zone(9));
    db.updateWorktree('wt-1', { status: 'done' });
    db.updateZone('zone-1', { name: 'Renamed' });
    db.assignWorktreeToZone('wt-2', 'zone-2');
    db.removeWorktreeFromZone('wt-2');
    db.transaction(() => db.getStats());
    db.listWorktrees();
    expect(lines).toEqual([]);
  });
});

const shout = () => {
  throw new Error('the disk of the log is full');
};

describe('logger: the object', () => {
  it('is any object: its methods are called on it', () => {
    class Counter {
      #count = 0;
      info() {
        this.#count += 1;
      }
      error() {
        this.#count += 1;
      }
      get count() {
        return this.#count;
      }
    }
    const logger = new Counter();
    open({ logger }).createWorktree(worktree());
    expect(logger.count).toBe(2);
  });

  it('that throws changes nothing', () => {
    const db = open({ logger: { info: shout, error: shout } });
    expect(db.createWorktree(worktree()).id).toBe('wt-1');
    const before = rows(db);
    expect(thrown(() => db.createWorktree(worktree())).code).toBe('SQLITE_CONSTRAINT_UNIQUE');
    expect(thrown(() => db.deleteZone('z')).message).toBe('Zone not found: z');
    expect(
      thrown(() =>
        db.transaction(() => {
          throw 5;
        }),
      ),
    ).toBe(5);
    expect(rows(db)).toEqual(before);
    expect(db.deleteWorktree('wt-1')).toBe(true);
    expect(db.close()).toBeUndefined();
  });
});
