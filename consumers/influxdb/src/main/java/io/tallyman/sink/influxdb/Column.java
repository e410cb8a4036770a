package io.tallyman.sink.influxdb;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The name of a field, and where its value comes from. */
record Column<T>(String name, Function<T, ? extends @Nullable Object> value) {

  static <T> Column<T> of(String name, Function<T, ? extends @Nullable Object> value) {
    return new Column<>(name, value);
  }

  /** The names of columns of several sources. */
  static Set<String> names(Collection<? extends List<? extends Column<?>>> columns) {
    var names = new TreeSet<String>();
    columns.forEach(some -> some.forEach(column -> names.add(column.name())));
    return names;
  }
}
