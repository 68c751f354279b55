// What `visual-db doctor` says of the board, and what to do about it.
import { For, Show, createResource } from 'solid-js';
import { get } from '../shared/api.js';

export function Doctor() {
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
