import * as l10n from '@vscode/l10n';
import { msrByNumber } from '../../isa/registers/msr';
import type { ManualReference } from '../../isa/manual';
import { hex, reason, type Reason } from './reason';

/** Values that control registers, debug registers and MSRs refuse (SDM 3A 2.5, 4; 3B 18.2; 4). */

export const reservedBits = (register: string, found: bigint, section: ManualReference): Reason =>
  reason('reserved-bits', section, () =>
    l10n.t('Reserved bits of {0} cannot be set: {1}.', register, hex(found)),
  );

export const pagingNeedsProtection = (): Reason =>
  reason('cr0-pg-without-pe', 'SDM 3A 2.5', () => l10n.t('CR0.PG cannot be 1 while CR0.PE is 0.'));

export const nwNeedsCd = (): Reason =>
  reason('cr0-nw-without-cd', 'SDM 3A 2.5', () => l10n.t('CR0.NW cannot be 1 while CR0.CD is 0.'));

export interface LongModeConditions {
  readonly pae: boolean;
  readonly longCode: boolean;
  readonly tss16: boolean;
}

/** CR0.PG with IA32_EFER.LME = 1 (SDM 3A 10.8.5). */
export const cannotBeginLongMode = ({ pae, longCode, tss16 }: LongModeConditions): Reason =>
  reason('long-mode-conditions', 'SDM 3A 10.8.5', () =>
    [
      l10n.t(
        'With IA32_EFER.LME = 1, setting CR0.PG begins IA-32e mode, and that is not possible:',
      ),
      ...(pae ? [] : [l10n.t('CR4.PAE is 0.')]),
      ...(longCode ? [l10n.t('CS already holds a 64-bit code segment (L = 1).')] : []),
      ...(tss16 ? [l10n.t('TR holds a 16-bit TSS.')] : []),
    ].join('\n'),
  );

export const pagingStays = (pcide: boolean): Reason =>
  reason('cr0-pg-cleared', 'SDM 3A 4.1.2', () =>
    pcide
      ? l10n.t('CR0.PG cannot be cleared while CR4.PCIDE is 1.')
      : l10n.t('CR0.PG cannot be cleared by 64-bit code.'),
  );

export const longModeKeeps = (bit: 'PAE' | 'LA57'): Reason =>
  reason('cr4-in-long-mode', 'SDM 3A 4.1.2', () =>
    l10n.t('CR4.{0} cannot be changed in IA-32e mode.', bit),
  );

export const pcidsNeed = (longMode: boolean, pcid: bigint): Reason =>
  reason('cr4-pcide', 'SDM 3A 4.10.1', () =>
    longMode
      ? l10n.t('CR4.PCIDE can be set only while bits 11:0 of CR3 are 0; they are {0}.', hex(pcid))
      : l10n.t('CR4.PCIDE can be set in IA-32e mode only.'),
  );

export const pdpteReserved = (entry: bigint): Reason =>
  reason('pdpte-reserved', 'SDM 3A 4.4.1', () =>
    l10n.t('A PDPTE that CR3 leads to is present with reserved bits set: {0}.', hex(entry)),
  );

/** In VMX operation some bits of CR0 and CR4 are fixed. */
export const fixedInVmx = (register: 'CR0' | 'CR4', missing: bigint, forbidden: bigint): Reason =>
  reason('vmx-fixed-bits', 'SDM 3C 24.8', () =>
    [
      l10n.t('VMX operation fixes bits of {0}.', register),
      ...(missing ? [l10n.t('These must be 1: {0}.', hex(missing))] : []),
      ...(forbidden ? [l10n.t('These must be 0: {0}.', hex(forbidden))] : []),
    ].join('\n'),
  );

export const noPriority = (value: bigint): Reason =>
  reservedBits('CR8', value & ~15n, 'SDM 3A 2.5');

function msrName(number: number): string {
  const row = msrByNumber(number);
  return row ? `${row.name} (${hex(number)})` : hex(number);
}

export const noSuchMsr = (number: number): Reason =>
  reason('msr-absent', 'SDM 2B RDMSR', () =>
    l10n.t('This processor has no MSR {0}.', msrName(number)),
  );

export const msrOnly = (number: number, only: 'RDMSR' | 'WRMSR'): Reason =>
  reason('msr-access', 'SDM 4 2.1', () =>
    only === 'RDMSR'
      ? l10n.t('MSR {0} can only be read.', msrName(number))
      : l10n.t('MSR {0} can only be written.', msrName(number)),
  );

export const msrNotCanonical = (number: number, value: bigint): Reason =>
  reason('msr-not-canonical', 'SDM 2D WRMSR', () =>
    l10n.t('MSR {0} takes canonical addresses only, not {1}.', msrName(number), hex(value)),
  );

export const msrValue = (number: number, value: bigint): Reason =>
  reason('msr-value', 'SDM 2D WRMSR', () =>
    l10n.t('MSR {0} does not take the value {1}.', msrName(number), hex(value)),
  );

export const lmeWhilePaging = (): Reason =>
  reason('efer-lme-while-paging', 'SDM 3A 10.8.5', () =>
    l10n.t('IA32_EFER.LME cannot be changed while CR0.PG is 1.'),
  );

export const msrLocked = (number: number): Reason =>
  reason('msr-locked', 'SDM 4 2.1', () =>
    l10n.t('MSR {0} is locked (bit 0): it cannot be written until reset.', msrName(number)),
  );

export const noExtendedRegister = (index: number): Reason =>
  reason('xcr-absent', 'SDM 2D XGETBV', () =>
    l10n.t('There is no extended control register {0}.', hex(index)),
  );

interface Xcr0Conditions {
  readonly unsupported: bigint;
  readonly x87: boolean;
  readonly avxAlone: boolean;
}

export const xcr0Value = ({ unsupported, x87, avxAlone }: Xcr0Conditions): Reason =>
  reason('xcr0-value', 'SDM 2D XSETBV', () =>
    [
      l10n.t('XCR0 does not take this value.'),
      ...(unsupported
        ? [l10n.t('This processor lacks the state components {0}.', hex(unsupported))]
        : []),
      ...(x87 ? [] : [l10n.t('Bit 0 (x87) must be 1.')]),
      ...(avxAlone ? [l10n.t('AVX (bit 2) needs SSE (bit 1).')] : []),
    ].join('\n'),
  );

export const xsaveHeader = (field: string, found: bigint): Reason =>
  reason('xsave-header', 'SDM 1 13.8', () =>
    l10n.t('The header of the XSAVE area is not allowed: {0} holds {1}.', field, hex(found)),
  );

export const invpcidType = (type: bigint): Reason =>
  reason('invpcid-type', 'SDM 2A INVPCID', () =>
    l10n.t('INVPCID has the types 0 to 3, not {0}.', hex(type)),
  );

export const invpcidPcid = (pcid: bigint): Reason =>
  reason('invpcid-pcid', 'SDM 2A INVPCID', () =>
    l10n.t('While CR4.PCIDE is 0, INVPCID takes PCID 0 only, not {0}.', hex(pcid)),
  );

export const mustBeZero = (register: string, found: bigint): Reason =>
  reason('pkru-register', 'SDM 2D WRPKRU', () =>
    l10n.t('{0} must be 0 for the instruction; it is {1}.', register, hex(found)),
  );

export const onlyInX2apicMode = (number: number): Reason =>
  reason('x2apic-mode', 'SDM 3A 11.12.2', () =>
    l10n.t(
      'MSR {0} exists only while IA32_APIC_BASE has the local APIC in x2APIC mode.',
      msrName(number),
    ),
  );

export const apicMode = (from: string, value: bigint): Reason =>
  reason('apic-mode', 'SDM 3A 11.12.5', () =>
    l10n.t(
      'IA32_APIC_BASE: the mode of {1} cannot be reached from the mode "{0}".',
      from,
      hex(value),
    ),
  );

export const noPerformanceCounter = (index: bigint): Reason =>
  reason('pmc-absent', 'SDM 2B RDPMC', () =>
    l10n.t('This processor has no performance counter {0}.', hex(index)),
  );

export const debugRegisterGuarded = (): Reason =>
  reason('dr7-gd', 'SDM 3B 18.2.4', () =>
    l10n.t('DR7.GD is 1: any access to a debug register is a debug exception.'),
  );
