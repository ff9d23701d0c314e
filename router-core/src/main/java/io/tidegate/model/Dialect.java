package io.tidegate.model;

/** How an upstream deviates from the OpenAI wire form. Configured, never sniffed. */
public enum Dialect { OPENAI, DEEPSEEK, VLLM, LLAMA_CPP, OLLAMA }
