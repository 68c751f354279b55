// The canvas: zones and worktrees at their positions, as they are or as they were.
import { For, Show, batch, createEffect, createMemo, createSignal, onCleanup, onMount } from 'solid-js';
import { board as now, ready } from '../shared/boards.js';
import { follow } from '../shared/feed.js';
import { asked, ask } from '../shared/place.js';
import { Card } from './card.jsx';
import { moveCard, step } from './drops.js';
import { Far } from './far.jsx';
import { gestures } from './gestures.js';
import { key } from './keys.js';
import { CARD, isInside, layout } from './layout.js';
import { Minimap } from './minimap.jsx';
import { Panel } from './panel.jsx';
import { Past } from './past.jsx';
import { SMALL, createView } from './view.js';
import { Zone } from './zone.jsx';

/** The least scale at which cards can be read. */
const READABLE = 0.4;

export function Canvas(props) {
  const view = createView();
  const [past, setPast] = createSignal(null);
  const [carried, setCarried] = createSignal(null);
  const [focused, setFocused] = createSignal(null);
  const [ticks, setTicks] = createSignal(0);
  const board = () => past() ?? now;
  const placed = createMemo(() => {
    board().shape();
    return layout(board());
  });
  const selected = createMemo(() => asked().worktree ?? null);
  const select = (id) => ask({ worktree: id });
  const mayMove = () => props.info.write && past() === null;
  follow({ hear: () => setTicks((count) => count + 1), begin: () => setTicks((count) => count + 1) });

  const isNear = createMemo(() => view.view().k >= READABLE);
  const readable = createMemo(() => (isNear() ? seen(placed(), view.seen()) : []), [], { equals: isSame });
  const counts = createMemo(() => {
    board().shape();
    const found = new Map();
    for (const zoneId of board().places.values()) found.set(zoneId, (found.get(zoneId) ?? 0) + 1);
    return found;
  });
  const current = createMemo(() => {
    const ids = readable();
    return [focused(), selected()].find((id) => ids.includes(id)) ?? ids[0];
  });
  const at = (id) => {
    const place = placed().cards.get(id);
    const held = carried();
    return held?.id === id && place ? { x: place.x + held.by.x, y: place.y + held.by.y } : place;
  };
  const zoneAt = (point) => [...placed().zones].findLast(([, rect]) => isInside(point, rect))?.[0] ?? null;
  const fit = () => view.fit(placed().bounds);
  /** The first view shows everything, but on a small screen cards stay readable. */
  const begin = () => view.fit(placed().bounds, view.size().width < SMALL ? READABLE : undefined);
  const show = (id) => {
    const place = placed().cards.get(id);
    if (place) view.show({ x: place.x + CARD.width / 2, y: place.y + CARD.height / 2 });
  };

  const on = gestures({
    view,
    grab: mayMove,
    select: (id) => {
      setFocused(id);
      select(id);
    },
    drag: (id, by, point) => setCarried({ id, by, over: zoneAt(point) }),
    async drop(id, isMeant) {
      const { by, over } = carried() ?? {};
      const place = placed().cards.get(id);
      if (isMeant && by && place) {
        const position = { x: Math.round(place.x + by.x), y: Math.round(place.y + by.y) };
        await moveCard(now, id, over, position);
      }
      setCarried(null);
    },
  });

  let stage;
  onMount(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      view.setSize({ width: contentRect.width, height: contentRect.height });
      placeView();
    });
    observer.observe(stage);
    stage.addEventListener('wheel', on.wheel, { passive: false });
    onCleanup(() => observer.disconnect());
  });
  const placeView = () => view.begin(() => (selected() && placed().cards.has(selected()) ? show(selected()) : begin()));
  createEffect((before) => {
    if (ready() && before !== true) placeView();
    return ready();
  }, false);

  const onKey = (event) =>
    key(event, {
      view,
      fit,
      cards: new Map(readable().map((id) => [id, placed().cards.get(id)])),
      current,
      select,
      go(id) {
        batch(() => setFocused(id));
        stage.querySelector(`.card[tabindex="0"]`)?.focus({ preventScroll: true });
        if (!isSeenWhole(id)) view.centre(placed().cards.get(id));
      },
      undo: () => props.info.write && void step('undo'),
      redo: () => props.info.write && void step('redo'),
    });
  function isSeenWhole(id) {
    const { x, y } = placed().cards.get(id);
    return isInside({ x, y }, view.seen()) && isInside({ x: x + CARD.width, y: y + CARD.height }, view.seen());
  }

  return (
    <div class="canvas" classList={{ past: past() !== null }}>
      <div
        class="stage"
        ref={stage}
        role="group"
        aria-label="Canvas. Arrows move it, + and - zoom, 0 shows all."
        tabindex="0"
        onPointerDown={on.down}
        onPointerMove={on.move}
        onPointerUp={on.up}
        onPointerCancel={on.up}
        onKeyDown={onKey}
        onClick={(event) => event.detail === 0 && select(event.target.closest('.card')?.dataset.id ?? selected())}
      >
        <Show when={!isNear()}>
          <Far view={view} board={board} placed={placed} ticks={ticks} />
        </Show>
        <div
          class="world"
          classList={{ distant: !isNear() }}
          style={{
            transform: `scale(${view.view().k}) translate(${-view.view().x}px, ${-view.view().y}px)`,
            '--k': Math.min(1, view.view().k),
          }}
        >
          <For each={[...placed().zones.keys()]}>
            {(id) => <Zone id={id} board={board} placed={placed} counts={counts} over={() => carried()?.over} />}
          </For>
          <For each={readable()}>
            {(id) => (
              <Card id={id} board={board} at={at} selected={selected} current={current} dragged={() => carried()?.id} />
            )}
          </For>
        </div>
        <Show when={ready() && board().worktrees.size === 0 && board().zones.size === 0}>
          <p class="empty">There is nothing on this canvas yet.</p>
        </Show>
      </div>
      <div class="tools" role="toolbar" aria-label="Canvas">
        <button type="button" onClick={() => view.zoom(0.8)} aria-label="Farther" title="Farther (-)">
          −
        </button>
        <button type="button" onClick={() => view.zoom(1.25)} aria-label="Nearer" title="Nearer (+)">
          +
        </button>
        <button type="button" onClick={fit} title="Show all (0)">
          All
        </button>
        <Show when={props.info.write}>
          <button type="button" onClick={() => step('undo')} title="Undo (Ctrl+Z)">
            Undo
          </button>
          <button type="button" onClick={() => step('redo')} title="Redo (Ctrl+Shift+Z)">
            Redo
          </button>
        </Show>
      </div>
      <Minimap view={view} board={board} placed={placed} ticks={ticks} />
      <Panel board={board} selected={selected} select={select} show={show} mayMove={mayMove} />
      <Past past={past} setPast={setPast} />
    </div>
  );
}

/** The cards in a part of the canvas, and a little beyond on each side, so that none appears late. */
function seen({ cards }, { x, y, width, height }) {
  const [left, top, right, bottom] = [
    x - 2 * CARD.width,
    y - 2 * CARD.height,
    x + width + CARD.width,
    y + height + CARD.height,
  ];
  const ids = [];
  for (const [id, at] of cards) if (at.x > left && at.y > top && at.x < right && at.y < bottom) ids.push(id);
  return ids;
}

const isSame = (one, other) => one.length === other.length && one.every((id, index) => id === other[index]);
