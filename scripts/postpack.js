'use strict';

// npm runs this after packing: it removes the file that was made of lib/, since a checkout runs from lib/ itself.

require('./one_file.js').remove();
