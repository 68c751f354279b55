// A table of any length, of which only the visible rows exist. Screen readers see a whole table, too.
import { For, Show, createEffect } from 'solid-js';
import { createVirtualizer } from '@tanstack/solid-virtual';

const ROW = 40;

/** `columns` are `{ name, width, cell(item) }`; `pages` as createPages makes them. */
export function Table(props) {
  let scroller;
  const virtual = createVirtualizer({
    get count() {
      return props.pages.items().length;
    },
    getScrollElement: () => scroller,
    estimateSize: () => ROW,
    overscan: 10,
  });
  createEffect(() => {
    const last = virtual.getVirtualItems().at(-1);
    if (last && last.index >= props.pages.items().length - 20) props.pages.more();
  });
  const template = () => props.columns.map(({ width }) => width).join(' ');
  /** The arrows up and down go from row to row. */
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest('[aria-rowindex]');
    if (step === undefined || row === null || event.target === scroller) return;
    const index = Number(row.getAttribute('aria-rowindex')) - 2 + step;
    if (index < 0 || index >= props.pages.items().length) return;
    event.preventDefault();
    virtual.scrollToIndex(index);
    requestAnimationFrame(() => scroller.querySelector(`[aria-rowindex="${index + 2}"] a`)?.focus());
  };
  return (
    <div class="table-frame">
      <div
        class="table"
        role="table"
        aria-label={props.label}
        aria-rowcount={props.pages.done() ? props.pages.items().length + 1 : -1}
        aria-busy={props.pages.loading()}
        ref={scroller}
        tabindex="0"
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" class="table-head">
          <div role="row" aria-rowindex="1" style={{ 'grid-template-columns': template() }}>
            <For each={props.columns}>{({ name }) => <span role="columnheader">{name}</span>}</For>
          </div>
        </div>
        <div role="rowgroup" class="table-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          <For each={virtual.getVirtualItems()}>
            {(place) => (
              <Show when={props.pages.items()[place.index]} keyed>
                {(item) => (
                  <div
                    role="row"
                    aria-rowindex={place.index + 2}
                    style={{ transform: `translateY(${place.start}px)`, 'grid-template-columns': template() }}
                  >
                    <For each={props.columns}>{({ cell }) => <span role="cell">{cell(item)}</span>}</For>
                  </div>
                )}
              </Show>
            )}
          </For>
        </div>
      </div>
      <p class="hint" role="status">
        <Show when={!props.pages.loading()} fallback="Reading …">
          {props.pages.items().length === 0
            ? props.empty
            : `${props.pages.items().length.toLocaleString('en')}${props.pages.done() ? '' : ' read so far'}`}
        </Show>
      </p>
    </div>
  );
}
