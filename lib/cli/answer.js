'use strict';

const { writing } = require('./database.js');
const { print, printJson } = require('./output.js');
const { textOf } = require('./run_options.js');

const EXAMPLES = `
Examples:
  visual-db runs --status waiting
  visual-db answer exec-1764177889000-2k9x 'Yes, delete it'
  visual-db answer exec-1764177889000-2k9x - < answer.md`;

module.exports = (root, run) => {
  root
    .command('answer')
    .description('answer a run that waits for a person: it is the first in line then')
    .argument('<run>', 'its id')
    .argument('<answer>', 'the answer; - is what stands on standard input')
    .addHelpText('after', EXAMPLES)
    .action(
      run(async ({ db, json }, id, argument) => {
        const answer = await textOf(argument);
        const answered = writing(db, (database) => database.answerRun(id, { answer }));
        if (json) printJson(answered);
        else print(`${answered.id} is answered, and queued`);
      }),
    );
};
