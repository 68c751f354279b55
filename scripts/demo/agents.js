'use strict';

// What agents do. Those of the demonstration are commands of Git and Node in the worktree; of a project of your own they are
// what drives a model.

const path = require('node:path');
const { taskOf } = require('./project.js');
const { write } = require('./repository.js');

/** It says something, and then nothing more for as long as somebody waits for it. */
const FOR_EVER = [process.execPath, '-e', "console.log('Thinking …'); process.stdin.resume()"];

/** What an agent wants to do for a run: commands one after the other, or a question to a person. */
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

/** What a million tokens cost, in millionths: those that go in, and those that come out. */
const MODELS = { backend: ['large', 3_000_000, 15_000_000], other: ['small', 800_000, 4_000_000] };

/**
 * What a model would have used that reads this prompt and writes this output, a token being four letters: commands use
 * none, and an agent of yours is told by its provider.
 */
function usageOf(agentType, prompt, output) {
  const [model, forInput, forOutput] = MODELS[agentType] ?? MODELS.other;
  const [inputTokens, outputTokens] = [prompt, output].map((text) => Math.ceil(text.length / 4));
  const costMicros = Math.ceil((inputTokens * forInput + outputTokens * forOutput) / 1_000_000);
  return { model, inputTokens, outputTokens, costMicros, costSource: 'computed' };
}

module.exports = { AGENTS, usageOf };
