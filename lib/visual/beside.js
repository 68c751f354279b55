'use strict';

// What a board has beside a worktree or a zone, from its cells.

/** Metadata: `null` where the schema has none, `{}` where nothing is kept, or another program wrote what is no object. */
function metadataOf(text) {
  if (text === null) return null;
  if (text === '') return {};
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Text that is no JSON counts as none, as in `getMetadata`.
  }
  return {};
}

/** The latest run; `null` where there is none. */
const latestRun = (id, status) => (id === null ? null : { id, status });

module.exports = { latestRun, metadataOf };
