package io.tidegate.onnx;

import ai.onnxruntime.OrtException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tidegate.plugin.v1.DetectorServiceGrpc;
import io.tidegate.plugin.v1.Finding;
import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.plugin.v1.InspectResponse;
import io.tidegate.plugin.v1.Likelihood;
import io.tidegate.plugin.v1.Text;
import java.util.ArrayList;
import java.util.List;

/** Scores every string of a request in windows, so that no model cuts a long text off unread, and reports the windows at or past the threshold. */
final class OnnxDetector extends DetectorServiceGrpc.DetectorServiceImplBase {
  private final TextModel model;
  private final Terms terms;

  /**
   * @param type entity type to report
   * @param threshold least score that is a finding (LIKELY)
   * @param certain least score that is VERY_LIKELY
   * @param windowChars most the model reads at once; windows overlap by a quarter
   * @param leastChars shorter strings, such as keys and roles, are not asked about
   */
  record Terms(String type, float threshold, float certain, int windowChars, int leastChars) {}

  private record Window(int place, int start, int end) {}

  OnnxDetector(TextModel model, Terms terms) {
    this.model = model;
    this.terms = terms;
  }

  @Override
  public void inspect(InspectRequest request, StreamObserver<InspectResponse> to) {
    InspectResponse answer;
    try {
      answer = answer(request);
    } catch (OrtException | RuntimeException failed) {
      // Without the cause, whose message may quote the text (G3).
      to.onError(Status.INTERNAL.withDescription("the model failed").asException());
      return;
    }
    to.onNext(answer);
    to.onCompleted();
  }

  private InspectResponse answer(InspectRequest request) throws OrtException {
    List<Window> windows = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (Text text : request.getTextsList()) {
      int length = text.getText().length();
      int step = Math.max(1, terms.windowChars * 3 / 4);
      for (int start = 0; length >= terms.leastChars && start < length; start += step) {
        int end = Math.min(length, start + terms.windowChars);
        windows.add(new Window(text.getPlace(), start, end));
        texts.add(text.getText().substring(start, end));
        if (end == length) {
          break;
        }
      }
    }
    InspectResponse.Builder answer = InspectResponse.newBuilder();
    if (texts.isEmpty()) {
      return answer.build();
    }
    float[] scores = model.scores(texts);
    for (int i = 0; i < scores.length; i++) {
      // Written so that a score that is no number is a finding.
      if (!(scores[i] < terms.threshold)) {
        Window window = windows.get(i);
        answer.addFindings(Finding.newBuilder().setType(terms.type).setPlace(window.place).setStart(window.start).setEnd(window.end)
            .setLikelihood(scores[i] < terms.certain ? Likelihood.LIKELIHOOD_LIKELY : Likelihood.LIKELIHOOD_VERY_LIKELY));
      }
    }
    return answer.build();
  }
}
