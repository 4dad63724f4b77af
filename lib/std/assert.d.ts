/** Thrown by every assertion that does not hold. */
export declare class AssertionError extends Error {}

/** Holds if the value is truthy. */
export declare function assert(value: unknown, message?: string): asserts value;

/** Holds if the two are deeply equal. */
export declare function assertEquals<T>(actual: T, expected: T, message?: string): void;

/** Holds if the two are not deeply equal. */
export declare function assertNotEquals<T>(actual: T, expected: T, message?: string): void;

/** Holds if the two are the same by `Object.is`. */
export declare function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T;

/** Holds if the text contains the other. */
export declare function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void;

/** Holds if the text matches the expression. */
export declare function assertMatch(actual: string, expected: RegExp, message?: string): void;

/** Holds if `actual` is not greater than `expected`. */
export declare function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;

/** Holds if the value is an instance of the class. */
export declare function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
  actual: unknown,
  type: T,
  message?: string,
): asserts actual is InstanceType<T>;

/** Fails always. */
export declare function fail(message?: string): never;

/** A class of errors. */
export type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** Holds if the function throws; gives back what it threw. */
export declare function assertThrows<E extends Error = Error>(
  act: () => unknown,
  type?: ErrorClass<E>,
  includes?: string,
  message?: string,
): E;

/** Holds if the function's promise rejects; gives back what it rejected with. */
export declare function assertRejects<E extends Error = Error>(
  act: () => PromiseLike<unknown>,
  type?: ErrorClass<E>,
  includes?: string,
  message?: string,
): Promise<E>;
