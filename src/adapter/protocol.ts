import type { DebugProtocol } from '@vscode/debugprotocol';
import type { NumberFormat, Row, ViewName } from '../debugger/views/row';
import type { TextScreen } from '../machine/screen/text-screen';
import type { MonitorName, ProfileName } from '../session';
import type { Intercept } from '../vmm';

/**
 * What Ringside adds to the Debug Adapter Protocol: launch attributes, custom requests and events.
 * Everything that the custom views show travels this way, so that any client can have it.
 */

/** One of several guests. What it does not say of its memory, defines and includeDirs is as the configuration has it. */
export type GuestArguments = Pick<
  LaunchArguments,
  | 'program'
  | 'disk'
  | 'floppy'
  | 'cdrom'
  | 'bios'
  | 'append'
  | 'initrd'
  | 'symbolFiles'
  | 'loadAddress'
  | 'entry'
  | 'memory'
  | 'defines'
  | 'includeDirs'
> & {
  /** What it is called. Default: as its file. */
  name?: string;
};

/** The attributes of a launch configuration; `package.json` documents the same ones. */
export interface LaunchArguments extends DebugProtocol.LaunchRequestArguments {
  /** The guest: its main source file (.asm), or an image. Not needed where a disk or firmware is given. */
  program?: string;
  /** A disk: an image or a source, or a list of them that lie on it one after the other. */
  disk?: string | (string | { program: string })[];
  /** Floppy disks, one or two of them; each an image or a source, or a list like that of a disk. */
  floppy?: string | (string | { program: string } | (string | { program: string })[])[];
  /** Image of a CD. */
  cdrom?: string;
  /** What the guest writes to disks and floppy disks is written to their image files when the session ends. Default: false. */
  writable?: boolean;
  /** Firmware instead of the built-in BIOS. */
  bios?: string;
  /** The kernel's command line, after the name of the image. */
  append?: string;
  /** Initial RAM disk, or Multiboot module. */
  initrd?: string;
  /** Other guests on the same computer, or all of them: what each starts with. */
  guests?: (string | GuestArguments)[];
  /** Sources and ELF files that tell the names and lines of images. */
  symbolFiles?: string[];
  /** Where an image without a format of its own is loaded. */
  loadAddress?: string | number;
  /** Where it is entered, in real mode. */
  entry?: string | number;
  /** Stop before the guest's first instruction. Default: true. */
  stopOnEntry?: boolean;
  /** Who has the computer in root mode. Default: 'vtx'. */
  monitor?: MonitorName;
  /** The computer's processor. Default: 'intel', which has VT-x; 'amd' has SVM. */
  cpu?: ProfileName;
  /** How many processors the bare computer has, or the only guest of 'vtx' or 'svm': 1 to 8. Default: 1. */
  cpus?: number;
  /** The guest's RAM: bytes, or a number with the suffix K, M or G. Default: '64M'. */
  memory?: string | number;
  /** What leads from the guest's addresses to the host's. Default: 'ept'. */
  paging?: 'ept' | 'shadow';
  /** Whether the guest's translations have a tag (VPID), by which they outlive VM exits. Default: 'on'. */
  tlbTags?: 'on' | 'off';
  /** Whether the only guest of 'vtx' with EPT may have guests itself. Default: false. */
  nested?: boolean;
  /** When guest memory gets its host frames. Default: 'eager'. */
  allocation?: 'eager' | 'on-demand';
  /** Whether the monitor has the computer for itself (Type I), or a host is under it (Type II). Default: 'bare'. */
  hosting?: 'bare' | 'hosted';
  /** What that host has for its guests, as `memory`. Default: as much as they have. */
  hostMemory?: string | number;
  /** Exits that the monitor asks for beyond what it needs. Default: all of them. */
  intercepts?: Intercept[];
  /** What becomes of interrupts that fall due during a step. Default: 'hold'. */
  interruptsWhileStepping?: 'hold' | 'deliver';
  /** What may be kept of the past, as `memory`; 0: nothing, and there is no way back. Default: '512M'. */
  historyMemory?: string | number;
  /** Whether a guest that sleeps does so as long as on a real machine. Default: 'real'. */
  time?: 'real' | 'fast';
  /** Macros defined before the source, as by NASM's -D. */
  defines?: Record<string, string>;
  /** Folders in which %include and incbin look too. */
  includeDirs?: string[];
}

export type { NumberFormat };
export type ViewId = ViewName;

/** One row of a view. */
export interface ViewNode extends Omit<Row, 'place' | 'site'> {
  readonly location?: {
    readonly source: DebugProtocol.Source;
    readonly line: number;
    readonly column?: number;
  };
}

/** `ringside/view`: the rows below a node, or the top ones. */
export interface ViewArguments {
  readonly view: ViewId;
  /** The focused stack frame; the top one when absent. */
  readonly frameId?: number;
  /** The node whose children are wanted. */
  readonly node?: string;
  readonly format?: NumberFormat;
  /** Address translation: an expression for the guest-linear address. Default: rip. */
  readonly address?: string;
  /** VM exits, TLB: only rows that contain this text. */
  readonly filter?: string;
  /** VM exits: one group for each reason instead of newest first. */
  readonly groupByReason?: boolean;
  /** VMCS, VMCB: only fields that have changed since the last stop. */
  readonly changedOnly?: boolean;
}

export interface ViewResponse {
  readonly nodes: ViewNode[];
  /** The view's title, where it is not its own: 'VMCB'. */
  readonly title?: string;
  /** Beside the view's title. */
  readonly summary?: string;
  /** Shown instead of rows when there are none, or above them. */
  readonly message?: string;
}

/** `ringside/setNodeValue`: edits the value of a row. Fails with a message for people. */
export interface SetNodeValueArguments {
  readonly view: ViewId;
  readonly node: string;
  readonly frameId?: number;
  /** An expression. */
  readonly value: string;
}

/** `ringside/world`: where the processor is at this stop, for the status bar. */
export interface WorldResponse {
  readonly side: 'guest' | 'monitor' | 'host';
  /** 'guest · ring 0 · 64-bit mode · VMX non-root' */
  readonly text: string;
  /** Markdown: how control came here. */
  readonly tooltip: string;
}

/** `ringside/input`: bytes typed on the guest's first serial port (UTF-8). */
export interface InputArguments {
  readonly text: string;
}

/** `ringside/screen`: what a monitor at the guest's VGA shows now. Looking changes nothing. */
export interface ScreenArguments {
  /** The revision of the screen that the client has. */
  readonly revision?: number;
}

export interface ScreenResponse {
  readonly revision: number;
  /** Absent when the client has it: nothing has changed. */
  readonly screen?: ScreenBody;
  /** Whether the guest has turned its mouse on. */
  readonly mouse: boolean;
}

export type ScreenBody = TextScreenBody | GraphicsScreenBody;

/** A screen of characters, with all that is needed to draw it. Bytes are base64. */
export interface TextScreenBody extends Omit<TextScreen, 'cells' | 'font' | 'palette'> {
  readonly cells: string;
  readonly font: string;
  readonly palette: readonly number[];
  /** What stands there, as Unicode, without blanks at the ends. */
  readonly lines: readonly string[];
}

/** Lines of a picture; those that are not told are as in the revision that the client has. */
export interface GraphicsScreenBody {
  readonly kind: 'graphics';
  readonly width: number;
  readonly height: number;
  readonly first: number;
  readonly count: number;
  /** As `screen/packed-pixels.ts` packs them, in base64. */
  readonly pixels: string;
}

/** `ringside/keys`: keys of the guest's keyboard go down or up, then a text is typed. */
export interface KeysArguments {
  readonly keys?: KeyChange[];
  /** Characters that a US keyboard has; others are left out. */
  readonly text?: string;
}

export interface KeyChange {
  /** As in DOM events: 'KeyA', 'ArrowUp'. */
  readonly code: string;
  readonly down: boolean;
}

/** `ringside/mouse`: the guest's mouse is moved, its wheel turned, its buttons pressed or let go. */
export interface MouseArguments {
  /** Counts to the right and down. */
  readonly dx: number;
  readonly dy: number;
  /** Notches towards the user. */
  readonly wheel?: number;
  /** All that are down now, as in DOM events: 1 left, 2 right, 4 middle. */
  readonly buttons: number;
}

export interface MouseResponse {
  /** Whether the guest has turned its mouse on. */
  readonly listens: boolean;
}

/** `ringside/attended`: whether a person plays with the guest. Then its time goes no faster than theirs. */
export interface AttendedArguments {
  readonly attended: boolean;
}

/** `ringside/sourceSaved`: a file was saved, which may be part of the program. */
export interface SourceSavedArguments {
  readonly path: string;
}

export interface SourceSavedResponse {
  /** It is part of the program, and another text than what was assembled. */
  readonly edited: boolean;
  /** It is so for the first time: somebody should be told. */
  readonly told: boolean;
}

/** `ringside/stepTranslated`: one instruction of the translation; answered and told of as a step is. */

/** `ringside/nextExit`: on to the next VM exit of whatever kind; answered and told of as `continue` is. */

/** The event `ringside/screen`: the guest has begun to use its screen; or has ended, and left it so. */
export interface ScreenEventBody {
  readonly screen?: ScreenBody;
}

/** The event `ringside/remark`: something has happened at a line that is worth to be seen there. */
export interface RemarkEventBody {
  readonly source: DebugProtocol.Source;
  readonly line: number;
  readonly text: string;
}

/** The event `ringside/diagnostics`: what the assembler has to say; sent before a launch that fails too. */
export interface DiagnosticsEventBody {
  /** All files of the program, so that old messages can be taken away. */
  readonly files: string[];
  /**
   * Why the launch fails, when errors in the program are the reason: told here, with their places, and not shown by
   * the client in a dialog that leads to the configuration.
   */
  readonly failure?: string;
  readonly diagnostics: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly endColumn: number;
    readonly severity: 'error' | 'warning' | 'information';
    readonly message: string;
    readonly related?: { file: string; line: number; column: number; message: string }[];
  }[];
}

/** The event `ringside/changed`: state was edited while stopped; views read again. It has no body. */

export const CustomRequest = {
  VIEW: 'ringside/view',
  SET_NODE_VALUE: 'ringside/setNodeValue',
  WORLD: 'ringside/world',
  INPUT: 'ringside/input',
  SCREEN: 'ringside/screen',
  KEYS: 'ringside/keys',
  MOUSE: 'ringside/mouse',
  ATTENDED: 'ringside/attended',
  SOURCE_SAVED: 'ringside/sourceSaved',
  STEP_TRANSLATED: 'ringside/stepTranslated',
  NEXT_EXIT: 'ringside/nextExit',
  COMPARE: 'ringside/compare',
  PLACE: 'ringside/place',
  SAME_PLACE: 'ringside/samePlace',
  STATE: 'ringside/state',
} as const;

export const CustomEvent = {
  DIAGNOSTICS: 'ringside/diagnostics',
  CHANGED: 'ringside/changed',
  SCREEN: 'ringside/screen',
  REMARK: 'ringside/remark',
  COMPARE_PROGRESS: 'ringside/compareProgress',
} as const;
