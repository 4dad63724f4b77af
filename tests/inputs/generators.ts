/** Functions that give inputs, for the tests of `moduleOf`. */

/** What `watched` has told. */
export const told: string[] = [];

export function* watched() {
  told.push("opened");
  try {
    yield 1;
    yield 2;
  } finally {
    told.push("closed");
  }
}

export function* rows() {
  yield* [1, 2, 3];
}

export async function* pages() {
  yield await Promise.resolve("a");
  yield await Promise.resolve("b");
}

export function listed() {
  return [4, 5];
}

export function promised() {
  return Promise.resolve(pages());
}

export const nested = { numbers: rows };

export function parameters(...values: unknown[]) {
  return [values.length];
}

export async function* failing() {
  yield await Promise.resolve(1);
  throw new RangeError("no rows");
}

export function rejecting() {
  return Promise.reject(undefined);
}

export function number() {
  return 7;
}
