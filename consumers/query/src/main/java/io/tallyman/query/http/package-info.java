/** Beans of the query service alone: other parts that run in the same process do not see them. */
@NullMarked
@Configuration
@Requires(property = "tallyman.part.query")
package io.tallyman.query.http;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
