/** Shows the newest samples to Prometheus, under cAdvisor's names. */
@NullMarked
package io.tallyman.sink.prometheus;

import org.jspecify.annotations.NullMarked;
