import * as l10n from '@vscode/l10n';
import { describeVector } from '../../../isa/exceptions';
import type { DecodedField } from '../../../isa/bits';
import { withNote } from '../../../isa/phrases';
import { msrByNumber } from '../../../isa/registers/msr';
import {
  ENTRY_FAILURE,
  ExitReason,
  exitReason,
  exitReasonName,
} from '../../../isa/vmx/exit-reasons';
import { decodeQualification, describeQualification } from '../../../isa/vmx/qualification';
import type { ExitRecord } from '../../trace/exit-trace';

/** How VT-x's exits are spoken of. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const low = (value: bigint): bigint => value & 0xffffffffn;
const basic = (reason: number): number => reason & 0xffff;

/** What an exit was about, in a few words: the qualification decoded, or what its registers say. */
export function exitDetail(exit: ExitRecord): string {
  const reason = basic(exit.reason);
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
        hex(exit.guestPhysical),
        describeQualification(reason, exit.qualification, exit.interruption),
      );
    case ExitReason.EPT_MISCONFIGURATION:
      return l10n.t('guest-physical {0}', hex(exit.guestPhysical));
    default:
      return describeQualification(reason, exit.qualification, exit.interruption);
  }
}

/** The name of a basic exit reason. */
export const exitName = (reason: number): string => exitReasonName(basic(reason));

/** `VM exit 42: CPUID (leaf 0x1)` */
export function exitTitle(exit: ExitRecord): string {
  const text = withNote(exitName(exit.reason), exitDetail(exit));
  if (isEntryFailure(exit.reason)) return l10n.t('VM entry failed: {0}', text);
  return l10n.t('VM exit {0}: {1}', exit.number, text);
}

export const exitId = (reason: number): string =>
  exitReason(basic(reason))?.id ?? String(basic(reason));

export const exitGloss = (reason: number): string => {
  const gloss = exitReason(basic(reason))?.gloss;
  return gloss === undefined ? '' : l10n.t(gloss);
};

export const exitInformation = (exit: ExitRecord): DecodedField[] =>
  decodeQualification(basic(exit.reason), exit.qualification, exit.interruption);

export const isEntryFailure = (reason: number): boolean => (reason & ENTRY_FAILURE) !== 0;

export const isTripleFault = (reason: number): boolean => basic(reason) === ExitReason.TRIPLE_FAULT;
