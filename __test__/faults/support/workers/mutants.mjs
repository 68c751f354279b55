// What the workers must notice: small changes of the rules of runs. Each says in which files what is replaced by what. They are
// made in a copy of the source, so that the source has no trace of them.

const LIMITS = 'src/model/run/limits.rs';
const OUTPUT = 'src/engine/sqlite/store/runs/output.rs';
const STATE = 'src/model/run/state.rs';
const TRANSITION = 'src/model/run/transition.rs';
const USAGE = 'src/engine/sqlite/store/runs/usage.rs';
const WORKERS = 'src/engine/sqlite/store/runs/workers.rs';

export const MUTANTS = {
  'nobody looks at tokens': [
    [
      TRANSITION,
      'State::Running { lease, .. } if token == self.token => Some(lease)',
      'State::Running { lease, .. } => Some(lease)',
    ],
    [OUTPUT, 'held.as_ref().filter(|held| held.token == token).map', 'held.as_ref().map'],
    [WORKERS, 'self.held(id)?.filter(|held| held.token == token) else', 'self.held(id)? else'],
    [WORKERS, 'held.as_ref().is_some_and(|held| held.token == token)', 'held.is_some()'],
  ],
  'a finish that is said again is refused': [
    [
      TRANSITION,
      'Call::Finish { token, .. } if run.settled.contains(&token) =>',
      'Call::Finish { token, .. } if run.settled.contains(&token) && token < 0 =>',
    ],
  ],
  'a run has an attempt more than it may': [
    [STATE, 'self.attempt < self.max_attempts &&', 'self.attempt <= self.max_attempts &&'],
  ],
  'a limit lets one more run': [[LIMITS, 'limit.running >= limit.most &&', 'limit.running > limit.most &&']],
  'nothing is ever spent': [[LIMITS, 'self.spent_micros >= self.limit_micros', 'self.spent_micros < 0']],
  'output that is said again is appended again': [
    ['src/model/run/output.rs', 'Ok(Append { writes: false, next: end })', 'Ok(Append { writes: true, next: end })'],
  ],
  'usage that is told again counts again': [
    [
      USAGE,
      '&& self.write_run(Sql::CountEvent, &[run, Bind::Text(id)])?.0 == 0',
      '&& self.write_run(Sql::CountEvent, &[run, Bind::Text(id)])?.0 > 1',
    ],
  ],
};
