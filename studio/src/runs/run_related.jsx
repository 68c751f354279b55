// The runs related to one: its parent, the run that it retries, and its parts.
import { For, Show } from 'solid-js';
import { time } from '../shared/format.js';
import { to } from '../shared/place.js';
import { Status } from '../shared/status.jsx';

export function Related(props) {
  const line = (run) => (
    <li>
      <a href={to('run', {}, run.id)}>{run.agentType}</a> <Status status={run.status} />
      <span class="hint"> {time(run.createdAt)}</span>
    </li>
  );
  const groups = () =>
    [
      ['Part of', [props.of.parent].filter(Boolean)],
      ['Once more of', [props.of.before].filter(Boolean)],
      ['Its parts', props.of.children],
    ].filter(([, runs]) => runs.length > 0);
  return (
    <>
      <For each={groups()}>
        {([name, runs]) => (
          <>
            <h3>{name}</h3>
            <ul class="plain">
              <For each={runs}>{line}</For>
            </ul>
          </>
        )}
      </For>
      <Show when={props.of.more}>
        <a href={to('runs', { parentRunId: props.of.run.id })}>All its parts</a>
      </Show>
    </>
  );
}
