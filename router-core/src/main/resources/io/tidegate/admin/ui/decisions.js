import {badge, h, panel, say, table} from './dom.js';
import {get} from './asking.js';
import {SENSITIVITIES, clock, span, whole, word} from './format.js';

export const info = {id: 'decisions', name: 'Decisions', about: 'The newest decisions, from the records that an auditor reads. They hold no text of a request.'};

const text = h('pre', {tabindex: '0'});
const title = h('h2', {id: 'why-title', text: 'Why'});
const dialog = h('dialog', {'aria-labelledby': 'why-title'}, h('div', {class: 'stack'}, title, text,
  h('div', {class: 'row'}, h('button', {type: 'button', text: 'Close', on: {click: () => dialog.close()}}))));

export function dialogOf() {
  return dialog;
}

async function explain(id) {
  say(title, `Why: ${id}`);
  say(text, 'Looking for its record…');
  dialog.showModal();
  try {
    say(text, await (await get(`explain?id=${encodeURIComponent(id)}&as=text`)).text());
  } catch (failed) {
    say(text, failed.message);
  }
}

function chips(words) {
  return h('span', {class: 'chips'}, words.map(each => h('span', {class: 'chip', text: each})));
}

function outcome(row) {
  const ended = row.ended;
  if (!ended) return badge('plain', 'Under way');
  if (ended.refusal) return badge('bad', `Refused: ${ended.refusal.replaceAll('_', ' ')}`);
  return ended.destination === 'none' ? badge('plain', 'Caller left') : h('span', {class: 'lines'}, badge(ended.destination === 'public' ? 'warn' : 'good', word(ended.destination)), h('span', {class: 'muted', text: ended.upstream}));
}

export function make() {
  let frozen = null;
  let latest = null;
  const level = h('select', {id: 'by-sensitivity'}, h('option', {value: '', text: 'Any'}), SENSITIVITIES.map(value => h('option', {value, text: word(value)})));
  const find = h('input', {id: 'by-text', type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: 'id, tenant, rule, upstream'});
  const pause = h('button', {type: 'button', 'aria-pressed': 'false', text: 'Pause'});
  const problem = h('p', {class: 'alert bad', hidden: true});
  const list = table('Newest decisions, newest first', [
    {name: 'Time', of: row => clock(row.time), kind: 'nowrap'},
    {name: 'Request (opens why)', kind: 'nowrap', once: true, of: row => h('button', {type: 'button', class: 'link mono', 'aria-label': `Why ${row.id}`, text: row.id, on: {click: () => explain(row.id)}})},
    {name: 'Caller', of: row => h('span', {class: 'lines'}, h('span', {text: row.caller}), h('span', {class: 'muted', text: row.tenant}))},
    {name: 'Class', kind: 'nowrap', of: row => h('span', {class: 'lines'}, badge(row.sensitivity, word(row.sensitivity)), h('span', {class: 'muted', text: word(row.latency_class)}))},
    {name: 'Answered by', kind: 'nowrap', of: outcome},
    {name: 'Rules', of: row => chips(row.rules)},
    {name: 'Findings', of: row => chips(row.findings.map(each => `${each.type} ×${each.count} ${each.likelihood.replaceAll('_', ' ')}`).concat(row.troubles.map(each => each.replaceAll('_', ' '))))},
    {name: 'Time taken', number: true, of: row => row.ended ? span(row.ended.duration_ms) : '–'},
  ], 'No decision fits.');
  const filters = h('div', {class: 'row filters'}, h('div', {class: 'field'}, h('label', {for: 'by-sensitivity', text: 'Sensitivity'}), level),
    h('div', {class: 'field'}, h('label', {for: 'by-text', text: 'Find'}), find), pause);
  const count = h('span', {class: 'side'});
  const element = panel('Recent decisions', filters, problem, list.element);
  element.querySelector('.head').append(count);

  function fits(row) {
    const wanted = find.value.trim().toLowerCase();
    return (!level.value || row.sensitivity === level.value)
      && (!wanted || [row.id, row.tenant, row.caller, row.model, row.ended ? row.ended.upstream : '', ...row.rules].some(each => each.toLowerCase().includes(wanted)));
  }

  function draw() {
    const from = frozen || latest;
    if (!from) return;
    const fit = from.newest.filter(fits);
    problem.hidden = !from.problem;
    say(problem, from.problem || '');
    say(count, `${whole(fit.length)} of the newest ${whole(from.newest.length)}${frozen ? ', paused' : ''}`);
    list.update(fit, row => row.id);
  }

  level.addEventListener('change', draw);
  find.addEventListener('input', draw);
  pause.addEventListener('click', () => {
    frozen = frozen ? null : latest;
    pause.setAttribute('aria-pressed', String(frozen !== null));
    draw();
  });
  return {
    element,
    update(snapshot) {
      latest = snapshot.decisions;
      draw();
    },
  };
}
