import {badge, h, panel, say, table} from './dom.js';
import {options} from './asking.js';
import {CLASSES, SENSITIVITIES, word, whole} from './format.js';

export const info = {id: 'playground', name: 'Playground', about: 'How a text would be decided by the policy in force. It is classified inside this daemon: nothing is sent to a model, kept, counted or logged, and the answer holds no part of it.'};

function field(id, label, input) {
  return h('div', {class: 'field'}, h('label', {for: id, text: label}), input);
}

function choice(id, values, first) {
  return h('select', {id}, h('option', {value: '', text: first}), values.map(value => h('option', {value, text: word(value)})));
}

function step(each) {
  const when = {always: '', down: ' if what is before it is down', busy: ' if what is before it is busy or down'}[each.when] ?? ` when ${each.when}`;
  return `${word(each.to)}${when}${each.after ? `, after ${each.after}` : ''}`;
}

export function make() {
  const typed = h('textarea', {id: 'typed', spellcheck: 'false', autocomplete: 'off', maxlength: '60000', 'aria-describedby': 'typed-note'});
  const operation = h('select', {id: 'operation'}, [['chat', 'Chat'], ['completion', 'Completion'], ['embedding', 'Embedding']].map(([value, text]) => h('option', {value, text})));
  const tenant = h('input', {id: 'tenant', type: 'text', autocomplete: 'off', placeholder: 'default', maxlength: '64'});
  const groups = h('input', {id: 'groups', type: 'text', autocomplete: 'off', placeholder: 'finance, ward-a'});
  const sensitivity = choice('declared', [...SENSITIVITIES].reverse(), 'Nothing declared');
  const latency = choice('wish', CLASSES, 'Nothing stated');
  const go = h('button', {type: 'submit', class: 'primary', text: 'Classify'});
  const outcome = h('span', {class: 'outcome', role: 'status'});
  const form = h('form', {class: 'stack'}, field('typed', 'Text of a user’s message', typed), h('p', {class: 'note', id: 'typed-note', text: 'Detectors in other processes are not asked here, since they would be sent the text.'}),
    h('div', {class: 'fields'}, field('operation', 'Operation', operation), field('tenant', 'Tenant', tenant), field('groups', 'Groups', groups), field('declared', 'Declared sensitivity', sensitivity), field('wish', 'Latency class', latency)),
    h('div', {class: 'row'}, go, outcome));

  const verdict = h('div', {class: 'verdict'});
  const route = h('ul', {class: 'steps', 'aria-label': 'Route, in order'});
  const trouble = h('p', {class: 'alert', hidden: true});
  const notAsked = h('p', {class: 'alert', hidden: true});
  const findings = table('Findings', [
    {name: 'Type', of: row => h('span', {class: 'mono', text: row.type})}, {name: 'Likelihood', of: row => word(row.likelihood)}, {name: 'Count', number: true, of: row => whole(row.count)},
    {name: 'Detector', of: row => h('span', {class: 'mono', text: row.detector})},
  ], 'Nothing was found.');
  const rules = table('Rules that matched', [
    {name: 'Rule', of: row => h('span', {class: 'mono', text: row.id})}, {name: 'Raises to', kind: 'nowrap', of: row => badge(row.raise_to, word(row.raise_to))},
    {name: 'Needs', kind: 'words', of: row => row.needs}, {name: 'Reason', kind: 'words', of: row => row.reason}, {name: 'In force', of: row => row.shadow ? 'only watches' : row.failed ? 'failed, so it counts' : 'yes'},
  ], 'No rule matched.');
  const join = table('How the sensitivity came about', [
    {name: 'By', of: row => row.by}, {name: 'Says', kind: 'nowrap', of: row => badge(row.says, word(row.says))}, {name: 'So far', kind: 'nowrap', of: row => badge(row.joined, word(row.joined))},
  ]);
  const upstreams = table('Upstreams', [
    {name: 'Upstream', of: row => row.name}, {name: 'Zone', of: row => word(row.zone)}, {name: 'May be tried', of: row => row.candidate ? 'yes' : row.open ? 'no: it does not serve this' : 'no: its zone is not open'},
  ], 'None is configured.');
  const result = h('div', {class: 'stack', hidden: true}, panel('Verdict', verdict, route, trouble, notAsked, findings.element), panel('Why', rules.element, join.element), panel('Where it could go', upstreams.element));

  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (!typed.value) {
      say(outcome, 'Type a text first.');
      typed.focus();
      return;
    }
    go.disabled = true;
    say(outcome, '…');
    try {
      const question = {text: typed.value, operation: operation.value, tenant: tenant.value.trim(), sensitivity: sensitivity.value, latency_class: latency.value,
        groups: groups.value.split(',').map(each => each.trim()).filter(each => each)};
      const answer = await fetch('../playground', options({method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(question)}));
      if (answer.ok) shown(await answer.json());
      else say(outcome, (await answer.text()).trim());
    } catch (unreachable) {
      say(outcome, 'The daemon does not answer.');
    } finally {
      go.disabled = false;
    }
  });

  function shown(told) {
    result.hidden = false;
    verdict.replaceChildren(badge(told.sensitivity, word(told.sensitivity)), h('span', {class: 'chip', text: word(told.latency_class)}), h('span', {class: 'muted', text: `by ${told.policy.version}, ${told.policy.digest.slice(0, 12)}`}));
    route.replaceChildren(...(told.route.length ? told.route.map(each => h('li', {text: step(each)})) : [h('li', {text: 'Nowhere: it would be refused'})]));
    trouble.hidden = told.troubles.length === 0;
    say(trouble, told.troubles.length ? `The scan is not whole: ${told.troubles.map(each => each.replaceAll('_', ' ')).join(', ')}.` : '');
    notAsked.hidden = told.plugins_not_asked === 0;
    say(notAsked, told.plugins_not_asked ? `${told.plugins_not_asked} detectors in other processes were not asked; they could only raise this.` : '');
    findings.update(told.findings, row => `${row.type} ${row.likelihood} ${row.detector}`);
    rules.update(told.rules, row => row.id);
    join.update(told.join.map((each, at) => ({...each, at})), row => String(row.at));
    upstreams.update(told.upstreams, row => row.name);
    say(outcome, `${word(told.sensitivity)}: ${told.route.length ? told.route.map(step).join(', then ') : 'nowhere'}`);
  }

  const element = h('div', {class: 'stack'}, panel('Text', form), result);
  return {element, update() {}};
}
