package io.tallyman.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which module may see which, for the packages under one root.
 *
 * @param root the package that holds all modules
 */
record Modules(String root) {

  /** Packages under {@code sink} that belong to the shared core; every other one is a sink. */
  private static final Set<String> SINK_CORE = Set.of("", "app");

  private record Module(List<String> packages, List<String> sees, String because) {}

  private static final List<Module> MODULES =
      List.of(
          new Module(
              List.of("schemas..", "v1.."),
              List.of(),
              "other teams take the schemas without anything else of ours"),
          new Module(
              List.of("agent.."),
              List.of("schemas..", "v1.."),
              "the agent and its readers meet in Kafka alone"),
          new Module(
              List.of("simulator.."),
              List.of(),
              "it stands in for an engine, so it must not know who asks"),
          new Module(
              List.of("sink.."),
              List.of("schemas..", "v1.."),
              "a sink needs the records and nothing of who wrote them"),
          new Module(
              List.of("query.."),
              List.of("schemas..", "v1.."),
              "everything that is shown has been through Kafka"),
          new Module(List.of("broker.."), List.of(), "it is Kafka, whatever is kept in it"),
          new Module(
              List.of("testkit.."),
              List.of("schemas..", "v1..", "sink..", "broker.."),
              "every sink's tests use it"));

  /** One rule for each module that may not see everything. */
  Stream<ArchRule> visibility() {
    return MODULES.stream().map(this::visibility);
  }

  /** All packages that belong to a module, the command included. */
  String[] packages() {
    return Stream.concat(
            MODULES.stream().flatMap(module -> module.packages().stream()), Stream.of("cli.."))
        .map(this::in)
        .toArray(String[]::new);
  }

  /** The packages of each module, as one pattern each. */
  List<String> patterns() {
    return List.of(packages());
  }

  ArchRule sinksApart() {
    return classes()
        .that()
        .resideInAPackage(in("sink.."))
        .should(seeNoOtherSink())
        .because("a sink can be taken away or added without touching another");
  }

  private ArchRule visibility(Module module) {
    var own = module.packages().stream().map(this::in).toArray(String[]::new);
    var seen =
        Stream.concat(module.packages().stream(), module.sees().stream())
            .map(this::in)
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAnyPackage(own)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(seen)
                .or(not(resideInAPackage(root + "..")))
                .as("reside in %s or outside of %s", List.of(seen), root))
        .because(module.because());
  }

  private String in(String pattern) {
    return root + "." + pattern;
  }

  private ArchCondition<JavaClass> seeNoOtherSink() {
    return new ArchCondition<>("see no other sink") {
      @Override
      public void check(JavaClass from, ConditionEvents events) {
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
          var target = sinkOf(dependency.getTargetClass());
          if (!SINK_CORE.contains(target) && !target.equals(sinkOf(from))) {
            events.add(SimpleConditionEvent.violated(from, dependency.getDescription()));
          }
        }
      }
    };
  }

  /** The sink that a class belongs to; empty for the core and for classes of no sink. */
  private String sinkOf(JavaClass type) {
    var prefix = root + ".sink.";
    var name = type.getPackageName();
    return name.startsWith(prefix) ? name.substring(prefix.length()).split("\\.", 2)[0] : "";
  }
}
