package io.tidegate.config;

import io.tidegate.admission.CallerName;
import io.tidegate.admission.CallerRules;
import io.tidegate.admission.CallerRules.UserRule;
import io.tidegate.admission.CallerRules.WorkloadRule;
import io.tidegate.admission.KeyEntry;
import io.tidegate.admission.KeysFile;
import io.tidegate.admission.SpiffeId;
import io.tidegate.admission.SpiffePattern;
import io.tidegate.model.Caller;
import io.tidegate.yaml.YamlPosition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the section {@code callers}: keys, users of Unix sockets, workloads with a SPIFFE certificate. */
final class CallersBinder {
  private static final int MAX_RULES = 1_000;
  private static final long MAX_ID = 4_294_967_294L; // the highest 32-bit number stands for "no user"
  static final Path PASSWD = Path.of("/etc/passwd");

  private final References references;
  private final Users users;

  CallersBinder(References references, Environment environment) {
    this.references = references;
    this.users = new Users(environment, PASSWD);
  }

  TidegateConfig.Identities bind(Section s) {
    Optional<Path> file = s.optional("keysFile", References::path);
    List<KeyEntry> keys = new ArrayList<>();
    file.ifPresent(path -> keys(references, path, "keysFile", s, keys));
    List<UserRule> unix = unix(s);
    List<WorkloadRule> workloads = spiffe(s);
    s.end();
    return new TidegateConfig.Identities(file.orElse(null), new CallerRules(s.has("keysFile"), keys, unix, workloads));
  }

  /** Reads a keys file that {@code key} of a section names. */
  static void keys(References references, Path path, String key, Section s, List<KeyEntry> into) {
    try {
      KeysFile.Parsed parsed = KeysFile.parse(path.toString(), references.text(path));
      parsed.problems().forEach(p -> s.problem(new YamlPosition(p.file(), p.line(), p.column()), p.message(), p.fix()));
      into.addAll(parsed.entries());
    } catch (Malformed malformed) {
      s.problem(key, malformed.message(), malformed.fix());
    }
  }

  private List<UserRule> unix(Section s) {
    List<UserRule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Section rule : bounded(s, "unix")) {
      Optional<Long> uid = rule.optional("uid", CallersBinder::id);
      Optional<Long> gid = rule.optional("gid", CallersBinder::id);
      Optional<Long> named = rule.optional("user", users::uid);
      Optional<Caller> caller = caller(rule);
      boolean group = rule.has("gid");
      if ((rule.has("uid") ? 1 : 0) + (group ? 1 : 0) + (rule.has("user") ? 1 : 0) != 1) {
        rule.problem("tenant", "a rule of callers.unix must say exactly one of uid, user and gid", "add 'uid: 1000', or 'user: NAME', or 'gid: 1000'");
      } else {
        Optional<Long> id = uid.or(() -> gid).or(() -> named);
        if (id.isPresent() && !seen.add((group ? "g" : "u") + id.get())) {
          rule.problem(group ? "gid" : rule.has("uid") ? "uid" : "user", "another rule is for the same " + (group ? "group" : "user"), "leave one of them");
        } else if (id.isPresent() && caller.isPresent()) {
          rules.add(new UserRule(group, id.get(), caller.get()));
        }
      }
      rule.end();
    }
    return rules;
  }

  private List<WorkloadRule> spiffe(Section s) {
    Optional<String> domain = s.optional("trustDomain", CallersBinder::trustDomain);
    List<WorkloadRule> rules = new ArrayList<>();
    Set<SpiffePattern> seen = new HashSet<>();
    List<Section> written = bounded(s, "spiffe");
    for (Section rule : written) {
      Optional<SpiffePattern> id = rule.needed("id", CallersBinder::pattern);
      Optional<Caller> caller = caller(rule);
      if (id.isPresent() && domain.isPresent() && !id.get().trustDomain().equals(domain.get())) {
        rule.problem("id", "the id is of another trust domain than callers.trustDomain", "write spiffe://" + domain.get() + "/...");
      } else if (id.isPresent() && !seen.add(id.get())) {
        rule.problem("id", "another rule is for the same id", "leave one of them");
      } else if (id.isPresent() && caller.isPresent()) {
        rules.add(new WorkloadRule(id.get(), caller.get()));
      }
      rule.end();
    }
    if (!written.isEmpty() && !s.has("trustDomain")) {
      s.problem("spiffe", "callers.spiffe needs callers.trustDomain", "add 'trustDomain:' with the part between spiffe:// and the next slash");
    }
    return rules;
  }

  private static List<Section> bounded(Section s, String key) {
    List<Section> rules = s.sections(key);
    if (rules.size() > MAX_RULES) {
      s.problem(key, "there are more than " + MAX_RULES + " rules", "use patterns or groups");
      return List.of();
    }
    return rules;
  }

  private static Optional<Caller> caller(Section rule) {
    Optional<String> tenant = rule.needed("tenant", CallersBinder::name);
    Optional<String> name = rule.needed("name", CallersBinder::name);
    Set<String> groups = Set.copyOf(rule.list("groups", CallersBinder::name));
    if (groups.size() > KeysFile.MAX_GROUPS) {
      rule.problem("groups", "there are more than " + KeysFile.MAX_GROUPS + " groups", "name those that a policy reads");
    }
    return tenant.isPresent() && name.isPresent() ? Optional.of(new Caller(tenant.get(), name.get(), groups)) : Optional.empty();
  }

  private static String name(String text) throws Malformed {
    if (!CallerName.good(text)) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a name", CallerName.FIX);
    }
    return text;
  }

  private static Long id(String text) throws Malformed {
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > MAX_ID) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a user or group number", "write a number from 0 to " + MAX_ID + ", as 'id -u' prints it");
    }
    return Long.parseLong(text);
  }

  private static String trustDomain(String text) throws Malformed {
    if (!SpiffeId.trustDomain(text)) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a trust domain", "use a-z 0-9 . - _ without spiffe:// and slashes");
    }
    return text;
  }

  private static SpiffePattern pattern(String text) throws Malformed {
    return SpiffePattern.parse(text).orElseThrow(() -> new Malformed("'" + Malformed.shown(text) + "' is not a SPIFFE id or a pattern of ids",
        "write spiffe://domain/segment/segment, where * is any one segment and a last ** one or more"));
  }
}
