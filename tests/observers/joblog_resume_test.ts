import { assertEquals, assertRejects } from "@std/assert";
import { JOB_LOG_HEADING, jobsInLog, passingOver } from "../../lib/observers/joblog.ts";
import { Fault } from "../../lib/fault.ts";
import { Folder } from "../support/folder.ts";

/** A line of a log. */
function line(seq: number, exitCode: number, signal: number, command = "true"): string {
  return `${seq}\t:\t1.000\t     0.001\t0\t0\t${exitCode}\t${signal}\t${command}\n`;
}

const RESUME = { repeatsFailed: false };

async function indicesIn(
  log: string | Uint8Array<ArrayBuffer>,
  option: "resume" | "resume-failed",
) {
  using folder = new Folder();
  const path = folder.at("log");
  Deno.writeFileSync(path, typeof log === "string" ? new TextEncoder().encode(log) : log);
  const found = await jobsInLog(path, { repeatsFailed: option === "resume-failed" });
  return [...found].sort((a, b) => a - b);
}

Deno.test("jobsInLog() gives the jobs of whole lines, and not that of a line that was cut off", async () => {
  const whole = line(1, 0, 0) + line(12, 1, 0) + line(3, 0, 9) + line(4, -1, 0);
  const cut = line(57, 0, 0);
  for (let end = 0; end < cut.length - "true\n".length; end++) {
    const log = `${JOB_LOG_HEADING}${whole}${cut.slice(0, end)}`;
    assertEquals(await indicesIn(log, "resume"), [0, 2, 3, 11]);
    assertEquals(await indicesIn(`${log}\n${line(6, 0, 0)}`, "resume-failed"), [0, 5]);
  }
});

Deno.test("jobsInLog() takes a job that has ended well at last for one that is done", async () => {
  const log = JOB_LOG_HEADING + line(1, 1, 0) + line(2, 0, 15) + line(1, 0, 0);
  assertEquals(await indicesIn(log, "resume-failed"), [0]);
});

Deno.test("jobsInLog() reads commands whatever is in them, and logs longer than a read", async () => {
  const hard = line(1, 0, 0, "echo \t7\t:\t1\t1\t0\t0\t1\t1\tx\0y\r");
  const bytes = [...new TextEncoder().encode(JOB_LOG_HEADING + hard), 0x37, 0xff, 0x0a];
  assertEquals(await indicesIn(new Uint8Array(bytes), "resume-failed"), [0]);
  const many = Array.from({ length: 20_000 }, (_, i) => line(i + 1, i % 2, 0)).join("");
  const found = await indicesIn(JOB_LOG_HEADING + many, "resume-failed");
  assertEquals([found.length, found.at(-1)], [10_000, 19_998]);
});

Deno.test("jobsInLog() finds nothing where there is no log, or nothing in it", async () => {
  assertEquals(await indicesIn("", "resume"), []);
  assertEquals(await indicesIn(JOB_LOG_HEADING, "resume"), []);
  using folder = new Folder();
  assertEquals([...await jobsInLog(folder.at("none"), RESUME)], []);
});

Deno.test("jobsInLog() takes the first line for a job where there is no heading", async () => {
  assertEquals(await indicesIn(line(1, 0, 0) + line(2, 0, 0), "resume"), [0, 1]);
});

Deno.test("jobsInLog() refuses what is no log, and stdout", async () => {
  const other = await assertRejects(() => indicesIn("1,2\n", "resume"), Fault);
  assertEquals([other.kind, other.message.replace(/"\/.*?"/, "FILE")], [
    "input",
    'Cannot go on with --joblog FILE: found "1,2", wanted Seq and the other columns of a log',
  ]);
  const stdout = await assertRejects(() => jobsInLog("-", RESUME), Fault);
  assertEquals([stdout.kind, stdout.message], ["usage", "Cannot combine --resume and --joblog -"]);
  const unread = await assertRejects(() => jobsInLog(".", RESUME), Fault);
  assertEquals(unread.message.startsWith('Cannot read --joblog "."'), true, unread.message);
});

Deno.test("passingOver() finds the jobs by their index", () => {
  const kept = passingOver(new Set([2, 4, 9]));
  assertEquals([...kept.find(0, ["a", "b"]).keys()], []);
  assertEquals([...kept.find(2, ["c", "d", "e"]).keys()], [0, 2]);
});
