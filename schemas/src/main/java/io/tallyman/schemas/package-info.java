/** The data contract in code: topics, framing, serializers, identities, headers and JSON. */
@NullMarked
package io.tallyman.schemas;

import org.jspecify.annotations.NullMarked;
