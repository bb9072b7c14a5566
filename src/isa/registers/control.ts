import { bit, bits, masksOf, range, table, wideMasksOf, type BitField } from '../bits';

/** CR0 (SDM 3A 2.5). */
export const CR0 = table('CR0', 'SDM 3A 2.5', [
  bit('PE', 0, 'Protection enable: protected mode instead of real mode.'),
  bit('MP', 1, 'Monitor coprocessor: WAIT obeys TS.'),
  bit('EM', 2, 'Emulation: x87 instructions raise #NM, SSE instructions #UD.'),
  bit('TS', 3, 'Task switched: the next x87 or SSE instruction raises #NM.'),
  bit('ET', 4, 'Extension type: always 1.'),
  bit('NE', 5, 'Numeric error: x87 errors raise #MF instead of an external interrupt.'),
  bit('WP', 16, 'Write protect: read-only pages bind the kernel too.'),
  bit('AM', 18, 'Alignment mask: RFLAGS.AC turns on alignment checks in ring 3.'),
  bit('NW', 29, 'Not write-through (cache control).'),
  bit('CD', 30, 'Cache disable.'),
  bit('PG', 31, 'Paging.'),
]);
export const Cr0 = masksOf(CR0);
/** The same as bigints, which is what registers hold. */
export const WideCr0 = wideMasksOf(CR0);

/** What MOV to CR0 can change: ET is fixed to 1, and the reserved bits of the low half stay 0. */
export const CR0_WRITABLE = Object.values(WideCr0).reduce((all, mask) => all | mask) & ~WideCr0.ET;

/** The part of CR0 that LMSW loads (SDM 2A LMSW): PE, MP, EM and TS. */
export const MACHINE_STATUS_WORD = WideCr0.PE | WideCr0.MP | WideCr0.EM | WideCr0.TS;

/** CR3 with CR4.PCIDE = 0 (SDM 3A 4.5, table 4-12). */
export const CR3 = table('CR3', 'SDM 3A 4.5', [
  bit('PWT', 3, 'Page-level write-through for accesses to the top paging structure.'),
  bit('PCD', 4, 'Page-level cache disable for accesses to the top paging structure.'),
  range('ADDRESS', 51, 12, 'Physical address of the top paging structure, in 4-KByte units.'),
  bit('LAM_U57', 61, 'Linear-address masking for user pointers with 57-bit addresses.'),
  bit('LAM_U48', 62, 'Linear-address masking for user pointers with 48-bit addresses.'),
]);

/** Where CR3 points in the paging modes whose tables lie below 4 GBytes (SDM 3A 4.3, 4.4.1). */
export const Cr3Address = { PAE: bits(31, 5), LEGACY: bits(31, 12) } as const;

/** CR3 with CR4.PCIDE = 1 (SDM 3A 4.5, table 4-13). */
export const CR3_PCID = table('CR3', 'SDM 3A 4.5', [
  range('PCID', 11, 0, 'Process-context identifier: tags the TLB entries of this address space.'),
  range('ADDRESS', 51, 12, 'Physical address of the top paging structure, in 4-KByte units.'),
  bit('LAM_U57', 61, 'Linear-address masking for user pointers with 57-bit addresses.'),
  bit('LAM_U48', 62, 'Linear-address masking for user pointers with 48-bit addresses.'),
]);

export const WideCr3 = {
  ...wideMasksOf(CR3_PCID),
  /** Not a bit of the register: MOV to CR3 with it keeps the translations of the PCID. */
  KEEP_TRANSLATIONS: 1n << 63n,
} as const;

/** CR4 (SDM 3A 2.5). */
export const CR4 = table('CR4', 'SDM 3A 2.5', [
  bit('VME', 0, 'Virtual-8086 mode extensions.'),
  bit('PVI', 1, 'Protected-mode virtual interrupts.'),
  bit('TSD', 2, 'Time-stamp disable: RDTSC only in ring 0.'),
  bit('DE', 3, 'Debugging extensions: I/O breakpoints; DR4 and DR5 raise #UD.'),
  bit('PSE', 4, 'Page-size extensions: 4-MByte pages in 32-bit paging.'),
  bit('PAE', 5, 'Physical-address extension: 64-bit page-table entries; needed for long mode.'),
  bit('MCE', 6, 'Machine-check enable.'),
  bit('PGE', 7, 'Global pages survive a load of CR3.'),
  bit('PCE', 8, 'RDPMC is allowed in ring 3.'),
  bit('OSFXSR', 9, 'The operating system saves SSE state; SSE instructions are allowed.'),
  bit('OSXMMEXCPT', 10, 'The operating system handles SIMD floating-point exceptions (#XM).'),
  bit('UMIP', 11, 'SGDT, SIDT, SLDT, SMSW and STR only in ring 0.'),
  bit('LA57', 12, '5-level paging: 57-bit linear addresses.'),
  bit('VMXE', 13, 'VMX enable: VMXON is allowed.'),
  bit('SMXE', 14, 'SMX enable: GETSEC is allowed.'),
  bit('FSGSBASE', 16, 'RDFSBASE, WRFSBASE and their GS relatives are allowed.'),
  bit('PCIDE', 17, 'Process-context identifiers.'),
  bit('OSXSAVE', 18, 'XSAVE and XGETBV/XSETBV are enabled.'),
  bit('KL', 19, 'Key locker.'),
  bit('SMEP', 20, 'The kernel may not execute user pages.'),
  bit('SMAP', 21, 'The kernel may not read or write user pages unless RFLAGS.AC is set.'),
  bit('PKE', 22, 'Protection keys for user pages.'),
  bit('CET', 23, 'Control-flow enforcement (shadow stacks, indirect-branch tracking).'),
  bit('PKS', 24, 'Protection keys for supervisor pages.'),
  bit('UINTR', 25, 'User interrupts.'),
  bit('LASS', 27, 'The halves of the linear-address space are kept apart by privilege.'),
  bit('LAM_SUP', 28, 'Linear-address masking for supervisor pointers.'),
  bit('FRED', 32, 'Flexible return and event delivery instead of the IDT.'),
]);
export const Cr4 = masksOf(CR4);
export const WideCr4 = wideMasksOf(CR4);

/** CR8 (SDM 3A 11.8.6): the task-priority register, in 64-bit mode only. */
export const CR8 = table('CR8', 'SDM 3A 11.8.6', [
  range('TPL', 3, 0, 'Task-priority level: interrupts of this priority class and below wait.'),
]);

/** IA32_EFER (SDM 3A 2.2.1). */
export const EFER = table('IA32_EFER', 'SDM 3A 2.2.1', [
  bit('SCE', 0, 'SYSCALL and SYSRET are enabled.'),
  bit('LME', 8, 'Long-mode enable: turning on paging enters IA-32e mode.'),
  bit('LMA', 10, 'Long-mode active (set by the processor).'),
  bit('NXE', 11, 'Execute-disable bits in page-table entries are honoured.'),
  bit('SVME', 12, 'SVM is enabled: VMRUN is allowed (AMD).'),
  bit('LMSLE', 13, 'Segment limits count in 64-bit mode, too (AMD).'),
  bit('FFXSR', 14, 'FXSAVE and FXRSTOR of ring 0 leave out the XMM registers (AMD).'),
  bit('TCE', 15, 'INVLPG keeps translations of upper levels that it need not remove (AMD).'),
  bit('MCOMMIT', 17, 'MCOMMIT is enabled (AMD).'),
  bit('INTWB', 18, 'Interrupts may come during WBINVD and WBNOINVD (AMD).'),
  bit('AIBRSE', 21, 'Automatic IBRS is enabled (AMD).'),
]);
export const Efer = masksOf(EFER);
export const WideEfer = wideMasksOf(EFER);

/** XCR0 (SDM 1 13.3). */
export const XCR0 = table('XCR0', 'SDM 1 13.3', [
  bit('X87', 0, 'x87 state (always 1).'),
  bit('SSE', 1, 'XMM registers and MXCSR.'),
  bit('AVX', 2, 'Upper halves of the YMM registers.'),
  bit('BNDREG', 3, 'MPX bound registers.'),
  bit('BNDCSR', 4, 'MPX configuration and status.'),
  bit('OPMASK', 5, 'AVX-512 mask registers.'),
  bit('ZMM_HI256', 6, 'Upper halves of ZMM0-15.'),
  bit('HI16_ZMM', 7, 'ZMM16-31.'),
  bit('PKRU', 9, 'Protection-key rights register.'),
  bit('XTILECFG', 17, 'AMX tile configuration.'),
  bit('XTILEDATA', 18, 'AMX tiles.'),
  bit('APX', 19, 'Registers R16 to R31.'),
]);
export const Xcr0 = wideMasksOf(XCR0);

/** The rights of a protection key, of which PKRU has 16. */
const keyRights = (key: number): BitField[] => [
  bit(`AD${key}`, 2 * key, 'Data of user pages with this key may not be accessed.'),
  bit(`WD${key}`, 2 * key + 1, 'Data of user pages with this key may not be written.'),
];

/** PKRU (SDM 3A 4.6.2). */
export const PKRU = table(
  'PKRU',
  'SDM 3A 4.6.2',
  Array.from({ length: 16 }, (_, key) => keyRights(key)).flat(),
);
