package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.netty.buffer.ByteBuf;
import io.tidegate.ingress.Callers;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One {@link GrpcRig} for a test, and the buffers of its answers: afterwards nothing may be held, and every buffer be released. */
final class GrpcRigs implements AfterEachCallback {
  static final String CHUNK = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n";

  private final ConcurrentLinkedQueue<ByteBuf> buffers = new ConcurrentLinkedQueue<>();
  private @Nullable GrpcRig rig;

  GrpcRig rig() throws IOException {
    return rig(GrpcConfig.DEFAULT, Callers.DEFAULT);
  }

  GrpcRig rig(GrpcConfig config, Callers callers) throws IOException {
    GrpcRig made = new GrpcRig(config, callers);
    rig = made;
    return made;
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    GrpcRig used = rig;
    if (used != null) {
      GrpcRig.await("bytes in flight given back", () -> used.ingress.heldBytes() == 0);
      used.close();
    }
    assertThat(buffers).as("H6 buffers nobody released").allMatch(buffer -> buffer.refCnt() == 0);
  }

  ByteBuf bytes(String text) {
    ByteBuf buffer = RecordingLine.bytes(text);
    buffers.add(buffer);
    return buffer;
  }

  static String reason(Throwable error) {
    return StatusesTest.info(error).getReason();
  }

  static RouterServiceGrpc.RouterServiceBlockingStub with(RouterServiceGrpc.RouterServiceBlockingStub stub, String... namesAndValues) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      metadata.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
    }
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }
}
