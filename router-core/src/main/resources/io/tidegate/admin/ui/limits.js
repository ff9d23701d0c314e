import {facts, h, meter, panel, table} from './dom.js';
import {Rates, perSecond, whole, word} from './format.js';

export const info = {id: 'limits', name: 'Queues and limits', about: 'Who waits for a place, who was turned away, and what is in flight against which limit. Batch work is shed first, interactive last.'};

export function make() {
  const rates = new Rates(10);
  const list = facts();
  const queue = table('Requests that wait, by latency class', [
    {name: 'Latency class', of: row => word(row.latency_class)},
    {name: 'Waiting', kind: 'nowrap', of: row => h('span', {}, meter(row.depth, row.places), `${whole(row.depth)} of ${whole(row.places)}`)},
    {name: 'Shed: no place', number: true, of: row => whole(row.shed.full)},
    {name: 'Shed: waited too long', number: true, of: row => whole(row.shed.overdue)},
    {name: 'Dropped: deadline over', number: true, of: row => whole(row.shed.expired)},
  ]);
  const permits = table('Requests in flight against limits', [
    {name: 'Upstream', of: row => row.upstream},
    {name: 'Endpoint', kind: 'nowrap', of: row => row.endpoint ? h('span', {class: 'mono', text: row.endpoint}) : 'the whole account'},
    {name: 'In flight', kind: 'nowrap', of: row => h('span', {}, meter(row.in_flight, row.limit), `${whole(row.in_flight)} of ${whole(row.limit)}`)},
    {name: 'Capacity', number: true, of: row => row.capacity_rps > 0 ? perSecond(row.capacity_rps) : 'not known yet'},
  ], 'Nothing is limited.');
  const tenants = table('Requests over a tenant’s rate or token budget', [
    {name: 'Tenant', of: row => row.tenant}, {name: 'Refused', number: true, of: row => whole(row.refused)},
  ], 'No tenant has a limit of its own.');
  const retries = table('Further attempts that were not made', [
    {name: 'Reason', of: row => (row.reason || '').replaceAll('_', ' ')}, {name: 'Attempts', number: true, of: row => whole(row.count)},
  ], 'None was refused.');
  const element = h('div', {class: 'stack'}, panel('Waiting room', list.element, queue.element), panel('Limits', permits.element),
    h('div', {class: 'pair'}, panel('Tenants', tenants.element), panel('Retries', retries.element)));
  return {
    element,
    keep(snapshot) {
      rates.add(snapshot.boot, snapshot.monotonic_ms, new Map([['overflow', snapshot.limits.overflowed]]));
    },
    update(snapshot) {
      const limits = snapshot.limits;
      list.set('Waiting', `${whole(limits.queue.reduce((sum, each) => sum + each.depth, 0))} of ${whole(limits.queue_places)} places`);
      list.set('Overflowed to public', `${whole(limits.overflowed)} attempts, ${perSecond(rates.of('overflow'))}`);
      list.set('Hedged', `${whole(limits.hedges)} second attempts`);
      queue.update(limits.queue, row => row.latency_class);
      permits.update(limits.permits, row => `${row.upstream} ${row.endpoint}`);
      tenants.update(limits.tenants, row => row.tenant);
      retries.update(limits.retries_refused, row => row.reason || '');
    },
  };
}
