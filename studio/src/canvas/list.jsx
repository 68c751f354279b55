// All worktrees of the canvas as a list, to find one by typing, and to reach it without a mouse.
import { For, createMemo, createSignal } from 'solid-js';
import { createVirtualizer } from '@tanstack/solid-virtual';
import { number } from '../shared/format.js';

export function List(props) {
  const [text, setText] = createSignal('');
  const found = createMemo(() => {
    props.board().shape();
    const wanted = text().trim().toLowerCase();
    const all = [...props.board().worktrees.values()].filter(
      ({ id, branchName, port }) => wanted === '' || `${branchName} ${id} ${port}`.toLowerCase().includes(wanted),
    );
    return all.sort((one, other) => one.branchName.localeCompare(other.branchName));
  });
  const all = () => {
    props.board().shape();
    return props.board().worktrees.size;
  };
  let scroller;
  const virtual = createVirtualizer({
    get count() {
      return found().length;
    },
    getScrollElement: () => scroller,
    estimateSize: () => 34,
    overscan: 8,
  });
  const go = (id) => {
    props.show(id);
    props.select(id);
  };
  return (
    <div class="list">
      <div class="head">
        <h2>Worktrees</h2>
        <button type="button" onClick={() => props.close()} aria-label="Close the list">
          ×
        </button>
      </div>
      <input
        type="search"
        placeholder="Branch, id or port"
        aria-label="Find a worktree"
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && found()[0] && go(found()[0].id)}
      />
      <p class="hint" role="status">
        {number(found().length)} of {number(all())}
      </p>
      <div class="scroller" ref={scroller} tabindex="0" role="region" aria-label="List of worktrees">
        <ul style={{ height: `${virtual.getTotalSize()}px` }}>
          <For each={virtual.getVirtualItems()}>
            {(item) => (
              <li style={{ transform: `translateY(${item.start}px)` }}>
                <button type="button" onClick={() => go(found()[item.index].id)}>
                  <span class="branch">{found()[item.index]?.branchName}</span>
                  <span class="port">:{found()[item.index]?.port}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </div>
    </div>
  );
}
