"""What the unchanged openai package raises: one answer line for each line on standard input, "whole" or "stream".

Usage: raised_openai.py BASE_URL
"""
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="unused", max_retries=0, timeout=20)
print("ready", flush=True)
for line in sys.stdin:
    asked = dict(model="auto", temperature=0, messages=[{"role": "user", "content": "Tell a short story."}],
                 response_format={"type": "json_object"}, extra_headers={"x-tidegate-sensitivity": "restricted"})
    seen = 0
    try:
        if line.strip() == "stream":
            for chunk in client.chat.completions.create(stream=True, **asked):
                seen += 1
        else:
            client.chat.completions.create(**asked)
        outcome = "OK"
    except openai.OpenAIError as error:
        outcome = f"{type(error).__name__} {getattr(error, 'status_code', 200)} {getattr(error, 'code', None)}"
    print(outcome + (" after content" if seen else ""), flush=True)
