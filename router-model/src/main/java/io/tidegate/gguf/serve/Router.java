package io.tidegate.gguf.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.tidegate.gguf.api.Answers;
import io.tidegate.gguf.api.Asked;
import io.tidegate.gguf.api.AskedReader;
import io.tidegate.gguf.api.AskedReader.Result;
import io.tidegate.gguf.api.Pages;
import io.tidegate.gguf.api.Refused;
import io.tidegate.gguf.engine.Load;

/** Path and method → answer. */
final class Router {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final ModelServer server;
  private final Connection connection;
  private final ChannelHandlerContext ctx;

  Router(ModelServer server, Connection connection, ChannelHandlerContext ctx) {
    this.server = server;
    this.connection = connection;
    this.ctx = ctx;
  }

  void route(HttpRequest request, byte[] body) {
    Service service = server.service();
    if (service == null) {
      connection.send(ctx, Refused.loading());
      return;
    }
    String uri = request.uri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    String bare = path.startsWith("/v1/") ? path.substring(3) : path;
    boolean get = request.method().equals(HttpMethod.GET);
    boolean post = request.method().equals(HttpMethod.POST);
    switch (bare) {
      case "/health" -> page(get, () -> connection.json(ctx, Pages.health()));
      case "/models" -> page(get, () -> connection.json(ctx, Pages.models(service.weights().card(), service.batcher().context(), service.created())));
      case "/props" -> page(get, () -> connection.json(ctx, Pages.props(service.weights().card(), service.batcher().load(), service.batcher().context())));
      case "/metrics" -> page(get, () -> connection.send(ctx, PROMETHEUS, Pages.metrics(service.batcher().load())));
      case "/slots" -> page(get, () -> slots(service.batcher().load(), query >= 0 && uri.substring(query + 1).contains("fail_on_no_slot=1")));
      case "/chat/completions" -> page(post, () -> generate(service, AskedReader.chat(body, server.random())));
      case "/completions" -> page(post, () -> generate(service, AskedReader.completion(body, server.random())));
      case "/embeddings" -> page(post, () -> embeddings(service, body));
      default -> connection.send(ctx, Refused.notFound());
    }
  }

  private void page(boolean method, Runnable answer) {
    if (method) {
      answer.run();
    } else {
      connection.send(ctx, Refused.method());
    }
  }

  private void slots(Load load, boolean failIfNone) {
    if (failIfNone && load.busy() == load.slots().size()) {
      connection.send(ctx, Refused.busy());
    } else {
      connection.json(ctx, Pages.slots(load));
    }
  }

  private void generate(Service service, Result<Asked> result) {
    result.fold(asked -> {
      String id = Long.toHexString(server.random().nextLong());
      Answers answers = new Answers(id, asked.chat(), service.weights().card().name(), server.seconds());
      new Generating(connection, ctx, asked, answers).start(service.batcher());
      return asked;
    }, refused -> {
      connection.send(ctx, refused);
      return null;
    });
  }

  private void embeddings(Service service, byte[] body) {
    if (!server.settings().embeddings()) {
      connection.send(ctx, new Refused(501, "not_supported_error", "this server was started without embeddings", null, 0, 0));
      return;
    }
    AskedReader.embeddings(body, server.settings().inputs()).fold(vectors -> {
      new Embedding(connection, ctx, service.weights(), vectors).start(server.embedder());
      return vectors;
    }, refused -> {
      connection.send(ctx, refused);
      return null;
    });
  }
}
