import type { SourceFiles } from '../program';
import type { ImageFiles } from '../session';

/** Text of a localisation bundle: English to translation. */
export type Translations = Readonly<Record<string, string>>;

/** What the adapter needs from where it runs: a Node process, or a browser's worker. */
export interface AdapterHost {
  readonly files: SourceFiles;
  /** Where included files are looked for at last, as NASM does in the folder it is called in. */
  readonly workingFolder?: string;
  /** Source files of the monitor and of the firmware, by their path below the source folder: 'vmm/hardware/exits/cpuid.ts'. */
  readonly shippedSources?: Readonly<Record<string, string>>;
  /** Undefined where files cannot be written. */
  readonly images?: ImageFiles;
  /** The bundle of a display language such as 'zh-cn'; undefined when there is none. */
  translations?(locale: string): Promise<Translations | undefined>;
  /** Lets events from outside be handled, sooner than a timer would. */
  breathe?(): Promise<void>;
  /** The client has gone. */
  closed?(): void;
}

/** Lets other events have their turn. */
export async function breathe(host: AdapterHost): Promise<void> {
  await (host.breathe?.() ?? new Promise((resolve) => setTimeout(resolve, 0)));
}
