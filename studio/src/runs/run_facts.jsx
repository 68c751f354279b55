// The short facts of a run.
import { For } from 'solid-js';
import { board } from '../shared/boards.js';
import { cost, duration, number, time, who } from '../shared/format.js';

export function Facts(props) {
  const lines = ({ filesChanged, insertions, deletions }) =>
    filesChanged === null ? null : `${number(filesChanged)} files, +${number(insertions)} −${number(deletions)}`;
  const facts = () => {
    const { run } = props;
    return [
      ['Worktree', board.worktree(run.worktreeId)?.branchName ?? run.worktreeId],
      ['Zone', board.zone(run.zoneId)?.name ?? run.zoneId],
      ['Id', run.id],
      ['Wanted by', run.by && who(run.by)],
      ['Worker', run.workerId],
      ['Attempt', `${run.attempt} of ${run.maxAttempts}`],
      ['Priority', run.priority || null],
      ['Created', time(run.createdAt)],
      ['Not before', run.availableAt === run.createdAt ? null : time(run.availableAt)],
      ['Started', run.startedAt && time(run.startedAt)],
      ['Finished', run.finishedAt && time(run.finishedAt)],
      ['Took', run.durationMs === null ? null : duration(run.durationMs)],
      ['Timeout', run.timeoutMs === null ? null : duration(run.timeoutMs)],
      ['Cancel asked', run.cancelRequestedAt && time(run.cancelRequestedAt)],
      ['Exit code', run.exitCode],
      [
        'Commits',
        run.commitBefore || run.commitAfter ? `${run.commitBefore ?? '–'} → ${run.commitAfter ?? '–'}` : null,
      ],
      ['Changed', lines(run)],
      ['Cost', run.usage.costMicros === null ? null : cost(run.usage.costMicros)],
    ].filter(([, value]) => value !== null && value !== undefined);
  };
  return (
    <dl class="facts wide">
      <For each={facts()}>
        {([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        )}
      </For>
    </dl>
  );
}
