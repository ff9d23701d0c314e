package io.tidegate.line;

import io.tidegate.model.ModelRequest;
import io.tidegate.model.Upstream;
import io.tidegate.wire.SplicedText;

/** Writes a request in an upstream's dialect as splices over the validated text; implemented by {@code upstream.dialect}. Pure. */
@FunctionalInterface
public interface RequestEncoder {
  /** @param model the name to send, from {@code dispatch.Candidate} */
  SplicedText encode(ModelRequest request, Upstream upstream, String model);
}
