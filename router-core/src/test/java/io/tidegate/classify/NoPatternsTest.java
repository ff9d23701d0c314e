package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The detectors are loops with bounds: none of them uses a pattern engine on a request's text. */
@DisplayName("K4 no backtracking over a request's text")
class NoPatternsTest {
  private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.tidegate.classify");

  @Test
  @DisplayName("K4 no class of the room touches java.util.regex")
  void noJavaPatterns() {
    ArchRuleDefinition.noClasses().should().dependOnClassesThat().resideInAPackage("java.util.regex..").because("a hostile text would hold the loop").check(CLASSES);
  }

  @Test
  @DisplayName("K4 String's own pattern methods are called by the readers of pack files only, at load")
  void noHiddenPatterns() {
    Set<String> callers = CLASSES.stream().flatMap(c -> c.getMethodCallsFromSelf().stream())
        .filter(call -> call.getTargetOwner().isEquivalentTo(String.class) && Set.of("matches", "replaceAll", "replaceFirst", "split").contains(call.getName()))
        .map(call -> call.getOriginOwner().getSimpleName()).collect(Collectors.toSet());
    assertThat(callers).isSubsetOf("Packs", "Reader", "PackRule", "Settings", "TokenForm");
  }
}
