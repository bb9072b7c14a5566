import { bit, range, table, wideMasksOf } from '../bits';
import { CR0, CR4, EFER } from '../registers/control';
import { DR6, DR7 } from '../registers/debug';
import { RFLAGS } from '../registers/flags';
import { CET, PAT } from '../registers/msr-fields';
import { SELECTOR } from '../segments';
import { save } from './field';

/** Attributes of a segment, packed: bits 55:52 and 47:40 of a descriptor (APM 2 15.5.1). */
export const ATTRIBUTES = table('Segment attributes', 'APM 2 15.5.1', [
  range('TYPE', 3, 0, 'Segment type.'),
  bit('S', 4, 'Descriptor type.', { 0: 'system', 1: 'code or data' }),
  range('DPL', 6, 5, 'Descriptor privilege level.'),
  bit('P', 7, 'Present.'),
  bit('AVL', 8, 'Available for use by system software.'),
  bit('L', 9, '64-bit code (CS only).'),
  bit('DB', 10, 'Default operation size.', { 0: '16-bit', 1: '32-bit' }),
  bit('G', 11, 'Granularity of the limit.', { 0: 'bytes', 1: '4 KBytes' }),
]);
export const Attributes = wideMasksOf(ATTRIBUTES);

/** The four fields of a segment register, or of one of the two tables. */
const segment = <const Name extends string>(name: Name, offset: number) =>
  [
    save(`${name}_SELECTOR`, offset, 16, `${name} selector`, SELECTOR),
    save(`${name}_ATTRIB`, offset + 2, 16, `${name} attributes`, ATTRIBUTES),
    save(`${name}_LIMIT`, offset + 4, 32, `${name} limit`),
    save(`${name}_BASE`, offset + 8, 64, `${name} base`),
  ] as const;

/** Of the save area of encrypted guests, the VMSA, only what others do not have (APM 2 table B-4). */
const VMSA = 'APM 2 table B-4';

/** The state-save area of a VMCB (APM 2 table B-2). */
export const SAVE_FIELDS = [
  ...segment('ES', 0x000),
  ...segment('CS', 0x010),
  ...segment('SS', 0x020),
  ...segment('DS', 0x030),
  ...segment('FS', 0x040),
  ...segment('GS', 0x050),
  ...segment('GDTR', 0x060),
  ...segment('LDTR', 0x070),
  ...segment('IDTR', 0x080),
  ...segment('TR', 0x090),
  save('CPL', 0x0cb, 8, 'Current privilege level'),
  save('EFER', 0x0d0, 64, 'EFER', EFER),
  save('PERF_CTL0', 0x0e0, 64, 'Performance control 0'),
  save('PERF_CTR0', 0x0e8, 64, 'Performance counter 0'),
  save('PERF_CTL1', 0x0f0, 64, 'Performance control 1'),
  save('PERF_CTR1', 0x0f8, 64, 'Performance counter 1'),
  save('PERF_CTL2', 0x100, 64, 'Performance control 2'),
  save('PERF_CTR2', 0x108, 64, 'Performance counter 2'),
  save('PERF_CTL3', 0x110, 64, 'Performance control 3'),
  save('PERF_CTR3', 0x118, 64, 'Performance counter 3'),
  save('PERF_CTL4', 0x120, 64, 'Performance control 4'),
  save('PERF_CTR4', 0x128, 64, 'Performance counter 4'),
  save('PERF_CTL5', 0x130, 64, 'Performance control 5'),
  save('PERF_CTR5', 0x138, 64, 'Performance counter 5'),
  save('CR4', 0x148, 64, 'CR4', CR4),
  save('CR3', 0x150, 64, 'CR3'),
  save('CR0', 0x158, 64, 'CR0', CR0),
  save('DR7', 0x160, 64, 'DR7', DR7),
  save('DR6', 0x168, 64, 'DR6', DR6),
  save('RFLAGS', 0x170, 64, 'RFLAGS', RFLAGS),
  save('RIP', 0x178, 64, 'RIP'),
  save('INSTR_RETIRED_CTR', 0x1c0, 64, 'Counter of retired instructions'),
  save('PERF_CTR_GLOBAL_STS', 0x1c8, 64, 'Global status of performance counters'),
  save('PERF_CTR_GLOBAL_CTL', 0x1d0, 64, 'Global control of performance counters'),
  save('RSP', 0x1d8, 64, 'RSP'),
  save('S_CET', 0x1e0, 64, 'S_CET', CET),
  save('SSP', 0x1e8, 64, 'SSP'),
  save('ISST_ADDR', 0x1f0, 64, 'Address of the interrupt shadow-stack table'),
  save('RAX', 0x1f8, 64, 'RAX'),
  save('STAR', 0x200, 64, 'STAR'),
  save('LSTAR', 0x208, 64, 'LSTAR'),
  save('CSTAR', 0x210, 64, 'CSTAR'),
  save('SFMASK', 0x218, 64, 'SFMASK'),
  save('KERNEL_GS_BASE', 0x220, 64, 'KernelGSBase'),
  save('SYSENTER_CS', 0x228, 64, 'SYSENTER_CS'),
  save('SYSENTER_ESP', 0x230, 64, 'SYSENTER_ESP'),
  save('SYSENTER_EIP', 0x238, 64, 'SYSENTER_EIP'),
  save('CR2', 0x240, 64, 'CR2'),
  save('G_PAT', 0x268, 64, 'PAT of the guest', PAT),
  save('DBGCTL', 0x270, 64, 'DebugCtl'),
  save('BR_FROM', 0x278, 64, 'Last branch: from'),
  save('BR_TO', 0x280, 64, 'Last branch: to'),
  save('LASTEXCPFROM', 0x288, 64, 'Last exception: from'),
  save('LASTEXCPTO', 0x290, 64, 'Last exception: to'),
  save('DBGEXTNCTL', 0x298, 64, 'Extended debug control'),
  save('SPEC_CTRL', 0x2e0, 64, 'SPEC_CTRL'),
  save('VMPL', 0x0ca, 8, 'Virtual-machine privilege level', undefined, VMSA),
  save('SEV_FEATURES', 0x3b0, 64, 'SEV features', undefined, VMSA),
] as const;
