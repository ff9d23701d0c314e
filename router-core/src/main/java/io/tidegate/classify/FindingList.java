package io.tidegate.classify;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the findings of one request, bounded, in terms of the request's own strings. Confined to its scan. */
final class FindingList implements BuiltIn.Speaker {
  /** Findings further back than this are not compared with a new one; pieces overlap by less. */
  private static final int LOOK_BACK = 96;
  private static final Piece NO_TEXT = Piece.of(new char[0], 0);

  private final int most;
  private final Set<Trouble> troubles;
  private final List<Finding> list = new ArrayList<>();
  private final Map<String, Likelihood> best = new HashMap<>();

  private String detector = "";
  private @Nullable Packer packer;
  private Piece text = NO_TEXT;

  FindingList(int most, Set<Trouble> troubles) {
    this.most = most;
    this.troubles = troubles;
  }

  /** Findings from now on are in {@code text}, a reading of {@code packer}'s piece; of text joined over strings if {@code packer} is null. */
  void in(@Nullable Packer packer, Piece text) {
    this.packer = packer;
    this.text = text;
  }

  @Override
  public void speaks(Detector detector) {
    this.detector = detector.id();
  }

  @Override
  public void found(String type, int start, int end, Likelihood likelihood) {
    if (start < 0 || end > text.length || start >= end) {
      throw new IllegalArgumentException("span outside the text");
    }
    Packer strings = packer;
    if (strings == null) {
      Likelihood known = best.get(type);
      if (likelihood.compareTo(Likelihood.LIKELY) >= 0 && (known == null || known.compareTo(likelihood) < 0)) {
        add(new Finding(type, -1, -1, -1, likelihood, detector));
      }
      return;
    }
    int from = text.sourceStart(start, end);
    int to = text.sourceEnd(start, end);
    int entry = 0;
    for (int low = 0, high = strings.entries; low < high;) {
      int middle = low + high >>> 1;
      if (strings.entryStart[middle] <= from) {
        entry = middle;
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    boolean spans = entry + 1 < strings.entries && to > strings.entryStart[entry + 1];
    if (spans || strings.entries == 0) {
      add(new Finding(type, -1, -1, -1, likelihood, detector));
    } else {
      int shift = strings.entryOffset[entry] - strings.entryStart[entry];
      add(new Finding(type, strings.entryNode[entry], from + shift, Math.max(to, from + 1) + shift, likelihood, detector));
    }
  }

  private void add(Finding finding) {
    for (int i = list.size() - 1; i >= 0 && i >= list.size() - LOOK_BACK; i--) {
      Finding old = list.get(i);
      if (old.place() == finding.place() && old.start() == finding.start() && old.end() == finding.end() && old.type().equals(finding.type())
          && old.likelihood().compareTo(finding.likelihood()) >= 0) {
        return;
      }
    }
    Likelihood known = best.get(finding.type());
    boolean better = known == null || known.compareTo(finding.likelihood()) < 0;
    if (!better && finding.likelihood().compareTo(Likelihood.LIKELY) < 0 && list.size() >= most / 2) {
      return;
    }
    if (list.size() >= most) {
      troubles.add(Trouble.OVERFLOW);
      // Types are few (detectors name them), but a hostile plug-in might invent them.
      if (!better || list.size() >= most + 256) {
        return;
      }
    }
    if (better) {
      best.put(finding.type(), finding.likelihood());
    }
    list.add(finding);
  }

  List<Finding> list() {
    return list;
  }
}
