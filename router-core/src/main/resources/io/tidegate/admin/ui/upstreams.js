import {badge, facts, h, meter, panel, table} from './dom.js';
import {Rates, perSecond, span, whole, word} from './format.js';

export const info = {id: 'upstreams', name: 'Upstreams', about: 'Each model service with its endpoints, and why each of them is asked or not.'};

function state(endpoint) {
  if (endpoint.closed) return badge('bad', 'Closed');
  if (endpoint.state === 'EJECTED') return badge('bad', 'Left out');
  if (endpoint.state === 'PROBING') return badge('warn', 'On probation');
  if (endpoint.retry_after_ms > 0) return badge('warn', 'Asked to wait');
  if (!endpoint.usable) return badge('warn', 'Full');
  return endpoint.avoided_for_ms > 0 ? badge('warn', 'Avoided') : endpoint.weight_percent < 100 ? badge('warn', 'Slow start') : badge('good', 'Well');
}

function inFlight(endpoint) {
  return endpoint.limit ? h('span', {}, meter(endpoint.limit.in_flight, endpoint.limit.limit), `${whole(endpoint.limit.in_flight)} of ${whole(endpoint.limit.limit)}`)
    : whole(endpoint.in_flight);
}

function one(name) {
  const list = facts();
  const marks = h('div', {class: 'side'});
  const endpoints = table(`Endpoints of ${name}`, [
    {name: 'Endpoint', kind: 'nowrap', of: row => h('span', {class: 'mono', text: row.address})},
    {name: 'State', kind: 'nowrap', of: state},
    {name: 'Why', kind: 'words', of: row => row.why},
    {name: 'In flight', kind: 'nowrap', of: inFlight},
    {name: 'Share', kind: 'nowrap', of: row => row.weight_percent < 100 ? `${row.weight} × ${row.weight_percent} %` : String(row.weight)},
    {name: 'Retry-After', number: true, of: row => row.retry_after_ms > 0 ? span(row.retry_after_ms) : '–'},
    {name: 'Capacity', number: true, of: row => row.limit && row.limit.capacity_rps > 0 ? perSecond(row.limit.capacity_rps) : '–'},
    {name: 'From', kind: 'nowrap', of: row => (row.discovered ? 'discovered' : 'configuration') + (row.region ? `, ${row.region}` : '')},
  ], 'No endpoint: nothing can be sent there.');
  const element = panel(name, list.element, endpoints.element);
  element.querySelector('.head').append(marks);
  return {
    element,
    update(upstream, rates) {
      const shown = [badge(upstream.zone === 'private' ? 'good' : 'warn', upstream.zone === 'private' ? 'Private zone' : 'Public zone')];
      if (upstream.emulated) shown.push(badge('plain', 'Emulated: no real model'));
      if (upstream.account_closed) shown.push(badge('bad', 'Account refused'));
      const key = shown.map(each => each.textContent).join();
      if (marks.dataset.shown !== key) {
        marks.dataset.shown = key;
        marks.replaceChildren(...shown);
      }
      const up = upstream.endpoints.filter(each => each.usable).length;
      list.set('Usable', `${up} of ${upstream.endpoints.length} endpoints`);
      list.set('Dialect', upstream.dialect);
      list.set('Models', upstream.models.join(', '));
      list.set('Chosen by', word(upstream.balance));
      list.set('Account limit', upstream.account ? `${whole(upstream.account.in_flight)} of ${whole(upstream.account.limit)} in flight` : null);
      endpoints.update(upstream.endpoints.map(each => ({...each, closed: upstream.account_closed})), row => row.id);
      const ends = Object.entries(upstream.attempts).sort((a, b) => b[1] - a[1]);
      list.set('Attempts', ends.length ? ends.map(([end, count]) => `${whole(count)} ${end.replaceAll('_', ' ')} (${perSecond(rates.of(`${upstream.name} ${end}`))})`).join(', ') : 'none yet', true);
    },
  };
}

export function make() {
  const element = h('div', {class: 'stack'});
  const rates = new Rates(10);
  const cards = new Map();
  const none = h('p', {class: 'nothing', text: 'No upstream is configured: every request that asks for a model is refused.'});
  return {
    element,
    keep(snapshot) {
      rates.add(snapshot.boot, snapshot.monotonic_ms, new Map(snapshot.upstreams.flatMap(each => Object.entries(each.attempts).map(([end, count]) => [`${each.name} ${end}`, count]))));
    },
    update(snapshot) {
      for (const upstream of snapshot.upstreams) {
        let card = cards.get(upstream.name);
        if (!card) {
          card = one(upstream.name);
          cards.set(upstream.name, card);
          element.append(card.element);
        }
        card.update(upstream, rates);
      }
      if (snapshot.upstreams.length === 0) element.replaceChildren(none);
    },
  };
}
