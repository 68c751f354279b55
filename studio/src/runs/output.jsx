// A run's output, followed as it comes. It is shown as plain text, without the control sequences of terminals.
import { For, Show, createEffect, createSignal, on } from 'solid-js';
import { get } from '../shared/api.js';
import { follow } from '../shared/feed.js';
import { notice } from '../shared/notices.jsx';

const PAGE = 500;
/** The most pieces that are shown, since a browser can't show more well; the oldest go. */
const MOST = 4000;

// oxlint-disable-next-line no-control-regex -- control characters are what is meant
const CONTROLS = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007]*\u0007|[\u0000-\u0008\u000b-\u001f\u007f]/g;

export function Output(props) {
  const [chunks, setChunks] = createSignal([]);
  const [truncated, setTruncated] = createSignal(false);
  const [left, setLeft] = createSignal(0);
  let next = 0;
  let reading = false;
  let again = false;
  let box;

  async function read() {
    if (reading) return (again = true);
    reading = true;
    const id = props.id;
    try {
      do {
        again = false;
        const page = await get('output', { id, after: next, limit: PAGE });
        if (id !== props.id) break;
        again ||= page.items.length === PAGE;
        next = page.next;
        setTruncated(page.truncated);
        append(page.items);
      } while (again);
    } catch (error) {
      notice(error.message, 'refused');
    } finally {
      reading = false;
      if (id !== props.id) void begin();
    }
    return undefined;
  }

  function append(items) {
    if (items.length === 0) return;
    const isAtEnd = box === undefined || box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    setChunks((before) => {
      const all = [...before, ...items];
      if (all.length > MOST) setLeft((count) => count + all.length - MOST);
      return all.slice(-MOST);
    });
    if (isAtEnd) requestAnimationFrame(() => box?.scrollTo(0, box.scrollHeight));
  }

  function begin() {
    next = 0;
    setChunks([]);
    setLeft(0);
    return read();
  }

  createEffect(on(() => props.id, begin));
  follow({
    hear(changes) {
      if (changes.some(({ entity, id }) => id === props.id && (entity === 'output' || entity === 'run'))) void read();
    },
  });
  return (
    <>
      <Show when={truncated()}>
        <p class="hint">Some of the middle was dropped, since it was too much.</p>
      </Show>
      <Show when={left() > 0}>
        <p class="hint">{left().toLocaleString('en')} earlier pieces are not shown here.</p>
      </Show>
      <Show when={chunks().length > 0} fallback={<p class="hint">None.</p>}>
        <pre class="output" ref={box} tabindex="0" role="log" aria-label="Output" aria-live="off">
          <For each={chunks()}>
            {({ stream, text }) => <span data-stream={stream}>{text.replaceAll(CONTROLS, '')}</span>}
          </For>
        </pre>
      </Show>
    </>
  );
}
