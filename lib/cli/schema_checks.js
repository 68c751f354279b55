'use strict';
module.exports = { SCHEMA: {} };
