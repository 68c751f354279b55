// When runs end, by the hours of the week: the more, the darker.
import { For, Show, createMemo, createResource } from 'solid-js';
import { DAYS, HOURS, nameOfHour } from '../runs/hours.js';
import { get } from '../shared/api.js';
import { number, percent, timeZone } from '../shared/format.js';
import { to } from '../shared/place.js';

export function Week(props) {
  const wanted = createMemo(() => ({ ...props.filter, bucket: 'hourOfWeek', since: props.since, timeZone }));
  const [rows] = createResource(wanted, (given) => get('trend', given));
  const href = (hourOfWeek) => to('runs', { ...props.filter, finishedSince: props.since, hourOfWeek });
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
                      {(hour) => <Hour week={rows.latest} at={day() * 24 + hour} most={most()} href={href} />}
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

function Hour(props) {
  const row = () => props.week[props.at];
  const title = () => `${nameOfHour(props.at)}: ${number(row()?.runs)} runs, ${percent(row()?.successRate)} succeeded`;
  return (
    <td style={{ '--share': (row()?.runs ?? 0) / props.most }} title={title()}>
      <Show when={row()?.runs}>
        <a href={props.href(props.at)}>{row().runs}</a>
      </Show>
    </td>
  );
}
