package io.tidegate.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidegate.admission.SpiffeId;
import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.net.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** What an agent says of the mesh: our own certificate, its roots, whether someone may come in. Pure. No part of a key is ever in a message. */
final class MeshAnswers {
  private static final int MAX_ROOTS = 64;
  private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(1 << 18).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
      .build());

  private MeshAnswers() {}

  /** @param chain own certificate first */
  record Leaf(SpiffeId id, List<X509Certificate> chain, PrivateKey key) {
    /** Nothing of the key. */
    @Override
    public String toString() {
      return "Leaf[" + id + "]";
    }
  }

  /** {@code /v1/agent/connect/ca/leaf/:service} */
  static Leaf leaf(byte[] body) throws ConsulFailure {
    JsonNode says = object(body);
    try {
      List<X509Certificate> chain = Pem.certificates(says.path("CertPEM").asText(""));
      SpiffeId id = SpiffeId.parse(says.path("ServiceURI").asText("")).orElseThrow(() -> new CertificateException("no workload"));
      return new Leaf(id, chain, Pem.privateKey(says.path("PrivateKeyPEM").asText("")));
    } catch (GeneralSecurityException unusable) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
  }

  /** {@code /v1/agent/connect/ca/roots}: all that count, the active one and those before it. */
  static List<X509Certificate> roots(byte[] body) throws ConsulFailure {
    List<X509Certificate> roots = new ArrayList<>();
    try {
      for (JsonNode root : object(body).path("Roots")) {
        roots.addAll(Pem.certificates(root.path("RootCert").asText("")));
        if (roots.size() > MAX_ROOTS) {
          throw new ConsulFailure(Kind.OVERSIZED);
        }
      }
    } catch (CertificateException unusable) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
    if (roots.isEmpty()) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
    return List.copyOf(roots);
  }

  /** {@code /v1/agent/connect/authorize}: only a plain true lets in. */
  static boolean authorized(byte[] body) throws ConsulFailure {
    JsonNode says = object(body).path("Authorized");
    if (!says.isBoolean()) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
    return says.booleanValue();
  }

  private static JsonNode object(byte[] body) throws ConsulFailure {
    try {
      JsonNode node = JSON.readTree(body);
      if (node == null || !node.isObject()) {
        throw new ConsulFailure(Kind.BAD_JSON);
      }
      return node;
    } catch (IOException garbled) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
  }
}
