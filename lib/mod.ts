/**
 * fanfold: fan a task out over its inputs, fold the results back in order.
 *
 * @module
 */

export { loadTasks, type LoadTasksOptions, run, type RunOptions } from "./assemble.ts";
export { Fault, type FaultKind, type FaultOptions, type Mistake, type Position } from "./fault.ts";
export { gather, type GatherOptions, type Place } from "./gather.ts";
export type {
  Action,
  CommandAction,
  Context,
  Counts,
  Ending,
  ErrorRecord,
  FunctionRef,
  Halt,
  Isolation,
  JobId,
  Outcome,
  Output,
  Retries,
  RunEvent,
  Source,
  Task,
  Timeout,
  Trace,
} from "./job.ts";
export { move } from "./move.ts";
export type { Kept, KeptJob } from "./task_feed.ts";
export {
  type Defaults,
  defineTasks,
  type DefineTasksOptions,
  type Each,
  type FirstOf,
  type Fold,
  type Folded,
  type IsOpen,
  type MemberOf,
  type Once,
  type ParametersOf,
  type Rules,
  type Spread,
  type TaskFunction,
  TASKS_FILE,
  type TasksFile,
  type TaskSpecs,
  type ValueOf,
} from "./tasks_file/define_tasks.ts";
export type {
  Batch,
  CsvOptions,
  ElementOf,
  FileOr,
  FilesSource,
  FromSource,
  Inputs,
  LinesOptions,
  LinesSource,
  ListsOptions,
  ListSource,
  ListsSource,
  ListsSourceOf,
  Modifiers,
  ModuleSource,
  Part,
  PartsOf,
  ProductSource,
  RangeSource,
  RecordsOptions,
  RecordsSource,
  RecordsSourceOf,
  RowsSource,
  Several,
  SourceOf,
  SqliteSource,
  UnbatchedSourceOf,
  UntypedSource,
  ZipSource,
} from "./tasks_file/source_types.ts";
