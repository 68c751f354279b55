// A run's status, in words and colour.

export const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];
export const OPEN = new Set(['queued', 'running', 'waiting']);

const NAMES = { timedOut: 'timed out' };

export const statusName = (status) => NAMES[status] ?? status;

export const Status = (props) => (
  <span class="status" data-status={props.status}>
    {statusName(props.status)}
  </span>
);
