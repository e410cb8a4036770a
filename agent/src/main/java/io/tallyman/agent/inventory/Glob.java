package io.tallyman.agent.inventory;

import java.util.regex.Pattern;

/**
 * A shell-like pattern over a whole text: {@code *} stands for any characters, {@code ?} for one,
 * all else for itself. Immutable.
 */
public final class Glob {

  private final String text;
  private final Pattern pattern;

  public Glob(String text) {
    this.text = text;
    StringBuilder regex = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '*' -> regex.append(".*");
            case '?' -> regex.append('.');
            default -> regex.append(Pattern.quote(Character.toString(c)));
          }
        });
    this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  public boolean matches(String candidate) {
    return pattern.matcher(candidate).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
