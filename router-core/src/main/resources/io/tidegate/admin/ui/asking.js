// How this page asks. The key is held in its memory only: not in a store, not in a cookie, gone with the page.

let held = '';
const listeners = [];

export function whenChanged(listener) {
  listeners.push(listener);
}

export function hold(value) {
  held = value;
  listeners.forEach(listener => listener(held !== ''));
}

/** Headers of every request of this page. No cookie ever goes with one. */
export function options(more) {
  const headers = {...(more && more.headers)};
  if (held) headers.authorization = `Bearer ${held}`;
  return {...more, headers, credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer'};
}

export async function get(path) {
  const answer = await fetch(`../${path}`, options());
  if (!answer.ok) throw new Error((await answer.text()).trim() || `status ${answer.status}`);
  return answer;
}
