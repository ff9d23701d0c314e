package io.tidegate.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.plugin.v1.DetectorServiceGrpc;
import io.tidegate.plugin.v1.Finding;
import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.plugin.v1.Likelihood;
import io.tidegate.plugin.v1.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A real ONNX model, run by the real runtime, asked over a Unix socket. */
class OnnxPluginTest {
  private static final OnnxDetector.Terms TERMS = new OnnxDetector.Terms("TRADE_SECRET", 0.5f, 0.9f, 16, 3);

  @TempDir
  private Path folder;

  private Path model(Map<String, Float> scores) throws IOException {
    return Files.write(folder.resolve("model.onnx"), OnnxFiles.lookUp(scores));
  }

  private List<Finding> ask(Map<String, Float> scores, String... texts) throws Exception {
    Path socket = folder.resolve("onnx.sock");
    try (OnnxPlugin.Serving serving = OnnxPlugin.serve(new TextModel(model(scores), -1, "1"), socket, TERMS)) {
      ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile())).channelType(EpollDomainSocketChannel.class)
          .eventLoopGroup(serving.loops()).usePlaintext().build();
      try {
        InspectRequest.Builder request = InspectRequest.newBuilder();
        for (int i = 0; i < texts.length; i++) {
          request.addTexts(Text.newBuilder().setPlace(i).setText(texts[i]));
        }
        return DetectorServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).inspect(request.build()).getFindingsList();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static Finding finding(int place, int start, int end, Likelihood likelihood) {
    return Finding.newBuilder().setType("TRADE_SECRET").setPlace(place).setStart(start).setEnd(end).setLikelihood(likelihood).build();
  }

  @Test
  @DisplayName("scores at the threshold and past it are findings, with their likelihood; lower ones are none")
  void thresholds() throws Exception {
    assertThat(ask(Map.of("the recipe", 0.95f, "the menu", 0.5f, "the door", 0.49f), "the recipe", "the menu", "the door", "else")).containsExactly(
        finding(0, 0, 10, Likelihood.LIKELIHOOD_VERY_LIKELY), finding(1, 0, 8, Likelihood.LIKELIHOOD_LIKELY));
  }

  @Test
  @DisplayName("A9 a long text is read to its end, in windows that overlap by a quarter")
  void windows() throws Exception {
    String text = "0123456789abcdefghijklmnopqrstuvwxyz";
    assertThat(ask(Map.of("cdefghijklmnopqr", 1f, "opqrstuvwxyz", 1f), text)).containsExactly(
        finding(0, 12, 28, Likelihood.LIKELIHOOD_VERY_LIKELY), finding(0, 24, 36, Likelihood.LIKELIHOOD_VERY_LIKELY));
  }

  @Test
  @DisplayName("G2 a score that is no number is a finding")
  void notANumber() throws Exception {
    assertThat(ask(Map.of("odd", Float.NaN), "odd")).hasSize(1);
  }

  @Test
  @DisplayName("keys and roles need not be asked about")
  void shortStrings() throws Exception {
    assertThat(ask(Map.of("ab", 1f), "ab")).isEmpty();
  }

  @Test
  @DisplayName("a file that is no model, or one of another kind, is refused with what to do")
  void notAModel() throws Exception {
    Path file = Files.writeString(folder.resolve("no.onnx"), "not a model");
    assertThatThrownBy(() -> new TextModel(file, -1, "1")).isInstanceOf(OrtException.class);
    assertThat(new CommandLine(new OnnxPlugin()).execute("--model", file.toString(), "--socket", folder.resolve("s").toString(), "--type", "X"))
        .isEqualTo(78);
    assertThat(new CommandLine(new OnnxPlugin()).execute("--model", file.toString(), "--socket", folder.resolve("s").toString(), "--type", "X",
        "--threshold", "0.9", "--certain", "0.1")).isEqualTo(2);
  }
}
