// One run: what was asked for, what came of it, and the related runs.
import { Show, createResource } from 'solid-js';
import { get } from '../shared/api.js';
import { follow } from '../shared/feed.js';
import { json, time } from '../shared/format.js';
import { place, to } from '../shared/place.js';
import { Status } from '../shared/status.jsx';
import { Output } from './output.jsx';
import { Actions } from './run_actions.jsx';
import { Facts } from './run_facts.jsx';
import { Related } from './run_related.jsx';
import { Used } from './run_usage.jsx';

export function Run(props) {
  const id = () => place().id;
  const [found, { refetch }] = createResource(id, (id) => get('run', { id }));
  // While it is read again, the last version stays.
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
