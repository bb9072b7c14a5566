import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import {
  LONG_MODE,
  PAE_MODE,
  REAL_MODE,
  VIRTUAL_8086,
  WRONG_REVISION,
  type FieldValues,
} from './valid-vmcs.testing';
import { VIRTUAL_APIC, VM_FUNCTIONS_AND_SHADOWS, WITH_EPT } from './feature-mutations.testing';
import {
  BEYOND,
  ENTRY,
  EXIT,
  PIN,
  PRIMARY,
  SECONDARY,
  VALID,
  type Mutation,
} from './mutation.testing';

export * from './mutation.testing';

const RESTRICTED = { SECONDARY_VM_EXEC_CONTROL: SECONDARY & ~SecondaryControl.UNRESTRICTED_GUEST };
const NOT_CANONICAL = 0x0000800000000000n;

const CONTROLS: readonly Mutation[] = [
  ['controls.pin-based.allowed', { PIN_BASED_VM_EXEC_CONTROL: PIN & ~2 }],
  ['controls.pin-based.allowed', { PIN_BASED_VM_EXEC_CONTROL: PIN | 0x100 }],
  ['controls.primary.allowed', { CPU_BASED_VM_EXEC_CONTROL: (PRIMARY & ~0x100) >>> 0 }],
  ['controls.primary.allowed', { CPU_BASED_VM_EXEC_CONTROL: (PRIMARY | 0x20000) >>> 0 }],
  ['controls.secondary.allowed', { SECONDARY_VM_EXEC_CONTROL: SECONDARY | (1 << 15) }],
  ['controls.cr3-target-count', { CR3_TARGET_COUNT: 5 }],
  ['controls.io-bitmap-a', { IO_BITMAP_A: 0x10001 }],
  ['controls.io-bitmap-b', { IO_BITMAP_B: BEYOND }],
  ['controls.msr-bitmap', { MSR_BITMAP: 0x12800 }],
  [
    'controls.virtual-nmis.nmi-exiting',
    {
      PIN_BASED_VM_EXEC_CONTROL:
        (PIN & ~PinBasedControl.NMI_EXITING) | PinBasedControl.VIRTUAL_NMIS,
    },
  ],
  [
    'controls.nmi-window.virtual-nmis',
    { CPU_BASED_VM_EXEC_CONTROL: (PRIMARY | PrimaryControl.NMI_WINDOW_EXITING) >>> 0 },
  ],
  ['controls.vpid.not-zero', { VIRTUAL_PROCESSOR_ID: 0 }],
  ['controls.eptp.memory-type', { EPT_POINTER: 0x2005c }],
  ['controls.eptp.walk-length', { EPT_POINTER: 0x20046 }],
  ['controls.eptp.walk-length', { EPT_POINTER: 0x20066 }],
  ['controls.eptp.shadow-stack', { EPT_POINTER: 0x200de }],
  ['controls.eptp.reserved', { EPT_POINTER: 0x2015e }],
  ['controls.eptp.reserved', { EPT_POINTER: BEYOND | 0x5en }],
  [
    'controls.unrestricted-guest.ept',
    { SECONDARY_VM_EXEC_CONTROL: SECONDARY & ~SecondaryControl.ENABLE_EPT },
  ],
  ['controls.exit.allowed', { VM_EXIT_CONTROLS: EXIT & ~1 }],
  ['controls.exit.allowed', { VM_EXIT_CONTROLS: (EXIT | 0x80000000) >>> 0 }],
  ['controls.exit.save-timer', { VM_EXIT_CONTROLS: EXIT | ExitControl.SAVE_PREEMPTION_TIMER }],
  ['controls.exit.msr-store', { VM_EXIT_MSR_STORE_COUNT: 1, VM_EXIT_MSR_STORE_ADDR: 8 }],
  ['controls.exit.msr-load', { VM_EXIT_MSR_LOAD_COUNT: 2, VM_EXIT_MSR_LOAD_ADDR: BEYOND - 16n }],
  ['controls.entry.allowed', { VM_ENTRY_CONTROLS: ENTRY & ~1 }],
  ['controls.entry.allowed', { VM_ENTRY_CONTROLS: ENTRY | EntryControl.LOAD_PKRS }],
  ['controls.entry.msr-load', { VM_ENTRY_MSR_LOAD_COUNT: 1, VM_ENTRY_MSR_LOAD_ADDR: BEYOND }],
  ['controls.injection.type', { VM_ENTRY_INTR_INFO: VALID + 0x100 }],
  ['controls.injection.vector', { VM_ENTRY_INTR_INFO: VALID + 0x203 }],
  ['controls.injection.vector', { VM_ENTRY_INTR_INFO: VALID + 0x320 }],
  ['controls.injection.vector', { VM_ENTRY_INTR_INFO: VALID + 0x701 }],
  ['controls.injection.deliver-error-code', { VM_ENTRY_INTR_INFO: VALID + 0x30d }],
  ['controls.injection.deliver-error-code', { VM_ENTRY_INTR_INFO: VALID + 0xb03 }],
  ['controls.injection.deliver-error-code', { VM_ENTRY_INTR_INFO: VALID + 0x820 }],
  // Without an unrestricted guest PE says nothing here: it is refused later.
  [
    'controls.injection.deliver-error-code',
    { ...RESTRICTED, GUEST_CR0: 0x80000032, VM_ENTRY_INTR_INFO: VALID + 0x30d },
  ],
  ['controls.injection.reserved', { VM_ENTRY_INTR_INFO: VALID + 0x1020 }],
  [
    'controls.injection.error-code',
    { VM_ENTRY_INTR_INFO: VALID + 0xb0e, VM_ENTRY_EXCEPTION_ERROR_CODE: 0x10000 },
  ],
  [
    'controls.injection.instruction-length',
    { VM_ENTRY_INTR_INFO: VALID + 0x480, VM_ENTRY_INSTRUCTION_LEN: 16 },
  ],
];

const HOST: readonly Mutation[] = [
  ['host.cr0.fixed', { HOST_CR0: 0x33 }],
  ['host.cr0.fixed', { HOST_CR0: 0x1_8000_0033n }],
  ['host.cr4.fixed', { HOST_CR4: 0x20 }],
  ['host.cr4.fixed', { HOST_CR4: 0x3020 }],
  ['host.cr3', { HOST_CR3: BEYOND }],
  ['host.sysenter-esp', { HOST_IA32_SYSENTER_ESP: NOT_CANONICAL }],
  ['host.sysenter-eip', { HOST_IA32_SYSENTER_EIP: NOT_CANONICAL }],
  ['host.pat', { HOST_IA32_PAT: 2 }],
  ['host.pat', { HOST_IA32_PAT: 0x0800000000000000n }],
  ['host.efer.reserved', { HOST_IA32_EFER: 0xd03 }],
  ['host.efer.lma-lme', { HOST_IA32_EFER: 0x101 }],
  ['host.cs.rpl-ti', { HOST_CS_SELECTOR: 0x0b }],
  ['host.ss.rpl-ti', { HOST_SS_SELECTOR: 0x14 }],
  ['host.tr.rpl-ti', { HOST_TR_SELECTOR: 0x2c }],
  ['host.gs.rpl-ti', { HOST_GS_SELECTOR: 1 }],
  ['host.cs.not-null', { HOST_CS_SELECTOR: 0 }],
  ['host.tr.not-null', { HOST_TR_SELECTOR: 0 }],
  ['host.fs.base', { HOST_FS_BASE: NOT_CANONICAL }],
  ['host.gdtr.base', { HOST_GDTR_BASE: NOT_CANONICAL }],
  ['host.idtr.base', { HOST_IDTR_BASE: NOT_CANONICAL }],
  ['host.tr.base', { HOST_TR_BASE: NOT_CANONICAL }],
  ['host.address-space.legacy-entry', {}, { longModeActive: false }],
  [
    'host.address-space.long-mode-entry',
    { VM_EXIT_CONTROLS: EXIT & ~ExitControl.HOST_ADDRESS_SPACE_SIZE, HOST_IA32_EFER: 1 },
  ],
  ['host.cr4.pae', { HOST_CR4: 0x2000 }],
  ['host.rip.canonical', { HOST_RIP: NOT_CANONICAL }],
];

/** Host state when the processor is in 32-bit protected mode. */
export const HOST_32: FieldValues = {
  VM_EXIT_CONTROLS: EXIT & ~ExitControl.HOST_ADDRESS_SPACE_SIZE,
  VM_ENTRY_CONTROLS: ENTRY & ~EntryControl.IA32E_MODE_GUEST,
  HOST_IA32_EFER: 1,
  HOST_RIP: 0x100000,
};
const LEGACY_HOST: readonly Mutation[] = [
  ['host.ss.not-null', { ...HOST_32, HOST_SS_SELECTOR: 0 }, { longModeActive: false }],
  ['host.cr4.pcide', { ...HOST_32, HOST_CR4: 0x22020 }, { longModeActive: false }],
  ['host.rip.32-bit', { ...HOST_32, HOST_RIP: 0x1_0000_0000n }, { longModeActive: false }],
];

const GUEST_64: readonly Mutation[] = [
  ['guest.cr0.fixed', { GUEST_CR0: 0x80000013 }],
  ['guest.cr0.fixed', { ...RESTRICTED, GUEST_CR0: 0x33 }],
  ['guest.cr0.pg-pe', { GUEST_CR0: 0x80000032 }],
  ['guest.cr4.fixed', { GUEST_CR4: 0x20 }],
  ['guest.debugctl', { GUEST_IA32_DEBUGCTL: 4 }],
  ['guest.ia32e.pg', { GUEST_CR0: 0x33 }],
  ['guest.ia32e.pae', { GUEST_CR4: 0x2000 }],
  ['guest.cr3', { GUEST_CR3: BEYOND }],
  ['guest.dr7', { GUEST_DR7: 0x1_0000_0400n }],
  ['guest.sysenter-esp', { GUEST_SYSENTER_ESP: NOT_CANONICAL }],
  ['guest.sysenter-eip', { GUEST_SYSENTER_EIP: NOT_CANONICAL }],
  ['guest.pat', { VM_ENTRY_CONTROLS: ENTRY | EntryControl.LOAD_PAT, GUEST_IA32_PAT: 3 }],
  ['guest.efer.reserved', { GUEST_IA32_EFER: 0x1501 }],
  ['guest.efer.lma', { GUEST_IA32_EFER: 0x101 }],
  ['guest.efer.lma-lme', { GUEST_IA32_EFER: 0x401 }],
  ['guest.tr.ti', { GUEST_TR_SELECTOR: 0x2c }],
  ['guest.ldtr.ti', { GUEST_LDTR_AR_BYTES: 0x82, GUEST_LDTR_SELECTOR: 4 }],
  ['guest.ss.rpl', { ...RESTRICTED, GUEST_CS_SELECTOR: 0x0b }],
  ['guest.tr.base', { GUEST_TR_BASE: NOT_CANONICAL }],
  ['guest.fs.base', { GUEST_FS_BASE: NOT_CANONICAL, GUEST_FS_AR_BYTES: 0x10000 }],
  ['guest.ldtr.base', { GUEST_LDTR_AR_BYTES: 0x82, GUEST_LDTR_BASE: NOT_CANONICAL }],
  ['guest.cs.base', { GUEST_CS_BASE: 0x1_0000_0000n }],
  ['guest.ds.base', { GUEST_DS_BASE: 0x1_0000_0000n }],
  ['guest.cs.type', { GUEST_CS_AR_BYTES: 0xa09a }],
  ['guest.cs.type', { ...RESTRICTED, GUEST_CS_AR_BYTES: 0xc093 }],
  ['guest.ss.type', { GUEST_SS_AR_BYTES: 0xc091 }],
  ['guest.ds.type', { GUEST_DS_AR_BYTES: 0xc092 }],
  ['guest.es.type', { GUEST_ES_AR_BYTES: 0xc099 }],
  ['guest.cs.dpl', { GUEST_CS_AR_BYTES: 0xa0fb }],
  ['guest.cs.dpl', { GUEST_CS_AR_BYTES: 0xa0bf }],
  ['guest.cs.dpl', { ...RESTRICTED, GUEST_SS_AR_BYTES: 0xc0f3 }],
  ['guest.ss.dpl-rpl', { ...RESTRICTED, GUEST_CS_SELECTOR: 0x0b, GUEST_SS_SELECTOR: 0x13 }],
  ['guest.ss.dpl-zero', { GUEST_CS_AR_BYTES: 0xc093, GUEST_SS_AR_BYTES: 0xc0f3 }],
  ['guest.ds.dpl', { ...RESTRICTED, GUEST_DS_SELECTOR: 0x13 }],
  ['guest.cs.s', { GUEST_CS_AR_BYTES: 0xa08b }],
  ['guest.ss.s', { GUEST_SS_AR_BYTES: 0xc083 }],
  ['guest.cs.present', { GUEST_CS_AR_BYTES: 0xa01b }],
  ['guest.gs.present', { GUEST_GS_AR_BYTES: 0xc013 }],
  ['guest.cs.reserved', { GUEST_CS_AR_BYTES: 0xa19b }],
  ['guest.fs.reserved', { GUEST_FS_AR_BYTES: 0x2c093 }],
  ['guest.cs.granularity', { GUEST_CS_AR_BYTES: 0x209b }],
  ['guest.ds.granularity', { GUEST_DS_LIMIT: 0xfffffffe }],
  ['guest.cs.l-d', { GUEST_CS_AR_BYTES: 0xe09b }],
  ['guest.tr.type', { GUEST_TR_AR_BYTES: 0x89 }],
  ['guest.tr.type', { GUEST_TR_AR_BYTES: 0x83 }],
  ['guest.tr.usable', { GUEST_TR_AR_BYTES: 0x1008b }],
  ['guest.tr.s', { GUEST_TR_AR_BYTES: 0x9b }],
  ['guest.tr.present', { GUEST_TR_AR_BYTES: 0x0b }],
  ['guest.tr.reserved', { GUEST_TR_AR_BYTES: 0x18b }],
  ['guest.tr.granularity', { GUEST_TR_AR_BYTES: 0x808b }],
  ['guest.ldtr.type', { GUEST_LDTR_AR_BYTES: 0x83 }],
  ['guest.ldtr.s', { GUEST_LDTR_AR_BYTES: 0x92 }],
  ['guest.ldtr.present', { GUEST_LDTR_AR_BYTES: 0x02 }],
  ['guest.gdtr.base', { GUEST_GDTR_BASE: NOT_CANONICAL }],
  ['guest.idtr.base', { GUEST_IDTR_BASE: NOT_CANONICAL }],
  ['guest.gdtr.limit', { GUEST_GDTR_LIMIT: 0x10000 }],
  ['guest.idtr.limit', { GUEST_IDTR_LIMIT: 0x10000 }],
  ['guest.rip.64-bit', { GUEST_RIP: 0x1_0000_0000_0000n }],
  ['guest.rip.32-bit', { GUEST_CS_AR_BYTES: 0xc09b }],
  ['guest.rflags.reserved', { GUEST_RFLAGS: 0x200 }],
  ['guest.rflags.reserved', { GUEST_RFLAGS: 0x8202 }],
  ['guest.rflags.if', { GUEST_RFLAGS: 2, VM_ENTRY_INTR_INFO: VALID + 0x20 }],
  ['guest.activity.supported', { GUEST_ACTIVITY_STATE: 4 }],
  [
    'guest.activity.hlt-ring0',
    {
      GUEST_ACTIVITY_STATE: 1,
      GUEST_CS_AR_BYTES: 0xa0fb,
      GUEST_SS_AR_BYTES: 0xc0f3,
    },
  ],
  ['guest.activity.blocking', { GUEST_ACTIVITY_STATE: 1, GUEST_INTERRUPTIBILITY_INFO: 1 }],
  ['guest.activity.injection', { GUEST_ACTIVITY_STATE: 2, VM_ENTRY_INTR_INFO: VALID + 0x20 }],
  ['guest.activity.injection', { GUEST_ACTIVITY_STATE: 1, VM_ENTRY_INTR_INFO: VALID + 0x306 }],
  ['guest.interruptibility.reserved', { GUEST_INTERRUPTIBILITY_INFO: 0x20 }],
  ['guest.interruptibility.sti-mov-ss', { GUEST_INTERRUPTIBILITY_INFO: 3 }],
  ['guest.interruptibility.sti-if', { GUEST_RFLAGS: 2, GUEST_INTERRUPTIBILITY_INFO: 1 }],
  [
    'guest.interruptibility.external-interrupt',
    {
      GUEST_INTERRUPTIBILITY_INFO: 2,
      VM_ENTRY_INTR_INFO: VALID + 0x20,
    },
  ],
  [
    'guest.interruptibility.nmi-mov-ss',
    {
      GUEST_INTERRUPTIBILITY_INFO: 2,
      VM_ENTRY_INTR_INFO: VALID + 0x202,
    },
  ],
  [
    'guest.interruptibility.nmi-sti',
    {
      GUEST_INTERRUPTIBILITY_INFO: 1,
      VM_ENTRY_INTR_INFO: VALID + 0x202,
    },
  ],
  ['guest.interruptibility.smi', { GUEST_INTERRUPTIBILITY_INFO: 4 }],
  [
    'guest.interruptibility.virtual-nmi',
    {
      PIN_BASED_VM_EXEC_CONTROL: PIN | PinBasedControl.VIRTUAL_NMIS,
      GUEST_INTERRUPTIBILITY_INFO: 8,
      VM_ENTRY_INTR_INFO: VALID + 0x202,
    },
  ],
  ['guest.interruptibility.enclave', { GUEST_INTERRUPTIBILITY_INFO: 0x10 }],
  ['guest.pending-debug.reserved', { GUEST_PENDING_DBG_EXCEPTIONS: 0x20 }],
  ['guest.pending-debug.bs', { GUEST_RFLAGS: 0x302, GUEST_INTERRUPTIBILITY_INFO: 1 }],
  [
    'guest.pending-debug.bs',
    {
      GUEST_INTERRUPTIBILITY_INFO: 2,
      GUEST_PENDING_DBG_EXCEPTIONS: 0x4000,
    },
  ],
  ['guest.link-pointer.address', { VMCS_LINK_POINTER: 0x2001 }],
  ['guest.link-pointer.revision', { VMCS_LINK_POINTER: WRONG_REVISION }],
];

const GUEST_REAL: readonly Mutation[] = [
  ['guest.cr0.fixed', RESTRICTED],
  ['guest.ss.dpl-zero', { GUEST_SS_AR_BYTES: 0xf3, GUEST_CS_AR_BYTES: 0xfb }],
  [
    'guest.rflags.vm',
    {
      GUEST_RFLAGS: 0x20202,
      ...Object.fromEntries(
        ['CS', 'SS', 'DS', 'ES', 'FS', 'GS'].map((name) => [`GUEST_${name}_AR_BYTES`, 0xf3]),
      ),
    },
  ],
  ['guest.cr4.pcide', { GUEST_CR4: 0x22000 }],
  ['controls.injection.deliver-error-code', { VM_ENTRY_INTR_INFO: VALID + 0xb0d }],
];

const GUEST_PAE: readonly Mutation[] = [
  ['guest.pdpte0', { GUEST_PDPTE0: 0x4003 }],
  ['guest.pdpte3', { GUEST_PDPTE3: BEYOND | 1n }],
  ['guest.cs.dpl', { GUEST_CS_AR_BYTES: 0xc09b }],
];

const GUEST_V86: readonly Mutation[] = [
  ['guest.cs.v86-base', { GUEST_CS_BASE: 0x10010 }],
  ['guest.ds.v86-limit', { GUEST_DS_LIMIT: 0xfffff }],
  ['guest.ss.v86-access-rights', { GUEST_SS_AR_BYTES: 0x93 }],
];

export const CASES: readonly [string, FieldValues, readonly Mutation[]][] = [
  ['controls', LONG_MODE, CONTROLS],
  ['APIC virtualization', LONG_MODE, VIRTUAL_APIC],
  ['what builds on EPT', LONG_MODE, WITH_EPT],
  ['VM functions and shadow VMCSs', LONG_MODE, VM_FUNCTIONS_AND_SHADOWS],
  ['64-bit host state', LONG_MODE, HOST],
  ['32-bit host state', LONG_MODE, LEGACY_HOST],
  ['guest in 64-bit mode', LONG_MODE, GUEST_64],
  ['guest in real mode', REAL_MODE, GUEST_REAL],
  ['guest with PAE paging', PAE_MODE, GUEST_PAE],
  ['guest in virtual-8086 mode', VIRTUAL_8086, GUEST_V86],
];
