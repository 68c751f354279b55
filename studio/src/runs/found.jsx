// Runs found by their words, with the hits marked. Snippets are plain text, and the marks are positions in it.
import { For, createEffect, on } from 'solid-js';
import { time } from '../shared/format.js';
import { createPages } from '../shared/pages.js';
import { to } from '../shared/place.js';
import { Status } from '../shared/status.jsx';
import { filtersOf } from './hours.js';

export function Found(props) {
  const pages = createPages('search', async () => {
    // What is found comes in the order of its score.
    const { orderBy: _, ...filter } = props.filter();
    return (await filtersOf(filter)).map((each) => ({ text: props.text, ...each }));
  });
  createEffect(on([() => props.text, props.filter], pages.reload));
  return (
    <section class="found" aria-label="Found runs">
      <ol class="plain">
        <For each={pages.items()}>
          {({ run, field, snippet, ranges }) => (
            <li>
              <a href={to('run', {}, run.id)}>{run.agentType}</a> <Status status={run.status} />{' '}
              <span class="hint">
                {field} · {time(run.createdAt)}
              </span>
              <p class="snippet">
                <For each={marked(snippet, ranges)}>{([text, isMark]) => (isMark ? <mark>{text}</mark> : text)}</For>
              </p>
            </li>
          )}
        </For>
      </ol>
      <p class="hint" role="status">
        {pages.loading() ? 'Searching …' : `${pages.items().length}${pages.done() ? '' : ' and more'} found`}
      </p>
      <button type="button" hidden={pages.done()} onClick={() => pages.more()}>
        More
      </button>
    </section>
  );
}

/** The text in pieces, and whether each is marked. */
function marked(text, ranges) {
  const pieces = [];
  let at = 0;
  for (const [start, end] of ranges) {
    pieces.push([text.slice(at, start), false], [text.slice(start, end), true]);
    at = end;
  }
  return [...pieces, [text.slice(at), false]];
}
