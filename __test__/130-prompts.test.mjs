// `renderPrompt`: a prompt made from a zone's template.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { board, everything, refusal } from './support/runs.mjs';
import { open, place } from './support/temporary.mjs';

/** A board whose zone 1 has this template. */
function templated(promptTemplate, given) {
  const db = board();
  db.updateZone('zone-1', { promptTemplate, ...given });
  return db;
}

const rendered = (template, variables) => templated(template).renderPrompt('zone-1', 'wt-1', variables);
const prompt = (template, variables) => {
  const { prompt, missing } = rendered(template, variables);
  expect(missing).toEqual([]);
  return prompt;
};

describe('renderPrompt(zoneId, worktreeId, variables)', () => {
  it('gives the prompt, and the names that nothing has', () => {
    const db = templated('Review {{ worktree.branchName }} in {{ zone.name }}: {{ github.title }} {{ nobody }}');
    expect(db.renderPrompt('zone-1', 'wt-2', { github: { title: 'Log in' } })).toStrictEqual({
      prompt: 'Review feature/2 in Zone 1: Log in {{ nobody }}',
      missing: ['nobody'],
    });
  });

  it('knows every field of the worktree and of the zone by its name', () => {
    const db = board();
    for (const [kind, get] of [
      ['worktree', () => db.getWorktree('wt-1')],
      ['zone', () => db.getZone('zone-1')],
    ]) {
      for (const [key, value] of Object.entries(get())) {
        db.updateZone('zone-1', { promptTemplate: `{{ ${kind}.${key} }}` });
        if (key === 'updatedAt' || key === 'promptTemplate') continue;
        const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
        expect(db.renderPrompt('zone-1', 'wt-1'), key).toStrictEqual({ prompt: text, missing: [] });
      }
    }
  });

  it('has branch for branchName, and the parts of a position and a size', () => {
    const db = templated('{{ worktree.branch }} {{ worktree.position.x }} {{ zone.size.width }}');
    db.updateWorktree('wt-1', { position: { x: 1.5, y: 0 } });
    expect(db.renderPrompt('zone-1', 'wt-1').prompt).toBe('feature/1 1.5 300');
  });

  it('minds no white space within the braces', () => {
    expect(prompt('{{worktree.id}}|{{  worktree.id\t}}|{{\nworktree.id\n}}')).toBe('wt-1|wt-1|wt-1');
  });

  it('finds keys and indexes of variables', () => {
    const variables = { github: { labels: [{ name: 'bug' }, 'ui'] }, n: [[1, 2]] };
    expect(prompt('{{ github.labels.0.name }} {{ github.labels[1] }} {{ n[0][1] }}', variables)).toBe('bug ui 2');
  });

  it('puts text in as it is, null as nothing, everything else as its JSON', () => {
    const variables = { text: '"<&\n😀"', no: null, yes: true, n: 1e21, list: [1, 'a'], object: { b: 0.1 } };
    expect(prompt('{{ text }}|{{ no }}|{{ yes }}|{{ n }}|{{ list }}|{{ object }}', variables)).toBe(
      '"<&\n😀"||true|1e+21|[1,"a"]|{"b":0.1}',
    );
  });

  it('never looks at what it has put in', () => {
    const db = templated('{{ worktree.taskId }} {{ a }}{{ b }}');
    db.updateWorktree('wt-1', { taskId: '{{ zone.name }}' });
    expect(db.renderPrompt('zone-1', 'wt-1', { a: '{{ zone', b: '.name }}' })).toStrictEqual({
      prompt: '{{ zone.name }} {{ zone.name }}',
      missing: [],
    });
  });

  it('leaves names that nothing has as they are written, and lists each once, in their order', () => {
    const template = '{{ b }} {{a}} {{ b }} {{worktree.nothing}} {{ a.b }} {{ constructor }} {{ github.title.length }}';
    expect(rendered(template, { github: { title: 'x' } })).toStrictEqual({
      prompt: template,
      missing: ['b', 'a', 'worktree.nothing', 'a.b', 'constructor', 'github.title.length'],
    });
  });

  it('leaves braces alone that name nothing', () => {
    const template = '{ a } {} {{}} {{ }} }} {{ {"a":{"b":{}}}';
    expect(rendered(template)).toStrictEqual({ prompt: template, missing: [] });
  });

  it('takes what worktree and zone don’t have from variables, and what they have from themselves', () => {
    const variables = { worktree: { id: 'another', ticket: 'T-7' }, zone: { lead: 'Anna' } };
    expect(prompt('{{ worktree.id }} {{ worktree.ticket }} {{ zone.lead }}', variables)).toBe('wt-1 T-7 Anna');
  });

  it('of a zone without a template is empty', () => {
    expect(board().renderPrompt('zone-1', 'wt-1')).toStrictEqual({ prompt: '', missing: [] });
  });

  it('is of the whole template, however long', () => {
    const long = 'ü'.repeat(300_000);
    expect(prompt(`${long}{{ long }}${long}`, { long })).toBe(long.repeat(3));
  });

  it('changes nothing, needs no right to write, and shares a transaction', () => {
    const at = place();
    const db = open(at);
    db.createZone({ id: 'z', name: 'Z', promptTemplate: '{{ worktree.id }}' });
    db.createWorktree({ id: 'w', path: '/w', port: 1, branchName: 'b' });
    const before = everything(db);
    expect(open({ ...at, readonly: true }).renderPrompt('z', 'w').prompt).toBe('w');
    db.transaction(() => {
      db.createWorktree({ id: 'v', path: '/v', port: 2, branchName: 'b' });
      expect(db.renderPrompt('z', 'v').prompt).toBe('v');
      db.deleteWorktree('v');
    });
    const log = { changes: 0, changes_spans: 0 };
    expect({ ...everything(db), ...log }).toEqual({ ...before, ...log });
  });

  it('is what its pieces are, whatever they are', () => {
    const db = board();
    const piece = fc.oneof(
      fc.constantFrom('a', '{', '}', ' ', '\n', 'ü'),
      fc.constantFrom('worktree.id', 'v', 'w.0', 'nobody').map((name) => ({ name })),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }), (pieces, v, w) => {
        const known = {
          'worktree.id': 'wt-1',
          v: v.toWellFormed(),
          'w.0': typeof w === 'string' ? w.toWellFormed() : w,
        };
        const template = pieces.map((part) => (part.name ? `|{{ ${part.name} }}|` : part)).join('');
        const inserted = (name) => {
          if (!(name in known)) return `{{ ${name} }}`;
          const value = known[name];
          return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value).toWellFormed();
        };
        const expected = pieces.map((part) => (part.name ? `|${inserted(part.name)}|` : part)).join('');
        db.updateZone('zone-1', { promptTemplate: template });
        const made = db.renderPrompt('zone-1', 'wt-1', { v, w: [w] });
        if (!/\{\{[^{}]*\}\}/.test(pieces.filter((part) => !part.name).join(''))) {
          expect(made.prompt.replaceAll('\\ufffd', '\ufffd')).toBe(expected.replaceAll(/\\ud[89a-f]../g, '\ufffd'));
        }
      }),
    );
  });

  it.each([
    ['nowhere', 'wt-1', 'zoneId', 'Zone not found: nowhere'],
    ['zone-1', 'nowhere', 'worktreeId', 'Worktree not found: nowhere'],
    ['wt-1', 'zone-1', 'zoneId', 'Zone not found: wt-1'],
  ])('of %s and %s: ERR_NOT_FOUND', (zoneId, worktreeId, field, message) => {
    const call = () => board().renderPrompt(zoneId, worktreeId);
    const value = field === 'zoneId' ? zoneId : worktreeId;
    expect(refusal(call)).toEqual({ name: 'Error', code: 'ERR_NOT_FOUND', method: 'renderPrompt', field, value });
    expect(call).toThrow(message);
  });

  it.each(['text', 5, [], true, () => {}, Symbol('s')])('refuses %o for variables', (variables) => {
    expect(refusal(() => board().renderPrompt('zone-1', 'wt-1', variables))).toMatchObject({
      name: 'TypeError',
      method: 'renderPrompt',
      field: 'variables',
    });
  });

  it('refuses variables that are nested more than 127 deep', () => {
    const nested = (depth) => ({ a: JSON.parse('['.repeat(depth - 1) + ']'.repeat(depth - 1)) });
    expect(() => board().renderPrompt('zone-1', 'wt-1', nested(127))).not.toThrow();
    expect(refusal(() => board().renderPrompt('zone-1', 'wt-1', nested(128)))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      method: 'renderPrompt',
      field: 'variables',
    });
  });
});
