/**
 * The candidate that is nearest to `given` by edit distance.
 *
 * @throws {Error} If `candidates` is empty.
 */
export declare function closestString(given: string, candidates: readonly string[]): string;
