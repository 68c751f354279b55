// The ledger: which worktree went from which zone to which, whoever moved it.
import { createEffect, createMemo, on } from 'solid-js';
import { follow } from '../shared/feed.js';
import { time, who } from '../shared/format.js';
import { createPages } from '../shared/pages.js';
import { asked, ask, to } from '../shared/place.js';
import { Table } from '../shared/table.jsx';

const COLUMNS = [
  { name: 'When', width: '12rem', cell: (move) => time(move.at) },
  {
    name: 'Worktree',
    width: 'minmax(10rem, 2fr)',
    cell: (move) => <a href={to('canvas', { worktree: move.worktreeId })}>{move.branchName}</a>,
  },
  { name: 'From', width: 'minmax(7rem, 1fr)', cell: (move) => move.fromName ?? '–' },
  { name: 'To', width: 'minmax(7rem, 1fr)', cell: (move) => move.toName ?? '–' },
  { name: 'By', width: 'minmax(5rem, 1fr)', cell: (move) => who(move.by) },
  { name: 'Reason', width: 'minmax(8rem, 2fr)', cell: (move) => move.reason ?? '' },
];

export function Moves() {
  const filter = createMemo(() => asked());
  const pages = createPages('moves', filter);
  createEffect(on(filter, pages.reload));
  let timer = 0;
  follow({
    hear(changes) {
      if (timer !== 0 || pages.items().length > 100 || !changes.some(({ entity }) => entity === 'assignment')) return;
      timer = setTimeout(() => {
        timer = 0;
        void pages.reload();
      }, 500);
    },
  });
  const set = (changes) => ask({ ...asked(), ...changes });
  return (
    <div class="view moves">
      <h2>Moves</h2>
      <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Worktree id
          <input
            value={asked().worktreeId ?? ''}
            onChange={(event) => set({ worktreeId: event.currentTarget.value })}
          />
        </label>
        <label>
          Zone id
          <input value={asked().zoneId ?? ''} onChange={(event) => set({ zoneId: event.currentTarget.value })} />
        </label>
      </form>
      <Table label="Moves" columns={COLUMNS} pages={pages} empty="There are no such moves." />
    </div>
  );
}
