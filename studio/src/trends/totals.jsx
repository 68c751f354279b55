// The totals, each line one click away from its runs.
import { For } from 'solid-js';
import { cost, duration, number, percent } from '../shared/format.js';

export const Totals = (props) => (
  <div class="wide-table rows" tabindex="0" role="region" aria-label="Totals">
    <table>
      <thead>
        <tr>
          <For each={['Of', 'Runs', 'Succeeded', 'Failed', 'Success', 'Slowest', 'Tokens in', 'Tokens out', 'Cost']}>
            {(name) => <th>{name}</th>}
          </For>
        </tr>
      </thead>
      <tbody>
        <For each={props.series}>
          {({ key, total }) => (
            <tr>
              <td>
                <a href={props.href(key)}>{props.nameOf(key)}</a>
              </td>
              <For each={numbersOf(total)}>
                {([shown, more]) => (
                  <td>
                    <a href={props.href(key, more)}>{shown}</a>
                  </td>
                )}
              </For>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </div>
);

/** Each number, and the filter or order of the runs behind it. */
const numbersOf = (total) => [
  [number(total.runs)],
  [number(total.succeeded), { status: 'succeeded' }],
  [number(total.failed), { status: 'failed' }],
  [percent(total.successRate)],
  [duration(total.slowestMs), { orderBy: 'longest' }],
  [number(total.inputTokens)],
  [number(total.outputTokens)],
  [cost(total.costMicros), { orderBy: 'costliest' }],
];
