import * as l10n from '@vscode/l10n';
import { Msr } from '../../../isa/registers/msr';

/** One 16-byte entry of an MSR area (SDM 3C 25.7.2, table 25-15). */
export interface MsrAreaEntry {
  /** Bits 31:0. */
  readonly index: number;
  /** Bits 63:32: must be 0. */
  readonly reserved: number;
  /** Bits 127:64. */
  readonly data: bigint;
}

/**
 * Why an entry of the VM-entry MSR-load area cannot be loaded, or undefined when nothing of this kind
 * forbids it (SDM 3C 27.4). Whether WRMSR itself would raise #GP is for the processor to find out.
 * VM entry then fails with exit reason 34 and the entry's number, from 1, as qualification.
 * @param x2apic whether the local APIC is in x2APIC mode
 * @param inSmm whether the processor is in system-management mode
 */
export function msrLoadRefusal(
  entry: MsrAreaEntry,
  x2apic: boolean,
  inSmm: boolean,
): string | undefined {
  if (entry.reserved !== 0) return l10n.t('bits 63:32 of the entry are not zero');
  if (entry.index === Msr.FS_BASE || entry.index === Msr.GS_BASE) {
    return l10n.t('FS and GS bases are loaded from the guest-state area');
  }
  if (x2apic && entry.index >= 0x800 && entry.index <= 0x8ff) {
    return l10n.t('x2APIC registers cannot be loaded');
  }
  if (entry.index === Msr.SMM_MONITOR_CTL && !inSmm) {
    return l10n.t('IA32_SMM_MONITOR_CTL can be loaded only in SMM');
  }
  if (entry.index === Msr.SMBASE) return l10n.t('IA32_SMBASE cannot be written');
  if (entry.index === Msr.BIOS_UPDT_TRIG) {
    return l10n.t('a microcode update cannot be loaded this way');
  }
  return undefined;
}
