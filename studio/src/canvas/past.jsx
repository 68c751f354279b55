// Time travel: the board as it was, by a slider over the time that the log reaches back, and played as a film.
import { For, Show, createResource, createSignal, onCleanup } from 'solid-js';
import { get } from '../shared/api.js';
import { Board } from '../shared/board.js';
import { time } from '../shared/format.js';
import { notice, trying } from '../shared/notices.jsx';

/** How long playing everything takes, and how long each picture is shown, in milliseconds. */
const PLAYED_MS = 20_000;
const PICTURE_MS = 120;

export function Past(props) {
  const [history, { refetch }] = createResource(() => trying(() => get('history')));
  const [moves] = createResource(() => trying(() => get('moves', { limit: 500 })));
  const [at, setAt] = createSignal(null);
  const [playing, setPlaying] = createSignal(false);
  const from = () => Date.parse(history()?.from ?? '');
  const to = () => Date.parse(history()?.to ?? '');
  const isLive = () => at() === null;
  let reading = false;
  let wanted = null;

  /** Reads one board at a time; of those that are asked for meanwhile, only the last one is read. */
  async function show(time) {
    wanted = time;
    if (reading) return;
    reading = true;
    try {
      while (wanted !== null) {
        const next = wanted;
        wanted = null;
        const board = new Board().read(await get('board', { at: new Date(next).toISOString() }));
        if (!isLive()) props.setPast(board);
      }
    } catch (error) {
      live();
      notice(error.message, 'refused');
    } finally {
      reading = false;
    }
  }

  function go(time) {
    setAt(time);
    return show(time);
  }

  function live() {
    setPlaying(false);
    setAt(null);
    wanted = null;
    props.setPast(null);
  }

  let timer = 0;
  onCleanup(() => clearTimeout(timer));
  async function play() {
    if (playing()) return setPlaying(false);
    await refetch();
    setPlaying(true);
    const step = (to() - from()) / (PLAYED_MS / PICTURE_MS);
    if (isLive() || at() >= to()) setAt(from());
    const next = async () => {
      if (!playing()) return;
      await go(Math.min(at() + step, to()));
      if (at() >= to()) live();
      else timer = setTimeout(next, PICTURE_MS);
    };
    await next();
  }

  const marks = () =>
    (moves()?.items ?? [])
      .map(({ at }) => ((Date.parse(at) - from()) / (to() - from())) * 100)
      .filter((percent) => percent >= 0 && percent <= 100);

  return (
    <Show when={history()?.from && to() > from()}>
      <section class="time" aria-label="Time travel">
        <button type="button" onClick={play} aria-pressed={playing()}>
          {playing() ? 'Pause' : 'Play'}
        </button>
        <div class="track">
          <div class="marks" aria-hidden="true">
            <For each={marks()}>{(percent) => <i style={{ left: `${percent}%` }} />}</For>
          </div>
          <input
            type="range"
            aria-label="Time"
            aria-valuetext={isLive() ? 'now' : time(new Date(at()).toISOString())}
            min={from()}
            max={to()}
            step={Math.max(1, Math.round((to() - from()) / 1000))}
            value={at() ?? to()}
            onPointerDown={() => isLive() && refetch()}
            onInput={(event) => {
              setPlaying(false);
              void go(Number(event.currentTarget.value));
            }}
          />
        </div>
        <output>{isLive() ? 'Now' : time(new Date(at()).toISOString())}</output>
        <button type="button" onClick={live} disabled={isLive()}>
          Live
        </button>
      </section>
    </Show>
  );
}
