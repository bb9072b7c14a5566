import type { BitTable, DecodedField } from '../../isa/bits';
import type { PagingState } from '../../processor/paging/walk';
import type { Operation, TranslatedGuest } from '../../vmm';
import type { ExitFacts, ExitRecord } from '../trace/exit-trace';
import type { Registers } from '../registers/registers';
import type { Row, ViewRequest } from '../views/row';
import type { Drawn } from './drawn';
import type { DirectTables, SecondLevel } from './second-level';

/**
 * Who has the processor: the guest; the built-in monitor, whose handlers are TypeScript; a hypervisor that
 * is the user's own program; or a program on a computer where nothing is virtualized.
 */
export type Side = 'guest' | 'monitor' | 'hypervisor' | 'bare';

/**
 * A way of virtualizing, as a debugger sees it: everything that differs from one to the other. Who owns
 * the machine, the built-in monitor or a program of the user's, makes no difference beyond this interface.
 */
export interface Technique {
  /** As launch configurations spell the monitor: 'vtx', 'none'. */
  readonly name: string;
  readonly side: Side;
  /** How the guest comes to whoever runs it: by VM exits, or by what the processor delivers through his IDT. */
  readonly leavesBy?: 'trap';
  /**
   * Whether the guest has left the processor, and the monitor has not taken control yet. Where it is not told, that is
   * so when the monitor has the processor and does nothing.
   */
  readonly isAtGate?: boolean;
  /** The registers of the guest; of the program where nothing is virtualized. */
  readonly guest: Registers;
  /** The registers of whoever runs the guest; undefined where nothing is virtualized. */
  readonly host: Registers | undefined;
  /** Where the stack of a VM exit's handler begins; undefined while none runs. */
  readonly hostStackTop: bigint | undefined;
  /** The paging of each world, for walks. */
  readonly guestPaging: PagingState;
  readonly hostPaging: PagingState;
  /** How the guest's physical addresses are translated; undefined where they are host-physical. */
  readonly secondLevel: SecondLevel | undefined;
  /** With what the processor translates the guest's linear addresses, where that is not the guest's own paging. */
  readonly shadowPaging?: PagingState | undefined;
  /** Where the guest's own tables hold host-physical addresses, as it knows its frames. */
  readonly directTables?: DirectTables | undefined;
  readonly exits: ExitVocabulary;
  /** The guest whose kernel is translated. */
  readonly translated?: TranslatedGuest | undefined;
  /** Bits of control registers, by number, that are not the guest's: it reads others in their place. */
  readonly heldBits?: Readonly<Record<number, bigint>>;
  /** What the processor keeps guest and host in, as rows and names; undefined while there is none. */
  readonly structure: ControlStructure | undefined;
  /** What to say while there is none, where that is not VT-x. */
  readonly noStructure?: string | undefined;
  /** How the TLB tells the two worlds' translations apart; undefined where there are no tags. */
  readonly tlbTags?: TlbTags | undefined;
  /** Which general registers an exit switches, where that is not as under VT-x. */
  readonly switchedNote?: string;
  /** What a program has done to be a hypervisor, before its guest has left for the first time. */
  readonly prepared?: string | undefined;
  /** The words for the mode of operation that the processor is in: 'VMX non-root'. */
  readonly operation: string;
  /** The same for whoever runs the guest, whatever runs at present: 'VMX root'. */
  readonly hostOperation: string;
  /** Why the built-in monitor has control, where no exit tells; undefined elsewhere. */
  readonly occasion?: string | undefined;
  /** Whether an exception of the guest's comes to whoever runs the guest first, who may keep it to himself. */
  withholds?(vector: number): boolean;
  /** Begins to note who writes its control structure, where that is not known without. */
  watchWriters?(): void;
  /** What is particular to it in a picture of the machine. */
  readonly drawn: Drawn;
  /** What the last VM entry was refused for, check by check. */
  readonly entryFailures: readonly EntryFailure[];
}

/** What the program has at linear addresses of the host: for one's own hypervisor, whose code it is. */
export interface ProgramPlaces {
  /** `on_exit+0x8` */
  symbol(linear: bigint): string | undefined;
  /** `exits.asm:20` */
  line(linear: bigint): string | undefined;
}

/** The tags of the translations in the TLB. */
export interface TlbTags {
  /** In a word or two: 'VPID 0'. */
  readonly host: string;
  readonly guest: string;
  /** The guest's translations are of the guest whose registers one sees: not of another VMCS, or EPT. */
  readonly ofThisGuest: boolean;
}

/** A check that a VM entry did not pass, in the user's language. */
export interface EntryFailure {
  readonly found: string;
  readonly allowed: string;
}

/** A filter for exits, and the reasons it stands for. */
export interface ExitGroup {
  /** 'exit.cpuid' */
  readonly filter: string;
  /** The exits it stands for, in the user's language. */
  readonly label: () => string;
  /** The same with what they are, where they are no VM exits. */
  readonly title?: () => string;
  readonly description?: () => string;
  readonly reasons: readonly number[];
}

/** One of the values that tell of an exit, under its name in expressions. */
export interface ExitWord {
  /** 'qualification' */
  readonly name: string;
  /** What kind of thing it is, for `typeName`. */
  readonly type: string;
  readonly width: 16 | 32 | 64;
  value(exit: ExitRecord): bigint;
  meaning(exit: ExitRecord): string;
}

/** How exits are taken down and spoken of. */
export interface ExitVocabulary {
  /** The reason of the last exit, as `ExitFacts` has it. */
  lastReason(): number;
  /** What of the exit that is happening goes into the trace; registers are still the guest's. */
  facts(): ExitFacts;
  readonly groups: readonly ExitGroup[];
  /** What stands behind `exit.` in expressions beside what every exit has; the reason is the first of them. */
  readonly words: readonly ExitWord[];
  /** Why an exit of a group can never happen here, in the user's language; undefined when it can. */
  impossible(group: ExitGroup): string | undefined;
  /** The number as the maker's manual writes it: '48', '400h'. */
  number(reason: number): string;
  /** The manual's name for machines: 'CPUID', 'EPT_VIOLATION'. */
  id(reason: number): string;
  /** The name for people: 'EPT violation'. */
  name(reason: number): string;
  /** Why it happens, for somebody who meets it for the first time. */
  gloss(reason: number): string;
  /** What it was about, in a few words: 'leaf 0x1'. */
  detail(exit: ExitRecord): string;
  /** 'VM exit 42: CPUID (leaf 0x1)' */
  title(exit: ExitRecord): string;
  /** The bits that tell more than the reason. */
  information(exit: ExitRecord): readonly DecodedField[];
  /** Who handles it: a function of the monitor, a label of the program. */
  handler(exit: ExitRecord): string | undefined;
  isTripleFault(reason: number): boolean;
}

/** What an exit is called, wherever only its reason is left. */
export type ExitNames = Pick<ExitVocabulary, 'number' | 'name'>;

/** A named field of a control structure. */
export interface StructureField {
  readonly id: string;
  readonly name: string;
  readonly width: 8 | 16 | 32 | 64;
  readonly bits?: BitTable;
  read(): bigint;
  write(value: bigint): void;
}

/** The VMCS or VMCB as rows and names, read from its region in host-physical memory. */
export interface ControlStructure {
  /** 'VMCS', 'VMCB'; in small letters what stands before its fields in expressions. */
  readonly name: string;
  /** Where it lies in host-physical memory. */
  readonly address: number;
  /** The title of its view, where that is not the view's own. */
  readonly title?: string;
  /** The values that are compared from stop to stop. */
  capture(): Map<string, bigint>;
  rows(
    request: ViewRequest,
    changedSince: (key: string) => boolean,
    before: (key: string) => bigint | undefined,
  ): Row[];
  /** Edits the field of a row. @throws RangeError when it has none */
  edit(request: ViewRequest, value: bigint): void;
  /** A field by its name, whatever its case. */
  field(name: string): StructureField | undefined;
  readonly fields: readonly StructureField[];
  /** The fields that operations of the monitor read or write, in their order. */
  touched(operations: readonly Operation[]): readonly StructureField[];
}
