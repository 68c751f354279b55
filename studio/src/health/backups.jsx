// The backups beside the file, and whether they are good.
import { For, Show, createResource, createSignal } from 'solid-js';
import { get, post } from '../shared/api.js';
import { bytes, number, time } from '../shared/format.js';
import { trying } from '../shared/notices.jsx';

export function Backups() {
  const [backups] = createResource(() => trying(() => get('backups')));
  return (
    <section>
      <h3>Backups</h3>
      <Show when={backups()?.length > 0} fallback={<p class="hint">There are none beside the file.</p>}>
        <div class="wide-table" tabindex="0" role="region" aria-label="Backups">
          <table>
            <thead>
              <tr>
                <For each={['Backup', 'Made', 'Kind', 'Size', 'Executions', 'Checked']}>
                  {(name) => <th>{name}</th>}
                </For>
              </tr>
            </thead>
            <tbody>
              <For each={backups()}>{(backup) => <Backup backup={backup} />}</For>
            </tbody>
          </table>
        </div>
      </Show>
    </section>
  );
}

function Backup(props) {
  const [checked, setChecked] = createSignal(null);
  const verify = async () => {
    setChecked('checking');
    setChecked((await trying(() => post('verify', { name: props.backup.name }))) ?? null);
  };
  return (
    <tr>
      <td>{props.backup.name}</td>
      <Show when={!props.backup.problem} fallback={<td colspan="5">{props.backup.problem}</td>}>
        <td>{time(props.backup.createdAt)}</td>
        <td>{props.backup.kind}</td>
        <td>{bytes(props.backup.bytes)}</td>
        <td>{number(props.backup.counts?.executions)}</td>
        <td>
          <Show
            when={checked() === null}
            fallback={
              <span role="status">
                {checked() === 'checking' ? 'Checking …' : checked().ok ? 'Good' : checked().problem}
              </span>
            }
          >
            <button type="button" onClick={verify} aria-label={`Verify ${props.backup.name}`}>
              Verify
            </button>
          </Show>
        </td>
      </Show>
    </tr>
  );
}
