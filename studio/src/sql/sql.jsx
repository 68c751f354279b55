// Read-only SQL, with its rows and its plan.
import { For, Show, createSignal } from 'solid-js';
import { post } from '../shared/api.js';

const TABLES = {
  sqlite: "SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type DESC, name",
  postgresql: 'SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename',
};
const EXAMPLES = [
  ['Worktrees by status', 'SELECT status, count(*) AS worktrees FROM worktrees GROUP BY status ORDER BY 2 DESC'],
  [
    'Executions by zone',
    'SELECT zones.name, count(*) AS runs, sum(success) AS passed\nFROM zone_executions JOIN zones ON zones.id = zone_id\nGROUP BY zones.id ORDER BY runs DESC',
  ],
  ['Latest executions', 'SELECT * FROM zone_executions ORDER BY executed_at DESC LIMIT 20'],
];

export function Sql(props) {
  const examples = () => [['Tables', TABLES[props.info.engine]], ...EXAMPLES];
  const [text, setText] = createSignal(TABLES[props.info.engine]);
  const [answer, setAnswer] = createSignal(null);
  const [error, setError] = createSignal(null);
  const [running, setRunning] = createSignal(false);
  const run = async () => {
    if (running()) return;
    setRunning(true);
    setError(null);
    try {
      setAnswer(await post('sql', { sql: text() }));
    } catch (refused) {
      setAnswer(null);
      setError(refused.message);
    } finally {
      setRunning(false);
    }
  };
  const onKeyDown = (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void run();
    }
  };
  return (
    <div class="view sql">
      <h2>SQL</h2>
      <p class="hint">One statement that reads. It sees the board as it is, and is ended after 10 seconds.</p>
      <label>
        Statement
        <textarea
          rows="6"
          spellcheck={false}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <p class="actions">
        <button type="button" onClick={run} disabled={running()}>
          {running() ? 'Running …' : 'Run (Ctrl+Enter)'}
        </button>
        <label class="inline">
          Examples
          <select onChange={(event) => event.currentTarget.value && setText(event.currentTarget.value)}>
            <option value="">…</option>
            <For each={examples()}>{([name, sql]) => <option value={sql}>{name}</option>}</For>
          </select>
        </label>
      </p>
      <Show when={error()}>
        <p class="fatal" role="alert">
          {error()}
        </p>
      </Show>
      <Show when={answer()}>
        <p class="hint" role="status">
          {answer().rows.length.toLocaleString('en')} rows{answer().truncated ? ', and there are more,' : ''} in{' '}
          {answer().durationMs.toFixed(1)} ms
        </p>
        <Rows answer={answer()} />
        <Show when={answer().plan.length > 0}>
          <h3>Plan</h3>
          <Plan steps={answer().plan} parent={0} />
        </Show>
      </Show>
    </div>
  );
}

const Rows = (props) => (
  <div class="wide-table rows" tabindex="0" role="region" aria-label="Rows">
    <table>
      <thead>
        <tr>
          <For each={props.answer.columns}>{(name) => <th>{name}</th>}</For>
        </tr>
      </thead>
      <tbody>
        <For each={props.answer.rows}>
          {(row) => (
            <tr>
              <For each={row}>
                {(value) => <td classList={{ null: value === null }}>{value === null ? 'NULL' : String(value)}</td>}
              </For>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </div>
);

/** The steps of the plan below one step, nested. */
const Plan = (props) => (
  <ul class="plan">
    <For each={props.steps.filter(({ parent }) => parent === props.parent)}>
      {(step) => (
        <li>
          <code>{step.detail}</code>
          <Show when={props.steps.some(({ parent }) => parent === step.id)}>
            <Plan steps={props.steps} parent={step.id} />
          </Show>
        </li>
      )}
    </For>
  </ul>
);
