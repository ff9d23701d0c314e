import {h, panel, say, table} from './dom.js';
import {get} from './asking.js';

export const info = {id: 'config', name: 'Config', about: 'What is in force: the file, with variables and flags over it, and defaults for the rest. Secrets are masked in the daemon, before they come here.'};

function flat(value, path, into) {
  if (Array.isArray(value)) {
    if (value.every(each => typeof each !== 'object' || each === null)) into.push({key: path, value: value.length ? value.join(', ') : '(none)'});
    else value.forEach((each, at) => flat(each, `${path}[${at}]`, into));
  } else if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 0) into.push({key: path, value: '(none)'});
    for (const [key, each] of entries) flat(each, path ? `${path}.${key}` : key, into);
  } else {
    into.push({key: path, value: String(value)});
  }
  return into;
}

export function make() {
  let lines = [];
  const find = h('input', {id: 'config-find', type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: 'http, timeouts, upstreams[0]'});
  const problem = h('p', {class: 'alert bad', hidden: true});
  const list = table('Configuration in force', [
    {name: 'Key', of: row => h('span', {class: 'mono', text: row.key})},
    {name: 'Value', of: row => row.value === '***' ? h('span', {class: 'chip', text: 'secret, not shown'}) : h('span', {class: 'mono', text: row.value})},
  ], 'No key fits.');
  const element = panel('Configuration', h('div', {class: 'field'}, h('label', {for: 'config-find', text: 'Find a key or value'}), find), problem, list.element);
  const draw = () => {
    const wanted = find.value.trim().toLowerCase();
    list.update(lines.filter(each => !wanted || each.key.toLowerCase().includes(wanted) || each.value.toLowerCase().includes(wanted)), row => row.key);
  };
  find.addEventListener('input', draw);
  return {
    element,
    update() {},
    async opened() {
      try {
        lines = flat((await (await get('config')).json()).config, '', []);
        problem.hidden = true;
      } catch (failed) {
        problem.hidden = false;
        say(problem, `It cannot be shown: ${failed.message}`);
      }
      draw();
    },
  };
}
