/**
 * Loaded before the program, to note at its end how much memory it has taken.
 *
 * @module
 */

const path = Deno.env.get("PEAK_FILE");
// Processes of functions are none of its business.
Deno.env.delete("PEAK_FILE");

if (path !== undefined && Deno.build.os === "linux") {
  addEventListener("unload", () => {
    Deno.writeTextFileSync(path, Deno.readTextFileSync("/proc/self/status"));
  });
}
