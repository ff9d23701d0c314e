package io.tidegate.daemon;

import io.tidegate.config.Listen;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.systemd.Handed;
import io.tidegate.net.Door;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where each listener waits.
 *
 * @param mesh null without a listener for workloads of the mesh
 * @param scaler null without one for KEDA
 */
record Doors(Door http, Door grpc, Door admin, @Nullable Door mesh, @Nullable Door scaler) {
  /**
   * Takes what was handed over, all of it.
   *
   * @param meshed whether the daemon is part of a mesh
   */
  static Doors of(TidegateConfig config, Handed handed, boolean meshed) throws StartFailure {
    Listen mesh = meshed ? ListenTerms.mesh(config) : null;
    Listen scaler = config.scaling().listen();
    try {
      Doors doors = new Doors(handed.door("http", "http.listen", config.http().listen()), handed.door("grpc", "grpc.listen", config.grpc().listen()),
          handed.door("admin", "admin.listen", config.admin().listen()), mesh == null ? null : handed.door("mesh", "consul.connect.listen", mesh),
          scaler == null ? null : handed.door("scaler", "scaler.listen", scaler));
      handed.nothingLeft();
      return doors;
    } catch (IOException unfit) {
      throw unusable(unfit);
    }
  }

  static StartFailure unusable(IOException why) {
    return new StartFailure("a listening socket that was handed over cannot be used: " + why.getMessage(), why);
  }
}
