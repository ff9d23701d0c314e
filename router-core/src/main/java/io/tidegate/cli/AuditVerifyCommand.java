package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.PublicKeyText;
import io.tidegate.audit.Verifier;
import io.tidegate.audit.VerifyReport;
import io.tidegate.audit.VerifyReport.Head;
import io.tidegate.config.Environment;
import io.tidegate.terminal.Progress;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks records without taking anyone's word. */
@Command(name = "tidegate audit verify",
    description = "Checks decision records: each link of each chain, each signature, and that everything a signed statement names is there. Names every"
        + " gap, edit, reorder, cut, missing segment and forged signature, and exits with 1. Works on a copy, and beside a running daemon.")
final class AuditVerifyCommand implements Callable<Integer> {
  @Parameters(index = "0", arity = "0..1", paramLabel = "DIRECTORY", description = "Where the records are; as --directory.")
  @Nullable Path named;

  @Option(names = "--key", paramLabel = "FILE", description = "Public key as 'audit key' printed it, from your own files; may be repeated after a change of"
      + " key. Default: the one beside the records, which whoever changed the records could have changed too.")
  List<Path> keys = new ArrayList<>();

  @Option(names = "--seen", paramLabel = "FILE", description = "What --json printed at an earlier visit: its heads must still be there.")
  @Nullable Path seen;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin AuditDirectory where = new AuditDirectory();

  private final Environment environment;
  private final Terminal terminal;

  AuditVerifyCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return where.with(environment, terminal, named, this::verify);
  }

  private int verify(Path directory) {
    List<PublicKeyText> trusted = new ArrayList<>();
    for (Path file : keys.isEmpty() ? List.of(directory.resolve(FileAuditLog.PUBLIC_KEY)) : keys) {
      try {
        trusted.add(PublicKeyText.parse(Files.readString(file, StandardCharsets.US_ASCII)));
      } catch (IOException | IllegalArgumentException none) {
        terminal.err().println(file + ": no public key can be read from it. Fix: --key with what 'tidegate audit key' printed on that installation");
        return Exit.USAGE;
      }
    }
    List<Head> earlier;
    try {
      earlier = seen == null ? List.of() : heads(seen);
    } catch (IOException | DateTimeException | IllegalArgumentException malformed) {
      terminal.err().println(seen + ": not what 'tidegate audit verify --json' prints");
      return Exit.USAGE;
    }
    VerifyReport report;
    try (Progress progress = terminal.progress("segments", environment)) {
      report = Verifier.verify(directory, trusted, earlier, (segment, of, file) -> progress.at(segment, of));
    } catch (IOException unreadable) {
      terminal.err().println("cannot read the records: " + AuditText.fault(unreadable));
      return Exit.FOUND;
    }
    if (json) {
      terminal.out().println(AuditText.escaped(json(report, trusted)));
    } else {
      print(report, trusted);
    }
    return report.good() ? Exit.GOOD : Exit.FOUND;
  }

  private void print(VerifyReport report, List<PublicKeyText> trusted) {
    report.problems().forEach(problem -> terminal.out().println(AuditText.escaped(problem.toString())));
    report.notes().forEach(note -> terminal.out().println("note: " + AuditText.escaped(note)));
    if (report.lost() > 0) {
      terminal.out().println("note: " + report.lost() + " records could not be written, as the daemon itself recorded");
    }
    if (keys.isEmpty()) {
      terminal.out().println("note: the public key was taken from beside the records (fingerprint " + trusted.get(0).fingerprint()
          + "); compare it with the one you were given, or name that with --key");
    }
    terminal.out().println(report.segments() + " segments, " + report.records() + " records, " + report.statements() + " signed statements, "
        + report.unsigned() + " records not yet signed");
    terminal.out().println(report.good() ? "sound: nothing is missing, changed or out of order" : "NOT sound: " + report.problems().size() + " problems");
  }

  private static String json(VerifyReport report, List<PublicKeyText> trusted) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("sound").bool(report.good()).key("segments").number(report.segments()).key("records").number(report.records())
        .key("statements").number(report.statements()).key("unsigned").number(report.unsigned()).key("lost").number(report.lost());
    out.key("keys").beginArray();
    trusted.forEach(key -> out.string(key.fingerprint()));
    out.endArray().key("problems").beginArray();
    for (VerifyReport.Problem problem : report.problems()) {
      out.beginObject().key("kind").string(problem.kind().name()).key("file").string(problem.file()).key("byte").number(problem.at())
          .key("sequence").number(problem.sequence()).key("text").string(problem.text()).endObject();
    }
    out.endArray().key("notes").beginArray();
    report.notes().forEach(out::string);
    out.endArray().key("heads").beginArray();
    for (Head head : report.heads()) {
      out.beginObject().key("chain").string(head.chain()).key("sequence").number(head.sequence()).key("hash").string(head.hash());
      Instant signed = head.signed();
      if (signed != null) {
        out.key("signed").string(signed.toString());
      }
      out.endObject();
    }
    return new String(out.endArray().endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static List<Head> heads(Path report) throws IOException {
    List<Head> heads = new ArrayList<>();
    for (JsonNode head : new ObjectMapper().readTree(report.toFile()).path("heads")) {
      heads.add(new Head(head.path("chain").asText(), head.path("sequence").asLong(), head.path("hash").asText(), Instant.parse(head.path("signed").asText())));
    }
    if (heads.isEmpty()) {
      throw new IOException("no heads");
    }
    return heads;
  }
}
