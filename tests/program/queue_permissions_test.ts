import { assertEquals } from "@std/assert";
import { MAIN, program } from "../support/program.ts";
import { QueueTrial, SERVERS } from "../support/queue_trial.ts";

const FILES = {
  "n.ts": "export const double = (n: number) => n * 2;",
  "fanfold.yaml":
    "tasks:\n  it: { run: ./n.ts#double, inputs: [4] }\n  echo: { command: [echo, a] }\n",
};

for (const kind of SERVERS) {
  Deno.test({
    name: `fanfold run --on ${kind.title} says what it has to be allowed, and needs no more`,
    ignore: !kind.isHere,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      trial.bareHost("bare");
      const run = (flags: readonly string[]) => {
        const args = ["run", "--no-prompt", ...flags, MAIN, "run", "--on", trial.server.url];
        return program(Deno.execPath(), args, { cwd: trial.folder.path });
      };
      const lacking = await run(["--allow-read", "--allow-env=FANFOLD_STATE,TMPDIR"]);
      const { host } = new URL(trial.server.url.replace(/^\w+:/, "http:"));
      assertEquals(lacking.code, 2);
      assertEquals(lacking.stderr.includes(`it takes --allow-net=${host} --allow-env`), true);
      const [, line = ""] =
        /what it takes in all: deno run --no-prompt (.*)/.exec(lacking.stderr) ?? [];
      const flags = line.split(" ").filter((word) => /^'?--allow/.test(word))
        .map((word) => word.replaceAll("'", ""));
      const { code, stdout, stderr } = await run(flags);
      assertEquals([code, stdout], [0, "8\na\n"], stderr);
    },
  });
}
