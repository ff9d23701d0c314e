package io.tidegate.lab.sim;

import io.tidegate.model.Prompt;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Requests made of a trace's numbers: a prompt of so many blocks is so many blocks of text, equal ones equal. */
final class Prompts {
  /** The router compares prompts in blocks of this size, from where the messages begin. */
  private static final int BLOCK = 1024;
  private static final byte[] HEAD = "{\"model\":\"auto\",\"messages\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OPENING = "[{\"role\":\"user\",\"content\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "\"}]}".getBytes(StandardCharsets.US_ASCII);
  private static final Prompt SHORT = parsed("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"sort a list\"}]}".getBytes(StandardCharsets.US_ASCII));

  private Prompts() {}

  /** Where nothing reads it but the classifier. */
  static Prompt brief() {
    return SHORT;
  }

  static Prompt of(Arrival arrival) {
    int[] blocks = arrival.blocks();
    if (blocks.length == 0) {
      return SHORT;
    }
    byte[] body = new byte[HEAD.length + blocks.length * BLOCK + TAIL.length];
    System.arraycopy(HEAD, 0, body, 0, HEAD.length);
    for (int i = 0; i < blocks.length; i++) {
      fill(body, HEAD.length + i * BLOCK, blocks[i]);
    }
    System.arraycopy(OPENING, 0, body, HEAD.length, OPENING.length);
    System.arraycopy(TAIL, 0, body, body.length - TAIL.length, TAIL.length);
    return parsed(body);
  }

  /** A block's text: its number as the last word, and otherwise the same word again. */
  private static void fill(byte[] body, int at, int id) {
    Arrays.fill(body, at, at + BLOCK, (byte) 'w');
    for (int i = at + 7; i < at + BLOCK; i += 8) {
      body[i] = ' ';
    }
    int rest = id;
    for (int i = at + BLOCK - 2; i > at + BLOCK - 8; i--) {
      body[i] = (byte) ('a' + rest % 26);
      rest /= 26;
    }
  }

  private static Prompt parsed(byte[] body) {
    try {
      return new Prompt(JsonText.parse(body, JsonLimits.DEFAULT));
    } catch (JsonException e) {
      throw new IllegalStateException("a body of our own making", e);
    }
  }
}
