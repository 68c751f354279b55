'use strict';

// What the other thread begins with.

require('../entry/parts').serve();
