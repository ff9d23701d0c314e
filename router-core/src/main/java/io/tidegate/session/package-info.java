/**
 * What is remembered of conversations: that their content was once CONFIDENTIAL or RESTRICTED, and nothing else.
 *
 * <p>Comes in: a tenant and the caller's name for a conversation; a class to note. Goes out: the label. Never does: keep a name (a keyed hash of it
 * sets bits of a Bloom filter of fixed size), forget or lower a label, wait for a disk.
 *
 * <p>Guarantees: a label survives kill -9 before the answer leaves, and can only rise (decisions 11; {@code LabelBitsTest},
 * {@code KeyedLabelsTest}, {@code KilledLabelsIT}); a file that lost bits makes every conversation RESTRICTED (G2); tenants do not share
 * labels (G4).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.session;
