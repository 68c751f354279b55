// What it all comes to, each line one click from its runs.
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
              <td>{number(total.runs)}</td>
              <td>{number(total.succeeded)}</td>
              <td>{number(total.failed)}</td>
              <td>{percent(total.successRate)}</td>
              <td>{duration(total.slowestMs)}</td>
              <td>{number(total.inputTokens)}</td>
              <td>{number(total.outputTokens)}</td>
              <td>{cost(total.costMicros)}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </div>
);
