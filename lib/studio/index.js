'use strict';

// Studio's answers: the page, its JSON and its stream of changes, as one handler for node:http.

const { assets } = require('./assets.js');
const { doorOf } = require('./door.js');
const { answerError, setHeaders } = require('./replies.js');
const { optionsOf } = require('./options.js');
const { pathOf } = require('./requests.js');
const { routesOf } = require('./routes.js');

/**
 * A handler `(request, response) => promise` of Studio on an open database. `options` are those of index.d.ts.
 *
 * @throws {TypeError} for options of a wrong kind, and where nothing says who may come in
 */
const createStudioHandler = (db, options) => handlerOf(optionsOf(db, options));

/** The handler for options that optionsOf has checked. */
function handlerOf(studio) {
  const files = assets();
  const door = doorOf(studio);
  const routes = routesOf(studio);

  return async function studioHandler(request, response) {
    setHeaders(response);
    try {
      const url = pathOf(request, studio.basePath);
      if (await door(request, response, url)) return undefined;
      // The page's addresses are relative, so its own has to end in a slash.
      if (url.pathname === '') return response.writeHead(308, { Location: `${studio.basePath}/` }).end();
      const route = routes.find(request.method, url.pathname);
      if (route) await route(request, response, url);
      else files(request, response, url.pathname);
    } catch (error) {
      answerError(response, error);
    }
    return undefined;
  };
}

module.exports = { createStudioHandler, handlerOf };
