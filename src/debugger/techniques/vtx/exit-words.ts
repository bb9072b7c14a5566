import * as l10n from '@vscode/l10n';
import { describeVector } from '../../../isa/exceptions';
import type { DecodedField } from '../../../isa/bits';
import { withNote } from '../../../isa/phrases';
import { msrByNumber } from '../../../isa/registers/msr';
import { ExitReason, exitReason, exitReasonName } from '../../../isa/vmx/exit-reasons';
import { decodeQualification, describeQualification } from '../../../isa/vmx/qualification';
import type { ExitRecord } from '../../trace/exit-trace';
import type { ExitWord } from '../technique';

/** How VT-x's exits are spoken of. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const low = (value: bigint): bigint => value & 0xffffffffn;

/** What an exit was about, in a few words: the qualification decoded, or what its registers say. */
export function exitDetail(exit: ExitRecord): string {
  const { reason } = exit;
  switch (reason) {
    case ExitReason.CPUID:
      return l10n.t('leaf {0}', hex(low(exit.rax)));
    case ExitReason.RDMSR:
    case ExitReason.WRMSR: {
      const number = Number(low(exit.rcx));
      return msrByNumber(number)?.name ?? `MSR ${hex(number)}`;
    }
    case ExitReason.VMCALL:
      return l10n.t('hypercall {0}', hex(exit.rax));
    case ExitReason.EXTERNAL_INTERRUPT:
      // Without "acknowledge interrupt on exit" the vector is not known yet.
      return exit.interruption & 0x80000000 ? describeVector(exit.interruption & 0xff) : '';
    case ExitReason.EXCEPTION_NMI:
      return describeVector(exit.interruption & 0xff);
    case ExitReason.EPT_VIOLATION:
      return l10n.t(
        'guest-physical {0}: {1}',
        hex(exit.information2),
        describeQualification(reason, exit.information1, exit.interruption),
      );
    case ExitReason.EPT_MISCONFIGURATION:
      return l10n.t('guest-physical {0}', hex(exit.information2));
    default:
      return describeQualification(reason, exit.information1, exit.interruption);
  }
}

/** The name of a basic exit reason. */
export const exitName = (reason: number): string => exitReasonName(reason);

/** `VM exit 42: CPUID (leaf 0x1)` */
export function exitTitle(exit: ExitRecord): string {
  const text = withNote(exitName(exit.reason), exitDetail(exit));
  if (exit.entryFailed) return l10n.t('VM entry failed: {0}', text);
  if (exit.ofL2) return l10n.t('VM exit {0} of L2: {1}', exit.number, text);
  return l10n.t('VM exit {0}: {1}', exit.number, text);
}

export const exitId = (reason: number): string => exitReason(reason)?.id ?? String(reason);

export const exitGloss = (reason: number): string => {
  const gloss = exitReason(reason)?.gloss;
  return gloss === undefined ? '' : l10n.t(gloss);
};

export const exitInformation = (exit: ExitRecord): DecodedField[] =>
  decodeQualification(exit.reason, exit.information1, exit.interruption);

export const isTripleFault = (reason: number): boolean => reason === ExitReason.TRIPLE_FAULT;

export const EXIT_WORDS: readonly ExitWord[] = [
  {
    name: 'reason',
    type: 'basic exit reason',
    width: 16,
    value: ({ reason }) => BigInt(reason),
    meaning: ({ reason }) => exitName(reason),
  },
  {
    name: 'qualification',
    type: 'exit qualification',
    width: 64,
    value: ({ information1 }) => information1,
    meaning: exitDetail,
  },
];
