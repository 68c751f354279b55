'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { must } = require('./run.js');

/** Writes `{ name: content }` into a folder. */
function write(folder, files) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
}

/** A Git repository with one commit on `main`. */
function createRepository(folder, files) {
  write(folder, files);
  must(['git', 'init', '--quiet'], folder);
  must(['git', 'symbolic-ref', 'HEAD', 'refs/heads/main'], folder);
  must(['git', 'add', '--all'], folder);
  must(['git', 'commit', '--quiet', '--message', 'A cart that adds up'], folder);
}

/** Adds a worktree on a new branch. */
function addWorktree(repository, folder, branch) {
  must(['git', 'worktree', 'add', '--quiet', '-b', branch, folder], repository);
}

/** The repository's worktrees as Git lists them: `{ path, branch }`, its own first. */
function listWorktrees(repository) {
  const blocks = must(['git', 'worktree', 'list', '--porcelain'], repository).split('\n\n');
  return blocks.map((block) => ({
    path: path.normalize(/^worktree (.+)$/m.exec(block)[1]),
    branch: /^branch refs\/heads\/(.+)$/m.exec(block)[1],
  }));
}

module.exports = { write, createRepository, addWorktree, listWorktrees };
