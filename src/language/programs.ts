import { analyze, type Analysis, type ProgramOptions } from './analysis';
import type { Documents } from './documents';
import type { Includers } from './includers';

/** Why an assembly was given up: its text has changed, or it takes too long. */
class GivenUp extends Error {
  constructor(readonly because: 'change' | 'time') {
    super(because);
  }
}

/** How long the assembler may work before others get their turn, and how long for one program altogether. */
const SLICE_MS = 12;
const BUDGET_MS = 6000;

interface Running {
  readonly revision: number;
  readonly result: Promise<Analysis | undefined>;
}

interface Known {
  readonly analysis: Analysis;
  readonly stamps: ReadonlyMap<string, number>;
  readonly revision: number;
}

/** The programs that open files belong to, assembled when somebody asks and again when their text has changed. */
export class Programs {
  private readonly known = new Map<string, Known>();
  private readonly running = new Map<string, Running>();
  /** Programs that took too long, with the revision at which they did. */
  private readonly slow = new Map<string, number>();
  /** The program a file was last seen in. */
  private readonly homes = new Map<string, string>();

  constructor(
    private readonly documents: Documents,
    private readonly includers: Includers,
    private readonly options: (root: string) => ProgramOptions,
  ) {}

  /** The program that `file` is part of, as it is now; an older state of it where that takes too long. */
  async of(file: string): Promise<Analysis | undefined> {
    for (const root of await this.includers.mainFiles(file)) {
      if (root === file) break;
      const analysis = await this.analysis(root);
      if (analysis?.texts.has(file)) return this.remember(file, analysis);
    }
    return this.remember(file, await this.analysis(file));
  }

  /** The program of a file that no other includes; it is kept only until a file is closed. */
  ofMain(root: string): Promise<Analysis | undefined> {
    return this.analysis(root);
  }

  /** All programs that `file` is part of. */
  async allOf(file: string): Promise<Analysis[]> {
    const found: Analysis[] = [];
    for (const root of await this.includers.mainFiles(file)) {
      const analysis = await this.analysis(root);
      if (analysis?.texts.has(file)) found.push(analysis);
    }
    const own = found.length > 0 ? undefined : await this.of(file);
    return own ? [own] : found;
  }

  private remember(file: string, analysis: Analysis | undefined): Analysis | undefined {
    if (analysis) this.homes.set(file, analysis.root);
    return analysis;
  }

  /** What is known of the file's program without waiting, perhaps of an older text. */
  latest(file: string): Analysis | undefined {
    return this.known.get(this.homes.get(file) ?? file)?.analysis;
  }

  /** Whether assembling the program takes too long for an editor. */
  isSlow(root: string): boolean {
    return this.slow.has(root);
  }

  /** Drops what is no longer looked at. */
  forget(file: string): void {
    this.homes.delete(file);
    const roots = new Set(this.homes.values());
    for (const root of this.known.keys()) if (!roots.has(root)) this.known.delete(root);
  }

  /** Everything must be looked at again: options have changed, or files have come or gone. */
  invalidate(): void {
    this.documents.revision++;
    for (const [root, known] of this.known)
      this.known.set(root, { ...known, stamps: new Map([['', -1]]) });
    this.slow.clear();
  }

  private async analysis(root: string): Promise<Analysis | undefined> {
    for (;;) {
      const known = this.known.get(root);
      if (known && this.isCurrent(known)) return known.analysis;
      if (this.slow.get(root) === this.documents.revision) return known?.analysis;
      const running = this.running.get(root);
      const run = running?.revision === this.documents.revision ? running : this.start(root);
      const analysis = await run.result;
      // Undefined: given up because of a change. Then the next round has the new text.
      if (analysis || this.slow.has(root)) return analysis ?? this.known.get(root)?.analysis;
    }
  }

  private isCurrent({ stamps, revision }: Known): boolean {
    if (revision === this.documents.revision) return true;
    return [...stamps].every(([file, stamp]) => this.documents.stamp(file) === stamp);
  }

  private start(root: string): Running {
    const { revision } = this.documents;
    const run: Running = { revision, result: this.run(root, revision) };
    this.running.set(root, run);
    return run;
  }

  private async run(root: string, revision: number): Promise<Analysis | undefined> {
    try {
      const analysis = await analyze(
        root,
        this.documents,
        this.options(root),
        this.pauses(revision),
      );
      const stamps = new Map(
        analysis.assembly.files.map((file) => [file, this.documents.stamp(file)]),
      );
      stamps.set(root, this.documents.stamp(root));
      if (this.documents.revision !== revision) return undefined;
      this.known.set(root, { analysis, stamps, revision });
      this.slow.delete(root);
      return analysis;
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      if (error.because === 'time') this.slow.set(root, revision);
      return undefined;
    }
  }

  /** Lets others have their turn, and gives up after a change of the text or when it takes too long. */
  private pauses(revision: number): () => Promise<void> | undefined {
    let worked = 0;
    let since = performance.now();
    return () => {
      const now = performance.now();
      if (now - since < SLICE_MS) return undefined;
      worked += now - since;
      if (worked > BUDGET_MS) throw new GivenUp('time');
      return new Promise((resolve, reject) => {
        setTimeout(() => {
          since = performance.now();
          if (this.documents.revision === revision) resolve();
          else reject(new GivenUp('change'));
        });
      });
    };
  }
}
