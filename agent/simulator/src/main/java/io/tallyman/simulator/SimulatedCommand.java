package io.tallyman.simulator;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a container's main process behaves.
 *
 * <p>Understood are {@code sleep N}, {@code sh -c "exit N"}, {@code sh -c "sleep N; exit M"} and
 * {@code tail /dev/zero}, which eats memory up to the limit. Anything else runs for ever. Like
 * every first process without a handler none of them minds SIGTERM; only SIGKILL ends it.
 *
 * @param runsMillis how long it runs; {@link #FOREVER} without an end
 * @param exitCode what it returns then
 * @param eatsMemory true: it ends by the OOM killer if the container's memory is limited
 */
record SimulatedCommand(long runsMillis, int exitCode, boolean eatsMemory) {

  static final long FOREVER = Long.MAX_VALUE;

  private static final long EXEC_MILLIS = 50;
  private static final Pattern SCRIPT =
      Pattern.compile("(?:sleep ([0-9.]+)\\s*;\\s*)?exit ([0-9]+)");

  static SimulatedCommand of(List<String> command) {
    if (command.equals(List.of("tail", "/dev/zero"))) {
      return new SimulatedCommand(EXEC_MILLIS, 137, true);
    }
    if (command.size() == 2 && command.getFirst().equals("sleep")) {
      return new SimulatedCommand(EXEC_MILLIS + millis(command.getLast()), 0, false);
    }
    if (command.size() == 3 && command.get(1).equals("-c")) {
      Matcher script = SCRIPT.matcher(command.getLast().strip());
      if (script.matches()) {
        String pause = script.group(1);
        long runs = EXEC_MILLIS + (pause == null ? 0 : millis(pause));
        return new SimulatedCommand(runs, Integer.parseInt(script.group(2)), false);
      }
    }
    return new SimulatedCommand(FOREVER, 0, false);
  }

  private static long millis(String seconds) {
    return Math.round(Double.parseDouble(seconds) * 1_000);
  }
}
