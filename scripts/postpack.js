'use strict';

// npm runs this after it has packed: a checkout runs from lib/ itself, which changes under the file made of it.

require('./one_file.js').remove();
