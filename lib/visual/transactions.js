'use strict';

const { within, BEGIN, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { wrongType } = require('./errors.js');
const { stateOf } = require('./state.js');

/** The method of VisualDatabase that makes several calls one. */
const methods = {
  transaction(fn) {
    const { connection, log, readonly } = stateOf(this, 'transaction');
    if (typeof fn !== 'function') {
      throw wrongType('transaction', 'fn', fn, 'Expected first argument to be a function');
    }
    try {
      return within(connection, readonly ? BEGIN : BEGIN_IMMEDIATE, fn);
    } catch (error) {
      log.error('[VisualDB] Transaction failed', error, {});
      throw error;
    }
  },
};

module.exports = { methods };
