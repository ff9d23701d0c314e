package io.tidegate.gguf;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The walls of the model's own process. */
class ModelArchitectureTest {
  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.tidegate.gguf");
    assertThat(all.size()).isGreaterThan(50);
  }

  @Test
  @DisplayName("wall: no cycles between rooms")
  void noCycles() {
    slices().matching("io.tidegate.gguf.(*)..").should().beFreeOfCycles().check(all);
  }

  @Test
  @DisplayName("wall: of the daemon only wire, net, yaml, terminal, model's problems and policy.signature are used")
  void littleOfTheDaemon() {
    noClasses().should().dependOnClassesThat(resideInAnyPackage("io.tidegate..").and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAnyPackage(
        "io.tidegate.gguf..", "io.tidegate.wire..", "io.tidegate.net..", "io.tidegate.yaml..", "io.tidegate.model..", "io.tidegate.policy.signature..", "io.tidegate.terminal.."))))
        .because("nothing else of the daemon's jars is there").check(all);
  }

  @Test
  @DisplayName("wall: engine and api are without sockets, files and native calls; native code is called by one room")
  void pure() {
    noClasses().that().resideInAnyPackage("io.tidegate.gguf.engine..", "io.tidegate.gguf.api..").should().dependOnClassesThat(resideInAnyPackage("io.netty..",
        "java.net..", "java.nio.file..", "java.nio.channels..", "com.sun.jna..", "io.tidegate.net..")).check(all);
    noClasses().that().resideOutsideOfPackage("io.tidegate.gguf.llama..").should().dependOnClassesThat(resideInAnyPackage("com.sun.jna..", "de.kherud..")).check(all);
  }

  @Test
  @DisplayName("G1 the process that holds the model opens no connection: clients are in sync alone, which serves nothing")
  void noWayOut() {
    noClasses().that().resideOutsideOfPackages("io.tidegate.gguf.sync..").should().dependOnClassesThat().haveFullyQualifiedName("java.net.http.HttpClient")
        .orShould().dependOnClassesThat().haveFullyQualifiedName("io.netty.bootstrap.Bootstrap")
        .orShould().dependOnClassesThat().haveFullyQualifiedName("java.net.Socket")
        .orShould().dependOnClassesThat().haveFullyQualifiedName("java.net.URL").check(all);
    noClasses().that().resideInAPackage("io.tidegate.gguf.sync..").should().dependOnClassesThat(resideInAnyPackage("io.tidegate.gguf.engine..",
        "io.tidegate.gguf.serve..", "io.tidegate.gguf.llama..")).check(all);
  }

  @Test
  @DisplayName("G3 who sees a prompt has no logger")
  void noLogger() {
    noClasses().that().resideInAnyPackage("io.tidegate.gguf.engine..", "io.tidegate.gguf.api..", "io.tidegate.gguf.serve..", "io.tidegate.gguf.llama..")
        .should().dependOnClassesThat(resideInAnyPackage("org.slf4j..", "java.util.logging..", "io.netty.handler.logging..")).check(all);
  }

  @Test
  @DisplayName("wall: each package has a door sign that is null-marked")
  void doorSigns() throws IOException {
    for (String name : all.stream().map(JavaClass::getPackageName).distinct().toList()) {
      assertThat(Files.readString(Path.of("src/main/java", name.replace('.', '/'), "package-info.java"))).as(name).contains("NullMarked", "/**");
    }
  }
}
