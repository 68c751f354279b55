'use strict';

// What `doctor` asks a PostgreSQL server: whether it can lose acknowledged commits.

const { ok, note } = require('./checks.js');

const SETTINGS = `SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
  current_setting('synchronous_standby_names'), pg_is_in_recovery(), count(pid), count(pid) FILTER (WHERE sync_state IN ('sync', 'quorum')),
  count(pid) FILTER (WHERE state IS NULL) FROM pg_stat_replication`;
const LIMIT_MS = 5000;

/** What it means that a setting isn't `on`. */
const OFF = {
  fsync: 'what was acknowledged is lost, and the board may be damaged, when the machine stops',
  full_page_writes: 'the board may be damaged when the machine stops in the middle of a write',
  off: 'what was acknowledged in the last moments is lost when the server stops',
  local: 'a commit waits for no standby, so that what was acknowledged is lost with this host',
};

/** `{ fsync, full_page_writes, synchronous_commit, … }` of the server of a URL. */
function settingsOf(url) {
  const { home } = require('../entry/parts');
  // The schema doesn't matter: all names are those of the system catalogs.
  const { rows } = home.lookAt({ url, schema: 'visual_db' }, SETTINGS, { most: 1, limitMs: LIMIT_MS });
  const [fsync, pages, commit, names, recovers, standbys, waitedFor, hidden] = rows[0];
  return {
    fsync,
    full_page_writes: pages,
    synchronous_commit: commit,
    names,
    isStandby: recovers === 't',
    standbys: Number(standbys),
    waitedFor: Number(waitedFor),
    isHidden: Number(hidden) > 0,
  };
}

/** How many hosts a URL names. */
function hostsOf(url) {
  const [, named] = /^\w+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url);
  const host = named || (new URLSearchParams(url.split('?')[1]).get('host') ?? '');
  return host.split(',').length;
}

const standbyCount = (count, kind = '') => `${count} ${kind}${count === 1 ? 'standby' : 'standbys'}`;

const isOn = (name) => (subject) => {
  const value = subject.settings[name];
  if (value === 'on') return ok('on');
  return note(`${value}: ${OFF[name]}`, `ALTER SYSTEM SET ${name} = on, and SELECT pg_reload_conf()`);
};

/** `remote_write` and `remote_apply` wait for a standby as well. */
function commits({ settings: { synchronous_commit: value } }) {
  const why = OFF[value];
  if (why === undefined) return ok(value);
  return note(`${value}: ${why}`, 'set synchronous_commit = on, of the server and of the role');
}

function standbys({ url, settings }) {
  const { isStandby, isHidden, names, waitedFor } = settings;
  const hosts = hostsOf(url);
  if (isStandby) return note('this is a standby', 'ask the primary, which knows who follows it');
  if (isHidden) return note('the role may not see who follows the server', 'GRANT pg_monitor to it, and ask again');
  if (waitedFor > 0) return ok(`a commit waits for ${standbyCount(waitedFor, 'synchronous ')}`);
  const found =
    settings.standbys === 0
      ? 'no standby follows the server'
      : `${standbyCount(settings.standbys)}, and no commit waits for any of them`;
  if (names !== '') return note(`${found}; commits wait until ${names} is there`, 'look for why it is not');
  const lost =
    hosts > 1
      ? `, but the URL names ${hosts} hosts: what was acknowledged is lost when another one takes over`
      : ': what was acknowledged is lost with this host';
  return note(
    `${found}${lost}`,
    'synchronous_standby_names, or of Patroni synchronous_mode: true with synchronous_mode_strict',
  );
}

const DURABILITY = {
  fsync: isOn('fsync'),
  full_page_writes: isOn('full_page_writes'),
  synchronous_commit: commits,
  standbys,
};

module.exports = { DURABILITY, settingsOf };
