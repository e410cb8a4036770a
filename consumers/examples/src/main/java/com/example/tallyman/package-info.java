/** A sink of one's own. */
@NullMarked
package com.example.tallyman;

import org.jspecify.annotations.NullMarked;
