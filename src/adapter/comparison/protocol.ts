import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LaunchArguments } from '../protocol';

/** `ringside/compare`: runs a guest in every way there is. No program needs to be launched, and one that is goes on. */
export interface CompareArguments {
  /** What is booted, as a launch tells it; who has the computer and what translates addresses are left out. */
  readonly configuration: LaunchArguments;
  /** Instructions after which a guest that has not ended is left. Default: two millions. */
  readonly limit?: number;
}

/** The event `ringside/compareProgress`. */
export interface CompareProgressBody {
  readonly way: string;
  /** From 1. */
  readonly number: number;
  readonly count: number;
  readonly phase: 'run' | 'search';
  /** From 0 to 1, of this phase. */
  readonly done: number;
}

export interface ComparisonBody {
  /** What was compared: the name of the file that was booted. */
  readonly title: string;
  /** What is to be known of all numbers. */
  readonly note: string;
  /** The first one is what the others are compared with. */
  readonly ways: readonly ComparedWay[];
  readonly groups: readonly ComparedGroup[];
  readonly costs: readonly ComparedCosts[];
  /** Ways in which the image cannot be run. */
  readonly notRun: readonly { readonly way: string; readonly reason: string }[];
  /** As the command line writes them. */
  readonly files: Readonly<Record<ReportKind, string>>;
}

export type ReportKind = 'json' | 'csv' | 'markdown';

export interface ComparedWay {
  readonly name: string;
  /** What it is, in a few words. */
  readonly description: string;
  readonly verdict: 'reference' | 'equivalent' | 'differs' | 'undecided';
  /** In what the guest is another than in the first way, and why. */
  readonly differences: readonly string[];
  /** The first instruction after which it is, where it stands in a source of the user's. */
  readonly parting?: {
    readonly source: DebugProtocol.Source;
    readonly line: number;
    /** `kernel.asm:12` */
    readonly text: string;
  };
  /** What it tried to touch, and nobody was there. */
  readonly strays: readonly string[];
}

/** Lines of the scoreboard, a cell for each way. */
export interface ComparedGroup {
  readonly id: string;
  readonly label: string;
  readonly rows: readonly {
    /** 'cycles.pentium-4' */
    readonly id: string;
    readonly label: string;
    readonly cells: readonly string[];
  }[];
}

/** Modelled cycles on one processor, for each way. */
export interface ComparedCosts {
  readonly profile: string;
  readonly title: string;
  readonly spendings: readonly { readonly id: string; readonly label: string }[];
  readonly ways: readonly {
    readonly cycles: number;
    /** To those of the first way; undefined where that has none. */
    readonly relative?: number;
    /** In the order of `spendings`. */
    readonly spent: readonly number[];
  }[];
}
