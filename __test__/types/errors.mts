// What programs can test about an error.
import type { VisualDatabaseError } from '@ai-orchestra/visual-db';
import { SqliteError } from '@ai-orchestra/visual-db';
import { type Same, exactly } from './exact.mjs';

exactly<
  Same<
    Omit<VisualDatabaseError, keyof Error>,
    {
      code?: string;
      method?: string;
      field?: string;
      value?: unknown;
      missing?: ('zoneId' | 'worktreeId')[];
      hint?: string;
      index?: number;
      current?: unknown;
    }
  >
>();

const refused: VisualDatabaseError = new SqliteError('UNIQUE constraint failed: worktrees.port', 'SQLITE_CONSTRAINT');
exactly<Same<SqliteError['code'], string>>();
exactly<Same<SqliteError['name'], 'SqliteError'>>();
exactly<Same<SqliteError['field'], string | undefined>>();
refused.missing?.includes('zoneId');
// @ts-expect-error an id that no call links
refused.missing?.includes('agentId');
