// What a retention policy would remove: nothing is pruned here.
import { For, Show, createSignal } from 'solid-js';
import { get } from '../shared/api.js';
import { bytes, number } from '../shared/format.js';
import { trying } from '../shared/notices.jsx';

const PERIODS = ['', '1d', '7d', '30d', '90d', '1y'];

export function Retention() {
  const [kept, setKept] = createSignal({ bodies: '30d', output: '7d', runs: '' });
  const [found, setFound] = createSignal(null);
  const look = async (event) => {
    event.preventDefault();
    setFound((await trying(() => get('retention', kept()))) ?? null);
  };
  return (
    <section>
      <h3>Retention</h3>
      <form class="filters" aria-label="Retention" onSubmit={look}>
        <For each={['bodies', 'output', 'runs']}>
          {(name) => (
            <label>
              Keep {name}
              <select
                value={kept()[name]}
                onChange={(event) => setKept({ ...kept(), [name]: event.currentTarget.value })}
              >
                <For each={PERIODS}>{(period) => <option value={period}>{period || 'for ever'}</option>}</For>
              </select>
            </label>
          )}
        </For>
        <button type="submit">What would go?</button>
      </form>
      <Show when={found()}>
        <p role="status">
          {number(found().runs)} runs, the bodies of {number(found().bodies)}, {bytes(found().bytes)}
          {found().more ? ' and more' : ''} would go. Nothing has.
        </p>
      </Show>
    </section>
  );
}
