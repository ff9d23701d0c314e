// What a page of another origin can try against the admin listener. Gives {tried, read: what it got to see or was told to have worked}.
const [admin, key] = arguments;
const read = [];
let tried = 0;
const attempts = [];
async function one(name, attempt) {
  tried++;
  try {
    const seen = await Promise.race([attempt(), new Promise(late => setTimeout(() => late(null), 3000))]);
    if (seen) read.push(`${name}: ${String(seen).slice(0, 60)}`);
  } catch (stopped) {
    // As it should be.
  }
}
function reads(name, attempt) {
  attempts.push(one(name, attempt));
}
for (const path of ['admin/status', 'metrics', 'admin/flows', 'admin/config', 'admin/decisions', 'admin/events']) {
  reads(`fetch ${path}`, async () => (await fetch(admin + path)).status);
}
reads('no-cors', async () => (await fetch(`${admin}admin/status`, {mode: 'no-cors'})).type !== 'opaque');
reads('credentials', async () => (await fetch(`${admin}admin/status`, {credentials: 'include'})).status);
reads('post', async () => (await fetch(`${admin}admin/policy/reload`, {method: 'POST'})).status);
reads('post no-cors', async () => { await fetch(`${admin}admin/policy/reload`, {method: 'POST', mode: 'no-cors'}); return false; });
reads('post text as json', async () => { await fetch(`${admin}admin/log`, {method: 'POST', mode: 'no-cors', body: '{"level":"debug"}'}); return false; });
reads('post json with the key', async () => (await fetch(`${admin}admin/log`, {method: 'POST', headers: {'content-type': 'application/json', authorization: `Bearer ${key}`}, body: '{"level":"debug"}'})).status);
reads('events', () => new Promise((yes, no) => { const source = new EventSource(`${admin}admin/events`); source.onmessage = () => yes('message'); source.addEventListener('snapshot', () => yes('snapshot')); source.onerror = no; }));
reads('script', () => new Promise((yes, no) => { const script = document.createElement('script'); script.src = `${admin}admin/status`; script.onload = () => yes('loaded'); script.onerror = no; document.head.append(script); }));
reads('module', () => import(`${admin}admin/ui/format.js`));
reads('image', () => new Promise((yes, no) => { const image = new Image(); image.onload = () => yes('loaded'); image.onerror = no; image.src = `${admin}admin/ui/icon.svg`; }));
reads('frame', () => new Promise((yes, no) => {
  const frame = document.createElement('iframe');
  frame.onload = () => { try { yes(frame.contentDocument && frame.contentDocument.body.textContent); } catch (closed) { no(closed); } };
  frame.src = `${admin}admin/ui/`;
  document.body.append(frame);
}));
reads('form', () => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.name = 'target';
  document.body.append(frame);
  const form = document.createElement('form');
  Object.assign(form, {method: 'post', action: `${admin}admin/policy/reload`, target: 'target', enctype: 'text/plain'});
  document.body.append(form);
  frame.onload = () => done(false);
  form.submit();
}));
await Promise.all(attempts);
return {tried, read};
