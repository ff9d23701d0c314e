// The stream of snapshots, read with fetch so that a key can go with it, and kept up by itself.

import {options} from './asking.js';

const LONGEST_WAIT = 10000;
const SILENCE = 6000;

/**
 * Calls `onSnapshot(document)` for each snapshot and `onState(state, why)` with 'live', 'waiting' or 'lost' when that changes. For good: it tries again.
 */
export async function follow(onSnapshot, onState) {
  let wait = 500;
  for (;;) {
    const control = new AbortController();
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => control.abort(), SILENCE);
    };
    let why = 'the daemon does not answer';
    try {
      alive();
      const answer = await fetch('../events', options({signal: control.signal}));
      if (!answer.ok) {
        why = (await answer.text()).trim() || `status ${answer.status}`;
        throw new Error(why);
      }
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      let text = '';
      for (;;) {
        const {done, value} = await reader.read();
        if (done) break;
        alive();
        text += decoder.decode(value, {stream: true});
        let end;
        while ((end = text.indexOf('\n\n')) >= 0) {
          const data = text.slice(0, end).split('\n').filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n');
          text = text.slice(end + 2);
          if (data) {
            wait = 500;
            onState('live', '');
            onSnapshot(JSON.parse(data));
          }
        }
      }
    } catch (broken) {
      // Said below; a defect of this page must not look like one of the daemon's.
      if (broken instanceof ReferenceError || broken instanceof SyntaxError || broken instanceof RangeError) console.error(broken);
    }
    clearTimeout(silence);
    onState('lost', why);
    await new Promise(later => setTimeout(later, wait));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }
}
