import {badge, facts, h, panel, table} from './dom.js';
import {tile} from './charts.js';
import {Rates, bytes, percent, perSecond, whole, word} from './format.js';
import {act, actButton} from './operator.js';

export const info = {id: 'cache', name: 'Cache', about: 'Answers held for those who ask the same again. What is restricted is never kept by default; nothing is shared between tenants.'};

const KINDS = ['hit', 'stale', 'semantic', 'miss', 'bypass'];

export function make() {
  const rates = new Rates(10);
  let total = new Map();
  const tiles = {entries: tile('Answers held'), size: tile('Memory'), hits: tile('Found, last 10 s'), refreshes: tile('Refreshed')};
  const kinds = table('Requests by what the cache had for them', [
    {name: 'Cache', of: row => word(row.kind)}, {name: 'Requests', number: true, of: row => whole(row.count)}, {name: 'a second', number: true, of: row => row.rate},
  ]);
  const shared = facts();
  const sharedPanel = panel('Shared layer', shared.element);
  const by = h('select', {id: 'purge-by'}, [['all', 'Everything'], ['tenant', 'A tenant’s'], ['model', 'A model’s'], ['policy', 'A policy bundle’s']].map(([value, text]) => h('option', {value, text})));
  const what = h('input', {id: 'purge-what', type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '256'});
  const whatField = h('div', {class: 'field', hidden: true}, h('label', {for: 'purge-what', text: 'Name or digest'}), what);
  by.addEventListener('change', () => { whatField.hidden = by.value === 'all'; });
  const purge = panel('Purge', h('p', {class: 'note', text: 'Removes answers here, and from the shared layer if there is one. Takes an operator’s key.'}),
    h('div', {class: 'row'}, h('div', {class: 'field'}, h('label', {for: 'purge-by', text: 'What'}), by), whatField),
    actButton('Purge', async () => {
      if (by.value !== 'all' && !what.value.trim()) return 'Say which.';
      const outcome = await act(`cache/purge?${by.value === 'all' ? 'all' : `${by.value}=${encodeURIComponent(what.value.trim())}`}`, {});
      return outcome.ok && outcome.json ? `Removed ${whole(outcome.json.memory)} answers${outcome.json.shared ? `, ${whole(outcome.json.shared)} from the shared layer` : ''}${outcome.json.noted_failed ? `; ${outcome.json.noted_failed}` : ''}.` : outcome.text;
    }));
  const element = h('div', {class: 'stack'}, h('div', {class: 'tiles'}, Object.values(tiles).map(each => each.element)), h('div', {class: 'pair'}, panel('Requests', kinds.element), purge), sharedPanel);
  return {
    element,
    keep(snapshot) {
      total = new Map();
      let all = 0;
      for (const each of snapshot.flows.requests) {
        if (each.cache) total.set(each.cache, (total.get(each.cache) || 0) + each.count);
        all += each.count;
      }
      total.set('all', all);
      rates.add(snapshot.boot, snapshot.monotonic_ms, total);
      const cache = snapshot.cache;
      tiles.entries.update(whole(cache.entries), 'in this daemon', cache.entries);
      tiles.size.update(bytes(cache.bytes), '', cache.bytes);
      const found = rates.delta('hit') + rates.delta('stale') + rates.delta('semantic');
      tiles.hits.update(percent(found, rates.delta('all')), `${whole(cache.hits)} found, ${whole(cache.misses)} not, in all`, rates.delta('all') > 0 ? found / rates.delta('all') : 0);
      tiles.refreshes.update(whole(cache.refreshes), `${whole(cache.refreshing)} under way`, cache.refreshes);
    },
    update(snapshot) {
      kinds.update(KINDS.map(kind => ({kind, count: total.get(kind) || 0, rate: perSecond(rates.of(kind))})), row => row.kind);
      const far = snapshot.cache.shared;
      sharedPanel.hidden = !far;
      if (far) {
        shared.set('Address', h('span', {class: 'mono', text: far.address}));
        shared.set('State', far.given_up ? badge('warn', 'Too slow: not asked now') : far.connected ? badge('good', 'Connected') : badge('bad', 'Not connected'));
        shared.set('Found', whole(far.hits));
        shared.set('Not found', whole(far.misses));
        shared.set('Late', whole(far.late));
        shared.set('Failed', whole(far.failed));
        shared.set('Stored', whole(far.stored));
      }
    },
  };
}
