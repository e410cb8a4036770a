package io.tallyman.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a container is created.
 *
 * @param name without the leading slash
 * @param command what it runs; see {@link SimulatedCommand} for what is understood
 * @param environment variables as {@code NAME=value}
 * @param networkMode bridge, host, none, container:NAME or the name of a network
 * @param cpuLimit number of processors; null: unlimited
 * @param memoryLimitBytes null: unlimited
 * @param pidsLimit null: unlimited
 * @param healthCheck null: none
 * @param restartPolicy no, always, unless-stopped or on-failure
 * @param autoRemove true: removed as soon as it ends
 * @param workload what it uses while it runs
 */
public record ContainerSpec(
    String name,
    String image,
    List<String> command,
    Map<String, String> labels,
    List<String> environment,
    String networkMode,
    @Nullable Double cpuLimit,
    @Nullable Long memoryLimitBytes,
    @Nullable Long pidsLimit,
    @Nullable HealthCheck healthCheck,
    String restartPolicy,
    boolean autoRemove,
    Workload workload) {

  public ContainerSpec {
    command = List.copyOf(command);
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    environment = List.copyOf(environment);
  }

  /**
   * A probe.
   *
   * @param command what is executed, after the leading {@code CMD} or {@code CMD-SHELL}
   * @param retries failures in a row that make a container unhealthy
   * @param passes what the probe finds at first; {@link SimulatedEngine#health} changes it
   */
  public record HealthCheck(String command, long intervalMillis, int retries, boolean passes) {}

  /** A container that sleeps for ever on the bridge network, without limits. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Collects what differs from the usual. */
  public static final class Builder {
    private final String name;
    private String image = "busybox:latest";
    private List<String> command = List.of("sleep", "1000000");
    private final Map<String, String> labels = new TreeMap<>();
    private final List<String> environment = new ArrayList<>();
    private String networkMode = "bridge";
    private @Nullable Double cpuLimit;
    private @Nullable Long memoryLimitBytes;
    private @Nullable Long pidsLimit;
    private @Nullable HealthCheck healthCheck;
    private String restartPolicy = "no";
    private boolean autoRemove;
    private Workload workload = Workload.IDLE;

    private Builder(String name) {
      this.name = name;
    }

    public Builder image(String value) {
      image = value;
      return this;
    }

    public Builder command(String... value) {
      command = List.of(value);
      return this;
    }

    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    public Builder environment(String name, String value) {
      environment.add(name + "=" + value);
      return this;
    }

    /** The labels that Compose gives to a service's container. */
    public Builder compose(String project, String service) {
      return label("com.docker.compose.project", project)
          .label("com.docker.compose.service", service)
          .label("com.docker.compose.container-number", "1");
    }

    public Builder networkMode(String value) {
      networkMode = value;
      return this;
    }

    public Builder cpuLimit(@Nullable Double value) {
      cpuLimit = value;
      return this;
    }

    public Builder memoryLimitBytes(@Nullable Long value) {
      memoryLimitBytes = value;
      return this;
    }

    public Builder pidsLimit(@Nullable Long value) {
      pidsLimit = value;
      return this;
    }

    public Builder healthCheck(@Nullable HealthCheck value) {
      healthCheck = value;
      return this;
    }

    public Builder restartPolicy(String value) {
      restartPolicy = value;
      return this;
    }

    public Builder autoRemove(boolean value) {
      autoRemove = value;
      return this;
    }

    public Builder workload(Workload value) {
      workload = value;
      return this;
    }

    public ContainerSpec build() {
      return new ContainerSpec(
          name,
          image,
          command,
          labels,
          environment,
          networkMode,
          cpuLimit,
          memoryLimitBytes,
          pidsLimit,
          healthCheck,
          restartPolicy,
          autoRemove,
          workload);
    }
  }
}
