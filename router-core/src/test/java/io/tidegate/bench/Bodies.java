package io.tidegate.bench;

import java.nio.charset.StandardCharsets;

/** Chat bodies of about 1 and 16 KB, plain English without anything to find: the ordinary case that must be cheap. */
final class Bodies {
  private static final String SENTENCE = "Summarise the quarterly maintenance report for the northern pumping stations, list every anomaly with its date, "
      + "and propose an order of work. ";

  private Bodies() {}

  static byte[] of(String name) {
    int size = switch (name) {
      case "chat1k" -> 1_000;
      case "chat16k" -> 16_300;
      default -> throw new IllegalArgumentException("no such body: " + name);
    };
    StringBuilder text = new StringBuilder("{\"model\":\"deepseek-chat\",\"messages\":[{\"role\":\"system\",\"content\":\"You are a careful assistant for the "
        + "operations team. Answer in plain English, cite the section you used, and say so when you do not know.\"},{\"role\":\"user\",\"content\":\"");
    while (text.length() + SENTENCE.length() < size - 60) {
      text.append(SENTENCE);
    }
    return text.append("\"}],\"temperature\":0.7,\"max_tokens\":512,\"stream\":false}").toString().getBytes(StandardCharsets.UTF_8);
  }
}
