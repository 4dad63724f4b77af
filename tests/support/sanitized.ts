/**
 * Tests that leave nothing running.
 *
 * @module
 */

/** Has a test fail that leaves a timer running, or a file open; Deno looks for them only when it is asked to. */
export const SANITIZED = { sanitizeOps: true, sanitizeResources: true } as const;
