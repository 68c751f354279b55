// How the file is: how much is in it, what doctor says, its budgets and limits, its backups.
import { For, Show, createResource } from 'solid-js';
import { get } from '../shared/api.js';
import { board } from '../shared/boards.js';
import { bytes, cost, number, time } from '../shared/format.js';
import { trying } from '../shared/notices.jsx';
import { Backups } from './backups.jsx';
import { Retention } from './retention.jsx';

export function Health(props) {
  const [sizes] = createResource(() => trying(() => get('sizes')));
  const [spending] = createResource(() => trying(() => get('spending')));
  const numbers = () => [
    ...Object.entries(sizes()?.counts ?? {}).map(([name, count]) => [name, number(count)]),
    ...(sizes()?.bytes
      ? [
          ['database', bytes(sizes().bytes.database)],
          ['write-ahead log', bytes(sizes().bytes.log)],
        ]
      : []),
  ];
  return (
    <div class="view health">
      <h2>Health</h2>
      <dl class="numbers">
        <For each={numbers()}>
          {([name, value]) => (
            <div>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          )}
        </For>
      </dl>
      <Show when={props.info.views.doctor}>
        <Doctor />
        <Backups />
      </Show>
      <Show when={props.info.views.retention}>
        <Retention />
      </Show>
      <Show when={spending()?.budgets.length > 0}>
        <h3>Budgets</h3>
        <ul class="plain">
          <For each={spending().budgets}>
            {({ scope, limitMicros, spentMicros, resetsAt }) => (
              <li>
                <span>
                  {scopeName(scope)}, {scope.period === 'total' ? 'in all' : `a ${scope.period}`}
                </span>
                <meter min="0" max={limitMicros || 1} value={spentMicros} aria-label={`Spent of ${scopeName(scope)}`} />
                <span>
                  {cost(spentMicros)} of {cost(limitMicros)}
                  {resetsAt ? `, until ${time(resetsAt)}` : ''}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={spending()?.limits.length > 0}>
        <h3>Limits of runs</h3>
        <ul class="plain">
          <For each={spending().limits}>
            {({ scope, limit, running }) => (
              <li>
                {scopeName(scope)}: {running} of {limit} at work
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}

function scopeName({ zoneId, worktreeId, agentType }) {
  const parts = [
    zoneId && `zone ${board.zone(zoneId)?.name ?? zoneId}`,
    worktreeId && `worktree ${board.worktree(worktreeId)?.branchName ?? worktreeId}`,
    agentType && `agent ${agentType}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'all runs' : parts.join(', ');
}

function Doctor() {
  const [found, { refetch }] = createResource(() => get('doctor'));
  return (
    <section>
      <h3>Doctor</h3>
      <p class="actions">
        <button type="button" onClick={refetch} disabled={found.loading}>
          {found.loading ? 'Looking …' : 'Look again'}
        </button>
      </p>
      <Show when={found.error}>
        <p class="fatal" role="alert">
          {found.error.message}
        </p>
      </Show>
      <ul class="checks plain" aria-busy={found.loading}>
        <For each={found.error ? [] : found.latest}>
          {({ check, state, finding, advice }) => (
            <li data-state={state}>
              <strong>{state}</strong>
              <span>{check}</span>
              <span class="finding">
                {finding}
                <Show when={advice}>
                  <code>{advice}</code>
                </Show>
              </span>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
