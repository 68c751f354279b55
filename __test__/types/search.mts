// Types of the search, and of the views for SQL.
import { VisualDatabase, type Schema } from '@ai-orchestra/visual-db';

const db = new VisualDatabase();
const searched = db.searchRuns('cart', {
  mode: 'substring',
  in: ['prompt', 'result'],
  zoneId: 'z',
  syntax: false,
  limit: 5,
  after: null,
});
const [hit] = searched.items;
const said: string | undefined = hit?.snippet.slice(...(hit.ranges[0] ?? [0, 0]));
const ran: string | undefined = hit?.run.id;
void [said, ran, hit?.score];
// @ts-expect-error: output isn't searched
db.searchRuns('cart', { in: 'output' });
// @ts-expect-error: a text is wanted
db.searchRuns();
const indexed: { modes: ('words' | 'substring')[]; indexed: number } = db.enableSearch({
  mode: 'words',
  progress: ({ total }) => total,
});
const was: boolean = db.disableSearch();
void [indexed, was];

const status: Schema['v_runs']['status'] = 'running';
const daily: Pick<Schema['v_daily'], 'day' | 'runs'> = { day: '2026-11-27', runs: 1 };
const openRuns: Schema['v_board']['open_runs'] = 2;
// @ts-expect-error: a view has no such column
export type None = Schema['v_board']['runs'];
void [status, daily, openRuns];
