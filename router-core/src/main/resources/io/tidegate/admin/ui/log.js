import {facts, h, panel} from './dom.js';
import {act, actButton} from './operator.js';

export const info = {id: 'log', name: 'Log level', about: 'How much the daemon itself says. Libraries stay at warnings, since their lower levels print what passes through them; at no level is there text of a request.'};

const LEVELS = [['error', 'Error'], ['warn', 'Warn'], ['info', 'Info'], ['debug', 'Debug']];

export function make() {
  const list = facts();
  const inputs = LEVELS.map(([value, text]) => h('label', {}, h('input', {type: 'radio', name: 'level', value}), text));
  let touched = false;
  const fields = h('fieldset', {}, h('legend', {text: 'New level'}), h('div', {class: 'choices'}, inputs));
  fields.addEventListener('change', () => { touched = true; });
  const element = panel('Level', list.element, fields, h('p', {class: 'note', text: 'It holds until the daemon restarts; to keep it, set telemetry.logLevel. Takes an operator’s key, and is logged with its name.'}),
    actButton('Set the level', async () => {
      const chosen = fields.querySelector('input:checked');
      if (!chosen) return 'Choose a level.';
      const outcome = await act('log', {level: chosen.value});
      if (outcome.ok) touched = false;
      return outcome.ok && outcome.json ? `It is ${outcome.json.log.level} now.` : outcome.text;
    }));
  return {
    element,
    update(snapshot) {
      list.set('Now', snapshot.log.level || 'not known: logging is set up from outside');
      list.set('Configured', snapshot.log.configured);
      if (!touched) {
        for (const label of inputs) label.firstChild.checked = label.firstChild.value === snapshot.log.level;
      }
    },
  };
}
