package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;

import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.wire.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Runs the detectors over every string of a request. Pure; thread-safe. */
public final class Classifier {
  // Held here so that a broken lexicon stops the start, not the first request.
  private final Lexicon lexicon = Lexicon.BUILT_IN;
  private final BuiltIns builtIns;
  private final List<Detector> others;
  private final ClassifierConfig config;

  public Classifier(List<Detector> detectors) {
    this(detectors, ClassifierConfig.DEFAULT);
  }

  public Classifier(List<Detector> detectors, ClassifierConfig config) {
    List<BuiltIn> gated = new ArrayList<>();
    List<Detector> rest = new ArrayList<>();
    for (Detector detector : detectors) {
      if (detector instanceof BuiltIn builtIn) {
        gated.add(builtIn);
      } else {
        rest.add(detector);
      }
    }
    builtIns = new BuiltIns(gated);
    others = List.copyOf(rest);
    this.config = config;
  }

  /** The detectors that come with the daemon. */
  public static List<Detector> builtIn() {
    List<Detector> all = new ArrayList<>(List.of(new ResidentId(), new SocialCreditCode(), new PaymentCard(), new PhoneNumber(), new EmailAddress(), new SocialSecurityNumber(), new Iban(), new DocumentNumber(),
        new NationalNumbers(), new NationalTokens(), new LicensePlate(), new NetworkAddress(), new CryptoWallet(), new VendorToken(), new PrivateKey(), new ConnectionString(), new Credential(),
        new HealthCondition(), new PersonHint(), new BirthDate(), new PostalAddress(),
        new TokenShape(), new CommandLine(), new SeedPhrase(), new StateSecret(), new CaseNumber(), new CaseNumber.Docket(),
        new LabelledValue("medical-record", "MEDICAL_RECORD", Topic.MEDICAL_RECORD, 4, 18, 8, LIKELY),
        new LabelledValue("health-id", "HEALTH_ID", Topic.HEALTH_ID, 6, 18, 5, LIKELY),
        new LabelledValue("bank-account", "BANK_ACCOUNT", Topic.BANK_ACCOUNT, 7, 22, 4, LIKELY),
        new LabelledValue("passport", "PASSPORT", Topic.PASSPORT, 5, 9, 3, LIKELY),
        new LabelledValue("travel-permit", "CN_TRAVEL_PERMIT", Topic.TRAVEL_PERMIT, 8, 12, 2, LIKELY),
        new LabelledValue("tax-id", "TAX_ID", Topic.TAX_ID, 7, 18, 7, LIKELY),
        new LabelledValue("driver-license", "DRIVER_LICENSE", Topic.DRIVER_LICENSE, 5, 18, 10, LIKELY),
        new LabelledValue("national-id", "NATIONAL_ID", Topic.NATIONAL_ID, 6, 18, 8, LIKELY),
        new LabelledValue("vehicle-plate", "LICENSE_PLATE", Topic.PLATE, 2, 6, 5, LIKELY),
        new LabelledValue("insurance-policy", "INSURANCE_POLICY_NUMBER", Topic.INSURANCE_POLICY, 5, 18, 8, LIKELY),
        new LabelledValue("employee-id", "EMPLOYEE_ID", Topic.EMPLOYEE_ID, 3, 14, 6, LIKELY),
        new LabelledValue("qq", "QQ", Topic.QQ, 5, 11, 0, LIKELY),
        new LabelledValue("wechat-id", "WECHAT_ID", Topic.WECHAT, 1, 19, 18, LIKELY),
        new LabelledValue("docket", "DOCKET_NUMBER", Topic.DOCKET, 3, 14, 6, LIKELY),
        new LabelledValue("bar-number", "BAR_NUMBER", Topic.BAR, 4, 17, 2, LIKELY),
        new LabelledValue("contract-number", "CONTRACT_NUMBER", Topic.CONTRACT, 3, 20, 8, LIKELY)));
    all.addAll(Packs.BUILT_IN.rules());
    return List.copyOf(all);
  }

  /**
   * {@code detector} without the findings that {@code filter} does not keep, for a policy's exclusions. A built-in one stays as fast as it was; wrap it
   * this way rather than in a detector of one's own, which would read all text by itself.
   */
  public static Detector excluding(Detector detector, Filter filter) {
    if (detector instanceof BuiltIn builtIn) {
      return new Excluding(builtIn, filter);
    }
    return new Detector() {
      @Override
      public String id() {
        return detector.id();
      }

      @Override
      public void inspect(TextView text, Budget budget, Sink sink) {
        detector.inspect(text, budget, (type, start, end, likelihood) -> {
          if (filter.keeps(text, start, end)) {
            sink.found(type, start, end, likelihood);
          }
        });
      }
    };
  }

  /** Says which findings stay. Pure. */
  @FunctionalInterface
  public interface Filter {
    /** Whether the finding at [start, end) of {@code text} stays. */
    boolean keeps(TextView text, int start, int end);
  }

  /** The built-in detectors, and whatever ServiceLoader finds on the class path. */
  public static List<Detector> allDetectors() {
    List<Detector> all = new ArrayList<>(builtIn());
    ServiceLoader.load(Detector.class).forEach(all::add);
    return List.copyOf(all);
  }

  /** Begins a scan; nothing is read yet. */
  public Scan begin(ModelRequest request) {
    return begin(request.prompt().json());
  }

  /** Begins a scan of a text by itself, for policy tests and the like. */
  public Scan begin(JsonText json) {
    return new RequestScan(lexicon, builtIns, others, config, json);
  }

  /** One request's scan: can be run in pieces, on one thread at a time. */
  public interface Scan {
    /**
     * Goes on for about {@code steps} more steps (a step is about one character looked at: 500,000 are about a millisecond); true when the scan is whole (or its
     * total budget is spent). Overshoots by at most one reading of a piece of 8 Ki characters. Never
     * throws.
     */
    boolean run(long steps);

    /** What was seen; only after {@link #run} returned true. */
    Findings findings();
  }
}
