import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { VisualDatabase } from '../../../lib/index.mjs';
import { perform } from './board.mjs';
import { folder } from './folder.mjs';
import { operations } from './operations.mjs';
import { random } from './random.mjs';

const EXAMINER = fileURLToPath(new URL('./examiner.mjs', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
/** How long a process may take for a hundred files before it counts as hanging. */
const PATIENCE = 120_000;

/** A file of the JavaScript layer. */
export const fixture = (name) => fs.readFileSync(path.join(FIXTURES, name));

/** A file as this package writes it. */
export function currentFile() {
  const file = path.join(folder(), 'visual.db');
  const visual = new VisualDatabase(file);
  let count = 0;
  for (const operation of operations(1)) {
    perform(visual, operation);
    if ((count += 1) === 120) break;
  }
  visual.close();
  return fs.readFileSync(file);
}

/**
 * Puts each content into a file of its own and lets other processes open them, a hundred a process; gives what came of
 * each: `{ refused, touched }`, `{ failed }` or `{ answers }`. A content is a Buffer, or an object of Buffers by ending.
 */
export async function examine(contents) {
  const directory = folder();
  const files = contents.map((content, index) => {
    const file = path.join(directory, String(index), 'visual.db');
    fs.mkdirSync(path.dirname(file));
    const parts = Buffer.isBuffer(content) ? { '': content } : content;
    for (const [ending, part] of Object.entries(parts)) fs.writeFileSync(file + ending, part);
    return file;
  });
  const results = [];
  for (let at = 0; at < files.length; at += 100) {
    results.push(...(await examineFiles(files.slice(at, at + 100))));
    for (const file of files.slice(at, at + 100)) fs.rmSync(path.dirname(file), { recursive: true });
  }
  return results;
}

async function examineFiles(files) {
  const examiner = spawn(process.execPath, [EXAMINER], { timeout: PATIENCE, killSignal: 'SIGKILL' });
  examiner.stdin.end(JSON.stringify(files));
  const [said, errors, [code, signal]] = await Promise.all([
    text(examiner.stdout),
    text(examiner.stderr),
    once(examiner, 'close'),
  ]);
  const lines = said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  if (code !== 0) {
    const under = lines.findLast(({ begins }) => begins)?.begins;
    const kept = path.join(
      path.dirname(EXAMINER),
      '..',
      '..',
      '..',
      'target',
      `crashed-${path.basename(path.dirname(under))}.db`,
    );
    fs.mkdirSync(path.dirname(kept), { recursive: true });
    fs.copyFileSync(under, kept);
    throw new Error(`Opening ${kept} ended the process: ${signal ?? code} ${errors}`);
  }
  return lines.filter(({ begins }) => !begins);
}

/** Every prefix of a file that is a multiple of 512 bytes, but for the empty one and the whole. */
export function truncations(bytes) {
  return Array.from({ length: Math.ceil(bytes.length / 512) - 1 }, (_, index) => bytes.subarray(0, (index + 1) * 512));
}

/** Copies with one to eight flipped bits each. */
export function bitFlips(bytes, count, seed) {
  const { below } = random(seed);
  return Array.from({ length: count }, () => {
    const copy = Buffer.from(bytes);
    for (let flips = 1 + below(8); flips > 0; flips -= 1) copy[below(copy.length)] ^= 1 << below(8);
    return copy;
  });
}

/** Copies in each of which two pages stand in each other's place. */
export function swappedPages(bytes, count, seed, size = 4096) {
  const { below } = random(seed);
  const pages = bytes.length / size;
  const page = (of, index) => of.subarray(index * size, (index + 1) * size);
  return Array.from({ length: count }, () => {
    const one = below(pages);
    const other = (one + 1 + below(pages - 1)) % pages;
    const copy = Buffer.from(bytes);
    page(bytes, one).copy(page(copy, other));
    page(bytes, other).copy(page(copy, one));
    return copy;
  });
}
