package io.tidegate.jobs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All jobs, with their journals. Confined to the jobs' thread. */
final class JobBook {
  static final String JOURNAL = ".journal";

  private final Disk disk;
  private final Space space;
  private final JobNotices notices;
  private final Map<String, Entry> jobs = new LinkedHashMap<>();

  /** A job. */
  record Entry(JobLedger ledger, Journal journal) {
    String id() {
      return ledger.job().facts().id();
    }
  }

  JobBook(Disk disk, Space space, JobNotices notices) {
    this.disk = disk;
    this.space = space;
    this.notices = notices;
  }

  /** Reads every journal; what is not whole at its end is cut off, and one that does not even say whose it is was never promised to anybody. */
  void load() throws IOException {
    List<Entry> found = new ArrayList<>();
    for (String name : disk.names()) {
      if (!name.endsWith(JOURNAL)) {
        continue;
      }
      JobLedger ledger = new JobLedger();
      long before = disk.size(name);
      Journal journal = Journal.open(disk, name, ledger::apply);
      if (!ledger.isMade()) {
        if (journal.length() > 0) {
          throw new IOException(name + " holds whole records and not the one that this version begins a job with. Nothing in it was touched. Fix: run the "
              + "version that wrote it, or move the file away");
        }
        disk.delete(name);
        continue;
      }
      if (journal.length() < before) {
        notices.cut(name, before - journal.length());
      }
      if (ledger.state().over() && ledger.endedLines() > 0) {
        journal.shorten(ledger.summary());
      }
      space.add(journal.length());
      found.add(new Entry(ledger, journal));
    }
    found.sort(Comparator.comparingLong((Entry entry) -> entry.ledger().job().createdSeconds()).thenComparing(Entry::id));
    found.forEach(entry -> jobs.put(entry.id(), entry));
  }

  /** Makes a job; when this returns it is there for good. */
  Entry make(JobRecord job) throws IOException {
    Journal journal = Journal.create(disk, job.facts().id() + JOURNAL);
    JobLedger ledger = new JobLedger();
    journal.add(JobLedger.madeRecord(job));
    try {
      journal.commit(ledger::apply);
    } catch (IOException | RuntimeException | Error failed) {
      disk.delete(job.facts().id() + JOURNAL);
      throw failed;
    }
    space.add(journal.length());
    Entry entry = new Entry(ledger, journal);
    jobs.put(entry.id(), entry);
    return entry;
  }

  @Nullable Entry get(String tenant, String id) {
    Entry entry = jobs.get(id);
    return entry != null && entry.ledger().job().facts().caller().tenant().equals(tenant) ? entry : null;
  }

  /** The tenant's, the newest first. */
  List<Entry> of(String tenant) {
    List<Entry> own = new ArrayList<>();
    jobs.values().forEach(entry -> {
      if (entry.ledger().job().facts().caller().tenant().equals(tenant)) {
        own.add(0, entry);
      }
    });
    return own;
  }

  /** Those that are not over, the oldest first. */
  List<Entry> unfinished() {
    return jobs.values().stream().filter(entry -> !entry.ledger().state().over()).toList();
  }

  /** Whether a job that is not over reads the file. */
  boolean reads(String file) {
    return jobs.values().stream().anyMatch(entry -> !entry.ledger().state().over() && entry.ledger().job().input().equals(file));
  }

  int count() {
    return jobs.size();
  }

  /** Removes those that were over before then. */
  void removeBefore(long seconds) throws IOException {
    for (Entry entry : List.copyOf(jobs.values())) {
      if (entry.ledger().state().over() && entry.ledger().since(entry.ledger().state()) < seconds) {
        entry.journal().close();
        disk.delete(entry.id() + JOURNAL);
        space.add(-entry.journal().length());
        jobs.remove(entry.id());
      }
    }
  }

  /** Writes what was added to the job's journal. */
  void commit(JobLedger ledger, Journal journal) throws IOException {
    long before = journal.length();
    journal.commit(ledger::apply);
    space.add(journal.length() - before);
  }

  /** Leaves of a job that is over what is still asked for. */
  void shorten(JobLedger ledger, Journal journal) throws IOException {
    long before = journal.length();
    journal.shorten(ledger.summary());
    space.add(journal.length() - before);
  }

  /** The journal's records, from the disk. */
  void read(String id, Frames.Reader reader) throws IOException {
    try (Disk.Input in = disk.read(id + JOURNAL)) {
      Frames.read(in, reader);
    }
  }
}
