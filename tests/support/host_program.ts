/**
 * A program that is a host with a queue of its own, and runs commands that do not end: one for each argument, which is
 * where it writes the id of its process.
 *
 * @module
 */

import { Hosted, sentTask } from "./hosted.ts";

const script = 'echo $$ > "$1.new"; mv "$1.new" "$1"; exec sleep 600';
const hosted = await Hosted.start([
  sentTask("sleeps", { action: { kind: "shell", script } }),
], { slots: Deno.args.length });
await hosted.send("sleeps", Deno.args);
await new Promise(() => setInterval(() => {}, 1000));
