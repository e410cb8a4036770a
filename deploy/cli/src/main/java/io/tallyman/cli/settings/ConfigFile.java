package io.tallyman.cli.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads the YAML file of {@code --config}: keys nested, dotted, or both. */
final class ConfigFile {

  private static final int MAX_BYTES = 1 << 20;

  private final Catalogue catalogue;
  private final Path file;
  private final Map<String, RawValue> values = new LinkedHashMap<>();

  private ConfigFile(Catalogue catalogue, Path file) {
    this.catalogue = catalogue;
    this.file = file;
  }

  /**
   * The values by their full keys.
   *
   * @throws SettingsException when the file cannot be read, is not YAML, or names an unknown key
   */
  static Map<String, RawValue> read(Catalogue catalogue, Path file) {
    ConfigFile reader = new ConfigFile(catalogue, file);
    Object root = reader.load();
    if (root instanceof Map<?, ?> map) {
      reader.walk("", map);
    } else if (root != null && !root.equals("")) {
      throw new SettingsException(file + ": not a YAML mapping of configuration keys");
    }
    return reader.values;
  }

  /** The text of one key, whatever else the file holds; null when it does not say. */
  static @Nullable String textOf(Path file, String name) {
    try {
      return textOf(new ConfigFile(Catalogue.builtIn(), file).load(), name);
    } catch (SettingsException e) {
      return null;
    }
  }

  private static @Nullable String textOf(@Nullable Object node, String name) {
    if (!(node instanceof Map<?, ?> map)) {
      return null;
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = "" + entry.getKey();
      if (key.equals(name)) {
        return entry.getValue() instanceof String text ? text : null;
      }
      if (name.startsWith(key + ".")) {
        String found = textOf(entry.getValue(), name.substring(key.length() + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private @Nullable Object load() {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new SettingsException(file + ": larger than 1 MiB, not a configuration file");
      }
      return yaml().load(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new SettingsException(file + ": no such file (named with --config)");
    } catch (AccessDeniedException e) {
      throw new SettingsException(file + ": no permission to read it");
    } catch (CharacterCodingException e) {
      throw new SettingsException(file + ": not UTF-8 text");
    } catch (IOException e) {
      throw new SettingsException(file + ": cannot be read: " + e.getMessage());
    } catch (MarkedYAMLException e) {
      throw new SettingsException(file + ": not valid YAML" + place(e) + ": " + e.getProblem());
    } catch (YAMLException e) {
      throw new SettingsException(file + ": not valid YAML");
    }
  }

  private static String place(MarkedYAMLException e) {
    return e.getProblemMark() == null ? "" : " in line " + (e.getProblemMark().getLine() + 1);
  }

  /**
   * A loader to which every scalar is a text: what {@code 1:30} or {@code on} means is the key's.
   */
  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    DumperOptions unused = new DumperOptions();
    Resolver texts =
        new Resolver() {
          @Override
          protected void addImplicitResolvers() {}
        };
    return new Yaml(new SafeConstructor(options), new Representer(unused), unused, options, texts);
  }

  private void walk(String path, Map<?, ?> map) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String name = path.isEmpty() ? "" + entry.getKey() : path + "." + entry.getKey();
      ConfigKey<?> key = catalogue.find(name);
      if (entry.getValue() instanceof Map<?, ?> nested && (key == null || isProperties(key))) {
        walk(name, nested);
      } else if (key == null) {
        throw catalogue.unknownKey(name, file.toString());
      } else if (values.put(name, raw(name, entry.getValue())) != null) {
        throw new SettingsException(file + ": " + name + " is given twice");
      }
    }
  }

  private static boolean isProperties(ConfigKey<?> key) {
    return key.name().equals(ConfigKeys.KAFKA_PROPERTIES.name());
  }

  private RawValue raw(String name, @Nullable Object value) {
    return switch (value) {
      case null -> new RawValue.Text("");
      case List<?> list -> {
        List<String> items = new ArrayList<>();
        list.forEach(item -> items.add(scalar(name, item)));
        yield new RawValue.Items(List.copyOf(items));
      }
      case Map<?, ?> map -> {
        Map<String, String> entries = new LinkedHashMap<>();
        map.forEach((key, item) -> entries.put("" + key, scalar(name, item)));
        yield new RawValue.Entries(entries);
      }
      default -> new RawValue.Text(value.toString());
    };
  }

  private String scalar(String name, @Nullable Object value) {
    if (value instanceof Map || value instanceof List) {
      throw new SettingsException(file + ": " + name + " is nested too deeply");
    }
    return value == null ? "" : value.toString();
  }
}
