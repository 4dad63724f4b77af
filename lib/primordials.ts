/**
 * What slots need of the language, as it was before a function may have put another in its place.
 *
 * Where functions run in the same realm, no step over a list goes by its iterator, either.
 *
 * @module
 */

export const Float64ArrayOf = Float64Array;
export const Uint8ArrayOf = Uint8Array;
export const PromiseOf = Promise;

export const { isArray } = Array;
export const { exchange, load, or, store } = Atomics;
export const { keys: keysOf, defineProperty: define, getOwnPropertyDescriptor: descriptorOf } =
  Object;

/** A method as a function of its object. */
function uncurried<F>(method: (...parameters: never[]) => unknown): F {
  return Function.prototype.call.bind(method) as F;
}

export const shift = uncurried<<T>(list: T[]) => T | undefined>(Array.prototype.shift);
export const encode = uncurried<
  (encoder: TextEncoder, text: string) => Uint8Array<ArrayBuffer>
>(TextEncoder.prototype.encode);
const TypedArray = Object.getPrototypeOf(Uint8Array);
export const lengthOf = uncurried<(list: Uint8Array) => number>(
  descriptorOf(TypedArray.prototype, "length")?.get as () => number,
);
export const partOf = uncurried<(list: Float64Array, start: number, end: number) => Float64Array>(
  Float64Array.prototype.subarray,
);
export const bytesFrom = uncurried<(list: Uint8Array, start: number) => Uint8Array>(
  Uint8Array.prototype.subarray,
);
export const putBytes = uncurried<(list: Uint8Array, bytes: Uint8Array, at: number) => void>(
  Uint8Array.prototype.set,
);
export const putFloat64 = uncurried<(view: DataView, at: number, value: number) => void>(
  DataView.prototype.setFloat64,
);
