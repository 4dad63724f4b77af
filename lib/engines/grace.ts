/**
 * How long a job may take to end.
 *
 * @module
 */

/** From when it was asked to until it is killed, in ms, where its task does not say. */
export const GRACE_MS = 5000;
