import type { Moment } from '../../session';
import type { Watchpoint } from './breakpoints';
import type { Goal } from './past/goal';
import type { Condition } from './reaction';
import type { World } from '../target';

/** What the user may ask for. */
export type RunCommand =
  /** @param alone whether the guest that goes on is the only one */
  | { readonly kind: 'continue'; readonly alone?: boolean }
  /** One instruction, or one operation of the monitor; a VM exit is entered. */
  | { readonly kind: 'step-in'; readonly granularity?: Granularity }
  /** Into the call at this linear address, behind RIP in the present line: calls before it are crossed. */
  | { readonly kind: 'step-into-call'; readonly call: bigint }
  /** One instruction of the program's: calls are entered, what the built-in monitor does about a VM exit is crossed. */
  | { readonly kind: 'step-instruction' }
  /** The same as step-in, but calls, interrupts, repeated instructions and VM exits are crossed. */
  | { readonly kind: 'step-over'; readonly granularity?: Granularity }
  /** One instruction of what stands for the guest's in the translation cache, as any other elsewhere. */
  | { readonly kind: 'step-translated' }
  /** To the caller; in the monitor to the VM entry. */
  | { readonly kind: 'step-out' }
  /** To where the present instruction, line or operation came from: calls and VM exits are crossed. */
  | { readonly kind: 'step-back'; readonly granularity?: Granularity }
  /** To whatever was done last: into what was called, or into the handler of an exit. */
  | { readonly kind: 'step-back-into'; readonly granularity?: Granularity }
  /** To the call of the present function; in a handler to where it got control. */
  | { readonly kind: 'step-back-out' }
  /** To the instruction that was executed before, wherever it is: only the built-in monitor is crossed. */
  | { readonly kind: 'step-back-instruction' }
  /** To the beginning of an activation, as it was when it began. */
  | { readonly kind: 'restart-frame'; readonly frame: ActivationPlace }
  /** To the last moment before this one at which a continuing run would have stopped. */
  | { readonly kind: 'reverse-continue' }
  /** To behind the next step that changes something. */
  | { readonly kind: 'next-store'; readonly at: Watchpoint }
  /** To the last step before this moment that has changed something. */
  | { readonly kind: 'last-store'; readonly at: Watchpoint }
  /** To a moment that is known. */
  | { readonly kind: 'go-to'; readonly goal: Goal }
  /** To where somebody stood who has saved a recording, from its beginning. */
  | { readonly kind: 'replay'; readonly moment: Moment }
  | PowerOff;

/** Switches guests off, by their numbers; whoever is left stands then. */
export interface PowerOff {
  readonly kind: 'power-off';
  readonly guests: readonly number[];
}

/** The handler of the monitor that is under way, or the program's function so many calls below the present one. */
export type ActivationPlace =
  | { readonly kind: 'handler' }
  | { readonly kind: 'code'; readonly side: World['side']; readonly depth: number };

const THROUGH_HISTORY = [
  'step-back',
  'step-back-into',
  'step-back-instruction',
  'step-back-out',
  'restart-frame',
  'reverse-continue',
  'last-store',
  'go-to',
  'replay',
] as const;

/** The group of the watchpoint that somebody looks for, forward or backward. */
export const ASKED = 'asked';

/** Commands that lead to moments that are known, mostly of the past. */
export type BackwardCommand = Extract<RunCommand, { kind: (typeof THROUGH_HISTORY)[number] }>;
/** Commands to go on. */
export type DirectCommand = Exclude<
  RunCommand,
  BackwardCommand | PowerOff | { kind: 'next-store' }
>;

export const isBackward = (command: RunCommand): command is BackwardCommand =>
  (THROUGH_HISTORY as readonly string[]).includes(command.kind);

/** Commands that move one guest alone: the others are held meanwhile. */
export const movesAlone = (command: RunCommand): boolean =>
  command.kind === 'continue'
    ? command.alone === true
    : command.kind.startsWith('step') && !isBackward(command);

/** How far a step goes: one instruction, or all that a source line became (macros, TIMES). */
export type Granularity = 'instruction' | 'line';

export interface RunSettings {
  /** Whether interrupts wait while a single instruction is stepped. */
  holdInterrupts: boolean;
  /** Basic exit reasons to stop at, with the condition under which. */
  stopAtExits: ReadonlyMap<number, Condition>;
  /** Stop where an exception (vectors 0 to 31) is raised, under this condition. */
  stopAtExceptions: Condition | undefined;
  /** Stop where an exception or INT n would go through a vector 0000:0000 (real-address mode). */
  stopAtEmptyVectors: boolean;
  stopAtTripleFault: boolean;
  stopAtEntryFailure: boolean;
}

export const DEFAULT_SETTINGS: RunSettings = {
  holdInterrupts: true,
  stopAtExits: new Map(),
  stopAtExceptions: undefined,
  stopAtEmptyVectors: true,
  stopAtTripleFault: true,
  stopAtEntryFailure: true,
};
