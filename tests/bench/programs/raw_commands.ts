/**
 * Starts `/bin/echo` for each of the numbers from 1 by `Deno.Command` and nothing else, so many at a time:
 * `raw_commands.ts 5000 2`. Prints what they print, in order.
 *
 * @module
 */

const [count = 0, slots = 0] = Deno.args.map(Number);
const texts = new Array<string>(count);
let next = 0;
await Promise.all(Array.from({ length: slots }, async () => {
  while (next < count) {
    const at = next++;
    const command = new Deno.Command("/bin/echo", { args: [String(at + 1)], stdin: "null" });
    texts[at] = new TextDecoder().decode((await command.output()).stdout);
  }
}));
await Deno.stdout.write(new TextEncoder().encode(texts.join("")));
