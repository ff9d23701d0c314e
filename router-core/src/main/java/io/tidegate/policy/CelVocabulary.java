package io.tidegate.policy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructTypeReference;
import io.tidegate.model.Finding;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words of conditions and what they stand for. A finding is a protobuf message, so that a misspelt field is refused at load; its descriptor
 * is built here, so that no generated class is needed.
 */
final class CelVocabulary {
  static final String FINDINGS = "findings";

  /** Variable → type, besides {@code findings}. */
  static final Map<String, CelType> VARIABLES = variables();

  /** Constant → value: enum words as ordinals, so that {@code >=} works. */
  static final Map<String, Long> CONSTANTS = constants();

  static final Descriptor FINDING;
  static final CelType FINDING_TYPE = StructTypeReference.create("tidegate.Finding");
  private static final FieldDescriptor TYPE;
  private static final FieldDescriptor LIKELIHOOD;
  private static final FieldDescriptor DETECTOR;

  static {
    FINDING = descriptor();
    TYPE = FINDING.findFieldByName("type");
    LIKELIHOOD = FINDING.findFieldByName("likelihood");
    DETECTOR = FINDING.findFieldByName("detector");
  }

  private CelVocabulary() {}

  /** The value of a variable or constant; null if there is none of that name. */
  static @Nullable Object value(String name, ConditionFacts view) {
    Facts facts = view.facts;
    return switch (name) {
      case FINDINGS -> messages(view);
      case "groups" -> List.copyOf(facts.caller().groups());
      case "labels" -> facts.labels();
      case "region" -> facts.region();
      case "now" -> facts.now();
      case "messages" -> (long) facts.messages();
      case "tenant" -> facts.caller().tenant();
      case "caller" -> facts.caller().name();
      case "operation" -> facts.operation().name().toLowerCase(Locale.ROOT);
      case "model" -> facts.model();
      case "stream" -> facts.stream();
      case "sampled" -> facts.sampled();
      case "bodyBytes" -> (long) facts.bodyBytes();
      case "declared" -> (long) facts.declared().ordinal();
      case "latency" -> (long) view.latencyClass.ordinal();
      case "deadlineMillis" -> facts.timeLeftNanos() / 1_000_000;
      default -> CONSTANTS.get(name);
    };
  }

  static String typeOf(DynamicMessage finding) {
    return (String) finding.getField(TYPE);
  }

  static long likelihoodOf(DynamicMessage finding) {
    return (Long) finding.getField(LIKELIHOOD);
  }

  private static Object messages(ConditionFacts view) {
    Object made = view.convertedFindings;
    if (made == null) {
      List<DynamicMessage> list = new ArrayList<>(view.findings.size());
      for (Finding finding : view.findings) {
        list.add(DynamicMessage.newBuilder(FINDING).setField(TYPE, finding.type()).setField(LIKELIHOOD, (long) finding.likelihood().ordinal())
            .setField(DETECTOR, finding.detector()).build());
      }
      made = list;
      view.convertedFindings = made;
    }
    return made;
  }

  private static Map<String, CelType> variables() {
    Map<String, CelType> variables = new LinkedHashMap<>();
    for (String text : List.of("tenant", "caller", "operation", "model", "region")) {
      variables.put(text, SimpleType.STRING);
    }
    variables.put("stream", SimpleType.BOOL);
    variables.put("sampled", SimpleType.BOOL);
    for (String number : List.of("bodyBytes", "messages", "declared", "latency", "deadlineMillis")) {
      variables.put(number, SimpleType.INT);
    }
    variables.put("groups", ListType.create(SimpleType.STRING));
    variables.put("labels", MapType.create(SimpleType.STRING, SimpleType.STRING));
    variables.put("now", SimpleType.TIMESTAMP);
    return Map.copyOf(variables);
  }

  private static Map<String, Long> constants() {
    Map<String, Long> constants = new LinkedHashMap<>();
    for (Enum<?>[] words : List.<Enum<?>[]>of(Likelihood.values(), Sensitivity.values(), LatencyClass.values())) {
      for (Enum<?> word : words) {
        constants.put(word.name(), (long) word.ordinal());
      }
    }
    return Map.copyOf(constants);
  }

  private static Descriptor descriptor() {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("Finding");
    String[] names = {"type", "likelihood", "detector"};
    for (int i = 0; i < names.length; i++) {
      message.addField(FieldDescriptorProto.newBuilder().setName(names[i]).setNumber(i + 1)
          .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
          .setType(names[i].equals("likelihood") ? FieldDescriptorProto.Type.TYPE_INT64 : FieldDescriptorProto.Type.TYPE_STRING));
    }
    FileDescriptorProto file = FileDescriptorProto.newBuilder().setName("tidegate/policy_finding.proto").setPackage("tidegate").setSyntax("proto3")
        .addMessageType(message).build();
    try {
      return FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Finding");
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException("the descriptor of findings is wrong", e);
    }
  }
}
