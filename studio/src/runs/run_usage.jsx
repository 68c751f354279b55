// What a run used, by model.
import { For, Show } from 'solid-js';
import { cost, number } from '../shared/format.js';

export function Used(props) {
  return (
    <Show when={props.run.usage.models.length > 0}>
      <h3>Usage</h3>
      <div class="wide-table" tabindex="0" role="region" aria-label="Usage by model">
        <table>
          <thead>
            <tr>
              <For each={['Model', 'Provider', 'In', 'Cached', 'Out', 'Reasoning', 'Cost']}>
                {(name) => <th>{name}</th>}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={props.run.usage.models}>
              {(used) => (
                <tr>
                  <td>{used.model}</td>
                  <td>{used.provider ?? '–'}</td>
                  <td>{number(used.inputTokens)}</td>
                  <td>{number(used.cachedInputTokens)}</td>
                  <td>{number(used.outputTokens)}</td>
                  <td>{number(used.reasoningTokens)}</td>
                  <td>{cost(used.costMicros)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </Show>
  );
}
