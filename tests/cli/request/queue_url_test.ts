import { assertEquals } from "@std/assert";
import { plainUrl, withPlainUrl } from "../../../lib/cli/request/queue_url.ts";

Deno.test("plainUrl() shows where a queue is, and never as whom one goes there", () => {
  const cases = {
    "redis://host": "redis://host",
    "redis://me:secret@host:6380/2": "redis://host:6380/2",
    "rediss://:se%40cret@[::1]:6379": "rediss://[::1]:6379",
    "postgres://me:se/cr@et?x@host/jobs?sslmode=require&password=secret": "postgres://host/jobs",
    "POSTGRES://me@host/jobs#secret": "POSTGRES://host/jobs",
    "me:secret@host": "URL",
    "": "URL",
  };
  for (const [url, shown] of Object.entries(cases)) assertEquals(plainUrl(url), shown);
});

Deno.test("withPlainUrl() changes what stands behind --on, and nothing else", () => {
  const argv = ["run", "--on", "redis://a:b@c", "--on=redis://a:b@d", "redis://a:b@e"];
  assertEquals(withPlainUrl(argv), [
    ...["run", "--on", "redis://c", "--on=redis://d", "redis://a:b@e"],
  ]);
  assertEquals(withPlainUrl(argv, 3), [...argv.slice(0, 2), "redis://c", ...argv.slice(3)]);
});
