package io.tallyman.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may depend on whom. A rule that matches no class fails too. */
class DependencyRuleTest {

  private static final Modules MODULES = new Modules("io.tallyman");
  private static final Modules PLANTED = new Modules("io.tallyman.e2e.planted");

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.tallyman");

  @TestFactory
  Stream<DynamicTest> modulesSeeOnlyWhatTheyMay() {
    return MODULES
        .visibility()
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(OURS)));
  }

  @Test
  void sinksDoNotSeeEachOther() {
    MODULES.sinksApart().check(OURS);
  }

  @Test
  void everyClassBelongsToAModule() {
    classes().should().resideInAnyPackage(MODULES.packages()).check(OURS);
  }

  @Test
  void allModulesAreLookedAt() {
    for (var pattern : MODULES.patterns()) {
      assertThat(OURS.that(resideInAnyPackage(pattern))).as(pattern).isNotEmpty();
    }
  }

  @Test
  void onlyTheEngineFacadeSeesTheDockerClient() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tallyman.agent.engine..", "io.tallyman.testkit..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.github.dockerjava..")
        .because("one small facade keeps the client replaceable and its traps in one place")
        .check(OURS);
  }

  @Test
  void whatMapsEngineToRecordsSeesNoClient() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.tallyman.agent.events..",
            "io.tallyman.agent.inventory..",
            "io.tallyman.agent.stats..",
            "io.tallyman.agent.identity..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.github.dockerjava..", "org.apache.kafka..", "io.micronaut..")
        .because("what is observed and how it is read is tested without an engine and a broker")
        .check(OURS);
  }

  @Test
  void mappersSeeNoClient() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Mapper")
        .or()
        .haveSimpleNameEndingWith("Mapping")
        .or()
        .haveSimpleNameEndingWith("Format")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.github.dockerjava..",
            "com.mongodb..",
            "com.influxdb..",
            "org.apache.kafka.clients..",
            "io.micronaut..")
        .because("a mapper is a pure function")
        .allowEmptyShould(true)
        .check(OURS);
  }

  @Test
  void micronautIsOnlyWhereThingsAreWired() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.tallyman.agent.app..",
            "io.tallyman.sink.app..",
            "io.tallyman.query",
            "io.tallyman.query.app..",
            "io.tallyman.query.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micronaut..")
        .because("samplers, lanes, workers and topologies are plain objects that tests construct")
        .check(OURS);
  }

  @Test
  void onlyTheEmbeddedBrokerSeesTheInsideOfKafka() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tallyman.broker..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..")
        .because("everything else must work with any Kafka, through its clients")
        .check(OURS);
  }

  @Test
  void aPlantedViolationIsFound() {
    var planted = new ClassFileImporter().importPackages(PLANTED.root());
    var schemas = PLANTED.visibility().findFirst().orElseThrow();
    assertThatThrownBy(() -> schemas.check(planted))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("SeesTheAgent");
    assertThatThrownBy(() -> PLANTED.sinksApart().check(planted))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("SeesAnotherSink");
  }
}
