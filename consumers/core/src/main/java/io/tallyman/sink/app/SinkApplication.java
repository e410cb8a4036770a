package io.tallyman.sink.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.tallyman.sink.Backoff;
import io.tallyman.sink.KafkaDeadLetters;
import io.tallyman.sink.Reading;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.SinkWorker;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs sinks. */
public final class SinkApplication {

  private SinkApplication() {}

  /**
   * Starts an instance and returns at once; what is not there yet (Kafka, the store) is waited for
   * and shown by health.
   *
   * @throws IllegalArgumentException when an option is wrong or not one of the sink's, or it cannot
   *     have so many workers
   * @throws SinkStartException when the HTTP port cannot be had; nothing is left running then
   * @throws RuntimeException when Kafka's client cannot be made; nothing is left running then
   */
  public static RunningSink start(SinkConfig config, SinkProvider provider) {
    if (provider.reading() == Reading.TAIL && config.workers() > 1) {
      throw new IllegalArgumentException(
          "the sink %s reads all partitions by itself: it has one worker, not %d"
              .formatted(provider.name(), config.workers()));
    }
    var options = SinkOptions.of(provider.options(), config.options());
    provider.check(options);
    var topics = config.topics().isEmpty() ? provider.topics() : config.topics();
    var metrics = new MicrometerSinkMetrics(config.name());
    var prefix = config.topicSettings().prefix();
    var sinkContext = new SinkContext(config.name(), options, topics, prefix, metrics);
    var clients = new SinkClients(config);
    var sinkTopics = new SinkTopics(clients::admin, config.topicSettings(), topics, config.name());

    var context = httpContext(config);
    var workers = new ArrayList<SinkWorker>();
    try {
      for (int i = 0; i < config.workers(); i++) {
        int number = i;
        workers.add(
            new SinkWorker(
                sinkContext,
                provider.reading(),
                sinkTopics,
                clients.consumer(number, provider.reading()),
                clients.deserializer(),
                provider.create(),
                new KafkaDeadLetters(
                    () -> clients.producer(number), sinkTopics, config.name(), number),
                Backoff.standard(new SplittableRandom()),
                Clock.systemUTC()));
      }
      var group = new Workers(config.name(), workers);
      context.registerSingleton(group);
      context.registerSingleton(metrics);
      var server = bind(context, config);
      group.start();
      return new RunningSink(config.name(), group, metrics, context, server);
    } catch (RuntimeException e) {
      for (var worker : workers) {
        // A worker that is told to stop before it runs only closes what it was given.
        worker.stop();
        worker.run();
      }
      context.close();
      throw e;
    }
  }

  private static EmbeddedServer bind(ApplicationContext context, SinkConfig config) {
    try {
      return context.getBean(EmbeddedServer.class).start();
    } catch (ServerStartupException e) {
      throw new SinkStartException(
          "Port %d of %s cannot be bound; is it in use? Choose another with --port"
              .formatted(config.httpPort(), config.httpHost()),
          e);
    }
  }

  private static ApplicationContext httpContext(SinkConfig config) {
    return ApplicationContext.builder()
        .deduceEnvironment(false)
        .banner(false)
        .properties(
            Map.ofEntries(
                Map.entry("tallyman.part.sink", true),
                Map.entry("micronaut.application.name", "tallyman-sink-" + config.name()),
                Map.entry("micronaut.server.host", config.httpHost()),
                Map.entry("micronaut.server.port", config.httpPort() == 0 ? -1 : config.httpPort()),
                Map.entry("micronaut.netty.event-loops.default.num-threads", 1),
                Map.entry("endpoints.all.enabled", false),
                Map.entry("endpoints.health.enabled", true),
                Map.entry("endpoints.health.sensitive", false),
                Map.entry("endpoints.health.details-visible", "ANONYMOUS"),
                Map.entry("endpoints.health.disk-space.enabled", false),
                Map.entry("endpoints.health.discovery-client.enabled", false),
                Map.entry("endpoints.health.service-ready-indicator-enabled", false)))
        .build()
        .start();
  }
}
