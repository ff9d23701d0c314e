/**
 * Signed policy bundles: what was signed, by whom, and whether that is enough (hazard K6). Pure: bytes, keys and the time are passed in.
 *
 * <p>Comes in: the bytes of a bundle's files, of its manifest and of its signatures, and the key ring. Goes out: who signed, or every reason why
 * the bundle is refused. Never does: parse a byte that nobody it knows has signed, look at a policy's meaning, or touch a private key's file. Tests:
 * SignatureCheckTest.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.policy.signature;
