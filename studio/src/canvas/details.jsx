// The selected worktree: its fields, its runs, and a way to move it.
import { For, Show, createResource, createSignal } from 'solid-js';
import { get } from '../shared/api.js';
import { cost, json, time } from '../shared/format.js';
import { trying } from '../shared/notices.jsx';
import { to } from '../shared/place.js';
import { Status } from '../shared/status.jsx';
import { moveCard } from './drops.js';

const RUNS = 8;

export function Details(props) {
  const zoneId = () => {
    props.board().shape();
    return props.board().places.get(props.worktree.id) ?? null;
  };
  const latest = () => `${props.worktree.id} ${props.worktree.latestRun?.id} ${props.worktree.latestRun?.status}`;
  const [runs] = createResource(latest, () =>
    trying(() => get('runs', { worktreeId: props.worktree.id, limit: RUNS })),
  );
  const facts = () => [
    ['Zone', props.board().zone(zoneId())?.name ?? 'in no zone'],
    ['Status', props.worktree.status],
    ['Port', props.worktree.port],
    ['Path', props.worktree.path],
    ['Id', props.worktree.id],
    ['Task', props.worktree.taskId],
    ['Issue', props.worktree.issueUrl],
    ['Cost', cost(props.worktree.costMicros)],
    ['Created', time(props.worktree.createdAt)],
    ['Updated', time(props.worktree.updatedAt)],
  ];
  const metadata = () => props.worktree.metadata ?? {};
  return (
    <div class="details">
      <div class="head">
        <h2>{props.worktree.branchName}</h2>
        <button type="button" onClick={() => props.select(null)} aria-label="Close the worktree">
          ×
        </button>
      </div>
      <dl class="facts">
        <For each={facts().filter(([, value]) => value !== null && value !== undefined)}>
          {([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          )}
        </For>
      </dl>
      <p class="actions">
        <button type="button" onClick={() => props.show(props.worktree.id)}>
          Show it
        </button>
        <a class="button" href={to('moves', { worktreeId: props.worktree.id })}>
          Its moves
        </a>
      </p>
      <Show when={props.mayMove()}>
        <MoveTo {...props} zoneId={zoneId()} />
      </Show>
      <h3>Runs</h3>
      <Show when={runs()?.items.length > 0} fallback={<p class="hint">It has none.</p>}>
        <ul class="plain">
          <For each={runs()?.items}>
            {(run) => (
              <li>
                <a href={to('run', {}, run.id)}>{run.agentType}</a> <Status status={run.status} />
                <span class="hint"> {time(run.createdAt)}</span>
              </li>
            )}
          </For>
        </ul>
        <a href={to('runs', { worktreeId: props.worktree.id })}>All its runs</a>
      </Show>
      <Show when={Object.keys(metadata()).length > 0}>
        <h3>Metadata</h3>
        <pre tabindex="0">{json(metadata())}</pre>
      </Show>
    </div>
  );
}

/** Moves the worktree without dragging. */
function MoveTo(props) {
  const [chosen, setChosen] = createSignal('');
  const zones = () => {
    props.board().shape();
    return [...props.board().zones.values()].filter(({ id }) => id !== props.zoneId);
  };
  const move = async (event) => {
    event.preventDefault();
    const target = chosen() === '' ? null : chosen();
    if (target !== props.zoneId) await moveCard(props.board(), props.worktree.id, target);
  };
  return (
    <form class="move" onSubmit={move}>
      <label>
        Move it to
        <select value={chosen()} onChange={(event) => setChosen(event.currentTarget.value)}>
          <option value="">no zone</option>
          <For each={zones()}>{({ id, name }) => <option value={id}>{name}</option>}</For>
        </select>
      </label>
      <button type="submit">Move</button>
    </form>
  );
}
