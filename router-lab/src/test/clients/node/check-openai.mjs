// The unchanged openai package against a running daemon: chat, stream, tools, embeddings, models, error classes.
// Usage: node check-openai.mjs BASE_URL. Prints one line per check; exits 1 at the first that fails.
import OpenAI, { toFile } from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'unused', maxRetries: 0, timeout: 20000 });
const tools = [{ type: 'function', function: { name: 'get_weather', description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];

function check(name, holds, detail = '') {
  console.log((holds ? 'ok   ' : 'FAIL ') + name + (detail ? `: ${detail}` : ''));
  if (!holds) process.exit(1);
}

const { data, response } = await client.chat.completions.create({ model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] }).withResponse();
check('chat', data.choices[0].message.content && data.choices[0].finish_reason === 'stop');
check('route headers', response.headers.get('x-tidegate-destination') === 'PUBLIC', response.headers.get('x-tidegate-destination'));
check('request id', data._request_id === response.headers.get('x-tidegate-request-id'), data._request_id);

let pieces = 0; let finish; let usage;
for await (const chunk of await client.chat.completions.create({ model: 'auto', stream: true, stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Count to three.' }] })) {
  if (chunk.choices[0]?.delta?.content) pieces++;
  finish = chunk.choices[0]?.finish_reason ?? finish;
  usage = chunk.usage ?? usage;
}
check('stream', pieces > 1 && finish === 'stop' && usage.completion_tokens > 0, `${pieces} pieces`);

const whole = await client.chat.completions.create({ model: 'auto', tools, tool_choice: 'required', messages: [{ role: 'user', content: 'How is the weather in Oslo?' }] });
const call = whole.choices[0].message.tool_calls[0];
check('tool call', whole.choices[0].finish_reason === 'tool_calls' && call.function.name === 'get_weather', call.function.arguments);
const runner = client.chat.completions.stream({ model: 'auto', tools, tool_choice: 'required', messages: [{ role: 'user', content: 'How is the weather in Oslo?' }] });
const final = await runner.finalChatCompletion();
check('tool call streamed', final.choices[0].message.tool_calls[0].function.arguments === call.function.arguments);

const packed = await client.embeddings.create({ model: 'auto', input: ['one', 'two'] }); // asks for base64 by default
const plain = await client.embeddings.create({ model: 'auto', input: ['one', 'two'], encoding_format: 'float' });
check('embeddings base64', packed.data.length === 2 && packed.data[0].embedding.every((v, i) => Math.abs(v - plain.data[0].embedding[i]) < 1e-6),
  `${packed.data[0].embedding.length} numbers`);
check('completions', (await client.completions.create({ model: 'auto', prompt: 'Once upon a time' })).choices[0].text);
check('models', (await client.models.list()).data.some((m) => m.id === 'auto'));

async function raises(kind, status, code, run) {
  try {
    await run();
    check(kind.name, false, 'no error');
  } catch (error) {
    check(kind.name, error instanceof kind && error.status === status && error.code === code, `${error.status} ${error.code}`);
  }
}
await raises(OpenAI.NotFoundError, 404, 'not_found', () => client.chat.completions.create({ model: 'no-such-model', messages: [{ role: 'user', content: 'x' }] }));
await raises(OpenAI.BadRequestError, 400, 'invalid_request', () => client.chat.completions.create({ model: 'auto', messages: [] }));

const lines = Array.from({ length: 20 }, (_, i) => JSON.stringify({ custom_id: `c${i}`, method: 'POST', url: '/v1/chat/completions',
  body: { model: 'auto', messages: [{ role: 'user', content: `Say ${i}.` }] } })).join('\n');
const stored = await client.files.create({ file: await toFile(Buffer.from(lines), 'lines.jsonl'), purpose: 'batch' });
check('file', stored.bytes === Buffer.byteLength(lines), stored.id);
let batch = await client.batches.create({ input_file_id: stored.id, endpoint: '/v1/chat/completions', completion_window: '24h' });
for (const end = Date.now() + 30000; ['validating', 'in_progress', 'finalizing'].includes(batch.status) && Date.now() < end;) {
  await new Promise((done) => setTimeout(done, 50));
  batch = await client.batches.retrieve(batch.id);
}
check('batch', batch.status === 'completed' && batch.request_counts.completed === 20, batch.status);
const answers = (await (await client.files.content(batch.output_file_id)).text()).trim().split('\n').map((line) => JSON.parse(line));
check('batch answers', new Set(answers.map((answer) => answer.custom_id)).size === 20 && answers.every((answer) => answer.response.body.choices.length === 1));
check('file deleted', (await client.files.delete(stored.id)).deleted);
console.log('all checks passed');
