// The health of the board: its sizes, what doctor says, its budgets and limits, its backups.
import { For, Show, createResource } from 'solid-js';
import { get } from '../shared/api.js';
import { board } from '../shared/boards.js';
import { bytes, cost, number, time } from '../shared/format.js';
import { trying } from '../shared/notices.jsx';
import { Backups } from './backups.jsx';
import { Doctor } from './doctor.jsx';
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
      </Show>
      <Show when={props.info.views.backups}>
        <Backups />
      </Show>
      <Retention />
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
