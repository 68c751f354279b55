'use strict';

const { stepBack } = require('./undo_steps.js');

module.exports = (root, run) => stepBack(root, run, 'undo', 'take back what somebody did last to the canvas', 'Undone');
