/** Tests of the HTTP way in, over real sockets. */
@org.jspecify.annotations.NullMarked
package io.tidegate.ingress.http;
