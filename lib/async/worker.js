'use strict';

// The entry file of the other thread.

require('../entry/parts').serve();
