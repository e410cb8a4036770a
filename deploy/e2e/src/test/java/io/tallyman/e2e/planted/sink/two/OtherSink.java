package io.tallyman.e2e.planted.sink.two;

/** What another sink must not see. */
public record OtherSink() {}
