import * as l10n from '@vscode/l10n';
import type { DecodedField } from '../../../isa/bits';
import { describeVector, Vector } from '../../../isa/exceptions';
import { withNote } from '../../../isa/phrases';
import { Disassembler } from '../../../program';
import { REFUSED, type HoleKind } from '../../../vmm';
import type { ExitRecord } from '../../trace/exit-trace';
import type { ExitWord } from '../technique';
import { hypercallDetail, hypercallGloss, hypercallId, hypercallName } from '../paravirt/hypercall';
import { reasonOf } from './reasons';

/** How the traps of a deprivileged guest are spoken of, and the holes where no trap comes. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const FIRST_INTERRUPT = 32;

const HOLES: Readonly<Record<HoleKind, () => string>> = {
  'machine-register': () => l10n.t('no trap: a register of the monitor’s is shown'),
  ring: () => l10n.t('no trap: a selector tells where the guest really is'),
  descriptor: () => l10n.t('no trap: a descriptor tells where the guest really is'),
  'flags-read': () => l10n.t('no trap: flags of the monitor’s are shown'),
  'flags-kept': () => l10n.t('no trap: flags stay as they are'),
  processor: () => l10n.t('no trap: the processor tells what it really is'),
};

const HOLE_GLOSSES: Readonly<Record<HoleKind, () => string>> = {
  'machine-register': () =>
    l10n.t(
      'SGDT, SIDT, SLDT, STR and SMSW are allowed in every ring. They read the registers of the processor, which are the monitor’s: the guest sees other values than it has loaded.',
    ),
  ring: () =>
    l10n.t(
      'Ring aliasing: the RPL of CS and SS is the ring in which the guest really runs, and MOV, PUSH and CALL show it. A kernel that believes to be in ring 0 can find out.',
    ),
  descriptor: () =>
    l10n.t(
      'LAR, LSL, VERR and VERW look at the descriptor tables that the processor uses. In the monitor’s shadow of them the kernel’s segments have another DPL.',
    ),
  'flags-read': () =>
    l10n.t(
      'PUSHF shows IF and IOPL as the processor has them. Interrupts are always on there, as they are the monitor’s: the guest’s own IF is a virtual one.',
    ),
  'flags-kept': () =>
    l10n.t(
      'POPF and IRET leave IF and IOPL as they are where the ring does not allow to change them, without a fault. The monitor learns nothing, and the virtual IF stays what it was.',
    ),
  processor: () =>
    l10n.t(
      'CPUID is allowed in every ring, and tells of the real processor, not of the virtual one that the guest has.',
    ),
};

export function trapName(number: number): string {
  const reason = reasonOf(number);
  if (reason.kind === 'hole') return HOLES[reason.hole]();
  if (reason.kind === 'hypercall') return hypercallName(reason.call);
  const { vector } = reason;
  if (vector >= FIRST_INTERRUPT) return l10n.t('external interrupt');
  return describeVector(vector);
}

export function trapId(number: number): string {
  const reason = reasonOf(number);
  if (reason.kind === 'hole') return `HOLE_${reason.hole.toUpperCase().replace('-', '_')}`;
  if (reason.kind === 'hypercall') return hypercallId(reason.call);
  return `TRAP_${String(reason.vector)}`;
}

export function trapGloss(number: number): string {
  const reason = reasonOf(number);
  if (reason.kind === 'hole') return HOLE_GLOSSES[reason.hole]();
  if (reason.kind === 'hypercall') return hypercallGloss();
  if (reason.vector >= FIRST_INTERRUPT) {
    return l10n.t('A real device of the host wants attention: interrupts are the monitor’s.');
  }
  if (reason.vector === Vector.PF) {
    return l10n.t(
      'The shadow page tables do not allow the access. The monitor walks the guest’s own: if they do, the fault is hidden from the guest; if not, it is the guest’s.',
    );
  }
  return l10n.t(
    'The ring in which the guest really runs does not allow the instruction. The monitor does it on the virtual processor, where the guest has the ring that it believes to have; an exception of the guest’s own is raised again there.',
  );
}

export function instructionText({ bytes, bits, linear }: ExitRecord): string {
  const disassembler = new Disassembler();
  const [row] = disassembler.disassemble(bytes, bits, linear, { count: 1 });
  disassembler.free();
  return row?.text ?? '';
}

/** A look at a descriptor that is not allowed gives nothing. */
const shown = (value: bigint): string => (value === REFUSED ? l10n.t('refused') : hex(value));

/** What it was about: the instruction, the address of a page fault, what a hole shows and should. */
export function trapDetail(exit: ExitRecord): string {
  const reason = reasonOf(exit.reason);
  if (reason.kind === 'hypercall') return hypercallDetail(exit);
  const text = instructionText(exit);
  if (reason.kind === 'hole') {
    const { information1: found, information2: right } = exit;
    return l10n.t('{0}: {1} instead of {2}', text, shown(found), shown(right));
  }
  if (reason.vector >= FIRST_INTERRUPT) return l10n.t('vector {0}', hex(reason.vector));
  if (reason.vector !== Vector.PF) return text;
  return l10n.t('{0} (error code {1}): {2}', hex(exit.information1), hex(exit.interruption), text);
}

/** `Trap 42: #GP, general protection (cli)` */
export function trapTitle(exit: ExitRecord): string {
  const text = withNote(trapName(exit.reason), trapDetail(exit));
  return reasonOf(exit.reason).kind === 'hole' ? text : l10n.t('Trap {0}: {1}', exit.number, text);
}

/** CR2, the first argument of a hypercall, or what a hole shows; and what it should. */
export const trapWords = (
  name: (reason: number) => string,
  detail: (exit: ExitRecord) => string,
): readonly ExitWord[] => [
  {
    name: 'reason',
    type: 'kind of trap',
    width: 16,
    value: ({ reason }) => BigInt(reason),
    meaning: ({ reason }) => name(reason),
  },
  {
    name: 'value',
    type: 'value of the trap',
    width: 64,
    value: ({ information1 }) => information1,
    meaning: detail,
  },
];

/** All is in the detail. */
export const trapInformation = (): DecodedField[] => [];

/** The generator of the monitor's that handles it. */
export function trapHandler(number: number): string | undefined {
  const reason = reasonOf(number);
  if (reason.kind === 'hole') return undefined;
  if (reason.kind === 'hypercall') return 'handleHypercall';
  const { vector } = reason;
  if (vector >= FIRST_INTERRUPT) return 'answerTimer';
  if (vector === Vector.PF) return 'handlePageFault';
  return vector === Vector.DB ? 'passOnDebugException' : 'emulateInstruction';
}
