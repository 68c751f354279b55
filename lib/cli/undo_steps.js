'use strict';

// What `visual-db undo` and `visual-db redo` have in common.

const { InvalidArgumentError } = require('commander');
const { withDatabase } = require('./database.js');
const { print, printJson, printable } = require('./output.js');

const examples = (method) => `
Examples:
  visual-db ${method} --by user:anna
  visual-db ${method} --by agent:claude-1 --skip`;

/** Adds the command `undo` or `redo`. */
function stepBack(root, run, method, description, done) {
  root
    .command(method)
    .description(description)
    .requiredOption('--by <actor>', 'whose: user:<id>, agent:<id> or system:<id>', actor)
    .option('--skip', 'where others have changed the same since, give that up and go on with what was before')
    .addHelpText('after', examples(method))
    .action(
      run(({ db, json, by, skip }) => {
        const onConflict = skip ? 'skip' : 'reject';
        const changes = withDatabase(db, {}, (database) => database[method]({ by, onConflict }));
        if (json) return printJson(changes);
        if (changes === null) return print(`There is nothing to ${method}.`);
        for (const change of changes) print(`${done}: ${told(change)}`);
      }),
    );
}

function actor(text) {
  const [, kind, id] = /^(user|agent|system):(.+)$/s.exec(text) ?? [];
  if (id === undefined) throw new InvalidArgumentError('an actor such as user:anna is wanted.');
  return { kind, id };
}

const told = ({ entity, id, op, fields }) =>
  printable(`${entity} ${id}, ${op}${Object.keys(fields).length > 0 ? `: ${JSON.stringify(fields)}` : ''}`);

module.exports = { stepBack };
