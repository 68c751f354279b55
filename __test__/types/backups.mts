// Backups: what the methods take and give.
import type { Backup, BackupProblem, BackupStep, Restored, VisualDatabaseOptions } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const options: VisualDatabaseOptions = { backups: { folder: 'b', every: '1h', keep: { hourly: 24, monthly: 12 } } };
void new VisualDatabase({ backups: { every: 60_000 } });
void new VisualDatabase({ backups: false });
// @ts-expect-error backups is an object.
void new VisualDatabase({ backups: '1h' });
// @ts-expect-error There is no such period.
void new VisualDatabase({ backups: { keep: { yearly: 1 } } });

const db = new VisualDatabase(options);
const promised = db.backup();
exactly<Same<typeof promised, Promise<Backup>>>();
const made = db.backupSync('copy.db', { progress: (step: BackupStep) => void step.remainingPages.toFixed() });
exactly<Same<typeof made, Backup>>();
// @ts-expect-error A path is text.
db.backupSync(5);

const verified = VisualDatabase.verifyBackup(made.path);
exactly<Same<typeof verified, Backup>>();
const listed = VisualDatabase.listBackups('backups');
exactly<Same<typeof listed, (Backup | BackupProblem)[]>>();
for (const entry of listed) if ('problem' in entry) entry.problem.trim();
const pruned = VisualDatabase.pruneBackups('backups', { dbPath: 'x.db', keep: { daily: 7 }, dryRun: true });
exactly<Same<typeof pruned, { kept: string[]; removed: string[] }>>();
const restored = VisualDatabase.restore(made.path, { dbPath: 'x.db' });
exactly<Same<typeof restored, Restored>>();
// @ts-expect-error The backup is not optional.
VisualDatabase.restore();
