/**
 * The functions of multiprocessing.yaml.
 *
 * @module
 */

/** Prints the square of a number. */
export function printSquare(n: number): void {
  console.log(`Square: ${n * n}`);
}

/** Prints the cube of a number. */
export function printCube(n: number): void {
  console.log(`Cube: ${n * n * n}`);
}

/** Twice a number. */
export function double(n: number): number {
  return n * 2;
}

/** Prints a number, and the id of the process that prints it. */
export function printProcess(n: number): void {
  console.log(`Process ID: ${Deno.pid} Number: ${n}`);
}
