/**
 * What numbers of things must be.
 *
 * @module
 */

/** What a number must be that may be none. */
export const WHOLE_FROM_0 = "a whole number from 0";
