// `ours.mjs FILE`: the month by `getTrend`.
import { VisualDatabase } from '../../lib/index.mjs';
import { measure, MONTH } from './measure.mjs';

const db = new VisualDatabase({ dbPath: process.argv[2] });
const month = (filter) => () => db.getTrend({ ...MONTH, bucket: 'day', ...filter });
const timeZone = 'Europe/Berlin';

measure({
  all: month({}),
  'all, Berlin': month({ timeZone }),
  'a zone': month({ zoneId: 'zone-3' }),
  'a zone, Berlin': month({ zoneId: 'zone-3', timeZone }),
  'by zone': month({ by: 'zone' }),
  'by zone, Berlin': month({ by: 'zone', timeZone }),
  'by model': month({ by: 'model' }),
  'by worktree': month({ by: 'worktree' }),
  'by hour': month({ bucket: 'hour' }),
  'a zone and an agent, one by one': month({ zoneId: 'zone-3', agentType: 'agent-1' }),
});
