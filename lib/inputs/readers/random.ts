/**
 * Random numbers that are the same everywhere.
 *
 * @module
 */

/**
 * Numbers from 0 up to but not including 1, of 53 random bits each, that depend on the seed alone.
 *
 * The generator is sfc32 of Chris Doty-Humphrey's PractRand, which is seeded with the 64 bits of an IEEE 754
 * double and stirred 20 times instead of 12, as seeds that people choose are much alike. It must never
 * change, for the order of their inputs depends on it, and it keeps no secrets.
 */
export function randomNumbers(seed: number): () => number {
  const bits = new DataView(new ArrayBuffer(8));
  // Adding 0 makes one zero of both.
  bits.setFloat64(0, seed + 0);
  let a = 0;
  let b = bits.getUint32(4);
  let c = bits.getUint32(0);
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
