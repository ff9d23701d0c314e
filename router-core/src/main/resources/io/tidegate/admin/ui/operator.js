// Who acts: asks for a key, and acts with it.

import {h, say} from './dom.js';
import {hold, options} from './asking.js';

const field = h('input', {type: 'password', id: 'key', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'key-note'});
const note = h('p', {id: 'key-note', class: 'note', text: 'A key of admin.operators, made with “tidegate keys new operators NAME”. It stays in this page’s memory and is gone when the page is closed.'});
const form = h('form', {method: 'dialog'}, h('h2', {text: 'Act as an operator', id: 'operator-title'}), h('label', {for: 'key', text: 'Key'}), field, note,
  h('div', {class: 'row'}, h('button', {type: 'submit', class: 'primary', text: 'Use this key'}),
    h('button', {type: 'button', text: 'Forget', on: {click: () => { hold(''); dialog.close(); }}}),
    h('button', {type: 'button', text: 'Cancel', on: {click: () => dialog.close()}})));
const dialog = h('dialog', {'aria-labelledby': 'operator-title'}, form);
form.addEventListener('submit', event => {
  event.preventDefault();
  hold(field.value.trim());
  dialog.close();
});
dialog.addEventListener('close', () => { field.value = ''; });

export function dialogOf() {
  return dialog;
}

export function ask() {
  if (!dialog.open) dialog.showModal();
  field.focus();
}

/** Acts: a POST of JSON. Gives what came of it in words; asks for a key where one is missing. */
export async function act(path, body) {
  try {
    const answer = await fetch(`../${path}`, options({method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}));
    const text = (await answer.text()).trim();
    if (answer.status === 401) ask();
    return {ok: answer.ok, text, json: answer.headers.get('content-type') === 'application/json' ? JSON.parse(text) : null};
  } catch (unreachable) {
    return {ok: false, text: 'The daemon does not answer.', json: null};
  }
}

/** A button that acts, and a line that says what came of it. */
export function actButton(label, run) {
  const outcome = h('span', {class: 'outcome', role: 'status'});
  const button = h('button', {type: 'button', text: label});
  button.addEventListener('click', async () => {
    button.disabled = true;
    say(outcome, '…');
    try {
      say(outcome, await run());
    } finally {
      button.disabled = false;
      button.focus();
    }
  });
  return h('div', {class: 'row'}, button, outcome);
}
