// What happened to what somebody wanted: said once, and read out.
import { For, createSignal } from 'solid-js';

const [notices, setNotices] = createSignal([]);
const SHOWN_MS = 8000;

/** Says it; a refusal more loudly. */
export function notice(text, kind = 'done') {
  const one = { text, kind };
  setNotices((all) => [...all.slice(-3), one]);
  setTimeout(() => take(one), SHOWN_MS);
}

const take = (one) => setNotices((all) => all.filter((other) => other !== one));

/** What `work` comes to, and a notice where it is refused. */
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
