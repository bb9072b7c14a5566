import * as l10n from '@vscode/l10n';
import { Eptp, EPTP_RESERVED, EptWalkLength } from '../../../isa/ept';
import { MemoryType } from '../../../isa/memory-types';
import { EptVpidCap } from '../../../isa/vmx/capabilities';
import { SecondaryControl, TertiaryControl, VmFunctionControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { VmxCapabilities } from '../capabilities';
import { checks, hex, rule } from './rule';
import { addressRule } from './values';
import type { EntryView } from './view';

type Capabilities = Pick<VmxCapabilities, 'eptVpid' | 'physicalAddressWidth'>;

const ept = (v: EntryView) => v.secondary(SecondaryControl.ENABLE_EPT);
const capable = ({ eptVpid }: Capabilities, mask: bigint) => (eptVpid & mask) !== 0n;

/** A rule about the EPT pointer, in force only with "Enable EPT". */
interface EptpRule {
  readonly id: string;
  readonly ok: (eptp: bigint, capabilities: Capabilities) => boolean;
  readonly allowed: (capabilities: Capabilities) => string;
}

/** A control that needs EPT. */
function needsEpt(id: string, control: number, name: string) {
  return rule(
    `${id}.ept`,
    Field.SECONDARY_VM_EXEC_CONTROL,
    (v) => ept(v) || !v.secondary(control),
    () => l10n.t('"{0}" only with "Enable EPT"', name),
  );
}

function memoryTypeSupported(eptp: bigint, capabilities: Capabilities): boolean {
  const type = Number(eptp & Eptp.MT);
  if (type === MemoryType.UC) return capable(capabilities, EptVpidCap.TYPE_UC);
  return type === MemoryType.WB && capable(capabilities, EptVpidCap.TYPE_WB);
}

function walkLengthSupported(eptp: bigint, capabilities: Capabilities): boolean {
  const length = eptp & Eptp.WALK_LENGTH;
  if (length === EptWalkLength.LEVELS_4) return capable(capabilities, EptVpidCap.LEVELS_4);
  return length === EptWalkLength.LEVELS_5 && capable(capabilities, EptVpidCap.LEVELS_5);
}

const EPTP_RULES: readonly EptpRule[] = [
  {
    id: 'memory-type',
    ok: memoryTypeSupported,
    allowed: () => l10n.t('memory type 0 (UC) or 6 (WB), as IA32_VMX_EPT_VPID_CAP allows'),
  },
  {
    id: 'walk-length',
    ok: walkLengthSupported,
    allowed: (capabilities) =>
      capable(capabilities, EptVpidCap.LEVELS_5)
        ? l10n.t('bits 5:3 = 3 (4 levels) or 4 (5 levels)')
        : l10n.t('bits 5:3 = 3 (4 levels)'),
  },
  {
    id: 'accessed-dirty',
    ok: (eptp, c) => capable(c, EptVpidCap.AD) || (eptp & Eptp.AD) === 0n,
    allowed: () => l10n.t('bit 6 zero: no accessed and dirty flags on this processor'),
  },
  {
    id: 'shadow-stack',
    ok: (eptp, c) => capable(c, EptVpidCap.SSS) || (eptp & Eptp.SSS) === 0n,
    allowed: () => l10n.t('bit 7 zero: no supervisor shadow-stack control on this processor'),
  },
  {
    id: 'reserved',
    ok: (eptp, c) => (eptp & EPTP_RESERVED) === 0n && eptp >> BigInt(c.physicalAddressWidth) === 0n,
    allowed: (c) => l10n.t('bits 11:8 zero and none beyond bit {0}', c.physicalAddressWidth - 1),
  },
];

/** Whether a VM entry would take an EPT pointer: INVEPT and EPTP switching ask that, too. */
export const isValidEptp = (eptp: bigint, capabilities: Capabilities): boolean =>
  EPTP_RULES.every(({ ok }) => ok(eptp, capabilities));

const vmFunctions = (v: EntryView) => v.secondary(SecondaryControl.ENABLE_VM_FUNCTIONS);
const eptpSwitching = (v: EntryView) =>
  vmFunctions(v) && v.bits(Field.VM_FUNCTION_CONTROL, VmFunctionControl.EPTP_SWITCHING);

/** EPT and what builds on it (SDM 3C 27.2.1.1). */
export const EPT_CHECKS = checks('controls', 'SDM 3C 27.2.1.1', [
  ...EPTP_RULES.map(({ id, ok, allowed }) =>
    rule(
      `eptp.${id}`,
      Field.EPT_POINTER,
      (v) => !ept(v) || ok(v.field(Field.EPT_POINTER), v.capabilities),
      (v) => allowed(v.capabilities),
    ),
  ),
  needsEpt('unrestricted-guest', SecondaryControl.UNRESTRICTED_GUEST, 'Unrestricted guest'),
  needsEpt('pml', SecondaryControl.ENABLE_PML, 'Enable PML'),
  needsEpt(
    'mode-based-execute',
    SecondaryControl.MODE_BASED_EXECUTE_CONTROL,
    'Mode-based execute control for EPT',
  ),
  needsEpt(
    'sub-page',
    SecondaryControl.SUB_PAGE_WRITE_PERMISSIONS,
    'Sub-page write permissions for EPT',
  ),
  needsEpt(
    'pt-guest-physical',
    SecondaryControl.PT_USES_GUEST_PHYSICAL,
    'Intel PT uses guest physical addresses',
  ),
  rule(
    'tertiary.ept',
    [Field.TERTIARY_VM_EXEC_CONTROL, Field.SECONDARY_VM_EXEC_CONTROL],
    (v) =>
      ept(v) ||
      !v.tertiary(
        TertiaryControl.ENABLE_HLAT |
          TertiaryControl.EPT_PAGING_WRITE |
          TertiaryControl.GUEST_PAGING_VERIFICATION,
      ),
    () =>
      l10n.t(
        '"Enable HLAT", "EPT paging-write control" and "Guest-paging verification" only with "Enable EPT"',
      ),
  ),
  addressRule('pml-address', Field.PML_ADDRESS, (v) => v.secondary(SecondaryControl.ENABLE_PML)),
  addressRule('sub-page-table', Field.SPP_TABLE_POINTER, (v) =>
    v.secondary(SecondaryControl.SUB_PAGE_WRITE_PERMISSIONS),
  ),
  addressRule('virtualization-exception-area', Field.VIRT_EXCEPTION_INFO_ADDR, (v) =>
    v.secondary(SecondaryControl.EPT_VIOLATION_VE),
  ),
  rule(
    'vm-functions.allowed',
    Field.VM_FUNCTION_CONTROL,
    (v) =>
      !vmFunctions(v) ||
      (v.field(Field.VM_FUNCTION_CONTROL) & ~BigInt(v.capabilities.vmFunctions)) === 0n,
    (v) => l10n.t('only bits of {0}', hex(v.capabilities.vmFunctions)),
  ),
  rule(
    'vm-functions.eptp-switching.ept',
    [Field.VM_FUNCTION_CONTROL, Field.SECONDARY_VM_EXEC_CONTROL],
    (v) => !eptpSwitching(v) || ept(v),
    () => l10n.t('"EPTP switching" only with "Enable EPT"'),
  ),
  addressRule('vm-functions.eptp-list', Field.EPTP_LIST_ADDRESS, eptpSwitching),
]);
