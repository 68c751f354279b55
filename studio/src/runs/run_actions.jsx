// What can be done with a run, where Studio may write: cancel it, retry it, answer it.
import { Show, createEffect, createSignal, on } from 'solid-js';
import { post } from '../shared/api.js';
import { notice, trying } from '../shared/notices.jsx';
import { to } from '../shared/place.js';
import { OPEN } from '../shared/status.jsx';

export function Actions(props) {
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
