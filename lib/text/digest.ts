/**
 * Digests.
 *
 * @module
 */

/** The SHA-256 of text or bytes, in hex. */
export function sha256(data: string | Uint8Array): string {
  // Loading it takes longer than a small run has, so only who comes here pays for it.
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(data).digest("hex");
}
