// The hours of the week: when runs end, the more the darker.
import { For, Show, createMemo, createResource } from 'solid-js';
import { get } from '../shared/api.js';
import { number, percent } from '../shared/format.js';
import { timeZone } from './range.js';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export function Week(props) {
  const wanted = createMemo(() => ({ ...props.filter, bucket: 'hourOfWeek', since: props.since, timeZone }));
  const [rows] = createResource(wanted, (given) => get('trend', given));
  const of = (day, hour) => rows.latest?.[day * 24 + hour];
  const most = () => Math.max(1, ...(rows.latest ?? []).map(({ runs }) => runs));
  return (
    <Show when={!rows.error && rows.latest}>
      <section>
        <h3>The week</h3>
        <div class="wide-table week" tabindex="0" role="region" aria-label="Runs by hour of the week">
          <table>
            <thead>
              <tr>
                <td />
                <For each={HOURS}>{(hour) => <th scope="col">{hour}</th>}</For>
              </tr>
            </thead>
            <tbody>
              <For each={DAYS}>
                {(name, day) => (
                  <tr>
                    <th scope="row">{name}</th>
                    <For each={HOURS}>
                      {(hour) => (
                        <td
                          style={{ '--share': (of(day(), hour)?.runs ?? 0) / most() }}
                          title={`${name}, ${hour}:00: ${number(of(day(), hour)?.runs)} runs, ${percent(of(day(), hour)?.successRate)} succeeded`}
                        >
                          {of(day(), hour)?.runs || ''}
                        </td>
                      )}
                    </For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </section>
    </Show>
  );
}
