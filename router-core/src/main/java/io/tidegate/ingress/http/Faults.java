package io.tidegate.ingress.http;

import io.tidegate.ingress.RequestFacts;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;

/** The answers to malformed or unwelcome requests, made once. No text of a request is in them (G3, B3). */
final class Faults {
  static final ErrorAnswer REQUEST_LINE = malformed("The request line is malformed.");
  static final ErrorAnswer METHOD = malformed("The request line names no HTTP method.");
  static final ErrorAnswer TARGET = malformed("The request target must be an absolute path.");
  static final ErrorAnswer VERSION = malformed("Only HTTP/1.1, HTTP/1.0 and HTTP/2 are spoken here.");
  static final ErrorAnswer LINE_END = malformed("Lines of the head must end in CR LF.");
  static final ErrorAnswer FIELD_NAME = malformed("A header's name is malformed.");
  static final ErrorAnswer FIELD_VALUE = malformed("A header's value holds a forbidden character.");
  static final ErrorAnswer FOLDED = malformed("A header line must not be folded.");
  static final ErrorAnswer HOST_MISSING = malformed("Exactly one Host is required.");
  static final ErrorAnswer HOST_MISMATCH = malformed(":authority and Host differ.");
  static final ErrorAnswer DUPLICATE = malformed("A header that may come once came twice.");
  static final ErrorAnswer UNDERSCORE = malformed("A header's name is spelled with an underscore.");
  static final ErrorAnswer CONTENT_LENGTH = malformed("Content-Length must be one number of digits.");
  static final ErrorAnswer TRANSFER_ENCODING = malformed("Transfer-Encoding may only be chunked, on HTTP/1.1, without Content-Length.");
  static final ErrorAnswer EXPECT = malformed("The only expectation that is met is 100-continue.");
  static final ErrorAnswer CHUNK = malformed("A chunk is malformed.");
  static final ErrorAnswer TRAILERS = malformed("Trailers are not accepted.");
  static final ErrorAnswer BODY_ON_GET = malformed("The request must not have a body.");
  static final ErrorAnswer LENGTH_MISMATCH = malformed("The body is not as long as Content-Length says.");
  static final ErrorAnswer PSEUDO_HEADERS = malformed("The pseudo-headers are malformed.");
  static final ErrorAnswer CONNECTION_HEADER = malformed("A header of HTTP/1.1 connections is not allowed on HTTP/2.");
  static final ErrorAnswer FIELD_CASE = malformed("Header names must be lower case on HTTP/2.");

  static final ErrorAnswer URI_TOO_LONG = ErrorAnswer.of(Refusal.URI_TOO_LONG, "The request line is longer than http.requestLineLimit. Parameters belong in the body.");
  static final ErrorAnswer HEADERS_TOO_LARGE = ErrorAnswer.of(Refusal.HEADERS_TOO_LARGE, "The headers are more than http.headerCount or longer than http.headerLimit. Send fewer.");
  static final ErrorAnswer BODY_TOO_LARGE = ErrorAnswer.of(Refusal.TOO_LARGE, "The body is longer than this router takes (http.bodyLimit; batch.size for a batch; jobs.fileLimit for a file). Send less.");
  static final ErrorAnswer TIMED_OUT = ErrorAnswer.of(Refusal.REQUEST_TIMEOUT, "The request did not arrive in time.");
  static final ErrorAnswer BODIES_BUSY = new ErrorAnswer(Refusal.BUSY, 429, "Too many large requests are in flight; try again.", null, 1);
  static final ErrorAnswer ANSWERS_BUSY = new ErrorAnswer(Refusal.BUSY, 429, "Too many large answers are held; ask for this item again.", null, 1);
  static final ErrorAnswer DRAINING = new ErrorAnswer(Refusal.DRAINING, 503, "This instance is stopping; try again.", null, 1);
  static final ErrorAnswer INTERNAL = ErrorAnswer.of(Refusal.INTERNAL, "The request met a fault of the router's own.");

  static final ErrorAnswer QUERY = malformed("Remove the query string: parameters belong in the JSON body.");
  static final ErrorAnswer NOT_FOUND = ErrorAnswer.of(Refusal.NOT_FOUND,
      "Unknown path. Known are POST /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/batch and GET /v1/models; /v1/files and /v1/batches where jobs are on.");
  static final ErrorAnswer MODEL_UNKNOWN = ErrorAnswer.ofParam(Refusal.NOT_FOUND, "No upstream serves this model. GET /v1/models lists the names.", "model");
  static final ErrorAnswer USE_POST = ErrorAnswer.of(Refusal.METHOD_NOT_ALLOWED, "Use POST.");
  static final ErrorAnswer USE_GET = ErrorAnswer.of(Refusal.METHOD_NOT_ALLOWED, "Use GET.");
  static final ErrorAnswer USE_OF_JOBS = ErrorAnswer.of(Refusal.METHOD_NOT_ALLOWED, "Use GET, POST or DELETE.");
  static final ErrorAnswer HOST_FOREIGN = ErrorAnswer.ofParam(Refusal.FORBIDDEN, "The Host is not one this router answers for.", "Host");
  static final ErrorAnswer ORIGIN_FOREIGN = ErrorAnswer.ofParam(Refusal.FORBIDDEN, "Requests from web pages of other origins are refused.",
      "Origin");
  static final ErrorAnswer MEDIA = ErrorAnswer.ofParam(Refusal.UNSUPPORTED_MEDIA, "Send application/json in UTF-8.", "Content-Type");
  static final ErrorAnswer CODING = ErrorAnswer.ofParam(Refusal.UNSUPPORTED_MEDIA, "Send the body without a content coding.",
      "Content-Encoding");
  static final ErrorAnswer SENSITIVITY = ErrorAnswer.ofParam(Refusal.INVALID_REQUEST,
      "The value must be PUBLIC, INTERNAL, CONFIDENTIAL or RESTRICTED.", "x-tidegate-sensitivity");
  static final ErrorAnswer LATENCY_CLASS = ErrorAnswer.ofParam(Refusal.INVALID_REQUEST,
      "The value must be INTERACTIVE, STANDARD or BATCH.", "x-tidegate-latency-class");
  static final ErrorAnswer SESSION = ErrorAnswer.ofParam(Refusal.INVALID_REQUEST,
      "The value must be 1 to " + RequestFacts.MAX_SESSION_LENGTH + " visible ASCII characters.", "x-tidegate-session");
  static final ErrorAnswer UNAUTHENTICATED = ErrorAnswer.of(Refusal.UNAUTHENTICATED,
      "Send a valid key as Authorization: Bearer, or connect as a user or workload that this router knows.");
  static final ErrorAnswer AUTHORIZATION = ErrorAnswer.ofParam(Refusal.UNAUTHENTICATED, "Send the key as Authorization: Bearer.",
      "Authorization");

  private Faults() {}

  /** What {@code Allow} says beside an answer to a method that is not meant: the methods that its message names, so that the two cannot differ. */
  static String allowed(ErrorAnswer error) {
    String said = error.message();
    return said.startsWith("Use ") ? said.substring(4, said.length() - 1).replace(" or ", ", ") : "GET, POST";
  }

  /** A header came twice that may come once. @param name ours, not the caller's spelling */
  static ErrorAnswer twice(String name) {
    return ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, "A header that may come once came twice.", name);
  }

  private static ErrorAnswer malformed(String message) {
    return ErrorAnswer.of(Refusal.INVALID_REQUEST, message);
  }
}
