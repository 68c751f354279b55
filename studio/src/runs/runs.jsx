// The runs, found by filters or by their words.
import { Show, createEffect, createMemo, on } from 'solid-js';
import { board } from '../shared/boards.js';
import { follow } from '../shared/feed.js';
import { cost, duration, time } from '../shared/format.js';
import { createPages } from '../shared/pages.js';
import { asked, to } from '../shared/place.js';
import { Status } from '../shared/status.jsx';
import { Table } from '../shared/table.jsx';
import { Filters } from './filters.jsx';
import { Found } from './found.jsx';
import { filtersOf } from './hours.js';

const nameOf = (worktreeId) => board.worktree(worktreeId)?.branchName ?? worktreeId;
const zoneOf = (zoneId) => board.zone(zoneId)?.name ?? zoneId;

const COLUMNS = [
  { name: 'Run', width: 'minmax(9rem, 1fr)', cell: (run) => <a href={to('run', {}, run.id)}>{run.agentType}</a> },
  { name: 'Status', width: '7rem', cell: (run) => <Status status={run.status} /> },
  { name: 'Worktree', width: 'minmax(10rem, 2fr)', cell: (run) => nameOf(run.worktreeId) },
  { name: 'Zone', width: 'minmax(7rem, 1fr)', cell: (run) => zoneOf(run.zoneId) },
  { name: 'Created', width: '12rem', cell: (run) => time(run.createdAt) },
  { name: 'Took', width: '6rem', cell: (run) => duration(run.durationMs) },
  { name: 'Cost', width: '5rem', cell: (run) => cost(run.usage.costMicros) },
  { name: 'Attempt', width: '5rem', cell: (run) => `${run.attempt} / ${run.maxAttempts}` },
];

export function Runs(props) {
  const search = () => (props.info.views.search ? (asked().text ?? '') : '');
  const filter = createMemo(() => {
    const { text: _, ...rest } = asked();
    return rest;
  });
  return (
    <div class="view runs">
      <h2>Runs</h2>
      <Filters search={props.info.views.search} />
      <Show when={search() === ''} fallback={<Found text={search()} filter={filter} />}>
        <RunsTable filter={filter} />
      </Show>
    </div>
  );
}

function RunsTable(props) {
  const pages = createPages('runs', () => filtersOf(props.filter()));
  createEffect(on(props.filter, pages.reload));
  const isNewest = () => [undefined, 'newest'].includes(props.filter().orderBy);
  let timer = 0;
  follow({
    hear(changes) {
      const runs = changes.filter(({ entity }) => entity === 'run' || entity === 'execution');
      if (runs.length === 0) return;
      for (const { id, fields, op } of runs) if (op === 'update') pages.change((run) => run.id === id, merged(fields));
      // New runs come at the top, and somebody who has scrolled down doesn't want to be taken there.
      const isNews = runs.some(({ op }) => op === 'insert');
      if (isNews && isNewest() && pages.items().length <= 100 && timer === 0)
        timer = setTimeout(() => {
          timer = 0;
          void pages.reload();
        }, 500);
    },
  });
  return <Table label="Runs" columns={COLUMNS} pages={pages} empty="There are no such runs." />;
}

/** Merges what the feed says of a run into its row, which shows more. */
const merged = (fields) => (run) => ({
  ...run,
  ...(fields.status && { status: fields.status }),
  ...(fields.usage && { usage: { ...run.usage, ...fields.usage } }),
});
