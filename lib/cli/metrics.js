'use strict';

const { reading } = require('./database.js');

module.exports = (root, run) => {
  root
    .command('metrics')
    .description("print what an operator looks at, in Prometheus's text format")
    .action(run(({ db }) => process.stdout.write(reading(db, (database) => database.metrics()))));
};
