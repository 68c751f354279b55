// The shell of the page: the current view, the links to the others, and whether the board is live.
import { For, Match, Show, Switch, createEffect, createResource } from 'solid-js';
import { Canvas } from './canvas/canvas.jsx';
import { Health } from './health/health.jsx';
import { Moves } from './moves/moves.jsx';
import { Run } from './runs/run.jsx';
import { Runs } from './runs/runs.jsx';
import { get } from './shared/api.js';
import { startBoard } from './shared/boards.js';
import { live } from './shared/feed.js';
import { Notices } from './shared/notices.jsx';
import { place } from './shared/place.js';
import { ThemeChoice } from './shared/theme.jsx';
import { Sql } from './sql/sql.jsx';
import { Trends } from './trends/trends.jsx';

const VIEWS = [
  ['canvas', 'Canvas', () => true],
  ['runs', 'Runs', () => true],
  ['trends', 'Trends', () => true],
  ['moves', 'Moves', () => true],
  ['health', 'Health', () => true],
  ['sql', 'SQL', ({ views }) => views.sql],
];

const isThere = (info, name) => VIEWS.some(([view, , is]) => view === name && is(info));

export function App() {
  // At once, since reading the board takes longest.
  startBoard();
  const [info] = createResource(() => get('info'));
  return (
    <>
      <Show when={info.error}>
        <p class="fatal" role="alert">
          {info.error.message}
        </p>
      </Show>
      <Show when={!info.error && info()}>
        <Shell info={info()} />
      </Show>
      <Notices />
    </>
  );
}

function Shell(props) {
  const view = () => (place().view === 'run' ? 'runs' : place().view);
  const title = () => VIEWS.find(([name]) => name === view())?.[1] ?? 'Nothing';
  createEffect(() => (document.title = `${title()} · ${props.info.name}`));
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <header class="bar">
        <h1 class="name" title={`visual-db ${props.info.version}`}>
          {props.info.name}
        </h1>
        <nav aria-label="Views">
          <For each={VIEWS.filter(([, , is]) => is(props.info))}>
            {([name, label]) => (
              <a href={`#/${name}`} aria-current={view() === name ? 'page' : undefined}>
                {label}
              </a>
            )}
          </For>
        </nav>
        <p class="state" role="status">
          <span class="dot" classList={{ on: live() }} />
          {live() ? 'Live' : 'Not connected'}
          <Show when={props.info.write} fallback={<span class="tag">read-only</span>}>
            <span class="tag write">may write</span>
          </Show>
        </p>
        <ThemeChoice />
      </header>
      <main id="main" tabindex="-1">
        <Switch fallback={<p class="fatal">There is no such view.</p>}>
          <Match when={view() === 'canvas'}>
            <Canvas info={props.info} />
          </Match>
          <Match when={place().view === 'run'}>
            <Run info={props.info} />
          </Match>
          <Match when={view() === 'runs'}>
            <Runs info={props.info} />
          </Match>
          <Match when={view() === 'trends'}>
            <Trends />
          </Match>
          <Match when={view() === 'moves'}>
            <Moves />
          </Match>
          <Match when={view() === 'health'}>
            <Health info={props.info} />
          </Match>
          <Match when={view() === 'sql' && isThere(props.info, 'sql')}>
            <Sql info={props.info} />
          </Match>
        </Switch>
      </main>
    </>
  );
}

/** Skips to the content. A plain link can't, since the fragment of the address names the view. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}
