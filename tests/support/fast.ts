/**
 * Loaded before each file of `deno task test:fast`: has it try properties for a short time only, and fail if it starts a
 * process.
 *
 * @module
 */

/** How long the inputs of one property are tried, in ms; at least one is. */
const PROPERTY_MS = 200;

const file = Deno.mainModule.replace("file://", "");

if (Deno.readTextFileSync(file).includes('from "fast-check"')) {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ interruptAfterTimeLimit: PROPERTY_MS });
}

// Linux counts the page faults of children that have ended, and no process does without any.
if (Deno.build.os === "linux") {
  const before = faultsOfChildren();
  addEventListener("unload", () => {
    if (faultsOfChildren() === before) return;
    const path = file.replace(/.*\/tests\//, "tests/");
    throw new Error(`${path} starts a process, though no module that it imports does`);
  });
}

/** See proc(5): the eighth field after the state, which stands behind the program's name. */
function faultsOfChildren(): number {
  const [, fields = ""] = /^.*\) (.*)$/s.exec(Deno.readTextFileSync("/proc/self/stat")) ?? [];
  return Number(fields.split(" ")[8]);
}
