package io.tidegate.discovery;

/**
 * A 200 from Consul.
 *
 * @param index X-Consul-Index; 0 if absent or unreadable
 * @param knownLeader false only if X-Consul-KnownLeader says so
 * @param lastContactMillis age of a stale server's data; 0 from a leader
 * @param filteredByAcls rows were left out for want of rights, so an absence proves nothing
 */
record ConsulAnswer(long index, boolean knownLeader, long lastContactMillis, boolean filteredByAcls, byte[] body) {}
