'use strict';

// What is beside a worktree or a zone of a board, of its cells.

/** Metadata: `null` where the file has no room for any, `{}` where there is none, or somebody's that is no object. */
function metadataOf(text) {
  if (text === null) return null;
  if (text === '') return {};
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // As `getMetadata` takes it.
  }
  return {};
}

/** The latest run; `null` where there is none. */
const latestRun = (id, status) => (id === null ? null : { id, status });

module.exports = { latestRun, metadataOf };
