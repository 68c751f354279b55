// One run: what was wanted, what came of it, and what it has to do with others.
import { For, Show, createEffect, createResource, createSignal, on } from 'solid-js';
import { get, post } from '../shared/api.js';
import { board } from '../shared/boards.js';
import { follow } from '../shared/feed.js';
import { cost, duration, json, number, time, who } from '../shared/format.js';
import { notice, trying } from '../shared/notices.jsx';
import { place, to } from '../shared/place.js';
import { OPEN, Status } from '../shared/status.jsx';
import { Output } from './output.jsx';

export function Run(props) {
  const id = () => place().id;
  const [found, { refetch }] = createResource(id, (id) => get('run', { id }));
  // While it is read anew the one before stays.
  const run = () => (found.error ? undefined : found.latest?.run);
  follow({
    hear(changes) {
      const isOf = ({ entity, id: other, fields }) =>
        entity === 'run' && (other === id() || fields.parentRunId === id());
      if (changes.some(isOf)) void refetch();
    },
  });
  return (
    <div class="view run">
      <p>
        <a href={to('runs')}>Runs</a>
      </p>
      <Show when={found.error}>
        <p class="fatal" role="alert">
          {found.error.message}
        </p>
      </Show>
      <Show when={run()}>
        <h2>
          {run().agentType} <Status status={run().status} />
        </h2>
        <Show when={props.info.write}>
          <Actions run={run()} done={refetch} />
        </Show>
        <Facts run={run()} />
        <Show when={run().question !== null}>
          <h3>Question</h3>
          <pre tabindex="0">{run().question}</pre>
          <Show when={run().answer !== null}>
            <h3>Answer</h3>
            <pre tabindex="0">{run().answer}</pre>
          </Show>
        </Show>
        <h3>Prompt</h3>
        <Body text={run().prompt} pruned={run().bodiesPrunedAt} />
        <h3>Output</h3>
        <Output id={run().id} />
        <Show when={run().error !== null}>
          <h3>Error</h3>
          <pre tabindex="0">{run().error}</pre>
        </Show>
        <Show when={run().result !== null}>
          <h3>Result</h3>
          <Body text={json(run().result)} pruned={run().bodiesPrunedAt} />
        </Show>
        <Used run={run()} />
        <Related of={found.latest} />
        <Show when={run().metadata !== null && Object.keys(run().metadata).length > 0}>
          <h3>Metadata</h3>
          <pre tabindex="0">{json(run().metadata)}</pre>
        </Show>
      </Show>
    </div>
  );
}

const Body = (props) => (
  <Show
    when={props.text !== ''}
    fallback={<p class="hint">{props.pruned ? `Removed ${time(props.pruned)}` : 'Empty'}</p>}
  >
    <pre tabindex="0">{props.text}</pre>
  </Show>
);

function Facts(props) {
  const lines = ({ filesChanged, insertions, deletions }) =>
    filesChanged === null ? null : `${number(filesChanged)} files, +${number(insertions)} −${number(deletions)}`;
  const facts = () => {
    const { run } = props;
    return [
      ['Worktree', board.worktree(run.worktreeId)?.branchName ?? run.worktreeId],
      ['Zone', board.zone(run.zoneId)?.name ?? run.zoneId],
      ['Id', run.id],
      ['Wanted by', run.by && who(run.by)],
      ['Worker', run.workerId],
      ['Attempt', `${run.attempt} of ${run.maxAttempts}`],
      ['Priority', run.priority || null],
      ['Created', time(run.createdAt)],
      ['Not before', run.availableAt === run.createdAt ? null : time(run.availableAt)],
      ['Started', run.startedAt && time(run.startedAt)],
      ['Finished', run.finishedAt && time(run.finishedAt)],
      ['Took', run.durationMs === null ? null : duration(run.durationMs)],
      ['Timeout', run.timeoutMs === null ? null : duration(run.timeoutMs)],
      ['Cancel asked', run.cancelRequestedAt && time(run.cancelRequestedAt)],
      ['Exit code', run.exitCode],
      [
        'Commits',
        run.commitBefore || run.commitAfter ? `${run.commitBefore ?? '–'} → ${run.commitAfter ?? '–'}` : null,
      ],
      ['Changed', lines(run)],
      ['Cost', run.usage.costMicros === null ? null : cost(run.usage.costMicros)],
    ].filter(([, value]) => value !== null && value !== undefined);
  };
  return (
    <dl class="facts wide">
      <For each={facts()}>
        {([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        )}
      </For>
    </dl>
  );
}

function Used(props) {
  return (
    <Show when={props.run.usage.models.length > 0}>
      <h3>Usage</h3>
      <div class="wide-table" tabindex="0" role="region" aria-label="Usage by model">
        <table>
          <thead>
            <tr>
              <For each={['Model', 'Provider', 'In', 'Cached', 'Out', 'Reasoning', 'Cost']}>
                {(name) => <th>{name}</th>}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={props.run.usage.models}>
              {(used) => (
                <tr>
                  <td>{used.model}</td>
                  <td>{used.provider ?? '–'}</td>
                  <td>{number(used.inputTokens)}</td>
                  <td>{number(used.cachedInputTokens)}</td>
                  <td>{number(used.outputTokens)}</td>
                  <td>{number(used.reasoningTokens)}</td>
                  <td>{cost(used.costMicros)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </Show>
  );
}

function Related(props) {
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

function Actions(props) {
  const [answer, setAnswer] = createSignal('');
  createEffect(
    on(
      () => props.run.id,
      () => setAnswer(''),
    ),
  );
  const act = async (name, body, said) => {
    const run = await trying(() => post(name, { id: props.run.id, ...body }));
    if (run === undefined) return;
    notice(said);
    if (run.id === props.run.id) void props.done();
    else location.hash = to('run', {}, run.id);
  };
  return (
    <>
      <p class="actions">
        <Show
          when={OPEN.has(props.run.status)}
          fallback={
            <button type="button" onClick={() => act('retry', {}, 'It is wanted once more')}>
              Retry
            </button>
          }
        >
          <button type="button" onClick={() => act('cancel', { reason: 'Cancelled in Studio' }, 'Cancelled')}>
            Cancel
          </button>
        </Show>
      </p>
      <Show when={props.run.status === 'waiting'}>
        <form
          class="answer"
          onSubmit={(event) => {
            event.preventDefault();
            void act('answer', { answer: answer() }, 'Answered: it is first in line');
          }}
        >
          <label>
            Answer
            <textarea rows="3" value={answer()} onInput={(event) => setAnswer(event.currentTarget.value)} />
          </label>
          <button type="submit">Answer</button>
        </form>
      </Show>
    </>
  );
}
