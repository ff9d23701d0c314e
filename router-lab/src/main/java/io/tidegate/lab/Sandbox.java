package io.tidegate.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.Emulator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Emulators by the name of the side they stand for ("private", "public"). Safe for any thread. */
public final class Sandbox implements AutoCloseable {
  private final Map<String, Emulator> sides = new LinkedHashMap<>();

  private Sandbox() {}

  /** Starts one emulator per side; all or none. */
  public static Sandbox start(Map<String, EmulatorConfig> sides) {
    Sandbox sandbox = new Sandbox();
    try {
      sides.forEach((name, config) -> sandbox.sides.put(name, Emulator.start(config)));
      return sandbox;
    } catch (RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  /** The emulator of a side. */
  public Emulator side(String name) {
    Emulator emulator = sides.get(name);
    if (emulator == null) {
      throw new IllegalArgumentException("no side named " + name);
    }
    return emulator;
  }

  /** One line: {@code {"emulated":true,"private":{"name","dialect","host","port","baseUrl","models"},…}}. */
  public String json() {
    ObjectNode node = new ObjectMapper().createObjectNode().put("emulated", true);
    sides.forEach((name, emulator) -> {
      EmulatorConfig config = emulator.config();
      ObjectNode side = node.putObject(name).put("name", "EMULATED " + config.name())
          .put("dialect", config.dialect().name().toLowerCase(Locale.ROOT)).put("host", config.bindAddress()).put("port", emulator.port())
          .put("baseUrl", emulator.baseUrl());
      config.models().forEach(side.putArray("models")::add);
    });
    return node.toString();
  }

  @Override
  public void close() {
    sides.values().forEach(Emulator::close);
  }

  /** The same program as {@link LabMain}. */
  public static void main(String[] args) {
    LabMain.main(args);
  }
}
