'use strict';

const { InvalidArgumentError } = require('commander');
const { confirm } = require('./ask.js');
const { Found, Usage } = require('./outcome.js');
const { colour, print, printJson, printable, table } = require('./output.js');
const { checkCommand, isServer, placeOf } = require('./server.js');

module.exports = (root, run) => {
  const migrate = root.command('migrate').description('versions of the schema: up (where nothing is said), down, …');
  const subcommand = (name, description, settings) => migrate.command(name, settings).description(description);
  subcommand('up', 'bring the database to the latest version, after a verified backup of a file', { isDefault: true })
    .option('--to <version>', 'stop at this version', version)
    .action(run(up));
  subcommand('down', 'go back a version, after a verified backup of a file; it stays there until `migrate up`')
    .option('--to <version>', 'go back to this version', version)
    .option('--yes', 'do not ask')
    .action(run(down));
  subcommand('status', 'say at which version the database is').action(run(status));
  subcommand('verify', 'check history, tables, indexes, triggers, counts and references').action(run(verify));
  subcommand('rollback', 'bring back the state before the latest migration, keeping a safety copy')
    .option('--yes', 'do not ask')
    .action(run(rollback));
};

/** The versions of a database, whichever it is. */
function versionsOf(db) {
  const { schema } = require('../entry/parts');
  if (isServer(db)) return schema.onServer(placeOf(db));
  return {
    name: db,
    status: () => schema.status(db),
    verify: () => schema.verify(db),
    up: (to) => schema.up(db, to),
    down: (to) => schema.down(db, to),
  };
}

function version(text) {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('a version is a non-negative integer.');
  return Number(text);
}

function up({ db, to, json }) {
  report(versionsOf(db).up(to), json);
}

async function down(options) {
  const versions = versionsOf(options.db);
  const { version: current } = versions.status();
  const to = options.to ?? current - 1;
  if (to < 0) throw new Usage(`${versions.name} is at version ${current}: there is no version before it`);
  const warning = isServer(options.db) ? ' What only the later one has is lost, but for what pg_dump has.' : '';
  await confirm(`Take ${versions.name} from version ${current} back to version ${to}?${warning}`, options);
  report(versions.down(to), options.json);
}

function report(done, json) {
  if (json) return printJson(done);
  const { from, version: now, adopted, pinned, backup } = done;
  const before = adopted ? "the JavaScript layer's file" : `version ${from}`;
  print(from === now && !adopted ? `Version ${now}: nothing to do` : `From ${before} to version ${now}`);
  if (backup) print(`What was there before: ${backup}`);
  if (pinned) print('It stays at this version until `visual-db migrate up`.');
}

function status({ db, json }) {
  const versions = versionsOf(db);
  const found = versions.status();
  if (json) return printJson(found);
  print(`${versions.name}: ${found.state}, version ${found.version} of ${found.latest}`);
  for (const reason of found.reasons) print(`  ${reason}`);
  const rows = found.migrations.map(({ version: number, name, applied, history }) => [
    number,
    name,
    applied ? 'applied' : '',
    (applied ? history?.appliedAt : history?.rolledBackAt && `rolled back ${history.rolledBackAt}`) ?? '',
  ]);
  print(table(['version', 'name', 'state', 'when'], rows));
}

function verify({ db, json }) {
  const versions = versionsOf(db);
  const problems = versions.verify();
  if (json) printJson({ problems });
  else for (const problem of problems) print(`${colour('red', 'problem')}  ${problem}`);
  if (problems.length > 0) throw new Found('the schema is not as it should be');
  if (!json) print(`${versions.name}: everything is as it should be`);
}

async function rollback(options) {
  checkCommand('migrate rollback', options);
  const { phase9 } = require('../entry/parts');
  const backup = phase9.latestBackup(options.db);
  if (!backup) throw new Error(`${options.db}: there is no backup of a migration to go back to`);
  await confirm(`Bring ${options.db} back to the state of ${backup.createdAt} (${backup.path})?`, options);
  const { lost, ...restored } = phase9.rollback(options.db);
  if (options.json) return printJson({ ...restored, lost });
  print(`${restored.path} is what it was at ${restored.createdAt}`);
  if (restored.safety) print(`What was there before: ${restored.safety}`);
  for (const { table: name, rows, keys } of lost) {
    print(`Only there: ${rows} of ${name}: ${printable(keys.join(', '))}${rows > keys.length ? ', …' : ''}`);
  }
}
