package io.tallyman.e2e.planted.sink.one;

import io.tallyman.e2e.planted.sink.two.OtherSink;

/** Breaks the rule, to show that it can be broken. */
public record SeesAnotherSink(OtherSink other) {}
