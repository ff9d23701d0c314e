package io.tidegate.cli;

import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An instant on a command line. In a class of its own, so that {@code serve} loads nothing of picocli for it. */
final class TimeOption implements ITypeConverter<Instant> {
  private TimeOption() {}

  /** The command line, which now knows how to read an instant. */
  static CommandLine of(CommandLine line) {
    return line.registerConverter(Instant.class, new TimeOption());
  }

  @Override
  public Instant convert(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException malformed) {
      throw new TypeConversionException("this is not a time such as 2026-01-05T12:00:00Z");
    }
  }
}
