'use strict';

// The health of the board: its sizes, what doctor says, the backups of a file.

const fs = require('node:fs');
const path = require('node:path');
const { command } = require('./commands.js');
const { Refused } = require('./replies.js');

const LIMIT_MS = 10 * 60_000;

function healthOf(db, { file, server }) {
  const { listBackups } = require('../entry/parts').backups;
  let examination = null;
  let checking = false;

  return {
    /** Rows by kind, and bytes on the disk: `null` for a board that has no file of its own. */
    sizes: () => ({ counts: db.getStats(), bytes: file && bytesOf(file) }),

    backups: () => (file === null ? [] : listBackups(folderOf(file)).map(withoutFolder)),

    /** One at a time: what doctor says is the same for all who ask. */
    async doctor() {
      if (file === null && server === null)
        throw new Refused(501, 'ERR_ENGINE_UNSUPPORTED', 'A board in memory has no file');
      examination ??= command(['doctor'], { limitMs: LIMIT_MS, env: envOf(file, server) }).finally(
        () => (examination = null),
      );
      return examination;
    },

    /** Verifies a backup of the list only: the name is never used as a path. */
    async verify(name, signal) {
      const folder = file && folderOf(file);
      const found = file && listBackups(folder).find((backup) => path.basename(backup.path) === name);
      if (!found) throw new Refused(404, 'ERR_NOT_FOUND', 'There is no such backup');
      if (checking) throw new Refused(429, 'ERR_TOO_MANY', 'A backup is being checked already');
      checking = true;
      try {
        const [checked] = await command(['verify', '--db', file, found.path], { limitMs: LIMIT_MS, signal });
        return withoutFolder(checked);
      } finally {
        checking = false;
      }
    },
  };
}

/** The database as environment variables, which other users can't see, unlike arguments: a URL may have a password. */
const envOf = (file, server) =>
  server === null ? { VISUAL_DB_PATH: file } : { VISUAL_DB_PATH: server.url, VISUAL_DB_SCHEMA: server.schema };

const folderOf = (file) => path.join(path.dirname(fs.realpathSync(file)), 'backups');

/** A backup by its name alone: the page doesn't need its folder. */
const withoutFolder = ({ path: backup, ...rest }) => ({ name: path.basename(backup), ...rest });

function bytesOf(file) {
  const of = (name) => fs.statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return { database: of(file), log: of(`${file}-wal`) };
}

module.exports = { healthOf };
