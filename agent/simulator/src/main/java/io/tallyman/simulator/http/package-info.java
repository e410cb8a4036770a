/** A minimal HTTP/1.1 server over unix and TCP sockets, one virtual thread a connection. */
@NullMarked
package io.tallyman.simulator.http;

import org.jspecify.annotations.NullMarked;
