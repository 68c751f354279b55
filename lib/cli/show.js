'use strict';

const { withDatabase } = require('./database.js');
const { follow, noRun } = require('./follow.js');
const { Found } = require('./outcome.js');
const { colour, print, printJson, printable } = require('./output.js');
const { outputPrinter } = require('./run_output.js');
const { beginning, course, title } = require('./run_details.js');
const { oneLine, readable } = require('./run_text.js');

const EXAMPLES = `
With --json: { run, output, truncated }. With --json --follow a line of JSON for each piece of output, { "chunk": … }, and at
the end one for the run, { "run": … }.
With --follow the exit code is 1 where the run does not end as succeeded.

Examples:
  visual-db show exec-1764177889000-2k9x
  visual-db show exec-1764177889000-2k9x --follow
  visual-db show exec-1764177889000-2k9x --json | jq -r .run.prompt`;

module.exports = (root, run) => {
  root
    .command('show')
    .description('show everything about a run, with its prompt, its output and its result')
    .argument('<run>', 'the id of the run')
    .option('--follow', 'go on showing its output until it has ended')
    .addHelpText('after', EXAMPLES)
    .action(
      run((options, id) =>
        withDatabase(options.db, { readonly: true }, (database) => {
          const found = database.getRun(id);
          if (found === null) throw noRun(id);
          const show = options.json ? asJson : asText;
          return show(database, found, Boolean(options.follow));
        }),
      ),
    );
};

async function asJson(database, { id }, isFollowing) {
  if (!isFollowing) {
    const output = [];
    const { run, truncated } = await follow(database, id, (chunk) => output.push(chunk), { once: true });
    return printJson({ run, output, truncated });
  }
  const line = (value) => print(JSON.stringify(value));
  const { run } = await follow(database, id, (chunk) => line({ chunk }));
  line({ run });
  endAs(run);
}

async function asText(database, found, isFollowing) {
  const names = {
    zone: database.getZone(found.zoneId)?.name,
    worktree: database.getWorktree(found.worktreeId)?.branchName,
  };
  print([...beginning(found, names), ...(isFollowing ? [] : course(found))].join('\n'));
  section('Prompt', found.prompt);
  const printer = outputPrinter(() => section('Output'));
  const look = (run) => isFollowing && printer.tell(standing(run));
  const { run, truncated } = await follow(database, found.id, printer.chunk, { look, once: !isFollowing });
  printer.end();
  if (truncated) print(colour('gray', '(Of the middle of the output some was dropped, since it was too much.)'));
  if (run.result !== null)
    section('Result', typeof run.result === 'string' ? run.result : JSON.stringify(run.result, null, 2));
  if (!isFollowing) return;
  print(['', title(run), ...course(run)].join('\n'));
  endAs(run);
}

function section(heading, text) {
  print(`\n${colour('bold', heading)}`);
  if (text !== undefined) print(readable(text).replace(/\n$/, ''));
}

/** The status of a run, for somebody who follows it; nothing once it has ended. */
function standing({ status, question, workerId, attempt }) {
  if (status === 'queued') return 'queued: waiting for a worker';
  if (status === 'waiting') return `waiting for a person: ${oneLine(question, 200)}`;
  return status === 'running' ? `running: attempt ${attempt}, ${printable(workerId)}` : undefined;
}

function endAs({ status, finishedAt }) {
  // If the reader went away, the run may not have ended, and there is nothing to report.
  if (finishedAt !== null && status !== 'succeeded') throw new Found(`the run is ${status}`);
}
