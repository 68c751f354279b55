// Notices of what came of an action: shown for a while, and read out by screen readers.
import { For, createSignal } from 'solid-js';

const [notices, setNotices] = createSignal([]);
const SHOWN_MS = 8000;

/** Shows a notice for a while; a refusal stands out. */
export function notice(text, kind = 'done') {
  const one = { text, kind };
  setNotices((all) => [...all.slice(-3), one]);
  setTimeout(() => take(one), SHOWN_MS);
}

const take = (one) => setNotices((all) => all.filter((other) => other !== one));

/** The result of `work`; a refusal becomes a notice. */
export async function trying(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name !== 'AbortError') notice(error.message, 'refused');
    return undefined;
  }
}

export function Notices() {
  return (
    <div class="notices" aria-live="polite">
      <For each={notices()}>
        {(one) => (
          <p class="notice" classList={{ refused: one.kind === 'refused' }}>
            {one.text}
            <button type="button" aria-label="Close this message" onClick={() => take(one)}>
              ×
            </button>
          </p>
        )}
      </For>
    </div>
  );
}
