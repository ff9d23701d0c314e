"""The unchanged openai package against a running daemon: chat, stream, tools, embeddings, models, error classes, jobs.

Usage: check_openai.py BASE_URL. Prints one line per check; exits 1 at the first that fails.
"""
import json
import sys
import time

import openai

base = sys.argv[1]
client = openai.OpenAI(base_url=base, api_key="unused", max_retries=0, timeout=20)
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def check(name, holds, detail=""):
    print(("ok   " if holds else "FAIL ") + name + (f": {detail}" if detail else ""))
    if not holds:
        sys.exit(1)


raw = client.chat.completions.with_raw_response.create(model="auto", messages=[{"role": "user", "content": "Say hello."}])
answer = raw.parse()
check("chat", bool(answer.choices[0].message.content) and answer.choices[0].finish_reason == "stop", answer.choices[0].finish_reason)
check("chat usage", answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens)
check("route headers", raw.headers["x-tidegate-destination"] == "PUBLIC" and raw.headers["x-tidegate-sensitivity"] == "INTERNAL",
      raw.headers["x-tidegate-destination"])

pieces, finish, usage = [], None, None
for chunk in client.chat.completions.create(model="auto", stream=True, stream_options={"include_usage": True},
                                            messages=[{"role": "user", "content": "Count to three."}]):
    if chunk.choices:
        pieces.append(chunk.choices[0].delta.content or "")
        finish = chunk.choices[0].finish_reason or finish
    usage = chunk.usage or usage
check("stream", len([p for p in pieces if p]) > 1 and finish == "stop", f"{len(pieces)} chunks")
check("stream usage", usage is not None and usage.completion_tokens > 0)

tools = client.chat.completions.create(model="auto", tools=[TOOL], tool_choice="required",
                                       messages=[{"role": "user", "content": "How is the weather in Oslo?"}])
call = tools.choices[0].message.tool_calls[0]
check("tool call", tools.choices[0].finish_reason == "tool_calls" and call.function.name == "get_weather", call.function.arguments)
name, arguments = "", ""
for chunk in client.chat.completions.create(model="auto", stream=True, tools=[TOOL], tool_choice="required",
                                            messages=[{"role": "user", "content": "How is the weather in Oslo?"}]):
    for part in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
        name += part.function.name or ""
        arguments += part.function.arguments or ""
check("tool call streamed", name == "get_weather" and arguments == call.function.arguments, arguments)

vectors = client.embeddings.create(model="auto", input=["one", "two"])  # asks for base64 by default
plain = client.embeddings.create(model="auto", input=["one", "two"], encoding_format="float")
check("embeddings base64", len(vectors.data) == 2 and max(abs(a - b) for a, b in zip(vectors.data[0].embedding, plain.data[0].embedding)) < 1e-6,
      f"{len(vectors.data[0].embedding)} numbers")

legacy = client.completions.create(model="auto", prompt="Once upon a time")
check("completions", bool(legacy.choices[0].text))
check("models", "auto" in [m.id for m in client.models.list().data])


def raises(kind, status, code, call_it):
    try:
        call_it()
    except kind as error:
        check(f"{kind.__name__}", error.status_code == status and error.code == code, f"{error.status_code} {error.code}")
    else:
        check(kind.__name__, False, "no error")


raises(openai.NotFoundError, 404, "not_found",
       lambda: client.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": "x"}]))
raises(openai.BadRequestError, 400, "invalid_request",
       lambda: client.chat.completions.create(model="auto", messages=[], extra_body={}))
raises(openai.BadRequestError, 400, "invalid_request",
       lambda: client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "x"}], extra_body={"api_base": "http://127.0.0.1:1/"}))

lines = "".join(json.dumps({"custom_id": f"c{i}", "method": "POST", "url": "/v1/chat/completions",
                            "body": {"model": "auto", "messages": [{"role": "user", "content": f"Say {i}."}]}}) + "\n" for i in range(20))
stored = client.files.create(file=("lines.jsonl", lines.encode()), purpose="batch")
check("file", stored.bytes == len(lines) and client.files.retrieve(stored.id).filename == "lines.jsonl", stored.id)
batch = client.batches.create(input_file_id=stored.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"of": "check"})
deadline = time.monotonic() + 30
while batch.status in ("validating", "in_progress", "finalizing") and time.monotonic() < deadline:
    time.sleep(0.05)
    batch = client.batches.retrieve(batch.id)
check("batch", batch.status == "completed" and batch.request_counts.completed == 20 and batch.metadata == {"of": "check"}, batch.status)
answers = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
check("batch answers", {a["custom_id"] for a in answers} == {f"c{i}" for i in range(20)} and all(a["response"]["body"]["choices"] for a in answers))
check("batch list", [b.id for b in client.batches.list(limit=5)] == [batch.id] and len(list(client.files.list(purpose="batch"))) == 1)
check("file deleted", client.files.delete(stored.id).deleted)
raises(openai.BadRequestError, 400, "invalid_request", lambda: client.batches.cancel(batch.id))
print("all checks passed")
