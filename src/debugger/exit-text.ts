import * as l10n from '@vscode/l10n';
import { describeVector } from '../isa/exceptions';
import { msrByNumber } from '../isa/registers/msr';
import { ExitReason, exitReason } from '../isa/vmx/exit-reasons';
import { Field } from '../isa/vmx/fields';
import { describeQualification } from '../isa/vmx/qualification';
import type { Vmcs } from '../processor/vmx/vmcs';
import type { Registers } from './registers';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const low = (value: bigint): bigint => value & 0xffffffffn;

/** What an exit was about, in a few words: the qualification decoded, or what its registers say. */
export function exitDetail(
  guest: Registers,
  vmcs: Vmcs,
  reason: number,
  qualification: bigint,
): string {
  switch (reason) {
    case ExitReason.CPUID:
      return l10n.t('leaf {0}', hex(low(guest.gpr(0))));
    case ExitReason.RDMSR:
    case ExitReason.WRMSR: {
      const number = Number(low(guest.gpr(1)));
      return msrByNumber(number)?.name ?? `MSR ${hex(number)}`;
    }
    case ExitReason.VMCALL:
      return l10n.t('hypercall {0}', hex(guest.gpr(0)));
    case ExitReason.EXTERNAL_INTERRUPT:
      return describeVector(vmcs.readNumber(Field.VM_EXIT_INTR_INFO) & 0xff);
    case ExitReason.EXCEPTION_NMI:
      return describeVector(vmcs.readNumber(Field.VM_EXIT_INTR_INFO) & 0xff);
    case ExitReason.EPT_VIOLATION: {
      const address = hex(vmcs.read(Field.GUEST_PHYSICAL_ADDRESS));
      return l10n.t(
        'guest-physical {0}: {1}',
        address,
        describeQualification(reason, qualification, 0),
      );
    }
    default:
      return describeQualification(reason, qualification, 0);
  }
}

/** The name of a basic exit reason. */
export function exitName(reason: number): string {
  const row = exitReason(reason);
  return row ? l10n.t(row.name) : l10n.t('reason {0}', reason);
}

/** `VM exit 42: CPUID (leaf 0x1)` */
export function exitTitle(exit: { number: number; reason: number; detail: string }): string {
  const basic = exit.reason & 0xffff;
  const detail = exit.detail === '' ? '' : ` (${exit.detail})`;
  if (exit.reason & 0x80000000) {
    return l10n.t('VM entry failed: {0}', `${exitName(basic)}${detail}`);
  }
  return l10n.t('VM exit {0}: {1}', exit.number, `${exitName(basic)}${detail}`);
}
