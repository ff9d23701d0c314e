import {badge, facts, h, panel, say, table} from './dom.js';
import {span, whole, word} from './format.js';
import {act, actButton} from './operator.js';

export const info = {id: 'policy', name: 'Policy', about: 'The bundle in force: who signed it, how often its rules decided, and what policies that only watch would have done.'};

export function make() {
  const list = facts();
  const state = h('div', {class: 'side'});
  const problems = h('div', {class: 'alert bad', hidden: true});
  const bundle = panel('Bundle in force', list.element, problems, h('p', {class: 'note', text: 'Reading the policies again changes nothing unless the new bundle passes every check. Takes an operator’s key.'}),
    actButton('Read the policies again', async () => {
      const outcome = await act('policy/reload', {});
      return outcome.json ? `${word(outcome.json.outcome)}: ${outcome.json.version || ''}${outcome.json.problems && outcome.json.problems.length ? ` – ${outcome.json.problems[0]}` : ''}` : outcome.text;
    }));
  bundle.querySelector('.head').append(state);
  const rules = table('Decisions by the rules that made them', [
    {name: 'Rule', of: row => h('span', {class: 'mono', text: row.rule})}, {name: 'Decisions', number: true, of: row => whole(row.count)},
  ], 'No rule has decided yet, or rules are not counted.');
  const shadowFacts = facts();
  const counts = table('What policies that only watch would have changed', [
    {name: 'Rule', of: row => h('span', {class: 'mono', text: row.rule || 'the shadow bundle'})}, {name: 'Enforced', of: row => badge(row.enforced, word(row.enforced)), kind: 'nowrap'},
    {name: 'Would be', of: row => badge(row.shadow, word(row.shadow)), kind: 'nowrap'}, {name: 'Requests', number: true, of: row => whole(row.count)},
  ], 'Nothing would have been decided otherwise.');
  const samples = table('Newest requests that would have been decided otherwise', [
    {name: 'At', of: row => row.at.slice(0, 19).replace('T', ' '), kind: 'nowrap'}, {name: 'Request', of: row => h('span', {class: 'mono', text: row.request_id})},
    {name: 'Enforced', of: row => badge(row.enforced, word(row.enforced)), kind: 'nowrap'}, {name: 'Would be', of: row => badge(row.shadow, word(row.shadow)), kind: 'nowrap'},
    {name: 'By', of: row => row.shadow_rules.join(', ')},
  ], '');
  const element = h('div', {class: 'stack'}, bundle, panel('Rules', rules.element), panel('Shadow', shadowFacts.element, counts.element, samples.element));
  let stated = '';
  return {
    element,
    update(snapshot) {
      const now = snapshot.policy.bundle;
      list.set('Version', now.version);
      list.set('Digest', h('span', {class: 'mono', text: now.digest}), true);
      list.set('In force for', `${span(Math.max(0, Date.parse(snapshot.at) - Date.parse(now.since)))}, since ${now.since.slice(0, 19).replace('T', ' ')} UTC`, true);
      list.set('From', h('span', {class: 'mono', text: now.place}));
      list.set('Signatures', now.signatures === 'required' ? `required; signed by ${(now.signed_by || []).join(', ') || 'nobody'}` : 'not required');
      list.set('Revision', now.revision === undefined ? null : String(now.revision));
      list.set('Next expiry', now.next_expiry || null);
      const last = now.last_attempt;
      list.set('Last attempt', last ? `${last.outcome}${last.stage ? ` at ${last.stage}` : ''}, ${last.at.slice(0, 19).replace('T', ' ')} UTC` : null);
      const bad = last && last.outcome === 'refused';
      const say0 = bad ? 'Newest bundle refused' : 'In force';
      if (stated !== say0) {
        stated = say0;
        state.replaceChildren(badge(bad ? 'bad' : 'good', say0));
      }
      problems.hidden = !bad;
      say(problems, bad ? last.problems.slice(0, 5).join(' · ') : '');
      rules.update(snapshot.policy.decided_by.filter(each => each.rule).sort((a, b) => b.count - a.count).slice(0, 100), row => row.rule);
      const shadow = now.shadow;
      shadowFacts.set('Bundle that watches', shadow ? h('span', {class: 'mono', text: shadow.digest || 'none usable'}) : 'none; shadow rules of the bundle in force count here, too', true);
      shadowFacts.set('Problem', shadow && shadow.problem ? shadow.problem : null);
      counts.update(snapshot.policy.shadow_counts, row => `${row.rule} ${row.enforced} ${row.shadow}`);
      samples.update(snapshot.policy.shadow.samples.slice(-20).reverse(), row => `${row.request_id} ${row.at}`);
    },
  };
}
