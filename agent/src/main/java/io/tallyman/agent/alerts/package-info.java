/** Tells when a container uses more than its labels allow. */
@NullMarked
package io.tallyman.agent.alerts;

import org.jspecify.annotations.NullMarked;
