import {badge, h, panel, say, table} from './dom.js';
import {sankey, tile} from './charts.js';
import {CLASSES, DESTINATIONS, Rates, SENSITIVITIES, percent, perSecond, place, quantile, span, whole, word} from './format.js';

export const info = {id: 'flows', name: 'Flows', about: 'Where requests go, by sensitivity and destination. What is restricted or confidential never goes to a public upstream as it stands.'};

const ANSWERED = new Set(['answered', 'ok']);
const LEFT = new Set(['cancelled']);

/** Sums of the request counters under several keys. */
function sums(flows) {
  const counts = new Map();
  const add = (key, n) => counts.set(key, (counts.get(key) || 0) + n);
  for (const each of flows.requests) {
    add('all', each.count);
    add(ANSWERED.has(each.outcome) ? 'answered' : LEFT.has(each.outcome) ? 'left' : each.outcome === 'refused' ? 'refused' : 'failed', each.count);
    add(`${each.sensitivity}>${each.destination || 'none'}`, each.count);
    add(`${each.latency_class || ''}>${each.destination || 'none'}`, each.count);
    add(`end ${each.outcome}`, each.count);
    if (each.cache) add(`cache ${each.cache}`, each.count);
  }
  for (const each of flows.refusals) add(`code ${each.code}`, each.count);
  for (const each of flows.decisions) add(`class ${each.latency_class}`, each.count);
  return counts;
}

export function make() {
  const rates = new Rates(10);
  const minute = new Rates(60);
  let total = new Map();
  let times = [];
  let byRate = true;
  const show = {rate: n => perSecond(n), total: n => whole(n)};

  const tiles = {
    requests: tile('Requests'), answered: tile('Answered'), first: tile('First token'), waiting: tile('Waiting'), flight: tile('In flight'), cache: tile('From the cache'),
  };
  const chart = sankey('Requests from sensitivity to destination', SENSITIVITIES.map(id => ({id, name: word(id)})), DESTINATIONS.map(id => ({id, name: place(id)})));
  const rate = h('button', {type: 'button', class: 'small', 'aria-pressed': 'true', text: 'Last minute'});
  const since = h('button', {type: 'button', class: 'small', 'aria-pressed': 'false', text: 'Since start'});
  const choose = value => () => {
    byRate = value;
    rate.setAttribute('aria-pressed', String(value));
    since.setAttribute('aria-pressed', String(!value));
    draw();
  };
  rate.addEventListener('click', choose(true));
  since.addEventListener('click', choose(false));
  const flow = panel('Sensitivity to destination', chart.element);
  flow.querySelector('.head').append(h('div', {class: 'segments', role: 'group', 'aria-label': 'Time'}, rate, since));

  const matrix = table('Requests since the start of the daemon, and a second over the last 10 seconds', [
    {name: 'Sensitivity', of: row => badge(row.sensitivity, word(row.sensitivity)), kind: 'nowrap'},
    ...DESTINATIONS.flatMap(to => [
      {name: place(to), number: true, of: row => whole(row[to])},
      {name: 'a second', number: true, of: row => row[`${to}/s`]},
    ]),
    {name: 'All', number: true, of: row => whole(row.all)},
  ], 'No request yet.');
  const classes = table('Requests by latency class and destination, and decisions a second', [
    {name: 'Latency class', of: row => word(row.id)}, ...DESTINATIONS.map(to => ({name: word(to), number: true, of: row => whole(row[to])})), {name: 'a second', number: true, of: row => row.rate},
  ], 'No decision yet.');
  const ends = table('Requests by how they ended', [
    {name: 'End', of: row => row.end.replaceAll('_', ' ')}, {name: 'Requests', number: true, of: row => whole(row.count)}, {name: 'a second', number: true, of: row => row.rate},
  ], 'No request yet.');
  const codes = table('Refusals and errors by code', [
    {name: 'Code', of: row => h('span', {class: 'mono', text: row.code})}, {name: 'Requests', number: true, of: row => whole(row.count)}, {name: 'a second', number: true, of: row => row.rate},
  ], 'None.');
  const guarantee = h('p', {class: 'note'});
  flow.append(matrix.element, guarantee);
  const element = h('div', {class: 'stack'}, h('div', {class: 'tiles'}, Object.values(tiles).map(each => each.element)), flow,
    h('div', {class: 'pair'}, panel('Latency classes', classes.element), panel('Ends', ends.element, codes.element)));

  function draw() {
    const value = (from, to) => byRate ? minute.of(`${from}>${to}`) : total.get(`${from}>${to}`) || 0;
    chart.update(SENSITIVITIES.flatMap(from => DESTINATIONS.map(to => ({from, to, value: value(from, to)}))), byRate ? show.rate : show.total);
  }

  return {
    element,
    keep(snapshot) {
      total = sums(snapshot.flows);
      rates.add(snapshot.boot, snapshot.monotonic_ms, total);
      minute.add(snapshot.boot, snapshot.monotonic_ms, total);
      if (times.length && times[0].boot !== snapshot.boot) times = [];
      times.push({boot: snapshot.boot, ms: snapshot.monotonic_ms, first: snapshot.flows.first_token});
      while (times.length > 2 && snapshot.monotonic_ms - times[1].ms >= 60000) times.shift();
      const all = rates.delta('all');
      tiles.requests.update(perSecond(rates.of('all')), `${whole(total.get('all') || 0)} since start`, rates.of('all'));
      tiles.answered.update(all > 0 ? percent(rates.delta('answered'), all) : '–', all > 0 ? `${whole(rates.delta('refused'))} refused, ${whole(rates.delta('failed'))} failed` : 'nothing in 10 s',
        all > 0 ? rates.delta('answered') / all : 0);
      const before = times.length > 1 ? times[0].first : null;
      const median = quantile(0.5, before, snapshot.flows.first_token);
      const slow = quantile(0.95, before, snapshot.flows.first_token);
      tiles.first.update(median === null ? '–' : span(median * 1000), slow === null ? 'none in a minute' : `95 % within ${span(slow * 1000)}`, slow || 0);
      const waiting = snapshot.limits.queue.reduce((sum, each) => sum + each.depth, 0);
      tiles.waiting.update(whole(waiting), `of ${whole(snapshot.limits.queue_places)} places`, waiting);
      const flight = snapshot.upstreams.flatMap(each => each.endpoints).reduce((sum, each) => sum + each.in_flight, 0);
      tiles.flight.update(whole(flight), 'at endpoints', flight);
      const hits = rates.delta('cache hit') + rates.delta('cache stale') + rates.delta('cache semantic');
      tiles.cache.update(all > 0 ? percent(hits, all) : '–', `${whole((total.get('cache hit') || 0) + (total.get('cache stale') || 0) + (total.get('cache semantic') || 0))} since start`, all > 0 ? hits / all : 0);
    },
    update(snapshot) {
      draw();
      matrix.update(SENSITIVITIES.map(sensitivity => {
        const row = {sensitivity, all: 0};
        for (const to of DESTINATIONS) {
          row[to] = total.get(`${sensitivity}>${to}`) || 0;
          row[`${to}/s`] = perSecond(rates.of(`${sensitivity}>${to}`));
          row.all += row[to];
        }
        return row;
      }), row => row.sensitivity);
      classes.update(CLASSES.map(id => ({id, rate: perSecond(rates.of(`class ${id}`)), ...Object.fromEntries(DESTINATIONS.map(to => [to, total.get(`${id}>${to}`) || 0]))})), row => row.id);
      codes.update([...total.keys()].filter(key => key.startsWith('code ')).map(key => ({code: key.slice(5), count: total.get(key), rate: perSecond(rates.of(key))}))
        .filter(row => row.count > 0).sort((a, b) => b.count - a.count), row => row.code);
      ends.update([...total.keys()].filter(key => key.startsWith('end ')).map(key => ({end: key.slice(4), count: total.get(key), rate: perSecond(rates.of(key))}))
        .sort((a, b) => b.count - a.count), row => row.end);
      say(guarantee, `The last gate before the sockets stopped ${whole(snapshot.flows.egress_refused)} writes that were not cleared, and found content where it was not cleared `
        + `${whole(snapshot.flows.egress_violation)} times (must stay 0).`);
    },
  };
}
