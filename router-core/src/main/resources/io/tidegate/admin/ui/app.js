// The page: its frame, its views, and the stream that feeds them.

import {badge, h, say} from './dom.js';
import {whenChanged} from './asking.js';
import {follow} from './feed.js';
import {ask, dialogOf} from './operator.js';
import * as flows from './flows.js';
import * as upstreams from './upstreams.js';
import * as limits from './limits.js';
import * as cache from './cache.js';
import * as policy from './policy.js';
import * as decisions from './decisions.js';
import * as playground from './playground.js';
import * as config from './config.js';
import * as log from './log.js';

// A module makes its view once; `update` is called with each snapshot, whether the view shows or not, so that rates are kept.
const VIEWS = [flows, upstreams, limits, cache, policy, decisions, playground, config, log].map(module => ({...module.info, view: module.make()}));

const main = document.getElementById('view');
const nav = document.getElementById('nav');
const health = document.getElementById('health');
const links = new Map(VIEWS.map(each => [each.id, h('a', {href: `#/${each.id}`, text: each.name})]));
nav.append(h('ul', {}, [...links.values()].map(link => h('li', {}, link))));
document.getElementById('dialogs').append(dialogOf(), decisions.dialogOf());

let shown = null;
let latest = null;

function show(byHand) {
  const id = location.hash.replace(/^#\/?/, '').split('/')[0];
  const next = VIEWS.find(each => each.id === id) || VIEWS[0];
  if (next === shown) {
    if (byHand) main.focus({preventScroll: true});
    return;
  }
  shown = next;
  for (const [name, link] of links) {
    if (name === next.id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${next.name} · Tidegate`;
  main.replaceChildren(h('div', {class: 'intro'}, h('h1', {text: next.name}), h('p', {class: 'note', text: next.about})), next.view.element);
  if (next.view.opened) next.view.opened();
  if (latest) next.view.update(latest);
  if (byHand) {
    main.focus({preventScroll: true});
    scrollTo(0, 0);
  }
}

addEventListener('hashchange', () => show(true));

// What stands in the bar: told politely, and only when it changes.
let said = '';
function tell(state, why) {
  const parts = [];
  if (state === 'lost') {
    parts.push(['bad', `No connection: ${why}`]);
  } else if (!latest) {
    parts.push(['plain', 'Connecting…']);
  } else {
    parts.push(latest.ready ? ['good', 'Ready'] : ['bad', 'Not ready']);
    if (latest.audit.failing) parts.push(['bad', 'Records cannot be written']);
    if (latest.flows.egress_violation > 0) parts.push(['bad', `Egress violations: ${latest.flows.egress_violation}`]);
    for (const warning of latest.warnings) parts.push(['warn', warning]);
  }
  const now = JSON.stringify(parts);
  if (now === said) return;
  said = now;
  health.replaceChildren(...parts.map(([kind, text]) => badge(kind, text)));
}

const operator = document.getElementById('operator');
operator.addEventListener('click', ask);
whenChanged(known => say(operator, known ? 'Operator: key held' : 'Operator…'));

// The theme: the system's unless somebody says otherwise.
const theme = document.getElementById('theme');
const dark = matchMedia('(prefers-color-scheme: dark)');
function paint() {
  document.documentElement.dataset.theme = theme.value || (dark.matches ? 'dark' : 'light');
}
try {
  theme.value = localStorage.getItem('tidegate-theme') || '';
} catch (closed) {
  theme.value = '';
}
theme.addEventListener('change', () => {
  try {
    localStorage.setItem('tidegate-theme', theme.value);
  } catch (closed) {
    // It holds for this page, then.
  }
  paint();
});
dark.addEventListener('change', paint);
paint();

tell('waiting', '');
show(false);
follow(snapshot => {
  latest = snapshot;
  say(document.getElementById('version'), snapshot.version);
  for (const each of VIEWS) {
    if (each.view.keep) each.view.keep(snapshot);
  }
  shown.view.update(snapshot);
  tell('live', '');
}, (state, why) => tell(state, why));
