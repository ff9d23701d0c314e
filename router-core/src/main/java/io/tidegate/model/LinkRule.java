package io.tidegate.model;

/** What becomes of links in an answer that may carry data out (hazard A17). In order of strictness. */
public enum LinkRule {
  /** They stay as the model wrote them. */
  OFF,
  /** They stay, with a remark behind them. */
  FLAG,
  /** They are taken out. */
  STRIP
}
