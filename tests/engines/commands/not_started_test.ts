import { assertEquals } from "@std/assert";
import { notStarted, type NotStartedOptions } from "../../../lib/engines/commands/not_started.ts";
import { Folder } from "../../support/folder.ts";

/** Why a command does not start, as Deno has it fail. */
function reasonOf(argv: readonly string[], place: NotStartedOptions = {}): string {
  const [program = "", ...args] = argv;
  const start = `Cannot start ${JSON.stringify(program)}: `;
  const env = place.hasOwnPath ? { PATH: "/no/such/folder" } : undefined;
  try {
    new Deno.Command(program, { args, cwd: place.cwd, env, stdout: "null" }).outputSync();
  } catch (thrown) {
    const { name, message } = notStarted(thrown, argv, place);
    assertEquals([name, message.slice(0, start.length)], ["NotStarted", start]);
    return message.slice(start.length);
  }
  return "it has started";
}

Deno.test("notStarted() says what is wrong with the file of a program", () => {
  using folder = new Folder({ "plain": "echo", "here": "x", "sub/x": "" });
  const script = (name: string, text: string) => {
    Deno.writeTextFileSync(folder.at(name), text, { mode: 0o755 });
    return reasonOf([folder.at(name)]);
  };
  const named = (name: string) => `the interpreter "${name}" that its first line names`;
  assertEquals(script("a", "#!/no/such\n"), `${named("/no/such")} is not there`);
  assertEquals(script("b", "#! /no/such -x y\n"), `${named("/no/such")} is not there`);
  assertEquals(script("c", "#!/no/such"), `${named("/no/such")} is not there`);
  assertEquals(
    script("d", "#!/bin/sh\r\ntrue\r\n"),
    "its lines end in CRLF, of which the CR belongs to the name of the interpreter",
  );
  assertEquals(
    script("e", `#!${folder.at("sub")}\n`),
    `${named(folder.at("sub"))} is a folder`,
  );
  const chmod = "the file may not be executed, which chmod +x allows";
  assertEquals(reasonOf([folder.at("plain")]), chmod);
  assertEquals(reasonOf([folder.at("sub")]), `"${folder.at("sub")}" is a folder`);
  assertEquals(
    reasonOf([folder.at("plain/x")]),
    `"${folder.at("plain")}" is a file and no folder`,
  );
  assertEquals(reasonOf([folder.at("none")]), `there is no file "${folder.at("none")}"`);
});

Deno.test("notStarted() says where a relative program is looked for", () => {
  using folder = new Folder({ "sub/x": "" });
  const cwd = folder.at("sub");
  assertEquals(reasonOf(["./none"], { cwd }), `there is no file "${cwd}/none"`);
  assertEquals(
    reasonOf(["./deno.json"], { cwd }),
    `there is no file "${cwd}/deno.json"; it is looked for in the folder of the job, and not in "${Deno.cwd()}"`,
  );
  assertEquals(
    reasonOf(["x"], { cwd }),
    'there is no such program on the PATH; the file of that name here is started as "./x"',
  );
  assertEquals(reasonOf(["no-such-program"]), "there is no such program on the PATH");
  assertEquals(
    reasonOf(["ls"], { hasOwnPath: true }),
    'there is no such program on the PATH that the "env" of its task gives',
  );
});

Deno.test("notStarted() says what is wrong with the folder", () => {
  using folder = new Folder({ "file": "" });
  assertEquals(
    reasonOf(["true"], { cwd: folder.at("none") }),
    `there is no folder "${folder.at("none")}" to run it in`,
  );
  assertEquals(
    reasonOf(["true"], { cwd: folder.at("file") }),
    `"${folder.at("file")}" is a file, wanted a folder to run it in`,
  );
});

Deno.test("notStarted() knows what is for a shell", () => {
  for (const program of ["echo 1", "a;b", "a|b", "$(a)", "a>b", "'a'"]) {
    assertEquals(
      reasonOf([program, "x"]),
      "there is no such program, and no shell takes the text apart",
    );
  }
  for (const program of ["alias", "source", "set"]) {
    assertEquals(reasonOf([program, "x"]), "it is a command of the shell and no program");
  }
  assertEquals(
    reasonOf(["A_1=x", "env"]),
    'there is no such program; "env" in front of it sets the variable A_1',
  );
  assertEquals(reasonOf([""]), "the name of the program is empty");
});

Deno.test("notStarted() says that arguments are too long", () => {
  const long = "x".repeat(200_000);
  const linux = "an argument has 200000 bytes, of which Linux takes 131071";
  if (Deno.build.os === "linux") assertEquals(reasonOf(["true", "a", long]), linux);
  const many = Array.from({ length: 100 }, () => "x".repeat(100_000));
  assertEquals(
    reasonOf(["true", ...many]),
    "its 100 arguments, 10000000 bytes, and the environment are too long together",
  );
});
