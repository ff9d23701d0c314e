package io.tidegate.onnx;

import ai.onnxruntime.OrtException;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves an operator's ONNX text classifier to the daemon of this host. */
@Command(name = "tidegate-onnx", mixinStandardHelpOptions = true, exitCodeOnInvalidInput = 2,
    description = "Serves an ONNX text classifier as a detector: name its socket under 'plugins' in the daemon's configuration.")
public final class OnnxPlugin implements Callable<Integer> {
  private static final int BAD_CONFIG = 78;
  private static final int WAITING = 64;
  private static final int MAX_MESSAGE = 64 << 20;
  /** sun_path of Linux without its final NUL. */
  private static final int MAX_PATH = 107;

  @Option(names = "--model", required = true, description = "The .onnx file.")
  private @Nullable Path model;
  @Option(names = "--socket", required = true, description = "Path of the Unix socket to serve on.")
  private @Nullable Path socket;
  @Option(names = "--type", required = true, description = "Entity type to report, such as TRADE_SECRET.")
  private String type = "";
  @Option(names = "--threshold", defaultValue = "0.5", description = "Least score that is a finding. Default: ${DEFAULT-VALUE}.")
  private float threshold;
  @Option(names = "--certain", defaultValue = "0.9", description = "Least score that is very likely. Default: ${DEFAULT-VALUE}.")
  private float certain;
  @Option(names = "--class-index", defaultValue = "-1", description = "Which score counts; -1 for the last. Default: ${DEFAULT-VALUE}.")
  private int classIndex;
  @Option(names = "--class", defaultValue = "1", description = "Which score counts, where they have names. Default: ${DEFAULT-VALUE}.")
  private String className = "1";
  @Option(names = "--window", defaultValue = "1000", description = "Characters the model reads at once. Default: ${DEFAULT-VALUE}.")
  private int window;
  @Option(names = "--least", defaultValue = "20", description = "Shorter strings are not asked about. Default: ${DEFAULT-VALUE}.")
  private int least;

  /** A running plugin. */
  record Serving(Server server, MultiThreadIoEventLoopGroup loops, ThreadPoolExecutor pool, TextModel model) implements AutoCloseable {
    @Override
    public void close() throws OrtException {
      server.shutdownNow();
      pool.shutdownNow();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
      model.close();
    }
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new OnnxPlugin()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintStream err = System.err;
    Path file = model;
    Path place = socket;
    if (file == null || place == null || place.toString().length() > MAX_PATH || threshold <= 0 || certain < threshold || window < 16 || least < 1) {
      err.println("--socket is longer than " + MAX_PATH + " bytes, or --threshold, --certain, --window, --least contradict each other. "
          + "Fix: 0 < threshold <= certain, window >= 16, least >= 1");
      return CommandLine.ExitCode.USAGE;
    }
    try (Serving serving = serve(new TextModel(file, classIndex, className), place, new OnnxDetector.Terms(type, threshold, certain, window, least))) {
      err.println("serving " + file.getFileName() + " as " + type + " on unix:" + place);
      serving.server.awaitTermination();
      return 0;
    } catch (OrtException | IOException failed) {
      err.println(file + " cannot be served on " + place + ": " + failed.getMessage()
          + ". Fix: give a model with one input of strings and float scores, and a socket path that this user may create");
      return BAD_CONFIG;
    }
  }

  /** The model runs on one thread; past {@code WAITING} questions the daemon is told that it failed, and goes on restricted. */
  static Serving serve(TextModel model, Path socket, OnnxDetector.Terms terms) throws IOException {
    Files.deleteIfExists(socket);
    MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING));
    Server server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile())).bossEventLoopGroup(loops).workerEventLoopGroup(loops)
        .channelType(EpollServerDomainSocketChannel.class).executor(pool).maxInboundMessageSize(MAX_MESSAGE)
        .addService(new OnnxDetector(model, terms)).build().start();
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
    return new Serving(server, loops, pool, model);
  }
}
