'use strict';

const { stepBack } = require('./undo_steps.js');

module.exports = (root, run) => stepBack(root, run, 'redo', 'do again what was undone last', 'Done again');
