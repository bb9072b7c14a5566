import type { BitTable } from '../bits';
import type { ManualReference } from '../manual';
import { CAPABILITY_TABLES } from '../vmx/capabilities';
import { msr, type MsrRow } from './msr-row';

/** The VMX capability MSRs (SDM 3D appendix A). */
function capability<const Id extends string>(
  id: Id,
  number: number,
  section: ManualReference,
  gloss: string,
  bits?: BitTable,
): MsrRow<Id> {
  return msr(id, number, section, gloss, { only: 'RDMSR', ...(bits && { bits }) });
}

const SECTION = 'SDM 3D A';
/** They are all read-only. */
export const VMX_MSRS = [
  capability(
    'VMX_BASIC',
    0x480,
    `${SECTION}.1`,
    'VMCS revision and size.',
    CAPABILITY_TABLES.BASIC,
  ),
  capability(
    'VMX_PINBASED_CTLS',
    0x481,
    `${SECTION}.3.1`,
    'Allowed settings of the pin-based controls.',
  ),
  capability(
    'VMX_PROCBASED_CTLS',
    0x482,
    `${SECTION}.3.2`,
    'Allowed settings of the primary controls.',
  ),
  capability('VMX_EXIT_CTLS', 0x483, `${SECTION}.4.1`, 'Allowed settings of the VM-exit controls.'),
  capability('VMX_ENTRY_CTLS', 0x484, `${SECTION}.5`, 'Allowed settings of the VM-entry controls.'),
  capability('VMX_MISC', 0x485, `${SECTION}.6`, 'Miscellaneous VMX data.', CAPABILITY_TABLES.MISC),
  capability(
    'VMX_CR0_FIXED0',
    0x486,
    `${SECTION}.7`,
    'Bits of CR0 that must be 1 in VMX operation.',
  ),
  capability(
    'VMX_CR0_FIXED1',
    0x487,
    `${SECTION}.7`,
    'Bits of CR0 that may be 1 in VMX operation.',
  ),
  capability(
    'VMX_CR4_FIXED0',
    0x488,
    `${SECTION}.8`,
    'Bits of CR4 that must be 1 in VMX operation.',
  ),
  capability(
    'VMX_CR4_FIXED1',
    0x489,
    `${SECTION}.8`,
    'Bits of CR4 that may be 1 in VMX operation.',
  ),
  capability(
    'VMX_VMCS_ENUM',
    0x48a,
    `${SECTION}.9`,
    'Largest VMCS index.',
    CAPABILITY_TABLES.VMCS_ENUM,
  ),
  capability(
    'VMX_PROCBASED_CTLS2',
    0x48b,
    `${SECTION}.3.3`,
    'Allowed settings of the secondary controls.',
  ),
  capability(
    'VMX_EPT_VPID_CAP',
    0x48c,
    `${SECTION}.10`,
    'What EPT and VPIDs can do.',
    CAPABILITY_TABLES.EPT_VPID_CAP,
  ),
  capability(
    'VMX_TRUE_PINBASED_CTLS',
    0x48d,
    `${SECTION}.3.1`,
    'True settings of the pin-based controls.',
  ),
  capability(
    'VMX_TRUE_PROCBASED_CTLS',
    0x48e,
    `${SECTION}.3.2`,
    'True settings of the primary controls.',
  ),
  capability(
    'VMX_TRUE_EXIT_CTLS',
    0x48f,
    `${SECTION}.4.1`,
    'True settings of the VM-exit controls.',
  ),
  capability(
    'VMX_TRUE_ENTRY_CTLS',
    0x490,
    `${SECTION}.5`,
    'True settings of the VM-entry controls.',
  ),
  capability('VMX_VMFUNC', 0x491, `${SECTION}.11`, 'Which VM functions exist.'),
  capability(
    'VMX_PROCBASED_CTLS3',
    0x492,
    `${SECTION}.3.4`,
    'Allowed 1-settings of the tertiary controls.',
  ),
  capability(
    'VMX_EXIT_CTLS2',
    0x493,
    `${SECTION}.4.2`,
    'Allowed 1-settings of the secondary exit controls.',
  ),
] as const;
