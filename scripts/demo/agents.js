'use strict';

// What agents do. In the demonstration they are commands of Git and Node in the worktree; in a project of your own they are
// programs that drive a model.

const path = require('node:path');
const { taskOf } = require('./project.js');
const { write } = require('./repository.js');

/** A command that prints a line and then hangs until its input is closed. */
const FOR_EVER = [process.execPath, '-e', "console.log('Thinking …'); process.stdin.resume()"];

/** What each agent does for a run: commands, one after the other, or a question to a person. */
const AGENTS = {
  backend({ attempt, metadata }, { branchName, path: place }) {
    const task = taskOf(branchName);
    if (task.takesForEver && attempt === 1) return { commands: [FOR_EVER] };
    write(place, task[metadata.step]);
    const message = metadata.step === 'correction' ? 'Round instead of cutting off' : task.github.title;
    return {
      commands: [
        ['git', 'add', '--all'],
        ['git', 'commit', '--message', message],
      ],
    };
  },

  qa: () => ({ commands: [[process.execPath, '--test', '--test-reporter=tap']] }),

  'code-reviewer': () => ({ commands: [['git', 'diff', '--stat', 'main...HEAD']] }),

  devops({ answer }, { branchName, path: place }) {
    if (answer === null) return { question: `May ${branchName} be released?` };
    if (answer !== 'Yes') return { commands: [] };
    return { commands: [['git', 'archive', '--output', path.join(place, 'release.tar'), 'HEAD']] };
  },
};

/** For each agent a model, and what a million input and output tokens of it cost, in millionths. */
const MODELS = { backend: ['large', 3_000_000, 15_000_000], other: ['small', 800_000, 4_000_000] };

/**
 * What a model that reads this prompt and writes this output would have used, with four letters to a token: commands use none, and
 * your agent's provider would report it.
 */
function usageOf(agentType, prompt, output) {
  const [model, forInput, forOutput] = MODELS[agentType] ?? MODELS.other;
  const [inputTokens, outputTokens] = [prompt, output].map((text) => Math.ceil(text.length / 4));
  const costMicros = Math.ceil((inputTokens * forInput + outputTokens * forOutput) / 1_000_000);
  return { model, inputTokens, outputTokens, costMicros, costSource: 'computed' };
}

module.exports = { AGENTS, usageOf };
