// `ours.mjs FILE`: pages by `listRuns`.
import { VisualDatabase } from '../../lib/index.mjs';
import { measure } from './measure.mjs';

const db = new VisualDatabase(process.argv[2]);
const list = (filter) => (after) => db.listRuns({ ...filter, after });

measure({
  newest: list({}),
  'newest, in full': list({ fields: 'full' }),
  oldest: list({ orderBy: 'oldest' }),
  'of a zone': list({ zoneId: 'zone-3' }),
  'of a worktree': list({ worktreeId: 'wt-3' }),
  'of an agent': list({ agentType: 'agent-1' }),
  failed: list({ status: 'failed' }),
});
