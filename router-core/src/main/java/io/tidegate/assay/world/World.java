package io.tidegate.assay.world;

import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.CaseWorld.Side;
import java.util.Locale;

/**
 * One state of the world.
 *
 * @param privateFails how many attempts at PRIVATE endpoints go as {@code privateSide} says before one is answered; {@link #ALL} for every one
 * @param publicFails the same for PUBLIC
 */
public record World(CaseWorld state, int privateFails, int publicFails) {
  /** Every attempt. */
  public static final int ALL = 99;

  public static final World WELL = of(CaseWorld.WELL);

  /** Every endpoint of a side behaves alike. */
  public static World of(CaseWorld state) {
    return new World(state, ALL, ALL);
  }

  /** In words, for a report. */
  @Override
  public String toString() {
    return "private " + side(state.privateSide(), privateFails) + ", public " + side(state.publicSide(), publicFails) + ", consul "
        + word(state.consul()) + ", cache " + word(state.cache()) + ", audit " + word(state.audit())
        + (state.region() == CaseWorld.Region.UP ? "" : ", region down");
  }

  private static String side(Side side, int fails) {
    return word(side) + (side == Side.UP || side == Side.DOWN || fails == ALL ? "" : " (first " + fails + " only)");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
