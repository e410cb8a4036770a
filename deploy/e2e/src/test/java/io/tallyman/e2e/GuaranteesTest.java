package io.tallyman.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every promise names a test, and every test that is named is there. */
class GuaranteesTest {

  private static final Path ROOT = Path.of("../..");
  private static final Path PROMISES = ROOT.resolve("deploy/GUARANTEES.md");
  private static final int LEAST_PROMISES = 40;

  private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern TEST_METHOD =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|Property|RepeatedTest)\\b[\\s\\S]{0,300}?\\bvoid (\\w+)\\(");
  private static final Pattern SCENARIO = Pattern.compile("(?m)^ {2}([A-Z][A-Z_0-9]+) \\{");
  private static final Pattern SUPERCLASS = Pattern.compile("class (\\w+)[^{]*? extends (\\w+)");
  private static final String TURNS_OFF = "@Tag(\"mechanism\")";
  private static final Pattern ENUM_SOURCE = Pattern.compile("@EnumSource\\([^)]*\\)");
  private static final Pattern CONSTANT = Pattern.compile("(?m)^ {2}([A-Z][A-Z_0-9]*)\\b");

  @Test
  void everyPromiseNamesATestThatExists() throws IOException {
    var rows = rows(Files.readString(PROMISES));
    assertThat(rows).hasSizeGreaterThan(LEAST_PROMISES);
    assertThat(faults(rows, tests())).isEmpty();
  }

  @Test
  void aRowWithoutATestOrWithOneThatIsNotThereIsAFault() {
    var rows =
        rows(
            """
            | Promise | Test |
            |---|---|
            | kept | `ATest#thisOne` |
            | kept by two | `ATest#thisOne` `ATest#thatOne` |
            | idle | |
            | of another class | `BTest#thisOne` |
            | renamed | `ATest#thisOne` `ATest#another` |
            """);
    assertThat(faults(rows, Map.of("ATest", Set.of("thisOne", "thatOne"))))
        .containsExactly(
            "no test: | idle | |",
            "no test BTest#thisOne: | of another class | `BTest#thisOne` |",
            "no test ATest#another: | renamed | `ATest#thisOne` `ATest#another` |");
  }

  /** What makes an agent safe has a switch, and a test that turns it off and expects to notice. */
  @Test
  void everyMechanismIsTurnedOffByATest() throws IOException {
    var sources = sources();
    var switches =
        sources.stream()
            .filter(file -> file.path.endsWith("Mechanism.java") && file.isMain())
            .toList();
    assertThat(switches).isNotEmpty();
    assertThat(switches.stream().flatMap(each -> neverTurnedOff(each, sources).stream())).isEmpty();
  }

  @Test
  void aMechanismThatIsOnlyNamedIsNotTurnedOff() {
    var chosen = TURNS_OFF + " @EnumSource(value = Mechanism.class, names = {\"ONE\"}) case TWO ->";
    assertThat(turnsOff(chosen, "ONE")).isTrue();
    assertThat(turnsOff(chosen, "TWO")).isFalse();
    var others = chosen.replace("names", "mode = EnumSource.Mode.EXCLUDE, names");
    assertThat(turnsOff(others, "ONE")).isFalse();
    assertThat(turnsOff(others, "TWO")).isTrue();
    assertThat(turnsOff(TURNS_OFF + " @EnumSource(Mechanism.class)", "TWO")).isTrue();
    assertThat(turnsOff("run(Set.of(Mechanism.TWO))", "TWO")).isTrue();
  }

  private static List<String> neverTurnedOff(Source mechanism, List<Source> sources) {
    var tests =
        sources.stream()
            .filter(file -> !file.isMain() && file.packageLine().equals(mechanism.packageLine()))
            .filter(file -> file.text.contains(TURNS_OFF))
            .map(Source::text)
            .toList();
    return CONSTANT
        .matcher(mechanism.text)
        .results()
        .map(match -> match.group(1))
        .filter(constant -> tests.stream().noneMatch(text -> turnsOff(text, constant)))
        .map(constant -> mechanism.packageLine() + " " + constant)
        .toList();
  }

  /**
   * Whether a class has a constant turned off: that it is named is not enough, for it may be in a
   * switch over all of them.
   */
  private static boolean turnsOff(String text, String constant) {
    if (text.contains("Mechanism." + constant + ")")
        || text.contains("Mechanism." + constant + ",")) {
      return true;
    }
    return Arrays.stream(text.split(Pattern.quote(TURNS_OFF), -1))
        .skip(1)
        .flatMap(test -> ENUM_SOURCE.matcher(test).results().limit(1))
        .map(MatchResult::group)
        .anyMatch(source -> plays(source, constant));
  }

  private static boolean plays(String source, String constant) {
    var isNamed = source.contains("\"" + constant + "\"");
    var playsTheOthers = source.contains("EXCLUDE") || !source.contains("names");
    return playsTheOthers != isNamed;
  }

  private static List<String> rows(String text) {
    var lines = text.lines().filter(line -> line.startsWith("|")).toList();
    List<String> rows = new ArrayList<>();
    for (var i = 0; i < lines.size(); i++) {
      var isHead = i + 1 < lines.size() && lines.get(i + 1).startsWith("|--");
      if (!isHead && !lines.get(i).startsWith("|--")) {
        rows.add(lines.get(i));
      }
    }
    return rows;
  }

  private static List<String> faults(List<String> rows, Map<String, Set<String>> tests) {
    List<String> faults = new ArrayList<>();
    for (var row : rows) {
      var named = NAMED_TEST.matcher(row).results().toList();
      if (named.isEmpty()) {
        faults.add("no test: " + row);
      }
      for (MatchResult test : named) {
        if (!tests.getOrDefault(test.group(1), Set.of()).contains(test.group(2))) {
          faults.add("no test %s#%s: %s".formatted(test.group(1), test.group(2), row));
        }
      }
    }
    return faults;
  }

  /** The tests of each class, those it inherits included. */
  private static Map<String, Set<String>> tests() throws IOException {
    Map<String, Source> classes = new HashMap<>();
    sources().forEach(source -> classes.put(source.name(), source));
    Map<String, Set<String>> tests = new HashMap<>();
    for (var name : classes.keySet()) {
      Set<String> all = new HashSet<>();
      for (var next = classes.get(name); next != null; next = classes.get(next.parent())) {
        all.addAll(next.tests());
      }
      tests.put(name, all);
    }
    return tests;
  }

  private static List<Source> sources() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (var module : List.of("schemas", "agent", "consumers", "deploy")) {
      try (var files = Files.walk(ROOT.resolve(module))) {
        for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          if (file.toString().contains("/src/")) {
            sources.add(new Source(file, Files.readString(file)));
          }
        }
      }
    }
    return sources;
  }

  private record Source(Path path, String text) {

    private String name() {
      var file = path.getFileName().toString();
      return file.substring(0, file.length() - ".java".length());
    }

    private boolean isMain() {
      return path.toString().contains("/src/main/");
    }

    private String packageLine() {
      return text.lines().filter(line -> line.startsWith("package ")).findFirst().orElse("");
    }

    /** Methods, and constants that a parameterized test plays. */
    private List<String> tests() {
      var pattern = text.contains("enum " + name() + " ") ? SCENARIO : TEST_METHOD;
      return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private String parent() {
      return SUPERCLASS
          .matcher(text)
          .results()
          .filter(match -> match.group(1).equals(name()))
          .map(match -> match.group(2))
          .findFirst()
          .orElse("");
    }
  }
}
