// What a page of another origin can try against the admin listener. Gives {tried, read: what it got to see or was told to have worked}.
const [admin, key] = arguments;
const read = [];
let tried = 0;
async function reads(name, attempt) {
  tried++;
  try {
    const seen = await Promise.race([attempt(), new Promise(late => setTimeout(() => late(null), 2000))]);
    if (seen) read.push(`${name}: ${String(seen).slice(0, 60)}`);
  } catch (stopped) {
    // As it should be.
  }
}
for (const path of ['admin/status', 'metrics', 'admin/flows', 'admin/config', 'admin/decisions', 'admin/events']) {
  await reads(`fetch ${path}`, async () => (await fetch(admin + path)).status);
}
await reads('no-cors', async () => (await fetch(`${admin}admin/status`, {mode: 'no-cors'})).type !== 'opaque');
await reads('credentials', async () => (await fetch(`${admin}admin/status`, {credentials: 'include'})).status);
await reads('post', async () => (await fetch(`${admin}admin/policy/reload`, {method: 'POST'})).status);
await reads('post no-cors', async () => { await fetch(`${admin}admin/policy/reload`, {method: 'POST', mode: 'no-cors'}); return false; });
await reads('post text as json', async () => { await fetch(`${admin}admin/log`, {method: 'POST', mode: 'no-cors', body: '{"level":"debug"}'}); return false; });
await reads('post json with the key', async () => (await fetch(`${admin}admin/log`, {method: 'POST', headers: {'content-type': 'application/json', authorization: `Bearer ${key}`}, body: '{"level":"debug"}'})).status);
await reads('events', () => new Promise((yes, no) => { const source = new EventSource(`${admin}admin/events`); source.onmessage = () => yes('message'); source.addEventListener('snapshot', () => yes('snapshot')); source.onerror = no; }));
await reads('script', () => new Promise((yes, no) => { const script = document.createElement('script'); script.src = `${admin}admin/status`; script.onload = () => yes('loaded'); script.onerror = no; document.head.append(script); }));
await reads('module', () => import(`${admin}admin/ui/format.js`));
await reads('image', () => new Promise((yes, no) => { const image = new Image(); image.onload = () => yes('loaded'); image.onerror = no; image.src = `${admin}admin/ui/icon.svg`; }));
await reads('frame', () => new Promise((yes, no) => {
  const frame = document.createElement('iframe');
  frame.onload = () => { try { yes(frame.contentDocument && frame.contentDocument.body.textContent); } catch (closed) { no(closed); } };
  frame.src = `${admin}admin/ui/`;
  document.body.append(frame);
}));
await reads('form', () => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.name = 'target';
  document.body.append(frame);
  const form = document.createElement('form');
  Object.assign(form, {method: 'post', action: `${admin}admin/policy/reload`, target: 'target', enctype: 'text/plain'});
  document.body.append(form);
  frame.onload = () => done(false);
  form.submit();
}));
return {tried, read};
