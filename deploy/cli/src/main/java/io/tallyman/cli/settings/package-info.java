/** The catalogue of configuration keys and the reading of file, environment and flags. */
@NullMarked
package io.tallyman.cli.settings;

import org.jspecify.annotations.NullMarked;
