/**
 * Sources of inputs, as TypeScript knows them.
 *
 * @module
 */

/** Several values, at once or as they come. */
export type Several<T> = Iterable<T> | AsyncIterable<T>;

/** Inputs that TypeScript knows the type of; a function is called only where the inputs are read. */
export type Inputs<I> = readonly I[] | Several<I> | (() => Several<I>);

/** What is done to the inputs of a source, in this order, before they are put into batches. */
export interface Modifiers {
  /** How many inputs are left out at the start. */
  readonly skip?: number;
  /** Seed of a random order of what is left; the same seed gives the same order. */
  readonly shuffle?: number;
  /** How many of those there are at most. */
  readonly take?: number;
}

/** A source of values, for modifiers to go with. */
export interface ListSource<I> extends Modifiers {
  /** The values. */
  readonly list: readonly I[];
}

/** A source of numbers. */
export interface RangeSource extends Modifiers {
  /** First and last, both included. */
  readonly range: readonly [number, number];
  /**
   * From one number to the next; may be negative.
   *
   * @default {1}
   */
  readonly step?: number;
}

/** A source of paths. */
export interface FilesSource extends Modifiers {
  /** Globs, relative to the tasks file. */
  readonly files: string | readonly string[];
  /** Globs of paths to leave out. */
  readonly exclude?: string | readonly string[];
}

/** A source of strings: the lines of a file, whose path is relative to the tasks file, or of standard input. */
export type LinesSource = FileOr<"lines"> & LinesOptions;

/** A file by its path, or standard input, read as `K`. */
export type FileOr<K extends string> =
  | { readonly [Key in K]: string }
  | {
    /** What standard input is read as. */
    readonly stdin: K;
  };

/** What goes with lines. */
export interface LinesOptions extends Modifiers {
  /**
   * Whether the strings end at NUL, and not at the end of a line.
   *
   * @default {false}
   */
  readonly null?: boolean;
}

/** A source of rows: those of a file, whose path is relative to the tasks file, or of standard input. */
export type RowsSource = FileOr<"csv"> & CsvOptions | FileOr<"tsv">;

/** What goes with rows that have another character than a tab between their fields. */
export interface CsvOptions {
  /**
   * One character between the fields.
   *
   * @default {","}
   */
  readonly separator?: string;
}

/** Rows as records of strings. */
export type RecordsSource = RowsSource & RecordsOptions;

/** What goes with rows that are records. */
export interface RecordsOptions extends Modifiers {
  /** The first row names the columns. */
  readonly header?: true;
}

/** Rows as lists of strings. */
export type ListsSource = RowsSource & ListsOptions;

/** What goes with rows that are lists. */
export interface ListsOptions extends Modifiers {
  /** The first row is a row like the others. */
  readonly header: false;
}

/** A source of values whose type is not known before they are read. */
export type UntypedSource =
  | FileOr<"ndjson"> & Modifiers
  | FileOr<"json"> & Modifiers
  | SqliteSource
  | ModuleSource
  | FromSource;

/** A source of rows of a database, as records. */
export interface SqliteSource extends Modifiers {
  /** Path of a SQLite database, relative to the tasks file. */
  readonly sqlite: string;
  /** The query whose rows are the inputs. */
  readonly query: string;
}

/** A source of what a function gives. */
export interface ModuleSource extends Modifiers {
  /** The function, as `module#export`; it gives an iterable. */
  readonly module: string;
}

/** A source of what the jobs of another task return, or write to stdout if they are commands. */
export interface FromSource extends Modifiers {
  /** Name of the task. */
  readonly from: string;
}

/** A source of every combination of other inputs, the last part fastest. */
export interface ProductSource<I> extends Modifiers {
  /** The parts, in a record or a list; what is given is a record or a list like it. */
  readonly product: PartsOf<I>;
}

/** A source of other inputs in step, until the shortest ends. */
export interface ZipSource<I> extends Modifiers {
  /** The parts, in a record or a list; what is given is a record or a list like it. */
  readonly zip: PartsOf<I>;
}

/** The parts that make values of type `I`: a record of parts makes records, a list makes lists. */
export type PartsOf<I> = [unknown] extends [I]
  ? readonly Part<unknown>[] | { readonly [name: string]: Part<unknown> }
  : I extends object ? { readonly [K in keyof I]: Part<I[K]> }
  : never;

/** What makes a part of a joined source. */
export type Part<I> = Inputs<I> | SourceOf<I>;

/** The sources whose values a function that takes `I` can be given. */
export type SourceOf<I> =
  | UnbatchedSourceOf<I> & Batch<never>
  | UnbatchedSourceOf<ElementOf<I>> & Required<Batch<number>>;

/** Whether inputs are given several at a time. */
export interface Batch<N> {
  /** How many inputs, after the other modifiers, become one, a list; the last may be shorter. */
  readonly batch?: N;
}

/** The sources whose inputs are `I`, one at a time. */
export type UnbatchedSourceOf<I> = [I] extends [never] ? never
  :
    | ListSource<I>
    | ProductSource<I>
    | ZipSource<I>
    | UntypedSource
    | ([number] extends [I] ? RangeSource : never)
    | ([string] extends [I] ? FilesSource | LinesSource : never)
    | RecordsSourceOf<I>
    | ListsSourceOf<I>;

/** What a batch is a list of, if `I` may be a batch. */
export type ElementOf<I> = [unknown] extends [I] ? unknown
  : I extends readonly (infer E)[] ? E
  : never;

/** Rows as records, if `I` may be one; which columns there are is known only when they are read. */
export type RecordsSourceOf<I> = I extends unknown
  ? [Readonly<Record<keyof I, string>>] extends [I] ? RecordsSource : never
  : never;

/** Rows as lists, if `I` may be one; how long they are is known only when they are read. */
export type ListsSourceOf<I> = [unknown] extends [I] ? ListsSource
  : I extends readonly unknown[] ? { [K in keyof I]: string } extends I ? ListsSource : never
  : never;
