/**
 * How something is waited for.
 *
 * @module
 */

/** How something is waited for. */
export interface WaitOptions {
  /** Ends the waiting, which then rejects with its reason and leaves no trace. */
  readonly signal?: AbortSignal;
}
