'use strict';

// The project that the demonstration's agents work on, and what they do to it.

const PROJECT = {
  'cart.js': `exports.total = (items) => items.reduce((sum, { price, count }) => sum + price * count, 0);
`,
  'cart.test.js': `const test = require('node:test');
const assert = require('node:assert');
const { total } = require('./cart.js');

test('a cart adds up', () => assert.strictEqual(total([{ price: 2.5, count: 4 }]), 10));
`,
};

const TASKS = [
  {
    branch: 'feature/discount',
    port: 3001,
    github: {
      title: 'Discounts',
      description: 'A cart can have a discount in percent.',
      url: 'https://github.com/example/shop/issues/1',
    },
    work: {
      'discount.js': `exports.discounted = (total, percent) => total - (total * percent) / 100;
`,
      'discount.test.js': `const test = require('node:test');
const assert = require('node:assert');
const { discounted } = require('./discount.js');

test('10 % of 50 is 5', () => assert.strictEqual(discounted(50, 10), 45));
`,
    },
  },
  {
    branch: 'fix/rounding',
    port: 3002,
    github: {
      title: 'Totals are off by a cent',
      description: 'Three items for 0.1 cost 0.30000000000000004.',
      url: 'https://github.com/example/shop/issues/2',
    },
    // The first attempt rounds down, which its own test finds.
    work: {
      'cart.js': `exports.total = (items) =>
  Math.floor(items.reduce((sum, { price, count }) => sum + price * count, 0) * 100) / 100;
`,
      'rounding.test.js': `const test = require('node:test');
const assert = require('node:assert');
const { total } = require('./cart.js');

test('three items for 0.1 cost 0.3', () => assert.strictEqual(total([{ price: 0.1, count: 3 }]), 0.3));
test('an item for 0.29 costs 0.29', () => assert.strictEqual(total([{ price: 0.29, count: 1 }]), 0.29));
`,
    },
    correction: {
      'cart.js': `exports.total = (items) =>
  Math.round(items.reduce((sum, { price, count }) => sum + price * count, 0) * 100) / 100;
`,
    },
  },
  {
    branch: 'docs/usage',
    port: 3003,
    github: {
      title: 'Say how to use it',
      description: 'The project has no README.',
      url: 'https://github.com/example/shop/issues/3',
    },
    // The first attempt takes for ever, and so its worker is killed.
    takesForEver: true,
    work: { 'README.md': "`require('./cart.js').total(items)` adds up `price * count`.\n" },
  },
  {
    branch: 'feature/shipping',
    port: 3004,
    github: {
      title: 'Shipping costs',
      description: 'Below 20 shipping costs 4.90.',
      url: 'https://github.com/example/shop/issues/4',
    },
    work: {
      'shipping.js': `exports.shipping = (total) => (total < 20 ? 4.9 : 0);
`,
    },
  },
];

const taskOf = (branch) => TASKS.find((task) => task.branch === branch);

module.exports = { PROJECT, TASKS, taskOf };
