/**
 * What is in a request: identifiers, secrets, health data. Pure.
 *
 * <p>Comes in: the validated JSON text of a request. Goes out: {@code Findings}, types with likelihood and place, and troubles. Never does: I/O, logging,
 * keeping text; deciding what a finding means (that is the policy's).
 *
 * <p>How: {@link io.tidegate.classify.Packer} lays all strings out as one text; {@link io.tidegate.classify.Gate} passes over it once and notes words, digits and
 * at-signs; {@link io.tidegate.classify.BuiltIns} calls the detectors only there; {@link io.tidegate.classify.FoldedView},
 * {@link io.tidegate.classify.UnescapedView} and {@link io.tidegate.classify.EncodedRun} give further readings, only of text that has them;
 * {@link io.tidegate.classify.Seams} joins what was cut.
 *
 * <p>What is looked for stands in the packs ({@link io.tidegate.classify.Packs}): words, token forms and rules in text files that a security team can read.
 *
 * <p>Guarantees: every string is read, keys too (A9) → {@code StructureTest}; split values are joined (A10) → {@code SplitTextTest}; disguises are seen
 * through (A11) → {@code EvasionTest}, {@code EvasionVectorsTest}; a finding keeps its place
 * under every disguise → {@code OffsetMapTest}; no pattern engine reads a request (K4) → {@code NoPatternsTest}; whatever fails or overflows is trouble, never silence (A6, G2), and work is linear and bounded (G8) →
 * {@code ScanBoundsTest}; what each detector sees → {@code DetectorTableTest}, {@code CheckDigitsTest}; harmless text stays low (A7) →
 * {@code BenignTextTest}; how well it does on labelled and held-out texts → {@code CorpusBarsTest}, {@code HeldOutTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.classify;
