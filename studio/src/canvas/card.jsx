// A worktree on the canvas.
import { Show } from 'solid-js';
import { cost } from '../shared/format.js';
import { statusName } from '../shared/status.jsx';
import { CARD } from './layout.js';

export function Card(props) {
  const worktree = () => props.board().worktree(props.id);
  const at = () => props.at(props.id) ?? { x: 0, y: 0 };
  return (
    <Show when={worktree()}>
      <button
        type="button"
        class="card"
        classList={{ selected: props.selected() === props.id, dragged: props.dragged() === props.id }}
        data-id={props.id}
        data-run={worktree().latestRun?.status}
        tabindex={props.current() === props.id ? 0 : -1}
        aria-pressed={props.selected() === props.id}
        style={{
          transform: `translate(${at().x}px, ${at().y}px)`,
          width: `${CARD.width}px`,
          height: `${CARD.height}px`,
        }}
      >
        <span class="branch">{worktree().branchName}</span>
        <span class="line">
          <span class="port">:{worktree().port}</span>
          <span class="word">{worktree().status}</span>
        </span>
        <span class="line">
          <Show
            when={worktree().latestRun}
            fallback={<span class="word">{worktree().openRuns === null ? '' : 'no runs'}</span>}
          >
            <span class="status" data-status={worktree().latestRun.status}>
              {statusName(worktree().latestRun.status)}
            </span>
          </Show>
          <Show when={worktree().openRuns > 0}>
            <span class="open">{worktree().openRuns} open</span>
          </Show>
          <Show when={worktree().costMicros !== null && worktree().costMicros !== undefined}>
            <span class="cost">{cost(worktree().costMicros)}</span>
          </Show>
        </span>
      </button>
    </Show>
  );
}
