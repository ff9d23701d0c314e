@org.jspecify.annotations.NullMarked
package io.tidegate.ingress.grpc;
