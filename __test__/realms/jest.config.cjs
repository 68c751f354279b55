'use strict';

module.exports = { rootDir: __dirname, testMatch: ['<rootDir>/checks.cjs'], transform: {} };
