// The panel beside the canvas: the selected worktree, or all of them as a list.
import { Show, createSignal } from 'solid-js';
import { Details } from './details.jsx';
import { List } from './list.jsx';

export function Panel(props) {
  const [open, setOpen] = createSignal(matchMedia('(min-width: 900px)').matches);
  const worktree = () => (props.selected() === null ? undefined : props.board().worktree(props.selected()));
  const isShown = () => open() || props.selected() !== null;
  const close = () => {
    props.select(null);
    setOpen(false);
  };
  return (
    <Show
      when={isShown()}
      fallback={
        <button type="button" class="open-panel" onClick={() => setOpen(true)}>
          Worktrees
        </button>
      }
    >
      <aside class="panel" aria-label="Worktrees">
        <Show when={props.selected() !== null} fallback={<List {...props} close={close} />}>
          <Show
            when={worktree()}
            fallback={
              <div class="details">
                <p>This worktree is not on the canvas.</p>
                <button type="button" onClick={() => props.select(null)}>
                  All worktrees
                </button>
              </div>
            }
          >
            <Details {...props} worktree={worktree()} />
          </Show>
        </Show>
      </aside>
    </Show>
  );
}
