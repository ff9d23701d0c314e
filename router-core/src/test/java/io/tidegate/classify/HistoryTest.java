package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Sensitivity;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A turn takes the highest class of the history that is sent with it, wherever in the history the value stands (A10, decisions 11). */
class HistoryTest {
  /** A made-up resident number with a valid check digit. */
  private static final String ID = "11010519491231002X";

  private static String chat(String... messages) {
    return "{\"model\":\"auto\",\"messages\":[" + String.join(",", messages) + ",{\"role\":\"user\",\"content\":\"Thanks. And now sort a list of numbers.\"}]}";
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{'role':'system','content':'The customer is #.'}",
      "{'role':'developer','content':'The customer is #.'}",
      "{'role':'user','content':'My number is #.'}",
      "{'role':'assistant','content':'I noted your number #.'}",
      "{'role':'tool','tool_call_id':'c1','content':'{\\\"customer\\\": \\\"#\\\"}'}",
      "{'role':'function','name':'lookup','content':'found #'}",
      "{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':'lookup','arguments':'{\\\"id\\\":\\\"#\\\"}'}}]}",
      "{'role':'assistant','content':'','reasoning_content':'the user is #'}",
      "{'role':'user','content':[{'type':'text','text':'Hello'},{'type':'text','text':'I am #'}]}",
      "{'role':'user','name':'#','content':'Hello'}",
      "{'role':'assistant','content':'Hello','refusal':'not for #'}"})
  @DisplayName("A10 a value anywhere in the history makes the turn RESTRICTED")
  void anywhereInTheHistory(String message) {
    String good = message.replace('\'', '"').replace("#", "the third");
    String bad = message.replace('\'', '"').replace("#", ID);
    assertThat(Shipped.body(chat(good)).sensitivity()).as(good).isLessThan(Sensitivity.RESTRICTED);
    assertThat(Shipped.body(chat(bad)).sensitivity()).as(message).isEqualTo(Sensitivity.RESTRICTED);
    StringBuilder many = new StringBuilder(bad.replace('\'', '"'));
    for (int i = 0; i < 60; i++) {
      many.append(",{\"role\":\"").append(i % 2 == 0 ? "assistant" : "user").append("\",\"content\":\"Turn ").append(i).append(" about gardens.\"}");
    }
    assertThat(Shipped.body(chat(many.toString())).sensitivity()).as("sixty turns later").isEqualTo(Sensitivity.RESTRICTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user|user", "user|assistant", "assistant|user", "tool|tool", "system|user"})
  @DisplayName("A10 a value that is split over two turns of the history is seen")
  void splitOverTurns(String roles) {
    String first = roles.substring(0, roles.indexOf('|'));
    String second = roles.substring(roles.indexOf('|') + 1);
    for (int cut = 4; cut < ID.length() - 3; cut += 5) {
      String body = chat("{\"role\":\"" + first + "\",\"content\":\"My resident number is " + ID.substring(0, cut) + "\"}",
          "{\"role\":\"" + second + "\",\"content\":\"" + ID.substring(cut) + "\"}");
      assertThat(Shipped.body(body).sensitivity()).as("%s, cut at %d", roles, cut).isEqualTo(Sensitivity.RESTRICTED);
    }
  }
}
